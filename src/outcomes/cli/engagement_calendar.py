"""``outcomes engagement``: plan walks, and give the plan as a calendar."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, say_import, with_import_options, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.command("plan-walks", epilog="Example: outcomes engagement plan-walks planned_walks.csv")
@click.argument("file", type=FILE)
@with_import_options(guarded=True)
@with_study
def plan_walks(file: Path, *, study: "Study", reading: "Reading", amend: bool) -> None:
    """Store the planned walks in FILE, a CSV or Excel table.

    Columns: day, from (such as 18:05), minutes, place, type, coordinator (a rank), and perhaps
    briefing (yes or no). A walk of the same place, type and day that starts within two hours of a
    plan fulfils it.
    """
    from outcomes.pipeline.walk_planning import import_plan

    say_import(import_plan(study, file, reading=reading, amend=amend))


@click.command(epilog="Example: outcomes engagement calendar --out walks.ics")
@click.option("--out", type=FILE, required=True, help="Write here; the ending is .ics.")
@with_study
def calendar(study: "Study", out: Path) -> None:
    """Write the planned walks as a calendar file that phones and computers read.

    It holds types, places, times and ranks, and no name. A cancelled walk stays in it, marked as
    cancelled, so that calendars that know it take it off.
    """
    from datetime import UTC, datetime

    from outcomes.pipeline.walk_planning import walk_calendar
    from outcomes.study import write_whole

    if out.suffix.lower() != ".ics":
        raise OutcomesError(f"--out {out}: the ending must be .ics.")
    content = walk_calendar(study, now=datetime.now(UTC))
    write_whole(out, content)
    click.echo(f"{content.count(b'BEGIN:VEVENT')} planned walks written to {out}")


COMMANDS: tuple[click.Command, ...] = (plan_walks, calendar)
