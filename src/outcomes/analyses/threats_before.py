"""What the time before the start says against a comparison: a peak, a drift, or its shortness."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from outcomes.analyses.collapsed_panel import CollapsedPanel, gap, mean_of
from outcomes.stats.permutation import permutation_p, smallest_p

FEW_BEFORE = 12  # periods: a year shows each season once; fewer hide a peak (Farrington & Welsh)
RECENT = 3  # periods just before the start: what agencies look at when they choose places
EARLIER = 4  # periods before those, at least, to know how much a place moves by itself
RARE = 0.01  # chance of a false warning by time alone; several guards speak at once
BY_PLACES = 0.05  # chance of one by places alone, where so many places can reach it


def too_few_before(count: int, *, word: str) -> tuple[str, ...]:
    """Warn where the time before the start is too short to show a peak."""
    if count >= FEW_BEFORE:
        return ()
    return (
        f"only {count} {word}s before the start: a place chosen when it was at a peak "
        f"would have fallen back anyway, and so few {word}s cannot show it",
    )


def few_before(collapsed: CollapsedPanel) -> tuple[str, ...]:
    """Warn where fewer than ``FEW_BEFORE`` periods lie before the start."""
    return too_few_before(collapsed.before.shape[1], word=collapsed.word)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recent:
    """How far the gap between the kinds of places had moved just before the start."""

    moved: float
    kept: float  # how far it was away after the start from what it had been earlier


def peaked(collapsed: CollapsedPanel) -> tuple[str, ...]:
    """Warn of regression to the mean: a stand-out just before the start that went back later.

    Treated places stood out in the last ``RECENT`` periods against their own earlier ones and
    against the others, and after the start they were nearer to where they had been.
    """
    found = _recent(collapsed)
    if found is None or _stayed(found):
        return ()
    way = "high" if found.moved > 0 else "low"
    return (
        f"focus places stood unusually {way} in the last {RECENT} {collapsed.word}s before the "
        f"start, against their earlier {collapsed.word}s and against the others "
        f"[{found.moved:+.3g}]: they would have come back by themselves, and that is in the change",
    )


def moved_early(collapsed: CollapsedPanel) -> tuple[str, ...]:
    """Warn of anticipation: places had moved before the start, and stayed there or went on."""
    found = _recent(collapsed)
    if found is None or not _stayed(found):
        return ()
    return (
        f"focus places had moved away from the others already in the last {RECENT} "
        f"{collapsed.word}s before the start [{found.moved:+.3g}]: what followed may be the same "
        "movement going on, or a start that was expected",
    )


def _stayed(found: _Recent) -> bool:
    """Say whether at least half of the earlier movement was still there after the start."""
    return found.kept / found.moved >= 0.5


def _recent(collapsed: CollapsedPanel) -> _Recent | None:
    """Measure the movement just before the start; None where it does not stand out."""
    if collapsed.before.shape[1] < RECENT + EARLIER:
        return None
    early, late = collapsed.before[:, :-RECENT], collapsed.before[:, -RECENT:]
    apart = gap(collapsed, early)
    apart = apart[np.isfinite(apart)]
    moved_by_place = mean_of(late) - mean_of(early)
    if apart.size < EARLIER or not np.isfinite(moved_by_place).all():
        return None
    moved = _mean(gap(collapsed, late)) - float(apart.mean())
    own = float(moved_by_place[collapsed.treated].mean())
    se = float(apart.std(ddof=1) * np.sqrt(1 / RECENT + 1 / apart.size))
    margin = float(stats.t.ppf(1 - RARE / 2, apart.size - 1)) * se
    if moved * own <= 0 or abs(moved) <= margin or not _by_places(collapsed, moved_by_place):
        return None
    kept = _mean(gap(collapsed, collapsed.after)) - float(apart.mean())
    return _Recent(moved=moved, kept=kept)


def _mean(apart: np.ndarray) -> float:
    return float(mean_of(apart[None, :])[0])


def _by_places(collapsed: CollapsedPanel, moved: np.ndarray) -> bool:
    """Say whether treated places stand out among all; yes where so few places cannot tell."""
    k = int(collapsed.treated.sum())
    if smallest_p(treated=k, untreated=collapsed.treated.size - k) > BY_PLACES:
        return True
    return permutation_p(moved, collapsed.treated) <= BY_PLACES
