"""Estimates from a table of respondents: a mean or shares, for all of them or group by group."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, parse, read_sheet
from outcomes.stats.survey_mean import kish_design_effect, survey_mean, survey_proportion

RESULT_COLUMNS = ("term", "value", "se", "low", "high", "df", "deff", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a table of respondents."""

    statistic: Literal["mean", "proportion"]
    of: str  # the column with the answers
    equals: tuple[str, ...] = ()  # for a proportion: answers that count; none gives each its share
    by: str = ""  # the column with the groups; empty for all together
    weights: str = ""  # the column with the weights; empty where all count alike
    missing: tuple[str, ...] = ()  # answers that mean no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEstimates:
    """The estimates of one question, and the groups that could not be estimated."""

    table: pd.DataFrame  # RESULT_COLUMNS, one row an estimate
    estimates: tuple[Estimate, ...]
    left_out: tuple[str, ...]  # sentences: which group, and why

    def sentences(self) -> list[str]:
        """Say what the reader of the numbers should know, one line each."""
        dropped = [
            f"{estimate.term}: {estimate.dropped} without an answer were left out."
            for estimate in self.estimates
            if estimate.dropped
        ]
        cautions = [
            f"Caution: {text}." for estimate in self.estimates for text in estimate.warnings
        ]
        return [*dropped, *(f"No estimate: {text}." for text in self.left_out), *cautions]


def read_microdata(
    path: Path,
    question: Question,
    *,
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read the columns that a question needs from a table with one row a respondent.

    Returns:
        The answers as numbers (mean) or text (proportion), missing ones as NaN or empty; groups
        as text, empty where none is named; weights as numbers.

    Raises:
        FileError: The file cannot be read, or lacks a column.
    """
    columns = [Column(name=question.of, blank=True)]
    if question.by:
        columns.append(Column(name=question.by, blank=True))
    if question.weights:
        columns.append(Column(name=question.weights, kind="number", low=0))
    sheet = read_sheet(path, columns, reading=reading)
    cells = sheet.table[question.of].astype(str)
    cells = cells.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)  # 4.0 is how pandas writes 4
    cells = cells.where(~cells.isin(question.missing), "")
    sheet.table = sheet.table.assign(**{question.of: cells})
    if question.statistic == "mean":
        numbers = parse(cells.where(cells != ""), kind="number")
        sheet.refuse(
            numbers.isna() & (cells != ""),
            column=question.of,
            problem="{!r} is not a number",
            mend="Correct it; or, if it means no answer, name it with --missing",
        )
        sheet.table = sheet.table.assign(**{question.of: numbers[sheet.table.index]})
    return sheet


def group_estimates(table: pd.DataFrame, question: Question) -> GroupEstimates:
    """Answer a question for everybody, or for each group.

    Args:
        table: As ``read_microdata`` gives it.
        question: What is asked.

    Returns:
        One row an estimate. A group too small or too uniform to be estimated is named with the
        reason instead; who names no group is in none, and is counted.

    Raises:
        DataError: Nothing at all could be estimated, or an answer to be counted never occurs.
    """
    weights = table[question.weights].to_numpy(dtype=float) if question.weights else None
    groups: dict[str, np.ndarray] = {"": np.ones(len(table), dtype=bool)}
    left_out = []
    if question.by:
        named = table[question.by].astype(str)
        groups = {name: (named == name).to_numpy() for name in sorted(set(named) - {""})}
        if (named == "").any():
            left_out.append(f"{int((named == '').sum())} rows name no {question.by}")
    estimates, rows = [], []
    for answers, values in _targets(table, question).items():
        for group, inside in groups.items():
            term = _term(question, group=group, answers=answers)
            try:
                estimate = _estimate(values, weights, question=question, term=term, inside=inside)
            except DataError as error:
                left_out.append(str(error))
                continue
            estimates.append(estimate)
            used = inside & ~np.isnan(values)
            rows.append(_row(estimate, weights=None if weights is None else weights[used]))
    if not rows:
        raise DataError(left_out[0] if left_out else "there is no group to estimate")
    return GroupEstimates(
        table=pd.DataFrame(rows, columns=list(RESULT_COLUMNS)),
        estimates=tuple(estimates),
        left_out=tuple(left_out),
    )


def _targets(table: pd.DataFrame, question: Question) -> dict[str, np.ndarray]:
    """Give the numbers to average, by what they stand for."""
    cells = table[question.of]
    if question.statistic == "mean":
        return {"": cells.to_numpy(dtype=float)}
    different = sorted(set(cells) - {""})
    for word in question.equals:
        if word not in different:
            raise DataError(
                f"no row of {question.of} holds {word!r}, so its share cannot be told from a "
                f"slip of the pen. {one_of(word, different)}"
            )
    sets = [question.equals] if question.equals else [(word,) for word in different]
    return {
        ",".join(words): np.where(cells == "", np.nan, cells.isin(words).astype(float))
        for words in sets
    }


def _term(question: Question, *, group: str, answers: str) -> str:
    parts = [f"{question.by}={group}"] if group else []
    if answers and not (group and question.equals):
        parts.append(f"{question.of}={answers}")
    return ", ".join(parts) or question.of


def _estimate(
    values: np.ndarray,
    weights: np.ndarray | None,
    *,
    question: Question,
    term: str,
    inside: np.ndarray,
) -> Estimate:
    if question.statistic == "mean":
        unit = f"units of {question.of}"
        return survey_mean(values, weights, term=term, unit=unit, domain=inside)
    return survey_proportion(values, weights, term=term, domain=inside)


def _row(estimate: Estimate, *, weights: np.ndarray | None) -> dict[str, object]:
    return {
        "term": estimate.term,
        "value": estimate.value,
        "se": estimate.se,
        "low": estimate.low,
        "high": estimate.high,
        "df": estimate.n - 1,
        "deff": 1.0 if weights is None else kish_design_effect(weights[weights > 0]),
        "n": estimate.n,
    }
