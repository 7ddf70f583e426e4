"""Commands for a study as a whole: new, simulate, status, run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import with_study

if TYPE_CHECKING:
    from outcomes.study import Study


@click.command(epilog="Example: outcomes new my-study --example")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--example", is_flag=True, help="Fill it with the worked example (generated data).")
def new(folder: Path, example: bool) -> None:
    """Make a study folder: settings, instruments, walk rules, and places for files."""
    from outcomes.pipeline.folder import new_study
    from outcomes.pipeline.status import shown_path

    study = new_study(folder, example=example)
    where = shown_path(study, study.root)
    if example:
        click.echo(f"{where} holds the worked example; every number in it is generated.")
        click.echo(f"Next: outcomes run --study {where}")
    else:
        click.echo(f"{where} is ready. Next: write your places and waves into {where}/study.toml,")
        click.echo(f"then see what is due: outcomes status --study {where}")


@click.command(epilog="Example: outcomes simulate --replace")
@with_study
@click.option("--replace", is_flag=True, help="Make room: remove earlier generated files.")
@click.option("--seed", type=int, default=2025, show_default=True, help="Other seed, other data.")
@click.option(
    "--no-effect", is_flag=True, help="Plant nothing: an honest report then finds nothing."
)
def simulate(study: "Study", replace: bool, seed: int, no_effect: bool) -> None:
    """Generate the worked example's raw files into data/raw, with a file of the truth."""
    import dataclasses

    from outcomes.pipeline.folder import simulate as generate
    from outcomes.simulate.scenario import Scenario

    scenario = dataclasses.replace(Scenario(), seed=seed)
    if no_effect:
        scenario = scenario.without_effect()
    for line in generate(study, scenario=scenario, replace=replace):
        click.echo(f"[simulate] data/raw/{line}")
    click.echo(f"[simulate] {study.settings.study.generated}")


@click.command(epilog="Example: outcomes status")
@with_study
def status(study: "Study") -> None:
    """Say what a study holds, what is stale against its inputs, and what is due."""
    from outcomes.pipeline.status import status as look

    found = look(study)
    click.echo(study.settings.study.name)
    if study.settings.study.generated:
        click.echo(study.settings.study.generated)
    for title, lines in (("Holds", found.holds), ("Stale", found.stale), ("Due", found.due)):
        click.echo(f"\n{title}:")
        for line in lines or ["nothing"]:
            click.echo(f"  {line}")


@click.command(epilog="Example: outcomes run")
@with_study
@click.option("--amend", is_flag=True, help="Store changed rows as corrections of known ones.")
def run(study: "Study", amend: bool) -> None:
    """Run every step: import data/raw, score, classify, check, compare, report."""
    from outcomes.pipeline.run import run as run_all
    from outcomes.pipeline.status import shown_path

    path = run_all(study, say=click.echo, amend=amend)
    click.echo(f"The report lies at {shown_path(study, path)}; open it in a browser.")
