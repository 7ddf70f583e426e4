"""Import a table of engagement records of one kind, all of its rows or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.engagement.record_kinds import BASE, RecordKind, record_kind
from outcomes.engagement.record_reading import PLAIN, read_record_table
from outcomes.engagement.record_values import natural_key
from outcomes.pipeline.engagement_records import (
    TABLE,
    Version,
    record_row,
    record_versions,
    stored_records,
)
from outcomes.pipeline.engagement_retention import free_texts
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.refusing import left_out_note, refuse_forbidden
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store.engagement_erasing import MARK
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

STEP = "engagement import-records"


def import_records(
    study: Study,
    path: Path,
    *,
    kind: str,
    reading: Reading = AS_IT_IS,
    amend: bool = False,
    today: date | None = None,
) -> Imported:
    """Store records of one kind; see ``record_reading.read_record_table`` for the columns.

    A record that is stored already is known again by its day, place, community and what tells it
    from others. A row that says what an earlier version said is known too: what was corrected or
    withdrawn at the desk since is not undone by the file from which it came. Texts that were
    kept long enough and erased do not come back with it, not with an amendment either.

    Args:
        study: The study.
        path: CSV or Excel.
        kind: The code of the kind.
        reading: How the file is to be read.
        amend: Whether known records with other content are corrections.
        today: The day, if it is another: no record lies after it.

    Raises:
        DataError: There is no such kind, or a record is stored with other content and this is no
            amendment.
        FileError: A column looks like what engagement never keeps (A6, A11, D19), or the file
            breaks another rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    asked = record_kind(kind)
    sheet = read_record_table(
        path,
        asked,
        places=study.place_codes(),
        communities=[each.code for each in study.settings.communities],
        known=known_names(study),
        today=today or date.today(),
        reading=reading,
    )
    texts = [field.name for field in asked.fields if field.kind in {"text", "note"}]
    refuse_forbidden(sheet, reading=reading, texts=texts)
    table = sheet.or_refuse(leave_out=reading.leave_out_refused).table
    rows, notes = _rows(table, stored_of(study, asked)), left_out_note(reading)
    sheet.table = table[["row", *BASE]]  # of a kind's own fields none says when or where
    return store_sheet(study, sheet, rows, table=TABLE, step=STEP, amend=amend, notes=notes)


def known_names(study: Study) -> tuple[str, ...]:
    """List the names that are no secret: places, agencies, outlets, organisations on record."""
    settings = study.settings
    names = [settings.study.agency, settings.study.name]
    for place in settings.places:
        names += [place.code, place.name, *place.known_as]
    names += [each.name for each in settings.agencies]
    names += [each.name for each in settings.outlets]
    names += [each.name for each in settings.communities]
    for kind, body in stored_records(study)[["kind", "body"]].itertuples(index=False, name=None):
        names += _organisations(kind, body)
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The records of one kind that are stored, to know them again."""

    kind: RecordKind
    versions: dict[str, list[Version]]  # by the key of the store, the oldest first

    def current(self) -> dict[tuple[str, ...], Version]:
        """Find records by what tells one from another as they stand now; withdrawn ones too."""
        return {self.natural(each[-1]): each[-1] for each in self.versions.values()}

    def ever(self) -> dict[tuple[str, ...], str]:
        """Find the key of the store by what ever told a record from others."""
        every = [one for each in self.versions.values() for one in each]
        found = {self.natural(one): one.key for one in sorted(every, key=lambda one: one.number)}
        return found | {natural: one.key for natural, one in self.current().items()}

    def natural(self, one: Version) -> tuple[str, ...]:
        """Say what tells a record from others."""
        where = {"day": one.day, "place": one.place, "community": one.community}
        return natural_key(self.kind, one.body, **where)


def stored_of(study: Study, kind: RecordKind) -> Stored:
    """Read the records of one kind that are stored."""
    return Stored(kind=kind, versions=record_versions(study, kind.code))


def _organisations(kind: str, body: dict[str, Any]) -> list[str]:
    try:
        fields = record_kind(kind).fields
    except ValueError:  # a kind of another room, or of an earlier version
        return []
    named = [field.name for field in fields if field.kind == "organisation"]
    return [name for field in named for name in body.get(field, ())]


def _rows(table: "pd.DataFrame", stored: Stored) -> list[dict[str, Any]]:
    """Lay the rows out for the store; a record that is there already keeps its key."""
    rows, ever = [], stored.ever()
    for read in table.to_dict("records"):
        where = {name: str(read[name]) for name in BASE}
        natural = natural_key(stored.kind, read[PLAIN], **where)
        row = record_row(stored.kind.code, key=natural, body=read[PLAIN], **where)
        row["key"] = ever.get(natural, row["key"])
        versions = stored.versions.get(row["key"], [])
        erased = max((one.body.get(MARK, "") for one in versions), default="")
        texts = (*free_texts(stored.kind), MARK) if erased else ()
        if any(_says_the_same(row, one, but=texts) for one in versions):
            newest = versions[-1]
            row |= {name: getattr(newest, name) for name in (*BASE, "body", "by")}
        elif erased:
            row["body"] = _without(row["body"], texts) | {MARK: erased}
        rows.append(row)
    return rows


def _says_the_same(row: dict[str, Any], one: Version, *, but: Sequence[str]) -> bool:
    where = all(row[name] == getattr(one, name) for name in BASE)
    return where and _without(row["body"], but) == _without(one.body, but)


def _without(body: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}
