"""Commands that say how good a model of tone is, and write its model card."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, StudyFolder, say_beside

if TYPE_CHECKING:
    from outcomes.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)
_MODEL = click.option(
    "--model",
    default="",
    metavar="NAME",
    help="Which model: tone-small, lexicon, vader-article, the name of one in data/models of the "
    "study, or the folder of one. By default the one that the study uses.",
)


@click.command(
    name="check-model",
    epilog="Example: outcomes media check-model --out checks",
)
@_MODEL
@click.option(
    "--targets",
    type=FILE,
    metavar="FILE",
    help="Sentences of known tone, as JSON lines: text, from, to (where the target stands) and "
    "tone, or two labels: first_label, second_label.",
)
@click.option(
    "--articles",
    type=FILE,
    metavar="FILE",
    help="Articles of known tone, as JSON lines: title, text, relevant and tone, or two codings: "
    "first, second. Without any file, the articles that your study coded.",
)
@click.option(
    "--by",
    multiple=True,
    metavar="COLUMN",
    help="Also say how it does in each value of this column; may be repeated. Outlet, place, case "
    "and length are always there.",
)
@click.option("--out", type=_FOLDER, required=True, help="The folder to write into.")
@click.option(
    "--yes",
    "agreed",
    is_flag=True,
    help="With a model of others: agree that texts leave this machine, or a model comes to it.",
)
@click.option(
    "--study",
    "folder",
    default=None,
    metavar="FOLDER",
    help="The study folder; by default the one around the current folder, if there is one.",
)
def check_model(
    *,
    model: str,
    targets: Path | None,
    articles: Path | None,
    by: tuple[str, ...],
    out: Path,
    agreed: bool,
    folder: str | None,
) -> None:
    """Say how good a model of tone is, beside two simple ones, with the range chance leaves open.

    The model reads sentences or articles whose tone people know. You learn how often it is right
    for each tone, whether it takes grim news for blame, whether it tells praise of one person from
    blame of another, whether it is as often right as it is sure, and whether swapping races,
    genders, names, neighborhoods or agencies moves its answers. worst.csv lists what it gets wrong
    although it is sure: read it.

    Check with rows that the model was not trained with. No model is good enough to publish its
    counts without human codes beside them: see outcomes media share.
    """
    from outcomes.pipeline.model_checking import ModelCheck
    from outcomes.pipeline.model_checking import check_model as step

    check = ModelCheck(
        model=model,
        targets=targets,
        articles=articles,
        by=by,
        out=out,
        agreed=agreed,
        study=_study(folder),
    )
    for line in step(check, say=lambda line: say_beside([line])):
        click.echo(line)


@click.command(
    name="model-card",
    epilog="Example: outcomes media model-card --checks checks --out card.md",
)
@_MODEL
@click.option(
    "--checks",
    type=_FOLDER,
    required=True,
    help="The folder that outcomes media check-model wrote for this model.",
)
@click.option("--out", type=FILE, required=True, help="The text file to write, such as card.md.")
@click.option(
    "--study",
    "folder",
    default=None,
    metavar="FOLDER",
    help="The study folder; by default the one around the current folder, if there is one.",
)
def model_card(*, model: str, checks: Path, out: Path, folder: str | None) -> None:
    """Write the model card and data statement of a model: what to know before relying on it.

    It says what the model is and is not for, what it learned from and who labelled that, how good
    it is beside two simple ones, for whom it is worse, and what it gets wrong. Every number in it
    comes from the files in --checks and from the model itself.
    """
    from outcomes.pipeline.model_card_writing import write_model_card

    for line in write_model_card(model, checks, out=out, study=_study(folder)):
        click.echo(line)


COMMANDS = (check_model, model_card)


def _study(folder: str | None) -> "Study | None":
    """Open the study that is named, or the one around the current folder; None outside of one."""
    from outcomes.errors import FileError, OutcomesError

    try:
        return StudyFolder().convert(folder, None, None)
    except FileError:  # there is a study, and something in it is wrong
        raise
    except OutcomesError:
        if folder:
            raise
        return None
