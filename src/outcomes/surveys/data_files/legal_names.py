"""Names of variables that SPSS, Stata and R take: legal, short enough and all different."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Program = Literal["spss", "stata", "r"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    longest: int  # characters; what is left after tidying is ASCII, so bytes too
    letters: str  # what may stand after the first letter, as a set of a regular expression
    reserved: frozenset[str]  # in small letters


_RULES: dict[Program, _Rules] = {
    "spss": _Rules(
        longest=64,
        letters="A-Za-z0-9_.",
        reserved=frozenset(
            ["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"]
        ),
    ),
    "stata": _Rules(
        longest=32,
        letters="A-Za-z0-9_",
        reserved=frozenset(
            [
                "byte",
                "double",
                "float",
                "if",
                "in",
                "int",
                "long",
                "strl",
                "using",
                "with",
                "_all",
                "_b",
                "_coef",
                "_cons",
                "_n",
                "_pi",
                "_pred",
                "_rc",
                "_skip",
            ]
        ),
    ),
    "r": _Rules(
        longest=60,
        letters="A-Za-z0-9_.",
        reserved=frozenset(
            [
                "if",
                "else",
                "repeat",
                "while",
                "function",
                "for",
                "next",
                "break",
                "true",
                "false",
                "null",
                "inf",
                "nan",
                "na",
                "na_integer_",
                "na_real_",
                "na_complex_",
                "na_character_",
                "in",
                "t",
                "f",
                "c",
            ]
        ),
    ),
}
_STATA_STRINGS = re.compile(r"str\d+")  # names of Stata's storage types


def legal_names(names: Sequence[str], program: Program) -> dict[str, str]:
    """Say what each variable is called in a program.

    A name that is legal there is kept. The others lose what may not stand in a name, and are cut
    where they are too long; a number behind them keeps them apart. Names that differ only in small
    and capital letters are kept apart, too, for SPSS takes them for one.

    Args:
        names: Of the columns of a file, all different.
        program: For which program.

    Returns:
        The legal name of each, all different, in the order of ``names``.

    Source:
        IBM SPSS Statistics, rules for variable names (64 bytes); Stata User's Guide 11.3 (32
        characters); R Language Definition, 10.3.2 (60 characters are our own bound).
    """
    rules = _RULES[program]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if _is_legal(name, program, rules) and name.lower() not in taken:
            found[name] = name
            taken.add(name.lower())
    for name in names:
        if name not in found:
            found[name] = _free(_tidy(name, program, rules), taken, longest=rules.longest)
            taken.add(found[name].lower())
    return {name: found[name] for name in names}


def _is_legal(name: str, program: Program, rules: _Rules) -> bool:
    return (
        re.fullmatch(rf"[A-Za-z][{rules.letters}]*", name) is not None
        and len(name) <= rules.longest
        and not name.endswith(".")
        and not _is_reserved(name, program, rules)
    )


def _is_reserved(name: str, program: Program, rules: _Rules) -> bool:
    small = name.lower()
    return small in rules.reserved or (
        program == "stata" and _STATA_STRINGS.fullmatch(small) is not None
    )


def _tidy(name: str, program: Program, rules: _Rules) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(rf"[^{rules.letters}]", "_", plain).rstrip(".")
    if not re.match(r"[A-Za-z]", plain) or _is_reserved(plain, program, rules):
        plain = f"v_{plain.lstrip('_')}"
    return plain[: rules.longest].rstrip(".")


def _free(name: str, taken: set[str], *, longest: int) -> str:
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        end = f"_{number}"
        free = name[: longest - len(end)] + end
    return free
