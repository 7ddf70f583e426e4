"""A change beside the smallest one worth having, which the plan names beforehand (D15)."""

from math import isfinite

import pandas as pd

from outcomes.analyses.prepost import prepost
from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.stats.equivalence import ALPHA, Verdict, Wanted, equivalence

WORTH = "worth having"  # name of the analysis
_WANTED: dict[str, Wanted] = {"higher better": "up", "lower better": "down", "ambiguous": "either"}
_WORDS: dict[Verdict, str] = {
    "worth having": "worth having",
    "worth avoiding": "as large as that, the way that is not wanted",
    "as good as no change": "as good as no change",
    "cannot tell": "cannot tell",
}


def beside_smallest(change: Estimate, *, smallest: float) -> Estimate:
    """Set a change of a registered measure against the smallest change worth having.

    Args:
        change: An estimate with a t interval and its measure named, from any design.
        smallest: In the unit of the change, above 0; named before the data were seen.

    Returns:
        The change with the interval of two one-sided tests at 5 % (90 %), and the larger p of the
        two: that of a change as large as the smallest one worth having, on the nearer side.
        Its term ends with the answer: worth having, as good as no change, or cannot tell.

    Raises:
        DataError: The measure is unknown, or the estimate has no symmetric t interval.

    Source:
        As ``equivalence``.
    """
    registered = find(change.measure)
    wanted = _WANTED[registered.direction]
    found = equivalence(change, smallest=smallest, wanted=wanted)
    words = _WORDS[found.verdict]
    if registered.direction == "ambiguous" and found.verdict == "worth having":
        words = "at least that large, and more can be good or bad news"
    t = f"t({found.df:.1f})" if isfinite(found.df) else "normal"
    return Estimate(
        term=(
            f"{change.term}, beside the smallest change worth having ({smallest:g} "
            f"{change.unit}): {words}"
        ),
        value=change.value,
        se=change.se,
        low=found.low,
        high=found.high,
        level=1 - 2 * ALPHA,
        p=found.p,
        n=change.n,
        dropped=change.dropped,
        unit=change.unit,
        method=f"two one-sided tests (TOST) at 5 %, {t}",
        assumptions=(
            *change.assumptions,
            "the smallest change worth having was named before the data were seen",
        ),
        warnings=(*_reading(change, smallest=smallest, verdict=found.verdict), *change.warnings),
        analysis=WORTH,
        measure=change.measure,
        place=change.place,
        period=change.period,
    )


def worth_having(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: list[tuple[str, str]],
    group: str,
    smallest: float,
    links: pd.DataFrame | None = None,
    best: float | None = None,
) -> list[Estimate]:
    """Set the change from before to after against the smallest change worth having.

    Args:
        measures: The measures table.
        measure: A registered outcome.
        waves: As in ``prepost``.
        group: As in ``prepost``.
        smallest: In the unit of the measure.
        links: As in ``prepost``.
        best: As in ``prepost``.

    Raises:
        DataError: As ``prepost`` and ``beside_smallest``.
    """
    change = prepost(measures, measure, waves=waves, group=group, links=links, best=best)[0]
    return [beside_smallest(change, smallest=smallest)]


def _reading(change: Estimate, *, smallest: float, verdict: Verdict) -> tuple[str, ...]:
    """Tell a change that is there but small from one that is not there."""
    if verdict == "as good as no change" and (change.low > 0 or change.high < 0):
        return ("there was a change, but a smaller one than the plan calls worth having",)
    if verdict == "cannot tell":
        reach = "and none" if change.low <= 0 <= change.high else "and a smaller one"
        return (
            f"the data fit a change of at least {smallest:g} {reach}, so more people are needed",
        )
    return ()
