"""Commands for the tone of news: classify a file of articles, of sentences, or a whole study."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from outcomes.cli.options import FILE, StudyFolder, put_out

if TYPE_CHECKING:
    from outcomes.pipeline.batch_reading import Job
    from outcomes.study import Study

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--study",
        type=StudyFolder(),
        default=None,
        metavar="FOLDER",
        help="The study whose models may be named, and whose model reads if none is.",
    ),
    click.option(
        "--model",
        default="",
        metavar="NAME",
        help="Which model reads: tone-small, lexicon (the field's word list), vader-article (a "
        "plain baseline), one in data/models of the study, one of others that study.toml lists "
        "(see: outcomes media models), or the folder of one. By default the one that comes with "
        "outcomes; with --study, the one that study.toml names.",
    ),
    click.option("--out", type=FILE, help="Write here: .csv, .parquet, .jsonl or .json."),
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        help="json prints the result as JSON instead of a table.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="How many processes read at the same time. The result is the same.",
    ),
    click.option(
        "--progress/--no-progress",
        default=None,
        help="Say how far it is. By default only on a terminal.",
    ),
    click.option(
        "--leave-out-refused",
        is_flag=True,
        help="Go on with the good rows although others are refused.",
    ),
    click.option(
        "--yes",
        "agreed",
        is_flag=True,
        help="With a model of others: agree that texts leave this machine, or a model comes to it.",
    ),
)


def _with_job(command: F) -> F:
    """Add the options that both commands for files share."""
    found: Any = command
    for option in reversed(_OPTIONS):
        found = option(found)
    return cast("F", found)


@click.command(epilog="Example: outcomes media classify articles.jsonl --out tones.csv")
@click.argument("articles", type=FILE, required=False)
@_with_job
@click.option("--explain", is_flag=True, help="Add the sentences that decided, as: because.")
@click.option(
    "--rescore",
    is_flag=True,
    help="Without ARTICLES: change the model of the study's series, and read all texts anew.",
)
def classify(
    articles: Path | None, *, study: "Study | None", explain: bool, rescore: bool, **how: Any
) -> None:
    """Say of each article whether it is about law enforcement, and in which tone.

    ARTICLES is JSON lines, CSV, Parquet or Excel with the columns id (or url), title and text. The
    tone is -1, 0 or 1. These are a model's opinions: do not publish their count, see: outcomes
    media share. A long run that was broken off goes on where it stopped when the same command is
    given again.

    Without ARTICLES, the articles of the study are read, as outcomes run does; what was read
    before is not read again. The model of a study's series is changed only with --rescore, for
    shares before and after it are not the same measure.
    """
    if articles is None:
        _classify_study(study, rescore=rescore, given=how, explain=explain)
        return
    if rescore:
        from outcomes.errors import OutcomesError

        raise OutcomesError(
            "--rescore changes the model of a study: give it without a file of articles."
        )
    _classify_file(articles, task="articles", study=study, explain=explain, **how)


@click.command(
    name="classify-targets",
    epilog="Example: outcomes media classify-targets sentences.jsonl --out tones.csv",
)
@click.argument("file", type=FILE)
@_with_job
def classify_targets(file: Path, *, study: "Study | None", **how: Any) -> None:
    """Say how each text reflects on its target.

    FILE is JSON lines, CSV, Parquet or Excel with id, text, from and to: the span of the target in
    characters, counted from 0, to being the first one behind it.
    """
    _classify_file(file, task="targets", study=study, explain=False, **how)


COMMANDS = (classify, classify_targets)


def _classify_study(
    study: "Study | None", *, rescore: bool, given: dict[str, Any], explain: bool
) -> None:
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.classifying import classify_articles
    from outcomes.study import open_study

    unused = [f"--{name}" for name in ("model", "out") if given[name]]
    if explain:
        unused.append("--explain")
    if unused:
        raise OutcomesError(
            f"{unused[0]} belongs to a file of articles, which is not named. The model of a study "
            "is named in study.toml: [news] tone_model."
        )
    opened = open_study(None) if study is None else study
    said = classify_articles(opened, rescore=rescore, agreed=given["agreed"])
    click.echo(f"{said}.")


def _classify_file(path: Path, *, out: Path | None, form: str, **how: Any) -> None:
    from outcomes.pipeline.file_classifying import classify_file

    progress = how.pop("progress")
    job = _job(path, **how)
    if out is None or form == "json":
        _show(job, out=out, form=form)
        return
    shown = sys.stderr.isatty() if progress is None else progress
    account = classify_file(job, out, say=_beside, progress=shown)
    _tell(account.sentences()[1:])
    click.echo(f"{account.rows} rows written to {out} (model {account.model})")


def _job(path: Path, *, study: "Study | None", **how: Any) -> "Job":
    from outcomes.pipeline.batch_reading import Job

    return Job(path=path, study=None if study is None else study.root, **how)


def _show(job: "Job", *, out: Path | None, form: str) -> None:
    import pandas as pd

    from outcomes.pipeline.file_classifying import classify_rows

    rows, account = classify_rows(job)
    _tell(account.sentences()[1:])
    table = pd.DataFrame(rows, columns=list(job.columns))
    whole = [name for name in ("relevant", "tone") if name in table]
    put_out(table.astype(dict.fromkeys(whole, "Int64")), out=out, form=form)


def _tell(lines: list[str]) -> None:
    for line in lines:
        _beside(line)


def _beside(line: str) -> None:
    click.echo(line, err=True)
