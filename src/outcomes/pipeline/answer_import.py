"""Answers from other tools: propose a mapping, see what it would do, import by it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from outcomes.errors import FileError, Refusal
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.surveys import import_answers
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Reading, Sheet
from outcomes.study import Study, open_study, study_key, write_whole
from outcomes.surveys.answer_files import AnswerFile, Kind, read_answer_file
from outcomes.surveys.answer_mapping import AnswerMapping, check_mapping, read_mapping
from outcomes.surveys.answers import answer_rows, check_answers, check_flow
from outcomes.surveys.instrument import Instrument, item_named, scored_items
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.mapped_answers import MappedAnswers, map_answers
from outcomes.surveys.mapped_respondents import hashed_codes, respondents_of
from outcomes.surveys.mapping_proposal import Proposal, propose_mapping
from outcomes.surveys.mapping_text import mapping_text

_NEED_A_MAPPING = (".sav", ".dta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Answers as they would be stored, and what is to be said of them."""

    sheet: Sheet
    instrument: Instrument
    code: Mapping[int, Mapping[str, str]]  # by row: the hashed elements of the self-made code
    notes: tuple[str, ...]

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The rows that are refused."""
        return tuple(self.sheet.refusals)


def map_file(
    path: Path, instrument_path: Path, *, kind: Kind | None = None, encoding: str = "utf-8-sig"
) -> Proposal:
    """Propose a mapping for an export onto an instrument.

    If the instrument lies in a study, the study's places are known.

    Raises:
        FileError: The file cannot be read, or the instrument breaks a rule.
    """
    instrument = read_instrument(instrument_path)
    root = instrument_path.resolve().parent.parent
    study = open_study(root) if (root / "study.toml").exists() else None
    file = read_answer_file(path, kind=kind, encoding=encoding)
    return propose_mapping(file, instrument, places=None if study is None else place_names(study))


def place_names(study: Study) -> dict[str, str]:
    """List the places of a study with their names."""
    return {place.code: place.name for place in study.settings.places}


def write_mapping(proposal: Proposal, out: Path, *, replace_it: bool = False) -> Path:
    """Write a proposal as a mapping file.

    Raises:
        FileError: A mapping is there already, which somebody may have edited.
    """
    if out.exists() and not replace_it:
        raise FileError(
            out, "", "there is a mapping already", "Name another file, or say --replace"
        )
    write_whole(out, mapping_text(proposal))
    return out


def import_mapped(
    study: Study,
    path: Path,
    *,
    wave: str,
    mapping: Path,
    reading: Reading = AS_IT_IS,
    amend: bool = False,
) -> Imported:
    """Import another tool's answers of one wave by a mapping, all rows or none.

    The same file again stores nothing new; a later export adds what it has more.

    Raises:
        DataError: study.toml dates no such wave, or a respondent is stored with other answers.
        FileError: The file, the mapping or the instrument breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.

    Source:
        Issue 4, administration 5; requirements A10, B5.
    """
    found = prepare(study, path, wave=wave, mapping=mapping, reading=reading)
    found.sheet.or_refuse(leave_out=reading.leave_out_refused)
    rows = answer_rows(found.sheet.table, found.instrument, wave=wave)
    for number, row in zip(found.sheet.table["row"], rows, strict=True):
        row["answers"] |= found.code.get(int(number), {})
    return store_sheet(
        study,
        found.sheet,
        rows,
        table="answers",
        step=f"survey import {wave}",
        amend=amend,
        notes=found.notes,
    )


def import_wave_file(study: Study, path: Path, *, wave: str, amend: bool = False) -> Imported:
    """Import a wave's file: by the mapping of the same name that lies beside it, if there is one.

    Raises:
        FileError: As for ``import_mapped``; or the file needs a mapping and there is none.
    """
    mapping = path.with_suffix(".toml")
    if mapping.exists():
        return import_mapped(study, path, wave=wave, mapping=mapping, amend=amend)
    if path.suffix.lower() in _NEED_A_MAPPING:
        instrument = study.instrument_path(study.wave(wave).instrument).name
        raise FileError(
            path,
            "",
            "no mapping lies beside it",
            f"Make one with: outcomes survey map {path.name} --instrument surveys/{instrument} "
            f"--out {mapping.name}",
        )
    return import_answers(study, path, wave=wave, amend=amend)


def prepare(
    study: Study, path: Path, *, wave: str, mapping: Path, reading: Reading = AS_IT_IS
) -> Prepared:
    """Read a file by its mapping, and check every answer, without storing anything.

    Raises:
        DataError: study.toml dates no such wave.
        FileError: The file, the mapping or the instrument breaks a rule.
    """
    instrument = wave_instrument(study, wave)
    said = read_mapping(mapping)
    file = read_answer_file(path, kind=said.kind, encoding=reading.encoding)
    places = (*study.place_codes(), AGENCY)
    check_mapping(said, file, instrument, places=places, path=mapping)
    about = study.wave(wave)
    _require_scored(said, instrument, occasion=about.occasion, mapping=mapping)
    mapped = map_answers(
        file, said, instrument, occasion=about.occasion, days=(about.opens, about.closes)
    )
    if mapped.cells.empty and not mapped.refusals:
        why = "; ".join(f"{times} {reason}" for reason, times in mapped.left_out.items())
        raise FileError(path, "", f"no row of the file counts ({why})", "Check [[rows]] and [date]")
    key = study_key(study)
    people = respondents_of(file, said, mapped.cells.index, key=key, wave=wave)
    cells = mapped.cells.loc[people.codes.index].assign(respondent=people.codes)
    order = said.date.order if said.date else reading.date_order
    sheet = check_answers(
        cells,
        instrument,
        path=path,
        places=places,
        reading=replace(reading, rename={}, date_order=order),
    )
    notes = check_flow(sheet, instrument, occasion=about.occasion)
    _say_as_the_file_does(sheet, said, file=file)
    sheet.refusals += [*mapped.refusals, *people.refusals]
    sheet.refusals.sort(key=lambda refusal: refusal.row)
    sheet.read = mapped.read
    kept = mapped.code.loc[mapped.code.index.intersection(sheet.table["row"])]
    unlinked = not people.linked and about.respondents != "new sample"
    return Prepared(
        sheet=sheet,
        instrument=instrument,
        code=hashed_codes(kept, instrument, key=key) if said.code else {},
        notes=(*_notes(mapped, said, file=file, unlinked=unlinked), *notes),
    )


def _require_scored(
    said: AnswerMapping, instrument: Instrument, *, occasion: str, mapping: Path
) -> None:
    for name in scored_items(instrument):
        waves = item_named(instrument, name).waves
        if name not in said.items and (not waves or occasion in waves):
            scales = [scale for scale, each in instrument.scales.items() if name in each.items]
            raise FileError(
                mapping,
                "items",
                f"no column is mapped to {name}, which the scale {scales[0]} needs",
                f'Add [items.{name}] with column = "…"',
            )


def _say_as_the_file_does(sheet: Sheet, said: AnswerMapping, *, file: AnswerFile) -> None:
    """Name columns in refusals as the file does, and list those that are not stored."""
    theirs = {name: ", ".join(source.used) for name, source in said.items.items()}
    if said.respondent:
        theirs["respondent"] = said.respondent.column
    if said.place and said.place.column:
        theirs["place"] = said.place.column
    theirs["weight"] = said.weight or "weight"
    sheet.refusals = [
        replace(each, column=theirs.get(each.column, each.column)) for each in sheet.refusals
    ]
    stored = {column for column, key in said.used() if key[0] not in {"rows", "date"}}
    sheet.not_read = tuple(header for header in file.headers if header not in stored)


def _notes(
    mapped: MappedAnswers, said: AnswerMapping, *, file: AnswerFile, unlinked: bool
) -> tuple[str, ...]:
    lines = [f"Left out: {times} rows, {why}." for why, times in mapped.left_out.items()]
    lines += mapped.notes
    if personal := [column.header for column in file.used_for("personal")]:
        lines.append(f"Personal, and never stored: {', '.join(personal)}.")
    if said.respondent is None:
        lines.append(
            "No column tells respondents apart, so a row that is changed in the other tool later "
            "will count as another respondent."
        )
    if unlinked:
        lines.append(
            "These answers cannot be linked to another wave: no column holds a code that people "
            "keep."
        )
    if not said.place and file.cells.shape[0]:
        lines.append("No column names a place: the answers count for the agency as a whole.")
    return tuple(lines)


def as_table(found: Proposal) -> pd.DataFrame:
    """Give the report on every column as a table."""
    return pd.DataFrame(
        [
            {"column": each.column, "fate": each.fate, "became": each.became, "why": each.why}
            for each in found.fates
        ]
    )
