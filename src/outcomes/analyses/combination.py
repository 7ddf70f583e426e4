"""Several outcomes of the same places together: no single measure decides (D15)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.holm import holm
from outcomes.stats.permutation import smallest_p
from outcomes.stats.summary_index import SummaryIndex, summary_index
from outcomes.stats.westfall_young import westfall_young
from outcomes.stats.wording import CANNOT_TELL, direction

Adjustment = Literal["holm", "westfall-young"]
ANALYSIS = "combination"
INDEX = "summary index of the outcomes whose good direction is known"
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def combination(
    panels: Sequence[PanelTable],
    *,
    others: Sequence[Estimate] = (),
    adjustment: Adjustment = "holm",
    level: float = 0.95,
) -> list[Estimate]:
    """Test the outcomes of a family together, and combine them into one index.

    Args:
        panels: One an outcome, with the same places and one common start.
        others: Outcomes of the family that were compared in another way, such as answers of
            residents, each with its p.
        adjustment: ``"holm"``, or ``"westfall-young"``: the clearest outcome of each assignment
            of places that could have been. The latter cannot hold for ``others``, so that Holm
            is used where there are any, and said.
        level: Confidence level.

    Returns:
        The summary index first, where two outcomes or more have a known good direction (recorded
        crime and complaints have none and never enter). Then each outcome with the p that allows
        for the others. The first one says in its warnings how far the outcomes agree.

    Raises:
        DataError: Fewer than two outcomes, places or starts that differ, nothing before or after
            the start, too few places, or an outcome without a p.
    """
    if len(panels) + len(others) < 2:
        raise DataError("a family of outcomes has two or more; this one is tested by itself")
    if any(each.p is None for each in others):
        raise DataError("an outcome without a test cannot be tested together with others")
    _same_places(panels)
    changes = [_change(panel) for panel in panels]
    single = [
        *(
            _single(panel, change, level=level)
            for panel, change in zip(panels, changes, strict=True)
        ),
        *others,
    ]
    young = adjustment == "westfall-young" and not others
    if young:
        chosen = np.isin(panels[0].places, panels[0].treated)
        adjusted = westfall_young(np.array(changes), chosen)
    else:
        adjusted = holm([1.0 if each.p is None else each.p for each in single])
    notes: tuple[str, ...] = ()
    if adjustment == "westfall-young" and others:
        notes = ("some outcomes were compared in another way, so Holm stands for Westfall-Young",)
    family = [
        _adjusted(each, float(p), many=len(single), young=young, notes=notes)
        for each, p in zip(single, adjusted, strict=True)
    ]
    index, why = _index(panels, level=level)
    found = [*index, *family]
    said = (agreement(family), *_out_of_reach(panels, many=len(family), young=young, level=level))
    said = (*said, *why)
    return [replace(found[0], warnings=(*said, *found[0].warnings)), *found[1:]]


def agreement(estimates: Sequence[Estimate]) -> str:
    """Say in words how far outcomes agree: how many moved the hoped-for way, and how many not.

    Outcomes whose rise can be good or bad news are counted by themselves, never as good or bad.
    """
    hoped = other = mixed = open_ = 0
    count = _word(len(estimates))
    for each in estimates:
        seen, known = direction(each), MEASURES.get(each.measure)
        if seen == CANNOT_TELL:
            open_ += 1
        elif known is None or known.direction == "ambiguous":
            mixed += 1
        elif (seen == "rose") == (known.direction == "higher better"):
            hoped += 1
        else:
            other += 1
    parts = [
        f"{'all' if number == len(estimates) else _word(number)} {words}"
        for number, words in (
            (hoped, "moved the hoped-for way"),
            (other, "moved the other way"),
            (mixed, "moved in a way that can be good or bad news"),
            (open_, "cannot be told"),
        )
        if number
    ]
    if open_ == len(estimates):
        return f"of {count} outcomes tested together, none can be told"
    told = f"of {count} outcomes tested together, {', '.join(parts)}"
    return f"{told}: they disagree, so none of them answers alone" if hoped and other else told


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _same_places(panels: Sequence[PanelTable]) -> None:
    for panel in panels:
        if panel.places != panels[0].places or panel.start != panels[0].start:
            raise DataError("outcomes tested together need the same places with the same starts")
        if len(set(panel.start.values())) != 1:
            raise DataError(
                "cannot tell: outcomes are tested together where all places start at one time, "
                f"and here there are {len(set(panel.start.values()))} starts"
            )


def _before(panel: PanelTable) -> np.ndarray:
    start = next(iter(panel.start.values()))
    return np.array([period < start for period in panel.periods])


def _change(panel: PanelTable, grid: np.ndarray | None = None) -> np.ndarray:
    before = _before(panel)
    if before.all() or not before.any():
        raise DataError(f"{panel.name} has no period before the start, or none after")
    values = panel.outcome.to_numpy(dtype=float) if grid is None else grid
    table = pd.DataFrame(values)
    change: np.ndarray = (
        table.loc[:, ~before].mean(axis=1) - table.loc[:, before].mean(axis=1)
    ).to_numpy()
    if np.isnan(change).any():
        where = ", ".join(np.array(panel.places)[np.isnan(change)])
        raise DataError(f"{panel.name} has no period before, or none after, in {where}")
    return change


def _single(panel: PanelTable, change: np.ndarray, *, level: float) -> Estimate:
    estimate = collapsed_change(
        change,
        np.isin(panel.places, panel.treated),
        term=f"{panel.name}: change of treated places beyond the others",
        unit=f"{panel.unit} a {panel.when} in each {panel.whole}",
        level=level,
    )
    missing = int(panel.outcome.isna().to_numpy().sum())
    period = f"{panel.periods[0]} to {panel.periods[-1]}"
    return replace(estimate, measure=panel.measure, period=period, dropped=missing)


def _adjusted(
    estimate: Estimate, p: float, *, many: int, young: bool, notes: tuple[str, ...]
) -> Estimate:
    name = "Westfall-Young" if young else "Holm"
    return replace(
        estimate,
        term=f"{estimate.term}, tested together with {_word(many - 1)} more",
        p=p,
        method=f"{estimate.method}, allowing for {many} outcomes by {name}",
        warnings=(*notes, *estimate.warnings),
        analysis=ANALYSIS,
    )


def _out_of_reach(
    panels: Sequence[PanelTable], *, many: int, young: bool, level: float
) -> tuple[str, ...]:
    """Say so where allowing for so many outcomes leaves no p that is small enough."""
    if young or not panels:
        return ()
    treated, untreated = len(panels[0].treated), len(panels[0].untreated)
    least = smallest_p(treated=treated, untreated=untreated)
    if least > 1 - level + 1e-9 or many * least <= 1 - level + 1e-9:
        return ()
    return (
        f"allowing for {many} outcomes by Holm, the smallest p that {treated} against {untreated} "
        f"places can reach is {many * least:.3f}, so that no change of any size could be told here "
        f"(Westfall-Young can reach {least:.3f})",
    )


def _index(panels: Sequence[PanelTable], *, level: float) -> tuple[list[Estimate], tuple[str, ...]]:
    """Combine the outcomes whose good direction is known; say why where that cannot be."""
    known = {
        panel.measure: MEASURES[panel.measure].direction
        for panel in panels
        if panel.measure in MEASURES and MEASURES[panel.measure].direction != "ambiguous"
    }
    kept = [panel for panel in panels if panel.measure in known]
    left = [panel.name for panel in panels if panel.measure not in known]
    if len(kept) < 2:
        return [], ("no summary index, for fewer than two counts have a known good direction",)
    signs = [1 if known[panel.measure] == "higher better" else -1 for panel in kept]
    grids = np.array([panel.outcome.to_numpy(dtype=float) for panel in kept])
    try:
        index = summary_index(grids, before=_before(kept[0]), better=signs)
        estimate = _of_index(kept, index, left=left, level=level)
    except DataError as error:
        return [], (f"no summary index: {error}",)
    return [estimate], ()


def _of_index(
    panels: Sequence[PanelTable], index: SummaryIndex, *, left: Sequence[str], level: float
) -> Estimate:
    first = panels[0]
    estimate = collapsed_change(
        _change(first, index.values),
        np.isin(first.places, first.treated),
        term=f"{INDEX}: change of treated places beyond the others, higher is better",
        unit="SD",
        level=level,
    )
    shares = ", ".join(
        f"{panel.name} {100 * weight:.0f}%"
        for panel, weight in zip(panels, index.weights, strict=True)
    )
    how = "equal weights" if index.equal else "inverse-covariance weights"
    warnings = [f"weights in the index: {shares}"]
    if left:
        warnings.append(
            f"left out of the index, for a rise can be good or bad news: {', '.join(left)}"
        )
    if index.equal:
        warnings.append("too few months before the start to weigh the outcomes, so all weigh alike")
    return replace(
        estimate,
        method=f"index with {how} from before the start, {estimate.method}",
        warnings=(*estimate.warnings, *warnings),
        analysis=ANALYSIS,
        period=f"{first.periods[0]} to {first.periods[-1]}",
    )
