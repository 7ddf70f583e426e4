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


DESIGNS = ("did", "few-treated", "staggered", "interrupted", "dose", "prepost", "crossection")


@plan.command(epilog="Example: outcomes plan power")
@click.option("--runs", default=2_000, show_default=True, help="How many studies are simulated.")
@click.option(
    "--people",
    type=int,
    help="Who will answer: in a class, or in each place and wave of residents.",
)
@click.option("--panel", type=FILE, help="Instead of a study: a table from before any start.")
@click.option(
    "--design", type=click.Choice(DESIGNS), help="With --panel: the design.  [default: did]"
)
@click.option("--outcome", metavar="COL", help="Of --panel: the column that is compared.")
@click.option(
    "--unit", metavar="COL", help="Of --panel: the column that names the places (prepost: people)."
)
@click.option("--time", metavar="COL", help="Of --panel: the column that says when.")
@click.option(
    "--dose", metavar="COL", help="Of --panel, for dose: the dose planned in each place and period."
)
@click.option("--treated", type=int, help="With --panel: places that would be treated.")
@click.option("--untreated", type=int, help="With --panel: places that would not.")
@click.option("--before", type=int, help="With --panel: periods before the (first) start.")
@click.option("--after", type=int, help="With --panel: periods from the (first) start on.")
@click.option(
    "--starts",
    metavar="0,0,3",
    help="With --panel, for staggered: of each treated place, how long after the first it starts.",
)
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

    Many studies like the planned one are simulated from what its past tells, and each is tested
    as the design of the plan will test the real one. The picture lies at reports/power.svg.
    """
    from outcomes.estimate import tidy
    from outcomes.pipeline.plan_power import power_of_plan
    from outcomes.pipeline.plan_power_words import draw, power_sentences
    from outcomes.study import open_study

    if panel is not None:
        found = _of_panel(panel, planned, runs=runs)
    else:
        people = planned.pop("people")
        if any(value is not None for value in planned.values()):
            raise OutcomesError(
                "--outcome, --treated and the like describe a --panel: name its file"
            )
        opened = open_study(Path(study) if study else None)
        found = power_of_plan(opened, runs=runs, people=people)
        picture = picture or opened.reports / "power.svg"
    if picture is not None:
        draw(found, picture=picture)
    if out is not None:
        put_out(tidy(found.estimates), out=out, form="table")
    for line in power_sentences(found):
        click.echo(line)


def _of_panel(panel: Path, planned: dict[str, Any], *, runs: int) -> "Power":
    from outcomes.analyses.power_told import Asked
    from outcomes.pipeline.plan_power_file import ByHand, power_of_file

    design, effect = planned.pop("design") or "did", planned.pop("effect")
    planned["starts"] = _starts(planned["starts"])
    asked = Asked(effect=effect, runs=runs)
    return power_of_file(panel, ByHand(**planned), design=design, asked=asked)


def _starts(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() for part in parts):
        raise OutcomesError(
            f"--starts {text}: write one whole number a treated place, with commas between, such "
            "as 0,0,3: how many periods after the first start each place starts"
        )
    starts = tuple(int(part) for part in parts)
    if min(starts) > 0:
        raise OutcomesError(
            f"--starts {text}: the first place starts at 0, and the others so many periods after "
            f"it; write {','.join(str(start - min(starts)) for start in starts)}"
        )
    return starts
