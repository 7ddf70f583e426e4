"""Scales across two files: the same meaning before and after, and reliable change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.measures import find
from outcomes.pipeline.scale_reports import left_out, scored_instrument
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.stats.invariance import group_invariance, longitudinal_invariance
from outcomes.stats.reliable_change import ErrorOf, ReliableChange, reliable_change
from outcomes.stats.suppression import FLOOR, suppress
from outcomes.surveys.big_answers import read_scored_answers
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.scale_meaning import Meaning, meaning_table, scale_meaning
from outcomes.surveys.scale_quality import quality_of_scale
from outcomes.surveys.scoring import score, turned_numbers

CHANGE_COLUMNS = (
    *("scale", "change", "share", "low", "high", "count", "n"),
    *("reliability", "threshold", "method", "withheld"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """The answers of those who answered on both occasions, row by row the same respondent."""

    before: pd.DataFrame
    after: pd.DataFrame
    all_before: pd.DataFrame  # also of those who are in the first file only
    account: tuple[str, ...]


def invariance_files(
    before: Path,
    after: Path,
    instrument_path: Path,
    *,
    respondent: str = "respondent",
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Test for each scale whether it meant the same before and after, to the same respondents.

    Args:
        before: The answers of the first occasion.
        after: The answers of the second occasion.
        instrument_path: The items and scales of both.
        respondent: The column that says in both files who answered.
        reading: How the files are to be read.

    Returns:
        One row a scale and step, and the verdicts in sentences.

    Raises:
        FileError: A file cannot be read or lacks a column.
        DataError: Nobody is in both files.
    """
    instrument = scored_instrument(instrument_path)
    pair = _paired(before, after, instrument, respondent=respondent, reading=reading)
    found = []
    for name in instrument.scales:
        first = turned_numbers(pair.before, instrument, scale=name)
        second = turned_numbers(pair.after, instrument, scale=name)
        whole = np.asarray(~np.isnan(np.hstack([first, second])).any(axis=1))
        n = int(whole.sum())
        found.append(
            scale_meaning(
                name,
                partial(longitudinal_invariance, first[whole], second[whole]),
                n=n,
                dropped=len(whole) - n,
                across="before and after",
            )
        )
    return meaning_table(found), [*pair.account, *_verdicts(instrument, found)]


def group_invariance_file(
    path: Path, instrument_path: Path, *, by: str, reading: Reading = AS_IT_IS
) -> tuple[pd.DataFrame, list[str]]:
    """Test for each scale whether it means the same to several groups of respondents.

    Args:
        path: The answers.
        instrument_path: Their items and scales.
        by: The column with the groups.
        reading: How the file is to be read.

    Returns:
        One row a scale and step, and the verdicts in sentences.

    Raises:
        FileError: A file cannot be read or lacks a column.
        DataError: The column names fewer than two groups.
    """
    instrument = scored_instrument(instrument_path)
    answers = read_scored_answers(path, instrument, keep=(by,), reading=reading)
    group = answers.table[by].astype(str)
    names = sorted(set(group) - {""})
    if len(names) < 2:
        raise DataError(f"--by {by}: the column names {len(names)} group, and two are needed")
    found = []
    for name in instrument.scales:
        values = turned_numbers(answers.table, instrument, scale=name)
        whole = ~np.isnan(values).any(axis=1) & (group != "").to_numpy()
        tables = [values[whole & (group == each).to_numpy()] for each in names]
        found.append(
            scale_meaning(
                name,
                partial(group_invariance, tables),
                n=min(len(table) for table in tables),
                dropped=int((~whole).sum()),
                across="in all groups",
            )
        )
    return meaning_table(found), [*left_out(answers), *_verdicts(instrument, found)]


def _verdicts(instrument: Instrument, found: Sequence[Meaning]) -> list[str]:
    return [
        f"{name}: {meaning.verdict}."
        for name, meaning in zip(instrument.scales, found, strict=True)
    ]


def _paired(
    before: Path, after: Path, instrument: Instrument, *, respondent: str, reading: Reading
) -> _Pair:
    if respondent != "respondent":
        reading = replace(reading, rename={**reading.rename, respondent: "respondent"})
    files = [read_scored_answers(path, instrument, reading=reading) for path in (before, after)]
    first, second = (file.table.set_index("respondent") for file in files)
    both = first.index.intersection(second.index)
    if both.empty:
        raise DataError(
            f"no respondent of {before.name} is in {after.name}: the codes in {respondent} must be "
            "the same in both files. Link them first with: outcomes survey link"
        )
    alone = [
        f"{len(table) - len(both)} of {len(table)} respondents of {path.name} are not in the other "
        "file and were left out."
        for path, table in ((before, first), (after, second))
        if len(table) > len(both)
    ]
    return _Pair(
        before=first.loc[both].reset_index(),
        after=second.loc[both].reset_index(),
        all_before=files[0].table,
        account=(*left_out(files[0]), *left_out(files[1]), *alone),
    )


def reliable_change_files(
    before: Path,
    after: Path,
    instrument_path: Path,
    *,
    respondent: str = "respondent",
    error: ErrorOf = "jacobson-truax",
    smallest: int = FLOOR,
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Say which share of the respondents changed by more than the error of the scale.

    Args:
        before: The answers of the first occasion.
        after: The answers of the second occasion.
        instrument_path: The items and scales of both.
        respondent: The column that says in both files who answered.
        error: Which standard error of a difference is used.
        smallest: Cells on fewer respondents are withheld.
        reading: How the files are to be read.

    Returns:
        Three rows a scale, CHANGE_COLUMNS, small cells withheld: never who changed. The
        reliability is alpha of the first occasion; omega, where alpha does not exist.

    Raises:
        FileError: A file cannot be read or lacks a column.
        DataError: Nobody is in both files, or no scale could be judged.
    """
    instrument = scored_instrument(instrument_path)
    pair = _paired(before, after, instrument, respondent=respondent, reading=reading)
    first, second = (score(table, instrument).table for table in (pair.before, pair.after))
    rows, account = [], list(pair.account)
    for name in instrument.scales:
        try:
            reliability = quality_of_scale(
                pair.all_before, instrument, scale=name, which=("alpha", "omega")
            )
            found = reliable_change(
                first[name], second[name], reliability=reliability, term=name, error=error
            )
        except DataError as problem:
            account.append(f"{name}: {problem}.")
            continue
        rows += _change_rows(found, instrument, scale=name, reliability=reliability)
    if not rows:
        raise DataError(f"no scale could be judged. {account[-1]}")
    table = suppress(
        pd.DataFrame(rows),
        count="count",
        values=["share", "low", "high"],
        groups=["scale"],
        smallest=smallest,
    )
    if hidden := int((table["withheld"] != "").sum()):
        account.append(
            f"{hidden} cells are withheld: fewer than {smallest} people, or beside them."
        )
    return table[list(CHANGE_COLUMNS)], account


def _change_rows(
    found: ReliableChange, instrument: Instrument, *, scale: str, reliability: float
) -> list[dict[str, object]]:
    measure = instrument.scales[scale].measure
    direction = find(measure).direction if measure else "ambiguous"
    words = {
        "higher better": ("improved", "no reliable change", "worsened"),
        "lower better": ("worsened", "no reliable change", "improved"),
        "ambiguous": ("rose", "no reliable change", "fell"),
    }[direction]
    return [
        {
            "scale": scale,
            "change": word,
            "share": share.value,
            "low": share.low,
            "high": share.high,
            "count": count,
            "n": share.n,
            "reliability": reliability,
            "threshold": found.threshold,
            "method": share.method,
        }
        for word, share, count in zip(
            words, (found.rose, found.same, found.fell), found.counts, strict=True
        )
    ]
