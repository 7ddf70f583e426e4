"""A SurveyJS form (JSON) as an instrument, with a report of what became of each part."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.surveys.exchange import surveyjs_translation
from outcomes.surveys.exchange.draft_instrument import finish
from outcomes.surveys.exchange.form_draft import Draft, Head, legal_name, lost_condition
from outcomes.surveys.exchange.formulas import NotTranslatable, both
from outcomes.surveys.exchange.mapping import FormImport
from outcomes.surveys.exchange.surveyjs_answers import Answer
from outcomes.surveys.exchange.surveyjs_checks import validators
from outcomes.surveys.exchange.surveyjs_form import (
    Form,
    Json,
    Later,
    dicts,
    drop,
    texts,
    when_shown,
)
from outcomes.surveys.exchange.surveyjs_grids import matrix_items, several_texts
from outcomes.surveys.exchange.surveyjs_properties import report_properties, report_survey
from outcomes.surveys.exchange.surveyjs_questions import question_items

_WRAPPERS = ("jsonContent", "content", "json", "survey", "surveyJson", "definition")
_INSIDE = ("pages", "elements", "questions")
_DEEPEST = 30  # panels in panels
_CONSTANT = re.compile(r"\b(true|false)\(\)")
_CONSTANT_THERE = re.compile(r"true|false", re.IGNORECASE)
_NEVER = "it is never shown to respondents"


def read_surveyjs(path: Path, *, keep_going: bool = False) -> FormImport:
    """Read a form made with SurveyJS.

    Pages and panels become groups, a matrix a grid of questions, ``visibleIf`` and ``enableIf``
    become ``relevant``. A question whose condition cannot be said here is an error: it must not be
    shown to everybody.

    Args:
        path: The JSON, alone or inside the record of the program that keeps it.
        keep_going: Give the instrument although there are errors. Where a condition was lost,
            its text stands in ``relevant`` so that ``outcomes survey check`` refuses it.

    Raises:
        FileError: The file cannot be read or holds no SurveyJS form.
    """
    record = _read(path)
    survey, wrapper = _unwrap(path, record)
    language = survey.get("locale")
    draft = Draft(
        tool="SurveyJS", language=language if isinstance(language, str) and language else "en"
    )
    form = Form(draft=draft)
    for template in dicts(survey.get("questionTemplates")):
        form.templates[str(template.get("name"))] = template
    report_survey(draft, survey, wrapper=wrapper)
    draft.reserved = {legal_name(name).lower() for name in _question_names(survey)}
    pages = survey.get("pages")
    if not isinstance(pages, list):
        pages = [{"elements": survey.get("elements") or survey.get("questions") or []}]
    for number, page in enumerate(pages, start=1):
        if not isinstance(page, dict):
            draft.error(f"page {number}", "it is no page but something else; the file is damaged")
            continue
        _group(form, page, inside="", place=f"page {number}", fallback=f"page_{number}", depth=1)
    _calculated_values(form, survey)
    _translate(form)
    return finish(
        draft,
        path=path,
        head=_head(form, survey, wrapper=wrapper, path=path),
        keep_going=keep_going,
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError:
        problem = "this is no file that can be read" if path.exists() else "there is no such file"
        raise FileError(path, "", problem, "Check the name") from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise FileError(
            path,
            f"line {line}" if line else "",
            "this is not JSON",
            "Export the form from SurveyJS again",
        ) from None


def is_surveyjs(record: object) -> bool:
    """Say whether JSON holds a SurveyJS form, alone or inside another record."""
    return _inner(record) is not None


def _inner(record: object) -> dict[str, Any] | None:
    if not isinstance(record, dict):
        return None
    if any(isinstance(record.get(key), list) for key in _INSIDE):
        return record
    for key in _WRAPPERS:
        inner = record.get(key)
        if isinstance(inner, str):
            try:
                inner = json.loads(inner)
            except (ValueError, RecursionError):
                continue
        if isinstance(inner, dict) and any(isinstance(inner.get(each), list) for each in _INSIDE):
            return inner
    return None


def _unwrap(path: Path, record: object) -> tuple[dict[str, Any], Json]:
    inner = _inner(record)
    if inner is None:
        raise FileError(
            path,
            "",
            "this JSON holds no SurveyJS form: it has no pages and no elements",
            "Export the form's JSON from SurveyJS",
        )
    return inner, record if inner is not record and isinstance(record, dict) else {}


def _head(form: Form, survey: Json, *, wrapper: Json, path: Path) -> Head:
    name = wrapper.get("stableId") or wrapper.get("id") or path.stem
    title = texts(form, survey.get("title")) or texts(form, wrapper.get("name"))
    return Head(
        id=str(name),
        version=str(wrapper.get("version") or "1"),
        title=title or texts(form, path.stem),
        notice=texts(form, survey.get("description")),
        thanks=texts(form, survey.get("completedHtml")),
    )


def _group(form: Form, part: Json, *, inside: str, place: str, fallback: str, depth: int) -> None:
    """Add a page or a panel and what stands in it."""
    draft = form.draft
    if part.get("visible") is False and not part.get("visibleIf"):
        _drop_all(form, part, why=_NEVER, place=place)
        return
    if depth > _DEEPEST:
        draft.error(place, "panels stand in panels deeper than any form needs")
        return
    name = draft.new_name(
        str(part.get("name") or fallback), fallback=fallback.rpartition("_")[0], made_up=True
    )
    group: dict[str, Any] = {"label": texts(form, part.get("title")), "group": inside}
    draft.groups[name] = group
    draft.mapped(place, f"group {name}")
    report_properties(draft, part, place=place)
    when_shown(form, part, group, place=place)
    elements = part.get("elements") or part.get("questions") or []
    if not isinstance(elements, list):
        draft.error(place, "its elements are no list; the file is damaged")
        elements = []
    for number, element in enumerate(elements, start=1):
        if not isinstance(element, dict):
            draft.error(f"{place}, element {number}", "it is no question; the file is damaged")
        elif str(element.get("type")) in {"panel", "flowpanel"}:
            title = element.get("name") or f"panel {number}"
            _group(
                form,
                element,
                inside=name,
                place=f"{place}, {title}",
                fallback=f"{fallback}_{number}",
                depth=depth + 1,
            )
        else:
            _question(form, element, inside=name, place=place, fallback=f"{fallback}_q{number}")


def _question_names(survey: Json) -> Iterator[str]:
    """Go through the names of all questions, so that no group or row takes one of them."""
    waiting = [survey]
    while waiting:
        part = waiting.pop()
        for key in _INSIDE:
            waiting += dicts(part.get(key))
        name = part.get("name")
        if isinstance(name, str) and not any(isinstance(part.get(key), list) for key in _INSIDE):
            yield name


def _drop_all(form: Form, part: Json, *, why: str, place: str) -> None:
    """Leave out a page, a panel or a repeated panel with all that stands in it."""
    waiting, count = [part], 0
    while waiting:
        for key in ("elements", "questions", "templateElements"):
            for element in dicts(waiting[0].get(key)):
                waiting.append(element)
                name = str(element.get("name") or "")
                form.draft.dropped(f"{place}, question {name}", why)
                form.draft.lost[name] = why
                count += 1
        waiting.pop(0)
    form.draft.dropped(place, f"{why} ({count} parts stand in it)")


def _question(form: Form, given: Json, *, inside: str, place: str, fallback: str) -> None:
    """Add a question, or say why not."""
    draft = form.draft
    template = form.templates.get(str(given.get("questionTemplateName")), {})
    question = {**template, **given}
    name = str(question.get("name") or fallback)
    where = f"{place}, question {name}"
    if question.get("visible") is False and not question.get("visibleIf"):
        drop(form, name, place=where, why=_NEVER)
        return
    if question.get("type") == "paneldynamic":
        form.draft.lost[name] = "questions that repeat have no counterpart here"
        _drop_all(form, question, why=form.draft.lost[name], place=where)
        return
    before = len(draft.items)
    if question.get("type") == "matrix":
        became = matrix_items(form, question, name=name, place=where, inside=inside)
    elif question.get("type") == "multipletext":
        became = several_texts(form, question, name=name, place=where, inside=inside)
    else:
        became = question_items(form, question, name=name, place=where)
        for item in draft.items[before:]:
            item["group"] = inside
            when_shown(form, question, item, place=where)
    if not became:
        return
    draft.mapped(where, became)
    report_properties(draft, question, place=where)
    for item in draft.items[before : before + 1]:
        validators(form, question, item, place=where)


def _calculated_values(form: Form, survey: Json) -> None:
    for value in dicts(survey.get("calculatedValues")):
        name, expression = str(value.get("name") or ""), value.get("expression")
        place = f"calculated value {name}"
        if not name or not isinstance(expression, str) or not expression.strip():
            drop(form, name, place=place, why="it has no name or no expression")
            continue
        truth = False
        with suppress(NotTranslatable):  # reported where it is translated
            truth = surveyjs_translation.is_truth(expression)
        item: dict[str, Any] = {"name": form.draft.new_name(name), "type": "calculate"}
        codes = {"true": "yes", "false": "no"} if truth else {}
        form.known[name] = Answer(
            name=item["name"], kind="yes or no" if truth else "number", codes=codes
        )
        form.draft.items.append(item)
        form.later.append(Later(part=item, key="calculation", expression=expression, place=place))
        form.draft.mapped(place, f"calculate {item['name']}")


def _translate(form: Form) -> None:
    """Translate every expression, now that all questions are known."""
    small = {name.lower(): answer for name, answer in form.known.items()}

    def find(name: str) -> Answer:
        asked = name.removeprefix("#").strip()
        answer = form.known.get(asked) or small.get(asked.lower())
        if answer is None and asked.endswith(".length"):
            whole = find(asked.removesuffix(".length"))
            if whole.kind == "many":
                return Answer(name=whole.name, kind="number", counted=True)
        if answer is None:
            raise NotTranslatable(_unknown(form, asked))
        return answer

    for each in form.later:
        try:
            say = (
                surveyjs_translation.value
                if each.key == "calculation"
                else surveyjs_translation.condition
            )
            said = say(each.expression, find)
        except NotTranslatable as error:
            form.draft.error(
                each.place,
                f"{error}, in: {each.expression}. Change the condition, or write it by hand",
            )
            said = lost_condition(each.expression)
        each.part[each.key] = both(each.part.get(each.key, ""), said)
        if _CONSTANT.search(said) and not _CONSTANT_THERE.search(each.expression):
            form.draft.dropped(
                each.place,
                f"a part of it is always or never true, as in SurveyJS: {each.expression}",
            )


def _unknown(form: Form, name: str) -> str:
    for asked in (name, name.partition(".")[0]):
        if asked in form.draft.lost:
            return f"{{{name}}} is not here: {form.draft.lost[asked]}"
    return f"{{{name}}} is no question of this form"
