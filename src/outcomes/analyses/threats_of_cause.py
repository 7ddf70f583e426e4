"""What else than the engagement could stand behind a change that is told, and how much it takes."""

from collections.abc import Mapping
from contextlib import suppress
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from outcomes.analyses.collapsed_panel import CollapsedPanel, change_beyond, mean_of
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.drift_bounds import MOST, largest_drift
from outcomes.stats.e_value import e_value_of_interval, ratio_of_standardized

Floats = NDArray[np.float64]

AS_BEFORE = 1.0  # a drift that merely goes on must not be enough to undo a result
WEAK = 2.0  # ratios of 2 between neighborhoods (in poverty, in turnover) are common
FAITHFUL = 0.8  # share delivered from which field trials call a program delivered as planned
RARE = 0.01  # chance of a false warning that the output follows the outcome
ROUNDS, CLOSE = 50, 1e-9  # of taking out means of places and of periods, in turn
PAIRS = 8  # of periods, beyond what means take up, below which nothing is said of that


def reverse_direction(panel: PanelTable, *, level: float = 1 - RARE) -> tuple[str, ...]:
    """Warn where the output follows the outcome: more walks a period after more crime.

    Changes from one period to the next are compared, for raw levels of two drifting series go
    together by chance; what all treated places share in a period is taken out first.

    Args:
        panel: With a dose of the output.
        level: 1 minus the chance of a false warning.
    """
    if panel.dose is None or not panel.treated:
        return ()
    places = panel.treated
    outcome = np.diff(panel.outcome.loc[places].to_numpy(dtype=float), axis=1)[:, :-1]
    dose = np.diff(panel.dose.loc[places].to_numpy(dtype=float), axis=1)[:, 1:]
    on = panel.dose.loc[places].to_numpy(dtype=float)[:, 1:-1] > 0  # before, there was none
    seen = np.isfinite(outcome) & np.isfinite(dose) & on
    outcome, lost = _within(outcome, seen)
    dose, _ = _within(dose, seen)
    df = int(seen.sum()) - lost - 1
    size = float(np.sqrt((outcome**2).sum() * (dose**2).sum()))
    if df < PAIRS or size <= 0:
        return ()
    likeness = float((outcome * dose).sum()) / size
    # neighbors in time go together in both series: fewer pairs count than there are
    df_left = df / max(1.0, 1 + 2 * _with_next(outcome) * _with_next(dose))
    limit = float(stats.t.ppf((1 + level) / 2, df_left))
    if abs(likeness) <= limit / np.sqrt(limit**2 + df_left):
        return ()
    more = "more" if likeness > 0 else "less"
    return (
        f"{more} of the output followed a period after the outcome rose [correlation of changes "
        f"{likeness:+.2f}]: the outcome may move the output, and not the output the outcome",
    )


def _within(grid: Floats, seen: NDArray[np.bool_]) -> tuple[Floats, int]:
    """Take out means of places and, where several are seen, of periods; 0 where unseen."""
    left, lost = np.where(seen, grid, 0.0), int(seen.any(axis=1).sum())
    for _ in range(ROUNDS if len(grid) > 1 else 1):
        left = np.where(seen, left - _means(left, seen, axis=1), 0.0)
        common = _means(left, seen, axis=0) if len(grid) > 1 else np.zeros(1)
        left = np.where(seen, left - common, 0.0)
        if not common.any() or np.abs(common).max() <= CLOSE * np.abs(left).max():
            break
    if len(grid) > 1:
        lost += int(seen.any(axis=0).sum()) - 1
    return left, lost


def _means(grid: Floats, seen: NDArray[np.bool_], *, axis: int) -> Floats:
    counts = np.maximum(seen.sum(axis=axis, keepdims=True), 1)
    return np.asarray(grid.sum(axis=axis, keepdims=True) / counts)


def _with_next(grid: Floats) -> float:
    """Correlate each value with the next one of its place."""
    return float((grid[:, 1:] * grid[:, :-1]).sum() / (grid**2).sum())


def drift(collapsed: CollapsedPanel, *, level: float) -> tuple[str, float] | None:
    """Say up to which drift a told change stands: times the pace before the start.

    Returns:
        The sentence and the number, ``AS_BEFORE`` or more where a drift that merely went on
        would not undo it; None where the time before the start is too short for two halves.
    """
    periods = collapsed.before.shape[1]
    early, late = collapsed.before[:, : periods // 2], collapsed.before[:, periods // 2 :]
    earlier = mean_of(late) - mean_of(early)
    if periods < 4 or not np.isfinite(earlier).all():
        return None
    pace = earlier * collapsed.apart / (periods / 2)  # over as long a time as the change
    times = largest_drift(collapsed.change, pace, collapsed.treated, level=level)
    return drift_told(times, of="focus places"), times


def drift_told(times: float, *, of: str) -> str:
    """Say up to how many times the pace before the start a told change stands."""
    much = f"{MOST:.0f} times and more" if times >= MOST else f"from {times:.2f} times on"
    if times < AS_BEFORE:
        told = f"a drift of {of} against the others no faster than before the start"
        return f"{told}, either way, would be enough to undo it [{much}]"
    told = f"no drift of {of} against the others that was faster than before the start"
    return f"{told} [only {much} would undo it]"


def unmeasured(collapsed: CollapsedPanel, *, level: float) -> tuple[str, float] | None:
    """Say how strong something unmeasured must be to undo a told change (E-value).

    Counts are compared as ratios; where a mean is not above 0, in standard deviations of the
    places' changes.
    """
    with suppress(DataError):
        strength = e_value_of_interval(*_as_ratio(collapsed, level=level))
        if strength < WEAK:
            told = "would be enough to undo it"
            how = f"each by less than {WEAK:.0f} times"
        else:
            told = "is not there"
            how = f"each by {WEAK:.0f} times or more"
        return (
            f"something unmeasured that set focus places apart and moved the outcome, {how}, "
            f"{told} [E-value {strength:.1f}]",
            strength,
        )
    return None


def _as_ratio(collapsed: CollapsedPanel, *, level: float) -> tuple[float, float]:
    """Give the interval of the change as a ratio."""
    before, after = mean_of(collapsed.before), mean_of(collapsed.after)
    if before.min() > 0 and after.min() > 0:
        found = change_beyond(collapsed, np.log(after / before), level=level)
        return exp(found.low), exp(found.high)
    found = change_beyond(collapsed, collapsed.change, level=level)
    k = int(collapsed.treated.sum())
    sd = found.se / np.sqrt(1 / k + 1 / (found.n - k))
    return ratio_of_standardized(found.low / sd), ratio_of_standardized(found.high / sd)


def not_as_planned(
    estimate: Estimate, *, delivered: Mapping[str, float], names: Mapping[str, str], told: bool
) -> tuple[str, ...]:
    """Warn where much of what was planned was not done: intention first, treated second.

    Args:
        estimate: The change of all focus places, whatever was done there (by intention).
        delivered: place: the share of required walks that were done and counted.
        names: place: its name.
        told: Whether a direction may be claimed, so that its size where all was done matters.
    """
    if not delivered or (mean := sum(delivered.values()) / len(delivered)) >= FAITHFUL:
        return ()
    shares = ", ".join(
        f"{names.get(place, place)} {100 * share:.3g}%" for place, share in delivered.items()
    )
    start = f"less than {FAITHFUL:.0%} of the required walks were done by the rules [{shares}]"
    if mean <= 0:
        return (f"{start}: what is compared is a plan that was not carried out",)
    said = (f"{start}: what is compared is the plan as it was carried out, not as it was meant",)
    if not told:
        return said
    value, low, high = (each / mean for each in (estimate.value, estimate.low, estimate.high))
    return (
        *said,
        "with all required walks done, and if those not done moved nothing, the change would lie "
        f"further from zero [{value:+.3g}, from {low:+.3g} to {high:+.3g}]",
    )
