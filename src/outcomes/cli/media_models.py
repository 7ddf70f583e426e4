"""The command that lists the models of tone: where they stand, and what leaves the machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import StudyFolder, put_out, say_beside, with_out

if TYPE_CHECKING:
    from outcomes.study import Study


@click.command(epilog="Example: outcomes media models --study my-study")
@with_out
@click.option(
    "--study",
    type=StudyFolder(),
    default=None,
    metavar="FOLDER",
    help="List also the models of this study; by default of the one around the current folder.",
)
def models(*, study: "Study | None", out: Path | None, form: str) -> None:
    """List the models that can stand behind --model of: outcomes media classify.

    It tells of each where it stands, how large it is, whether it works without the network, and
    what leaves this machine when it reads. Nothing is asked or downloaded. Models that others made
    are listed in study.toml, under [news.models.NAME]: a model from Hugging Face, or one behind an
    endpoint that speaks as OpenAI's does, also on your own machine.
    """
    from outcomes.pipeline.model_list import list_models

    table = list_models(study or _around())
    put_out(table, out=out, form=form)
    if (table["leaves"].str.contains(", to ")).any():
        say_beside(["Texts leave this machine only for models that say so, and only with --yes."])


def _around() -> "Study | None":
    """Find the study around the current folder; there may be none."""
    from outcomes.errors import FileError, OutcomesError
    from outcomes.study import open_study

    try:
        return open_study()
    except FileError:
        raise  # there is one, and its study.toml breaks a rule
    except OutcomesError:
        return None


COMMANDS = (models,)
