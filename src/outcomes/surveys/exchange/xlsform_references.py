"""Names inside the expressions and texts of an XLSForm: renamed ones, and dropped ones."""

import re
from collections.abc import Iterable, Mapping

from outcomes.surveys.exchange.form_draft import Draft, lost_condition

REFERENCE = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
EXPRESSIONS = ("relevant", "constraint", "calculation")


def referenced(expressions: Iterable[str]) -> set[str]:
    """Name every item that some expression asks about."""
    return {name for each in expressions for name in REFERENCE.findall(each)}


def settle_references(draft: Draft, *, names: Mapping[str, str], places: Mapping[str, str]) -> None:
    """Put the new names into expressions and texts; find what asks about a dropped question.

    Args:
        draft: With every item and group that was taken.
        names: Names in the form, each with the name here.
        places: Items and groups here, each with its row, for the report.
    """
    parts = [(item["name"], item) for item in draft.items]
    parts += list(draft.groups.items())
    for name, part in parts:
        place = places.get(name, name)
        for key in EXPRESSIONS:
            said = part.get(key, "")
            if asked := _asks_for_lost(draft, said, names=names):
                draft.error(
                    f"{place}, {key}",
                    f"it asks about ${{{asked}}}, which is not here: {draft.lost[asked]}. "
                    "Change the expression",
                )
                part[key] = lost_condition(said)
            elif said:
                part[key] = _renamed(said, names)
        for key in ("label", "hint", "constraint_message"):
            part[key] = {
                language: _text(draft, text, names=names, place=f"{place}, {key}::{language}")
                for language, text in part.get(key, {}).items()
            }


def _asks_for_lost(draft: Draft, said: str, *, names: Mapping[str, str]) -> str:
    """Name the first question in an expression or a text that was dropped."""
    asked = (each for each in REFERENCE.findall(said) if each not in names)
    return next((each for each in asked if each in draft.lost), "")


def _text(draft: Draft, text: str, *, names: Mapping[str, str], place: str) -> str:
    words = text
    while asked := _asks_for_lost(draft, words, names=names):
        words = re.sub(rf"\$\{{\s*{re.escape(asked)}\s*\}}", "…", words)
    if words != text:
        draft.dropped(place, f"it would show an answer that is not here: {text}")
    return _renamed(words, names)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    def here(match: re.Match[str]) -> str:
        return f"${{{names.get(match[1], match[1])}}}"

    return REFERENCE.sub(here, text)
