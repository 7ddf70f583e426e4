"""Media command that shows all versions of an article."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import put_out, with_out, with_study

if TYPE_CHECKING:
    from outcomes.study import Study

_BRIEF = ["version", "stored", "step", "published", "title", "text_from", "words"]


@click.command(
    epilog="Example: outcomes media history https://tealcountyledger.example/2025/01/n035"
)
@click.argument("url")
@click.option("--texts", is_flag=True, help="Also the summary and text of each version.")
@with_out
@with_study
def history(url: str, *, study: "Study", texts: bool, out: Path | None, form: str) -> None:
    """Show every version of the article with the address URL, oldest first.

    When an outlet changes a headline, a text or a date, a new version is stored and the old one
    stays. The columns: version, stored (when, UTC), step (the command that brought it), published,
    title, text_from (feed, page or archive) and words (how long the text is).
    """
    from outcomes.pipeline.article_history import read_history

    found = read_history(study.store, url)
    put_out(found if texts else found[_BRIEF], out=out, form=form)


COMMANDS = (history,)
