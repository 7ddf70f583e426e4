"""How well a model does on rows that it never saw: macro-F1, accuracy, calibration."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.temperature import (
    calibration_error,
    fit_temperature,
    with_temperature,
)
from outcomes.stats.macro_f1 import confusion_counts, macro_f1

RESAMPLES = 1000
_NO_ROW = "there is no held-out row to judge a model by"
Figures = dict[str, float | int]


def tones_of(rows: Sequence[TargetRow]) -> NDArray[np.int_]:
    """Give the tones of rows, shape (n,)."""
    return np.array([row.tone for row in rows], dtype=int)


def tone_figures(
    rows: Sequence[TargetRow], probabilities: NDArray[np.float64], *, seed: int = 0
) -> Figures:
    """Say how well probabilities fit rows whose tone is known.

    Args:
        rows: The rows, n.
        probabilities: Shape (n, 3).
        seed: Of the bootstrap, which draws whole groups.

    Returns:
        rows, macro_f1, macro_f1_low and macro_f1_high (95 %), accuracy, ece.

    Raises:
        DataError: There is no row.

    Source:
        Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90(3): 414-427, on
        drawing whole groups.
    """
    if not rows:
        raise DataError(_NO_ROW)
    tones = tones_of(rows)
    counts = _confusion_by_group(rows, probabilities.argmax(axis=1))
    draws = np.random.default_rng(seed).multinomial(
        len(counts), np.full(len(counts), 1 / len(counts)), size=RESAMPLES
    )
    spread = macro_f1(draws @ counts)
    low, high = np.quantile(spread, [0.025, 0.975])
    return {
        "rows": len(rows),
        "macro_f1": round(float(macro_f1(counts.sum(axis=0))), 4),
        "macro_f1_low": round(float(low), 4),
        "macro_f1_high": round(float(high), 4),
        "accuracy": round(float((probabilities.argmax(axis=1) == tones + 1).mean()), 4),
        "ece": round(calibration_error(probabilities, tones), 4),
    }


def held_out_figures(
    rows: Sequence[TargetRow], probabilities: NDArray[np.float64]
) -> dict[str, Figures]:
    """Say how well a model does on rows that it never saw, together and by source.

    This is what stands in model.json under figures, held_out, and what models are compared by.

    Args:
        rows: The rows, n.
        probabilities: Shape (n, 3), of temperature 1: each half of the groups is judged with the
            temperature that the other half asks for.

    Returns:
        For "all" and for each source of rows, what ``tone_figures`` says.

    Raises:
        DataError: There is no row.
    """
    if not rows:
        raise DataError(_NO_ROW)
    odds = cross_fitted(rows, probabilities)
    found = {"all": tone_figures(rows, odds)}
    for source in sorted({row.source for row in rows}):
        here = [place for place, row in enumerate(rows) if row.source == source]
        found[source] = tone_figures([rows[place] for place in here], odds[here])
    return found


def cross_fitted(
    rows: Sequence[TargetRow], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give each half of the groups the temperature that the other half asks for.

    The calibration that is reported must not rest on the rows that the temperature was fitted to.

    Args:
        rows: The rows, n.
        probabilities: Shape (n, 3), of temperature 1.
    """
    names = sorted({row.group for row in rows})
    if len(names) < 2:
        return with_temperature(probabilities, fit_temperature(probabilities, tones_of(rows)))
    side = {name: number % 2 for number, name in enumerate(names)}
    half, tones = np.array([side[row.group] for row in rows]), tones_of(rows)
    found = np.empty_like(probabilities)
    for here in (0, 1):
        there = half != here
        heat = fit_temperature(probabilities[there], tones[there])
        found[~there] = with_temperature(probabilities[~there], heat)
    return found


def _confusion_by_group(rows: Sequence[TargetRow], chosen: NDArray[np.int_]) -> NDArray[np.float64]:
    """Count true and chosen tones of each group, in the layout of ``confusion_counts``."""
    place = {name: number for number, name in enumerate(dict.fromkeys(r.group for r in rows))}
    each = confusion_counts(tones_of(rows) + 1, chosen, classes=3)
    counts = np.zeros((len(place), each.shape[1]))
    np.add.at(counts, [place[row.group] for row in rows], each)
    return counts
