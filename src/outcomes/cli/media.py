"""Commands for news: import, classify, sample for coding, and shares of tone."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli import (
    media_agreement,
    media_archives,
    media_check,
    media_classify,
    media_coding,
    media_coverage,
    media_history,
    media_models,
    media_pages,
    media_poll,
    media_relevance,
    media_search,
    media_share,
    media_sources,
    media_stories,
    media_texts,
    media_train,
)
from outcomes.cli.options import (
    FILE,
    put_out,
    say_import,
    with_amend,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.study import Study

_ENTRY = ("id", "url", "title", "published", "summary")  # of a feed


@click.group(epilog="Example: outcomes media import data/raw/articles.jsonl")
def media() -> None:
    """Import news, find what is about law enforcement, and publish its tone by month."""


@media.command(
    name="import-feed",
    epilog='Example: outcomes media import-feed data/raw/feed.xml --outlet "WTLC News 9"',
)
@click.argument("file", type=FILE)
@click.option("--outlet", required=True, metavar="NAME", help="Whose feed it is.")
@with_amend
@with_study
def import_feed(file: Path, *, study: "Study", outlet: str, amend: bool) -> None:
    """Import the entries of a feed (RSS, Atom or JSON Feed) that was saved as FILE."""
    from outcomes.pipeline import article_import

    say_import(article_import.import_feed(study, file, outlet=outlet, amend=amend))


@media.command(
    name="parse-feed", epilog="Example: outcomes media parse-feed feed.xml --out entries.jsonl"
)
@click.argument("file", type=FILE)
@with_out
def parse_feed(file: Path, *, out: Path | None, form: str) -> None:
    """List the entries of the feed FILE: id, url, title, published (UTC), summary."""
    from dataclasses import asdict

    import pandas as pd

    from outcomes.media.feeds import parse_feed as parse

    entries = [asdict(entry) for entry in parse(_bytes(file))]
    put_out(pd.DataFrame(entries, columns=list(_ENTRY)), out=out, form=form)


@media.command(epilog="Example: outcomes media sample --per-month 12 --out data/raw/to-code.csv")
@click.option("--per-month", type=int, required=True, help="How many articles of each month.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random draw.")
@click.option("--out", type=FILE, required=True, help="The CSV file to write.")
@with_study
def sample(*, study: "Study", per_month: int, seed: int, out: Path) -> None:
    """Draw articles at random for people to code, and write a sheet with empty cells."""
    from outcomes.pipeline.classifying import draw_coding_sample

    click.echo(draw_coding_sample(study, out, per_month=per_month, seed=seed))


for command in (
    *media_agreement.COMMANDS,
    *media_archives.COMMANDS,
    *media_classify.COMMANDS,
    *media_check.COMMANDS,
    *media_coding.COMMANDS,
    *media_coverage.COMMANDS,
    *media_history.COMMANDS,
    *media_models.COMMANDS,
    *media_pages.COMMANDS,
    *media_poll.COMMANDS,
    *media_relevance.COMMANDS,
    *media_search.COMMANDS,
    *media_sources.COMMANDS,
    *media_stories.COMMANDS,
    *media_texts.COMMANDS,
    *media_train.COMMANDS,
):
    media.add_command(command)
media.add_command(media_share.share)


def _bytes(path: Path) -> bytes:
    from outcomes.errors import FileError

    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
