"""What single places say against a comparison: neighbors, outliers, other denominators."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from scipy import stats

from outcomes.analyses.collapsed_panel import (
    CollapsedPanel,
    change_beyond,
    is_told,
    leaves_out_zero,
    mean_of,
)
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate

OTHER_PEOPLE = 0.10  # a tenth more people gives a tenth more of anything that people report
OTHER_REPORTS = 0.20  # of the periods: a fifth fewer reports makes two means no longer comparable
OUTLYING = 0.05  # chance that one of all places is called an outlier where none is


def bordering(
    collapsed: CollapsedPanel,
    *,
    next_to: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    level: float,
) -> tuple[str, ...]:
    """Warn of contamination: comparison places that border on a focus place.

    Args:
        collapsed: The places.
        next_to: place: the places that border on it; it is enough to name a border once.
        names: place: its name.
        level: Confidence level of the comparison without them.
    """
    pairs = {(one, other) for one, others in next_to.items() for other in others}
    pairs |= {(other, one) for one, other in pairs}
    focus = [place for place, on in zip(collapsed.places, collapsed.treated, strict=True) if on]
    near = np.array(
        [
            not on and any((place, other) in pairs for other in focus)
            for place, on in zip(collapsed.places, collapsed.treated, strict=True)
        ]
    )
    if not near.any():
        return ()
    named = _named(collapsed, near, names=names)
    those = "it" if near.sum() == 1 else "them"
    rest = f"too few places are left without {those}"
    with suppress(DataError):
        kept = _without(collapsed, near)
        rest = f"without {those} {_shown(change_beyond(kept, kept.change, level=level))}"
    return (
        f"{named} {'borders' if near.sum() == 1 else 'border'} on a focus place, and what is done "
        f"or moves there may reach across [{rest}]",
    )


def _without(collapsed: CollapsedPanel, out: np.ndarray) -> CollapsedPanel:
    """Leave places out."""
    return replace(
        collapsed,
        places=[place for place, gone in zip(collapsed.places, out, strict=True) if not gone],
        treated=collapsed.treated[~out],
        before=collapsed.before[~out],
        after=collapsed.after[~out],
    )


def one_place_decides(
    collapsed: CollapsedPanel, *, names: Mapping[str, str], level: float
) -> tuple[str, ...]:
    """Warn where leaving one place out turns the sign of the change or what its interval says.

    A change that is told must have an interval that leaves out zero without any single place
    too. Where none is told, a place is named only if it is an outlier among its kind as well:
    near zero the sign turns by nothing.
    """
    change = collapsed.change
    whole = change_beyond(collapsed, change, level=level)
    told, odd = is_told(whole, collapsed), _outlying(change, collapsed.treated)
    clear = leaves_out_zero(whole)
    named = []
    for number in range(change.size):
        with suppress(DataError):
            rest = change_beyond(collapsed, change, level=level, leave_out=number)
            turns = rest.value * whole.value < 0 or leaves_out_zero(rest) != clear
            if turns and (told or odd[number]):
                place = collapsed.places[number]
                named.append(f"{names.get(place, place)} [{_shown(rest)}]")
    if not named:
        return ()
    if len(named) > 2:
        return (
            f"the result hangs on single places: it turns without any one of {len(named)}, such "
            f"as {named[0]}",
        )
    return (f"the result hangs on one place: it turns without {' or without '.join(named)}",)


def _outlying(change: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Say which places lie far from the others of their kind, by deleted residuals."""
    odd = np.zeros(change.size, dtype=bool)
    df = change.size - 3
    if df < 1:
        return odd
    residual, size = change.copy(), np.ones(change.size)
    for kind in (treated, ~treated):
        residual[kind] -= change[kind].mean()
        size[kind] = kind.sum()
    squares = float((residual**2).sum())
    alone = size < 2  # a place alone of its kind has none to differ from
    share = 1 - 1 / np.where(alone, 2, size)
    left = np.clip(squares - residual**2 / share, 1e-12 * max(squares, 1e-300), None) / df
    limit = float(stats.t.ppf(1 - OUTLYING / change.size / 2, df))
    odd[~alone] = (np.abs(residual) > limit * np.sqrt(left * share))[~alone]
    return odd


def other_people(panel: PanelTable, *, names: Mapping[str, str]) -> tuple[str, ...]:
    """Warn where the people or households behind a count changed by more than a tenth."""
    if panel.exposure is None:
        return ()
    first = panel.first_treated()
    starts = first[first >= 0]
    grid = panel.exposure.to_numpy(dtype=float)
    before, after = mean_of(grid[:, : starts.min()]), mean_of(grid[:, starts.max() :])
    grown = np.divide(after, before, out=np.full(before.size, np.nan), where=before > 0) - 1
    told = [
        f"{names.get(place, place)} {change:+.0%}"
        for place, change in zip(panel.places, grown, strict=True)
        if abs(change) > OTHER_PEOPLE
    ]
    if not told:
        return ()
    return (
        f"the people behind the counts changed by more than {OTHER_PEOPLE:.0%} "
        f"({', '.join(told)}): the counts would have moved with them",
    )


def other_reports(collapsed: CollapsedPanel, *, names: Mapping[str, str]) -> tuple[str, ...]:
    """Warn where a place reported much more or much less of the time after the start."""
    shares = [np.isfinite(block).mean(axis=1) for block in (collapsed.before, collapsed.after)]
    told = [
        f"{names.get(place, place)} {before:.0%} before and {after:.0%} after"
        for place, before, after in zip(collapsed.places, *shares, strict=True)
        if abs(after - before) > OTHER_REPORTS
    ]
    if not told:
        return ()
    return (
        f"reporting changed at the start ({collapsed.word}s reported: {', '.join(told)}): what is "
        "counted may have changed with it",
    )


def _named(collapsed: CollapsedPanel, which: np.ndarray, *, names: Mapping[str, str]) -> str:
    return " and ".join(
        names.get(place, place) for place, told in zip(collapsed.places, which, strict=True) if told
    )


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:+.3g}, from {estimate.low:+.3g} to {estimate.high:+.3g}"
