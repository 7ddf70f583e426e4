"""Commands for counts that records hold."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, say_import, with_import_options, with_study

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.group(epilog="Example: outcomes records import data/raw/counts.csv")
def records() -> None:
    """Import dated counts: tips, complaints by type, partnerships, crime, victimization."""


@records.command(name="import", epilog="Example: outcomes records import data/raw/counts.csv")
@click.argument("file", type=FILE)
@with_import_options()
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
