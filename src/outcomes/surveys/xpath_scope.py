"""What an expression stands among: the paths of a form, and the values while it is worked out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outcomes.errors import one_of
from outcomes.surveys.odk_values import Value
from outcomes.surveys.xpath_parser import ExpressionRefused


@dataclass(slots=True, kw_only=True)
class Reading:
    """What expressions see while a form is worked out."""

    values: dict[str, Value]  # by path, of what is shown; "" where there is no answer
    now: datetime
    stored: Mapping[str, str]  # by path: values worked out earlier, for once()


Work = Callable[[Reading], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An answer that an expression compares with something written in quotes or figures."""

    path: str
    written: str
    how: str  # "=", "<" for any order, or the function: "selected"


@dataclass(slots=True, kw_only=True)
class Scope:
    """The form around one expression, and what was found in it so far."""

    bind: "Callable[[Any, Scope], Work]"  # binds the arguments of a call
    here: str
    items: frozenset[str]
    groups: frozenset[str]
    reads: set[str] = field(default_factory=set)
    compared: list[Compared] = field(default_factory=list)
    not_in_odk: list[str] = field(default_factory=list)


def looks_like_path(token: Any) -> bool:
    """Say whether a part of an expression is a path, such as ``.`` or ``/data/age``."""
    return token.symbol in {"/", ".", "..", "(name)"}


def path_or_none(token: Any, scope: Scope) -> str | None:
    """Give the path that a part of an expression is, in brackets or not; None for anything else."""
    while token.symbol == "(" and len(token) == 1:
        token = token[0]
    return path_of(token, scope) if looks_like_path(token) else None


def path_of(token: Any, scope: Scope) -> str:
    """Follow a path from the item it stands in; it must end at an item or a group."""
    steps = _steps(token)
    if steps[0] != "/" and not (set(steps) & {".", ".."}):
        raise ExpressionRefused(
            f"{steps[-1]} stands there without its brackets",
            f"Write ${{{steps[-1]}}} for an item, or '{steps[-1]}' for a text",
        )
    at: list[str] = [] if steps[0] == "/" else scope.here.strip("/").split("/")
    for step in steps:
        if step == "..":
            at = at[:-1]
        elif step not in {"/", "."}:
            at.append(step)
    path = "/" + "/".join(at)
    if path not in scope.items and path not in scope.groups:
        raise ExpressionRefused(
            f"there is no item at {path}",
            one_of(at[-1] if at else path, sorted(one.rpartition("/")[2] for one in scope.items)),
        )
    return path


def _steps(token: Any) -> list[str]:
    if token.symbol == "/":
        return _joined(token) if len(token) == 2 else ["/", *_joined(token)]
    if token.symbol in {".", ".."}:
        return [token.symbol]
    if token.symbol == "(name)":
        return [str(token.value)]
    if token.symbol == "[":
        raise ExpressionRefused("[...] picks repeated answers", "Name the item without [...]")
    said = "..." if token.symbol.startswith("(") else token.symbol
    raise ExpressionRefused(
        f"{said} cannot stand there", "Name items as ${item}, and texts in quotes: 'yes'"
    )


def _joined(token: Any) -> list[str]:
    return [step for part in token for step in _steps(part)]
