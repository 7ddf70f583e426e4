"""Scales from file to file: scores, reliability, and means after imputation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError, FileError
from outcomes.estimate import Estimate
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.stats.chained_imputation import Draw, chained_imputations
from outcomes.stats.rubin_pooling import pooled_estimate
from outcomes.stats.survey_mean import survey_mean
from outcomes.surveys.answer_quality import answer_quality
from outcomes.surveys.big_answers import ScoredAnswers, read_scored_answers
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.scale_quality import AS_USUAL, Reckoning, ScaleQuality, scale_quality
from outcomes.surveys.scoring import item_numbers, item_scores, reverse, score

SECONDS = "seconds"  # the column that says how long a respondent took
POOLED_COLUMNS = ("scale", "value", "se", "low", "high", "n", "imputed", "method")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile:
    """The scores of a file of answers, and what their reader should know."""

    table: pd.DataFrame  # respondent, columns kept, one column a scale, perhaps flags
    items: pd.DataFrame | None  # where asked for: items as numbers, reversed ones also as ITEM_r
    account: tuple[str, ...]  # sentences


def score_file(
    path: Path,
    instrument_path: Path,
    *,
    keep: Sequence[str] = (),
    flags: bool = False,
    items: bool = False,
    reading: Reading = AS_IT_IS,
) -> ScoredFile:
    """Score a file of answers without a study.

    Args:
        path: The answers, CSV, Excel or Parquet.
        instrument_path: Its items and scales.
        keep: Columns to carry along.
        flags: Whether columns say which rows look careless; they are counted in any case.
        items: Whether the items are asked for, too.
        reading: How the file is to be read.

    Raises:
        FileError: A file cannot be read, lacks a column, or the instrument has no scale.
        DataError: A column to keep has the name of a column of the result.
    """
    instrument = scored_instrument(instrument_path)
    own = (*instrument.scales, "respondent", "straight_lined", "longest_run", "too_fast")
    if both := [name for name in keep if name in own]:
        raise DataError(
            f"--keep {both[0]}: the scores have a column of that name. Rename the other"
        )
    answers = read_scored_answers(path, instrument, keep=keep, reading=reading)
    if SECONDS in answers.not_read:
        answers = read_scored_answers(path, instrument, keep=(*keep, SECONDS), reading=reading)
    found = score(answers.table, instrument)
    quality = answer_quality(answers.table, instrument, seconds=_seconds(answers.table))
    kept = answers.table[["respondent", *keep]]
    table = pd.concat([kept, found.table.drop(columns="respondent")], axis=1)
    return ScoredFile(
        table=table.assign(**quality.columns()) if flags else table,
        items=item_scores(answers.table, instrument) if items else None,
        account=(*left_out(answers), *found.sentences(), *quality.sentences()),
    )


def _seconds(table: pd.DataFrame) -> pd.Series | None:
    if SECONDS not in table:
        return None
    return pd.to_numeric(table[SECONDS], errors="coerce").astype(float)


def left_out(answers: ScoredAnswers) -> list[str]:
    """Name the rows of a file that were not taken."""
    return [f"Left out: {refusal}" for refusal in answers.refusals]


def scored_instrument(path: Path) -> Instrument:
    """Read an instrument that has scales.

    Raises:
        FileError: It cannot be read, or has none.
    """
    instrument = read_instrument(path)
    if not instrument.scales:
        raise FileError(
            path, "scales", "the instrument has no scale", "Add one, or nothing is scored"
        )
    return instrument


def reliability_file(
    path: Path,
    instrument_path: Path,
    *,
    how: Reckoning = AS_USUAL,
    reading: Reading = AS_IT_IS,
) -> tuple[ScaleQuality, list[str]]:
    """Say how reliable the scales are in a file of answers.

    Returns:
        The tables of scales and items, and what their reader should know in sentences.

    Raises:
        FileError: A file cannot be read, lacks a column, or the instrument has no scale.
    """
    instrument = scored_instrument(instrument_path)
    answers = read_scored_answers(path, instrument, reading=reading)
    found = scale_quality(answers.table, instrument, how=how)
    return found, [*left_out(answers), *found.notes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputation:
    """How gaps are filled."""

    tables: int = 20
    rounds: int = 10
    seed: int = 1
    draw: Draw = "pmm"


TWENTY_TABLES = Imputation()


def imputed_means_file(
    path: Path,
    instrument_path: Path,
    *,
    how: Imputation = TWENTY_TABLES,
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Estimate the mean of each scale with unanswered items imputed several times.

    Imputed answers serve the estimate only: they are nobody's answers, and are written nowhere.

    Returns:
        One row a scale, POOLED_COLUMNS, and what the reader should know in sentences.

    Raises:
        FileError: A file cannot be read, lacks a column, or the instrument has no scale.
        DataError: Too few answers to predict the missing ones from.
    """
    instrument = scored_instrument(instrument_path)
    answers = read_scored_answers(path, instrument, reading=reading)
    items = scored_items(instrument)
    values = item_numbers(answers.table, instrument, items=items)
    some = ~np.isnan(values).all(axis=1)
    means = _means_of_tables(values[some], answers.table[some], instrument, how=how)
    account, rows = left_out(answers), []
    for name, scale in instrument.scales.items():
        gaps = np.isnan(values[some][:, [items.index(item) for item in scale.items]])
        pooled = pooled_estimate(
            [mean.value for mean in means[name]],
            [mean.se for mean in means[name]],
            df_complete=means[name][0].n - 1,
            term=name,
            unit="points",
            n=means[name][0].n,
        )
        account += [f"Caution: {name}: {text}." for text in pooled.warnings]
        rows.append(_pooled_row(pooled, imputed=float(gaps.mean()), how=how))
    if silent := int((~some).sum()):
        account.append(f"{silent} answered no item of any scale and were left out.")
    return pd.DataFrame(rows, columns=list(POOLED_COLUMNS)), account


def _means_of_tables(
    values: np.ndarray, about: pd.DataFrame, instrument: Instrument, *, how: Imputation
) -> dict[str, list[Estimate]]:
    """Estimate the mean of each scale in each imputed table."""
    weights = about["weight"].to_numpy(dtype=float)
    weighted = None if np.isnan(weights).all() else weights
    items = scored_items(instrument)
    means: dict[str, list[Estimate]] = {name: [] for name in instrument.scales}
    for table in chained_imputations(
        values, tables=how.tables, rounds=how.rounds, seed=how.seed, draw=how.draw
    ):
        for name in instrument.scales:
            scores = _complete_scores(table, items, instrument=instrument, scale=name)
            means[name].append(survey_mean(scores, weighted, term=name, unit="points"))
    return means


def _pooled_row(pooled: Estimate, *, imputed: float, how: Imputation) -> dict[str, object]:
    return {
        "scale": pooled.term,
        "value": pooled.value,
        "se": pooled.se,
        "low": pooled.low,
        "high": pooled.high,
        "n": pooled.n,
        "imputed": imputed,
        "method": f"{pooled.method}, {how.draw}, seed {how.seed}",
    }


def _complete_scores(
    table: np.ndarray, items: Sequence[str], *, instrument: Instrument, scale: str
) -> np.ndarray:
    """Average the items of a scale in a table without gaps."""
    low, high = instrument.score_range(scale)
    columns = [
        reverse(table[:, items.index(item)], low=low, high=high)
        if item in instrument.scales[scale].reversed
        else table[:, items.index(item)]
        for item in instrument.scales[scale].items
    ]
    means: np.ndarray = np.mean(columns, axis=0)
    return means
