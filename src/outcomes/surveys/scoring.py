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
    lowest: float | None = None  # score that occurs; None where nobody was scored
    highest: float | None = None
    floor: int = 0  # respondents at the lowest possible score: there it cannot fall further
    ceiling: int = 0  # respondents at the highest possible score: there it cannot rise further


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of a wave, and the account of how they came about."""

    table: pd.DataFrame  # respondent, and one column a scale; NaN where unscored
    account: tuple[ScaleAccount, ...]

    def sentences(self) -> list[str]:
        """Say the account in words, one line a scale."""
        return [
            f"{line.scale}: {line.scored} scored ({line.prorated} of them prorated, some items "
            f"unanswered), {line.unscored} unscored (too few items answered).{_range(line)}"
            for line in self.account
        ]


def _range(line: ScaleAccount) -> str:
    if line.lowest is None:
        return ""
    return (
        f" Scores from {line.lowest:.2f} to {line.highest:.2f}; {line.floor} at the lowest "
        f"possible score, {line.ceiling} at the highest."
    )


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
        values = item_numbers(answers, instrument, items=scale.items)
        turned = [item in scale.reversed for item in scale.items]
        low, high = instrument.score_range(name)
        table[name] = scale_means(values, turned, low=low, high=high, min_answered=scale.needed)
        account.append(_account(name, table[name], values, ends=(low, high)))
    return Scores(table=pd.DataFrame(table), account=tuple(account))


def _account(
    name: str,
    scores: NDArray[np.float64],
    values: NDArray[np.float64],
    *,
    ends: tuple[float, float],
) -> ScaleAccount:
    there = scores[~np.isnan(scores)]
    complete = int((~np.isnan(values)).all(axis=1).sum())
    return ScaleAccount(
        scale=name,
        scored=there.size,
        prorated=there.size - complete,
        unscored=scores.size - there.size,
        lowest=float(there.min()) if there.size else None,
        highest=float(there.max()) if there.size else None,
        floor=int(np.count_nonzero(there <= ends[0])),
        ceiling=int(np.count_nonzero(there >= ends[1])),
    )


def item_numbers(
    answers: pd.DataFrame, instrument: Instrument, *, items: Sequence[str]
) -> NDArray[np.float64]:
    """Read items as numbers, as they were answered.

    Returns:
        Shape (respondents, items); NaN where an item was not answered.

    Raises:
        DataError: A column is missing, or a cell holds no answer of its item.
    """
    return np.array([_numbers(answers, instrument, item_name=item) for item in items]).T


def turned_numbers(
    answers: pd.DataFrame, instrument: Instrument, *, scale: str
) -> NDArray[np.float64]:
    """Read the items of a scale as numbers, the reversed ones turned, shape (respondents, k)."""
    values = item_numbers(answers, instrument, items=instrument.scales[scale].items)
    low, high = instrument.score_range(scale)
    for at, item in enumerate(instrument.scales[scale].items):
        if item in instrument.scales[scale].reversed:
            values[:, at] = reverse(values[:, at], low=low, high=high)
    return values


def recorded_names(instrument: Instrument, *, scale: str) -> tuple[str, ...]:
    """Name the items of a scale as they are scored: a reversed item has a name of its own.

    Raises:
        DataError: The instrument has another item of that name.
    """
    taken = {item.name for item in instrument.items}
    names = []
    for item in instrument.scales[scale].items:
        turned = f"{item}_r"
        if item not in instrument.scales[scale].reversed:
            names.append(item)
        elif turned in taken:
            raise DataError(
                f"{instrument.id}: the reversed {item} would be called {turned}, and another item "
                "has that name. Rename the other item"
            )
        else:
            names.append(turned)
    return tuple(names)


def item_scores(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Lay out the items of all scales as numbers, beside each reversed item its turned version.

    Returns:
        ``respondent``, every item of a scale as it was answered, and ``ITEM_r`` for each that is
        reversed in a scale: low + high - answer. No item is ever written over.
    """
    table = {"respondent": answers["respondent"].to_numpy()}
    for name, scale in instrument.scales.items():
        table |= dict(
            zip(scale.items, item_numbers(answers, instrument, items=scale.items).T, strict=True)
        )
        turned = turned_numbers(answers, instrument, scale=name)
        table |= dict(zip(recorded_names(instrument, scale=name), turned.T, strict=True))
    return pd.DataFrame(table)


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
