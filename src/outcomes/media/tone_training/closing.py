"""The closing stage: after the averaging, each member goes slowly over labelled rows once more."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from outcomes.media.tone_models.model_folder import TOKENIZER
from outcomes.media.tone_models.target_tokens import open_tokenizer
from outcomes.media.tone_training.fine_tune import FineTuneJob
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.recipe import Recipe
from outcomes.media.tone_training.row_tokens import tokens_of
from outcomes.media.tone_training.swapped_copies import swapped_copies
from outcomes.media.tone_training.training_order import Parted

_OTHER_DRAW = 100  # for NewsMTSC, so that its copies are not swapped as the own ones are


def closing_rows(parted: Parted, recipe: Recipe, *, seed: int) -> list[TargetRow]:
    """Choose the rows of the closing stage: all own ones, as many of NewsMTSC, copies of both.

    Args:
        parted: The labelled rows.
        recipe: Says how many swapped copies of a row are added at most.
        seed: Of the draw among those of NewsMTSC, and of what is swapped.

    Returns:
        Trained rows in their order, then the copies.
    """
    own = [place for place, row in enumerate(parted.trained) if not parted.is_public(row)]
    public = [place for place, row in enumerate(parted.trained) if parted.is_public(row)]
    mine = [parted.trained[place] for place in own]
    copies = swapped_copies(mine, most=recipe.closing_copies, seed=seed)
    drawn = np.random.default_rng([seed, 3]).permutation(len(public))[: len(own) + len(copies)]
    taken = [public[at] for at in drawn]
    rows = [parted.trained[place] for place in sorted([*own, *taken])]
    theirs = [parted.trained[place] for place in sorted(taken)]
    more = swapped_copies(theirs, most=recipe.closing_copies, seed=seed + _OTHER_DRAW)
    return [*rows, *copies, *more]


def closing_recipe(recipe: Recipe) -> Recipe:
    """Give the recipe of the closing stage, with passes and a rate of its own."""
    return recipe.model_copy(update={"epochs": recipe.closing_epochs, "rate": recipe.closing_rate})


def closing_job(
    job: FineTuneJob, rows: Sequence[TargetRow], *, start: Path, work: Path, checkpoint: Path
) -> FineTuneJob:
    """Make the job of the closing stage of one member.

    Args:
        job: Of the member; its seed orders the rows.
        rows: From ``closing_rows``.
        start: The averaged weights, with which all members go on.
        work: Where the run lies, with its tokenizer.
        checkpoint: Where the stage keeps its own.
    """
    tokens = tokens_of(rows, tokenizer=open_tokenizer(work / TOKENIZER), longest=job.recipe.longest)
    return replace(
        job,
        tokens=tokens,
        gold=np.array([row.tone + 1 for row in rows]),
        taught=None,
        recipe=closing_recipe(job.recipe),
        start=start,
        checkpoint=checkpoint,
        label=f"closing, {job.label}" if job.label else "closing: ",
    )


def keep_weights(weights: Any, path: Path) -> Path:
    """Write averaged weights, whole or not at all; those of a run that goes on stay."""
    import torch

    if not path.is_file():
        part = path.with_name(path.name + ".part")
        torch.save(weights, part)
        part.replace(path)
    return path
