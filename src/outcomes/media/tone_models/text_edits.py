"""Replaces words of a text, and says where its target stands afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextEdit:
    """From ``start`` to ``end``, characters of the text as it was, stands ``new``."""

    start: int
    end: int
    new: str


def apply_edits(
    text: str, start: int, end: int, *, edits: Sequence[TextEdit]
) -> tuple[str, int, int]:
    """Apply edits to a text with a target.

    Args:
        text: The text.
        start: Where the target starts.
        end: The first character behind it.
        edits: In any order; none may overlap another. One that reaches over an end of the target
            belongs to it afterwards.

    Returns:
        The text, and where the target starts and ends in it.
    """
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        grown = len(edit.new) - (edit.end - edit.start)
        text = text[: edit.start] + edit.new + text[edit.end :]
        if edit.end <= start:
            start, end = start + grown, end + grown
        elif edit.start < end:
            start, end = min(start, edit.start), max(end, edit.end) + grown
    return text, start, end
