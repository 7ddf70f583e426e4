"""Commands for saved web pages: the article of each, with its date and what to beware of."""

from datetime import datetime
from pathlib import Path

import click

from outcomes.cli.options import FILE


@click.command(
    epilog="Example: outcomes media extract page.html --url https://news.example/a --out page.json"
)
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAGE…")
@click.option("--url", default="", help="The page's address; by default what the page calls it.")
@click.option(
    "--out", type=FILE, required=True, help="Write here: .json for one page, .jsonl for several."
)
@click.option(
    "--time-zone",
    default="",
    metavar="ZONE",
    help="Of the outlet, such as America/Chicago; by default as far as the page tells it.",
)
@click.option(
    "--date-order",
    type=click.Choice(["MDY", "DMY"]),
    default="MDY",
    show_default=True,
    help="How the outlet writes 03/04/2026.",
)
@click.option(
    "--seen",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="When the pages were fetched (UTC); by default now. No article is dated later.",
)
def extract(
    pages: tuple[Path, ...],
    *,
    url: str,
    out: Path,
    time_zone: str,
    date_order: str,
    seen: datetime | None,
) -> None:
    """Find the article in saved web pages: title, published, text, flags.

    PAGE is an .html file, perhaps packed (.gz), or a folder of them. A date that the page does
    not tell stays empty. Where a flag says that the page is no article (paywall, cookie_wall,
    challenge, index, gallery, video, live_blog, unreadable), "article" is false: do not classify
    its text. The flags blotter, obituary, not_english, dates_disagree and cut are for you to weigh.
    """
    from datetime import UTC, timedelta

    from outcomes.media.page_dates import Reading
    from outcomes.pipeline.page_extraction import extract_pages, page_files

    whole_day = timedelta(days=1) if seen and (seen.hour, seen.minute) == (0, 0) else timedelta(0)
    moment = (seen + whole_day).replace(tzinfo=UTC) if seen else datetime.now(UTC)
    reading = Reading(seen=moment, zone=time_zone, order="DMY" if date_order == "DMY" else "MDY")
    done = extract_pages(page_files(pages), out=out, url=url, reading=reading)
    for line in (*done.sentences(), f"Written to {out}"):
        click.echo(line)


COMMANDS = (extract,)
