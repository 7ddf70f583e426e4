"""Commands for the texts of news: read the pages behind a feed, take saved ones, let them go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import with_amend, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)


@contextmanager
def _writing() -> Iterator[None]:
    """Say in words that the store cannot be written, such as while a large import holds it."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        raise OutcomesError(
            f"the store cannot be written ({error.orig}). What was stored before stays: wait for "
            "other commands to end, make room on the disk, and run this again"
        ) from None


@click.command(name="fetch-texts", epilog="Example: outcomes media fetch-texts --most 200")
@click.option("--outlet", default="", metavar="NAME", help="Only the pages of this outlet.")
@click.option(
    "--most", type=int, default=500, show_default=True, help="How many pages to ask at most."
)
@click.option(
    "--days",
    type=int,
    default=14,
    show_default=True,
    help="Articles that were published or first seen within so many days.",
)
@with_study
def fetch_texts(study: "Study", *, outlet: str, most: int, days: int) -> None:
    """Read the pages of articles of which only a feed's summary is known.

    It asks each site once in five seconds at most, and only for what its robots.txt allows. A
    page behind a paywall or a consent wall gives no text: the summary stays, and the article is
    not classified. What cannot be read is tried again an hour later, and a day after that. Run
    it after outcomes media poll; study.toml must name a contact under [news].
    """
    from datetime import UTC

    from outcomes.pipeline import full_text

    with _writing():
        read = full_text.fetch_texts(
            study, now=datetime.now(UTC), outlet=outlet, most=most, days=days
        )
    for line in read.sentences():
        click.echo(line)


@click.command(
    name="import-pages",
    epilog='Example: outcomes media import-pages pages --outlet "WTLC News 9"',
)
@click.argument("folder", type=_FOLDER)
@click.option("--outlet", required=True, metavar="NAME", help="Whose pages they are.")
@click.option(
    "--seen",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which they were saved; by default today. No article is dated later.",
)
@with_amend
@with_study
def import_pages(
    study: "Study", folder: Path, *, outlet: str, seen: datetime | None, amend: bool
) -> None:
    """Import the articles of web pages that were saved in FOLDER (.html, perhaps packed: .gz).

    All folders inside are read, too. The address of an article is the one that its page calls its
    own. A page that holds no article (an index, a consent wall) is left out and counted; of one
    behind a paywall title and date are stored. Importing the same pages again changes nothing.
    """
    from datetime import UTC

    from outcomes.pipeline import saved_pages

    with _writing():
        read = saved_pages.import_pages(
            study, folder, outlet=outlet, now=datetime.now(UTC), seen=seen, amend=amend
        )
    for line in read.sentences():
        click.echo(line)


@click.command(name="forget-texts", epilog="Example: outcomes media forget-texts --dry-run")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@with_study
def forget_texts(study: "Study", *, dry_run: bool) -> None:
    """Erase the texts of articles that are older than study.toml allows (text_months).

    Title, address, date, flags and codes stay, and so does what the models found in the texts: a
    text that was not classified yet is not erased. A text that was erased does not come back when
    its file is imported again.
    """
    from outcomes.pipeline import news_retention
    from outcomes.pipeline.fielding import today_in

    today = today_in(study)
    with _writing():
        overdue = news_retention.overdue_texts(study, today=today)
        if dry_run:
            lines = overdue.sentences(erased=False)
        else:
            lines = news_retention.forget_texts(study, overdue, today=today)
    for line in lines:
        click.echo(line)


COMMANDS = (fetch_texts, import_pages, forget_texts)
