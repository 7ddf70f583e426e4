"""The functions of XLSForm expressions that SurveyJS can say, each with the same meaning."""

from collections.abc import Callable, Sequence
from datetime import date

from outcomes.errors import DataError
from outcomes.surveys.exchange.surveyjs_words import (
    Said,
    as_number,
    as_truth,
    equality,
    is_empty,
    negated,
    refuse_same_letters,
    together,
    without_brackets,
)


def _selected(said: Said, choice: Said) -> Said:
    if not choice.literal or choice.kind != "text":
        raise DataError("the second value of selected() is no fixed text. Name the choice")
    if said.kind == "many":
        refuse_same_letters(said, choice)
        return Said(kind="truth", words=f"{said.words} contains {choice.words}")
    if said.kind != "code":
        raise DataError("selected() is asked about an item without choices")
    return Said(kind="truth", words=equality(said, choice))


def _count_selected(said: Said) -> Said:
    if said.kind not in {"many", "code"}:
        raise DataError("count-selected() is asked about an item without choices")
    count = f"{{{said.name}.length}}" if said.kind == "many" else "1"
    return Said(kind="number", words=f"iif({said.given}, {count}, 0)")


def _if(asked: Said, then: Said, other: Said) -> Said:
    test = without_brackets(as_truth(asked))
    ends = (then, other)
    nothing = frozenset({""})
    kinds = {each.kind for each in ends if each.codes != nothing}
    if kinds & {"number", "figure"}:
        return _if_number(test, [_NOTHING if each.codes == nothing else each for each in ends])
    if kinds - {"text", "code"}:
        raise DataError("if() gives a date, several choices or true and false. Give numbers")
    codes = [each.codes for each in (then, other) if each.codes is not None]
    known = codes[0] | codes[1] if len(codes) == 2 else None
    blank = _either_blank(test, ends)
    return Said(
        kind="text",
        words=f"iif({test}, {then.words}, {other.words})",
        codes=known,
        given=negated(blank) if blank else "",
        blank=blank,
    )


_NOTHING = Said(kind="number", words="''", given="false", blank="true")


def _if_number(test: str, ends: list[Said]) -> Said:
    kinds = {each.kind for each in ends if each is not _NOTHING}
    then, other = map(as_number, ends)
    return Said(
        kind="number",
        words=f"iif({test}, {then.words}, {other.words})",
        given=_either(test, then.given, other.given),
        blank=_either_blank(test, (then, other)),
        mixed=kinds != {"number"} or any(each.mixed for each in ends),
    )


def _either(test: str, then: str, other: str) -> str:
    """Say what holds at the end of an if that is taken; an empty condition always holds."""
    if not then and not other:
        return ""
    parts = [together([f"({test})", then])] if then != "false" else []
    parts += [together([negated(f"({test})"), other])] if other != "false" else []
    return f"({' or '.join(parts)})" if len(parts) > 1 else (parts or ["false"])[0]


def _either_blank(test: str, ends: Sequence[Said]) -> str:
    blanks = ["true" if each.codes == frozenset({""}) else each.blank for each in ends]
    return _either(test, *(blank or "false" for blank in blanks)) if any(blanks) else ""


def _coalesce(first: Said, second: Said) -> Said:
    empty = negated(first.given) if first.given else ""  # what is no number counts as empty, too
    if first.kind == "text" and not first.name:
        empty = is_empty(first)
    return _if(Said(kind="truth", words=empty), second, first) if empty else first


def _worked_out(said: Said) -> Said:
    of = as_number(said)  # an empty answer becomes not-a-number, which equals nothing
    if of.literal:
        return of
    return Said(kind="number", words=of.words, given=of.given)


def _int(said: Said) -> Said:
    of = as_number(said)
    return Said(kind="number", words=f"({of.words} - {of.words} % 1)", given=of.given)


def _round(said: Said) -> Said:
    of = as_number(said)
    up = f"({of.words} + 0.5)"
    whole = f"({up} - {up} % 1)"
    return Said(
        kind="number",
        words=f"iif({up} % 1 < 0, {whole} - 1, {whole})",
        given=of.given,
    )


def _extreme(name: str) -> Callable[..., Said]:
    def say(*values: Said) -> Said:
        numbers = [as_number(each) for each in values]
        if any(each.given and (not each.name or each.kind == "figure") for each in numbers):
            raise DataError(f"{name}() is asked about something worked out. Name the answers")
        given = [each.given for each in numbers]
        some = "" if "" in given else f"({' or '.join(given)})"
        words = ", ".join(each.words for each in numbers)
        return Said(kind="number", words=f"{name}({words})", given=some)

    return say


def _length(said: Said) -> Said:
    if not said.name or said.kind not in {"text", "code"}:
        raise DataError("string-length() is asked about something else than a text answer")
    return Said(kind="number", words=f"iif({said.given}, {{#{said.name}.length}}, 0)")


def _date(said: Said) -> Said:
    if said.kind == "date":
        return said
    try:
        day = date.fromisoformat("".join(said.codes or ()) if said.literal else "")
    except ValueError:
        raise DataError("date() is given no date such as '2026-03-01'") from None
    return Said(kind="date", words=f"'{day.isoformat()}'", literal=True)


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Said]]] = {
    "selected": (2, 2, _selected),
    "count-selected": (1, 1, _count_selected),
    "if": (3, 3, _if),
    "coalesce": (2, 2, _coalesce),
    "not": (1, 1, lambda said: Said(kind="truth", words=negated(as_truth(said).words))),
    "boolean": (1, 1, as_truth),
    "true": (0, 0, lambda: Said(kind="truth", words="true")),
    "false": (0, 0, lambda: Said(kind="truth", words="false")),
    "number": (1, 1, _worked_out),
    "int": (1, 1, _int),
    "round": (1, 1, _round),
    "min": (1, 9, _extreme("min")),
    "max": (1, 9, _extreme("max")),
    "string-length": (1, 1, _length),
    "today": (0, 0, lambda: Said(kind="date", words="today()")),
    "date": (1, 1, _date),
}
