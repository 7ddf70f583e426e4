"""Commands for counts that records hold."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import (
    FILE,
    put_out,
    say_beside,
    say_import,
    with_import_options,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.group(epilog="Example: outcomes records import data/raw/counts.csv")
def records() -> None:
    """Import dated counts: tips, complaints by type, partnerships, crime, victimization."""


@records.command(name="import", epilog="Example: outcomes records import data/raw/counts.csv")
@click.argument("file", type=FILE)
@with_import_options(guarded=True)
@with_study
def import_(file: Path, *, study: "Study", reading: "Reading", amend: bool) -> None:
    """Import counts by place and month from FILE (CSV or Excel).

    Long tables have the columns place, month (or date), measure, value. Wide tables have place,
    month (or date), and one column for each measure, named by its code; see: outcomes measures.
    Rows with dates are added up by month. A month in which nothing happened is written as 0: a
    month without a row is missing.
    """
    from outcomes.pipeline.records import import_counts

    say_import(import_counts(study, file, reading=reading, amend=amend))


@records.command(epilog="Example: outcomes records audit")
@with_study
@with_out
def audit(study: "Study", out: Path | None, form: str) -> None:
    """Say what joins to places and months keep and lose of everything stored.

    One row each for counts, walks, incidents and engagement records: how many rows match a place
    and a whole month of the study, how many do not, how many say what another one says, and how
    many were refused when files were imported.
    """
    from outcomes.pipeline.join_audit import audit_joins, audit_rows

    audits = audit_joins(study)
    say_beside(line for each in audits for line in each.sentences()[1:])
    put_out(audit_rows(audits), out=out, form=form)
