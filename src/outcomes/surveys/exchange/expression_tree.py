"""An XLSForm expression as a tree, so that it can be said in the language of another tool.

Reads XPath 1.0 as XLSForm uses it: ``${item}``, ``.``, literals, calls and operators. Paths into
the form's XML (``/data/x``, ``..``, ``[1]``, ``|``) are refused: other tools have no such tree.
"""

import re
from dataclasses import dataclass

from outcomes.errors import DataError

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<text>'[^']*'|"[^"]*")
      | \$\{\s*(?P<item>[A-Za-z_][\w.-]*)\s*\}
      | (?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)
      | (?P<sign>!=|<=|>=|\.\.|//|[=<>+\-*(),.|/\[\]])
    )""",
    re.VERBOSE,
)
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_DEEPEST = 60  # levels of brackets; no form that a person wrote comes near


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that stands in the expression."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that stands in the expression, without its quotes."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to an item; the name is empty for ``.``, the item that the expression is of."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Two sides with an operator between them."""

    sign: str  # or and = != < <= > >= + - * div mod
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """A minus sign before something."""

    of: "Node"


Node = Number | Text | Answer | Call | Operation | Negative


def expression_tree(expression: str) -> Node:
    """Read an XLSForm expression.

    Returns:
        The root of its tree; operators bind as in XPath 1.0.

    Raises:
        DataError: It is no XPath, or walks the form's XML by a path.

    Source:
        W3C (1999), XML Path Language 1.0, section 3. The names of functions are ODK's.
    """
    return _Reader(expression).whole()


class _Reader:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens: list[tuple[str, str]] = []
        self.at = self.depth = 0
        place, end = 0, len(expression.rstrip())
        while place < end:
            match = _TOKEN.match(expression, place)
            if match is None or match.lastgroup is None:
                rest = expression[place:end].strip()
                raise DataError(f"{expression!r} is no expression: {rest[:20]!r} is not understood")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()

    def whole(self) -> Node:
        node = self.level(0)
        if self.at < len(self.tokens):
            raise self.wrong()
        return node

    def wrong(self) -> DataError:
        if self.at >= len(self.tokens):
            return DataError(f"{self.expression!r} is no expression: it ends too early")
        kind, word = self.tokens[self.at]
        if kind == "sign" and word in {"/", "//", "..", "[", "|"}:
            return DataError(
                f"{self.expression!r} has {word!r}, a path into the form's XML. Write ${{item}}"
            )
        return DataError(f"{self.expression!r} is no expression: {word!r} cannot stand there")

    def takes(self, *words: str) -> str:
        """Step over one of these operators, if it stands here."""
        if self.at < len(self.tokens):
            kind, word = self.tokens[self.at]
            if kind in {"sign", "name"} and word in words:
                self.at += 1
                return word
        return ""

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self.unary()
        node = self.level(number + 1)
        while sign := self.takes(*_LEVELS[number]):
            node = Operation(sign=sign, left=node, right=self.level(number + 1))
        return node

    def unary(self) -> Node:
        minus = 0
        while self.takes("-"):
            minus += 1
        node = self.primary()
        return Negative(of=node) if minus % 2 else node

    def primary(self) -> Node:
        if self.at >= len(self.tokens):
            raise self.wrong()
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Number(value=word)
        if kind == "text":
            return Text(value=word[1:-1])
        if kind == "item" or word == ".":
            return Answer(name=word if kind == "item" else "")
        if kind == "name" and self.takes("("):
            return Call(name=word, arguments=self.arguments())
        if word == "(":
            node = self.inside()
            if self.takes(")"):
                return node
        else:
            self.at -= 1
        raise self.wrong()

    def arguments(self) -> tuple[Node, ...]:
        if self.takes(")"):
            return ()
        found = [self.inside()]
        while self.takes(","):
            found.append(self.inside())
        if not self.takes(")"):
            raise self.wrong()
        return tuple(found)

    def inside(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise DataError(f"an expression has more than {_DEEPEST} brackets in brackets")
        node = self.level(0)
        self.depth -= 1
        return node
