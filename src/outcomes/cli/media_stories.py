"""Media command that links the copies of a story, in a study or from file to file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.media.stories import CopyRules

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(epilog="Example: outcomes media stories articles.jsonl --out stories.csv")
@click.argument("articles", type=FILE, required=False)
@click.option("--study", "folder", type=_FOLDER, help="Without ARTICLES: the study folder.")
@click.option(
    "--days",
    type=int,
    default=7,
    show_default=True,
    help="All articles of a story lie within so many days.",
)
@click.option(
    "--share",
    type=float,
    default=0.6,
    show_default=True,
    help="Least share of the shorter text that stands in the longer one.",
)
@click.option(
    "--time-zone",
    default="",
    metavar="ZONE",
    help="With ARTICLES: where days begin, such as America/Chicago.  [default: UTC]",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the search for candidates."
)
@with_out
def stories(
    articles: Path | None,
    *,
    folder: Path | None,
    days: int,
    share: float,
    time_zone: str,
    seed: int,
    out: Path | None,
    form: str,
) -> None:
    """Say which articles are copies of one story, and which outlet had it first.

    ARTICLES is JSON lines, CSV, Excel or Parquet with text and id (or url), and perhaps outlet and
    published. Each article gets its story (the id of the first article), the first outlet, the
    method (only, first, same page, same text, near copy) and the score: the share of the shorter
    text that stands in the longer one. Copies are linked, never deleted. Two articles of one
    outlet and day are not joined for their text alone.

    Without ARTICLES it reads the articles of a study, and writes results/stories.csv and, by
    month, results/story_counts.csv: how many articles there were, and how many stories.
    """
    from outcomes.media.stories import CopyRules

    rules = CopyRules(days=days, containment=share, seed=seed)
    if articles is None:
        if out is not None or form == "json" or time_zone:
            raise OutcomesError(
                "--out, --format and --time-zone are about a file: name ARTICLES, or leave them "
                "out to link the articles of a study"
            )
        _link_study(folder, rules)
        return
    if folder is not None:
        raise OutcomesError("--study is about a study: leave out ARTICLES")
    from outcomes.pipeline.stories import stories_of_file

    found = stories_of_file(articles, rules, time_zone=time_zone or "UTC")
    put_out(found.table, out=out, form=form)
    say_beside(found.sentences())


def _link_study(folder: Path | None, rules: "CopyRules") -> None:
    from outcomes.pipeline.stories import find_stories
    from outcomes.study import open_study

    for line in find_stories(open_study(folder), rules):
        click.echo(line)


COMMANDS = (stories,)
