"""``outcomes engagement compliance`` and ``walks``: check walks by the rules, and say why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import (
    FILE,
    F,
    StudyFolder,
    put_out,
    say_beside,
    with_out,
    with_reading_options,
)
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.pipeline.walk_files import Extent
    from outcomes.sheets import Reading

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checking:
    """What a log without a study is checked by, where and when."""

    rules: Path | None
    incidents: Path | None
    first: datetime | None
    last: datetime | None
    place: tuple[str, ...]
    time_zone: str

    def extent(self) -> "Extent":
        from outcomes.pipeline.walk_files import Extent

        return Extent(
            first=self.first.date() if self.first else None,
            last=self.last.date() if self.last else None,
            places=self.place,
            time_zone=self.time_zone,
        )


_NAMES = tuple(_Checking.__dataclass_fields__)


def _with_checking(*, needed: bool) -> Callable[[F], F]:
    """Add the options of a check from file to file; the command receives them as ``checking``.

    Args:
        needed: Whether there is no other way than from file to file, so that rules are needed.
    """
    when = "" if needed else "With LOG: "

    def say(text: str) -> str:
        return when + (text if needed else text[:1].lower() + text[1:])

    offered = [
        click.option("--rules", type=FILE, required=needed, help=say("The walk rules (TOML).")),
        click.option(
            "--incidents", type=FILE, help=say("Homicides and shootings: place, at, kind.")
        ),
        click.option("--first", type=_DAY, metavar="DATE", help=say("First day; else the log's.")),
        click.option("--last", type=_DAY, metavar="DATE", help=say("Last day; else the log's.")),
        click.option("--place", multiple=True, help=say("A place with walks; else the log's.")),
        click.option(
            "--time-zone", default="", help=say("Such as America/Chicago, for real hours.")
        ),
    ]

    def decorate(command: F) -> F:
        @wraps(command)
        def with_checking(*args: Any, **options: Any) -> Any:
            asked = {name: options.pop(name) for name in _NAMES}
            return command(*args, checking=_Checking(**asked), **options)

        found: Any = with_checking
        for option in reversed(offered):
            found = option(found)
        return found  # type: ignore[no-any-return]

    return decorate


@click.command(
    epilog="Example: outcomes engagement compliance walks.csv --rules walk_rules.toml --out out.csv"
)
@click.argument("log", type=FILE)
@_with_checking(needed=True)
@with_reading_options()
@with_out
def compliance(
    log: Path, *, checking: _Checking, reading: "Reading", out: Path | None, form: str
) -> None:
    """Check the walk LOG by the rules, from file to file: required, done, counted, short, why."""
    from outcomes.pipeline.walk_files import compliance_file

    table, account = compliance_file(
        log, _rules(checking), incidents=checking.incidents, extent=checking.extent(),
        reading=reading,
    )  # fmt: skip
    say_beside(account)
    put_out(table, out=out, form=form)


@click.command(epilog="Example: outcomes engagement walks walks.csv --rules walk_rules.toml --why")
@click.argument("log", type=FILE, required=False)
@click.option("--why", is_flag=True, help="Only walks that did not count, each with its reason.")
@click.option("--study", "folder", default="", metavar="FOLDER", help="The study, without LOG.")
@_with_checking(needed=False)
@with_reading_options()
@with_out
def walks(
    log: Path | None,
    *,
    why: bool,
    folder: str,
    checking: _Checking,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """List walks with whether each counted: those of the walk LOG, or without LOG of the study.

    A reason says all that a walk lacked: too short, without a sergeant, outside the border or the
    schedule, not within the hours after an incident.
    """
    if log is None:
        _refuse({name: getattr(checking, name) for name in _NAMES}, because="without LOG")
        table = _of_the_study(folder, every=not why)
    else:
        from outcomes.pipeline.walk_files import uncounted_in_file

        _refuse({"study": folder}, because="beside LOG")
        table, account = uncounted_in_file(
            log, _rules(checking), incidents=checking.incidents, extent=checking.extent(),
            reading=reading, every=not why,
        )  # fmt: skip
        say_beside(account)
    if table.empty:
        say_beside(["Every walk counted." if why else "There are no walks."])
    put_out(table, out=out, form=form)


def _rules(checking: _Checking) -> Path:
    if checking.rules is None:
        raise OutcomesError("--rules FILE: say which walk rules the LOG is checked by.")
    return checking.rules


def _of_the_study(folder: str, *, every: bool) -> "pd.DataFrame":
    from outcomes.pipeline.engagement import uncounted_walks

    return uncounted_walks(StudyFolder().convert(folder, None, None), every=every)


def _refuse(options: dict[str, object], *, because: str) -> None:
    for name, given in options.items():
        if given:
            option = f"--{name.replace('_', '-')}"
            raise OutcomesError(f"{option} has no meaning {because}. Leave it out.")


COMMANDS: tuple[click.Command, ...] = (compliance, walks)
