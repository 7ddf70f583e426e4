"""Commands that check what was found about law enforcement, and mark what the agency prompted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_encoding, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.study import Study


@click.command(
    name="check-relevance",
    epilog="Example: outcomes media check-relevance --draw 60 --out relevance-sheet.csv",
)
@click.option("--draw", type=int, metavar="NUMBER", help="Draw so many articles; 100 is usual.")
@click.option("--out", type=FILE, help="With --draw: the CSV file to write.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="With --draw: of the random draw."
)
@click.option("--read", "sheet", type=FILE, help="Read the sheet that a person filled in.")
@click.option("--leave-out-refused", is_flag=True, help="With --read: go on with the good rows.")
@with_encoding
@with_study
def check_relevance(
    *,
    study: "Study",
    draw: int | None,
    out: Path | None,
    seed: int,
    sheet: Path | None,
    leave_out_refused: bool,
    encoding: str,
) -> None:
    """Check how well articles about law enforcement, and about us, are found in your archive.

    First draw a sheet with --draw and --out. A person reads each article and writes yes or no
    under relevant and about_us. Then give the sheet back with --read: it tells how many of the
    articles found are right, and how many of those that are there were found, each with the range
    that chance leaves open. A sheet of 100 articles takes about an hour.
    """
    from outcomes.pipeline.relevance_check import draw_relevance_check, judge_relevance_check
    from outcomes.sheets import Reading

    if (draw is None) == (sheet is None) or (draw is None) != (out is None):
        raise OutcomesError(
            "Say either --draw NUMBER --out FILE, to draw a sheet, or --read FILE, to judge one"
        )
    if sheet is not None:
        reading = Reading(encoding=encoding, leave_out_refused=leave_out_refused)
        lines = judge_relevance_check(study, sheet, reading=reading)
    elif draw is not None and out is not None:
        lines = draw_relevance_check(study, out, size=draw, seed=seed)
    for line in lines:
        click.echo(line)


@click.command(epilog="Example: outcomes media prompted --releases data/raw/releases")
@click.option(
    "--releases",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the press releases lie; by default as study.toml says under [news].",
)
@click.option(
    "--days",
    type=click.IntRange(0, 365),
    default=14,
    show_default=True,
    help="An article that appeared more days after a release was not prompted by it.",
)
@with_study
def prompted(*, study: "Study", releases: Path | None, days: int) -> None:
    """Mark the articles that your agency's own press releases prompted.

    The releases are .txt, .md, .html or .docx files; begin their names with the day, such as
    2026-03-01-walks.txt. An article that is mostly the words of a release is marked "release"; one
    that takes a good part from it, "builds on a release". Report the tone with and without them.
    """
    from outcomes.pipeline.news_prompted import mark_prompted

    for line in mark_prompted(study, releases, days=days):
        click.echo(line)


COMMANDS = (check_relevance, prompted)
