"""On which articles a model was checked when it was made: a summary that its folder carries.

It holds no text: how sure the model was, which tones it gave, and how the articles were written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.media.story_kind import NAMED, story_kinds
from outcomes.stats.class_calibration import Floats

KEY = "checked_on"  # in model.json
_STEPS = 10  # probabilities are rounded to tenths


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOn:
    """What is known of the articles on which a model was checked."""

    chances: Floats  # (n, 3): what the model said of each, in tenths
    means: Floats  # (18,): in the order of ``story_kind.NAMED``
    spreads: Floats  # (18,): standard deviations


def rounded_chances(chances: ArrayLike) -> Floats:
    """Round negative and positive to tenths, neutral being the rest; shape (n, 3)."""
    table = np.asarray(chances, dtype=np.float64).reshape(-1, 3)
    negative, positive = (np.round(table[:, side] * _STEPS) / _STEPS for side in (0, 2))
    neutral = np.clip(1 - negative - positive, 0.0, 1.0)
    return np.column_stack([negative, neutral, positive])


def summary_of_check(
    chances: ArrayLike, *, titles: Sequence[str], texts: Sequence[str]
) -> dict[str, Any]:
    """Sum up the articles on which a model was checked, for ``checked_on`` in its model.json.

    Args:
        chances: What the model says of articles that it was not trained on, negative, neutral and
            positive, shape (n, 3).
        titles: Of these articles.
        texts: Of the same.

    Returns:
        ``articles``, their number; ``said``: how many had which negative and positive probability,
        in tenths (66 pairs at most); ``kinds``: mean and standard deviation of each part of style
        and topic.

    Raises:
        DataError: There are no articles, or the numbers do not fit together.
    """
    table = np.asarray(chances, dtype=np.float64)
    if table.ndim != 2 or table.shape != (len(texts), 3) or not len(texts):
        raise DataError(
            f"three probabilities an article are needed, got {table.shape} for {len(texts)}"
        )
    if not np.isfinite(table).all():
        raise DataError("a probability is missing; leave out what the model could not judge")
    tenths = np.round(rounded_chances(table)[:, [0, 2]] * _STEPS).astype(int)
    pairs, counts = np.unique(tenths, axis=0, return_counts=True)
    kinds = story_kinds(titles, texts).named
    return {
        "articles": len(texts),
        "said": [[int(a), int(b), int(n)] for (a, b), n in zip(pairs, counts, strict=True)],
        "kinds": {
            name: [round(float(kinds[:, at].mean()), 5), round(float(kinds[:, at].std()), 5)]
            for at, name in enumerate(NAMED)
        },
    }


def checked_on(card: Mapping[str, Any]) -> CheckedOn | None:
    """Read the summary from the content of a model.json; None where it is not there, or another's.

    A summary that another version of outcomes made may name other parts: it is left alone.
    """
    try:
        said = np.array(card[KEY]["said"], dtype=np.int64).reshape(-1, 3)
        kinds = np.array([card[KEY]["kinds"][name] for name in NAMED], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    if not len(said) or said.min() < 0 or kinds.shape != (len(NAMED), 2):
        return None
    sides = np.repeat(said[:, :2] / _STEPS, said[:, 2], axis=0)
    chances = np.column_stack([sides[:, 0], np.clip(1 - sides.sum(axis=1), 0.0, 1.0), sides[:, 1]])
    return CheckedOn(chances=chances, means=kinds[:, 0], spreads=kinds[:, 1])
