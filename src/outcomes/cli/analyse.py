"""Commands on measures and estimates: measures, evaluate, compare, check-cells, report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from outcomes.cli.options import FILE, put_out, with_out, with_study

if TYPE_CHECKING:
    from outcomes.study import Study


class Lags(click.ParamType[tuple[int, ...]]):
    """Whole numbers of 0 or more, comma separated."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """Read them."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} must be whole numbers such as 0,1,2", param, ctx)


LAGS = Lags()


@click.command(epilog="Example: outcomes measures --role outcome")
@click.option("--role", type=click.Choice(["output", "outcome", "context"]), help="Only these.")
@with_out
def measures(role: str | None, out: Path | None, form: str) -> None:
    """List every measure: its code, name, role, unit, direction and requirement."""
    from dataclasses import asdict

    import pandas as pd

    from outcomes.measures import MEASURES

    rows = [asdict(each) for each in MEASURES.values() if role in {None, each.role}]
    put_out(pd.DataFrame(rows), out=out, form=form)


@click.command(epilog="Example: outcomes evaluate")
@with_study
def evaluate(study: "Study") -> None:
    """Run every analysis of the plan; write results/estimates.csv and results/untold.csv."""
    from outcomes.pipeline.evaluate import evaluate as run_plan
    from outcomes.pipeline.status import remember_inputs

    findings = run_plan(study)
    remember_inputs(study)
    click.echo(f"{len(findings.estimates)} estimates written to results/estimates.csv.")
    for sentence in findings.plan:
        click.echo(sentence)
    for row in findings.untold:
        click.echo(f"Cannot tell, {row['measure']}: {row['reason']}.")


@click.command(
    epilog="Example: outcomes compare panel.csv --design did --outcome tips --unit place "
    "--time month --treated walks"
)
@click.argument("panel", type=FILE)
@click.option(
    "--design",
    type=click.Choice(
        ["prepost", "did", "few-treated", "staggered", "interrupted", "dose", "small-areas"]
    ),
    required=True,
    help="prepost: the same units twice. did: units that start together, against units without. "
    "few-treated: the same for one to three units with a start, with more checks. "
    "staggered: units that start at different times. interrupted: the series of the units that "
    "start, before and after. dose: units that got more or less, month by month. small-areas: "
    "counts of many small units such as blocks, some of which start together, against others that "
    "are weighted to have had the same totals before.",
)
@click.option("--outcome", required=True, metavar="COL", help="The column that is compared.")
@click.option("--unit", required=True, metavar="COL", help="The column that names who or where.")
@click.option("--time", required=True, metavar="COL", help="The column that says when.")
@click.option(
    "--treated",
    metavar="COL",
    help="For all but prepost and dose: 1 from the time of the start on, else 0.",
)
@click.option(
    "--start",
    metavar="COL",
    help="Instead of --treated: the time at which the unit starts, in all its rows; blank or 0 "
    "where it never does.",
)
@click.option("--dose", metavar="COL", help="For dose: how much the unit got, such as minutes.")
@click.option(
    "--verified", metavar="COL", help="For dose: how much of it a second source confirms."
)
@click.option(
    "--exposure",
    metavar="COL",
    help="Where the outcome is a count: the people, households or days behind it. Ratios are "
    "given.",
)
@click.option("--se", metavar="COL", help="Where the outcome is an estimate: its error.")
@click.option("--season", type=int, metavar="N", help="For interrupted: 12 where times are months.")
@click.option(
    "--lags",
    type=LAGS,
    default="0",
    show_default=True,
    help="For dose: whose doses are added up, comma separated: 0 the same time, 1 the one before.",
)
@click.option(
    "--match",
    metavar="COL",
    multiple=True,
    help="For small-areas: what else must add up to the same, such as residents; once a column.",
)
@click.option(
    "--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True, help="Of limits."
)
@with_out
def compare(panel: Path, design: str, out: Path | None, form: str, **columns: Any) -> None:
    """Compare a table of your own: one row a unit and time, no study needed.

    The first row of the answer leads; the others are checks, or the same by other means. Read the
    column of warnings: it says what in these data speaks against the numbers.
    """
    from outcomes.pipeline.compare import Columns, Design, compare_columns

    table = compare_columns(panel, cast("Design", design), Columns(**columns))
    put_out(table, out=out, form=form)


@click.command(name="check-cells", epilog="Example: outcomes check-cells table.csv --count n")
@click.argument("table", type=FILE)
@click.option(
    "--rules",
    type=FILE,
    help="A TOML file: count, values, floor, groups, margins, crossed, hierarchy, complement, "
    "shares, dominance, published and key.",
)
@click.option("--count", metavar="COL", help="The column that counts people or cases.")
@click.option("--values", metavar="COLS", default="", help="Columns to blank, comma separated.")
@click.option("--groups", metavar="COLS", default="", help="Columns with known totals.")
@click.option("--smallest", type=int, help="Fewer than so many are withheld; 10 by default.")
@with_out
def check_cells(
    table: Path,
    rules: Path | None,
    count: str | None,
    values: str,
    groups: str,
    smallest: int | None,
    out: Path | None,
    form: str,
) -> None:
    """Withhold small cells of a table, and those that would give a small one away."""
    from outcomes.pipeline.cells import check_file

    given = {"count": count, "values": values, "groups": groups, "smallest": smallest}
    put_out(check_file(table, rules=rules, given=given), out=out, form=form)


@click.command(epilog="Example: outcomes report --public")
@with_study
@click.option("--public", is_flag=True, help="The version for the public: small cells withheld.")
@click.option(
    "--draft", is_flag=True, help="With --public: do not note the figures as published yet."
)
@click.option(
    "--renew",
    is_flag=True,
    help="With --public: show today's figures even where few people came or went since the last "
    "publication, because that was wrong.",
)
def report(study: "Study", public: bool, draft: bool, renew: bool) -> None:
    """Write the report from results/estimates.csv: one HTML file that prints well.

    The study remembers which figures a public report showed, so that the next one cannot give
    few people away by what has changed.
    """
    from outcomes.pipeline.report import write_report
    from outcomes.pipeline.status import shown_path

    path = write_report(study, public=public, publish=public and not draft, renew=renew)
    click.echo(f"The report lies at {shown_path(study, path)}; open it in a browser.")
