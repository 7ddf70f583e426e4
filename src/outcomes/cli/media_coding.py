"""Commands for coding news by hand: the codebook, samples, plans, and codes in and out."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from outcomes.cli.options import (
    FILE,
    StudyFolder,
    put_out,
    say_import,
    with_import_options,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study

F = TypeVar("F", bound=Callable[..., Any])


@click.command(epilog="Example: outcomes media codebook --out codebook.html")
@click.option("--out", type=FILE, help="Write here: .html or .md; without it, it is printed.")
@with_study
def codebook(*, study: "Study", out: Path | None) -> None:
    """Print the codebook: the page that a coder keeps beside the screen.

    It is the study's own where study.toml names one ([news] codebook), else the shipped one.
    """
    from outcomes.errors import OutcomesError
    from outcomes.media.codebook_page import codebook_html, codebook_markdown
    from outcomes.pipeline.codebook import load_codebook
    from outcomes.study import write_whole

    book = load_codebook(study)
    if out is None:
        click.echo(codebook_markdown(book))
        return
    if out.suffix.lower() not in {".html", ".htm", ".md"}:
        raise OutcomesError(f"--out {out}: the ending must be .html or .md.")
    html = out.suffix.lower() != ".md"
    write_whole(out, codebook_html(book) if html else codebook_markdown(book))
    click.echo(f"Codebook, version {book.version}, written to {out}")


@click.command(
    name="plan-codes",
    epilog="Example: outcomes media plan-codes --per-month 12 --articles 400 --months 24 "
    "--accuracy 0.75",
)
@click.option("--per-month", type=int, multiple=True, help="Codes a month; may be repeated.")
@click.option("--articles", type=int, help="About law enforcement in a month.")
@click.option("--months", type=int, help="How many months.")
@click.option("--accuracy", type=float, help="How often the model gives the right tone, 0.34 to 1.")
@click.option("--study", type=StudyFolder(), metavar="FOLDER", help="The study folder, if any.")
@with_out
def plan_codes(
    *,
    per_month: tuple[int, ...],
    study: "Study | None",
    out: Path | None,
    form: str,
    **given: float | None,
) -> None:
    """Say how many codes a month buy how true a share.

    What is not said is taken from the study's own articles and codes. The numbers hold if the
    model errs alike in all months; plan for a few codes more.
    """
    from dataclasses import replace

    from outcomes.cli.options import say_beside
    from outcomes.media.coding_plan import Corpus, plan_in_words
    from outcomes.media.coding_plan import plan_codes as plan
    from outcomes.pipeline.coding_plan import corpus_of
    from outcomes.study import open_study

    said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    corpus = Corpus()
    if len(said) < len(given) or study is not None:
        corpus, whence = corpus_of(study or open_study())
        say_beside([whence])
    table = plan(replace(corpus, **said), per_month=per_month or (6, 12, 25, 50))
    if out is not None or form == "json":
        put_out(table, out=out, form=form)
        return
    for line in plan_in_words(table):
        click.echo(line)


def _draw_options(command: F) -> F:
    options = (
        click.option(
            "--kind",
            type=click.Choice(["random", "stratified", "model-assisted"]),
            default="random",
            show_default=True,
            help="model-assisted draws more of what the model calls negative, positive or unsure.",
        ),
        click.option("--per-month", type=int, default=12, show_default=True, help="Articles."),
        click.option(
            "--by",
            type=click.Choice(["outlet", "place"]),
            default="outlet",
            show_default=True,
            help="Of a stratified sample.",
        ),
        click.option("--equal", is_flag=True, help="Stratified: the same number of each."),
        click.option("--month", "months", multiple=True, metavar="2025-03", help="Only this one."),
        click.option("--seed", type=int, default=1, show_default=True, help="Of the draw."),
        click.option("--coders", required=True, metavar="ANA,BEN", help="Who codes."),
        click.option(
            "--double",
            type=float,
            default=0.2,
            show_default=True,
            help="The share that a second person codes too.",
        ),
        click.option("--everyone", is_flag=True, help="All coders code all articles."),
        click.option("--top-up", is_flag=True, help="Enlarge the sample to so many a month."),
        click.option(
            "--training",
            metavar="GOLD.csv",
            help="Train on articles with known codes; codebook: on the codebook's examples.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(
    name="draw-sample",
    epilog="Example: outcomes media draw-sample first --per-month 12 --coders ana,ben --double 0.2",
)
@click.argument("name")
@_draw_options
@with_study
def draw_sample(
    name: str,
    *,
    study: "Study",
    coders: str,
    double: float,
    everyone: bool,
    top_up: bool,
    training: str | None,
    months: tuple[str, ...],
    equal: bool,
    **how: Any,
) -> None:
    """Draw the sample NAME of articles and give it to coders, who code it at the desk.

    Each article's chance is kept with it, so that the monthly shares stay true however it was
    drawn. Coders see neither each other's codes nor the model's tone.
    """
    from datetime import date

    from outcomes.media.coding_design import Design
    from outcomes.media.coding_shares import Coding
    from outcomes.pipeline import coding_samples
    from outcomes.pipeline.coding_training import draw_training_sample

    people = tuple(part.strip() for part in coders.split(",") if part.strip())
    today = date.today()
    if training:
        gold = None if training == "codebook" else Path(training)
        _say(draw_training_sample(study, name, gold=gold, coders=people, day=today).sentences())
        return
    coding = Coding(coders=people, double=double, everyone=everyone)
    if top_up:
        size = how["per_month"]
        _say(coding_samples.enlarge_sample(study, name, per_month=size, coding=coding).sentences())
        return
    design = Design(allocation="equal" if equal else "proportional", **how)
    drawn = coding_samples.draw_series_sample(
        study, name, design=design, coding=coding, months=months, day=today
    )
    _say(drawn.sentences())


@click.command(epilog="Example: outcomes media samples")
@with_out
@with_study
def samples(*, study: "Study", out: Path | None, form: str) -> None:
    """List the samples, and how far each coder is."""
    from outcomes.pipeline.coding_progress import samples as progress

    table = progress(study)
    if table.empty and out is None and form != "json":
        click.echo("No sample was drawn yet. Draw one with: outcomes media draw-sample")
        return
    put_out(table, out=out, form=form)


@click.command(name="close-sample", epilog="Example: outcomes media close-sample practice")
@click.argument("name")
@with_study
def close_sample(name: str, *, study: "Study") -> None:
    """End the coding of the sample NAME; what is open stays uncoded."""
    from datetime import date

    from outcomes.pipeline.coding_progress import close_sample as close

    click.echo(close(study, name, day=date.today()))


@click.command(name="export-codes", epilog="Example: outcomes media export-codes codes-out.csv")
@click.argument("out", type=FILE)
@click.option(
    "--as",
    "form",
    type=click.Choice(["csv", "label-studio", "doccano"]),
    default="csv",
    show_default=True,
    help="For which program.",
)
@click.option("--sample", default="", metavar="NAME", help="Only of this sample.")
@click.option(
    "--open-for",
    default="",
    metavar="CODER",
    help="Instead: what this coder has still to code, without codes and without a model's tone.",
)
@with_study
def export_codes(out: Path, *, study: "Study", form: str, sample: str, open_for: str) -> None:
    """Write codes to the file OUT, or the articles that a coder has still to code.

    Both come back with: outcomes media import-codes. Label Studio also gets its form (.xml).
    """
    from outcomes.pipeline import coding_exchange

    if open_for:
        said = coding_exchange.export_tasks(study, out, coder=open_for, form=form, sample=sample)
    else:
        said = coding_exchange.export_codes(study, out, form=form, sample=sample)
    click.echo(said)


@click.command(
    name="import-codes", epilog="Example: outcomes media import-codes data/raw/codes.csv"
)
@click.argument("file", type=FILE)
@click.option(
    "--from",
    "program",
    type=click.Choice(["sheet", "label-studio", "doccano"]),
    default="sheet",
    show_default=True,
    help="Which program exported FILE.",
)
@click.option("--coder", default="", help="Of another program: who coded it, if it does not say.")
@with_import_options(dates=False)
@with_study
def import_codes(
    file: Path, *, study: "Study", program: str, coder: str, reading: "Reading", amend: bool
) -> None:
    """Import the codes in FILE: a sheet (CSV or Excel), or what another program exported.

    A sheet has the columns url, coder, relevant (0 or 1), tone (-1, 0, 1; empty where not
    relevant) and probability, or sample where the desk drew it; perhaps also mixed, confidence,
    target, prompted, self_credit and note.
    """
    from outcomes.pipeline import coding

    if program == "sheet":
        say_import(coding.import_codes(study, file, reading=reading, amend=amend))
        return
    say_import(coding.import_program_codes(study, file, program=program, coder=coder, amend=amend))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


COMMANDS = (
    codebook, plan_codes, draw_sample, samples, close_sample, export_codes, import_codes,
)  # fmt: skip
