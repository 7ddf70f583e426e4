"""Survey commands about the instrument itself: exchange it, print it, look at it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE

if TYPE_CHECKING:
    from outcomes.surveys.parts import Occasion

_LANGUAGE = click.option(
    "--language", metavar="CODE", help="Such as en or es; by default the instrument's first."
)
_OCCASION = click.option(
    "--occasion",
    type=click.Choice(["pre", "post", "follow-up"]),
    help="Only the items that are asked on it.",
)
_LARGE = click.option("--large", is_flag=True, help="Large print.")


@click.command(
    epilog="Example: outcomes survey export surveys/academy.yaml --to xlsform --out academy.xlsx"
)
@click.argument("file", type=FILE)
@click.option(
    "--to",
    type=click.Choice(["xlsform", "xform", "surveyjs", "paper"]),
    required=True,
    help="xlsform and xform for ODK and KoboToolbox, surveyjs for web pages, paper for a PDF.",
)
@click.option("--out", type=FILE, required=True, help="Write here: .xlsx, .xml, .json or .pdf.")
@_LANGUAGE
@_OCCASION
@_LARGE
def export(
    file: Path, to: str, out: Path, language: str | None, occasion: "Occasion | None", large: bool
) -> None:
    """Write the instrument FILE in the form that another tool reads."""
    from outcomes.pipeline.instrument_export import export_instrument

    path = export_instrument(file, to, out=out, language=language, large=large, occasion=occasion)
    click.echo(f"{file.name} written as {to} to {path}")


@click.command(
    name="import-form", epilog="Example: outcomes survey import-form form.xlsx --out form.yaml"
)
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, help="Write the instrument here (.yaml).")
@click.option("--report", type=FILE, help="Write here what became of each part (.csv).")
@click.option(
    "--keep-going", is_flag=True, help="Write it although some parts could not be brought over."
)
@click.option("--replace", is_flag=True, help="Write over a file that is there already.")
def import_form(
    file: Path, out: Path | None, report: Path | None, keep_going: bool, replace: bool
) -> None:
    """Bring a form from XLSForm, SurveyJS, LimeSurvey, Qualtrics or REDCap over as an instrument.

    Says what became of every part: mapped, dropped by rule (which), or an error (how to mend it).
    """
    from dataclasses import asdict

    import pandas as pd

    from outcomes.cli.options import put_out
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.instrument_import import import_form as bring_over

    found, written = bring_over(file, out=out, keep_going=keep_going, replace=replace)
    for line in found.sentences():
        click.echo(line)
    if report is not None:
        put_out(pd.DataFrame([asdict(each) for each in found.mapping]), out=report, form="table")
    if written is not None:
        click.echo(f"The instrument is written to {written}; check it before you field it.")
    elif found.instrument is None or out is not None:
        raise OutcomesError(
            f"{file}: no instrument was written. Mend the errors above in the other tool, or say "
            "--keep-going to write what could be brought over"
        )


@click.command(
    name="print",
    epilog="Example: outcomes survey print surveys/academy.yaml --occasion pre --language es "
    "--out academy.pdf",
)
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, required=True, help="Write here (.pdf).")
@_LANGUAGE
@_OCCASION
@_LARGE
@click.option("--sheets", type=int, default=0, help="So many numbered forms; else one without.")
def print_(
    file: Path,
    out: Path,
    language: str | None,
    occasion: "Occasion | None",
    large: bool,
    sheets: int,
) -> None:
    """Print the instrument FILE as a paper form (PDF)."""
    from outcomes.pipeline.instrument_pages import print_instrument

    path = print_instrument(
        file, out=out, language=language or "", large=large, occasion=occasion, sheets=sheets
    )
    click.echo(f"The form lies at {path}")


@click.command(epilog='Example: outcomes survey cards 30 --title "Spring class" --out cards.pdf')
@click.argument("number", type=click.IntRange(1, 5000))
@click.option("--title", required=True, help="What stands on each card, such as the class.")
@click.option("--out", type=FILE, required=True, help="Write here (.pdf).")
@_LANGUAGE
def cards(number: int, title: str, out: Path, language: str | None) -> None:
    """Print NUMBER tear-off cards, each with a random code that nobody can trace."""
    from outcomes.pipeline.instrument_pages import print_cards

    print_cards(number, out=out, title=title, language=language or "en")
    click.echo(f"{number} cards lie at {out}")


@click.command(epilog="Example: outcomes survey preview surveys/academy.yaml --out academy.html")
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, required=True, help="Write here (.html).")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="ITEM=ANSWER",
    help="Show only the path of somebody who answers so; may be repeated.",
)
def preview(file: Path, out: Path, answers: tuple[str, ...]) -> None:
    """Show the instrument FILE as its respondents will see it (one HTML page)."""
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.instrument_pages import write_preview

    given = dict(answer.split("=", 1) for answer in answers if "=" in answer)
    if len(given) != len(answers):
        raise OutcomesError("--answer: write each as ITEM=ANSWER, once an item.")
    click.echo(f"The preview lies at {write_preview(file, out=out, answers=given)}")


@click.command(epilog="Example: outcomes survey codebook surveys/academy.yaml --out codebook.html")
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, required=True, help="Write here (.html).")
def codebook(file: Path, out: Path) -> None:
    """Write the codebook of the instrument FILE: items, codes, scales, missing codes."""
    from outcomes.pipeline.instrument_pages import write_codebook

    click.echo(f"The codebook lies at {write_codebook(file, out=out)}")


COMMANDS = (export, import_form, print_, cards, preview, codebook)
