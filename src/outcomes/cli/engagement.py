"""``outcomes engagement``: import walks and incidents, check walks by the rules, map CAD codes."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import (
    FILE,
    put_out,
    renames,
    say_import,
    with_import_options,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.study import Study

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(epilog="Example: outcomes engagement import-walks data/raw/walks.csv")
def engagement() -> None:
    """Import walks, check them by the walk rules, and map CAD call types."""


@engagement.command(
    "import-walks", epilog="Example: outcomes engagement import-walks data/raw/walks.csv"
)
@click.argument("file", type=FILE)
@with_import_options
@with_study
def import_walks(study: "Study", file: Path, rename: tuple[str, ...], **options: Any) -> None:
    """Store the walk log FILE: place, type, start, minutes, coordinator, people by role."""
    from outcomes.pipeline import engagement as steps

    say_import(steps.import_walks(study, file, rename=renames(rename), **options))


@engagement.command(
    "import-incidents",
    epilog="Example: outcomes engagement import-incidents data/raw/incidents.csv",
)
@click.argument("file", type=FILE)
@with_import_options
@with_study
def import_incidents(study: "Study", file: Path, rename: tuple[str, ...], **options: Any) -> None:
    """Store the homicides and shootings in FILE: place, at (date and time), kind."""
    from outcomes.pipeline import engagement as steps

    say_import(steps.import_incidents(study, file, rename=renames(rename), **options))


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
@with_import_options
@with_out
def compliance(log: Path, rules: Path, out: Path | None, form: str, **options: Any) -> None:
    """Check the walk LOG by the rules, from file to file: required, done, counted, short, why."""
    from outcomes.engagement.compliance import compliance as check_by_rules
    from outcomes.engagement.walk_rules import read_walk_rules

    known = read_walk_rules(rules)
    walks, incidents = _read_files(log, known, **options)
    coverage = _covered(walks, incidents, **options)
    put_out(
        check_by_rules(walks, known, coverage=coverage, incidents=incidents), out=out, form=form
    )


@engagement.command(
    "map-cad", epilog="Example: outcomes engagement map-cad calls.csv --column Type"
)
@click.argument("file", type=FILE)
@click.option("--column", required=True, help="The column with the call types.")
@click.option("--encoding", default="utf-8-sig", show_default=True, help="Of a CSV file.")
@with_out
def map_cad(file: Path, column: str, encoding: str, out: Path | None, form: str) -> None:
    """Suggest which CAD call types in FILE are walks or engagement; a person then checks it."""
    from outcomes.engagement.cad import suggest_map
    from outcomes.sheets import Column, read_sheet

    sheet = read_sheet(file, [Column(name=column, blank=True)], encoding=encoding)
    names = sheet.table.loc[sheet.table[column] != "", column]
    put_out(suggest_map(names), out=out, form=form)


def _read_files(
    log: Path, rules: Any, *, incidents: Path | None, rename: tuple[str, ...], **options: Any
) -> "tuple[pd.DataFrame, pd.DataFrame | None]":
    from outcomes.engagement.incidents import read_incidents
    from outcomes.engagement.log import read_walks

    leave_out = options["leave_out_refused"]
    how = {name: options[name] for name in ("date_order", "encoding", "time_zone")}
    places = options["places"]
    walks = read_walks(log, rules, places=places, rename=renames(rename), **how)
    _say_left_out(walks.or_refuse(leave_out=leave_out))
    if incidents is None:
        return walks.table, None
    found = read_incidents(incidents, **how)
    _say_left_out(found.or_refuse(leave_out=leave_out))
    return walks.table, found.table


def _say_left_out(sheet: Any) -> None:
    for refusal in sheet.refusals:
        click.echo(f"Left out of {sheet.path.name}: {refusal}", err=True)


def _covered(
    walks: "pd.DataFrame",
    happened: "pd.DataFrame | None",
    *,
    first: datetime | None,
    last: datetime | None,
    places: tuple[str, ...],
    time_zone: str,
    **_: Any,
) -> Any:
    """Take places and days from the options, or else from the log, and say so."""
    import pandas as pd

    from outcomes.engagement.periods import Coverage

    days = pd.to_datetime(walks["start"]).dt.date
    begins = first.date() if first else days.min()
    ends = last.date() if last else days.max()
    codes = list(places) or sorted(walks["place"].unique())
    source = "as given" if first and last and places else "taken from the log where not given"
    click.echo(f"{len(codes)} places, {begins} to {ends} ({source}).", err=True)
    if happened is not None:
        elsewhere = int((~happened["place"].isin(codes)).sum())
        if elsewhere:
            click.echo(
                f"{elsewhere} incidents in other places were left out. Name a place without "
                "walks with --place CODE.",
                err=True,
            )
    return Coverage(
        first=begins, last=ends, starts=dict.fromkeys(codes, begins), time_zone=time_zone
    )
