"""The types of field that REDCap has, as types of item with their choices and limits."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    Texts,
    add_choices,
    complete,
    later,
    own_word,
    report,
)
from outcomes.surveys.exchange.formulas import NotTranslatable
from outcomes.surveys.exchange.redcap_logic import Fields, value

Row = dict[str, str]


FIXED = {
    "yesno": (("1", "yes"), ("0", "no")),
    "truefalse": (("1", "true"), ("0", "false")),
}


@dataclass(slots=True, kw_only=True)
class Dictionary:
    """One data dictionary while it is read."""

    form: Assembly
    fields: Fields = field(default_factory=dict)
    form_name: str = ""  # the REDCap form that is being read
    page: str = ""  # the group of that form
    section: str = ""
    matrix: tuple[str, str] = ("", "")  # its name in REDCap, and the group here


def type_of(dictionary: Dictionary, row: Row, *, part: str) -> dict[str, Any]:
    """Say the type and what goes with it; empty where its choices are malformed."""
    kind = row["type"].lower()
    if kind in {"radio", "dropdown", "checkbox", *FIXED}:
        return _select(dictionary, row, part=part)
    if kind == "slider":
        return _slider(dictionary, row, part=part)
    if kind == "text":
        return _written(dictionary, row, part=part)
    return dict(PLAIN[kind])


PLAIN: dict[str, dict[str, Any]] = {
    "notes": {"type": "text", "appearance": "multiline", "privacy": "free text"},
    "calc": {"type": "calculate", "calculation": "''"},
    "descriptive": {"type": "note"},
}


def _select(dictionary: Dictionary, row: Row, *, part: str) -> dict[str, Any]:
    form, kind = dictionary.form, row["type"].lower()
    if kind in FIXED:
        choices = [(code, own_word(form, word)) for code, word in FIXED[kind]]
    else:
        choices = _choices(dictionary, row, part=part)
    if not choices:
        return {}
    wanted = kind if kind in FIXED else row["name"] or "choices"
    listed, codes = add_choices(form, wanted, choices, part=part)
    if not listed:
        return {}
    report(form, f"{part}, {len(choices)} choices", "mapped", became=listed)
    if kind == "checkbox":
        return {"type": f"select_multiple {listed}", "_boxes": codes}
    minimal = {"appearance": "minimal"} if kind == "dropdown" else {}
    return {"type": f"select_one {listed}", **minimal}


def _choices(dictionary: Dictionary, row: Row, *, part: str) -> list[tuple[str, Texts]]:
    found: list[tuple[str, Texts]] = []
    for written in row["choices"].split("|"):
        if not written.strip():
            continue
        code, comma, label = written.partition(",")
        if not comma or not code.strip():
            report(
                dictionary.form,
                f"{part}, choice {written.strip()!r}",
                "error",
                why="a choice is written: code, label. Separate choices with |",
            )
            continue
        where = f"{part}, choice {code.strip()}"
        texts = complete(dictionary.form, {"en": label}, part=where, instead=code.strip())
        found.append((code.strip(), texts))
    if not found:
        why = "it has no choices; write them as: 1, Yes | 2, No"
        report(dictionary.form, f"{part}, choices", "error", why=why)
    return found


def _slider(dictionary: Dictionary, row: Row, *, part: str) -> dict[str, Any]:
    ends = " ... ".join(each.strip() for each in row["choices"].split("|") if each.strip())
    hint = complete(dictionary.form, {"en": ends or row["note"]}, part=f"{part}, slider labels")
    low, high = ((row[key] if re.fullmatch(r"-?\d+", row[key]) else "") for key in ("min", "max"))
    constraint = f". >= {low or 0} and . <= {high or 100}"
    message = own_word(dictionary.form, "check")
    return {
        "type": "integer",
        "hint": hint,
        "constraint": constraint,
        "constraint_message": message,
    }


def _written(dictionary: Dictionary, row: Row, *, part: str) -> dict[str, Any]:
    rule = row["validation"].lower()
    if rule == "integer":
        return {"type": "integer"}
    if rule.startswith("number"):
        return {"type": "decimal"}
    if rule.startswith("date"):
        if rule.startswith("datetime"):
            why = "dates have no time of day here"
            report(dictionary.form, f"{part}, time of day", "dropped by rule", why=why)
        return {"type": "date"}
    if rule:
        why = "only numbers and dates are checked; write a constraint for others"
        report(dictionary.form, f"{part}, validation {rule}", "dropped by rule", why=why)
    return {"type": "text", "privacy": "free text"}


def add_limits(dictionary: Dictionary, row: Row, *, item: dict[str, Any], part: str) -> None:
    """Add the lowest and the highest value that may be answered."""
    date = item["type"] == "date"
    for key, sign in (("min", ">="), ("max", "<=")):
        if row[key]:
            later(
                dictionary.form,
                item,
                "constraint",
                part=f"{part}, {key} {row[key]}",
                write=partial(_limit, row[key], sign, fields=dictionary.fields, date=date),
            )


def _limit(limit: str, sign: str, *, fields: Fields, date: bool) -> str:
    if re.fullmatch(r"-?\d+([.,]\d+)?", limit) and not date:
        return f". {sign} {limit.replace(',', '.')}"
    if date and re.fullmatch(r"\d{4}-\d\d-\d\d.*", limit):
        return f". {sign} date('{limit[:10]}')"
    if date and limit.lower() in {"today", "now"}:
        return f". {sign} today()"
    if limit.startswith("["):
        said = value(limit, fields)
        return f"{said} = '' or . {sign} {said}"
    raise NotTranslatable(f"the limit {limit!r} is not understood")
