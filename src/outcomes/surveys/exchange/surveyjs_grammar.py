"""SurveyJS's expressions, read into a tree: ``{age} >= 18 and {visits} contains 'home'``.

The grammar is that of survey-core 2.5: from weak to strong or, and, comparisons, + -, * / %, ^,
contains and its kin; ``!`` and ``empty`` bind closest. A closing bracket at the end may be missing.
"""

import re
from dataclasses import dataclass
from typing import Literal

from outcomes.surveys.exchange.formulas import NotTranslatable

Kind = Literal["name", "text", "number", "truth", "nothing", "list", "call", "operation"]

_TOKEN = re.compile(
    r"""\s*(?:
        \{(?P<name>[^{}]+)\}
      | (?P<text>'(?:\\['"]|[^'"])*'|"(?:\\['"]|[^'"])*")
      | (?P<number>0x[0-9A-Fa-f]+|\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<sign>\|\||&&|<=|>=|==|!=|<>|\*=|[=<>+\-*/%^!(),\[\]])
    )""",
    re.VERBOSE,
)
_WORDS = {
    "||": "or",
    "&&": "and",
    "==": "=",
    "equal": "=",
    "<>": "!=",
    "notequal": "!=",
    "less": "<",
    "lessorequal": "<=",
    "greater": ">",
    "greaterorequal": ">=",
    "power": "^",
    "*=": "contains",
    "contain": "contains",
    "notcontain": "notcontains",
}
_LEVELS = (
    ("or",),
    ("and",),
    ("=", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%"),
    ("^",),
    ("contains", "notcontains", "anyof", "allof", "noneof"),
)
_DEEPEST, _LONGEST = 60, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One node of an expression."""

    kind: Kind
    word: str = ""  # the name, text, number, function or operator
    parts: tuple["Part", ...] = ()


def surveyjs_tree(expression: str) -> Part:
    """Read an expression of SurveyJS.

    Raises:
        NotTranslatable: SurveyJS cannot read it either; says where it stops making sense.
    """
    if len(expression) > _LONGEST:
        raise NotTranslatable(f"the expression is longer than {_LONGEST} signs")
    reader = _Reader(_tokens(expression))
    tree = reader.level(0, depth=0)
    if reader.at < len(reader.tokens):
        raise NotTranslatable(f"{reader.tokens[reader.at][1]!r} stands where nothing may follow")
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    end = len(expression.rstrip())
    while at < end:
        found = _TOKEN.match(expression, at)
        if found is None:
            raise NotTranslatable(f"{expression[at : at + 20].strip()!r} cannot be read")
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        at = found.end()
    return tokens


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0

    def next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "the end")

    def takes(self, sign: str) -> bool:
        if self.next() == ("sign", sign):
            self.at += 1
            return True
        return False

    def operator(self) -> str:
        kind, word = self.next()
        if kind == "sign":
            return _WORDS.get(word, word)
        return _WORDS.get(word.lower(), word.lower()) if kind == "word" else ""

    def level(self, at: int, *, depth: int) -> Part:
        if depth > _DEEPEST:
            raise NotTranslatable("the expression is nested too deeply")
        if at == len(_LEVELS):
            return self.factor(depth=depth)
        left = self.level(at + 1, depth=depth)
        while (operator := self.operator()) in _LEVELS[at]:
            self.at += 1
            right = self.level(at + 1, depth=depth)
            if operator in {"or", "and"} and left.word == operator and left.kind == "operation":
                left = Part(kind="operation", word=operator, parts=(*left.parts, right))
            else:
                left = Part(kind="operation", word=operator, parts=(left, right))
        return left

    def factor(self, *, depth: int) -> Part:
        if depth > _DEEPEST:
            raise NotTranslatable("the expression is nested too deeply")
        kind, word = self.next()
        if self.takes("("):
            inner = self.level(0, depth=depth + 1)
            if not self.takes(")") and self.next()[0] != "end":
                raise NotTranslatable(f"{self.next()[1]!r} stands where ')' should stand")
            return inner
        if self.takes("["):
            return self.values("list", "]", depth=depth)
        if self.takes("!") or (kind == "word" and word.lower() == "negate"):
            self.at += kind == "word"
            return Part(kind="operation", word="not", parts=(self.factor(depth=depth + 1),))
        return self.with_ending(self.atom(depth=depth))

    def with_ending(self, part: Part) -> Part:
        kind, word = self.next()
        if kind == "word" and word.lower() in {"empty", "notempty"} and part.kind != "call":
            self.at += 1
            return Part(kind="operation", word=word.lower(), parts=(part,))
        return part

    def atom(self, *, depth: int) -> Part:
        kind, word = self.next()
        self.at += 1
        if kind == "name":
            return Part(kind="name", word=word.strip())
        if kind == "text":
            return Part(kind="text", word=re.sub(r"\\(['\"])", r"\1", word[1:-1]))
        if kind == "number":
            return _number(word)
        if (kind, word) == ("sign", "-") and self.next()[0] == "number":
            self.at += 1
            inner = _number(self.tokens[self.at - 1][1])
            return Part(kind="number", word=f"-{inner.word}")
        if kind == "word":
            if self.takes("("):
                return Part(
                    kind="call", word=word, parts=self.values("list", ")", depth=depth).parts
                )
            return _bare(word)
        raise NotTranslatable(f"{word!r} stands where a value should stand")

    def values(self, kind: Kind, end: str, *, depth: int) -> Part:
        found: list[Part] = []
        while not self.takes(end):
            if found and not self.takes(","):
                if self.next()[0] == "end" and end == ")":
                    break
                raise NotTranslatable(f"{self.next()[1]!r} stands where ',' or {end!r} should")
            found.append(self.level(0, depth=depth + 1))
        return Part(kind=kind, parts=tuple(found))


def _number(word: str) -> Part:
    if word.startswith("0x"):
        return Part(kind="number", word=str(int(word, 16)))
    if re.fullmatch(r"0\d+", word):
        raise NotTranslatable(f"the number {word} begins with 0. Put quotes around it")
    return Part(kind="number", word=word)


def _bare(word: str) -> Part:
    """Read a word without quotes: a truth value, nothing, or a text."""
    if word.lower() in {"true", "false"}:
        return Part(kind="truth", word=word.lower())
    if word in {"undefined", "null"}:
        return Part(kind="nothing")
    return Part(kind="text", word=word)
