"""Units that several coders coded: how often each code was given to each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats

MOST_CATEGORIES = 100  # different codes: tables of all pairs of them are kept
FEW = 20  # units with two codes or more, below which agreement is hardly known


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCodes:
    """Units with one code or more, and what each of them stands for."""

    categories: Floats  # (q,) ascending
    counts: Floats  # (n, q) how many coders gave each code
    weight: Floats  # (n,) with mean 1: units that were drawn with small chances stand for more
    left_out: int  # units without two codes

    @property
    def number(self) -> Floats:
        """How many codes each unit has, shape (n,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def compared(self) -> int:
        """How many units have two codes or more."""
        return int((self.number >= 2).sum())

    def coincidences(self) -> Floats:
        """Count for each unit how its codes meet, shape (n, q, q); 0 where it has only one.

        Every code of a unit meets each other one of it; a unit adds as much in all as it has codes.
        """
        own = np.einsum("nc,ck->nck", self.counts, np.eye(self.categories.size))
        pairs = np.einsum("nc,nk->nck", self.counts, self.counts) - own
        return np.asarray(pairs / np.maximum(self.number - 1, 1)[:, None, None])

    def agreement(self, credit: Floats) -> Floats:
        """Say which share of the pairs of codes of each unit agrees, shape (n,); 0 if it has none.

        Args:
            credit: What a pair of codes counts as, from 0 to 1, shape (q, q).
        """
        agreed = (self.coincidences() * credit).sum(axis=(1, 2))
        return np.asarray(agreed / np.maximum(self.number, 1))


def unit_codes(
    codes: ArrayLike,
    *,
    categories: Sequence[float] | None = None,
    probability: ArrayLike | None = None,
) -> UnitCodes:
    """Count the codes of each unit.

    Args:
        codes: Shape (units, coders); NaN where a coder did not code a unit.
        categories: All codes that could have been given; by default those that were.
        probability: With which each unit was drawn, shape (units,); by default all the same.

    Returns:
        The units that have a code.

    Raises:
        DataError: No unit has two codes, a code is none of the categories, there are too many
            categories, or a probability is not above 0 and at most 1.
    """
    table = np.asarray(codes, dtype=float)
    if table.ndim != 2:
        raise DataError(f"codes are a table of units by coders, got the shape {table.shape}")
    given = ~np.isnan(table)
    coded = given.any(axis=1)
    if not (given.sum(axis=1) >= 2).any():
        raise DataError(
            "nothing was coded by two coders, so agreement is unknown. Have some of it coded twice"
        )
    known = _categories(table[given], categories)
    counts = (table[coded][:, :, None] == known).sum(axis=1).astype(float)
    weight = np.ones(int(coded.sum())) if probability is None else _weight(probability, coded)
    return UnitCodes(
        categories=known,
        counts=counts,
        weight=weight,
        left_out=int((given.sum(axis=1) < 2).sum()),
    )


def imaginary_units(categories: Floats) -> UnitCodes:
    """Lay out all pairs of codes that two coders could give who do not look, each as likely."""
    q = categories.size
    eye = np.eye(q)
    counts = (eye[:, None, :] + eye[None, :, :]).reshape(q * q, q)
    return UnitCodes(categories=categories, counts=counts, weight=np.ones(q * q), left_out=0)


def few_units_warning(units: UnitCodes) -> tuple[str, ...]:
    """Say where too few units have two codes."""
    if units.compared >= FEW:
        return ()
    return (
        f"only {units.compared} have two codes: at least {FEW} are needed to say anything of "
        "agreement, and about 100 for an interval that is useful",
    )


def _categories(found: Floats, categories: Sequence[float] | None) -> Floats:
    used = np.unique(found)
    known = used if categories is None else np.unique(np.asarray(categories, dtype=float))
    strange = used[~np.isin(used, known)]
    if strange.size:
        raise DataError(
            f"the code {strange[0]:g} is none of {', '.join(f'{each:g}' for each in known)}. "
            "Correct it, or name all codes that may occur"
        )
    if known.size > MOST_CATEGORIES:
        raise DataError(
            f"there are {known.size} different codes, and agreement is computed for at most "
            f"{MOST_CATEGORIES}. Group them"
        )
    return known


def _weight(probability: ArrayLike, coded: np.ndarray) -> Floats:
    drawn = np.asarray(probability, dtype=float)
    if drawn.shape != coded.shape:
        raise DataError(f"one probability a unit is needed, got {drawn.shape} for {coded.shape}")
    drawn = drawn[coded]
    if not ((drawn > 0) & (drawn <= 1)).all():
        raise DataError("the probability of a coded unit must be above 0 and at most 1")
    weight = 1 / drawn
    return np.asarray(weight / weight.mean())
