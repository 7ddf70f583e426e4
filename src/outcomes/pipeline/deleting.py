"""Deletion: say what would go, write a copy of it, and only then erase it, leaving tombstones."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Table, select

from outcomes.errors import DataError, FileError
from outcomes.pipeline.audit import record
from outcomes.pipeline.fielding import standing
from outcomes.store.desk_tables import PAPER_ENTRIES
from outcomes.store.engine import reading
from outcomes.store.erasing import Mark, erase
from outcomes.store.erasing_elsewhere import erase_entries, erase_imported
from outcomes.store.facts import ERASED
from outcomes.store.schema import ANSWERS, IMPORTS
from outcomes.store.submissions import WITHDRAWN, Stored, read_submissions
from outcomes.study import Study, write_whole

COPIES = "exports"  # the folder of the study in which copies are written
COLUMNS = (
    *("kind", "wave", "place", "form", "part", "version", "respondent", "way", "language"),
    *("day", "editor", "reason", "content"),
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What an erasure would take out of one wave: nothing is erased by making this list."""

    wave: str
    instances: tuple[str, ...]  # forms that arrived here
    imported: tuple[str, ...]  # respondents whose answers were imported
    parts: tuple[Stored, ...]  # of those forms
    facts: tuple[Row, ...]  # collected and imported answers, every version
    entries: tuple[Row, ...]  # what was keyed of sheets of paper
    files: tuple[str, ...]  # names of files that were imported: they are not ours to erase

    @property
    def people(self) -> int:
        """How many people's answers it holds."""
        return len(self.instances) + len(self.imported)

    @property
    def sheets(self) -> int:
        """How many sheets of paper."""
        return len({(entry["place"], entry["sheet"]) for entry in self.entries})

    @property
    def empty(self) -> bool:
        """Whether there is nothing to erase."""
        return not (self.people or self.entries)

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        people = "1 person" if self.people == 1 else f"{self.people} people"
        lines = [
            f"wave {self.wave}: the answers of {people} (forms that arrived here: "
            f"{len(self.instances)}, in {len(self.parts)} parts; imported: {len(self.imported)}), "
            f"stored rows of answers: {len(self.facts)}, keyed sheets of paper: {self.sheets}."
        ]
        if self.imported and self.files:
            lines.append(
                f"The files they were imported from stay as they are: {', '.join(self.files)}. "
                "Delete those yourself."
            )
        return lines


def what_would_go(study: Study, wave: str, *, instance: str = "") -> Going:
    """List what an erasure would take out of a wave, without erasing anything.

    Args:
        study: The study.
        wave: Its label.
        instance: Of one person only: the number of the form, or its beginning if no other form
            begins so, or the respondent's code of an import; "" for the whole wave.

    Raises:
        DataError: No such wave, no such form, or several.
    """
    study.wave(wave)
    parts: dict[str, list[Stored]] = defaultdict(list)
    for part in read_submissions(study.store, wave):
        parts[part.instance].append(part)
    forms = {
        name: own
        for name, own in parts.items()
        if any(part.part != WITHDRAWN for part in own)  # of an erased form only that is left
    }
    facts: Sequence[Row] = [
        fact for fact in _rows(study, ANSWERS, wave) if fact["content"] != ERASED
    ]
    entries: Sequence[Row] = [entry for entry in _rows(study, PAPER_ENTRIES, wave) if entry["body"]]
    ours = {part.respondent for own in parts.values() for part in own}
    imported = tuple(
        dict.fromkeys(fact["respondent"] for fact in facts if fact["respondent"] not in ours)
    )
    if instance:
        forms, imported = _only(forms, imported, wave=wave, wanted=instance)
        people = {part.respondent for own in forms.values() for part in own} | {*imported}
        facts = [fact for fact in facts if fact["respondent"] in people]
        entries = _of_forms(entries, forms)
    return Going(
        wave=wave,
        instances=tuple(forms),
        imported=imported,
        parts=tuple(part for own in forms.values() for part in own),
        facts=tuple(facts),
        entries=tuple(entries),
        files=_imported_files(study, wave),
    )


def copy_of(going: Going) -> pd.DataFrame:
    """Write what would go as a table: one row a part, a stored row of answers, or a keyed entry."""
    return pd.DataFrame(list(_lines(going)), columns=list(COLUMNS))


def write_copy(study: Study, going: Going, *, today: date, out: Path | None = None) -> Path:
    """Write the copy of what would go; readable by its owner only, and never over another file.

    Args:
        study: The study.
        going: What would go.
        today: For the name of the file.
        out: Where (.csv); by default a new file under exports/.

    Raises:
        FileError: There is a file of that name, or it cannot be written.
    """
    folder = study.root / COPIES
    name = f"erased-{going.wave}-{today.isoformat()}-{uuid.uuid4().hex[:6]}.csv"
    path = out or folder / name
    if path.exists():
        problem = "there is a file of that name, perhaps the copy of an earlier erasure"
        raise FileError(path, "", problem, "Choose another name")
    write_whole(path, copy_of(going).to_csv(index=False, lineterminator="\n"))
    path.chmod(0o600)
    return path


def require_closed(study: Study, wave: str, *, today: date) -> None:
    """Refuse to erase a whole wave while people answer it.

    Raises:
        DataError: It is open.
    """
    if standing(study, wave, today=today).state == "open":
        raise DataError(
            f"the wave {wave} is open: people are answering it. Close it first, or erase one "
            "person's form by its number"
        )


def require_reason(reason: str) -> None:
    """Refuse to erase without a reason of a few words.

    Raises:
        DataError: It is missing or a single word.
    """
    if len(reason.split()) < 2:
        raise DataError("say in a few words why, such as 'asked for by the respondent'")


def erase_answers(study: Study, going: Going, *, user: str, reason: str, today: date) -> int:
    """Erase what was listed; each person's answers wholly or, if the power goes, not at all.

    What stays is the tombstone of each: when, by whom and why, and that a form was there. Doing it
    again after an interruption erases the rest.

    Returns:
        How many people's answers were erased.

    Raises:
        DataError: The reason is missing.

    Source:
        Issue 4, 7; formr issue 656 (a study lost its data because deletion asked nobody).
    """
    require_reason(reason)
    mark = Mark(day=today.isoformat(), user=user, reason=" ".join(reason.split()))
    about = f"{going.people} people, {going.sheets} keyed sheets"
    record(study.store, user=user, action="began to erase", about=going.wave, detail=about)
    if going.entries:
        erase_entries(study.store, rows=[entry["id"] for entry in going.entries])
    erased = 0
    for instance in going.instances:
        done = erase(
            study.store,
            wave=going.wave,
            instance=instance,
            user=user,
            reason=mark.reason,
            day=mark.day,
        )
        erased += done.parts > 0
    for respondent in going.imported:
        found = erase_imported(study.store, wave=going.wave, respondent=respondent, mark=mark)
        erased += found > 0
    detail = f"{erased} people: {mark.reason}"
    record(study.store, user=user, action="erased", about=going.wave, detail=detail)
    return erased


def after_erasing(study: Study) -> list[str]:
    """Say what else holds answers that were erased from the store."""
    lines = ["Copies of the study folder and of data/study.db made before still hold them."]
    if any(study.results.glob("*.csv")):
        lines.append("The tables in results/ were made before: make them anew with: outcomes run")
    return lines


def _rows(study: Study, table: Table, wave: str) -> list[dict[str, Any]]:
    query = select(table).where(table.c.wave == wave).order_by(table.c.id)
    with reading(study.store) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _only(
    forms: Mapping[str, list[Stored]], imported: Sequence[str], *, wave: str, wanted: str
) -> tuple[dict[str, list[Stored]], tuple[str, ...]]:
    if wanted in imported:
        return {}, (wanted,)
    found = {name: own for name, own in forms.items() if name.startswith(wanted.lower())}
    if len(found) == 1:
        return found, ()
    many = f"{len(found)} forms begin" if found else "no form begins"
    raise DataError(
        f"{many} with {wanted!r} in the wave {wave}, and no imported respondent has that code. "
        "Take the number from the list of forms under Corrections"
    )


def _of_forms(entries: Sequence[Row], forms: Mapping[str, list[Stored]]) -> list[Row]:
    """Find everything that was keyed of the sheets that became these forms."""
    sheets = {
        (entry["place"], entry["sheet"])
        for entry in entries
        if entry["body"].get("instance") in forms
    }
    return [entry for entry in entries if (entry["place"], entry["sheet"]) in sheets]


def _imported_files(study: Study, wave: str) -> tuple[str, ...]:
    query = select(IMPORTS.c.file).where(IMPORTS.c.step == f"survey import {wave}").distinct()
    with reading(study.store) as connection:
        return tuple(sorted(name for name in connection.execute(query).scalars() if name))


def _lines(going: Going) -> Iterator[Row]:
    for part in going.parts:
        yield {
            "kind": "part of a form",
            "form": part.instance,
            "content": part.body,
            **{name: getattr(part, name) for name in COLUMNS if hasattr(part, name)},
        }
    for fact in going.facts:
        content = json.dumps(fact["answers"], ensure_ascii=False)
        yield {"kind": "stored answers", "content": content} | _known(fact)
    for entry in going.entries:
        content = json.dumps(entry["body"], ensure_ascii=False)
        about = {"part": f"sheet {entry['sheet']}", "editor": entry["user"], "way": "paper"}
        yield {"kind": "keyed sheet", **about, "content": content} | _known(entry)


def _known(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS if name in row and name != "content"}
