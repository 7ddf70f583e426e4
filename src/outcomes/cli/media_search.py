"""Media commands that find articles by their words, and read one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import put_out, say_beside, with_out, with_study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.pipeline.article_reading import ArticleRead
    from outcomes.pipeline.finding import Result
    from outcomes.study import Study

_YES_NO = click.Choice(["yes", "no"])


@click.command(epilog='Example: outcomes media find "officer*" walk --from 2025-01 --limit 5')
@click.argument("words", nargs=-1)
@click.option("--from", "first", default="", metavar="MONTH", help="Not before, as 2026-01.")
@click.option("--to", "last", default="", metavar="MONTH", help="Not after, as 2026-03.")
@click.option("--outlet", default="", metavar="NAME", help="Only of this outlet.")
@click.option("--scope", type=click.Choice(["local", "national"]), help="Only of such outlets.")
@click.option("--place", default="", metavar="CODE", help="Only what names this place.")
@click.option("--agency", default="", metavar="NAME", help="Only what is about this agency.")
@click.option(
    "--tone",
    type=click.Choice(["negative", "neutral", "positive"]),
    help="Only what people coded so; a model's opinion does not count.",
)
@click.option("--about-us", is_flag=True, help="Only what is about the study's own agency.")
@click.option("--relevant", type=_YES_NO, help="Whether it is about law enforcement.")
@click.option("--prompted", type=_YES_NO, help="Whether the agency prompted it.")
@click.option(
    "--text-from",
    type=click.Choice(["feed", "page", "archive"]),
    help="Where the text comes from; feed: only its summary is there.",
)
@click.option("--unread", is_flag=True, help="Only where a paywall or notice stood for the page.")
@click.option("--newest", is_flag=True, help="The newest first instead of the best.")
@click.option("--months", is_flag=True, help="Count by month instead of listing.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="How many articles at most.",
)
@with_out
@with_study
def find(
    words: tuple[str, ...], *, study: "Study", limit: int, months: bool, out: Path | None,
    form: str, **asked: Any,
) -> None:  # fmt: skip
    """Find articles that hold all WORDS, in any form: patrols finds patrol.

    Write '"two words"' for words side by side, a OR b for either, NOT word to leave one out, and
    'offic*' for all words that begin so. Without WORDS, all articles of the filters are listed.

    Of each article it prints the title, outlet and day, address, and at most 25 words of the text;
    --out and --format json give url, outlet, published, title and snippet. The first time it makes
    an index (data/derived/search.db), which may be deleted at any time; later it adds only what is
    new.
    """
    import pandas as pd

    from outcomes.errors import DataError
    from outcomes.media.search_words import read_words
    from outcomes.pipeline.finding import Search, find_articles

    typed = " ".join(words)
    if typed.strip() and read_words(typed) == read_words(""):
        raise DataError(f"{typed!r} holds no word to look for. Write one, such as jail")

    about_us = "yes" if asked.pop("about_us") else ""
    told = {name: value or "" for name, value in asked.items() if not isinstance(value, bool)}
    flags = {name: value for name, value in asked.items() if isinstance(value, bool)}
    search = Search(words=typed, about_us=about_us, count_all=True, **told, **flags)  # type: ignore[arg-type]
    found = find_articles(study, search, most=limit)
    if months:
        table = pd.DataFrame(found.hits.months, columns=["month", "articles"])
    else:
        rows = [
            (each.url, each.outlet, each.published, each.title, each.passage.plain)
            for each in found.results
        ]
        table = pd.DataFrame(rows, columns=["url", "outlet", "published", "title", "snippet"])
    say_beside(found.sentences(listed=not months))
    if out is not None or form == "json":
        put_out(table, out=out, form=form)
    elif months and len(table):
        put_out(table.replace({"month": {"": "no date"}}), out=None, form=form)
    else:
        for line in _listed(found.results):
            click.echo(line)


def _listed(results: "Sequence[Result]") -> "Iterator[str]":
    """Write each article in a few lines that fit on a screen."""
    from shutil import get_terminal_size
    from textwrap import fill

    width = max(40, min(100, get_terminal_size().columns))
    for number, each in enumerate(results, start=1):
        head, indent = f"{number}. ", " " * 4
        yield fill(f"{head:<4}{each.title or '(no title)'}", width, subsequent_indent=indent)
        yield f"{indent}{each.outlet}, {each.day or 'no date is known'}"
        yield f"{indent}{each.url}"  # never broken: people copy it
        if each.passage.plain not in {"", each.title}:
            words = each.passage.plain
            yield fill(words, width, initial_indent=indent, subsequent_indent=indent)
        yield ""


@click.command(epilog="Example: outcomes media read https://tealcountyledger.example/2025/01/n035")
@click.argument("url")
@with_study
def read(url: str, *, study: "Study") -> None:
    """Print the article with the address URL: its text, flags, versions and copies.

    The text is kept for analysis here, and is not to be passed on.
    """
    from outcomes.pipeline.article_reading import read_article

    for line in _lines(read_article(study, url=url)):
        click.echo(line)


def _lines(article: "ArticleRead") -> list[str]:
    lines = [
        article.title,
        f"{article.outlet}, {article.day or 'no date is known'}",
        article.url,
    ]
    lines += [f"About the date: {article.published_note}"] if article.published_note else []
    lines += ["The agency prompted this article."] if article.prompted else []
    lines += [f"Its page is marked: {', '.join(article.flags)}."] if article.flags else []
    lines += [] if article.is_article else ["Its page is no article, and is not classified."]
    lines += [f"Its text was erased on {article.erased}."] if article.erased else []
    lines += ["", article.text or article.summary, ""]
    for version in article.versions:
        changed = f"; changed: {', '.join(version.changed)}" if version.changed else ""
        lines.append(
            f"Version {version.number}, stored {version.stored} by {version.step}: {version.words} "
            f"words from the {version.text_from}{changed}."
        )
        lines += [f"  + {line}" for line in version.added]
        lines += [f"  - {line}" for line in version.removed]
    lines += [
        f"Copy of the story: {each.outlet}, {each.day}: {each.title}" for each in article.copies
    ]
    return lines


COMMANDS = (find, read)
