"""LimeSurvey's arrays and other questions of several rows, as groups of items."""

from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    add_choices,
    add_group,
    add_item,
    complete,
    free_name,
    own_word,
    report,
    same_in_all,
)
from outcomes.surveys.exchange.limesurvey_expressions import Symbol
from outcomes.surveys.exchange.limesurvey_parts import (
    FIXED,
    Lime,
    Place,
    add_limits,
    add_page,
    answer_symbol,
    fixed_list,
    know,
    no_rows,
    own_list,
    row_label,
    row_name,
    rows_of,
    setting_texts,
)
from outcomes.surveys.exchange.limesurvey_tables import LimeQuestion


def grid(lime: Lime, place: Place, *, scale: str = "") -> dict[str, Any] | None:
    """Add a grid: rows that share one list of choices."""
    question = place.question
    if question.type in FIXED:
        listed, codes = fixed_list(lime, question.type, place.part)
    else:
        listed, codes = own_list(lime, place, scale=scale or "0")
    rows = rows_of(question)
    if not listed or not rows:
        return no_rows(lime, place) if listed else None
    group = add_page(lime, place, appearance="matrix")
    for sub in rows:
        name = row_name(lime, place, sub, after=f"_{scale}" if scale else "")
        add_item(
            lime.form,
            name=name,
            type=f"select_one {listed}",
            label=row_label(lime, place, sub),
            required=place.required,
            group=place.name,
            _sub=sub.code,
        )
        know(lime, question, answer_symbol(name, codes), sub=sub, after=scale)
    parts = tuple(f"{question.code}_{sub.code}" for sub in rows)
    know(lime, question, Symbol(kind="several", parts=parts))
    return group


def dual_scale(lime: Lime, place: Place) -> dict[str, Any] | None:
    """Add the two grids of a dual scale, which share their rows."""
    outer = add_group(lime.form, place.name, label=place.label, group=place.group)
    whole = place.name
    for scale, header in (("0", "dualscale_headerA"), ("1", "dualscale_headerB")):
        texts = setting_texts(lime, place.question, header)
        said = complete(lime.form, texts, part=f"{place.part}, {header}") if texts else {}
        half = Place(
            question=place.question,
            part=place.part,
            name=free_name(lime.form, f"{whole}_scale_{scale}", part=place.part),
            stem=whole,
            group=whole,
            label=said or place.label,
            hint=place.hint,
        )
        if grid(lime, half, scale=scale) is None:
            return None
        report(lime.form, f"{place.part}, scale {scale}", "mapped", became=half.name)
    return outer


def several_written(lime: Lime, place: Place) -> dict[str, Any] | None:
    """Add several written answers: texts (Q) or numbers (K)."""
    question = place.question
    if not rows_of(question):
        return no_rows(lime, place)
    group = add_page(lime, place)
    whole = question.setting("num_value_int_only") == "1"
    number = question.type == "K" or question.setting("numbers_only") == "1"
    kind = ("integer" if whole else "decimal") if number else "text"
    parts = []
    for sub in rows_of(question):
        name = row_name(lime, place, sub)
        item = add_item(
            lime.form,
            name=name,
            type=kind,
            label=row_label(lime, place, sub),
            required=place.required,
            group=place.name,
            privacy="answer" if number else "free text",
            _sub=sub.code,
        )
        parts.append(know(lime, question, answer_symbol(name), sub=sub))
        add_limits(lime, place, item, low="min_num_value_n", high="max_num_value_n")
    know(lime, question, Symbol(kind="several", parts=tuple(parts)))
    return group


def cells(lime: Lime, place: Place) -> dict[str, Any] | None:
    """Add one item for each cell of an array of texts (;) or numbers (:)."""
    question = place.question
    rows, columns = rows_of(question), rows_of(question, scale="1")
    if not rows or not columns:
        return no_rows(lime, place)
    if question.type == ":" and question.setting("multiflexible_checkbox") == "1":
        return _boxes(lime, place, columns)
    group = add_page(lime, place)
    parts = []
    for sub in rows:
        row_text = row_label(lime, place, sub)
        for column in columns:
            name = row_name(lime, place, sub, after=f"_{column.code}")
            text = row_label(lime, place, column)
            item = add_item(
                lime.form,
                name=name,
                type="decimal" if question.type == ":" else "text",
                label={language: f"{row_text[language]}: {text[language]}" for language in text},
                required=place.required,
                group=place.name,
                privacy="answer" if question.type == ":" else "free text",
                _sub=sub.code,
            )
            parts.append(know(lime, question, answer_symbol(name), sub=sub, sub_2=column))
            add_limits(lime, place, item, low="multiflexible_min", high="multiflexible_max")
    know(lime, question, Symbol(kind="several", parts=tuple(parts)))
    return group


def _boxes(lime: Lime, place: Place, columns: list[LimeQuestion]) -> dict[str, Any] | None:
    """Add a multiple choice item for each row of an array of boxes."""
    choices = [(column.code, row_label(lime, place, column)) for column in columns]
    listed, codes = add_choices(lime.form, place.name, choices, part=place.part)
    if not listed:
        return None
    group = add_page(lime, place)
    for sub in rows_of(place.question):
        name = row_name(lime, place, sub)
        add_item(
            lime.form,
            name=name,
            type=f"select_multiple {listed}",
            label=row_label(lime, place, sub),
            required=place.required,
            group=place.name,
            _sub=sub.code,
        )
        for column in columns:
            box = Symbol(kind="box", item=name, choice=codes.get(column.code, column.code))
            know(lime, place.question, box, sub=sub, sub_2=column)
    return group


def ranking(lime: Lime, place: Place) -> dict[str, Any] | None:
    """Add one item for each rank, all with the same choices and none chosen twice."""
    question = place.question
    if question.answers or not question.subquestions:
        listed, codes = own_list(lime, place)
        size = len(question.answers)
    else:
        rows = [(sub.code, row_label(lime, place, sub)) for sub in rows_of(question)]
        listed, codes = add_choices(lime.form, place.name, rows, part=place.part)
        size = len(rows)
    if not listed:
        return None
    for setting in ("max_subquestions", "max_answers"):
        most = question.setting(setting)
        size = min(size, int(most)) if most.isdigit() and int(most) else size
    group = add_page(lime, place)
    names: list[str] = []
    for rank in range(1, size + 1):
        name = free_name(lime.form, f"{place.name}_{rank}", part=place.part)
        taken = " or ".join(f". = ${{{each}}}" for each in names)
        twice = {"constraint": f"not({taken})"} if taken else {}
        message = {"constraint_message": own_word(lime.form, "check")} if taken else {}
        add_item(
            lime.form,
            name=name,
            type=f"select_one {listed}",
            label=same_in_all(lime.form, f"{rank}."),
            group=place.name,
            required=place.required and rank == 1,
            **twice,
            **message,
        )
        names.append(name)
        know(lime, question, answer_symbol(name, codes), after=str(rank))
    know(
        lime,
        question,
        Symbol(
            kind="several", parts=tuple(f"{question.code}_{rank}" for rank in range(1, size + 1))
        ),
    )
    return group
