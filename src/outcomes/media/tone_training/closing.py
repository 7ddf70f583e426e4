"""The closing stage: after the averaging, slow passes over rows whose tone was labelled."""

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


def closing_rows(parted: Parted, recipe: Recipe, *, seed: int) -> list[TargetRow]:
    """Choose the rows of the closing stage: all own ones, as many of NewsMTSC, and copies of own.

    Args:
        parted: The labelled rows.
        recipe: Says how many swapped copies of an own row are added at most.
        seed: Of the draw among those of NewsMTSC, and of what is swapped.

    Returns:
        Trained rows in their order, then the copies.
    """
    own = [place for place, row in enumerate(parted.trained) if not parted.is_public(row)]
    public = [place for place, row in enumerate(parted.trained) if parted.is_public(row)]
    drawn = np.random.default_rng([seed, 3]).permutation(len(public))[: len(own)]
    rows = [parted.trained[place] for place in sorted([*own, *(public[at] for at in drawn)])]
    mine = [parted.trained[place] for place in own]
    return [*rows, *swapped_copies(mine, most=recipe.closing_copies, seed=seed)]


def closing_recipe(recipe: Recipe) -> Recipe:
    """Give the recipe of the closing stage: one network, with passes and a rate of its own."""
    return recipe.model_copy(
        update={"epochs": recipe.closing_epochs, "members": 1, "rate": recipe.closing_rate}
    )


def closing_job(
    job: FineTuneJob, rows: Sequence[TargetRow], *, start: Path, work: Path, threads: int
) -> FineTuneJob:
    """Make the job of the closing stage.

    Args:
        job: Of a network whose average with the others goes on.
        rows: From ``closing_rows``.
        start: The averaged weights.
        work: Where the run lies, with its tokenizer.
        threads: How many cores it uses, now that nothing else runs.
    """
    tokens = tokens_of(rows, tokenizer=open_tokenizer(work / TOKENIZER), longest=job.recipe.longest)
    return replace(
        job,
        tokens=tokens,
        gold=np.array([row.tone + 1 for row in rows]),
        taught=None,
        recipe=closing_recipe(job.recipe),
        seed=job.start_seed,
        threads=threads,
        start=start,
        checkpoint=work / "closing" / "checkpoint.pt",
        label="closing: ",
    )


def keep_weights(weights: Any, path: Path) -> Path:
    """Write averaged weights, whole or not at all; those of a run that goes on stay."""
    import torch

    if not path.is_file():
        part = path.with_name(path.name + ".part")
        torch.save(weights, part)
        part.replace(path)
    return path
