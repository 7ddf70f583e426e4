"""How far did one place leave the mix of others that had followed it before?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.simplex_weights import Floats, simplex_weights

ROUNDING = 1e-9  # what is nearer than this part is equal
COUNTS = 1e-6  # a smaller weight is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticControl:
    """A mix of others, and how far the one place was from it."""

    weights: Floats  # of the others, 0 or more, summing to 1
    gap: Floats  # the place less the mix, by period
    before: int  # periods before the start
    importance: Floats | None = None  # of predictors, summing to 1

    @property
    def fit(self) -> float:
        """Root mean squared gap before the start."""
        return float(np.sqrt((self.gap[: self.before] ** 2).mean()))

    @property
    def change(self) -> float:
        """Mean gap from the start on."""
        return float(self.gap[self.before :].mean())

    @property
    def ratio(self) -> float:
        """Root mean squared gap after the start over that before."""
        after = float(np.sqrt((self.gap[self.before :] ** 2).mean()))
        least = ROUNDING * float(np.abs(self.gap).max())  # where the mix follows to the last digit
        return after / max(self.fit, least) if least else 1.0


def synthetic_control(treated: ArrayLike, others: ArrayLike, *, before: int) -> SyntheticControl:
    """Mix others so that they follow one place before its start, and see how it left them after.

    Args:
        treated: The outcome of the place, shape (periods,).
        others: The same of places without the engagement, shape (places, periods), no NaN.
        before: How many of the periods, the first ones, lie before the start.

    Returns:
        The mix that is nearest before the start (weights of 0 or more that sum to 1), and the
        gap in every period. It tells nothing of chance: see ``placebo_test``.

    Raises:
        DataError: Shapes differ, a value is missing, fewer than two others, or fewer than two
            periods before the start or none after.

    Source:
        Abadie, Diamond & Hainmueller (2010), J. Am. Stat. Assoc. 105: 493-505, with all outcomes
        before the start as the only predictors, equally important.
    """
    own, rest = checked_series(treated, others, before=before)
    weights = simplex_weights(own[:before], rest[:, :before].T)
    return SyntheticControl(weights=weights, gap=own - weights @ rest, before=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboTest:
    """One place's mix beside the mixes of places without the engagement."""

    control: SyntheticControl
    placebos: tuple[SyntheticControl, ...]  # of each other place, from the rest of them
    without: tuple[SyntheticControl, ...]  # of the one place, with each other place left out
    p: float

    @property
    def smallest_p(self) -> float:
        """The least that p can be with so many places."""
        return 1 / (1 + len(self.placebos))

    @property
    def se(self) -> float:
        """Root mean square of what places without the engagement were away from their mixes."""
        return float(np.sqrt(np.mean([one.change**2 for one in self.placebos])))

    @property
    def left_out(self) -> tuple[float, float]:
        """Least and largest mean gap after the start when one place of the mix is left out."""
        counted = [
            one.change
            for one, weight in zip(self.without, self.control.weights, strict=True)
            if weight > COUNTS
        ]
        return min(counted), max(counted)


def placebo_test(treated: ArrayLike, others: ArrayLike, *, before: int) -> PlaceboTest:
    """Say how often a place without the engagement left its mix as far as the treated one did.

    How far is told by the root mean squared gap after the start, over that before. Each other
    place is compared with the treated one on mixes of the same remaining places (both left out):
    with the whole list, the treated place would have one more to be mixed from, follow its mix
    better before the start and so seem to leave it further. That customary rank puts the treated
    place first of 8 in 18 % of simulated studies without any change, where 12.5 % is right.

    Args:
        treated: As ``synthetic_control``.
        others: As ``synthetic_control``, three places or more.
        before: As ``synthetic_control``.

    Returns:
        The mix from all others, the mixes it was judged by, and p: one more than the number of
        places that were as far away, over the number of all places.

    Raises:
        DataError: As ``synthetic_control``, or fewer than three others.

    Source:
        Abadie, Diamond & Hainmueller (2010), J. Am. Stat. Assoc. 105: 493-505, section 3.4, with
        both places left out as in Lei & Sudhof (2024), arXiv 2401.07152.
    """
    own, rest = checked_series(treated, others, before=before)
    if len(rest) < 3:
        raise DataError(
            f"cannot tell: {len(rest)} untreated places are too few to try the mix on places "
            "without the engagement; 3 would be needed at least, and 19 for a p of 0.05"
        )
    control = synthetic_control(own, rest, before=before)
    placebos, without = [], []
    for one in range(len(rest)):
        left = np.delete(rest, one, axis=0)
        placebos.append(synthetic_control(rest[one], left, before=before))
        same = control.weights[one] == 0  # without a place that does not count the mix stays
        without.append(control if same else synthetic_control(own, left, before=before))
    as_far = [
        placebo.ratio >= mine.ratio * (1 - ROUNDING)
        for placebo, mine in zip(placebos, without, strict=True)
    ]
    return PlaceboTest(
        control=control,
        placebos=tuple(placebos),
        without=tuple(without),
        p=(1 + sum(as_far)) / (1 + len(rest)),
    )


def checked_series(treated: ArrayLike, others: ArrayLike, *, before: int) -> tuple[Floats, Floats]:
    """See that a place and others can be compared by period, and give them as numbers."""
    own, rest = np.asarray(treated, dtype=float), np.asarray(others, dtype=float)
    if own.ndim != 1 or rest.ndim != 2 or rest.shape[1:] != own.shape:
        raise DataError(f"a row of periods for each place is needed, got {own.shape}, {rest.shape}")
    if len(rest) < 2:
        raise DataError("cannot tell: two places without the engagement are needed for a mix")
    if not 2 <= before < own.size:
        raise DataError(
            f"two periods before the start and one after are needed, got {before} before and "
            f"{own.size - before} after"
        )
    if not (np.isfinite(own).all() and np.isfinite(rest).all()):
        raise DataError("a value is not a number; leave that place or period out and say so")
    return own, rest
