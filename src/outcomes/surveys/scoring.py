"""Scoring: the items of each scale become one score for each respondent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.measures import COLUMNS, check
from outcomes.surveys.instrument import Instrument, allowed_answers, answer_names, item_named


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleAccount:
    """What became of the respondents on one scale: rows = scored + unscored."""

    scale: str
    scored: int  # respondents with a score, the prorated ones among them
    prorated: int  # scored although some items were not answered
    unscored: int  # too few items were answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of a wave, and the account of how they came about."""

    table: pd.DataFrame  # respondent, and one column a scale; NaN where unscored
    account: tuple[ScaleAccount, ...]

    def sentences(self) -> list[str]:
        """Say the account in words, one line a scale."""
        return [
            f"{line.scale}: {line.scored} scored ({line.prorated} of them prorated, some items "
            f"unanswered), {line.unscored} unscored (too few items answered)."
            for line in self.account
        ]


def score(answers: pd.DataFrame, instrument: Instrument) -> Scores:
    """Say where each respondent stands on each scale.

    Args:
        answers: One row a respondent: ``respondent`` and the items, as text or numbers. Empty
            cells, NaN and the instrument's missing codes are no answer.
        instrument: Its scales say which items count, which are reversed, and how many must be
            answered.

    Returns:
        The mean of the answered items of each scale, reversed items turned as low + high - x.
        A respondent with fewer answered items than ``min_answered`` stays unscored (NaN).

    Raises:
        DataError: A column is missing, or a cell holds no answer of its item.

    Source:
        Agrees with ``psych::scoreItems(impute = "none")`` of R. Requirements B5, E1, D9, E8.
    """
    table = {"respondent": answers["respondent"].to_numpy()}
    account = []
    for name, scale in instrument.scales.items():
        values = np.array([_numbers(answers, instrument, item_name=item) for item in scale.items]).T
        turned = [item in scale.reversed for item in scale.items]
        low, high = instrument.score_range(name)
        table[name] = scale_means(values, turned, low=low, high=high, min_answered=scale.needed)
        scored = int(np.isfinite(table[name]).sum())
        complete = int(np.isfinite(values).all(axis=1).sum())
        account.append(
            ScaleAccount(
                scale=name,
                scored=scored,
                prorated=scored - complete,
                unscored=len(answers) - scored,
            )
        )
    return Scores(table=pd.DataFrame(table), account=tuple(account))


def scale_means(
    values: NDArray[np.float64],
    reversed_items: Sequence[bool],
    *,
    low: float,
    high: float,
    min_answered: int,
) -> NDArray[np.float64]:
    """Average the items of one scale, whichever way each is worded.

    Args:
        values: Answers, shape (respondents, items); NaN where an item was not answered.
        reversed_items: For each item, whether agreeing means less, shape (items,).
        low: Lowest possible answer.
        high: Highest possible answer.
        min_answered: How many items must be answered.

    Returns:
        Shape (respondents,); NaN where fewer items were answered.
    """
    total, answered = np.zeros(len(values)), np.zeros(len(values))
    for item, turned in zip(values.T, reversed_items, strict=True):  # by item: memory runs that way
        there = ~np.isnan(item)
        total += np.where(there, reverse(item, low=low, high=high) if turned else item, 0)
        answered += there
    means = np.full(len(values), np.nan)
    np.divide(total, answered, out=means, where=answered >= max(min_answered, 1))
    return means


def reverse(values: NDArray[np.float64], *, low: float, high: float) -> NDArray[np.float64]:
    """Turn the answers to a reversed item around, so that more means more of the scale."""
    return low + high - values


def _numbers(
    answers: pd.DataFrame, instrument: Instrument, *, item_name: str
) -> NDArray[np.float64]:
    """Read one item as numbers, by looking at each different answer once."""
    if item_name not in answers.columns:
        raise DataError(f"the answers lack the item {item_name}, which a scale needs")
    item = item_named(instrument, item_name)
    known = answer_names(instrument, item)
    codes, different = pd.factorize(answers[item_name])
    # The last place is what factorize calls -1: a missing cell.
    meaning: NDArray[np.float64] = np.full(len(different) + 1, np.nan)
    for at, answer in enumerate(different):
        word = _word(answer)
        if word and word not in known:
            raise DataError(
                f"{item_name}: {word} is not an answer of this item. "
                f"{allowed_answers(instrument, item)}"
            )
        if word and word not in instrument.missing:
            meaning[at] = float(word)
    found: NDArray[np.float64] = meaning[codes]
    return found


def _word(answer: object) -> str:
    if isinstance(answer, float | np.floating) and float(answer).is_integer():
        return str(int(answer))
    return str(answer).strip()


def scale_measures(
    scores: Scores, places: pd.Series, *, instrument: Instrument, wave: str
) -> pd.DataFrame:
    """Write scores as rows of the measures table.

    Args:
        scores: As ``score`` gives them.
        places: The place of each respondent, in the order of ``scores.table``.
        instrument: Its scales say which measure each score is.
        wave: The label of the wave, which becomes the period.

    Returns:
        One row a respondent and scale; ``unit`` is the respondent, so that two waves pair on it.
        Unscored respondents, and scales that name no measure, give no row.
    """
    frames = []
    for name, scale in instrument.scales.items():
        scored = scores.table[name].notna().to_numpy()
        if not scale.measure or not scored.any():
            continue
        frames.append(
            pd.DataFrame(
                {
                    "stream": "surveys",
                    "unit": scores.table.loc[scored, "respondent"].to_numpy(),
                    "place": places.to_numpy()[scored],
                    "period": wave,
                    "measure": scale.measure,
                    "value": scores.table.loc[scored, name].to_numpy(),
                    "se": np.nan,
                    "n": 1,
                }
            )
        )
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"value": float, "se": float, "n": int})
    return check(pd.concat(frames, ignore_index=True))
