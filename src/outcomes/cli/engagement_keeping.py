"""``outcomes engagement``: retention, export and the log of exports."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import put_out, with_out, with_study

if TYPE_CHECKING:
    from outcomes.study import Study

_USER = "(terminal)"  # who did it, on record; no name at the desk has brackets
_FOLDER = click.Path(path_type=Path, file_okay=True)


@click.command(epilog="Example: outcomes engagement retention")
@click.option("--erase", is_flag=True, help="Erase what is over; without it, only say what would.")
@with_study
def retention(study: "Study", erase: bool) -> None:
    """Say which notes were kept long enough, and erase them; counts and records stay.

    How long is set by retention_months under [engagement] of study.toml. Notes, texts and
    reasons in staff's own words go, in all versions of a record; how many people, when, where and
    with which organisations stays.
    """
    from outcomes.pipeline.engagement_retention import (
        after_erasing_texts,
        due_texts,
        erase_due_texts,
        rule_in_words,
    )
    from outcomes.pipeline.fielding import today_in

    today = today_in(study)
    click.echo(rule_in_words(study, today=today))
    due = (
        erase_due_texts(study, user=_USER, today=today) if erase else due_texts(study, today=today)
    )
    for each in due:
        click.echo(each.sentence())
    if not due:
        click.echo("There is nothing to erase.")
        return
    click.echo("These were erased." if erase else "Nothing was erased. Say --erase to erase it.")
    for line in after_erasing_texts() if erase else []:
        click.echo(line)


@click.command(epilog="Example: outcomes engagement export --out engagement-export")
@click.option("--out", type=_FOLDER, required=True, help="Write here: a new or empty folder.")
@click.option("--with-notes", is_flag=True, help="With the texts in staff's own words.")
@click.option("--public", is_flag=True, help="For anybody: sums only, none on few people.")
@with_study
def export(study: "Study", out: Path, with_notes: bool, public: bool) -> None:
    """Write walks, records, compliance and measures as tables with a README, and log it.

    Every export leaves a row in the audit log: outcomes engagement export-log. No resident and no
    member of staff is named in the tables. With --public there are only sums before and since
    the walks began, without any that rest on few people or cases.
    """
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.engagement_export import gather_engagement, write_export
    from outcomes.pipeline.fielding import today_in

    if with_notes and public:
        raise OutcomesError(
            "--with-notes: what staff wrote in their own words is never published. "
            "Leave out --with-notes or --public"
        )
    found = gather_engagement(study, today=today_in(study), notes=with_notes, public=public)
    for path in write_export(study, found, out=out, user=_USER):
        click.echo(f"Written: {path}")
    if found.withheld:
        click.echo(f"{found.withheld} cells were withheld: they tell of few people or cases.")
    click.echo("The export was logged; see: outcomes engagement export-log")


@click.command("export-log", epilog="Example: outcomes engagement export-log")
@with_study
@with_out
def export_log(study: "Study", out: Path | None, form: str) -> None:
    """List who exported engagement tables, when (UTC), and how many rows of each."""
    from outcomes.pipeline.engagement_export import export_log as logged

    table = logged(study)
    if table.empty and out is None and form != "json":
        click.echo("Nothing was exported yet.")
        return
    put_out(table, out=out, form=form)


COMMANDS: tuple[click.Command, ...] = (retention, export, export_log)
