"""Many small places, some of them treated: others weighted so that they looked alike before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.calibrated_weights import Floats, calibrated_weights
from outcomes.stats.regression_to_mean import FallBack, regression_to_mean
from outcomes.stats.wording import NO_TEST

PLACEBOS = 199
SEED = 20260101
FEWEST = 5  # times as many untreated places as treated ones
LEAST_KNOWN = 0.9  # of the placebo groups must be matched
CLEARLY = 1.645  # standard errors: what a tenth of groups drawn by lot are apart from the others
THIN = 5  # times as many treated places as others that count: below, it is said
_ALIKE = (
    "without the work, treated places would have moved as the weighted others, which had the same "
    "totals in every period before",
    "groups of as many untreated places, matched in the same way, show what chance does, in "
    "proportion to the root of the count",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """All places as numbers."""

    before: Floats  # (places, columns): by period before the start, then what else must match
    after: Floats  # (places, periods from the start on)
    treated: np.ndarray  # (places,): bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gaps:
    """A group of places less its weighted others, from the start on."""

    gap: Floats  # (periods + 1,): of all periods together last
    expected: Floats  # the same of the weighted others
    weights: Floats
    back: Floats  # by how much more the others may have fallen back; below 0: risen

    @property
    def in_roots(self) -> Floats:
        """The gaps in roots of what was expected, by which counts vary."""
        return np.asarray(self.gap / np.sqrt(np.maximum(self.expected, 1.0)), dtype=float)


def small_areas(
    panel: PanelTable,
    *,
    match: pd.DataFrame | None = None,
    level: float = 0.95,
    placebos: int = PLACEBOS,
) -> list[Estimate]:
    """Ask whether many small places together changed more than others that were as before.

    The untreated places are weighted so that their totals equal those of the treated ones in every
    period before the start, and in whatever else is to match, such as residents and homes.

    Args:
        panel: A count by place and period; all treated places start together.
        match: What else must match, one row a place: numbers that do not change over time.
        level: Confidence level.
        placebos: How many groups of untreated places are judged in the same way.

    Returns:
        The change a period in all treated places together, which leads; how many times as many
        that is; then each period from the start on. Where treated places clearly had more before
        than the others (or fewer), limits and p allow for others that fall back, and treated ones
        that do not; where no group is like them, there is no p, and a warning says what is needed.

    Raises:
        DataError: No place is treated, starts differ, nothing lies before the start, a value is
            missing or below 0, there are fewer than five times as many untreated places, or no
            weights match.

    Source:
        Robbins, Saunders & Kilmer (2017), JASA 112(517): 109-126.
    """
    blocks, first = _laid_out(panel, match)
    found = _gaps(blocks, blocks.treated)
    chance, alike = _placebos(blocks, found.weights, placebos, level=level)
    fall = regression_to_mean(
        blocks.before[:, :first], blocks.after, blocks.treated, also=blocks.before[:, first:]
    )
    found = replace(found, back=_back(fall))
    base = _base(panel, drawn=len(chance), level=level)
    base = replace(base, warnings=_warnings(panel, found, fall, alike=alike))
    periods = panel.periods[first:]
    lead = _judged(base, found, chance, at=-1, share=1 / len(periods))
    times = len(periods) / found.expected[-1]
    ratio = replace(
        lead,
        term=f"{panel.name}: times as many as the weighted others, in all treated together",
        unit=f"times as many {panel.unit}",
        value=1 + times * lead.value,
        low=max(0.0, 1 + times * lead.low),
        high=1 + times * lead.high,
    )
    each = [
        replace(
            _judged(base, found, chance, at=at, share=1.0),
            term=f"{panel.name}: change beyond the weighted others, all treated together",
            period=str(period),
        )
        for at, period in enumerate(periods)
    ]
    return [lead, ratio, *each]


def _laid_out(panel: PanelTable, match: pd.DataFrame | None) -> tuple[_Blocks, int]:
    """Check the places, and say at which position the periods from the start on begin."""
    starts = panel.first_treated()
    treated = starts >= 0
    if not treated.any():
        raise DataError("no place has a start, so there is nothing to compare")
    if len(set(starts[treated])) > 1:
        raise DataError("treated places start at different times; use the design staggered")
    first = int(starts[treated][0])
    if first < 1:
        raise DataError(f"nothing lies before the start, {panel.periods[0]}, so nothing can match")
    if (~treated).sum() < FEWEST * treated.sum():
        raise DataError(
            f"{int((~treated).sum())} untreated places are too few for {int(treated.sum())} "
            f"treated ones: {FEWEST} times as many are needed. Use the design did"
        )
    values = panel.outcome.to_numpy(dtype=float)
    if not np.isfinite(values).all() or (values < 0).any():
        raise DataError(f"{panel.name} must be a count of 0 or more in every place and period")
    before = values[:, :first]
    if match is not None:
        before = np.column_stack([before, _matched(match, panel.places)])
    return _Blocks(before=before, after=values[:, first:], treated=treated), first


def _matched(match: pd.DataFrame, places: Sequence[str]) -> Floats:
    table = match.set_axis(match.index.astype(str)).reindex(places)
    numbers: Floats = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        name = table.columns[~np.isfinite(numbers).all(axis=0)][0]
        raise DataError(f"{name!r} must be a number in every place, for it is to match")
    return numbers


def _gaps(blocks: _Blocks, group: np.ndarray) -> _Gaps:
    """Compare a group with the untreated places that are not in it."""
    others = ~group & ~blocks.treated
    totals = np.array([group.sum(), *blocks.before[group].sum(axis=0)], dtype=float)
    weights = calibrated_weights(blocks.before[others], totals)
    expected = weights @ blocks.after[others]
    gap = blocks.after[group].sum(axis=0) - expected
    return _Gaps(
        gap=np.append(gap, gap.sum()),
        expected=np.append(expected, expected.sum()),
        weights=weights,
        back=np.zeros(len(gap) + 1),
    )


def _back(fall: FallBack) -> Floats:
    """Give what may fall back by period and together, where places clearly had more, or fewer."""
    if abs(fall.apart) <= CLEARLY:
        return np.zeros(len(fall.back) + 1)
    return np.append(fall.back, fall.back.sum())


def _placebos(blocks: _Blocks, weights: Floats, many: int, *, level: float) -> tuple[Floats, bool]:
    """Judge groups of untreated places; shape (groups, periods + 1), in roots of the expected.

    Places that count more beside the treated ones are drawn more often, so that the groups are of
    places like them (then the second answer is True). Where that leaves too few to match them
    with, all are drawn alike.
    """
    if ceil(level * (many + 1)) > many:
        raise DataError(f"{many} placebo groups cannot give limits of {level:.0%}: draw more")
    alike = (weights + weights.mean() / 100) / (1.01 * weights.sum())
    for like in (alike, None):
        found = _drawn(blocks, like, many)
        if len(found) >= LEAST_KNOWN * many and ceil(level * (len(found) + 1)) <= len(found):
            return np.array(found), like is not None
    raise DataError(
        f"cannot tell: of {many} groups of untreated places too few can be matched by others, so "
        "nothing shows what chance does. Match on less"
    )


def _drawn(blocks: _Blocks, like: Floats | None, many: int) -> list[Floats]:
    """Draw groups and judge them; stop where too many of them cannot be matched."""
    rng = np.random.default_rng(SEED)
    untreated, size = np.flatnonzero(~blocks.treated), int(blocks.treated.sum())
    found: list[Floats] = []
    for number in range(1, many + 1):
        group = np.zeros(len(blocks.treated), dtype=bool)
        group[rng.choice(untreated, size, replace=False, p=like)] = True
        try:
            found.append(_gaps(blocks, group).in_roots)
        except DataError:  # this group cannot be matched
            if number - len(found) > (1 - LEAST_KNOWN) * many:
                break
    return found


def _warnings(panel: PanelTable, found: _Gaps, fall: FallBack, *, alike: bool) -> tuple[str, ...]:
    """Say what in these places speaks against the numbers."""
    counted = float(found.weights.sum() ** 2 / (found.weights**2).sum())
    treated = len(panel.treated)
    told = []
    if found.back.any():
        times, per = fall.times, abs(found.back[-1]) / len(fall.back)
        fell, way = ("fell back", "down") if times > 1 else ("rose again", "up")
        if not alike:
            told.append(
                f"{NO_TEST}: treated places had {times:.2g} times as many before as the others, "
                "and groups of untreated places like them cannot be matched, so nothing shows what "
                "chance does there. More untreated places that had as many, or a match on less, "
                "would be needed"
            )
        told.append(
            f"treated places had {times:.2g} times as many before as the others. Others that match "
            f"them had so partly by chance, and {fell} by about {per:.3g} {panel.unit} a "
            f"{panel.when} in all. Treated places need not have, so that limits reach so much "
            f"further {way}"
        )
    if counted < THIN * treated:
        told.append(
            f"the weighted others are worth only {counted:.0f} places beside {treated} treated "
            "ones, so a few of them decide"
        )
    return tuple(told)


def _base(panel: PanelTable, *, drawn: int, level: float) -> Estimate:
    """Make what all rows have in common."""
    return Estimate(
        term=f"{panel.name}: change a {panel.when} beyond the weighted others, in all treated "
        "together",
        value=0.0,
        low=0.0,
        high=0.0,
        level=level,
        n=len(panel.places),
        unit=panel.unit,
        method=f"others weighted to the same totals before, {drawn} placebo groups",
        assumptions=_ALIKE,
        analysis="small areas",
        measure=panel.measure,
        period=f"{panel.periods[0]} to {panel.periods[-1]}",
    )


def _judged(base: Estimate, found: _Gaps, chance: Floats, *, at: int, share: float) -> Estimate:
    """Set one gap against those of the placebo groups: limits leave 0 out just where p does."""
    root = float(np.sqrt(max(found.expected[at], 1.0)))
    sizes = np.sort(np.abs(chance[:, at]))
    margin = sizes[ceil(base.level * (len(sizes) + 1)) - 1] * root
    gap, ends = float(found.gap[at]), sorted((found.gap[at], found.gap[at] - found.back[at]))
    least = max(ends[0], -ends[1], 0.0)  # how far all that it may be lies from 0
    beyond = int((sizes >= least / root * (1 - 1e-9)).sum())
    tested = not any(warning.startswith(NO_TEST) for warning in base.warnings)
    return replace(
        base,
        value=share * gap,
        low=share * float(ends[0] - margin),
        high=share * float(ends[1] + margin),
        p=(1 + beyond) / (1 + len(sizes)) if tested else None,
    )
