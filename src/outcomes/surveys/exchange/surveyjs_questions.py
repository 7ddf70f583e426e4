"""One question of SurveyJS as items here: its type, choices, rows, checks and texts."""

from collections.abc import Callable, Mapping
from typing import Any

from outcomes.surveys.exchange.form_draft import legal_code
from outcomes.surveys.exchange.formulas import quoted
from outcomes.surveys.exchange.language_names import (
    NONE,
    NOT_KNOWN,
    REFUSED,
    added_text,
    added_word,
)
from outcomes.surveys.exchange.surveyjs_answers import AnswerKind
from outcomes.surveys.exchange.surveyjs_checks import check, limits
from outcomes.surveys.exchange.surveyjs_form import (
    Form,
    Json,
    Later,
    add_item,
    add_list,
    drop,
    languages,
    texts,
    written,
)

_ONE = ("radiogroup", "dropdown", "buttongroup")
_MANY = ("checkbox", "tagbox")
_NUMBERS = ("number", "range")
DROPPED = {
    "matrixdropdown": "a table of several questions a row has no counterpart here",
    "matrixdynamic": "rows that respondents add have no counterpart here",
    "paneldynamic": "questions that repeat have no counterpart here",
    "ranking": "putting choices in order has no counterpart here",
    "file": "files of respondents are not collected",
    "signaturepad": "a signature says who answered",
    "image": "pictures are not taken",
    "imagemap": "pictures are not taken",
}


def question_items(form: Form, question: Json, *, name: str, place: str) -> str:
    """Add the items of a question that is neither a panel nor a matrix.

    Args:
        form: The form on its way.
        question: As SurveyJS has it, with its template filled in.
        name: What SurveyJS calls it; expressions ask for this.
        place: Where it stands, for the report.

    Returns:
        What it became; empty where it was dropped, which is reported here.
    """
    kind = str(question.get("type"))
    make: dict[str, Callable[..., str]] = {
        **dict.fromkeys((*_ONE, *_MANY, "imagepicker", "rating"), _choice_question),
        "boolean": _boolean,
        "text": text_items,
        "comment": text_items,
        "slider": text_items,
        "html": _note,
        "expression": _calculation,
    }
    if kind not in make:
        return drop(form, name, place=place, why=DROPPED.get(kind) or _foreign(kind))
    return make[kind](form, question, name=name, place=place)


def _foreign(kind: str) -> str:
    return f"questions of the type {kind!r} belong to the program that made the form"


def _choice_question(form: Form, question: Json, *, name: str, place: str) -> str:
    many = question.get("type") in _MANY or question.get("multiSelect") is True
    values, exclusive = _values(form, question, place=place)
    listed, codes = add_list(form, values, name=name, place=place)
    if not listed:
        why = "it has no choices in the file"
        if question.get("choicesByUrl"):
            why = "its choices come from a web address"
        return drop(form, name, place=place, why=why)
    item = add_item(
        form,
        question,
        name=name,
        type=f"select_{'multiple' if many else 'one'} {listed}",
        kind="many" if many else "one",
        codes=codes,
    )
    if question.get("type") == "rating":
        item["appearance"] = "likert"
    if many:
        alone = [
            f"not(selected(., {quoted(legal_code(each))}) and count-selected(.) > 1)"
            for each in exclusive
        ]
        check(item, *alone)
        for key, sign in (("minSelectedChoices", ">="), ("maxSelectedChoices", "<=")):
            if isinstance(question.get(key), int) and question[key] > 0:
                check(item, f"count-selected(.) {sign} {question[key]}")
    became = f"{item['type']} {item['name']}"
    return became + _comments(form, question, name=name, item=item, codes=codes)


def _values(form: Form, question: Json, *, place: str) -> tuple[list[Any], list[str]]:
    """List the values of a question, and those that exclude all others."""
    if question.get("type") == "rating":
        return _rates(form, question), []
    values = list(question["choices"]) if isinstance(question.get("choices"), list) else []
    source = question.get("choicesFromQuestion")
    if isinstance(source, str) and not values:
        values = [
            {"value": each["name"], "text": each["label"]} for each in form.lists.get(source, [])
        ]
        if question.get("choicesFromQuestionMode", "all") != "all":
            form.draft.dropped(f"{place}, choicesFromQuestionMode", "every choice is offered")
    low, high = question.get("choicesMin"), question.get("choicesMax")
    if isinstance(low, int) and isinstance(high, int) and 0 <= high - low < 1000:
        step = question.get("choicesStep")
        values += list(range(low, high + 1, step if isinstance(step, int) and step > 0 else 1))
    given = languages(form, texts(form, question.get("title")))
    exclusive = []
    for shows, value, text, default in (
        (("showNoneItem", "hasNone"), "noneValue", "noneText", ("none", NONE)),
        (("showRefuseItem",), "refuseValue", "refuseText", ("refused", REFUSED)),
        (("showDontKnowItem",), "dontKnowValue", "dontKnowText", ("dontknow", NOT_KNOWN)),
    ):
        if any(question.get(each) is True for each in shows):
            code = str(question.get(value) or default[0])
            words = texts(form, question.get(text)) or added_text(default[1], given)
            values.append({"value": code, "text": words})
            exclusive.append(code)
    if _has_other(question):
        words = texts(form, question.get("otherText")) or added_word("other", given)
        values.append({"value": "other", "text": words})
    return values, exclusive


def _has_other(question: Json) -> bool:
    return any(question.get(each) is True for each in ("showOtherItem", "hasOther"))


def _rates(form: Form, question: Json) -> list[Any]:
    if isinstance(question.get("rateValues"), list) and question["rateValues"]:
        return list(question["rateValues"])
    low = question.get("rateMin", 1)
    count = question.get("rateCount")
    high = question.get("rateMax", low + count - 1 if isinstance(count, int) else 5)
    step = question.get("rateStep", 1)
    sound = all(isinstance(each, int) for each in (low, high, step)) and step > 0
    values = range(low, high + 1, step)[:100] if sound else range(1, 6)
    ends = {
        values[0]: texts(form, question.get("minRateDescription")),
        values[-1]: texts(form, question.get("maxRateDescription")),
    }
    return [
        {
            "value": each,
            "text": {of: f"{each} {text}" for of, text in ends.get(each, {}).items()} or str(each),
        }
        for each in values
    ]


def _comments(
    form: Form, question: Json, *, name: str, item: dict[str, Any], codes: Mapping[str, str]
) -> str:
    """Add the written answers that belong to a question with choices: other, and a comment."""
    became = ""
    given = languages(form, item["label"])
    for shown, ending, label in (
        (_has_other(question), "other", question.get("otherPlaceholder")),
        (
            question.get("showCommentArea", question.get("hasComment")) is True,
            "comment",
            question.get("commentText"),
        ),
    ):
        if not shown:
            continue
        word = "other_text" if ending == "other" else "comment"
        text = {"title": texts(form, label) or added_word(word, given)}
        asked_as = f"{name}-Comment" if f"{name}-Comment" not in form.known else f"{name}-{ending}"
        extra = add_item(
            form, text, name=f"{name}_{ending}", type="text", kind="text", asked_as=asked_as
        )
        if ending == "other":
            extra["relevant"] = f"selected(${{{item['name']}}}, {quoted(codes['other'])})"
        became += f", text {extra['name']}"
    return became


def _boolean(form: Form, question: Json, *, name: str, place: str) -> str:
    given = languages(form, texts(form, question.get("title")))
    listed = [
        {"name": code, "label": texts(form, question.get(key)) or added_word(code, given)}
        for code, key in (("yes", "labelTrue"), ("no", "labelFalse"))
    ]
    codes = {"true": "yes", "false": "no"}
    for key, code in (("valueTrue", "yes"), ("valueFalse", "no")):
        if key in question:
            codes[written(question[key])] = code
    form.lists[name] = listed
    listing = form.draft.add_choices("yes_no", listed)
    item = add_item(
        form, question, name=name, type=f"select_one {listing}", kind="yes or no", codes=codes
    )
    return f"{item['type']} {item['name']}"


def text_items(form: Form, question: Json, *, name: str, place: str, asked_as: str = "") -> str:
    """Add a question whose answer is written; gives what it became."""
    kind = "range" if question.get("type") == "slider" else str(question.get("inputType", "text"))
    types: dict[object, tuple[str, AnswerKind]] = {
        **dict.fromkeys(_NUMBERS, ("decimal", "number")),
        "date": ("date", "date"),
    }
    become, answer = types.get(kind, ("text", "text"))
    if become == "decimal" and isinstance(question.get("step"), int):
        become = "integer"
    item = add_item(form, question, name=name, type=become, kind=answer, asked_as=asked_as)
    if question.get("type") == "comment":
        item["appearance"] = "multiline"
    if kind in {"datetime", "datetime-local", "time", "month", "week"}:
        form.draft.dropped(f"{place}, inputType", f"a {kind} is written as text here")
    limits(item, question, kind=answer)
    return f"{become} {item['name']}"


def _note(form: Form, question: Json, *, name: str, place: str) -> str:
    words = texts(form, question.get("html"))
    if not words:
        return drop(form, name, place=place, why="it has no words to show, only layout or pictures")
    item = add_item(form, {"title": words}, name=name, type="note", kind="text")
    return f"note {item['name']}"


def _calculation(form: Form, question: Json, *, name: str, place: str) -> str:
    expression = question.get("expression")
    if not isinstance(expression, str) or not expression.strip():
        return drop(form, name, place=place, why="it shows the value of an expression but has none")
    item = add_item(form, question, name=name, type="calculate", kind="text")
    form.later.append(Later(part=item, key="calculation", expression=expression, place=place))
    return f"calculate {item['name']}"
