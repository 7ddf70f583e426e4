"""``outcomes engagement``: import walks and incidents, check walks by the rules, map CAD codes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli import (
    engagement_cad,
    engagement_calendar,
    engagement_compliance,
    engagement_keeping,
    engagement_records,
)
from outcomes.cli.options import (
    FILE,
    put_out,
    say_import,
    with_import_options,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.group(epilog="Example: outcomes engagement import-walks data/raw/walks.csv")
def engagement() -> None:
    """Import walks, check them by the walk rules, and map CAD call types."""


@engagement.command(
    "import-walks", epilog="Example: outcomes engagement import-walks data/raw/walks.csv"
)
@click.argument("file", type=FILE)
@with_import_options(guarded=True)
@with_study
def import_walks(file: Path, *, study: "Study", reading: "Reading", amend: bool) -> None:
    """Store the walk log FILE: place, type, start, minutes, coordinator, people by role."""
    from outcomes.pipeline import engagement as steps

    say_import(steps.import_walks(study, file, reading=reading, amend=amend))


@engagement.command(
    "import-incidents",
    epilog="Example: outcomes engagement import-incidents data/raw/incidents.csv",
)
@click.argument("file", type=FILE)
@with_import_options(guarded=True)
@with_study
def import_incidents(file: Path, *, study: "Study", reading: "Reading", amend: bool) -> None:
    """Store the homicides and shootings in FILE: place, at (date and time), kind."""
    from outcomes.pipeline import engagement as steps

    say_import(steps.import_incidents(study, file, reading=reading, amend=amend))


@engagement.command(epilog="Example: outcomes engagement check --study my-study")
@with_study
@with_out
def check(study: "Study", out: Path | None, form: str) -> None:
    """Check the stored walks by the study's walk rules; weeks go to results/compliance.csv."""
    from outcomes.estimate import tidy
    from outcomes.pipeline import engagement as steps

    shares = tidy(steps.check_walks(study))
    columns = ["place", "measure", "value", "n", "dropped", "warnings"]
    put_out(shares[columns], out=out, form=form)


for command in (
    *engagement_cad.COMMANDS,
    *engagement_calendar.COMMANDS,
    *engagement_compliance.COMMANDS,
    *engagement_keeping.COMMANDS,
    *engagement_records.COMMANDS,
):
    engagement.add_command(command)
