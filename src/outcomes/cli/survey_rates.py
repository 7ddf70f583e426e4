"""Survey commands about who answered: response rates, and what is to be told of a survey."""

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
    with_study,
)
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study


@click.command(epilog="Example: outcomes survey rates cases.csv --column disposition --e casro")
@click.argument("file", type=FILE, required=False)
@click.option("--column", default="", metavar="COL", help="Where the disposition stands in FILE.")
@click.option(
    "--e", "e", default="", metavar="SHARE", help="Of unknown cases, those eligible: 0.5, or casro."
)
@click.option("--by", default="", metavar="COL", help="Rates for each group of this column.")
@click.option("--weights", default="", metavar="COL", help="How many cases each row stands for.")
@click.option("--wave", default="", metavar="LABEL", help="Instead of FILE: a wave of the study.")
@click.option(
    "--issued", type=int, metavar="N", help="With --wave: cards handed out, if not all printed."
)
@click.option(
    "--study", "folder", default="", metavar="FOLDER", help="With --wave: the study folder."
)
@with_reading_options(dates=False)
@with_out
def rates(
    file: Path | None,
    *,
    column: str,
    e: str,
    by: str,
    weights: str,
    wave: str,
    issued: int | None,
    folder: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Compute AAPOR's rates from FILE (CSV or Excel), one case a row; or of a wave of the study.

    Dispositions: I complete, P partial, R refusal or break-off, NC not reached, O other, UH and
    UO of unknown eligibility, NE not eligible. Writes rate, value and what they rest on. With
    --wave, every code card that was printed for it is a case.
    """
    if (file is None) == (not wave):
        raise OutcomesError("say FILE or --wave LABEL, one of the two.")
    if file is None:
        _refuse_beside("--wave", {"--column": column, "--e": e, "--by": by, "--weights": weights})
        from outcomes.pipeline.fielding import today_in
        from outcomes.pipeline.response_rates import rates_of_wave

        study = StudyFolder().convert(folder, None, None)
        table, account = rates_of_wave(study, wave, today=today_in(study), issued=issued)
    else:
        _refuse_beside("FILE", {"--issued": "" if issued is None else "said", "--study": folder})
        from outcomes.pipeline.response_rates import rates_of_file

        if not column:
            raise OutcomesError("--column COL: say in which column of FILE the disposition stands.")
        table, account = rates_of_file(
            file, column=column, e=e, by=by, weights=weights, reading=reading
        )
    put_out(table, out=out, form=form)
    say_beside(account)


def _refuse_beside(what: str, options: dict[str, str]) -> None:
    for name, given in options.items():
        if given:
            raise OutcomesError(f"{name} does not go with {what}. Leave it out.")


@click.command(epilog="Example: outcomes survey disclosure --wave spring-class-pre --out told.txt")
@click.option("--wave", default="", metavar="LABEL", help="Of one wave; by default of each.")
@click.option(
    "--out", type=FILE, help="Write here: .txt, or .json with the questions word by word."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json prints it as JSON.",
)
@with_study
def disclosure(*, wave: str, out: Path | None, form: str, study: "Study") -> None:
    """Write what AAPOR asks to be told of a survey, from the study's own records.

    Eleven points, from who paid for it to its limits. What the study does not know is named as
    not stated, with the line to write in study.toml. Counts of few people are withheld.
    """
    from outcomes.pipeline.disclosure import disclosures, write_disclosures
    from outcomes.pipeline.fielding import today_in
    from outcomes.surveys.disclosure import as_json, as_text

    found = disclosures(study, wave=wave, today=today_in(study))
    if out is not None:
        write_disclosures(found, out)
    if form == "json":
        click.echo(as_json(found))
    elif out is None:
        click.echo(as_text(found))
    else:
        gaps = sum(len(part.gaps) for each in found for part in each.parts)
        waves = "1 wave" if len(found) == 1 else f"{len(found)} waves"
        click.echo(f"Written to {out}: {waves}, {gaps} points not stated.")


COMMANDS = (rates, disclosure)
