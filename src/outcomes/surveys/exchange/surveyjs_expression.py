"""An XLSForm expression said in the language of SurveyJS, with the same meaning or not at all."""

from collections.abc import Mapping
from dataclasses import replace

from outcomes.errors import DataError
from outcomes.surveys.exchange.expression_tree import (
    Answer,
    Call,
    Negative,
    Node,
    Number,
    Operation,
    Text,
)
from outcomes.surveys.exchange.surveyjs_functions import FUNCTIONS
from outcomes.surveys.exchange.surveyjs_words import (
    Kind,
    Said,
    as_number,
    as_truth,
    equality,
    negated,
    quoted,
    together,
    without_brackets,
)

_SIGNS = {"div": "/", "mod": "%", "+": "+", "-": "-", "*": "*"}


def condition(node: Node, *, answers: Mapping[str, Said]) -> str:
    """Say an expression that is true or false.

    Args:
        node: The expression as a tree.
        answers: Every answer that it may name; the empty name is that of ``.``.

    Raises:
        DataError: It cannot be said in SurveyJS so that it means the same; says why.
    """
    return without_brackets(as_truth(_said(node, answers)))


def calculation(node: Node, *, answers: Mapping[str, Said]) -> Said:
    """Say an expression that gives a value: a figure, or a text.

    Returns:
        What other expressions find under the name of the calculation, but for its name; ``words``
        give an empty text where the value cannot be worked out.

    Raises:
        DataError: It cannot be said in SurveyJS so that it means the same; says why.
    """
    said = _said(node, answers)
    if said.kind in {"truth", "date", "many"}:
        what = {"truth": "true or false", "date": "a date", "many": "several choices"}[said.kind]
        raise DataError(f"it gives {what}. Write if(..., 1, 0) or another number or text")
    kind: Kind = "figure" if said.kind in {"number", "figure"} else "text"
    words = said.words
    if said.given and said.kind != "text":  # what is no number is stored as nothing
        words = f"iif({without_brackets(said.given)}, {words}, '')"
    codes = None if said.codes is None else said.codes | {""}
    return Said(kind=kind, words=words, codes=codes)


def _said(node: Node, answers: Mapping[str, Said]) -> Said:
    if isinstance(node, Number):
        text = node.value.strip(".") if not node.value.startswith(".") else f"0{node.value}"
        head, point, tail = text.partition(".")
        return Said(kind="number", words=f"{int(head)}{point}{tail}", literal=True)
    if isinstance(node, Text):
        words = quoted(node.value)
        return Said(kind="text", words=words, codes=frozenset({node.value}), literal=True)
    if isinstance(node, Answer):
        if node.name not in answers:
            what = f"${{{node.name}}}" if node.name else "."
            raise DataError(f"{what} is no item with an answer. Correct the name")
        return answers[node.name]
    if isinstance(node, Negative):
        of = as_number(_said(node.of, answers))
        words = f"-{of.words}" if of.literal else f"(0 - {of.words})"
        return replace(of, kind="number", words=words, name="", blank="", mixed=False)
    if isinstance(node, Call):
        return _call(node, answers)
    return _operation(node, _said(node.left, answers), _said(node.right, answers))


def _operation(node: Operation, left: Said, right: Said) -> Said:
    if node.sign in {"and", "or"}:
        return _joined(node.sign, as_truth(left), as_truth(right))
    if node.sign in {"=", "!="}:
        words = equality(left, right)
        return Said(kind="truth", words=words if node.sign == "=" else negated(words))
    if node.sign in _SIGNS:
        return _arithmetic(node.sign, as_number(left), as_number(right))
    for side in (left, right):
        if side.kind == "text" and side.literal and "date" in {left.kind, right.kind}:
            raise DataError(f"it compares a date with a text. Write date({side.words})")
    return _compared(node.sign, left, right)


def _compared(sign: str, left: Said, right: Said) -> Said:
    dates = left.kind == right.kind == "date" and "(" not in left.words + right.words
    one, other = (left, right) if dates else (as_number(left), as_number(right))
    words = f"{one.words} {sign} {other.words}"
    plain = (one.name and other.literal) or (other.name and one.literal)
    asked = not plain or "figure" in {left.kind, right.kind}  # an empty figure is no empty answer
    return Said(kind="truth", words=together([one.given, other.given] if asked else [], words))


def _arithmetic(sign: str, left: Said, right: Said) -> Said:
    if sign in {"div", "mod"} and not (right.literal and float(right.words)):
        raise DataError(
            f"SurveyJS has no result where the right side of {sign} is 0. Divide by a fixed number"
        )
    return Said(
        kind="number",
        words=f"({left.words} {_SIGNS[sign]} {right.words})",
        given=together([left.given, right.given]),
    )


def _joined(word: str, left: Said, right: Said) -> Said:
    return Said(kind="truth", words=f"({left.words} {word} {right.words})")


def _call(node: Call, answers: Mapping[str, Said]) -> Said:
    if node.name not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        raise DataError(f"SurveyJS has nothing like {node.name}(). What can be said: {known}")
    least, most, say = FUNCTIONS[node.name]
    if not least <= len(node.arguments) <= most:
        raise DataError(f"{node.name}() has {len(node.arguments)} values in its brackets")
    return say(*(_said(each, answers) for each in node.arguments))
