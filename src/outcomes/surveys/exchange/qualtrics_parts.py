"""What all types of question of Qualtrics share: texts, lists, rows and limits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    Texts,
    add_choices,
    add_group,
    add_item,
    complete,
    free_name,
    own_word,
    report,
)
from outcomes.surveys.exchange.qualtrics_logic import Question, Questions, entries


@dataclass(slots=True, kw_only=True)
class Survey:
    """One survey while it is read."""

    form: Assembly
    language: str  # as Qualtrics calls the language of the texts themselves, such as EN
    questions: Questions = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Place:
    """Where a question stands, and what it becomes."""

    payload: Mapping[str, Any]
    known: Question
    part: str  # how the report calls it
    name: str  # what it is called here
    group: str
    label: Texts

    @property
    def selector(self) -> str:
        """The kind within the type, such as SAVR."""
        return str(self.payload.get("Selector"))

    @property
    def required(self) -> bool:
        """Whether an answer is forced."""
        return settings_of(self.payload).get("ForceResponse") == "ON"


def texts_of(survey: Survey, payload: Mapping[str, Any], *keys: str) -> dict[str, str]:
    """Read one text of a question in all languages, by the keys that lead to it."""
    found = {language_here(survey.language): _inside(payload, keys)}
    for language, translated in entries(payload.get("Language")):
        if isinstance(translated, Mapping):
            found.setdefault(language_here(language), _inside(translated, keys))
    return found


def language_here(language: str) -> str:
    """Write a language of Qualtrics (EN, ES-ES) as it is written here."""
    return language.strip().lower() or "en"


def _inside(value: Any, keys: Sequence[str]) -> str:
    for key in keys:
        value = dict(entries(value)).get(key, "")
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def settings_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read the rules about what may be answered."""
    return dict(entries(dict(entries(payload.get("Validation"))).get("Settings")))


def ordered(payload: Mapping[str, Any], what: str, order: str) -> list[tuple[str, Any]]:
    """List choices, rows or columns in the order in which they are shown."""
    found = dict(entries(payload.get(what)))
    wanted = [str(each) for _, each in entries(payload.get(order))]
    listed = [key for key in wanted if key in found] or list(found)
    return [(key, found[key]) for key in dict.fromkeys(listed)]


def add_list(
    survey: Survey, place: Place, what: str = "Choices", order: str = "ChoiceOrder"
) -> tuple[str, dict[str, str]]:
    """Add the list of choices; without any the name is empty."""
    listed = ordered(place.payload, what, order)
    recoded = dict(entries(place.payload.get("RecodeValues")))
    codes = {key: str(recoded.get(key, key)) for key, _ in listed}
    if len(set(codes.values())) < len(codes):
        why = "two choices have the same recode value; the numbers of the choices stand instead"
        report(survey.form, f"{place.part}, recode values", "dropped by rule", why=why)
        codes = {key: key for key, _ in listed}
    rows = [
        (
            codes[key],
            complete(
                survey.form,
                texts_of(survey, place.payload, what, key, "Display"),
                part=f"{place.part}, choice {key}",
                instead=codes[key],
            ),
        )
        for key, _ in listed
    ]
    if not rows:
        report(survey.form, place.part, "error", why="it has no choices; add them in Qualtrics")
        return "", {}
    name, named = add_choices(survey.form, place.name, rows, part=place.part)
    if not name:
        return "", {}
    report(survey.form, f"{place.part}, {len(rows)} choices", "mapped", became=name)
    return name, {key: named.get(code, code) for key, code in codes.items()}


def add_one(survey: Survey, place: Place, **keys: Any) -> dict[str, Any]:
    """Add a question that is one item."""
    asked = {} if keys["type"] == "note" else {"required": place.required}
    return add_item(
        survey.form, name=place.name, label=place.label, group=place.group, **asked, **keys
    )


def add_rows(survey: Survey, place: Place, keys: dict[str, Any]) -> dict[str, Any] | None:
    """Add one item for each row of a grid or each field of a form, in a group of their own."""
    listed = ordered(place.payload, "Choices", "ChoiceOrder")
    if not listed:
        report(survey.form, place.part, "error", why="it has no rows; add them in Qualtrics")
        return None
    look = "matrix" if keys["type"].startswith("select_one") else ""
    group = add_group(
        survey.form, place.name, label=place.label, group=place.group, appearance=look
    )
    tags = dict(entries(place.payload.get("ChoiceDataExportTags")))
    for key, _ in listed:
        part = f"{place.part}, row {key}"
        name = free_name(survey.form, str(tags.get(key) or f"{place.name}_{key}"), part=part)
        raw = texts_of(survey, place.payload, "Choices", key, "Display")
        label = complete(survey.form, raw, part=part, instead=name)
        add_item(
            survey.form, name=name, label=label, required=place.required, group=place.name, **keys
        )
        place.known.rows[key] = name
        report(survey.form, part, "mapped", became=name)
    return group


def limited(survey: Survey, item: dict[str, Any], *, low: Any, high: Any) -> dict[str, Any]:
    """Add the lowest and the highest number that may be answered."""
    said = [
        f". {sign} {limit}"
        for sign, limit in ((">=", low), ("<=", high))
        if re.fullmatch(r"-?\d+(\.\d+)?", str(limit).strip())
    ]
    if said:
        item["constraint"] = " and ".join(said)
        item["constraint_message"] = own_word(survey.form, "check")
    return item
