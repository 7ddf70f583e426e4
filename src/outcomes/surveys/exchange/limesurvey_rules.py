"""LimeSurvey's rules about a question: when it is asked, what is valid, how it is shown."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from outcomes.surveys.exchange.form_assembly import complete, later, report
from outcomes.surveys.exchange.formulas import NotTranslatable, both, quoted, whole_pattern
from outcomes.surveys.exchange.limesurvey_conditions import from_rows
from outcomes.surveys.exchange.limesurvey_expressions import (
    bound,
    condition,
)
from outcomes.surveys.exchange.limesurvey_parts import Lime, setting_texts
from outcomes.surveys.exchange.limesurvey_tables import LimeQuestion, Row, condition_text

_TAKEN = {  # settings that became something, or that say nothing by themselves
    *("hidden", "equation", "numbers_only", "num_value_int_only", "date_format"),
    *("min_num_value_n", "max_num_value_n", "multiflexible_min", "multiflexible_max"),
    *("multiflexible_checkbox", "max_subquestions", "other_replace_text"),
    *("dualscale_headerA", "dualscale_headerB", "em_validation_q_tip", "em_validation_sq_tip"),
    *("min_answers", "max_answers", "exclude_all_others", "maximum_chars", "save_as_default"),
    *("array_filter", "array_filter_exclude", "em_validation_q", "em_validation_sq"),
}
_ORDER = {"random_order", "random_group", "answer_order", "subquestion_order", "keep_codes_order"}
_SUMS = {"equals_num_value", "min_num_value", "max_num_value"}
_NOTHING = {"", "0", "N", "normal", "default"}


def add_rules(
    lime: Lime, question: LimeQuestion, made: Sequence[dict[str, Any]], rows: Sequence[Row]
) -> None:
    """Add conditions, limits and validation to what a question became.

    Args:
        lime: The survey.
        question: The question.
        made: What carries its condition, and after it its items.
        rows: Its rows of the table of conditions.
    """
    owner, items = made[0], made[1:]
    part = f"question {question.code}"
    _relevance(lime, question, owner=owner, rows=rows, part=part)
    for sub in question.subquestions:
        _row_relevance(lime, question, sub=sub, items=items)
    single = items[0] if len(items) == 1 or owner in items else None
    if question.type in "MPLO!" and items:
        single = items[0]
    _filters(lime, question, items=items, part=part)
    if single is not None and single["type"] in {"note", "calculate"}:
        _nothing_to_check(lime, question, part=part)
    elif single is not None:
        _validity(lime, question, item=single, part=part)
    else:
        _validity_of_rows(lime, question, items=items, part=part)
    _left(lime, question, part=part)
    for item in items:
        item.pop("_sub", None)


def _relevance(
    lime: Lime, question: LimeQuestion, *, owner: dict[str, Any], rows: Sequence[Row], part: str
) -> None:
    if text := question.relevance:
        _wait(
            lime,
            owner,
            "relevant",
            part=f"{part}, relevance {text}",
            write=lambda: condition(text, lime.symbols),
        )
        for row in rows:
            what = f"{part}, condition on {row.get('cfieldname', '')}"
            report(lime.form, what, "mapped", became="said by the relevance of the question")
    elif rows:
        _wait(
            lime,
            owner,
            "relevant",
            part=f"{part}, {len(rows)} conditions",
            write=lambda: from_rows(rows, lime.symbols),
        )


def _wait(
    lime: Lime, owner: dict[str, Any], key: str, *, part: str, write: Callable[[], str]
) -> None:
    later(lime.form, owner, key, part=" ".join(part.split())[:200], write=write)


def _row_relevance(
    lime: Lime, question: LimeQuestion, *, sub: LimeQuestion, items: Iterable[dict[str, Any]]
) -> None:
    text = sub.relevance
    if not text:
        return
    part = f"question {question.code}, subquestion {sub.code}, relevance {text}"
    targets = [item for item in items if item.get("_sub") == sub.code]
    for item in targets:
        _wait(lime, item, "relevant", part=part, write=lambda: condition(text, lime.symbols))
    if not targets:
        why = "a choice cannot be shown on a condition here; make it a question of its own"
        report(lime.form, part, "error", why=why)


def _filters(
    lime: Lime, question: LimeQuestion, *, items: Sequence[dict[str, Any]], part: str
) -> None:
    for setting, negated in (("array_filter", False), ("array_filter_exclude", True)):
        named = question.setting(setting)
        if not named:
            continue
        rows = [item for item in items if "_sub" in item]
        if not rows:
            why = "choices cannot be shown on a condition here; make it questions of their own"
            report(lime.form, f"{part}, {setting} {named}", "error", why=why)
        for item in rows:
            _wait(
                lime,
                item,
                "relevant",
                part=f"{part}, {setting} {named}, row {item['_sub']}",
                write=_filter(lime, named, str(item["_sub"]), negated=negated),
            )


def _filter(lime: Lime, named: str, code: str, *, negated: bool) -> Callable[[], str]:
    def write() -> str:
        names = [f"{each.strip()}_{code}" for each in named.split(";") if each.strip()]
        known = [name for name in names if name in lime.symbols]  # others are not filtered
        said = [condition(name, lime.symbols) for name in known]
        return both(*(f"not({each})" if negated else each for each in said)) if said else ""

    return write


def _nothing_to_check(lime: Lime, question: LimeQuestion, *, part: str) -> None:
    rules = ("em_validation_q", "em_validation_sq", "maximum_chars", "em_validation_q_tip")
    for setting in filter(question.setting, rules):
        why = "nobody answers it, so there is nothing to check"
        report(lime.form, f"{part}, {setting}", "dropped by rule", why=why)


def _validity(lime: Lime, question: LimeQuestion, *, item: dict[str, Any], part: str) -> None:
    own = item["name"]
    if tip := setting_texts(lime, question, "em_validation_q_tip"):
        item["constraint_message"] = complete(lime.form, tip, part=f"{part}, validation tip")
    for setting in ("em_validation_q", "em_validation_sq"):
        if text := question.setting(setting):
            _wait(
                lime,
                item,
                "constraint",
                part=f"{part}, validation {text}",
                write=lambda text=text: condition(  # type: ignore[misc]
                    text, lime.symbols, own=own
                ),
            )
    if pattern := question.row.get("preg", "").strip():
        _wait(
            lime,
            item,
            "constraint",
            part=f"{part}, pattern {pattern}",
            write=lambda: f"regex(., {quoted(whole_pattern(pattern))})",
        )
    if item["type"].startswith("select_multiple"):
        _numbers_of_choices(lime, question, item=item, part=part)
    most = question.setting("maximum_chars")
    if most.isdigit() and int(most) and item["type"] == "text":
        _wait(
            lime,
            item,
            "constraint",
            part=f"{part}, maximum_chars {most}",
            write=lambda: f"string-length(.) <= {most}",
        )


def _numbers_of_choices(
    lime: Lime, question: LimeQuestion, *, item: dict[str, Any], part: str
) -> None:
    for setting, sign in (("min_answers", ">="), ("max_answers", "<=")):
        limit = question.setting(setting)
        if limit not in _NOTHING:
            _wait(
                lime,
                item,
                "constraint",
                part=f"{part}, {setting} {limit}",
                write=lambda limit=limit, sign=sign: bound(  # type: ignore[misc]
                    limit, sign, lime.symbols, own=item["name"]
                ).replace(f". {sign}", f"count-selected(.) {sign}", 1),
            )
    if alone := question.setting("exclude_all_others"):
        _wait(
            lime,
            item,
            "constraint",
            part=f"{part}, exclude_all_others {alone}",
            write=lambda: _alone(lime, question, alone),
        )


def _alone(lime: Lime, question: LimeQuestion, codes: str) -> str:
    """Say that some choices may only be taken alone."""
    said = []
    for code in filter(None, (each.strip() for each in codes.split(";"))):
        symbol = lime.symbols.get(f"{question.code}_{code}")
        if symbol is None or symbol.kind != "box":
            raise NotTranslatable(f"there is no choice {code}")
        said.append(f"not(selected(., {quoted(symbol.choice)}) and count-selected(.) > 1)")
    return " and ".join(said)


def _validity_of_rows(
    lime: Lime, question: LimeQuestion, *, items: Sequence[dict[str, Any]], part: str
) -> None:
    if text := question.setting("em_validation_sq"):
        for item in items:
            _wait(
                lime,
                item,
                "constraint",
                part=f"{part}, row {item['name']}, validation {text}",
                write=lambda own=item["name"]: condition(  # type: ignore[misc]
                    text, lime.symbols, own=own
                ),
            )
    if pattern := question.row.get("preg", "").strip():
        for item in items:
            _wait(
                lime,
                item,
                "constraint",
                part=f"{part}, row {item['name']}, pattern {pattern}",
                write=lambda: f"regex(., {quoted(whole_pattern(pattern))})",
            )
    for setting in ("em_validation_q", "min_answers", "max_answers"):
        limit = question.setting(setting)
        if limit not in _NOTHING:
            why = "a rule about several answers together has no place here; check it afterwards"
            report(lime.form, f"{part}, {setting} {limit}", "dropped by rule", why=why)


def _left(lime: Lime, question: LimeQuestion, *, part: str) -> None:
    """Report every setting that became nothing, by its rule."""
    is_set = {name for name, text in question.attributes.items() if text.strip() not in _NOTHING}
    rules = (
        (is_set & _ORDER, "questions and choices keep one order here"),
        (is_set & _SUMS, "a rule about the sum of several answers has no place here"),
        (is_set & {"time_limit"}, "there is no time limit here"),
    )
    rest = is_set - _TAKEN
    for names, why in rules:
        rest -= names
        if names:
            listed = ", ".join(f"{name} {question.setting(name)[:30]}" for name in sorted(names))
            report(lime.form, f"{part}, {listed}", "dropped by rule", why=why)
    if rest:
        why = "settings of display, statistics and exports are not kept"
        report(lime.form, f"{part}, {', '.join(sorted(rest))}", "dropped by rule", why=why)
    if question.row.get("mandatory", "").strip() == "S":
        why = "respondents are not reminded of an empty answer that they may leave empty"
        report(lime.form, f"{part}, mandatory soft", "dropped by rule", why=why)


def group_relevance(lime: Lime, group: dict[str, Any], text: str, *, part: str) -> None:
    """Add the condition of a whole page."""
    if said := condition_text(text):
        _wait(
            lime,
            group,
            "relevant",
            part=f"{part}, relevance {said}",
            write=lambda: condition(said, lime.symbols),
        )
