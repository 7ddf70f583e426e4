"""What speaks against a comparison of places that start at different times, in plain words."""

from collections.abc import Sequence
from dataclasses import replace

from outcomes.analyses.staggered_grid import Grid
from outcomes.analyses.threats_of_cause import AS_BEFORE, drift_told
from outcomes.estimate import Estimate
from outcomes.stats.cohort_panel import NEVER
from outcomes.stats.group_time_effects import Comparison, GroupTimes
from outcomes.stats.staggered_drift import StaggeredDrift
from outcomes.stats.wording import CANNOT_TELL, direction

FEW_BEFORE = 12  # periods before the start below which the result says so
FEW_IN_COHORT = 10  # treated, or comparison, places below which one spread serves for all
PARALLEL = (
    "without the engagement, places that start early, late or never would have changed alike on "
    "average"
)
NO_FORESIGHT = (
    "no place changed before its own start because it expected it, nor through the start of "
    "another place"
)


def when_in_words(at: float, *, word: str) -> str:
    """Say how long before or after the start something was: "3 months after the start"."""
    if at == 0:
        return f"the {word} of the start"
    count = abs(round(at))
    return f"{count} {word}{'' if count == 1 else 's'} {'before' if at < 0 else 'after'} the start"


def moved_before(found: Sequence[Estimate], *, level: float) -> list[str]:
    """Say whether places had moved apart before their start; that none did proves little.

    Args:
        found: The changes by time since the start, checks before it among them.
        level: Confidence level of their common band.
    """
    checks = [one for one in found if one.period.endswith("before the start")]
    if not checks:
        return [
            "nothing before the starts could be checked: two periods before one are needed, in "
            "which the outcome moves"
        ]
    worst = min(checks, key=lambda one: 1.0 if one.p is None else one.p)
    if worst.p is not None and worst.p <= 1 - level:
        return [
            f"places had moved apart before their start ({worst.period}: {worst.value:+.3g}): "
            "what follows may be the same movement going on, or a start that was expected"
        ]
    return []


def with_drift(overall: Estimate, drift: StaggeredDrift | None) -> Estimate:
    """Say with a change that is told up to which drift it stands (Rambachan & Roth 2023).

    Args:
        overall: The overall change, with its warnings.
        drift: At what pace places moved before their start; None where no half-times can tell.
    """
    if drift is None or direction(overall) == CANNOT_TELL:
        return overall
    times = drift.largest(level=overall.level)
    said = drift_told(times, of="places that start")
    if times < AS_BEFORE:
        return replace(overall, warnings=(*overall.warnings, said))
    return replace(overall, assumptions=(*overall.assumptions, said))


def design_warnings(grid: Grid, effects: GroupTimes, *, comparison: Comparison) -> list[str]:
    """Say what in the dates of the starts speaks against the comparison.

    Args:
        grid: The places and periods used.
        effects: Who could be compared when.
        comparison: With whom places were compared.
    """
    panel, found = grid.panel, []
    starting = panel.starts[panel.starts < NEVER]
    before = int((panel.times < starting[0]).sum())
    if before < FEW_BEFORE:
        found.append(
            f"only {before} {grid.word}s before the first start: places chosen when they were at "
            "a peak would have fallen back anyway, and so short a time cannot show it"
        )
    if effects.lost:
        latest = int((effects.period[effects.after]).max())
        found.append(
            f"after the {grid.word} {grid.labels[latest]} no place that had not started was left "
            "to compare with, so what came later does not count"
        )
    alone = int((panel.sizes[panel.starts < NEVER] == 1).sum())
    if alone:
        found.append(
            f"{alone} starting dates have one place only, so what is seen then may be that "
            "place's own doing"
        )
    if len(starting) == 1:
        found.append("all places that start do so together, so no two starts can be compared")
    never = int(panel.sizes[panel.starts == NEVER].sum())
    if comparison == "never treated" and never < FEW_IN_COHORT:
        found.append(
            f"only {never} places never start, which is few to stand for all: compare with "
            "places that have not started yet"
        )
    return found
