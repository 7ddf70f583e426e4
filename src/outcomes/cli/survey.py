"""Commands for surveys: check an instrument, import a wave, score."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli import (
    survey_answers,
    survey_export,
    survey_fielding,
    survey_forms,
    survey_keeping,
    survey_linking,
    survey_rates,
    survey_scoring,
    survey_texts,
    survey_weights,
)
from outcomes.cli.options import (
    FILE,
    say_import,
    with_import_options,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.group(epilog="Example: outcomes survey check surveys/academy.yaml")
def survey() -> None:
    """Check, import, score and estimate from surveys."""


@survey.command(epilog="Example: outcomes survey check surveys/academy.yaml")
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Check the instrument FILE (YAML), and name everything that is wrong with it."""
    from outcomes.pipeline.surveys import check_instrument, instrument_cautions

    instrument, faults = check_instrument(file)
    for fault in faults:
        click.echo(f"Error: {fault}", err=True)
    if faults:
        click.echo(f"{len(faults)} faults.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(
        f"{instrument.id}, version {instrument.version}: {len(instrument.items)} items, "
        f"{len(instrument.scales)} scales, languages {', '.join(instrument.languages)}. No faults."
    )
    for name, scale in instrument.scales.items():
        measure = scale.measure or "no measure: scored, but not evaluated"
        click.echo(
            f"  {name} ({measure}): {len(scale.items)} items, {len(scale.reversed)} reversed, "
            f"{scale.needed} must be answered"
        )
    for line in instrument_cautions(instrument):
        click.echo(f"Caution: {line}")


@survey.command(
    name="import",
    epilog="Example: outcomes survey import data/raw/answers/spring-class-pre.csv "
    "--wave spring-class-pre",
)
@click.argument("file", type=FILE)
@click.option("--wave", required=True, metavar="LABEL", help="A wave that study.toml dates.")
@click.option(
    "--mapping", type=FILE, help="How another tool's columns are read: see outcomes survey map."
)
@with_import_options()
@with_study
def import_(
    file: Path, *, wave: str, mapping: Path | None, study: "Study", reading: "Reading", amend: bool
) -> None:
    """Import the answers of one wave from FILE (CSV or Excel).

    One row a respondent, with the columns respondent, perhaps place and weight, and one column
    for each item of the wave's instrument. Other columns are named but never stored. With
    --mapping, FILE is an export of another tool, also of SPSS or Stata.
    """
    if mapping is not None:
        from outcomes.errors import OutcomesError
        from outcomes.pipeline.answer_import import import_mapped

        if reading.rename:
            raise OutcomesError("--rename: the mapping says what columns are called. Leave it out.")
        say_import(
            import_mapped(study, file, wave=wave, mapping=mapping, reading=reading, amend=amend)
        )
        return
    from outcomes.pipeline.surveys import import_answers

    say_import(import_answers(study, file, wave=wave, reading=reading, amend=amend))


for module in (
    survey_forms,
    survey_fielding,
    survey_answers,
    survey_export,
    survey_keeping,
    survey_linking,
    survey_rates,
    survey_scoring,
    survey_texts,
    survey_weights,
):
    for command in module.COMMANDS:
        survey.add_command(command)
