"""How well does each scale measure in these answers, and what does each of its items add?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import nan
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.alpha import alpha_of, alpha_of_moments
from outcomes.stats.item_moments import ItemMoments, Missing, item_moments
from outcomes.stats.item_statistics import ItemStatistics, end_shares, item_statistics
from outcomes.stats.omega import Interval, mcdonald_omega, omega_of_fit
from outcomes.stats.one_factor import OneFactor, one_factor
from outcomes.stats.polychoric import polychoric_correlations
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.scoring import recorded_names, turned_numbers

SCALE_COLUMNS = (
    *("scale", "alpha", "low", "high", "omega", "omega_low", "omega_high", "n"),
    *("n_complete", "alpha_standardized", "omega_standardized", "ordinal_alpha", "ordinal_omega"),
    *("items", "method", "note"),
)
ITEM_COLUMNS = (
    *("scale", "item", "n", "mean", "sd", "missing", "floor", "ceiling", "item_total"),
    *("item_rest", "alpha_if_dropped", "loading", "sign_warning"),
)
Numbers = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """How reliability is worked out, where there is a choice."""

    missing: Missing = "pairwise"  # for alpha and the items; omega takes complete rows
    interval: Interval = "delta"  # of omega
    draws: int = 1000  # resamples, with interval = bootstrap
    seed: int = 1
    level: float = 0.95


AS_USUAL = Reckoning()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleQuality:
    """The quality of every scale of an instrument in one set of answers."""

    scales: pd.DataFrame  # SCALE_COLUMNS, one row a scale
    items: pd.DataFrame  # ITEM_COLUMNS, one row an item of a scale
    notes: tuple[str, ...]  # what the reader should know, in sentences


@dataclass(slots=True, kw_only=True)
class _Scale:
    """One scale under examination; what cannot be worked out is noted, and stays NaN."""

    name: str
    items: tuple[str, ...]  # as recorded: reversed items end in _r
    values: Numbers
    notes: list[str] = field(default_factory=list)

    def attempt(self, what: str, work: Callable[[], T]) -> T | None:
        """Work something out, or note why not, with the names of the items."""
        try:
            return work()
        except DataError as error:
            self.notes.append(f"no {what}: {self._named(str(error))}")
            return None

    def _named(self, sentence: str) -> str:
        """Put names where a method, which knows none, counts the items from 1."""
        pair = r"\bitems (\d+) and (\d+)\b"
        sentence = re.sub(pair, lambda m: f"items {self._at(m[1])} and {self._at(m[2])}", sentence)
        return re.sub(r"\bitem (\d+)\b", lambda m: f"item {self._at(m[1])}", sentence)

    def _at(self, number: str) -> str:
        return self.items[int(number) - 1]


def scale_quality(
    answers: pd.DataFrame, instrument: Instrument, *, how: Reckoning = AS_USUAL
) -> ScaleQuality:
    """Say how reliable each scale is in these answers, and what each of its items adds.

    Args:
        answers: One row a respondent, as ``score`` takes them.
        instrument: Its scales say which items belong together and which are reversed.
        how: What is chosen where methods differ.

    Returns:
        Numbers that do not exist are empty, and ``note`` says why: a scale of one item, a fit
        that makes no sense, an item that everybody answered alike.

    Raises:
        DataError: A column is missing, or a cell holds no answer of its item.

    Source:
        Issue 5, scoring; the methods are those of ``outcomes.stats``.
    """
    rows, items, notes = [], [], []
    for name in instrument.scales:
        scale = _Scale(
            name=name,
            items=recorded_names(instrument, scale=name),
            values=turned_numbers(answers, instrument, scale=name),
        )
        row, fit, moments = _scale_row(scale, how=how)
        rows.append(row | {"note": "; ".join(scale.notes)})
        items += _item_rows(scale, fit, moments, ends=instrument.score_range(name))
        notes += [f"{name}: {note}." for note in scale.notes]
    found = pd.DataFrame(items, columns=list(ITEM_COLUMNS))
    warned = found[found["sign_warning"] != ""]
    notes += [f"Caution: {row.item} {row.sign_warning}." for row in warned.itertuples()]
    return ScaleQuality(
        scales=pd.DataFrame(rows, columns=list(SCALE_COLUMNS)), items=found, notes=tuple(notes)
    )


def _scale_row(
    scale: _Scale, *, how: Reckoning
) -> tuple[dict[str, object], OneFactor | None, ItemMoments | None]:
    n_complete = int((~np.isnan(scale.values)).all(axis=1).sum())
    row: dict[str, object] = dict.fromkeys(SCALE_COLUMNS, nan)
    row |= {"scale": scale.name, "items": len(scale.items), "n_complete": n_complete, "n": 0}
    row["method"] = ""
    if len(scale.items) < 2:
        scale.notes.append("no reliability: one item alone has none")
        return row, None, None
    moments = scale.attempt("alpha", lambda: item_moments(scale.values, missing=how.missing))
    if moments is None:
        return row, None, None
    alpha = scale.attempt("alpha", lambda: _alpha(scale, moments, how=how))
    if alpha is not None:
        row |= {"alpha": alpha.value, "low": alpha.low, "high": alpha.high, "n": alpha.n}
        row["alpha_standardized"] = alpha_of(moments.correlation)
    fit = scale.attempt("omega", lambda: _fitted(scale))
    omega = _omega(scale, fit, how=how) if fit is not None else None
    if omega is not None and fit is not None:
        row |= {"omega": omega.value, "omega_low": omega.low, "omega_high": omega.high}
        row["omega_standardized"] = fit.standardized().omega
    row |= _ordinal(scale, how=how)
    row["method"] = " / ".join(found.method for found in (alpha, omega) if found)
    for found in (alpha, omega):
        scale.notes.extend(found.warnings if found else ())
    return row, fit, moments


def _alpha(scale: _Scale, moments: ItemMoments, *, how: Reckoning) -> Estimate:
    return alpha_of_moments(
        moments,
        term=scale.name,
        dropped_from=len(scale.values),
        missing=how.missing,
        level=how.level,
    )


def _fitted(scale: _Scale) -> OneFactor:
    moments = item_moments(scale.values, missing="listwise")
    return one_factor(moments.covariance * (moments.n - 1) / moments.n, n=moments.n)


def _omega(scale: _Scale, fit: OneFactor, *, how: Reckoning) -> Estimate | None:
    if how.interval == "delta":
        n = int((~np.isnan(scale.values)).all(axis=1).sum())
        dropped = len(scale.values) - n
        return omega_of_fit(fit, n=n, dropped=dropped, term=scale.name, level=how.level)
    resampled = partial(
        mcdonald_omega,
        scale.values,
        term=scale.name,
        interval=how.interval,
        draws=how.draws,
        seed=how.seed,
        level=how.level,
    )
    return scale.attempt("omega", resampled)


def _ordinal(scale: _Scale, *, how: Reckoning) -> dict[str, object]:
    """Work out alpha and omega of what lies behind answers in steps.

    Zumbo, Gadermann & Zeisser (2007), J. Modern Applied Statistical Methods 6: 21-29. They speak
    of a scale with endlessly many steps, not of the score as it is counted, and are larger.
    """
    found: dict[str, object] = {}
    matrix = scale.attempt(
        "ordinal alpha", lambda: polychoric_correlations(scale.values, missing=how.missing)
    )
    if matrix is None:
        return found
    alpha = scale.attempt("ordinal alpha", lambda: alpha_of(matrix))
    if alpha is not None:
        found["ordinal_alpha"] = alpha
    if len(matrix) > 2:  # that two items are too few for a factor is noted once, with omega
        fit = scale.attempt("ordinal omega", lambda: one_factor(matrix, n=len(scale.values)))
        found |= {"ordinal_omega": fit.omega} if fit else {}
    return found


def _item_rows(
    scale: _Scale,
    fit: OneFactor | None,
    moments: ItemMoments | None,
    *,
    ends: tuple[float, float],
) -> list[dict[str, object]]:
    there = ~np.isnan(scale.values)
    floor, ceiling = end_shares(scale.values, low=ends[0], high=ends[1])
    loadings = fit.standardized().loadings if fit else np.full(len(scale.items), nan)
    found = None if moments is None else item_statistics(moments)
    rows = []
    for at, item in enumerate(scale.items):
        answered = scale.values[there[:, at], at]
        row: dict[str, object] = {
            "scale": scale.name,
            "item": item,
            "n": answered.size,
            "mean": float(answered.mean()) if answered.size else nan,
            "sd": float(answered.std(ddof=1)) if answered.size > 1 else nan,
            "missing": len(scale.values) - answered.size,
            "floor": floor[at],
            "ceiling": ceiling[at],
            "loading": loadings[at],
            "sign_warning": "",
        }
        rows.append(row | (_beside_others(found, at) if found else {}))
    return rows


def _beside_others(found: ItemStatistics, at: int) -> dict[str, object]:
    return {
        "item_total": found.item_total[at],
        "item_rest": found.item_rest[at],
        "alpha_if_dropped": found.alpha_if_dropped[at],
        "sign_warning": sign_warning(found, at),
    }


def sign_warning(found: ItemStatistics, at: int) -> str:
    """Say in words that an item points against the others; empty where it does not."""
    if not found.against[at]:
        return ""
    if found.perhaps_chance[at]:
        return "points against the other items, perhaps by chance: check whether it is reversed"
    return "points against the other items: check whether it should be reversed, or should not"


def quality_of_scale(
    answers: pd.DataFrame, instrument: Instrument, *, scale: str, which: Sequence[str]
) -> float:
    """Give one reliability of one scale: the first of ``which`` ("alpha", "omega") that exists.

    Raises:
        DataError: None of them exists, with the reasons.
    """
    one = instrument.model_copy(update={"scales": {scale: instrument.scales[scale]}})
    row = scale_quality(answers, one).scales.iloc[0]
    for name in which:
        if not np.isnan(row[name]):
            return float(row[name])
    raise DataError(f"{scale} has no {' or '.join(which)}: {row['note']}")
