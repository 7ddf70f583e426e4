"""Commands for surveys: check an instrument, import a wave, score, estimate."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli import (
    survey_answers,
    survey_fielding,
    survey_forms,
    survey_keeping,
    survey_linking,
    survey_rates,
)
from outcomes.cli.options import (
    FILE,
    put_out,
    say_beside,
    say_import,
    with_import_options,
    with_out,
    with_reading_options,
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


@survey.command(
    epilog="Example: outcomes survey score data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --out scores.csv"
)
@click.argument("answers", type=FILE)
@click.option("--instrument", type=FILE, required=True, help="Its items and scales (YAML).")
@click.option("--keep", multiple=True, metavar="COL", help="Carry a column along, such as weight.")
@with_reading_options()
@with_out
def score(
    answers: Path,
    *,
    instrument: Path,
    keep: tuple[str, ...],
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Score the ANSWERS file (CSV or Excel): one row a respondent, one column a scale."""
    from outcomes.pipeline.surveys import score_file

    table, account = score_file(answers, instrument, keep=keep, reading=reading)
    put_out(table, out=out, form=form)
    say_beside(account)


@survey.command(
    epilog="Example: outcomes survey estimate data/raw/answers/residents-pre.csv "
    "--statistic proportion --of victim_1 --equals 1 --missing -9 --by place --out victims.csv"
)
@click.argument("file", type=FILE)
@click.option(
    "--statistic",
    type=click.Choice(["mean", "proportion"]),
    required=True,
    help="What to estimate.",
)
@click.option("--of", "of", required=True, metavar="COL", help="The column with the answers.")
@click.option(
    "--equals",
    default="",
    metavar="VALUES",
    help="For a proportion: answers that count, with commas. Without it, each gets its share.",
)
@click.option("--by", default="", metavar="COL", help="Estimate for each group of this column.")
@click.option("--weights", default="", metavar="COL", help="How many people each row stands for.")
@click.option("--missing", default="", metavar="CODES", help="Answers that mean none: -9,-8")
@with_reading_options(dates=False)
@with_out
def estimate(
    file: Path,
    *,
    statistic: Any,
    of: str,
    equals: str,
    by: str,
    weights: str,
    missing: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Estimate a mean or a proportion from FILE (CSV or Excel), one row a respondent.

    Writes term, value, se, low, high, df, deff, n. The standard error is linearized for an
    unstratified, unclustered sample; deff is Kish's design effect of the weights.
    """
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.surveys import estimate_file
    from outcomes.surveys.microdata import Question

    if equals and statistic == "mean":
        raise OutcomesError("--equals goes with --statistic proportion, not with a mean.")
    question = Question(
        statistic=statistic,
        of=of,
        equals=_listed(equals),
        by=by,
        weights=weights,
        missing=_listed(missing),
    )
    found, account = estimate_file(file, question, reading=reading)
    put_out(found.table, out=out, form=form)
    say_beside(account)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


for module in (
    survey_forms,
    survey_fielding,
    survey_answers,
    survey_keeping,
    survey_linking,
    survey_rates,
):
    for command in module.COMMANDS:
        survey.add_command(command)
