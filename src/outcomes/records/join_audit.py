"""What a join to places and months keeps and loses: no row thins out of a count unseen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from outcomes.settings import AGENCY

_NAMED = 5  # places or months that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinAudit:
    """The account of one table: rows = matched + unmatched place + unmatched month + duplicated."""

    table: str  # in words: "walks"
    rows: int
    matched: int
    unmatched_place: int  # no place of the study has that code
    unmatched_month: int  # it lies in no whole month of the study
    duplicated: int  # the same thing once more under another key
    dropped: int  # refused when files were read, and never stored
    places: tuple[str, ...] = ()  # codes that no place has
    months: tuple[str, ...] = ()  # months that are no whole month of the study
    empty_places: tuple[str, ...] = ()  # of the study, without any row that matches

    def sentences(self) -> list[str]:
        """Say it in words: first the numbers, then what is behind those that did not match."""
        unmatched = self.unmatched_place + self.unmatched_month
        lines = [
            f"{self.table.capitalize()} joined to places and months: {self.matched} matched, "
            f"{unmatched} unmatched, {self.duplicated} duplicated, {self.dropped} dropped."
        ]
        if self.unmatched_place:
            lines.append(
                f"{self.unmatched_place} rows name no place of study.toml: "
                f"{_listed(self.places)}. Add the place, or correct the rows with --amend."
            )
        if self.unmatched_month:
            lines.append(
                f"{self.unmatched_month} rows lie in no whole month of the study: "
                f"{_listed(self.months)}. They are in no count by month."
            )
        if self.duplicated:
            lines.append(
                f"{self.duplicated} rows say what an earlier row says. They are counted, each by "
                "its own key; look whether the same thing was recorded twice."
            )
        if self.rows and self.empty_places:
            lines.append(f"No row of {self.table} in: {_listed(self.empty_places)}.")
        return lines


def audit_join(
    table: pd.DataFrame,
    *,
    of: str,
    places: Sequence[str],
    months: Sequence[str],
    dropped: int = 0,
) -> JoinAudit:
    """Count what a join of a table to the study's places and months keeps and loses.

    Args:
        table: Columns place and month (2026-03); the other columns, which hold text or numbers,
            say what a row is, so rows that are alike in all of them are duplicates.
        of: What the rows are, in words.
        places: Codes of the study's places; the agency as a whole matches too.
        months: The whole months of the study.
        dropped: How many rows were refused when they were read.

    Returns:
        The account. Each row is counted once: by its place first, then by its month, then as a
        duplicate.

    Source:
        Requirements, pitfall 5: a fault in a merge can turn a result round.
    """
    known_place = table["place"].isin([*places, AGENCY])
    known_month = table["month"].isin(list(months))
    both = known_place & known_month
    repeated = table.duplicated() & both
    matched = table[both & ~repeated]
    return JoinAudit(
        table=of,
        rows=len(table),
        matched=len(matched),
        unmatched_place=int((~known_place).sum()),
        unmatched_month=int((known_place & ~known_month).sum()),
        duplicated=int(repeated.sum()),
        dropped=dropped,
        places=_distinct(table.loc[~known_place, "place"]),
        months=_distinct(table.loc[known_place & ~known_month, "month"]),
        empty_places=tuple(code for code in places if code not in set(matched["place"])),
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({str(word) for word in words}))


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more
