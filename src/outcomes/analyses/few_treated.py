"""One to three treated places: did they change more than chance makes untreated places change?"""

from dataclasses import replace

import numpy as np

from outcomes.analyses.few_treated_beside import mixed_controls, naive_counts
from outcomes.analyses.few_treated_grid import Few, few_places
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.inference_choice import FEWEST, InferenceChoice, choose_inference
from outcomes.stats.log_ratio_change import collapsed_t_p, log_ratio_change, log_ratios
from outcomes.stats.permutation import is_exact, permutation_p
from outcomes.stats.step_change import StepChange, step_change
from outcomes.stats.wording import drift_or_change, refused

FEW_BEFORE = 12  # periods before the start below which the result says so
FEW_EVENTS = 5  # in all, before or after, below which a place's ratio means little
ALIKE = "without the engagement, both kinds of place would have changed alike on average"
BY_A_FACTOR = (
    "without the engagement, counts of both kinds of place would have changed by the same factor "
    "on average"
)
SWAPPED = "any of the places could as well have been the treated ones"


def few_treated(panel: PanelTable, *, level: float = 0.95, counts: bool = False) -> list[Estimate]:
    """Ask whether one to three treated places changed more than others do by chance.

    Args:
        panel: The outcome by place and period; all treated places start together. With
            ``exposure`` the outcome is taken for a count.
        level: Confidence level.
        counts: The outcome is a count: ratios lead, and what analysts usually compute from four
            counts is shown beside them, with its false alarms.

    Returns:
        First the change beyond the other places with a t interval, one change a place (it leads);
        then the same judged by swapping places; for counts the change in events; a synthetic
        control for each treated place and a synthetic difference, with placebo tests; and for
        counts the weighted displacement difference and the rate ratio. With fewer than five
        places only periods can tell: a step in one series leads, and there is no swapping.

    Raises:
        DataError: As ``few_places``; or cannot tell: with fewer than five places and fewer than
            16 periods, three on each side of the start, there is no test that holds.
    """
    few = few_places(panel, counts=counts)
    counted = few.counts is not None
    if len(few.values) < FEWEST:
        found = [_by_periods(few, level=level)]
    else:
        choice = choose_inference(
            design="did",
            treated=len(few.treated),
            untreated=len(few.others),
            periods=len(panel.periods),
            counts=counted,
            level=level,
        )
        found = _by_places(few, choice, level=level)
        found += mixed_controls(few, level=level)
    if counted:
        found += naive_counts(few, level=level)
    return [_signed(one, few) for one in found]


def _by_places(few: Few, choice: InferenceChoice, *, level: float) -> list[Estimate]:
    """Judge one change a place: by t, by swapping places, and for counts in events too."""
    difference = collapsed_change(
        few.change(), few.chosen, term=_term(few), unit=_unit(few), level=level
    )
    difference = replace(
        difference,
        p=collapsed_t_p(difference),
        method=f"difference of changes collapsed by place, t({difference.n - 2})",
        warnings=(*choice.warnings, *_warnings(few)),
    )
    if few.counts is None:
        return [difference, _swapped(few, difference, few.change(), choice)]
    before, after, exposed, later = few.totals()
    names = [*few.treated, *few.others]
    if none := [name for name, total in zip(names, before + after, strict=True) if not total]:
        raise DataError(
            f"{', '.join(none)}: no {few.panel.unit} at all, before or after the start, so no "
            "ratio exists; leave it out and say so, or compare differences (counts off)"
        )
    ratios = log_ratios(before, after, exposure_before=exposed, exposure_after=later)
    ratio = log_ratio_change(
        ratios, few.chosen, term=_term(few), unit=_counted_unit(few), level=level
    )
    ratio = replace(ratio, warnings=difference.warnings)
    in_events = replace(difference, term=f"{_term(few)}, in {few.panel.unit}")
    return [ratio, _swapped(few, ratio, ratios, choice), in_events]


def _swapped(few: Few, led: Estimate, changes: np.ndarray, choice: InferenceChoice) -> Estimate:
    """Judge the same by swapping places alone: nothing about how changes are spread is assumed."""
    exact = is_exact(treated=len(few.treated), untreated=len(few.others))
    warnings = list(_warnings(few))
    if not choice.can_reach:
        warnings.insert(0, _cannot(choice.smallest_p, level=led.level, what="swapping places"))
    return replace(
        led,
        term=f"{_term(few)}, judged by swapping places",
        p=permutation_p(changes, few.chosen),
        method=f"{'exact' if exact else 'sampled'} permutation over places, limits of "
        f"t({led.n - 2})",
        assumptions=(SWAPPED,),
        warnings=tuple(warnings),
    )


def _by_periods(few: Few, *, level: float) -> Estimate:
    """Compare the levels of one series: all that is left where places are too few to swap."""
    known = np.asarray(np.isfinite(few.values).all(axis=0))
    times = np.flatnonzero(known) + 1.0
    own, rest = few.values[few.chosen][:, known], few.values[~few.chosen][:, known]
    series = own.mean(axis=0) - rest.mean(axis=0)
    noise = _counting_error(few, known)
    try:
        step = step_change(series, times=times, start=few.before + 1, noise=noise, level=level)
    except DataError as reason:
        raise DataError(
            f"{len(few.treated)} against {len(few.others)} places are too few to swap, so only "
            f"{few.panel.when}s could tell: {reason}. Or {FEWEST} places at least would be needed"
        ) from reason
    found = Estimate(
        term=f"{_term(few)}, judged by {few.panel.when}s alone",
        value=step.value,
        se=step.se,
        low=step.low,
        high=step.high,
        level=level,
        p=step.p,
        n=len(few.values),
        unit=_unit(few),
        method=f"step of one series of {times.size} {few.panel.when}s, AR(1) errors by REML (phi "
        f"{step.phi:.2f}, judged at {step.judged_at:.2f}), simulated critical values"
        + (" with counting error" if noise else ""),
        assumptions=(
            ALIKE,
            "without the engagement, the distance between both would have moved around one level, "
            "each period's error hanging together with the one before",
        ),
        warnings=(
            f"{len(few.treated)} against {len(few.others)} places are too few to see how far they "
            f"drift apart by chance, so this rests on {few.panel.when}s alone: whatever else "
            "happened in one of them after the start counts as its change",
            *_warnings(few),
        ),
    )
    return _unless_drift(found, step, few, periods=times.size)


def _unless_drift(found: Estimate, step: StepChange, few: Few, *, periods: int) -> Estimate:
    """Refuse a step that is clear only by how periods hang together beside it."""
    if step.without is None:
        return found
    reason = drift_or_change(
        periods=periods,
        when=few.panel.when,
        beside=max(step.phi, 0.0),
        without=step.without,
        needed=f"{FEWEST} places at least",
    )
    return refused(found, reason)


def _counting_error(few: Few, known: np.ndarray) -> float:
    """The variance that one period's distance has because events are counted; 0 if they are not."""
    if few.counts is None:
        return 0.0
    events, exposed = few.counts[:, known], few.exposure[:, known]
    own = events / exposed**2 * float(np.nanmean(few.exposure[few.chosen])) ** 2
    sides = (own[few.chosen], own[~few.chosen])
    return float(sum(side.sum(axis=0).mean() / len(side) ** 2 for side in sides))


def _cannot(least: float, *, level: float, what: str) -> str:
    return (
        f"cannot tell by {what}: the smallest p it can reach here is {least:.3f}, above "
        f"{1 - level:.2g}, however clear the difference"
    )


def _warnings(few: Few) -> tuple[str, ...]:
    """Say what in these data speaks against the comparison, whatever the method."""
    found, when = [], few.panel.when
    if few.before < FEW_BEFORE:
        found.append(
            f"only {few.before} {when}s before the start: a place chosen when it was at a peak "
            "would have fallen back anyway, and so short a time cannot show it"
        )
    if few.missing:
        found.append(f"{few.missing} values of places were not reported and are missing, not zero")
    if few.counts is not None:
        before, after, *_ = few.totals()
        rare = int((np.minimum(before, after) < FEW_EVENTS).sum())
        if rare:
            found.append(
                f"{rare} places have fewer than {FEW_EVENTS} events in all before, or after, the "
                "start, so their ratios are little more than chance"
            )
    return tuple(found)


def _term(few: Few) -> str:
    return f"{few.panel.name}: change of {few.place} beyond the others"


def _counted_unit(few: Few) -> str:
    return few.panel.unit if few.panel.exposure is None else f"{few.panel.unit} for its exposure"


def _unit(few: Few) -> str:
    unit = f"{few.panel.unit} a {few.panel.when} in each {few.panel.whole}"
    return unit if few.panel.exposure is None else f"{unit}, at the treated places' exposure"


def _signed(one: Estimate, few: Few) -> Estimate:
    return replace(
        one,
        analysis="few treated",
        measure=few.panel.measure,
        place=one.place or few.place,
        period=few.period,
        dropped=one.dropped or few.missing,
    )
