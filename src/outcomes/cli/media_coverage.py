"""Media command that shows which outlet was collected in which month, and how well."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import put_out, say_beside, with_out, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.study import Study

_SHORT = (
    "outlet", "month", "coverage", "mark", "polls_planned", "polls_made", "polls_failed",
    "longest_silence_hours", "articles",
)  # fmt: skip


@click.command(epilog="Example: outcomes media coverage --month 2025-06")
@click.option("--month", metavar="YYYY-MM", help="Only this month, such as 2025-06.")
@with_out
@with_study
def coverage(study: "Study", *, month: str | None, out: Path | None, form: str) -> None:
    """Say how much of each outlet was collected, month by month; write results/coverage.csv.

    Coverage is the share of a month's days on which an outlet's feeds were read, less the time
    that is proven lost, and less silences too long to be chance. An archive shows no polls: its
    months count as covered until its own silence speaks against it. Marks: not collected, unusually
    few (far fewer articles than the outlet usually has), thin (below smallest_coverage of [news]),
    in progress, feed changed, archive only. Today is not over, and does not count.
    """
    from outcomes.pipeline.coverage import coverage_sentences, find_coverage

    table = find_coverage(study)
    lines = [*coverage_sentences(study, table), "Written: results/coverage.csv."]
    chosen = table if month is None else _of_month(table, month)
    if out is not None or form == "json":
        put_out(chosen, out=out, form=form)
        say_beside(lines)
        return
    if month is not None:
        put_out(chosen[list(_SHORT)], out=None, form=form)
    for line in lines:
        click.echo(line)


def _of_month(table: "pd.DataFrame", month: str) -> "pd.DataFrame":
    chosen = table[table["month"] == month]
    if chosen.empty:
        months = table["month"].unique()
        known = f"{min(months)} to {max(months)}" if len(months) else "none yet"
        raise OutcomesError(
            f"--month {month}: there is nothing to count in that month. Write a month of the "
            f"study of which a day is over, as 2025-06. Known months: {known}"
        )
    return chosen


COMMANDS = (coverage,)
