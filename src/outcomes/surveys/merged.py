"""Merged answers: the parts of one form, as they arrived, put together into what counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from outcomes.errors import DataError
from outcomes.store.submissions import FINISHING, REPLACED, WITHDRAWN, Stored
from outcomes.surveys.flow import State, state
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One respondent's form as it stands."""

    instance: str  # "" where nothing was sent yet
    respondent: str  # keyed hash of the code
    place: str  # where it was finished, or else started
    way: str  # web, kiosk, tablet, paper: how it was finished, or else started
    language: str  # of the newest part
    day: str  # of the end, or of the newest part
    answers: Mapping[str, str]  # those that count, by item: given to items that are shown
    given: Mapping[str, str]  # all that was given to items of the instrument, hidden ones too
    code: Mapping[str, str]  # elements of a self-made code, hashed
    skipped: frozenset[str]  # items that the respondent preferred not to answer
    other: Mapping[str, str]  # answers to what is no item of this version of the instrument
    standing: State  # what is shown, required and valid, given these answers
    finished: bool
    withdrawn: bool  # the respondent took it back: nothing of it counts
    replaced: bool  # another form stands in its place (an edit on a tablet): nothing of it counts
    corrected: int  # how many corrections were made
    set_aside: int  # parts that came after a form was finished and do not count


def merged_answers(
    instrument: Instrument, parts: Sequence[Stored], *, occasion: Occasion | None = None
) -> Merged:
    """Put the parts of one form together.

    The newest version of each page counts, in the order of arrival; a whole form stands instead of
    pages sent before it; corrections come last. What came in after the form was finished, or after
    the respondent took it back, does not count; nor does a form that another one replaced.

    Args:
        instrument: What was asked.
        parts: Of one instance, as ``parts_of`` gives them; none: nothing was sent yet.
        occasion: Items that are asked on other occasions only are hidden.

    Raises:
        DataError: The parts are of several forms, or one is not as this program writes it.

    Source:
        Issue 4, 6 and 7.
    """
    if len({one.instance for one in parts}) > 1:
        raise DataError("these parts are of several forms; merge those of one form at a time")
    items = {item.name for item in instrument.items}
    ordered = sorted(parts, key=lambda one: one.id)
    names = {one.part for one in ordered}
    kept = _Kept() if names & {WITHDRAWN, REPLACED} else _kept(ordered)
    put = _put_together((*kept.sent, *kept.corrections))
    known = {name: put.answers[name] for name in put.answers if name in items}
    about = kept.end or next(iter(kept.sent or ordered), None)
    newest = kept.end or next(reversed(kept.sent), None)
    today = date.fromisoformat(newest.day) if newest else None
    standing = state(instrument, known, occasion=occasion, today=today)
    return Merged(
        instance=about.instance if about else "",
        respondent=about.respondent if about else "",
        place=about.place if about else "",
        way=about.way if about else "",
        language=newest.language if newest else "",
        day=newest.day if newest else "",
        answers=standing.answers_that_count,
        given=known,
        code=put.code,
        skipped=frozenset(put.skipped & items),
        other={name: answer for name, answer in put.answers.items() if name not in items},
        standing=standing,
        finished=kept.end is not None,
        withdrawn=WITHDRAWN in names,
        replaced=REPLACED in names,
        corrected=len(kept.corrections),
        set_aside=kept.set_aside,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The parts that count."""

    sent: tuple[Stored, ...] = ()  # the newest version of each, in the order of arrival
    end: Stored | None = None  # the one that finished the form
    corrections: tuple[Stored, ...] = ()
    set_aside: int = 0


def _kept(ordered: Sequence[Stored]) -> _Kept:
    corrections = tuple(one for one in ordered if one.part == "correction")
    sent: dict[str, Stored] = {}
    end: Stored | None = None
    set_aside = 0
    for one in ordered:
        if one.part == "correction":
            continue
        if end is not None:
            set_aside += one.part != "start"  # opened once more, with nothing in it
            continue
        if one.part == "form":
            sent.clear()  # it holds the whole form
        sent.pop(one.part, None)
        sent[one.part] = one
        if one.part in FINISHING:
            end = one
    return _Kept(sent=tuple(sent.values()), end=end, corrections=corrections, set_aside=set_aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    """What stands in the bodies, put together."""

    answers: dict[str, str]
    code: dict[str, str]
    skipped: set[str]


def _put_together(parts: Sequence[Stored]) -> _Put:
    put = _Put(answers={}, code={}, skipped=set())
    for one in parts:
        body = _body(one)
        answers = {**body.get("other", {}), **body.get("answers", {})}
        put.answers.update(answers)
        put.code.update({name: seal for name, seal in body.get("code", {}).items() if seal})
        put.skipped.difference_update(name for name, answer in answers.items() if answer)
        put.skipped.update(body.get("skipped", ()))
    return put


def _body(part: Stored) -> dict[str, Any]:
    try:
        body = json.loads(part.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise DataError(
            f"the store, submission {part.id} ({part.part}): this is not as outcomes writes it. "
            "Put the store back from its copy"
        )
    return body
