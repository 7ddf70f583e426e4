"""The types of question that LimeSurvey has, as items and groups of an instrument."""

from collections.abc import Callable
from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    Texts,
    add_choices,
    add_group,
    add_item,
    complete,
    free_name,
    later,
    own_word,
    report,
)
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.limesurvey_expressions import Symbol, equation
from outcomes.surveys.exchange.limesurvey_grids import (
    cells,
    dual_scale,
    grid,
    ranking,
    several_written,
)
from outcomes.surveys.exchange.limesurvey_parts import (
    OTHER,
    Lime,
    Place,
    add_limits,
    answer_symbol,
    fixed_list,
    know,
    lose,
    no_rows,
    other_label,
    own_list,
    row_label,
    rows_of,
)
from outcomes.surveys.exchange.limesurvey_tables import LimeQuestion

_DROPPED = {
    "|": "files are not collected, because they can show who answered",
    "I": "the language is chosen by the form itself",
}


def add_question(lime: Lime, question: LimeQuestion, *, group: str) -> list[dict[str, Any]]:
    """Add the items of one question.

    Returns:
        What carries its condition (one item or a group), and after it the items that were added;
        nothing where the question was left out.
    """
    part = f"question {question.code or question.qid}"
    if why := _why_left_out(question):
        report(lime.form, part, "error" if "not known" in why else "dropped by rule", why=why)
        lose(lime, question, why)
        return []
    name = free_name(lime.form, question.code or f"q{question.qid}", part=part)
    label = complete(lime.form, question.texts, part=part, instead=name)
    hint = complete(lime.form, question.helps, part=f"{part}, help")
    place = Place(question=question, part=part, name=name, group=group, label=label, hint=hint)
    before, known = len(lime.form.items), set(lime.symbols)
    owner = _TYPES[question.type](lime, place)
    added = lime.form.items[before:]
    if owner is None or not added:
        del lime.form.items[before:]
        for symbol in set(lime.symbols) - known:
            del lime.symbols[symbol]
        lose(lime, question, "it is incomplete in the file")
        return []
    report(lime.form, part, "mapped", became=name)
    return [owner, *added]


def _why_left_out(question: LimeQuestion) -> str:
    if question.type in _DROPPED:
        return _DROPPED[question.type]
    if question.type not in _TYPES:
        return f"the type of question {question.type or 'nothing'!r} is not known here"
    if question.setting("hidden") == "1" and question.type != "*":
        return "it is hidden from respondents; what is filled in elsewhere is not asked here"
    return ""


def _add_other_text(lime: Lime, place: Place, *, shown_for: str) -> None:
    name = free_name(lime.form, f"{place.name}_other", part=f"{place.part}, other")
    add_item(
        lime.form,
        name=name,
        type="text",
        label=own_word(lime.form, "other_text"),
        relevant=shown_for,
        privacy="free text",
        group=place.group,
    )
    know(lime, place.question, answer_symbol(name), after="other")
    report(lime.form, f"{place.part}, other", "mapped", became=name)


def _one(lime: Lime, place: Place, listed: str, **keys: Any) -> dict[str, Any]:
    return add_item(
        lime.form,
        name=place.name,
        type=f"select_one {listed}",
        label=place.label,
        hint=place.hint,
        required=place.required,
        group=place.group,
        **keys,
    )


def _list(lime: Lime, place: Place) -> dict[str, Any] | None:
    other = place.question.row.get("other", "N").strip() == "Y"
    listed, codes = own_list(lime, place, other=other)
    if not listed:
        lose(lime, place.question, "it has no answers")
        return None
    owner = place.group
    wrapped = None
    if other or place.question.type == "O":  # its written answer stands and falls with it
        wrapped, owner = _wrap(lime, place)
        place.group = owner
    item = _one(lime, place, listed)
    if place.question.type == "!":
        item["appearance"] = "minimal"
    know(lime, place.question, answer_symbol(place.name, codes))
    if other:
        shown_for = f"${{{place.name}}} = '{codes[OTHER]}'"
        _add_other_text(lime, place, shown_for=shown_for)
    if place.question.type == "O":
        name = free_name(lime.form, f"{place.name}_comment", part=f"{place.part}, comment")
        _text(lime, name=name, label=own_word(lime.form, "comment"), group=place.group, long=True)
        know(lime, place.question, answer_symbol(name), after="comment")
        report(lime.form, f"{place.part}, comment", "mapped", became=name)
    return wrapped or item


def _wrap(lime: Lime, place: Place) -> tuple[dict[str, Any], str]:
    name = free_name(lime.form, f"{place.name}_group", part=place.part)
    return add_group(lime.form, name, group=place.group), name


def _text(
    lime: Lime, *, name: str, label: Texts, group: str, long: bool = False, **keys: Any
) -> dict[str, Any]:
    appearance = {"appearance": "multiline"} if long else {}
    return add_item(
        lime.form,
        name=name,
        type="text",
        label=label,
        privacy="free text",
        group=group,
        **appearance,
        **keys,
    )


def _fixed(lime: Lime, place: Place) -> dict[str, Any]:
    listed, codes = fixed_list(lime, place.question.type, place.part)
    about = {"privacy": "describes the person"} if place.question.type == "G" else {}
    know(lime, place.question, answer_symbol(place.name, codes))
    return _one(lime, place, listed, **about)


def _written(lime: Lime, place: Place) -> dict[str, Any]:
    question = place.question
    keys: dict[str, Any] = {"type": "text", "privacy": "free text"}
    if question.type == "D":
        keys = {"type": "date"}
        if any(sign in question.setting("date_format") for sign in "HhM:") and ":" in (
            question.setting("date_format")
        ):
            why = "dates have no time of day here"
            report(lime.form, f"{place.part}, time of day", "dropped by rule", why=why)
    elif question.type == "N" or question.setting("numbers_only") == "1":
        whole = question.setting("num_value_int_only") == "1"
        keys = {"type": "integer" if whole else "decimal"}
    elif question.type in {"T", "U"}:
        keys["appearance"] = "multiline"
    item = add_item(
        lime.form,
        name=place.name,
        label=place.label,
        hint=place.hint,
        required=place.required,
        group=place.group,
        **keys,
    )
    know(lime, question, answer_symbol(place.name))
    add_limits(lime, place, item, low="min_num_value_n", high="max_num_value_n")
    return item


def _multiple(lime: Lime, place: Place) -> dict[str, Any] | None:
    question = place.question
    subs = rows_of(question)
    if not subs:
        return no_rows(lime, place)
    other = question.row.get("other", "N").strip() == "Y"
    rows = [(sub.code, row_label(lime, place, sub)) for sub in subs]
    own = "other_" if "other" in {sub.code for sub in subs} else "other"
    if other:
        rows.append((own, other_label(lime, place)))
    listed, codes = add_choices(lime.form, place.name, rows, part=place.part)
    if not listed:
        return None
    report(lime.form, f"{place.part}, {len(rows)} subquestions", "mapped", became=listed)
    wrapped = None
    if other:
        wrapped, place.group = _wrap(lime, place)
    item = _one(lime, place, listed)
    item["type"] = f"select_multiple {listed}"
    for sub in subs:
        box = Symbol(kind="box", item=place.name, choice=codes.get(sub.code, sub.code))
        know(lime, question, box, sub=sub)
    parts = tuple(f"{question.code}_{sub.code}" for sub in subs)
    know(lime, question, Symbol(kind="several", item=place.name, parts=parts))
    if other:
        _add_other_text(lime, place, shown_for=f"selected(${{{place.name}}}, '{own}')")
    return wrapped or item


def _multiple_with_comments(lime: Lime, place: Place) -> dict[str, Any] | None:
    lost = Symbol(kind="lost", why="comments on single choices are not asked")
    for sub in rows_of(place.question):
        know(lime, place.question, lost, sub=sub, after="comment")
    why = "a comment on each choice has no counterpart; ask one written question instead"
    report(lime.form, f"{place.part}, comments", "dropped by rule", why=why)
    return _multiple(lime, place)


def _note(lime: Lime, place: Place) -> dict[str, Any]:
    lost = Symbol(kind="lost", why="nobody answers a text display")
    know(lime, place.question, lost)
    return add_item(
        lime.form,
        name=place.name,
        type="note",
        label=place.label,
        hint=place.hint,
        group=place.group,
    )


def _equation(lime: Lime, place: Place) -> dict[str, Any]:
    question = place.question
    texts = {**question.texts}
    written = question.setting("equation") or next((text for text in texts.values() if text), "")
    item = add_item(
        lime.form, name=place.name, type="calculate", group=place.group, calculation="''"
    )
    know(lime, question, answer_symbol(place.name))
    later(
        lime.form,
        item,
        "calculation",
        part=f"{place.part}, equation",
        write=lambda: equation(_plain(written), lime.symbols),
    )
    return item


def _plain(written: str) -> str:
    return plain_text(written) if "<" in written or "&" in written else written


_TYPES: dict[str, Callable[[Lime, Place], dict[str, Any] | None]] = {
    **dict.fromkeys("L!O", _list),
    **dict.fromkeys("5YG", _fixed),
    **dict.fromkeys("STUND", _written),
    **dict.fromkeys("ABCEFH", grid),
    "M": _multiple,
    "P": _multiple_with_comments,
    **dict.fromkeys("QK", several_written),
    **dict.fromkeys(";:", cells),
    "1": dual_scale,
    "R": ranking,
    "X": _note,
    "*": _equation,
}
