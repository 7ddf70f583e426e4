"""Questions of SurveyJS that are several items here: a matrix, and several short texts."""

from typing import Any

from outcomes.surveys.exchange.surveyjs_checks import validators
from outcomes.surveys.exchange.surveyjs_form import (
    Form,
    Json,
    add_item,
    add_list,
    dicts,
    drop,
    texts,
    when_shown,
)
from outcomes.surveys.exchange.surveyjs_questions import text_items


def matrix_items(form: Form, question: Json, *, name: str, place: str, inside: str) -> str:
    """Add a grid: a group with one question for each row."""
    rows, columns = question.get("rows"), question.get("columns")
    if not (isinstance(rows, list) and rows and isinstance(columns, list) and columns):
        return drop(form, name, place=place, why="the matrix has no rows or no columns")
    listed, codes = add_list(form, columns, name=name, place=place)
    if not listed:
        return drop(form, name, place=place, why="no column of the matrix has a value")
    many = question.get("cellType") == "checkbox"
    group_name = form.draft.new_name(name)
    group: dict[str, Any] = {
        "label": texts(form, question.get("title")),
        "appearance": "" if many else "matrix",
        "group": inside,
    }
    form.draft.groups[group_name] = group
    when_shown(form, question, group, place=place)
    required = question.get("isAllRowRequired") is True or question.get("eachRowRequired") is True
    for number, given in enumerate(rows, start=1):
        row = given if isinstance(given, dict) else {"value": given}
        value = str(row.get("value", number))
        item = add_item(
            form,
            {"title": row.get("text") or value, "isRequired": required},
            name=f"{name}_{value}",
            type=f"select_{'multiple' if many else 'one'} {listed}",
            kind="many" if many else "one",
            codes=codes,
            asked_as=f"{name}.{value}",
        )
        item["group"] = group_name
        when_shown(form, row, item, place=f"{place}, row {value}")
    form.draft.lost[name] = "it is a matrix; conditions can ask about one row of it"
    return f"group {group_name} with {len(rows)} items"


def several_texts(form: Form, question: Json, *, name: str, place: str, inside: str) -> str:
    """Add a question with several written answers as a group of items."""
    parts = list(dicts(question.get("items")))
    if not parts:
        return drop(form, name, place=place, why="it has no fields")
    group_name = form.draft.new_name(name)
    group: dict[str, Any] = {"label": texts(form, question.get("title")), "group": inside}
    form.draft.groups[group_name] = group
    when_shown(form, question, group, place=place)
    for number, part in enumerate(parts, start=1):
        value = str(part.get("name") or number)
        before = len(form.draft.items)
        inner = {"title": value, **part, "type": "text"}
        text_items(
            form,
            inner,
            name=f"{name}_{value}",
            place=f"{place}, field {value}",
            asked_as=f"{name}.{value}",
        )
        for item in form.draft.items[before:]:
            item["group"] = group_name
            validators(form, part, item, place=f"{place}, field {value}")
    form.draft.lost[name] = "it has several fields; conditions can ask about one of them"
    return f"group {group_name} with {len(parts)} items"
