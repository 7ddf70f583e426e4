"""A SurveyJS form on its way to an instrument: its parts, texts, lists and pending expressions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.form_draft import Draft, legal_code
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.surveyjs_answers import Answer, AnswerKind
from outcomes.surveys.parts import Texts

Json = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Later:
    """An expression that is translated once every question is known."""

    part: dict[str, Any]  # of the draft: an item or a group
    key: str  # "relevant", "constraint", "calculation"
    expression: str  # as SurveyJS has it
    place: str


@dataclass(slots=True, kw_only=True)
class Form:
    """A SurveyJS form on its way: the draft, the names it knows, what is still to translate."""

    draft: Draft
    known: dict[str, Answer] = field(default_factory=dict)
    later: list[Later] = field(default_factory=list)
    templates: dict[str, Json] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by question


def texts(form: Form, value: object) -> Texts:
    """Take a text of SurveyJS, in one language or several, without its HTML."""
    given = value if isinstance(value, dict) else {form.draft.language: value}
    found = {}
    for language, text in given.items():
        if isinstance(text, (str, int, float)) and not isinstance(text, bool):
            words = plain_text(str(text)) if "<" in str(text) or "&" in str(text) else str(text)
            if words.strip():
                found[form.draft.language if language == "default" else language] = words.strip()
    return found


def languages(form: Form, *given: Texts) -> list[str]:
    """List the languages that a question's own texts are in."""
    return list(dict.fromkeys(of for each in given for of in each)) or [form.draft.language]


def drop(form: Form, name: str, *, place: str, why: str) -> str:
    """Leave a question out, and remember why for the conditions that ask about it."""
    form.draft.dropped(place, why)
    form.draft.lost[name] = why
    return ""


def add_item(
    form: Form,
    question: Json,
    *,
    name: str,
    type: str,
    kind: AnswerKind,
    codes: Mapping[str, str] | None = None,
    asked_as: str = "",
) -> dict[str, Any]:
    """Add one item, and make known to conditions what it is.

    Args:
        form: The form on its way.
        question: As SurveyJS has it.
        name: What it should be called here.
        type: Of the item.
        kind: What conditions may do with its answer.
        codes: Values of the choices there, each with its name here.
        asked_as: How conditions call it, where that is not its name: ``matrix.row``.
    """
    item: dict[str, Any] = {
        "name": form.draft.new_name(name, made_up=bool(asked_as)),
        "type": type,
        "label": texts(form, question.get("title")) or texts(form, name),
        "hint": texts(form, question.get("description")),
        "required": question.get("isRequired") is True,
    }
    if type == "text":
        item["privacy"] = "free text"
    form.draft.items.append(item)
    answer = Answer(name=item["name"], kind=kind, codes=codes or {})
    for each in (asked_as or name, question.get("valueName")):
        if isinstance(each, str) and each:
            form.known[each] = answer
    if item["name"] != name:
        form.draft.mapped(
            f"question {asked_as or name}, name", item["name"], why="renamed; not allowed here"
        )
    return item


def add_list(form: Form, values: object, *, name: str, place: str) -> tuple[str, dict[str, str]]:
    """Keep a list of choices; gives its name and, for each value there, the code here."""
    listed: list[dict[str, Any]] = []
    codes: dict[str, str] = {}
    for given in values if isinstance(values, list) else []:
        part = given if isinstance(given, dict) else {"value": given}
        value = written(part.get("value", part.get("text")))
        code = legal_code(value)
        if not value or any(choice["name"] == code for choice in listed):
            why = "its value stands in the list already" if value else "it has no value"
            form.draft.dropped(f"{place}, choice {value!r}", why)
            continue
        if code != value:
            form.draft.mapped(
                f"{place}, choice {value!r}", code, why="renamed; no blanks or quotes"
            )
        for key in ("visibleIf", "enableIf"):
            if part.get(key):
                form.draft.dropped(f"{place}, choice {value!r}, {key}", "every choice is offered")
        codes[value] = code
        listed.append({"name": code, "label": texts(form, part.get("text")) or texts(form, value)})
    form.lists[name] = listed
    return (form.draft.add_choices(f"{legal_code(name)}", listed) if listed else ""), codes


def written(value: object) -> str:
    """Write a value of JSON as text, as SurveyJS stores it; empty for lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def when_shown(form: Form, part: Json, target: dict[str, Any], *, place: str) -> None:
    """Note the conditions of a part, to be translated at the end."""
    for key in ("visibleIf", "enableIf"):
        expression = part.get(key)
        if isinstance(expression, str) and expression.strip():
            form.later.append(
                Later(part=target, key="relevant", expression=expression, place=f"{place}, {key}")
            )


def dicts(values: object) -> Iterator[dict[str, Any]]:
    """Go through what is a JSON object in a list; anything else is passed over."""
    yield from (
        (each for each in values if isinstance(each, dict)) if isinstance(values, list) else ()
    )
