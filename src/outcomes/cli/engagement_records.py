"""``outcomes engagement``: record events, contacts, letters and other engagement."""

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

_KIND = click.option("--kind", required=True, help="See: outcomes engagement kinds.")


@click.command(
    "import-records",
    epilog="Example: outcomes engagement import-records data/raw/engagement/event.csv --kind event",
)
@click.argument("file", type=FILE)
@_KIND
@with_import_options(guarded=True)
@with_study
def import_records(
    file: Path, *, kind: str, study: "Study", reading: "Reading", amend: bool
) -> None:
    """Store the engagement records of one kind in FILE (CSV or Excel).

    The columns are day, place, perhaps community, and the fields of the kind; an empty table is
    made by: outcomes engagement template. Several choices or organisations in one cell stand
    apart by a semicolon. A text that may say who somebody is, is refused.
    """
    from outcomes.pipeline.record_importing import import_records as bring_in

    say_import(bring_in(study, file, kind=kind, reading=reading, amend=amend))


@click.command(epilog="Example: outcomes engagement kinds")
@click.option("--kind", default="", help="Only this kind, with its fields.")
@with_out
def kinds(kind: str, out: Path | None, form: str) -> None:
    """List the kinds of engagement records; with --kind, the fields of one."""
    from outcomes.pipeline.record_listing import field_table, kind_table

    put_out(field_table(kind) if kind else kind_table(), out=out, form=form)


@click.command(epilog="Example: outcomes engagement template --kind event --out events.csv")
@_KIND
@click.option("--out", type=FILE, required=True, help="Write the empty table here (.csv).")
@with_study
def template(kind: str, out: Path, study: "Study") -> None:
    """Write an empty table for records of one kind, and explain its columns."""
    from outcomes.pipeline.record_listing import write_template

    for line in write_template(study, kind, out):
        click.echo(line)


@click.command(epilog="Example: outcomes engagement records --kind event")
@click.option("--kind", default="", help="Only this kind; otherwise how many there are of each.")
@with_study
@with_out
def records(kind: str, study: "Study", out: Path | None, form: str) -> None:
    """List the engagement records that are stored; withdrawn ones are left out."""
    from outcomes.pipeline.record_listing import listed, overview

    table, notes = listed(study, kind) if kind else overview(study)
    say_beside(notes)
    put_out(table, out=out, form=form)


COMMANDS: tuple[click.Command, ...] = (import_records, kinds, template, records)
