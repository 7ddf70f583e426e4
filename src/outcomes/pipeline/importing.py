"""Store what an import read, and say what became of every row."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Refusal
from outcomes.store import Source, append
from outcomes.store.facts import Rows
from outcomes.study import Study

if TYPE_CHECKING:  # polls store articles without tables, and are small because of that
    from outcomes.sheets import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The account of one import: read = new + known + refused."""

    file: str
    read: int
    new: int  # rows stored now
    known: int  # rows that were stored before, word for word
    refusals: tuple[Refusal, ...] = ()
    not_read: tuple[str, ...] = ()  # columns that no rule asks for
    notes: tuple[str, ...] = ()  # what else the reader should know

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        from outcomes.sheets import GENERATED

        lines = [
            f"{self.file}: {self.read} rows read, {self.new} stored, {self.known} already known, "
            f"{len(self.refusals)} refused."
        ]
        not_stored = [name for name in self.not_read if name != GENERATED]
        if not_stored:
            lines.append(f"Columns not stored: {', '.join(not_stored)}.")
        lines += [f"Refused: {refusal}" for refusal in self.refusals]
        return lines + list(self.notes)


def store_sheet(
    study: Study,
    sheet: "Sheet",
    rows: Rows,
    *,
    table: str,
    step: str,
    amend: bool = False,
    notes: tuple[str, ...] = (),
) -> Imported:
    """Append the rows of a checked sheet to the store, all or none, and give the account.

    Args:
        study: The study.
        sheet: What was read, after ``or_refuse``.
        rows: The same rows in the columns of the store's table; one by one, or as a table.
        table: The store's table.
        step: The command, for the log.
        amend: Whether rows known with other content are corrections.
        notes: Sentences to add to the account.
    """
    source = Source(step=step, file=sheet.path, read=sheet.read, refused=len(sheet.refusals))
    appended = append(study.store, table, rows, source=source, amend=amend)
    notes = (*notes, *_joined(study, sheet, table=table, known=appended.known))
    return Imported(
        file=sheet.path.name,
        read=sheet.read,
        new=appended.new,
        known=appended.known,
        refusals=tuple(sheet.refusals),
        not_read=sheet.not_read,
        notes=notes,
    )


def _joined(study: Study, sheet: "Sheet", *, table: str, known: int) -> tuple[str, ...]:
    """Say what a join to places and months keeps of the rows; of answers and codes nothing."""
    if table not in {"counts", "walks", "incidents", "engagement_records"}:
        return ()
    from outcomes.pipeline.join_audit import join_sentence

    said = join_sentence(study, sheet.table, known=known, refused=len(sheet.refusals))
    return (said,) if said else ()


def store_key(*parts: str) -> str:
    """Make a key for the store, at most 200 characters whatever the length of the url."""
    key = " ".join(parts)
    return key if len(key) <= 200 else f"{key[:135]} {hashlib.sha256(key.encode()).hexdigest()}"
