"""One comparison of places in every defensible way, listed before any is computed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from math import exp, nan

import numpy as np
from numpy.typing import NDArray

from outcomes.analyses.collapsed_panel import leaves_out_zero, mean_of, word_of
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.curve_permutation import curve_permutation
from outcomes.stats.permutation import smallest_p

Floats = NDArray[np.float64]

# The ways, fixed here before any study is seen; each is one that a reviewer could defend.
WINDOWS = (6, 12, 0)  # periods before the start that count: half a year, a year, all
START = ("start {word} counted", "start {word} left out")
SCALES = ("difference", "ratio")
MIDDLES = ("mean of {word}s", "median of {word}s")  # a median lets one odd month pass
CURVE, WAY = "specification curve", "specification"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way of collapsing, and what it makes of the places."""

    words: tuple[str, ...]
    first: str
    change: Floats  # of each place: a difference, or a log ratio
    scale: str
    after: float  # mean of the treated places after the start


def specification_curve(
    panel: PanelTable, *, names: Mapping[str, str] | None = None, level: float = 0.95
) -> list[Estimate]:
    """Compare the change of treated and other places in every defensible way.

    Args:
        panel: The outcome, with all periods; all treated places start together.
        names: place: its name, for the words of those left out.
        level: Confidence level.

    Returns:
        First the summary (analysis "specification curve"): the median over all ways, the medians
        of their limits, and as ``p`` how often the same ways, after any other choice of treated
        places, would have a median t as far from 0. Then one Estimate a way ("specification"),
        whose term names its choices. Ratios are told in the outcome's unit: what treated places
        had beyond a change in proportion to that of the others.

    Raises:
        DataError: Starts differ, no period lies on one side, or no way can be computed.

    Source:
        Simonsohn, Simmons & Nelson (2020), Nat. Hum. Behav. 4: 1208-1214; the treated places are
        reassigned as in ``permutation_p``, so that the ways stay as alike as they are.
    """
    ways = list(_ways(panel))
    treated = panel.first_treated() >= 0
    found = []
    for way in ways:
        for place in (-1, *_left_out(treated)):
            with suppress(DataError):
                found.append(_estimate(panel, way, place, names=names or {}, level=level))
    if not found:
        raise DataError(
            f"{panel.name}: no way of comparing can be computed: three places of both kinds are "
            "needed, each with values before and after the start"
        )
    return [_summary(panel, found, ways=ways, treated=treated, level=level), *found]


def _ways(panel: PanelTable) -> Iterator[_Way]:
    """List the ways of collapsing that these periods allow."""
    start = _common_start(panel)
    grid, word = panel.outcome.to_numpy(dtype=float), word_of(panel)
    windows = dict.fromkeys(min(size, start) if size else start for size in WINDOWS)
    treated = panel.first_treated() >= 0
    for window, skip, scale, middle in product(windows, (0, 1), SCALES, MIDDLES):
        before, after = grid[:, start - window : start], grid[:, start + skip :]
        if not after.shape[1]:
            continue
        collapse = mean_of if middle == MIDDLES[0] else _median_of
        ends = collapse(before), collapse(after)
        if scale == "ratio" and not (min(end.min() for end in ends) > 0):
            continue
        if not all(np.isfinite(end).all() for end in ends):
            continue
        yield _Way(
            words=(
                f"all {window} {word}s before" if window == start else f"{window} {word}s before",
                START[skip].format(word=word),
                scale,
                middle.format(word=word),
            ),
            first=str(panel.periods[start - window]),
            change=ends[1] - ends[0] if scale == SCALES[0] else np.log(ends[1] / ends[0]),
            scale=scale,
            after=float(ends[1][treated].mean()),
        )


def _common_start(panel: PanelTable) -> int:
    if len({str(start) for start in panel.start.values()}) != 1:
        raise DataError(
            f"{panel.name}: one common start is needed, got {len(set(panel.start.values()))}; "
            "where places start at different times, each way would be another question"
        )
    if next(iter(panel.start.values())) not in panel.periods:
        raise DataError(f"{panel.name}: the start is none of the periods")
    start = int(panel.first_treated().max())
    if start < 1:
        raise DataError(f"{panel.name} has no {word_of(panel)} before the start")
    return start


def _median_of(block: Floats) -> Floats:
    """Take the middle of what was observed of each place; NaN where nothing was."""
    seen = [row[np.isfinite(row)] for row in block]
    return np.array([float(np.median(row)) if row.size else nan for row in seen])


def _left_out(treated: NDArray[np.bool_]) -> Sequence[int]:
    """Say which comparison places can be left out, one at a time."""
    others = np.flatnonzero(~treated)
    return others.tolist() if others.size > 1 and treated.size > 3 else []


def _estimate(
    panel: PanelTable, way: _Way, place: int, *, names: Mapping[str, str], level: float
) -> Estimate:
    """Compare in one way, with all places or without one."""
    keep = np.arange(way.change.size) != place
    treated = panel.first_treated() >= 0
    code = panel.places[place] if place >= 0 else ""
    whom = f"without {names.get(code, code)}" if code else "all comparison places"
    one = collapsed_change(
        way.change[keep],
        treated[keep],
        term=f"{panel.name}: {', '.join((*way.words, whom))}",
        unit=_unit(panel),
        level=level,
    )
    one = replace(
        one, analysis=WAY, measure=panel.measure, period=f"{way.first} to {panel.periods[-1]}"
    )
    if way.scale == SCALES[0]:
        return one
    value, low, high = (way.after * (1 - exp(-each)) for each in (one.value, one.low, one.high))
    return replace(one, value=value, low=low, high=high, se=nan)


def _unit(panel: PanelTable) -> str:
    return f"{panel.unit} a {word_of(panel)} in each {panel.whole}"


def _summary(
    panel: PanelTable,
    found: Sequence[Estimate],
    *,
    ways: Sequence[_Way],
    treated: NDArray[np.bool_],
    level: float,
) -> Estimate:
    """Sum the curve up, and test it as a whole."""
    changes = np.array([way.change for way in ways])
    test = curve_permutation(changes, treated, leave_out=bool(_left_out(treated)))
    value, low, high = (
        float(np.median([getattr(each, name) for each in found]))
        for name in ("value", "low", "high")
    )
    same = sum(each.value * value > 0 for each in found)
    clear = sum(leaves_out_zero(each) for each in found)
    warnings = [
        f"{same} of the {len(found)} ways of comparing point the same way as their median "
        f"({value:+.3g}), and in {clear} the interval leaves out zero"
    ]
    k, rest = int(treated.sum()), int((~treated).sum())
    least = smallest_p(treated=k, untreated=rest)
    if least > 1 - level + 1e-9:
        warnings.insert(
            0,
            f"no test is possible with {k} against {rest} places: however many ways of comparing "
            f"agree, the smallest p is {least:.2f}",
        )
    return Estimate(
        term=f"{panel.name}: median of {len(found)} ways to compare",
        value=value,
        low=low,
        high=high,
        level=level,
        p=max(test.p, least),  # the mirror image of the treated places is as clear
        n=treated.size,
        unit=_unit(panel),
        method="median of differences of changes collapsed by place, with the medians of their "
        f"limits, {'exact' if test.exact else 'sampled'} permutation p of the whole curve",
        assumptions=(
            "any of the places could as well have been treated",
            "all ways of comparing were listed before any was computed",
        ),
        warnings=tuple(warnings),
        analysis=CURVE,
        measure=panel.measure,
        period=f"{panel.periods[0]} to {panel.periods[-1]}",
    )
