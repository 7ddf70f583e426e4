"""Label a file of answers for another program, without a study."""

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from outcomes.errors import FileError
from outcomes.pipeline.data_asking import (
    Ask,
    finished,
    link_of,
    require_publishable,
    scored,
    texts_at_hand,
    weight_text,
)
from outcomes.settings import AGENCY, Publish
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.sheets.files import read_cells
from outcomes.surveys.answers import check_answers
from outcomes.surveys.data_files import AboutData, Dataset, Part
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument


def label_answers(
    path: Path,
    instrument_path: Path,
    ask: Ask,
    *,
    floor: int | None = None,
    reading: Reading = AS_IT_IS,
) -> Dataset:
    """Make a dataset of a file of answers, without a study.

    Args:
        path: CSV or Excel, as for ``survey score``. Where earlier texts of the instrument are
            named, its column ``version`` says which one each row answered.
        instrument_path: The newest text.
        ask: What is asked for.
        floor: How many people must share a combination in a public file; by default as a study's.
        reading: How the file is to be read.

    Raises:
        FileError: A file cannot be read or breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
        DataError: What is asked for may not be public.
    """
    require_publishable(ask)
    texts = texts_at_hand([read_instrument(instrument_path)], ask)
    cells = read_cells(path, encoding=reading.encoding)
    parts, notes = [], []
    for instrument, rows in _by_version(cells, tuple(texts.values()), path=path, reading=reading):
        sheet = check_answers(rows, instrument, path=path, reading=reading)
        sheet.or_refuse(leave_out=reading.leave_out_refused)
        notes += [f"Left out: {refusal}" for refusal in sheet.refusals]
        part = _file_part(sheet.table.reset_index(drop=True), instrument, public=ask.public)
        parts.append(scored(part) if ask.scores else part)
    newest = next(iter(texts.values()))
    return finished(
        parts,
        ask,
        about=AboutData(title=newest.title),
        name=path.stem,
        codes={},
        floor=floor or Publish().smallest_cell,
        notes=notes,
    )


def _file_part(table: pd.DataFrame, instrument: Instrument, *, public: bool) -> Part:
    secret = secrets.token_bytes(32)
    links = [link_of(secret, each) if public else each for each in table["respondent"]]
    meta = pd.DataFrame(
        {
            "link": links,
            "version": f"{instrument.id} {instrument.version}",
            "place": table["place"].replace(AGENCY, ""),
            "weight": [weight_text(each) for each in table["weight"]],
        }
    )
    items = table[[item.name for item in instrument.items if item.asked]].fillna("").astype(str)
    return Part(
        instrument=instrument,
        version=instrument.version,
        about=meta,
        answers=items,
    )


def _by_version(
    cells: pd.DataFrame, texts: Sequence[Instrument], *, path: Path, reading: Reading
) -> Iterable[tuple[Instrument, pd.DataFrame]]:
    if len(texts) == 1:
        yield texts[0], cells
        return
    column = next(
        (theirs for theirs, ours in reading.rename.items() if ours == "version"), "version"
    )
    if column not in cells.columns:
        raise FileError(
            path,
            "column version",
            "nothing says which version of the instrument each row answered",
            "Add the column, or leave out --earlier",
        )
    versions = cells[column].str.split().str[-1].fillna("")
    known = {each.version: each for each in texts}
    for row, version in versions.items():
        if version not in known:
            raise FileError(
                path,
                f"row {row}, column version",
                f"no text of the version {version!r} is at hand",
                f"There are {', '.join(known)}; name the text with --earlier FILE",
            )
    for version, instrument in known.items():  # the newest first
        rows = cells[versions == version]
        if not rows.empty:
            yield instrument, rows
