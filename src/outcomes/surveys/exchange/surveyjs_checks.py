"""What an answer must fulfil: limits and validators of SurveyJS as XLSForm constraints."""

from typing import Any

from outcomes.surveys.exchange.formulas import quoted
from outcomes.surveys.exchange.surveyjs_answers import AnswerKind
from outcomes.surveys.exchange.surveyjs_form import Form, Json, Later, dicts, texts, written


def validators(form: Form, question: Json, item: dict[str, Any], *, place: str) -> None:
    """Turn validators into the item's constraint."""
    for validator in dicts(question.get("validators")):
        kind = str(validator.get("type", "")).removesuffix("validator")
        where = f"{place}, validator {kind}"
        said = _validator(validator, kind, asked=item["type"])
        if kind == "expression" and isinstance(validator.get("expression"), str):
            form.later.append(
                Later(part=item, key="constraint", expression=validator["expression"], place=where)
            )
        elif said:
            check(item, *said)
        else:
            form.draft.dropped(where, "this check has no counterpart here")
            continue
        if text := texts(form, validator.get("text")):
            item.setdefault("constraint_message", text)
        form.draft.mapped(where, "constraint")


def _validator(validator: Json, kind: str, *, asked: str) -> list[str]:
    """Say a validator that needs no other answer as conditions on the answer."""
    measure = {
        "numeric": (".", "minValue", "maxValue"),
        "text": ("string-length(.)", "minLength", "maxLength"),
        "answercount": ("count-selected(.)", "minCount", "maxCount"),
    }
    if kind in measure:
        of, low, high = measure[kind]
        bounds = [(sign, str(validator.get(key))) for key, sign in ((low, ">="), (high, "<="))]
        said = [f"{of} {sign} {limit}" for sign, limit in bounds if is_number(limit)]
        if kind == "numeric" and asked == "text":
            said.insert(0, "regex(., '^-?[0-9]+([.][0-9]+)?$')")
        if kind == "text" and validator.get("allowDigits") is False:
            said.append("regex(., '^[^0-9]*$')")
        return [each for each in said if each != "string-length(.) <= 0"]
    if kind == "regex" and isinstance(validator.get("regex"), str):
        return [f"regex(., {quoted(validator['regex'])})"]
    if kind == "email":
        return ["regex(., '^[^@ ]+@[^@ ]+[.][^@ ]+$')"]
    return []


def limits(item: dict[str, Any], question: Json, *, kind: AnswerKind) -> None:
    """Add the smallest and the largest answer, and the longest text."""
    for key, sign in (("min", ">="), ("max", "<=")):
        limit = written(question.get(key))
        if kind == "number" and is_number(limit):
            check(item, f". {sign} {limit}")
        elif kind == "date" and len(limit) == 10 and limit[4:5] == "-":
            check(item, f". {sign} date({quoted(limit)})")
    longest = question.get("maxLength")
    if isinstance(longest, int) and longest > 0:
        check(item, f"string-length(.) <= {longest}")


def check(item: dict[str, Any], *conditions: str) -> None:
    """Add conditions to what an answer must fulfil."""
    said = [item["constraint"]] if item.get("constraint") else []
    if joined := " and ".join((*said, *conditions)):
        item["constraint"] = joined


def is_number(text: str) -> bool:
    """Say whether a text is a plain number."""
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()
