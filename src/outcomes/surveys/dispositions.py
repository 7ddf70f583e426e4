"""Dispositions: what became of each code card that was handed out for a wave, in AAPOR's terms."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from outcomes.errors import DataError
from outcomes.stats.response_rates import DISPOSITIONS
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.merged import Merged
from outcomes.surveys.parts import Occasion

_BEST_FIRST = ("I", "P", "R", "O", "NC")  # which counts where a card has several forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is on record of one form that was begun with a card."""

    respondent: str  # keyed hash of the card's code
    finished: bool
    answered: int  # of the items that decide between partial and broken off
    taken_back: bool = False  # by the respondent
    erased: bool = False  # by staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """What became of the cards of a wave."""

    counts: Mapping[str, int]  # of each disposition, all of them named
    printed: int
    issued: int  # handed out: the sample
    without_card: int  # forms that bear no card of this group: outside the sample
    erased: int  # forms that staff erased


def deciding_items(instrument: Instrument, occasion: Occasion | None = None) -> tuple[str, ...]:
    """List the items of which half must be answered for a partial interview.

    They are the scored ones that are asked on this occasion; where nothing is scored, all that
    somebody answers.
    """
    scored = set(scored_items(instrument))
    return tuple(
        item.name
        for item in instrument.items
        if item.asked
        and (item.name in scored or not scored)
        and (not item.waves or occasion is None or occasion in item.waves)
    )


def case_of(
    merged: Merged,
    *,
    respondent: str,
    deciding: Sequence[str],
    missing: Collection[str],
    staff: str,
) -> Case:
    """Say what a form on record comes to.

    Args:
        merged: The form.
        respondent: The keyed hash of its card.
        deciding: From ``deciding_items``.
        missing: Codes that mean no answer.
        staff: Who erased it; "" where nobody of staff did.
    """
    given = (merged.answers.get(name, "") for name in deciding)
    return Case(
        respondent=respondent,
        finished=merged.finished,
        answered=sum(bool(answer) and answer not in missing for answer in given),
        taken_back=merged.withdrawn and not staff,
        erased=merged.withdrawn and bool(staff),
    )


def disposition(case: Case, *, deciding: int) -> str:
    """Say under which of AAPOR's dispositions a begun form falls.

    Finished is complete (I). Begun with at least half of the deciding items is partial (P), with
    fewer a break-off, which AAPOR counts with the refusals (R); so is a form that the respondent
    took back. A form that staff erased is an eligible case without an interview (O).

    Args:
        case: What is on record.
        deciding: How many items decide.

    Source:
        AAPOR (2023), Standard Definitions, 10th edition: the limits between complete, partial and
        break-off are to be set and told beforehand.
    """
    if case.erased:
        return "O"
    if case.taken_back:
        return "R"
    if case.finished:
        return "I"
    return "P" if deciding and 2 * case.answered >= deciding else "R"


def fieldwork(
    cases: Iterable[Case], cards: Collection[str], *, deciding: int, issued: int | None = None
) -> Fieldwork:
    """Count what became of every card.

    Args:
        cases: Forms that were begun, replaced ones left out.
        cards: Keyed hashes of the cards that were printed.
        deciding: How many items decide between partial and broken off.
        issued: How many cards were handed out; None: all that were printed.

    Raises:
        DataError: More were handed out than printed, or fewer than came back.
    """
    best: dict[str, str] = {}
    strangers, erased = 0, 0
    for case in cases:
        if case.respondent not in cards:
            strangers += not (case.taken_back or case.erased)
            continue
        erased += case.erased
        found = disposition(case, deciding=deciding)
        before = best.get(case.respondent, "NC")
        best[case.respondent] = min(before, found, key=_BEST_FIRST.index)
    sample = len(cards) if issued is None else issued
    if not len(best) <= sample <= len(cards):
        raise DataError(
            f"{sample} cards cannot have been handed out: {len(cards)} were printed, and "
            f"{len(best)} were used. Say a number between the two"
        )
    counts = Counter(best.values())
    counts["NC"] = sample - len(best)
    return Fieldwork(
        counts={code: counts.get(code, 0) for code in DISPOSITIONS},
        printed=len(cards),
        issued=sample,
        without_card=strangers,
        erased=erased,
    )
