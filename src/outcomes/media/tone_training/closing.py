"""The closing stage: after the averaging, slow passes over rows whose tone was labelled."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from outcomes.media.tone_training.fine_tune import FineTuneJob
from outcomes.media.tone_training.recipe import Recipe
from outcomes.media.tone_training.training_order import Parted


def closing_places(parted: Parted, *, seed: int) -> list[int]:
    """Choose the rows of the closing stage: all own ones, and as many of NewsMTSC.

    Args:
        parted: The labelled rows.
        seed: Of the draw among those of NewsMTSC.

    Returns:
        Their places among the trained rows, in order.
    """
    own = [place for place, row in enumerate(parted.trained) if not parted.is_public(row)]
    public = [place for place, row in enumerate(parted.trained) if parted.is_public(row)]
    drawn = np.random.default_rng([seed, 3]).permutation(len(public))[: len(own)]
    return sorted([*own, *(public[place] for place in drawn)])


def closing_recipe(recipe: Recipe) -> Recipe:
    """Give the recipe of the closing stage: one network, with passes and a rate of its own."""
    return recipe.model_copy(
        update={"epochs": recipe.closing_epochs, "members": 1, "rate": recipe.closing_rate}
    )


def closing_job(
    job: FineTuneJob, places: Sequence[int], *, start: Path, checkpoint: Path, threads: int
) -> FineTuneJob:
    """Make the job of the closing stage.

    Args:
        job: Of a network whose average with the others goes on.
        places: Of the rows, from ``closing_places``.
        start: The averaged weights.
        checkpoint: Where the stage keeps its own.
        threads: How many cores it uses, now that nothing else runs.
    """
    return replace(
        job,
        tokens=tuple(job.tokens[place] for place in places),
        gold=job.gold[list(places)],
        taught=None,
        recipe=closing_recipe(job.recipe),
        seed=job.start_seed,
        threads=threads,
        start=start,
        checkpoint=checkpoint,
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
