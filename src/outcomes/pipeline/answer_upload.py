"""A file of answers that somebody hands in at the desk: kept as it came, without who answered."""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from outcomes.errors import FileError
from outcomes.settings import AGENCY
from outcomes.sheets.files import read_cells
from outcomes.study import Study, study_key, write_whole
from outcomes.surveys.answer_files import AnswerFile, read_answer_file
from outcomes.surveys.answer_mapping import check_mapping, read_mapping
from outcomes.surveys.column_matches import CODE, match_columns
from outcomes.surveys.column_roles import holds_cards
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.mapped_respondents import sealed_cards, sealed_element

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".dta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that was handed in, where it lies now, and what was taken out of it."""

    path: Path
    emptied: tuple[str, ...] = ()  # columns that said who answered
    mapping: Path | None = None  # an earlier mapping of the same wave that fits this file, too


def keep_upload(
    study: Study, wave: str, *, name: str, content: bytes, today: date, instrument: Instrument
) -> Kept:
    """Keep a file of answers under data/raw/answers, never to be edited.

    Columns that say who answered (names, addresses, devices) are emptied before it is kept, and
    codes are hashed: of cards, and the elements of the self-made code. A file without such
    columns is kept byte for byte.

    Args:
        study: Where it belongs.
        wave: The wave that it is for; it must be one of study.toml.
        name: What it was called; only its ending counts.
        content: The file.
        today: The day, for its name.
        instrument: Of the wave, to see whether an earlier mapping fits.

    Raises:
        DataError: study.toml dates no such wave.
        FileError: It is no file of answers that can be read.
    """
    study.wave(wave)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise FileError(
            name or "the file", "", f"files of answers end in {', '.join(ENDINGS)}", "Export it so"
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{ending}"
        path.write_bytes(content)
        try:
            file = read_answer_file(path)
            personal = [column.header for column in file.used_for("personal")]
            filled = tuple(name for name in personal if (file.cells[name] != "").any())
            changes = _changes(file, instrument, key=study_key(study), personal=filled)
            if changes:
                content, ending = _changed(file, changes), _clean_ending(ending)
        except FileError as error:  # the person knows the file by its own name
            raise FileError(name, error.place, error.problem, error.mend) from None
    digest = hashlib.sha256(content).hexdigest()[:8]
    kept = uploads(study) / f"{wave}-{today.isoformat()}-{digest}{ending}"
    if not kept.exists():
        write_whole(kept, content)
    return Kept(path=kept, emptied=filled, mapping=_take_over(study, wave, kept, instrument))


def uploads(study: Study) -> Path:
    """Say where files of answers lie."""
    return study.raw / "answers"


def find_upload(study: Study, wave: str, name: str) -> Path:
    """Find a file that was handed in for a wave.

    Raises:
        FileError: There is none of that name.
    """
    path = uploads(study) / Path(name).name
    if path not in uploaded(study, wave):
        raise FileError(name, "", "no such file was handed in for this wave", "Upload it again")
    return path


def uploaded(study: Study, wave: str) -> list[Path]:
    """List the files that were handed in for a wave, the newest first."""
    pattern = re.compile(rf"{re.escape(wave)}-\d{{4}}-\d\d-\d\d-[0-9a-f]{{8}}")
    found = [
        path
        for path in uploads(study).glob("*")
        if path.suffix.lower() in ENDINGS and pattern.fullmatch(path.stem)
    ]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _take_over(study: Study, wave: str, kept: Path, instrument: Instrument) -> Path | None:
    """Use the newest mapping of the wave for a later file of the same shape."""
    own = kept.with_suffix(".toml")
    if own.exists():
        return own
    file = read_answer_file(kept)
    for other in uploaded(study, wave):
        mapping = other.with_suffix(".toml")
        if other == kept or not mapping.exists():
            continue
        try:
            said = read_mapping(mapping)
            if said.kind != file.kind:
                continue
            places = (*study.place_codes(), AGENCY)
            check_mapping(said, file, instrument, places=places, path=mapping)
        except FileError:
            continue
        write_whole(own, mapping.read_bytes())
        return own
    return None


def _clean_ending(ending: str) -> str:
    return ending if ending in {".sav", ".dta"} else ".csv"


def _changes(
    file: AnswerFile, instrument: Instrument, *, key: bytes, personal: Sequence[str]
) -> dict[str, list[str]]:
    """Give the cells that are kept in place of what says who answered, by column."""
    found = {name: [""] * len(file.cells) for name in personal}
    for column in file.columns:
        cells = file.cells[column.header]
        if column.use == "" and holds_cards(list(cells)):
            found[column.header] = list(sealed_cards(cells, key=key))
    for name, header in match_columns(file, instrument).whole.items():
        if instrument.code and name.startswith(CODE):
            bare = name.removeprefix(CODE)
            sealed = sealed_element(file.cells[header], instrument.code, name=bare, key=key)
            found[header] = list(sealed)
    return {name: cells for name, cells in found.items() if cells != list(file.cells[name])}


def _changed(file: AnswerFile, changes: Mapping[str, list[str]]) -> bytes:
    """Write a file again with the cells of some columns changed, and all else as it was."""
    if file.kind in {"spss", "stata"}:
        return _changed_statistics_file(file, changes)
    cells = read_cells(file.path, encoding="utf-8-sig")
    for name, said in changes.items():
        cells.loc[file.cells.index, name] = said
    text = io.StringIO()
    cells.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode("utf-8-sig")


def _changed_statistics_file(file: AnswerFile, changes: Mapping[str, list[str]]) -> bytes:
    import pyreadstat

    spss = file.kind == "spss"
    read: Any = pyreadstat.read_sav if spss else pyreadstat.read_dta
    table, about = read(str(file.path), user_missing=True)
    for name, said in changes.items():
        table[name] = said
    kept = {
        what: {name: said for name, said in getattr(about, what).items() if name not in changes}
        for what in ("variable_value_labels", "missing_ranges", "missing_user_values")
    }
    out = file.path.with_name(f"clean{file.path.suffix}")
    told: dict[str, Any] = {
        "column_labels": about.column_names_to_labels,
        "variable_value_labels": kept["variable_value_labels"],
    }
    if spss:
        pyreadstat.write_sav(table, str(out), missing_ranges=kept["missing_ranges"], **told)
    else:
        told["missing_user_values"] = kept["missing_user_values"]
        pyreadstat.write_dta(table, str(out), **told)
    return out.read_bytes()
