"""``outcomes plan``: show and freeze the evaluation plan, and say what the study could find."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import FILE, put_out, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.analyses.power_told import Power
    from outcomes.study import Study


@click.group(epilog="Example: outcomes plan show")
def plan() -> None:
    """The evaluation plan of study.toml: show it, freeze it, ask what the study could find."""


@plan.command(epilog="Example: outcomes plan show")
@with_study
def show(study: "Study") -> None:
    """Show the plan, its frozen versions, and what has changed since."""
    from outcomes.pipeline.plan_deviations import NAMES, plan_account
    from outcomes.pipeline.plan_freezing import content, read_frozen

    for name, value in content(study).items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{NAMES[name].removeprefix('the ')}: {shown if shown != '' else '(nothing)'}")
    for version in read_frozen(study):
        why = f": {version.reason}" if version.reason else ""
        click.echo(f"Version {version.number}, frozen on {version.frozen_on}{why}")
        click.echo(f"  fingerprint {version.fingerprint}")
    for _, sentence in plan_account(study).sentences():
        click.echo(sentence)


@plan.command(epilog="Example: outcomes plan freeze")
@click.option("--amend", default="", metavar="REASON", help="Why a frozen plan must change.")
@with_study
def freeze(study: "Study", amend: str) -> None:
    """Freeze the plan with today's date; later changes of it are then told in every report.

    Do this before there are results. What no frozen plan holds is labelled exploratory for ever.
    """
    from outcomes.pipeline.plan_freezing import freeze as freeze_plan
    from outcomes.pipeline.plan_freezing import frozen_path
    from outcomes.pipeline.status import shown_path

    frozen = freeze_plan(study, amend=amend)
    where = shown_path(study, frozen_path(study))
    click.echo(f"Version {frozen.number} of the plan is frozen on {frozen.frozen_on} in {where}.")
    click.echo(f"Its fingerprint is {frozen.fingerprint}.")
    click.echo("Mail the fingerprint to somebody outside the agency, who can vouch for the day.")


@plan.command(epilog="Example: outcomes plan power")
@click.option("--runs", default=2_000, show_default=True, help="How many studies are simulated.")
@click.option("--panel", type=FILE, help="Instead of a study: a table from before any start.")
@click.option("--outcome", metavar="COL", help="Of --panel: the column that is compared.")
@click.option("--unit", metavar="COL", help="Of --panel: the column that names the places.")
@click.option("--time", metavar="COL", help="Of --panel: the column that says when.")
@click.option("--treated", type=int, help="With --panel: places that would be treated.")
@click.option("--untreated", type=int, help="With --panel: places that would not.")
@click.option("--before", type=int, help="With --panel: periods before the start.")
@click.option("--after", type=int, help="With --panel: periods from the start on.")
@click.option("--effect", type=float, help="With --panel: the smallest change worth having.")
@click.option("--picture", type=FILE, help="Draw it here: .svg, with a .png beside it.")
@click.option("--out", type=FILE, help="Write the numbers here: .csv or .parquet.")
@click.option(
    "--study",
    default="",
    metavar="FOLDER",
    help="The study folder; by default the one around the current folder.",
)
def power(
    runs: int,
    panel: Path | None,
    picture: Path | None,
    out: Path | None,
    study: str,
    **planned: Any,
) -> None:
    """Say how large a change the study would find, before it is done.

    Many studies like the planned one are simulated from how places and months moved before the
    start, and each is tested as the real one will be. The picture lies at reports/power.svg.
    """
    from outcomes.estimate import tidy
    from outcomes.pipeline.plan_power import draw, power_of_plan, power_sentences
    from outcomes.study import open_study

    if panel is not None:
        found = _of_panel(panel, planned, runs=runs)
    else:
        if any(value is not None for value in planned.values()):
            raise OutcomesError(
                "--outcome, --treated and the like describe a --panel: name its file"
            )
        opened = open_study(Path(study) if study else None)
        found = power_of_plan(opened, runs=runs)
        picture = picture or opened.reports / "power.svg"
    if picture is not None:
        draw(found, picture=picture)
    if out is not None:
        put_out(tidy(found.estimates), out=out, form="table")
    for line in power_sentences(found):
        click.echo(line)


def _of_panel(panel: Path, planned: dict[str, Any], *, runs: int) -> "Power":
    from outcomes.analyses.power import Design
    from outcomes.pipeline.plan_power import PanelColumns, power_of_file

    missing = [name for name in planned if planned[name] is None and name != "effect"]
    if missing:
        raise OutcomesError(f"--panel needs --{missing[0]} too: say it, or leave --panel out")
    names = ("treated", "untreated", "before", "after")
    return power_of_file(
        panel,
        PanelColumns(**{name: planned[name] for name in ("outcome", "unit", "time")}),
        design=Design(**{name: planned[name] for name in names}),
        effect=planned["effect"],
        runs=runs,
    )
