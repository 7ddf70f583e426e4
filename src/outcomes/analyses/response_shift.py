"""Another yardstick: what people say afterwards of how they were before (B5)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outcomes.analyses.prepost import partners, require_linked
from outcomes.errors import DataError
from outcomes.estimate import Estimate, without
from outcomes.measures import require_outcome
from outcomes.stats.paired import mean_change

YARDSTICK = "response shift"  # names of the analyses: the distance of the two answers leads
PLAIN, SEEN_BACK = "response shift, as answered", "response shift, seen afterwards"
NOT_A_PRETEST = (
    "looking back is no pretest: people wish to have learned something, and rate the past lower. "
    "It never stands in for the answer given before"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedBack:
    """The answers to one question, as given at the time, and as people look back on them."""

    question: str  # its words
    answers: pd.DataFrame  # true answers to it: ``unit``, ``period`` (the wave) and ``value``
    looking_back: pd.DataFrame  # of the time before, given in the wave after: the same columns


def response_shift(
    looked: LookedBack,
    measure: str,
    *,
    waves: tuple[str, str],
    group: str,
    links: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare how people rate their past self afterwards with what they answered then.

    Where the two differ, people may have come to judge by another yardstick in the class, and the
    plain change mixes that with what they learned. Answers that look back are a table of their
    own, and none of these estimates is part of any change of the scale.

    Args:
        looked: The answers to one question.
        measure: The registered outcome whose scale the question is in.
        waves: The wave before and the wave after.
        group: What the class is called.
        links: As in ``prepost``.
        level: Confidence level.

    Returns:
        For people with all three answers: looking back less the answer given before (it leads;
        below 0 where people afterwards think that they had been lower), the change of the same
        question as it was answered, and the change as they see it afterwards. The last less the
        one before it is the first with its sign turned.

    Raises:
        DataError: An answer that looks back carries another wave than the one after, somebody has
            two, fewer than two people have all three, or all differ by the same amount.

    Source:
        Howard (1980), Evaluation Review 4: 93-106.
    """
    registered = require_outcome(measure)
    three = _three(looked, about=registered.name, waves=waves, links=links)
    there = ~np.isnan(three).any(axis=1)
    require_linked(three[there][:, :2], about=registered.name)
    before, then, after = three[there].T
    about = f"{registered.name}, the question \u201c{looked.question}\u201d"

    def between(first: np.ndarray, second: np.ndarray, *, what: str, analysis: str) -> Estimate:
        found = mean_change(
            first, second, term=f"{about}: {what}, {group}", unit=registered.unit, level=level
        )
        return replace(
            found,
            dropped=int((~there).sum()),
            warnings=(*found.warnings, NOT_A_PRETEST),
            analysis=analysis,
            measure=measure,
            place=group,
            period=" to ".join(waves),
        )

    shift = between(
        before, then, what="looking back less what was answered before", analysis=YARDSTICK
    )
    shift = replace(shift, warnings=(*_reading(shift), *shift.warnings))
    beside = []
    for first, what, analysis in (
        (before, "change as it was answered", PLAIN),
        (then, "change as people see it afterwards", SEEN_BACK),
    ):
        try:
            beside.append(between(first, after, what=what, analysis=analysis))
        except DataError as reason:
            shift = without(shift, f"the {what}", reason)
    return [shift, *beside]


def _three(
    looked: LookedBack, *, about: str, waves: tuple[str, str], links: pd.DataFrame | None
) -> np.ndarray:
    """Put the answers before, looking back, and after of who looked back side by side, (n, 3)."""
    pre, post = waves
    back = looked.looking_back
    if strangers := sorted({str(wave) for wave in back["period"]} - {post}):
        raise DataError(
            f"{about}: answers that look back must come from the wave after, {post!r}; "
            f"some carry {strangers[0]!r}. An answer given before is a pretest"
        )
    if back["unit"].duplicated().any():
        raise DataError(f"{about}: somebody looked back twice in {post}")
    before, after = (_of_wave(looked.answers, wave) for wave in waves)
    was = {name: name for name in back["unit"]} if links is None else partners(links, pre, post)
    return np.array(
        [
            (before.get(was.get(who, ""), np.nan), then, after.get(who, np.nan))
            for who, then in zip(back["unit"], back["value"].astype(float), strict=True)
        ]
    ).reshape(-1, 3)


def _of_wave(answers: pd.DataFrame, wave: str) -> dict[str, float]:
    rows = answers[answers["period"] == wave]
    return dict(zip(rows["unit"], rows["value"].astype(float), strict=True))


def _reading(shift: Estimate) -> tuple[str, ...]:
    if shift.low <= 0 <= shift.high:
        return ()
    lower = shift.value < 0
    side, plain = ("lower", "too small") if lower else ("higher", "too large")
    return (
        f"people rate their past selves {side} than they did at the time, so the plain change may "
        f"be {plain} if their yardstick moved",
    )
