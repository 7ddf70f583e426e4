"""Estimates from a table of respondents, for all of them or group by group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.survey_proportion import Interval, proportion_estimate, proportion_statistic
from outcomes.stats.survey_ratio import ratio_statistic
from outcomes.stats.survey_statistic import SurveyStatistic
from outcomes.stats.survey_total import total_statistic
from outcomes.surveys.microdata import Microdata, Question
from outcomes.surveys.weighting import sample_design, weighting_sentences

RESULT_COLUMNS = ("term", "value", "se", "low", "high", "df", "deff", "n")
LEVEL = 0.95
_NAMES = {"mean": "mean", "total": "total", "ratio": "ratio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEstimates:
    """The estimates of one question, and the groups that could not be estimated."""

    table: pd.DataFrame  # RESULT_COLUMNS, one row an estimate
    estimates: tuple[Estimate, ...]
    left_out: tuple[str, ...]  # sentences: which group, and why
    weighting: tuple[str, ...] = ()  # sentences: what became of the weights

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
        none = [f"No estimate: {text}." for text in self.left_out]
        return [*self.weighting, *dropped, *none, *cautions]


def group_estimates(
    data: Microdata, question: Question, *, interval: Interval = "logit"
) -> GroupEstimates:
    """Answer a question for everybody, or for each group.

    Args:
        data: As ``read_microdata`` gives it.
        question: What is asked.
        interval: Of a proportion, as ``survey_proportion`` takes it.

    Returns:
        One row an estimate. The whole sample enters the standard error of each group. A group too
        small or too uniform to be estimated is named with the reason instead; who names no group
        is in none, and is counted.

    Raises:
        DataError: The design or the weighting breaks a rule, nothing at all could be estimated,
            or an answer to be counted never occurs.
    """
    design = sample_design(data.table, question.sample, numbers=data.numbers)
    groups: dict[str, np.ndarray | None] = {"": None}
    left_out = []
    if question.by:
        named = data.table[question.by].astype(str)
        groups = {name: (named == name).to_numpy() for name in sorted(set(named) - {""})}
        if (named == "").any():
            left_out.append(f"{int((named == '').sum())} rows name no {question.by}")
    estimates, rows = [], []
    for answers, values in _targets(data, question).items():
        for group, inside in groups.items():
            term = _term(question, group=group, answers=answers)
            asked = _Asked(question=question, term=term, interval=interval)
            try:
                estimate, found = asked.of(values, data, design=design, domain=inside)
            except DataError as error:
                text = str(error)
                left_out.append(text if text.startswith(term) else f"{term}: {text}")
                continue
            estimates.append(estimate)
            rows.append(_row(estimate, found))
    if not rows:
        raise DataError(left_out[0] if left_out else "there is no group to estimate")
    sample = question.sample
    adjusted = bool(sample.rake or sample.post_stratify or sample.trim)
    return GroupEstimates(
        table=pd.DataFrame(rows, columns=list(RESULT_COLUMNS)),
        estimates=tuple(estimates),
        left_out=tuple(left_out),
        weighting=(
            *_design_sentences(question),
            *(weighting_sentences(data.table, design, sample=sample) if adjusted else []),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    question: Question
    term: str
    interval: Interval

    def of(
        self,
        values: np.ndarray,
        data: Microdata,
        *,
        design: SurveyDesign,
        domain: np.ndarray | None,
    ) -> tuple[Estimate, SurveyStatistic]:
        """Estimate one number."""
        statistic, term = self.question.statistic, self.term
        if statistic == "proportion":
            found, sides = proportion_statistic(values, design, term=term, domain=domain)
            told = proportion_estimate(found, sides, term=term, interval=self.interval, level=LEVEL)
            return told, found
        unit = f"units of {self.question.of}"
        if statistic == "mean":
            found = mean_statistic(values, design, term=term, domain=domain)
        elif statistic == "total":
            found = total_statistic(values, design, term=term, domain=domain)
        else:
            over = data.numbers[self.question.over].to_numpy(dtype=float)
            found = ratio_statistic(values, over, design=design, term=term, domain=domain)
            unit = f"{self.question.of} by {self.question.over}"
        if found.se == 0:
            raise DataError(
                f"{term}: all values are equal, which leaves no spread to judge chance by"
            )
        return found.estimate(_NAMES[statistic], term=term, unit=unit, level=LEVEL), found


def _targets(data: Microdata, question: Question) -> dict[str, np.ndarray]:
    """Give the numbers to average, by what they stand for."""
    if question.statistic != "proportion":
        return {"": data.numbers[question.of].to_numpy(dtype=float)}
    cells = data.table[question.of]
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
    whole = f"{question.of}/{question.over}" if question.over else question.of
    return ", ".join(parts) or whole


def _row(estimate: Estimate, found: SurveyStatistic) -> dict[str, object]:
    return {
        "term": estimate.term,
        "value": estimate.value,
        "se": estimate.se,
        "low": estimate.low,
        "high": estimate.high,
        "df": found.df,
        "deff": found.deff,
        "n": estimate.n,
    }


def _design_sentences(question: Question) -> list[str]:
    sample = question.sample
    lines = []
    if sample.populations and not sample.weights:
        lines.append(
            f"Weights follow from {' and '.join(sample.populations)}: population by sample size."
        )
    if len(sample.clusters) > max(1, len(sample.populations)):
        lines.append(
            "Only the clusters drawn first enter the standard error: for later stages, too, say "
            "how many there are in the population (fpc)."
        )
    if len(sample.populations) > 1 and sample.replication.kind:
        lines.append("Replicates redraw the first stage only.")
    return lines
