"""The command that makes monthly shares of tone from a file of coded articles."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out

if TYPE_CHECKING:
    import pandas as pd

_METHODS = ("auto", "partially-pooled", "prediction-powered", "adjusted-count", "human-codes")


@click.command(epilog="Example: outcomes media share coded.csv --period month --out shares.csv")
@click.argument("coded", type=FILE)
@click.option("--period", required=True, metavar="COLUMN", help="The column of months or weeks.")
@click.option(
    "--method",
    type=click.Choice(_METHODS),
    default="auto",
    show_default=True,
    help="How codes and model are brought together; auto takes the best that the codes allow.",
)
@with_out
def share(coded: Path, *, period: str, method: str, out: Path | None, form: str) -> None:
    """Estimate each period's shares of negative, neutral and positive articles.

    CODED has one article a row: the period, tone (a model's -1, 0 or 1, empty if it is not about
    law enforcement) or p_negative, p_neutral and p_positive, and, where a person coded it,
    human_tone; perhaps also human_relevant (0 or 1), probability (with which it was drawn) and
    outlet. The shares rest on people's codes; the model's reading only narrows the range. With
    codes in three periods or more, and 40 outside each, every period gets a range. Otherwise one
    without codes gets none: a model's own count is off by 5 to 14 points, in a direction that
    nobody knows beforehand.
    """
    from outcomes.media.coded import prepare_coded
    from outcomes.media.json_lines import read_table
    from outcomes.media.tone import share_table

    table, notes = prepare_coded(read_table(coded), period=period)
    shares = share_table(table, method=method)
    say_beside([*notes, *_said(shares)])
    put_out(shares, out=out, form=form)


def _said(shares: "pd.DataFrame") -> Iterator[str]:
    """Say which method stands behind which periods."""
    from outcomes.media.tone import UNCORRECTED

    for method, rows in shares.groupby("method", sort=False):
        periods = list(rows["period"].unique())
        if method == UNCORRECTED:
            yield (
                f"No interval for {', '.join(periods)}: fewer than two relevant articles were "
                "coded by a person there, and a model's own count is off by 5 to 14 points. Do "
                "not publish it."
            )
        else:
            which = periods[0] if len(periods) == 1 else f"{len(periods)} periods"
            yield f"Method for {which}: {method}."
