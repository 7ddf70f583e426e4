"""``outcomes weekly``: the weekly review sheet for the captain and the lieutenant."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_study

if TYPE_CHECKING:
    from outcomes.study import Study


@click.command(epilog="Example: outcomes weekly --week 2025-W36 --out sheet.pdf")
@with_study
@click.option("--week", default="", metavar="2026-W14", help="The week; else the last one over.")
@click.option(
    "--place", "places", multiple=True, metavar="CODE", help="Only this focus place; repeatable."
)
@click.option(
    "--public",
    is_flag=True,
    help="For the public: a week that is over, all places, no ranks or notes; noted as published.",
)
@click.option("--out", type=FILE, help="A .pdf or .html file; else a PDF under reports/.")
def weekly(
    study: "Study", week: str, *, places: tuple[str, ...], public: bool, out: Path | None
) -> None:
    """Write the weekly review sheet, one page: walks done against those asked for.

    It also shows who took part by rank, minutes, people reached, walks after incidents, and what
    to ask next. It counts what was done, and does not tell whether anything changed.
    """
    from outcomes.pipeline.status import shown_path
    from outcomes.pipeline.weekly import weekly_facts, write_weekly

    facts = weekly_facts(study, week, places=places, public=public)
    name = f"weekly-{facts.label}{'-public' if public else ''}.pdf"
    path = out or study.reports / name
    write_weekly(facts, path)
    click.echo(f"The sheet of {facts.label} ({facts.days}) lies at {shown_path(study, path)}.")
