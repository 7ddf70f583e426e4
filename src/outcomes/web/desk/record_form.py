"""A kind of engagement record as a form: what is asked, what was written, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from outcomes.engagement.record_kinds import BASE, RecordField, RecordKind
from outcomes.engagement.record_values import LONGEST, SEPARATOR, Wrong, cell_of
from outcomes.pipeline.engagement_records import Version
from outcomes.settings import AGENCY
from outcomes.study import Study
from outcomes.web.forms import Form

PREFIX = (
    "its-"  # before the names of a kind's fields, so that none is taken for another of the page
)
_INPUTS = {"count": "number", "date": "date", "time": "time"}
_HINTS = {
    "organisation": "Organisations or roles, never a person. Several stand apart by a semicolon.",
    "note": "No names, phones, plates or addresses.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the form."""

    name: str  # of the input
    label: str
    shape: str  # line, lines, select, boxes, radios
    type: str  # of a line: text, number, date, time
    hint: str
    needed: bool
    choices: tuple[tuple[str, str], ...]
    value: str
    chosen: tuple[str, ...]
    longest: int
    problem: str
    draft: str  # what a text might say instead


def questions(
    study: Study, kind: RecordKind, given: Mapping[str, str], wrong: Mapping[str, Wrong]
) -> list[Asked]:
    """Give the questions of a kind as the page shows them, the day and the place first."""
    asked = [_asked(field, given, wrong, name=field.name) for field in _base(study)]
    labels = _labels(study)
    asked = [_with_words(each, labels.get(each.name, {})) for each in asked]
    own = [_asked(field, given, wrong, name=f"{PREFIX}{field.name}") for field in kind.fields]
    return [*asked, *own]


def sent_values(form: Form, kind: RecordKind) -> dict[str, str]:
    """Read what a form holds, by field; several ticked boxes become one text."""
    given = {name: form.get(name, "").strip() for name in BASE}
    for field in kind.fields:
        texts = form.getlist(f"{PREFIX}{field.name}")
        given[field.name] = SEPARATOR.join(texts) if field.kind == "choices" else "".join(texts[:1])
    return given


def stored_values(one: Version) -> dict[str, str]:
    """Fill the form with a version of a record."""
    where = {"day": one.day, "place": one.place, "community": one.community}
    return where | {name: cell_of(value) for name, value in one.body.items()}


def in_words(study: Study, kind: RecordKind, one: Version) -> list[tuple[str, str]]:
    """Say a version of a record in words: what was asked, and the answer."""
    labels = _labels(study)
    lines = [("Where?", labels["place"].get(one.place, one.place))]
    if one.community:
        lines.append(("Community", labels["community"].get(one.community, one.community)))
    return [
        *lines,
        *(
            (field.label, cell_of(one.body[field.name]))
            for field in kind.fields
            if field.name in one.body
        ),
    ]


def summary(kind: RecordKind, one: Version) -> str:
    """Say a record in one line: its first few answers."""
    answers = [cell_of(one.body[field.name]) for field in kind.fields if field.name in one.body]
    text = ", ".join(answers[:3])
    return text if len(text) <= 120 else f"{text[:117]}..."


def _base(study: Study) -> list[RecordField]:
    places = (*study.place_codes(), AGENCY)
    fields = [
        RecordField(name="day", label="Which day?", kind="date", needed=True),
        RecordField(name="place", label="Where?", kind="choice", needed=True, choices=places),
    ]
    communities = tuple(each.code for each in study.settings.communities)
    if communities:
        label = "Which community is it about?"
        fields.append(
            RecordField(name="community", label=label, kind="choice", choices=communities)
        )
    return fields


def _labels(study: Study) -> dict[str, dict[str, str]]:
    """Say what the codes of places and communities stand for."""
    settings = study.settings
    places = {place.code: place.name for place in settings.places} | {AGENCY: "The whole agency"}
    return {"place": places, "community": {each.code: each.name for each in settings.communities}}


def _with_words(asked: Asked, words: Mapping[str, str]) -> Asked:
    named = tuple((value, words.get(value, label)) for value, label in asked.choices)
    return replace(asked, choices=named)


def _asked(
    field: RecordField, given: Mapping[str, str], wrong: Mapping[str, Wrong], *, name: str
) -> Asked:
    value, fault = given.get(field.name, ""), wrong.get(field.name)
    choices = field.choices or (("yes", "no") if field.kind == "yes or no" else ())
    shown = [(choice, choice) for choice in choices]
    shape = {"choice": "select", "choices": "boxes", "yes or no": "radios", "note": "lines"}
    if field.kind == "choice" or (field.kind == "yes or no" and not field.needed):
        shown.insert(0, ("", "choose one" if field.needed else "not said"))
    hints = (field.hint, _HINTS.get(field.kind, ""))
    return Asked(
        name=name,
        label=field.label,
        shape=shape.get(field.kind, "line"),
        type=_INPUTS.get(field.kind, "text"),
        hint=" ".join(hint for hint in hints if hint),
        needed=field.needed,
        choices=tuple(shown),
        value=value,
        chosen=tuple(piece.strip() for piece in value.split(SEPARATOR)),
        longest=LONGEST.get(field.kind, 0) * (20 if field.kind == "organisation" else 1),
        problem=str(fault) if fault else "",
        draft=fault.draft if fault else "",
    )
