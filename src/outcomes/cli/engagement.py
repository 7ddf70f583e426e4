"""``outcomes engagement``: import walks and incidents, check walks by the rules, map CAD codes."""

from datetime import datetime
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
    say_beside,
    say_import,
    with_import_options,
    with_out,
    with_reading_options,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study

_DAY = click.DateTime(formats=["%Y-%m-%d"])


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


@engagement.command(
    epilog="Example: outcomes engagement compliance walks.csv --rules walk_rules.toml --out out.csv"
)
@click.argument("log", type=FILE)
@click.option("--rules", type=FILE, required=True, help="The walk rules (TOML).")
@click.option("--incidents", type=FILE, help="Homicides and shootings: place, at, kind.")
@click.option("--first", type=_DAY, metavar="DATE", help="First day; else the log's first.")
@click.option("--last", type=_DAY, metavar="DATE", help="Last day; else the log's last.")
@click.option("--place", "places", multiple=True, help="A place with walks; else the log's.")
@click.option("--time-zone", default="", help="Such as America/Chicago, for real hours.")
@with_reading_options()
@with_out
def compliance(
    log: Path,
    *,
    rules: Path,
    incidents: Path | None,
    first: datetime | None,
    last: datetime | None,
    places: tuple[str, ...],
    time_zone: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Check the walk LOG by the rules, from file to file: required, done, counted, short, why."""
    from outcomes.pipeline.engagement import Extent, compliance_file

    extent = Extent(
        first=first.date() if first else None,
        last=last.date() if last else None,
        places=places,
        time_zone=time_zone,
    )
    table, account = compliance_file(
        log, rules, incidents=incidents, extent=extent, reading=reading
    )
    say_beside(account)
    put_out(table, out=out, form=form)


for command in (
    *engagement_cad.COMMANDS,
    *engagement_calendar.COMMANDS,
    *engagement_compliance.COMMANDS,
    *engagement_keeping.COMMANDS,
    *engagement_records.COMMANDS,
):
    engagement.add_command(command)
