"""``outcomes engagement walks``: each walk, or those that did not count, and why."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import (
    FILE,
    StudyFolder,
    put_out,
    say_beside,
    with_out,
    with_reading_options,
)
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.sheets import Reading

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(epilog="Example: outcomes engagement walks walks.csv --rules walk_rules.toml --why")
@click.argument("log", type=FILE, required=False)
@click.option("--why", is_flag=True, help="Only walks that did not count, each with its reason.")
@click.option("--study", "folder", default="", metavar="FOLDER", help="The study, without LOG.")
@click.option("--rules", type=FILE, help="With LOG: the walk rules (TOML).")
@click.option("--incidents", type=FILE, help="With LOG: homicides and shootings.")
@click.option("--first", type=_DAY, metavar="DATE", help="With LOG: first day; else the log's.")
@click.option("--last", type=_DAY, metavar="DATE", help="With LOG: last day; else the log's.")
@click.option("--place", "places", multiple=True, help="With LOG: a place; else the log's.")
@click.option("--time-zone", default="", help="With LOG: such as America/Chicago.")
@with_reading_options()
@with_out
def walks(
    log: Path | None,
    *,
    why: bool,
    folder: str,
    rules: Path | None,
    incidents: Path | None,
    first: datetime | None,
    last: datetime | None,
    places: tuple[str, ...],
    time_zone: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """List walks with whether each counted: those of the walk LOG, or without LOG of the study.

    A reason says all that a walk lacked: too short, without a sergeant, outside the border or the
    schedule, not within the hours after an incident.
    """
    if log is None:
        given = {"--rules": rules, "--incidents": incidents, "--first": first, "--last": last}
        _refuse(given | {"--place": places, "--time-zone": time_zone}, because="without LOG")
        table = _of_the_study(folder, every=not why)
    else:
        from outcomes.pipeline.engagement import Extent, uncounted_in_file

        _refuse({"--study": folder}, because="beside LOG")
        if rules is None:
            raise OutcomesError("--rules FILE: say which walk rules the LOG is checked by.")
        extent = Extent(
            first=first.date() if first else None,
            last=last.date() if last else None,
            places=places,
            time_zone=time_zone,
        )
        table, account = uncounted_in_file(
            log, rules, incidents=incidents, extent=extent, reading=reading, every=not why
        )
        say_beside(account)
    if table.empty:
        say_beside(["Every walk counted." if why else "There are no walks."])
    put_out(table, out=out, form=form)


def _of_the_study(folder: str, *, every: bool) -> "pd.DataFrame":
    from outcomes.pipeline.engagement import uncounted_walks

    return uncounted_walks(StudyFolder().convert(folder, None, None), every=every)


def _refuse(options: dict[str, object], *, because: str) -> None:
    for name, given in options.items():
        if given:
            raise OutcomesError(f"{name} has no meaning {because}. Leave it out.")


COMMANDS: tuple[click.Command, ...] = (walks,)
