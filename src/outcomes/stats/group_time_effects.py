"""Group-time average effects: what each cohort changed by, period by period, beyond the others."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import NEVER, CohortPanel, Floats

Comparison = Literal["not yet treated", "never treated", "last to start"]
Base = Literal["last before", "one before"]
Together = Literal["simple", "group", "calendar", "dynamic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTimes:
    """Which cohort is compared when, with which base period and which cohorts.

    All arrays have one entry a comparison, shape (m,), but ``shares``, (m, cohorts).
    """

    cohort: NDArray[np.int64]
    period: NDArray[np.int64]  # position among the times
    base: NDArray[np.int64]
    event_time: Floats  # of the period, counted from the cohort's start
    shares: Floats  # of each comparison cohort; they sum to 1
    value: Floats  # the group-time average effects
    lost: int  # comparisons after a start that nobody was left for

    @property
    def after(self) -> NDArray[np.bool_]:
        """Which lie at or after the start."""
        found: NDArray[np.bool_] = self.event_time >= 0
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrasts:
    """Estimates that are weighted sums of cohort means, and how the weights hang on cohort sizes.

    ``value = ((then - base) * means).sum()``; ``by_share`` is what one place more in a cohort
    would add through the weights alone, times the number of places.
    """

    at: Floats  # (a,): the start, the time or the event time; NaN for an overall
    value: Floats  # (a,)
    then: Floats  # weights in the periods compared, (a, cohorts, periods)
    base: Floats  # weights in the base periods, (a, cohorts, periods)
    by_share: Floats  # (a, cohorts)

    @property
    def weights(self) -> Floats:
        """The weights of all periods, shape (a, cohorts, periods)."""
        return self.then - self.base


def group_time_effects(
    panel: CohortPanel,
    *,
    comparison: Comparison = "not yet treated",
    base: Base = "last before",
) -> GroupTimes:
    """Compare the change of each cohort with that of places not treated then, for each period.

    Args:
        panel: The places by cohort.
        comparison: With whom: places that have not started by then, only those that never do, or
            only the cohort that starts last or never (Sun & Abraham).
        base: From when the change counts: always the last period before the start, or, before
            the start, the one period before.

    Returns:
        Effects by cohort and period: those before a start are checks, not effects. A period for
        which nobody untreated is left has none.

    Raises:
        DataError: No cohort starts, or nobody is left for comparison.

    Source:
        Callaway & Sant'Anna (2021), J. Econometrics 225: 200-230, equations 2.8 and 2.9 without
        covariates. Agrees with ``att_gt`` of the R package did (``base_period`` "universal" and
        "varying"); at event time 0, with DID_M of de Chaisemartin & D'Haultfoeuille (2020).
    """
    never = panel.starts == NEVER
    if never.all():
        raise DataError("no place starts within the periods, so there is nothing to compare")
    if comparison == "never treated" and not never.any():
        raise DataError(
            "every place starts within the periods: compare with places not treated yet instead"
        )
    cells, lost = [], 0
    for k in np.flatnonzero(~never):
        before = int(np.searchsorted(panel.times, panel.starts[k])) - 1
        for t in range(len(panel.times)):
            from_ = before if base == "last before" or t > before else t - 1
            if t == from_ or from_ < 0:
                continue
            shares = panel.sizes * _clean(panel, k, max(t, from_), comparison=comparison)
            if not shares.any():
                lost += t > before
                continue
            cells.append((k, t, from_, shares / shares.sum()))
    return _laid_out(panel, cells, lost=lost)


def _clean(
    panel: CohortPanel, own: np.int64, latest: int, *, comparison: Comparison
) -> NDArray[np.bool_]:
    """Say which cohorts are untreated until then and may be compared with."""
    clean: NDArray[np.bool_] = panel.starts > panel.times[latest]
    clean[own] = False
    if comparison == "never treated":
        clean &= panel.starts == NEVER
    elif comparison == "last to start":
        clean &= panel.starts == panel.starts.max()
    return clean


def _laid_out(
    panel: CohortPanel, cells: list[tuple[np.int64, int, int, Floats]], *, lost: int
) -> GroupTimes:
    cohort = np.array([cell[0] for cell in cells], dtype=np.int64)
    period = np.array([cell[1] for cell in cells], dtype=np.int64)
    from_ = np.array([cell[2] for cell in cells], dtype=np.int64)
    event_time = panel.times[period] - panel.starts[cohort]
    if not (event_time >= 0).any():
        raise DataError(
            "cannot tell: in no period after a start is there a place that had not started; some "
            "places without engagement, or with a later start, would be needed"
        )
    shares = np.stack([cell[3] for cell in cells])
    change = panel.means[:, period] - panel.means[:, from_]  # (cohorts, m)
    own = change[cohort, np.arange(len(cells))]
    return GroupTimes(
        cohort=cohort,
        period=period,
        base=from_,
        event_time=event_time,
        shares=shares,
        value=own - (shares * change.T).sum(axis=1),
        lost=lost,
    )


def each(panel: CohortPanel, effects: GroupTimes) -> Contrasts:
    """Give every group-time effect by itself; ``at`` is the period's time."""
    count = len(effects.value)
    return _made(
        panel,
        effects,
        at=panel.times[effects.period],
        parts=np.eye(count),
        by_size=np.zeros((count, len(panel.starts))),
    )


def aggregated(
    panel: CohortPanel, effects: GroupTimes, *, together: Together
) -> tuple[Contrasts, Contrasts]:
    """Average group-time effects, larger cohorts counting for more.

    Args:
        panel: The places by cohort.
        effects: What ``group_time_effects`` gave of them.
        together: ``simple`` averages all effects after a start; ``group`` first by cohort,
            ``calendar`` first by period, ``dynamic`` first by the time since the start (with the
            checks before it), and then over those.

    Returns:
        The overall average, and the averages it is made of (for ``simple``: itself).

    Source:
        Callaway & Sant'Anna (2021), section 3 and table 1; agrees with ``aggte`` of R's did.
    """
    key = {
        "simple": np.where(effects.after, 0.0, np.nan),
        "group": np.where(effects.after, panel.starts[effects.cohort], np.nan),
        "calendar": np.where(effects.after, panel.times[effects.period], np.nan),
        "dynamic": effects.event_time,
    }[together]
    at = np.unique(key[~np.isnan(key)])
    averages = [_averaged(panel, effects, key == label) for label in at]
    parts = np.stack([weights for weights, _ in averages])
    by_size = np.stack([by for _, by in averages])
    share = (at >= 0 if together == "dynamic" else np.ones(len(at))).astype(float)
    through = np.zeros(len(panel.starts))
    if together == "group":  # the overall weighs by size once more
        of = np.searchsorted(panel.starts, at)
        share = panel.sizes[of]
        value = parts @ effects.value
        through[of] = (value - share @ value / share.sum()) * panel.n / share.sum()
    share = share / share.sum()
    overall = _made(
        panel,
        effects,
        at=np.array([np.nan]),
        parts=(share @ parts)[None],
        by_size=(through + share @ by_size)[None],
    )
    return overall, _made(panel, effects, at=at, parts=parts, by_size=by_size)


def _averaged(
    panel: CohortPanel, effects: GroupTimes, chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Weights of the chosen effects by cohort size, and what the sizes' own chance adds."""
    size = np.where(chosen, panel.sizes[effects.cohort], 0.0)
    weights = size / size.sum()
    apart = np.where(chosen, effects.value - weights @ effects.value, 0.0)
    by_cohort = np.bincount(effects.cohort, weights=apart, minlength=len(panel.starts))
    return weights, by_cohort * panel.n / size.sum()


def _made(
    panel: CohortPanel, effects: GroupTimes, *, at: Floats, parts: Floats, by_size: Floats
) -> Contrasts:
    """Turn weights of effects, shape (a, m), into weights of cohort means."""
    then = np.zeros((len(parts), *panel.means.shape))
    base = np.zeros_like(then)
    change = (panel.means[:, effects.period] - panel.means[:, effects.base]).T  # (m, cohorts)
    apart = change - (effects.shares * change).sum(axis=1, keepdims=True)
    chance = effects.shares * apart * panel.n / panel.sizes
    for row, part in enumerate(parts):
        used = np.flatnonzero(part)
        own, others = part[used], part[used, None] * effects.shares[used]
        for weights, period in ((then, effects.period[used]), (base, effects.base[used])):
            np.add.at(weights[row], (effects.cohort[used], period), own)
            np.add.at(weights[row].T, period, -others)
    return Contrasts(
        at=at,
        value=parts @ effects.value,
        then=then,
        base=base,
        by_share=by_size - parts @ chance,
    )


def sampling_covariance(
    panel: CohortPanel, contrasts: Contrasts, *, covariances: Floats, random_sizes: bool = True
) -> Floats:
    """Give the covariance of contrasts, from the spread within each cohort.

    Args:
        panel: The places by cohort.
        contrasts: a estimates.
        covariances: By cohort, as ``cohort_covariances`` gives them.
        random_sizes: Whether the sizes of the cohorts, too, are the work of chance.

    Returns:
        Shape (a, a). With covariances of divisor n rather than n - 1 this is that of R's did.
    """
    weights = contrasts.weights
    found: Floats = np.zeros((len(weights), len(weights)))
    for k, size in enumerate(panel.sizes):
        found += weights[:, k] @ covariances[k] @ weights[:, k].T / size
    if random_sizes:
        by = contrasts.by_share
        found += (by * panel.sizes) @ by.T / panel.n**2
    return found
