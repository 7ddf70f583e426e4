"""Conditions and formulas of other tools: read into a tree, and written as XLSForm expressions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from outcomes.errors import DataError

Kind = Literal["text", "number", "name", "call", "not", "minus", "binary"]
Shape = Literal["condition", "number", "text"]
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_ARITHMETIC = ("+", "-", "*", "div", "mod", "^")
_POWER = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys("+-", 4),
    "*": 5,
    "div": 5,
    "mod": 5,
    "^": 6,
}
_DEEPEST, _LONGEST = 60, 20_000


class NotTranslatable(DataError):  # noqa: N818 (reads as what happened)
    """A formula that cannot be said as an XLSForm expression; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One node of a formula."""

    kind: Kind
    word: str  # the text, the number, the name, the function, or the operator in XLSForm's word
    parts: tuple["Formula", ...] = ()
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How one tool writes formulas."""

    name: str  # regular expression of a name; a name before a bracket calls a function
    operators: Mapping[str, str]  # its operators, small letters, in XLSForm's words
    quotes: str = "\"'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the names and functions of one formula mean in the instrument."""

    value: Callable[[str], str]  # name -> XLSForm expression of its value
    truth: Callable[[str], str]  # name standing alone as a condition -> expression
    comparison: Callable[[Formula], str | None]  # a comparison with a meaning of its own, or None
    call: Callable[[Formula, Callable[[Formula], str]], tuple[str, Shape]]


def parse(text: str, grammar: Grammar) -> Formula:
    """Read a formula.

    Raises:
        NotTranslatable: It is not well formed, or uses an operator that the grammar lacks.
    """
    if len(text) > _LONGEST:
        raise NotTranslatable(f"the formula is longer than {_LONGEST} characters")
    reader = _Reader(_tokens(text, grammar), grammar)
    formula = reader.expression(0, 0)
    if reader.next[0] != "end":
        raise NotTranslatable(f"the formula goes on with {reader.next[1]!r} where it should end")
    return formula


def as_condition(formula: Formula, meaning: Meaning) -> str:
    """Write a formula as an XLSForm expression that is true or false."""
    if formula.kind == "binary" and formula.word in {"and", "or"}:
        inner = (_bracketed(part, formula.word, meaning) for part in formula.parts)
        return f" {formula.word} ".join(inner)
    if formula.kind == "binary" and formula.word in COMPARISONS:
        return meaning.comparison(formula) or _comparison(formula, meaning)
    if formula.kind in {"not", "name"}:
        name = formula.kind == "name"
        return (
            meaning.truth(formula.word)
            if name
            else f"not({as_condition(formula.parts[0], meaning)})"
        )
    if formula.kind in {"number", "text"}:
        false = formula.word in {"", "0", "false"} or _is_zero(formula)
        return "false()" if false else "true()"
    if formula.kind == "call":
        written, shape = meaning.call(formula, lambda part: as_value(part, meaning))
        return {"condition": written, "number": f"{written} != 0", "text": f"{written} != ''"}[
            shape
        ]
    return f"({as_value(formula, meaning)}) != 0"


def as_value(formula: Formula, meaning: Meaning) -> str:
    """Write a formula as an XLSForm expression that has a value."""
    if formula.kind in {"number", "text"}:
        return formula.word if formula.kind == "number" else quoted(formula.word)
    if formula.kind == "name":
        return meaning.value(formula.word)
    if formula.kind == "call":
        return meaning.call(formula, lambda part: as_value(part, meaning))[0]
    if formula.kind == "minus":
        return f"-{_grouped(formula.parts[0], meaning)}"
    if formula.kind == "binary" and formula.word in _ARITHMETIC:
        left, right = (_grouped(part, meaning) for part in formula.parts)
        return f"pow({left}, {right})" if formula.word == "^" else f"{left} {formula.word} {right}"
    return as_condition(formula, meaning)


def quoted(text: str) -> str:
    """Write a text as XPath does, which knows no sign to escape a quotation mark."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    inner = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({inner})"


def both(*conditions: str) -> str:
    """Join conditions that must all hold, leaving out those that say nothing."""
    said = [each for each in dict.fromkeys(conditions) if each]
    return said[0] if len(said) == 1 else " and ".join(f"({each})" for each in said)


def whole_pattern(pattern: str) -> str:
    """Turn a pattern that is searched for into one that the whole answer must match.

    Raises:
        NotTranslatable: It uses flags or looks around, which XLSForm's regex() lacks.
    """
    text = pattern.strip()
    if delimited := re.fullmatch(r"([/#~!])(.*)\1([a-zA-Z]*)", text, re.S):
        text = delimited[2]
        if delimited[3].strip("u"):
            raise NotTranslatable(f"the pattern {pattern} has the flag {delimited[3]}")
    if re.search(r"\(\?[^:]|\\[bBAZzGK]|[*+?}][+]", text):
        raise NotTranslatable(
            f"the pattern {pattern} looks around or uses a sign that is not known"
        )
    try:
        re.compile(text)
    except re.error:
        raise NotTranslatable(f"the pattern {pattern} is not a regular expression") from None
    text = text.replace("(?:", "(")
    start, end = text.startswith("^"), text.endswith("$") and not text.endswith(r"\$")
    inner = text[start : len(text) - end]
    if "|" in inner and (start or end):
        if re.search(r"\|", re.sub(r"\([^()]*\)", "", inner)):
            raise NotTranslatable(f"the pattern {pattern} anchors only one of its alternatives")
    elif "|" in inner:
        inner = f"({inner})"
    return f"{'' if start else '.*'}{inner}{'' if end else '.*'}"


def _comparison(formula: Formula, meaning: Meaning) -> str:
    left, right = formula.parts
    if formula.word not in {"=", "!="}:
        for part in formula.parts:
            if part.kind == "text" and not _looks_numeric(part.word):
                raise NotTranslatable(
                    f"{part.word!r} is compared by the order of letters, which has no counterpart"
                )
    return f"{_side(left, meaning)} {formula.word} {_side(right, meaning)}"


def _side(part: Formula, meaning: Meaning) -> str:
    logical = part.kind == "binary" and part.word not in _ARITHMETIC
    written = as_value(part, meaning)
    return f"({written})" if logical else written


def _bracketed(part: Formula, word: str, meaning: Meaning) -> str:
    written = as_condition(part, meaning)
    mixed = part.kind == "binary" and part.word in {"and", "or"} and part.word != word
    compound = part.kind != "binary" and (" or " in written or " and " in written)
    return f"({written})" if mixed or compound else written


def _grouped(part: Formula, meaning: Meaning) -> str:
    written = as_value(part, meaning)
    return f"({written})" if part.kind in {"binary", "minus"} else written


def _looks_numeric(text: str) -> bool:
    return re.fullmatch(r"\s*-?\d+(\.\d+)?\s*|\d{4}-\d\d-\d\d.*", text) is not None


def _is_zero(formula: Formula) -> bool:
    return formula.kind == "number" and float(formula.word) == 0


Token = tuple[str, str]  # (kind, what is written)


def _tokens(text: str, grammar: Grammar) -> list[Token]:
    signs = sorted((sign for sign in grammar.operators if not sign.isalpha()), key=len)[::-1]
    strings = "|".join(rf"{mark}(?:[^{mark}\\]|\\.)*{mark}" for mark in grammar.quotes)
    pattern = re.compile(
        rf"(?P<space>\s+)|(?P<text>{strings})|(?P<name>{grammar.name})"
        rf"|(?P<number>\d+\.?\d*|\.\d+)"
        rf"|(?P<sign>{'|'.join(map(re.escape, [*signs, '(', ')', ',', '!', '-']))})",
        re.S,
    )
    tokens, at = [], 0
    while at < len(text):
        found = pattern.match(text, at)
        if not found or found.end() == at:
            raise NotTranslatable(f"{text[at : at + 12]!r} is not understood")
        kind, at = str(found.lastgroup), found.end()
        word = found[0]
        if kind == "name" and word.lower() in grammar.operators:
            kind, word = "sign", word.lower()
        if kind == "name" and word.lower() == "not":
            kind, word = "sign", "!"
        if kind != "space":
            tokens.append((kind, word))
    return [*tokens, ("end", "the end")]


class _Reader:
    """Reads tokens into a tree, by how strongly operators bind."""

    def __init__(self, tokens: list[Token], grammar: Grammar) -> None:
        self.tokens, self.at, self.operators = tokens, 0, grammar.operators

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def expression(self, power: int, level: int) -> Formula:
        if level > _DEEPEST:
            raise NotTranslatable("the formula is nested too deeply")
        left = self.operand(level)
        while self.next[0] == "sign" and self.next[1] in self.operators:
            word = self.operators[self.next[1]]
            if _POWER[word] <= power:
                break
            self.at += 1
            right = self.expression(_POWER[word], level + 1)
            left = _join(word, left, right)
        return left

    def operand(self, level: int) -> Formula:
        kind, word = self.next
        self.at += kind != "end"
        if kind == "text":
            return Formula(kind="text", word=re.sub(r"\\([\"'\\])", r"\1", word[1:-1]))
        if kind == "number":
            return Formula(kind="number", word=word.rstrip(".") if word != "." else "0")
        if kind == "name":
            called = self.next == ("sign", "(")
            return self.call(word, level) if called else Formula(kind="name", word=word)
        if (kind, word) == ("sign", "("):
            inner = self.expression(0, level + 1)
            self.expect(")")
            return inner
        if (kind, word) in {("sign", "!"), ("sign", "-")}:
            part = self.expression(5, level + 1)
            return _node("not" if word == "!" else "minus", word, (part,))
        raise NotTranslatable(f"{word!r} stands where a value should stand")

    def call(self, word: str, level: int) -> Formula:
        self.expect("(")
        parts: list[Formula] = []
        while self.next[1] != ")" or self.next[0] != "sign":
            parts.append(self.expression(0, level + 1))
            if self.next != ("sign", ","):
                break
            self.at += 1
        self.expect(")")
        return _node("call", word, tuple(parts))

    def expect(self, word: str) -> None:
        if self.next != ("sign", word):
            raise NotTranslatable(f"{self.next[1]!r} stands where {word!r} should stand")
        self.at += 1


def _join(word: str, left: Formula, right: Formula) -> Formula:
    if word in {"and", "or"} and left.kind == "binary" and left.word == word:
        return _node("binary", word, (*left.parts, right))  # a long chain stays flat
    return _node("binary", word, (left, right))


def _node(kind: Kind, word: str, parts: tuple[Formula, ...]) -> Formula:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > _DEEPEST:
        raise NotTranslatable("the formula is nested too deeply")
    return Formula(kind=kind, word=word, parts=parts, depth=depth)
