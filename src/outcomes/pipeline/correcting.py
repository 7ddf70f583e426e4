"""Corrections: an answer is changed by a new row with editor and reason; the first one stays."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from outcomes.errors import DataError, one_of
from outcomes.store.submissions import FINISHING, WITHDRAWN, Stored, Submission, read_submissions
from outcomes.study import Study
from outcomes.surveys.double_entry import keyed_answer
from outcomes.surveys.flow import state
from outcomes.surveys.instrument import Instrument, content_hash, item_named
from outcomes.surveys.keyed_codes import receipt_of, sealed_digest
from outcomes.surveys.merged import Merged, merged_answers
from outcomes.surveys.parts import Occasion

_SHORTEST_REASON = 10  # letters, in two words at least
SHORT = 8  # characters of an instance that tell a person's form from others in a list


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """One form in the list of a wave: nothing of what was answered."""

    instance: str
    place: str
    way: str
    day: str  # finished, or the newest part
    finished: bool
    corrected: int

    @property
    def short(self) -> str:
        """The beginning of its number, as lists show it."""
        return self.instance[:SHORT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item that a correction changed."""

    item: str
    old: str
    new: str
    editor: str
    reason: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What somebody wants to change, and why."""

    item: str
    new: str  # as it is stored, or its short code; "" takes the answer out
    reason: str
    editor: str
    day: date


def forms_of_wave(study: Study, wave: str) -> list[FormLine]:
    """List the forms of a wave in the order in which they were begun; those taken back are out."""
    parts: dict[str, list[Stored]] = defaultdict(list)
    for part in read_submissions(study.store, wave):
        parts[part.instance].append(part)
    return [_line(own) for own in parts.values() if not any(part.part == WITHDRAWN for part in own)]


def form_of_receipt(study: Study, wave: str, receipt: str, *, key: bytes) -> FormLine:
    """Find the form that a receipt was given for.

    Raises:
        DataError: No form of this wave has it.
    """
    typed = _plain(receipt)
    for line in forms_of_wave(study, wave):
        if typed and _plain(receipt_of(key, line.instance)) == typed:
            return line
    raise DataError(
        f"no form of the wave {wave} has this receipt. Compare it letter by letter; it begins with "
        "R. Perhaps it belongs to another wave, or the form was taken back"
    )


def form_of_number(study: Study, wave: str, number: str) -> FormLine:
    """Find a form by its number, or by the beginning of it.

    Raises:
        DataError: None begins so, or several do.
    """
    typed = number.strip().lower()
    found = [line for line in forms_of_wave(study, wave) if line.instance.startswith(typed)]
    if len(found) != 1 or not typed:
        many = "several forms begin" if typed and found else "no form begins"
        raise DataError(f"{many} with {number!r} in the wave {wave}. Take it from the list")
    return found[0]


def history(instrument: Instrument, parts: Sequence[Stored]) -> list[Change]:
    """List what corrections changed in a form, oldest first, each with what stood before."""
    first = [part for part in parts if part.part != "correction"]
    known = dict(merged_answers(instrument, first).given)
    changes = []
    for part in parts:
        if part.part != "correction":
            continue
        for item, new in json.loads(part.body)["answers"].items():
            changes.append(
                Change(
                    item=item,
                    old=known.get(item, ""),
                    new=new,
                    editor=part.editor,
                    reason=part.reason,
                    day=part.day,
                )
            )
            known[item] = new
    return changes


def correction_of(
    instrument: Instrument,
    parts: Sequence[Stored],
    *,
    correction: Correction,
    key: bytes,
    occasion: Occasion | None = None,
) -> Submission:
    """Write a correction of one answer as the submission that it becomes, if the form accepts it.

    Args:
        instrument: What was asked.
        parts: Of the form, from ``parts_of``.
        correction: What is to be changed, by whom and why.
        key: The study key.
        occasion: Of the wave.

    Raises:
        DataError: The form is not finished, the question was not asked of this person, the answer
            cannot stand or is what stands already, or the reason is missing.

    Source:
        Issue 4, 7: corrections are new rows with reason and editor.
    """
    merged = merged_answers(instrument, parts, occasion=occasion)
    _require_finished(merged)
    value = _checked(instrument, merged, correction=correction, occasion=occasion)
    _require_reason(correction.reason)
    body = json.dumps({"answers": {correction.item: value}}, ensure_ascii=False)
    end = next(part for part in reversed(parts) if part.part in FINISHING)
    sent = {name: getattr(end, name) for name in Submission.__dataclass_fields__}
    seal = f"correction/{end.instance}/{body}/{correction.reason}".encode()
    return replace(
        Submission(**sent),
        part="correction",
        body=body,
        digest=sealed_digest(key, seal),
        instrument=instrument.id,
        instrument_version=instrument.version,
        instrument_hash=content_hash(instrument),
        day=correction.day.isoformat(),
        seconds=None,
        editor=correction.editor,
        reason=" ".join(correction.reason.split()),
    )


def _line(parts: Sequence[Stored]) -> FormLine:
    end = next((part for part in parts if part.part in FINISHING), None)
    shown = end or parts[-1]
    return FormLine(
        instance=shown.instance,
        place=shown.place,
        way=shown.way,
        day=shown.day,
        finished=end is not None,
        corrected=sum(part.part == "correction" for part in parts),
    )


def _plain(receipt: str) -> str:
    """Read a receipt as a person may have written it down: 0 for O, 1 for I and L."""
    letters = "".join(letter for letter in receipt.upper() if letter.isalnum())
    return letters.translate(str.maketrans("OIL", "011"))


def _require_finished(merged: Merged) -> None:
    if merged.withdrawn:
        raise DataError("this person took the form back. Nothing of it can be changed")
    if not merged.finished:
        raise DataError(
            "this form was not finished, so it does not count. Nothing needs correcting"
        )


def _checked(
    instrument: Instrument,
    merged: Merged,
    *,
    correction: Correction,
    occasion: Occasion | None,
) -> str:
    item = correction.item
    asked = [each.name for each in instrument.items if each.asked]
    if item not in asked:
        raise DataError(f"{instrument.id} asks no question {item!r}. {one_of(item, asked)}")
    keyed = keyed_answer(instrument, item_named(instrument, item), correction.new)
    if keyed.problem:
        raise DataError(f"{item}: {keyed.problem}")
    if keyed.value == merged.given.get(item, ""):
        raise DataError(f"{item}: this is what stands there already. Nothing was changed")
    answered = date.fromisoformat(merged.day)  # when today() in a condition was worked out
    changed = {**merged.given, item: keyed.value}
    standing = state(instrument, changed, occasion=occasion, today=answered).items[item]
    if not standing.shown and keyed.value:
        raise DataError(
            f"{item}: this question was not asked of this person, given the other answers. Correct "
            "the answer that it depends on first"
        )
    if not standing.valid:
        raise DataError(f"{item}: {standing.message}")
    return keyed.value


def _require_reason(reason: str) -> None:
    words = reason.split()
    if len(words) < 2 or len(" ".join(words)) < _SHORTEST_REASON:
        raise DataError(
            "the reason is missing or too short. Say in a few words how you know, such as "
            "'keyed from the wrong row of the sheet'"
        )
