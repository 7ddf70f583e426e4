"""Which designs beside before and after suit one class: what lasted, who waited, what counts."""

from collections.abc import Callable, Iterator

import pandas as pd

from outcomes.analyses.follow_up import follow_ups
from outcomes.analyses.ordinal_change import ordinal_change
from outcomes.analyses.waitlist import waitlist
from outcomes.analyses.worth_having import worth_having
from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import Wave
from outcomes.stats.odds_change import MOST_LEVELS
from outcomes.study import Study

Design = Callable[..., list[Estimate]]


def further_designs(
    study: Study, pair: tuple[Wave, Wave], code: str, *, measures: pd.DataFrame
) -> Iterator[tuple[Design, dict[str, object]]]:
    """Name the designs that suit one class and measure, each with what it needs to know.

    Args:
        study: The study.
        pair: The waves of the class before and after.
        code: The measure.
        measures: The measures table: it tells which waves have answers, and how many levels.

    Yields:
        Ordered answers, where there are few different ones; each follow-up wave that has answers;
        people who waited for this class; and, for the plan's primary outcome, the change beside
        the smallest one worth having.
    """
    pre, post = pair
    labels = (pre.label, post.label)
    own = measures[measures["measure"] == code]
    if own.loc[own["period"].isin(labels), "value"].nunique() <= MOST_LEVELS:
        yield ordinal_change, {"waves": [labels]}
    there = set(own["period"])
    waves = [wave for wave in study.settings.waves if wave.respondents == "same people"]
    later = tuple(
        wave.label
        for wave in waves
        if wave.group == pre.group and wave.occasion == "follow-up" and wave.label in there
    )
    if later:
        yield follow_ups, {"waves": (*labels, later)}
    for waiting in _waiting(waves, pre.group):
        if there.issuperset(wave.label for wave in waiting):
            first, last = waiting
            yield (
                waitlist,
                {
                    "waves": (labels, (first.label, last.label)),
                    "by_lot": first.waits_by_lot and last.waits_by_lot,
                },
            )
    plan = study.settings.plan
    if plan and plan.smallest_effect is not None and plan.primary_outcome == code:
        smallest, best = plan.smallest_effect, best_score(study, pre, code)
        yield worth_having, {"waves": [labels], "smallest": smallest, "best": best}


def best_score(study: Study, wave: Wave, code: str) -> float | None:
    """Find the best score of a measure that the wave's survey allows; None without such a scale."""
    instrument = wave_instrument(study, wave.label)
    for name, scale in instrument.scales.items():
        if scale.measure == code:
            low, high = instrument.score_range(name)
            return float(low if find(code).direction == "lower better" else high)
    return None


def _waiting(waves: list[Wave], group: str) -> Iterator[tuple[Wave, Wave]]:
    """Find the groups that waited for this one, each with its waves before and after."""
    own = [wave for wave in waves if wave.waits_for == group]
    for name in dict.fromkeys(wave.group for wave in own):
        by = {wave.occasion: wave for wave in own if wave.group == name}
        if "pre" in by and "post" in by:
            yield by["pre"], by["post"]
