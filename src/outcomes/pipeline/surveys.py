"""Survey steps: check an instrument, import a wave, score the waves, and file to file."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.declarations import read_yaml
from outcomes.errors import DataError, FileError, Refusal
from outcomes.measures import join
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.sheets.files import read_cells
from outcomes.stats.survey_proportion import Interval
from outcomes.store import read_facts
from outcomes.study import Study, study_key
from outcomes.surveys.answers import answer_rows, check_answers, check_flow
from outcomes.surveys.faults import cautions, faults
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.keyed_codes import hashed_elements
from outcomes.surveys.microdata import Question, read_microdata
from outcomes.surveys.microdata_estimates import GroupEstimates, group_estimates
from outcomes.surveys.scoring import Scores, scale_measures, score

CODE = "code."  # begins the names under which answers keep the elements of a self-made code
SCORE_COLUMNS = ("wave", "respondent", "place", "weight", "scale", "measure", "score")
ACCOUNT_COLUMNS = ("wave", "scale", "scored", "prorated", "unscored")


def check_instrument(path: Path) -> tuple[Instrument, list[FileError]]:
    """Read an instrument as a compiler would, and list everything that is wrong with it.

    Raises:
        FileError: The file is not YAML or breaks the schema, so that no more can be checked.
    """
    instrument = read_yaml(path, Instrument)
    return instrument, [fault.at(path) for fault in faults(instrument)]


def instrument_cautions(instrument: Instrument) -> list[str]:
    """List what is not wrong with an instrument, but should be known before it is fielded."""
    return [f"{each.place}: {each.problem}. {each.mend}" for each in cautions(instrument)]


def import_answers(
    study: Study, path: Path, *, wave: str, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import the answers of one wave into the store, all rows or none.

    Raises:
        DataError: study.toml dates no such wave, or a respondent is stored with other answers.
        FileError: The file or its instrument breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    instrument = wave_instrument(study, wave)
    cells = read_cells(path, encoding=reading.encoding)
    codes = _code_columns(cells, instrument, reading=reading)
    sheet = check_answers(
        cells, instrument, path=path, places=study.place_codes(), keep=codes, reading=reading
    )
    notes = check_flow(sheet, instrument, occasion=study.wave(wave).occasion)
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    rows = answer_rows(sheet.table, instrument, wave=wave)
    if codes:
        rows, coded = _with_codes(study, rows, sheet.table[codes], instrument=instrument)
        notes += (f"Self-made codes of {coded} respondents: stored as keyed hashes only.",)
    whole = int((sheet.table["place"] == AGENCY).sum())
    if 0 < whole < len(sheet.table):
        notes += (f"{whole} rows name no place: they count for the agency as a whole.",)
    return store_sheet(
        study,
        sheet,
        rows,
        table="answers",
        step=f"survey import {wave}",
        amend=amend,
        notes=notes,
    )


def _code_columns(cells: pd.DataFrame, instrument: Instrument, *, reading: Reading) -> list[str]:
    """Name the columns of a file that hold elements of a self-made code, as code.ELEMENT."""
    there = {reading.rename.get(name, name) for name in cells.columns}
    elements = instrument.code.elements if instrument.code else ()
    return [name for each in elements if (name := f"{CODE}{each.name}") in there]


def _with_codes(
    study: Study, rows: list[dict[str, Any]], typed: pd.DataFrame, *, instrument: Instrument
) -> tuple[list[dict[str, Any]], int]:
    """Add the codes that people made to their answers, hashed element by element (issue 5, 1)."""
    if instrument.code is None or not (typed != "").any(axis=None):
        return rows, 0
    key, found, coded = study_key(study), [], 0
    for row, cells in zip(rows, typed.to_dict("records"), strict=True):
        given = {str(name).removeprefix(CODE): str(cell) for name, cell in cells.items()}
        hashed = hashed_elements(key, instrument.code, given)
        own = {f"{CODE}{name}": value for name, value in hashed.items() if value}
        found.append({**row, "answers": {**row["answers"], **own}})
        coded += bool(own)
    return found, coded


def score_waves(study: Study) -> pd.DataFrame:
    """Score every stored wave; write results/scores.csv and results/scoring.csv.

    Returns:
        Rows of the measures table: one a scored respondent and scale.

    Raises:
        DataError: A stored wave is not in study.toml, or its instrument was changed after its
            answers were imported.
    """
    answers = read_facts(study.store, "answers")
    for label in answers["wave"].unique():
        study.wave(label)
    measures, scores, accounts = [], [], []
    for wave in study.settings.waves:
        rows = answers[answers["wave"] == wave.label].reset_index(drop=True)
        if rows.empty:
            continue
        instrument = wave_instrument(study, wave.label)
        _require_same_words(study, rows, instrument=instrument)
        found = score(_item_table(rows), instrument)
        scores.append(_long(rows, found, instrument=instrument))
        accounts += [{"wave": wave.label, **asdict(line)} for line in found.account]
        measures.append(
            scale_measures(found, rows["place"], instrument=instrument, wave=wave.label)
        )
    empty = pd.DataFrame(columns=list(SCORE_COLUMNS))
    study.write_table("scores", pd.concat(scores, ignore_index=True) if scores else empty)
    study.write_table("scoring", pd.DataFrame(accounts, columns=list(ACCOUNT_COLUMNS)))
    return join(measures)


def _require_same_words(study: Study, rows: pd.DataFrame, *, instrument: Instrument) -> None:
    changed = rows["instrument_hash"] != content_hash(instrument)
    if not changed.any():
        return
    old = rows.loc[changed].iloc[0]
    path = study.instrument_path(instrument.id)
    raise DataError(
        f"{path.parent.name}/{path.name} is not what the wave {old['wave']} was answered with "
        f"(version {old['instrument_version']} then, {instrument.version} now): its words, items "
        "or scales were changed since. Put the earlier text back, or import the wave again with "
        "--amend if the answers are to be read by the changed file"
    )


def _item_table(rows: pd.DataFrame) -> pd.DataFrame:
    items = pd.DataFrame(list(rows["answers"]), index=rows.index, dtype=str)
    return pd.concat([rows[["respondent"]], items], axis=1)


def _long(rows: pd.DataFrame, found: Scores, *, instrument: Instrument) -> pd.DataFrame:
    frames = [
        rows[["wave", "respondent", "place", "weight"]].assign(
            scale=name, measure=scale.measure, score=found.table[name]
        )
        for name, scale in instrument.scales.items()
    ]
    if not frames:
        return pd.DataFrame(columns=list(SCORE_COLUMNS))
    return pd.concat(frames, ignore_index=True)[list(SCORE_COLUMNS)]


def estimate_file(
    path: Path,
    question: Question,
    *,
    interval: Interval = "logit",
    reading: Reading = AS_IT_IS,
) -> tuple[GroupEstimates, list[str]]:
    """Estimate a mean, total, ratio or shares from a file of respondents, without a study.

    Returns:
        The estimates, and what the reader should know about them in sentences.
    """
    data = read_microdata(path, question, reading=reading)
    found = group_estimates(data, question, interval=interval)
    return found, [*_left_out(data.refusals), *found.sentences()]


def _left_out(refusals: Sequence[Refusal]) -> list[str]:
    return [f"Left out: {refusal}" for refusal in refusals]
