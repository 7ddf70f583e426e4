"""XPath with the functions of ODK, parsed by elementpath; unsupported functions are refused."""

import re
from functools import cache
from threading import Lock
from typing import Any

from elementpath import XPath1Parser
from elementpath.exceptions import ElementPathError
from elementpath.tdop import Parser

from outcomes.errors import DataError, one_of
from outcomes.surveys.odk_functions import FUNCTIONS, REFUSED, SPECIAL


class ExpressionRefused(DataError):  # noqa: N818 (reads as what happened)
    """An expression that cannot be worked out: the problem, and the mend."""

    def __init__(self, problem: str, mend: str) -> None:
        self.problem, self.mend = problem, mend
        super().__init__(f"{problem}. {mend}")


QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ALONE = Lock()  # elementpath's parser keeps its place in itself: two texts at once would mix
_CALL = re.compile(r"(?<![\w.\-/])([A-Za-z_][\w.\-]*(?::[\w.\-]+)?)\s*\(")
_OPERATORS = {"and", "or", "div", "mod"}
_HINTS = (
    (
        r"[\u2018\u2019\u201c\u201d]",
        "it has a curly quotation mark",
        "Write straight ones: 'yes'",
    ),
    (r"==", "== is not known", "Write one ="),
    (r"&&", "&& is not known", "Write and"),
    (r"\|", "| is not known", "Write or"),
    (r"<>|!(?!=)", "this way to say 'not' is not known", "Write != or not(...)"),
    (r"(?<!\w)(AND|OR|NOT|DIV|MOD)(?!\w)", "operators are small letters", "Write and, or, not()"),
    (r"%", "% is not known", "Write mod"),
    (r"\$\{", "a ${ has no }", "Write ${item}"),
    (r"[<>=]\s*[<>]", "two signs of comparison stand together", "Write one of = != < <= > >="),
)


def _refuse_unsupported_functions(source: str) -> None:
    plain = QUOTED.sub("''", source)
    for name in _CALL.findall(plain):
        if name in _OPERATORS or name in FUNCTIONS or name in SPECIAL:
            continue
        if name in REFUSED:
            why, mend = REFUSED[name]
            raise ExpressionRefused(f"the function {name}() cannot be used: {why}", mend)
        raise ExpressionRefused(
            f"there is no function {name}()", one_of(name, sorted({*FUNCTIONS, *SPECIAL}))
        )


@cache
def _parser() -> Any:
    """Make elementpath's parser of XPath 1.0 that knows the functions of ODK."""

    class OdkParser(XPath1Parser):
        """XPath 1.0 with the functions of ODK."""

    names = {*FUNCTIONS, *SPECIAL}
    for name in names:
        if name in OdkParser.symbol_table:
            OdkParser.unregister(name)
        OdkParser.function(name, nargs=(0, None))
    keep = {"(", ")", ",", "/", "//", ".", "..", "*", "@", "[", "]", "$", "|", "::", ":", "+", "-"}
    for symbol, token in list(OdkParser.symbol_table.items()):
        if symbol not in names | keep and str(token.label) in {"function", "kind test", "axis"}:
            OdkParser.unregister(symbol)  # so that an item may be called node, text or name
    # a name is a function only where a bracket follows: items may be called date or count
    for name in names:
        OdkParser.symbol_table[name].pattern = rf"\b{re.escape(name)}(?=\s*\()"
    OdkParser.build()
    return OdkParser()


def parse(source: str) -> Any:
    """Parse an expression to elementpath's tree of tokens, each a list of its operands.

    Raises:
        ExpressionRefused: It is no expression, or calls a function that is not supported.
    """
    _refuse_unsupported_functions(source)
    if re.search(r"''\s*''", QUOTED.sub("''", source)):
        raise ExpressionRefused(
            "two texts stand side by side", 'Put "double quotes" around a text that holds a quote'
        )
    try:
        with _ALONE:
            return Parser.parse(_parser(), source)  # without elementpath's trial evaluation
    except (ElementPathError, SyntaxError) as error:
        plain = QUOTED.sub("''", source)
        for pattern, problem, mend in _HINTS:
            if re.search(pattern, plain):
                raise ExpressionRefused(problem, mend) from None
        if re.search(r"unexpected '[<>!=]+' operator", str(error)):
            raise ExpressionRefused(
                "three values are compared at once", "Write two comparisons: . > 17 and . < 66"
            ) from None
        said = re.sub(r"^.*?\[\w+:?\w*\]\s*", "", str(error))
        raise ExpressionRefused(
            f"it cannot be read ({said})", "Check its quotes, brackets and what stands after and/or"
        ) from None
