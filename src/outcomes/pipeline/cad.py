"""CAD steps: suggest what call types mean, store what a person confirmed, import extracts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.engagement.cad import NEITHER, KnownCodes, suggest_map
from outcomes.engagement.cad_extract import (
    Extract,
    ExtractColumns,
    count_types,
    read_extract,
)
from outcomes.engagement.cad_names import code_key
from outcomes.engagement.cad_visits import Ground, Visits, read_visits, visit_rows
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError, FileError, one_of
from outcomes.pipeline.importing import Imported, store_key
from outcomes.settings.cad import ELSEWHERE
from outcomes.sheets import AS_IT_IS, Column, Reading, read_sheet
from outcomes.store import Source, append, append_together, read_facts, sha256
from outcomes.study import Study, study_key

_SHOWN = 5


def suggest_codes(
    path: Path, column: str, *, study: Study | None = None, encoding: str = "utf-8-sig"
) -> tuple[pd.DataFrame, list[str]]:
    """Suggest what the call types of an extract mean; types confirmed before are left out.

    Args:
        path: The extract; of any size, only one column of it is read.
        column: Which one holds the call types.
        study: Whose walk types and confirmed codes are known; None: none are.
        encoding: Of a CSV file.

    Returns:
        The map of ``suggest_map``; and sentences beside it.
    """
    counts = count_types(path, column, encoding=encoding)
    known = known_codes(study) if study else KnownCodes()
    table = suggest_map(counts, known)
    undecided = int((table["means"] == "").sum())
    lines = [f"{len(counts)} call types, {len(counts) - len(table)} of them confirmed before."]
    if undecided:
        lines.append(f"{undecided} need a decision: fill their cell under means.")
    return table, lines


def known_codes(study: Study) -> KnownCodes:
    """Read a study's walk types and confirmed call types."""
    rules = read_walk_rules(study.rules_path)
    codes = read_facts(study.store, "cad_codes")
    return KnownCodes(
        walk_types={kind.code: kind.name for kind in rules.types},
        confirmed=dict(zip(codes["call_type"], codes["means"], strict=True)),
    )


def confirm_codes(
    study: Study,
    path: Path,
    *,
    reading: Reading = AS_IT_IS,
    amend: bool = False,
    today: date | None = None,
) -> Imported:
    """Store what a person decided that call types mean; who decided is not asked for.

    Args:
        study: The study.
        path: The map that ``suggest_codes`` made, as the person left it: ``call_type`` and
            ``means``. A row without ``means`` stays open and is asked for again.
        reading: How the file is read.
        amend: Whether another meaning of a confirmed type is a correction of it.
        today: The day of the decision, if it is another.

    Raises:
        DataError: A type was confirmed with another meaning, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    known = known_codes(study)
    columns = [
        Column(name="call_type"),
        Column(name="means", blank=True, allowed=known.meanings(), what="meaning of a call type"),
    ]
    sheet = read_sheet(path, columns, key=("call_type",), reading=reading)
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    decided = sheet.table[sheet.table["means"] != ""]
    before = {code_key(name): means for name, means in known.confirmed.items()}
    changed = [
        {
            "key": store_key("cad code", code_key(row.call_type)),
            "call_type": row.call_type,
            "means": row.means,
            "day": (today or date.today()).isoformat(),
        }
        for row in decided.itertuples()
        if before.get(code_key(row.call_type)) != row.means
    ]
    step = "engagement confirm-cad"
    source = Source(step=step, file=path, read=sheet.read, refused=len(sheet.refusals))
    appended = append(study.store, "cad_codes", changed, source=source, amend=amend)
    still_open = len(sheet.table) - len(decided)
    notes = (
        [f"{still_open} call types stay open, and will be asked for again."] if still_open else []
    )
    if appended.new and not read_facts(study.store, "cad_extracts").empty:
        notes.append(
            "Extracts that were imported before hold no visit of a type that was not confirmed "
            "then: import them again."
        )
    return Imported(
        file=path.name,
        read=sheet.read,
        new=appended.new,
        known=len(decided) - len(changed),
        refusals=tuple(sheet.refusals),
        notes=tuple(notes),
    )


def import_extract(
    study: Study,
    path: Path,
    *,
    columns: Mapping[str, str],
    place_map: Path | None = None,
    reading: Reading = AS_IT_IS,
    amend: bool = False,
) -> Imported:
    """Store the visits of a CAD extract whose call type was confirmed; nothing else of it.

    Args:
        study: The study.
        path: The extract: CSV, Excel or Parquet, of any size.
        columns: Names of its columns by what they hold: call, type, place, start, end, minutes,
            units, gps. What is left out here, [engagement.cad.columns] of study.toml says.
        place_map: A table beat, place; added to [engagement.cad.beats] of study.toml.
        reading: How the file is read; a rename is another way to name a column.
        amend: Whether calls known with other times are corrections.

    Raises:
        DataError: No call type was confirmed, or a call is stored with other times and this is no
            amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    confirmed = known_codes(study).confirmed
    if set(confirmed.values()) <= {NEITHER}:
        raise DataError(
            "no call type was confirmed as a walk or as other engagement. Suggest a map with: "
            "outcomes engagement map-cad FILE --column COLUMN --out map.csv, look through it, and "
            "store it with: outcomes engagement confirm-cad map.csv"
        )
    ours = {name: theirs for theirs, name in reading.rename.items()}
    named = _columns(study, {**ours, **columns})
    ground = _ground(study, place_map, hashed=bool(named.units))
    visits = read_facts(study.store, "cad_visits")
    stored = dict(zip(visits["call"], visits["call_type"], strict=True))
    extract = read_extract(path, named, confirmed=confirmed, stored=stored, reading=reading)
    found = read_visits(extract, ground, reading=reading)
    found.sheet.or_refuse(leave_out=reading.leave_out_refused)
    return _store(study, extract, found, reached=ground.reached(), amend=amend)


def _store(
    study: Study, extract: Extract, found: Visits, *, reached: list[str], amend: bool
) -> Imported:
    rows = visit_rows(found)
    days = sorted(extract.days)
    key = f"extract {sha256(extract.path)}"
    spans = [{"key": key, "first": days[0], "last": days[-1], "places": reached}] if days else []
    again = key in set(read_facts(study.store, "cad_extracts")["key"])
    refusals = found.sheet.refusals
    step = "engagement import-cad"
    source = Source(step=step, file=extract.path, read=extract.read, refused=len(refusals))
    tables = {"cad_visits": rows, "cad_extracts": [] if again else spans}
    appended = append_together(study.store, tables, source=source, amend=amend)
    return Imported(
        file=extract.path.name,
        read=extract.read,
        new=appended.new - len(tables["cad_extracts"]),
        known=appended.known,
        refusals=tuple(refusals),
        not_read=extract.not_read,
        notes=(*_account(extract, found), *found.sentences()),
    )


def _account(extract: Extract, found: Visits) -> list[str]:
    """Say what of the extract was left alone."""
    mine = int(extract.calls["wanted"].sum())
    lines = [f"{extract.read - mine} rows are calls of other types, and nothing of them is stored."]
    if extract.days:
        lines.append(f"The extract covers {min(extract.days)} to {max(extract.days)}.")
    if sensitive := extract.sensitive():
        lines.append(f"Not read, for they look like enforcement or people: {', '.join(sensitive)}.")
    if extract.not_confirmed:
        shown = ", ".join(repr(name) for name, _ in extract.not_confirmed.most_common(_SHOWN))
        lines.append(
            f"{len(extract.not_confirmed)} call types ({extract.not_confirmed.total()} rows) were "
            f"never confirmed: {shown}{' …' if len(extract.not_confirmed) > _SHOWN else ''}. "
            "Suggest what they mean with: outcomes engagement map-cad"
        )
    return lines


def _columns(study: Study, columns: Mapping[str, str]) -> ExtractColumns:
    stored = study.settings.engagement.cad.columns
    if wrong := [name for name in columns if name not in type(stored).model_fields]:
        raise DataError(
            f"{wrong[0]!r} is nothing that an extract is read for. "
            f"{one_of(wrong[0], list(type(stored).model_fields))}"
        )
    named = {name: columns.get(name) or getattr(stored, name) for name in type(stored).model_fields}
    for name in ("call", "type", "place", "start"):
        if not named[name]:
            raise DataError(
                f"which column holds the {name}? Say --{name} COLUMN, or write {name} under "
                "[engagement.cad.columns] in study.toml"
            )
    given = [name for name in named.values() if name]
    for name in given:
        if given.count(name) > 1:
            raise DataError(f"the column {name!r} is named for two things. Name another for one")
    return ExtractColumns(**named)


def _ground(study: Study, place_map: Path | None, *, hashed: bool) -> Ground:
    """Put together where beats lie; a place that is none of the study is refused."""
    places = study.place_codes()
    allowed = (*places, ELSEWHERE)
    beats = dict(study.settings.engagement.cad.beats)
    for beat, place in beats.items():
        if place not in allowed:
            raise FileError(
                study.root / "study.toml",
                f"[engagement.cad.beats] {beat}",
                f"{place!r} is no place of the study",
                one_of(place, allowed),
            )
    if place_map is not None:
        columns = [Column(name="beat"), Column(name="place", allowed=allowed, what="place")]
        sheet = read_sheet(place_map, columns, key=("beat",)).or_refuse(leave_out=False)
        beats |= dict(zip(sheet.table["beat"], sheet.table["place"], strict=True))
    return Ground(
        places=places,
        beats=beats,
        time_zone=study.settings.study.time_zone,
        key=study_key(study) if hashed else b"",
    )
