"""Survey commands that give answers to other programs: SPSS, Stata, R, spreadsheets, archives."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from outcomes.cli.options import FILE, say_beside, with_reading_options, with_study

if TYPE_CHECKING:
    from outcomes.pipeline.data_asking import Ask
    from outcomes.sheets import Reading
    from outcomes.study import Study
    from outcomes.surveys.data_files import Dataset, Format

F = TypeVar("F", bound=Callable[..., Any])
_FORMATS = ("csv", "spss", "stata", "r", "ddi")
_USER = "(terminal)"  # who did it, on record; no name at the desk has brackets
_OPTIONS = (
    click.option("--to", type=click.Choice(_FORMATS), required=True, help="For which program."),
    click.option(
        "--out",
        type=click.Path(path_type=Path),
        required=True,
        help="Write here: a file (.csv .sav .dta .R .xml) or a folder.",
    ),
    click.option(
        "--language",
        default="",
        metavar="LANG",
        help="Of the labels, such as es; without it a folder gets one file for each.",
    ),
    click.option("--scores", is_flag=True, help="Add the scores of the scales."),
    click.option(
        "--with-person-items", "person_items", is_flag=True, help="Add what describes the person."
    ),
    click.option(
        "--with-free-text", "free_text", is_flag=True, help="Add what people wrote in own words."
    ),
    click.option(
        "--public",
        is_flag=True,
        help="For anybody to read: refused where somebody could be recognized.",
    ),
    click.option("--leave-out", multiple=True, metavar="COL", help="Leave out; may be repeated."),
    click.option(
        "--coarsen",
        multiple=True,
        metavar="COL=STEP",
        help="Numbers in bands (age=10), dates as years (born=year); may be repeated.",
    ),
    click.option(
        "--earlier",
        multiple=True,
        type=FILE,
        metavar="FILE",
        help="An earlier version of the instrument (YAML); may be repeated.",
    ),
)


def _with_asking(command: F) -> F:
    """Add the options of both commands; the command receives what is asked for as ``ask``."""

    @wraps(command)
    def with_asking(*args: Any, coarsen: tuple[str, ...], **options: Any) -> Any:
        from outcomes.pipeline.data_asking import Ask

        names = ("scores", "person_items", "free_text", "public", "leave_out", "earlier")
        asked = {name: options.pop(name) for name in names}
        return command(*args, ask=Ask(coarsen=_steps(coarsen), **asked), **options)

    found: Any = with_asking
    for option in reversed(_OPTIONS):
        found = option(found)
    return cast("F", found)


def _steps(pairs: tuple[str, ...]) -> dict[str, str]:
    from outcomes.errors import OutcomesError

    found = {}
    for pair in pairs:
        name, equals, step = pair.rpartition("=")
        if not equals or not name.strip() or not step.strip():
            raise OutcomesError(f"--coarsen {pair!r}: write it as age=10 or born=year.")
        found[name.strip()] = step.strip()
    return found


@click.command(
    name="export-data",
    epilog="Example: outcomes survey export-data spring-class-pre spring-class-post --to spss "
    "--out exports",
)
@click.argument("waves", nargs=-1, required=True, metavar="WAVE…")
@_with_asking
@with_study
def export_data(
    *, waves: tuple[str, ...], study: "Study", ask: "Ask", to: "Format", out: Path, language: str
) -> None:
    """Export the answers of each WAVE, with their labels and a codebook, for another program.

    One row a respondent and wave. Items that describe the person and free text are left out
    unless asked for. Each export is written into the audit log.
    """
    from outcomes.pipeline.data_export import export_data as exported
    from outcomes.pipeline.data_export import record_export
    from outcomes.pipeline.data_writing import folder_and_stem

    folder_and_stem(out, to)  # so that nothing is collected or recorded in vain
    dataset = exported(study, waves, ask)
    record_export(study, dataset, ask, user=_USER, waves=waves)
    _write(dataset, to=to, out=out, language=language)


@click.command(
    epilog="Example: outcomes survey label data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --to stata --out pre.dta"
)
@click.argument("answers", type=FILE)
@click.option("--instrument", type=FILE, required=True, help="What was asked (YAML).")
@click.option(
    "--smallest",
    type=click.IntRange(min=3),
    help="With --public: how many people must share what describes them.",
)
@_with_asking
@with_reading_options()
def label(
    answers: Path,
    *,
    instrument: Path,
    smallest: int | None,
    ask: "Ask",
    reading: "Reading",
    to: "Format",
    out: Path,
    language: str,
) -> None:
    """Label the ANSWERS file (CSV or Excel) for another program, without a study.

    Items that describe the person and free text are left out unless asked for.
    """
    from outcomes.pipeline.data_labelling import label_answers

    dataset = label_answers(answers, instrument, ask, floor=smallest, reading=reading)
    _write(dataset, to=to, out=out, language=language)


def _write(dataset: "Dataset", *, to: "Format", out: Path, language: str) -> None:
    from outcomes.pipeline.data_writing import write_data

    done = write_data(dataset, to=to, out=out, languages=(language,) if language else ())
    for path in done.paths:
        click.echo(f"Written: {path}")
    click.echo(f"{len(dataset.table)} rows, {len(dataset.variables)} columns.")
    say_beside(done.notes)


COMMANDS = (export_data, label)
