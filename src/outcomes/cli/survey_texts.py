"""Survey commands about what people wrote in their own words: reviewed texts, counts of themes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import put_out, say_beside, with_out, with_study

if TYPE_CHECKING:
    from outcomes.study import Study

_USER = "(terminal)"  # no name at the desk has brackets


@click.command(epilog="Example: outcomes survey texts --wave spring-class-post --out texts.csv")
@click.option("--wave", required=True, metavar="LABEL", help="A wave that study.toml dates.")
@click.option(
    "--by",
    multiple=True,
    metavar="COL",
    help="Put it beside the text where enough people share it: place, or an item that describes "
    "the person. May be repeated.",
)
@click.option(
    "--consent",
    default="",
    metavar="ITEM=VALUE",
    help="For quotes: only texts of people who gave this answer to the question about quoting.",
)
@with_out
@with_study
def texts(
    *, wave: str, by: tuple[str, ...], consent: str, study: "Study", out: Path | None, form: str
) -> None:
    """Export what people wrote in their own words, as it was reviewed at the desk.

    A text that nobody has reviewed is left out. Nothing in the file says who wrote a text, or
    which texts are by the same person. Who took them goes into the audit log.
    """
    from outcomes.pipeline.audit import record
    from outcomes.pipeline.text_export import export_reviewed

    found = export_reviewed(study, wave, by=by, consent=consent)
    detail = f"{len(found.table)} reviewed texts{', as quotes' if found.quotes else ''}"
    record(study.store, user=_USER, action="exported free text", about=wave, detail=detail)
    put_out(found.table, out=out, form=form)
    say_beside(found.sentences())


@click.command(epilog="Example: outcomes survey themes --wave spring-class-post --out themes.csv")
@click.option("--wave", required=True, metavar="LABEL", help="A wave that study.toml dates.")
@click.option("--item", default="", help="One question; by default each with a list of themes.")
@with_out
@with_study
def themes(*, wave: str, item: str, study: "Study", out: Path | None, form: str) -> None:
    """Count the texts of a wave by theme, as they were coded by hand at the desk.

    A count of few texts is withheld, and so is one that leaves few texts out. Agreement is the
    share of texts coded by two people in which both said the same of the theme.
    """
    from outcomes.pipeline.text_themes import count_themes

    table = count_themes(study, wave, item=item)
    put_out(table, out=out, form=form)
    if table.empty:
        say_beside(["No question of this wave has a list of themes yet. Write it at the desk."])


COMMANDS = (texts, themes)
