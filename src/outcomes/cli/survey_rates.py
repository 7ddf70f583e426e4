"""Survey commands about who answered: response rates."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out, with_reading_options

if TYPE_CHECKING:
    from outcomes.sheets import Reading


@click.command(epilog="Example: outcomes survey rates cases.csv --column disposition --e casro")
@click.argument("file", type=FILE)
@click.option("--column", required=True, metavar="COL", help="Where the disposition stands.")
@click.option(
    "--e", "e", default="", metavar="SHARE", help="Of unknown cases, those eligible: 0.5, or casro."
)
@click.option("--by", default="", metavar="COL", help="Rates for each group of this column.")
@click.option("--weights", default="", metavar="COL", help="How many cases each row stands for.")
@with_reading_options(dates=False)
@with_out
def rates(
    file: Path,
    *,
    column: str,
    e: str,
    by: str,
    weights: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Compute AAPOR's rates from FILE (CSV or Excel), one case a row.

    Dispositions: I complete, P partial, R refusal or break-off, NC not reached, O other, UH and
    UO of unknown eligibility, NE not eligible. Writes rate, value and what they rest on.
    """
    from outcomes.pipeline.response_rates import rates_of_file

    table, account = rates_of_file(
        file, column=column, e=e, by=by, weights=weights, reading=reading
    )
    put_out(table, out=out, form=form)
    say_beside(account)


COMMANDS = (rates,)
