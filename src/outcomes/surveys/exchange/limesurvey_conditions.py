"""LimeSurvey's table of conditions, which old surveys have instead of relevance."""

import re
from collections import defaultdict
from collections.abc import Sequence

from outcomes.surveys.exchange.formulas import (
    Formula,
    NotTranslatable,
    as_condition,
)
from outcomes.surveys.exchange.limesurvey_expressions import GRAMMAR, Symbols, meaning
from outcomes.surveys.exchange.limesurvey_tables import Row


def from_rows(rows: Sequence[Row], symbols: Symbols) -> str:
    """Translate rows of the table of conditions, as LimeSurvey joins them.

    Rows about one answer are alternatives; rows about different answers must all hold; scenarios
    are alternatives again. Raises as ``condition`` does.
    """
    scenarios: dict[str, dict[str, list[Formula]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        answer = row.get("cfieldname", "").strip()
        scenarios[row.get("scenario", "1")][answer].append(_row_formula(row, symbols))
    options = [
        _chain("and", [_chain("or", formulas) for formulas in answers.values()])
        for answers in scenarios.values()
    ]
    return as_condition(_chain("or", options), meaning(symbols))


def _row_formula(row: Row, symbols: Symbols) -> Formula:
    name = row.get("cfieldname", "").strip().lstrip("+")
    method, wanted = row.get("method", "").strip(), row.get("value", "")
    if not re.fullmatch(r"[\w#]+", name):
        raise NotTranslatable(f"{name or 'nothing'!r} is no answer of this survey")
    left = Formula(kind="name", word=name)
    if symbol := symbols.get(name):
        boxed = f"{name}{wanted}"
        if symbol.kind == "several" and boxed in symbols:
            left, wanted = Formula(kind="name", word=boxed), "Y"
    right = Formula(kind="text", word=wanted)
    if other := re.fullmatch(r"@([\w#]+)@", wanted):
        right = Formula(kind="name", word=other[1])
    if method == "RX":
        return Formula(kind="call", word="regexMatch", parts=(right, left))
    if not method or not wanted.strip():
        right = Formula(kind="text", word="")
    sign = GRAMMAR.operators.get(method or "==")
    if sign is None:
        raise NotTranslatable(f"the comparison {method!r} is not known")
    return Formula(kind="binary", word=sign, parts=(left, right))


def _chain(word: str, formulas: list[Formula]) -> Formula:
    if len(formulas) == 1:
        return formulas[0]
    return Formula(kind="binary", word=word, parts=tuple(formulas))
