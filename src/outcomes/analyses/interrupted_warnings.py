"""What must hold for an interrupted series to mean what it says, and what speaks against it."""

import numpy as np

from outcomes.analyses.treated_series import TreatedSeries
from outcomes.stats.largest_break import LargestBreak
from outcomes.stats.segmented_series import SegmentedSeries
from outcomes.stats.simulated_critical_values import PHIS
from outcomes.stats.wording import BESIDE_OTHERS

FEW = 12  # periods on either side, below which the result says so
TRIED = 24  # periods from which the false-alarm rate was seen to hold
LONG = 48  # periods below which noise hides how errors hang together
NEAR = 2  # periods around the start in which the largest break counts as the start's own


def series_assumptions(
    series: TreatedSeries, parts: SegmentedSeries, broken: LargestBreak | None
) -> tuple[str, ...]:
    """Say what must hold, in words."""
    line = "along a straight line" + (" and its season" if parts.season else "")
    if series.others:
        first = f"{BESIDE_OTHERS} {line}"
    else:
        first = f"without the start, the series would have gone on {line}"
    fixed = "the start was fixed before anyone looked at the series"
    if broken is not None and _near(series, broken):
        fixed += (
            f" (the largest break of all lies there: had the start been picked for it, p would be "
            f"{broken.p:.3f})"
        )
    return (
        first,
        "each period's error hangs together with the one before and is near normal",
        fixed,
        "level and slope are two looks at one series, so a single small p among them is weaker "
        "than it seems",
    )


def series_warnings(
    series: TreatedSeries,
    parts: SegmentedSeries,
    *,
    phi: float,
    season: int | None,
) -> tuple[str, ...]:
    """Say what in this series speaks against taking its numbers at their word."""
    n = len(series.values)
    before = int((series.times < series.start).sum())
    after = n - before
    told = (
        (
            min(before, after) < FEW,
            f"only {min(before, after)} periods {'before' if before < after else 'after'} the "
            f"start: {FEW} or more on each side are needed to know the trend",
        ),
        (
            n < TRIED,
            f"with {n} periods in all the test may call more than 5 % of unchanged series "
            f"changed: it was seen to hold from {TRIED} on",
        ),
        (
            phi >= PHIS[-2],
            "errors hang together for so long that a drift and a change can hardly be told apart",
        ),
        (
            parts.after > before,
            f"a trend known from {before} periods is carried on for {parts.after}: the end of the "
            "series rests on the straight line alone",
        ),
    )
    return (
        *(text for holds, text in told if holds),
        *_left_in(series, season=season),
    )


def _left_in(series: TreatedSeries, *, season: int | None) -> tuple[str, ...]:
    """Say what else may be in the number: other events, a season, gaps."""
    dated = str(series.labels[0]).count("-") == 1  # months or weeks
    told = (
        (
            not series.others,
            "no untreated place is compared: whatever else changed at the start is in this number",
        ),
        (
            season is None and not series.others and len(series.values) >= TRIED and dated,
            "no season was taken out: a start in a season of its own can look like a change",
        ),
        (
            series.noise > 0 and len(series.values) < LONG,
            f"counting or measurement error hides how errors hang together: with fewer than {LONG} "
            "periods like these only a change that is clear beside a long drift is called one",
        ),
        (
            series.left_out > 0,
            f"{series.left_out} values of places are missing, and their periods are left out",
        ),
        (
            series.unevenly_named,
            "the names of periods tell no distance, so they are taken as equally far apart",
        ),
    )
    return tuple(text for holds, text in told if holds)


def break_elsewhere(
    series: TreatedSeries, broken: LargestBreak | None, *, level: float
) -> tuple[str, ...]:
    """Warn of a break that is clearer than chance and lies away from the start."""
    if broken is None or broken.p > 1 - level or _near(series, broken):
        return ()
    away = int(broken.time - series.start)
    label = series.labels[int(np.flatnonzero(series.times == broken.time)[0])]
    side = "after" if away > 0 else "before"
    return (
        f"the largest break of the series lies elsewhere, in {label}, {abs(away)} periods {side} "
        f"the start (p {broken.p:.3f}): something else happened then, or the trend is no straight "
        "line",
    )


def _near(series: TreatedSeries, broken: LargestBreak) -> bool:
    return abs(broken.time - series.start) <= NEAR
