"""Media command that imports archives: tables, exports of news services, lists, web pages."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, say_import, with_import_options, with_study

if TYPE_CHECKING:
    from outcomes.media.archives import Kind
    from outcomes.pipeline.archive_reading import Choices
    from outcomes.sheets import Reading
    from outcomes.study import Study

KINDS = ("newsbank", "nexis", "proquest", "media-cloud", "gdelt", "warc", "table")


@click.command(name="import", epilog="Example: outcomes media import data/raw/articles.jsonl")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option(
    "--kind", type=click.Choice(KINDS), help="What the files are; by default told by content."
)
@click.option(
    "--mapping",
    type=FILE,
    help="Which columns and outlets are which (.toml); by default the one beside the file.",
)
@click.option("--save-mapping", type=FILE, help="Write here how the file was read, to edit it.")
@click.option("--outlet", default="", metavar="NAME", help="All articles are of this outlet.")
@click.option(
    "--other-outlets", is_flag=True, help="Store articles of outlets not in study.toml, too."
)
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and store nothing.")
@with_import_options()
@with_study
def import_(
    files: tuple[Path, ...],
    *,
    study: "Study",
    kind: "Kind | None",
    mapping: Path | None,
    save_mapping: Path | None,
    outlet: str,
    other_outlets: bool,
    dry_run: bool,
    reading: "Reading",
    amend: bool,
) -> None:
    """Import articles from each FILE into the study: all of a file, or none of it.

    FILE is a table (JSON lines, CSV, Excel or Parquet), an export of NewsBank, LexisNexis or
    ProQuest (text, RTF or Word), a list from Media Cloud or GDELT, or a WARC file of web pages.

    A table has the columns url, outlet, published, title, text, and perhaps prompted (1 where the
    agency prompted the article, else 0). For other columns make a mapping: --dry-run
    --save-mapping FILE.toml, read and mend that file, then import with --mapping FILE.toml.

    An empty or unclear date stays unknown. The same file again stores nothing new.
    """
    from outcomes.pipeline.archive_reading import Choices

    choices = Choices(
        kind=kind,
        mapping=mapping,
        outlet=outlet,
        other_outlets=other_outlets,
        reading=reading,
        guess=dry_run,
        undecided=dry_run and save_mapping is not None,
    )
    if save_mapping is not None and len(files) > 1:
        raise click.UsageError("--save-mapping is about one file: name only that one")
    for file in files:
        _import(study, file, choices, save_mapping=save_mapping, amend=amend)


def _import(
    study: "Study", file: Path, choices: "Choices", *, save_mapping: Path | None, amend: bool
) -> None:
    from outcomes.pipeline.archive_preview import preview
    from outcomes.pipeline.archive_preview import save_mapping as write_mapping
    from outcomes.pipeline.archive_reading import prepare_archive
    from outcomes.pipeline.article_import import keep_prepared

    prepared = prepare_archive(study, file, choices)
    if choices.guess:
        for line in preview(prepared):
            click.echo(line)
    else:
        say_import(keep_prepared(study, prepared, choices, amend=amend))
    if save_mapping is not None:
        out = write_mapping(prepared, save_mapping)
        click.echo(
            f"The mapping is written to {out}. Read it, and mend what is wrong; then: "
            f"outcomes media import {file} --mapping {out}"
        )


COMMANDS = (import_,)
