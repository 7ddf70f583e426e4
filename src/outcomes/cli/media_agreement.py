"""Media command that says how well coders agree."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import (
    FILE,
    StudyFolder,
    put_out,
    say_beside,
    with_out,
    with_reading_options,
)
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.sheets import Reading

_SHORT = ("question", "category", "statistic", "level", "value", "low", "high", "articles")
_WRITTEN = (
    "Written: results/agreement.csv, and agreement_pairs.csv (two by two), agreement_confusion.csv "
    "(what is taken for what), agreement_coders.csv and agreement_months.csv (each over time)."
)


@click.command(epilog="Example: outcomes media agreement")
@click.option("--file", type=FILE, help="Codes in a file, instead of those of the study.")
@click.option(
    "--level",
    type=click.Choice(["both", "nominal", "ordinal"]),
    default="both",
    show_default=True,
    help="With --file: nominal counts any two tones as equally far apart; ordinal counts negative "
    "and positive as farther apart than negative and neutral.",
)
@click.option("--study", "folder", default="", metavar="FOLDER", help="The study folder.")
@with_reading_options()
@with_out
def agreement(
    *, file: Path | None, level: str, folder: str, reading: "Reading", out: Path | None, form: str
) -> None:
    """Say how well people agree who coded the same articles, and whether one of them drifts.

    Krippendorff's alpha is 1 where coders always agree and 0 where they agree no more than by
    chance. Below 0.667, or where it is not known, a warning stands beside every published share; it
    cannot be turned off. At least 20 articles must be coded by two people, better 100. --file reads
    the columns url, coder, relevant (0 or 1) and tone (-1, 0, 1; empty where not relevant), perhaps
    probability (with which an article was drawn) and coded_on (the day).
    """
    from outcomes.media.agreement import SCALES
    from outcomes.pipeline import agreement as step

    if file is None:
        if level != "both":
            raise OutcomesError("--level goes with --file. Leave it out.")
        found = step.find_agreement(StudyFolder().convert(folder, None, None))
    elif folder:
        raise OutcomesError("--study does not go with --file. Leave one of the two out.")
    else:
        scales = [scale for scale in SCALES if level in ("both", scale)]
        found = step.agreement_of_file(file, scales=scales, reading=reading)
    lines = [*found.sentences, *([_WRITTEN] if file is None else [])]
    if out is not None or form == "json":
        put_out(found.table, out=out, form=form)
        say_beside(lines)
        return
    put_out(found.table[list(_SHORT)].round(3), out=None, form=form)
    for line in lines:
        click.echo(line)


COMMANDS = (agreement,)
