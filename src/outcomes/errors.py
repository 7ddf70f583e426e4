"""Every error that is raised on purpose: what was wrong, where, the rule, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class OutcomesError(Exception):
    """Something that the person at the keyboard can understand and mend."""


class DataError(OutcomesError, ValueError):
    """Values that a function cannot answer its question with."""


class FileError(OutcomesError):
    """A file that breaks a rule, with the place in it and the mend."""

    def __init__(self, path: object, place: str, problem: str, mend: str) -> None:
        self.path, self.place, self.problem, self.mend = str(path), place, problem, mend
        where = f"{self.path}, {place}" if place else self.path
        super().__init__(f"{where}: {problem}. {mend}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One row of an imported file that was not taken, and why."""

    row: int  # as a spreadsheet counts: the header is row 1
    column: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.problem}. {self.mend}"


class RowsRefused(FileError):  # noqa: N818 (reads as what happened)
    """A table in which some rows break a rule, so that nothing of it was stored."""

    def __init__(self, path: object, refusals: Sequence[Refusal], *, read: int) -> None:
        first = refusals[0]
        self.refusals, self.read = tuple(refusals), read
        super().__init__(path, f"row {first.row}, column {first.column}", first.problem, first.mend)


def one_of(word: object, known: Sequence[str], *, at_most: int = 12) -> str:
    """Say which words are allowed, the likeliest first when one is close to what was written."""
    if not known:
        return "There are none yet"
    lower = {name.lower(): name for name in reversed(known)}
    close = [lower[name] for name in get_close_matches(str(word).lower(), lower, n=1, cutoff=0.6)]
    shown = ", ".join(known[:at_most]) + (", …" if len(known) > at_most else "")
    return f"Did you mean {close[0]!r}? Allowed: {shown}" if close else f"Allowed: {shown}"
