"""Coders two by two: how often they agree, on what they differ, and who sees more as negative."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from outcomes.errors import DataError
from outcomes.media.agreement import RELEVANCE, TONE, coded_twice, one_alpha
from outcomes.stats.holm import holm
from outcomes.stats.resampled_units import Resampling
from outcomes.stats.unit_codes import FEW

ANSWERS = ("not about law enforcement", "negative", "neutral", "positive")
PAIR_COLUMNS = (
    *("pair", "coder_1", "coder_2", "articles", "relevance_same", "relevance_alpha"),
    *("tone_articles", "tone_same", "tone_alpha", "tone_alpha_low", "tone_alpha_high"),
    *("tone_alpha_ordinal", "more_negative_1", "more_negative_2", "p", "p_adjusted", "reading"),
)
CONFUSION_COLUMNS = ("pair", "coder_1", "coder_2", "code_1", "code_2", "articles")
_CERTAIN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderPair:
    """What two coders said of the articles that both of them coded."""

    first: str
    second: str
    label: str  # "A and B": names no one
    codes: pd.DataFrame  # as the codes, of these two and these articles only
    answers: pd.DataFrame  # columns first, second: places in ``ANSWERS``


def coder_letters(codes: pd.DataFrame) -> dict[str, str]:
    """Give each coder a letter, for pages on which coders are not to be named."""
    names = sorted(str(name) for name in codes["coder"].unique())
    return {name: _letter(place) for place, name in enumerate(names)}


def pairs_table(codes: pd.DataFrame, *, resampling: Resampling | None = None) -> pd.DataFrame:
    """Say how well each two coders agree, and whether one sees more as negative than the other.

    Args:
        codes: As ``outcomes.media.agreement.coded_twice``.
        resampling: Of the intervals.

    Returns:
        ``PAIR_COLUMNS``, a row for each pair with an article in common. The tone columns are of
        the articles that both find relevant. ``p`` is of a sign test on those on which they differ:
        how often chance alone would divide them so unevenly; ``p_adjusted`` allows for there being
        several pairs (Holm).

    Source:
        Dixon & Mood (1946), J. Am. Stat. Assoc. 41: 557-566; Holm (1979), Scand. J. Stat. 6: 65.
        Issue 7, agreement.
    """
    rows = [_row(pair, how=resampling or Resampling()) for pair in coder_pairs(codes)]
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS[:-2]))
    table["p_adjusted"] = holm(table["p"].to_numpy(float))
    table["reading"] = [_reading(row) for row in table.to_dict("records")]
    return table


def confusion_table(codes: pd.DataFrame) -> pd.DataFrame:
    """Count for each two coders what one answered where the other answered what.

    Returns:
        ``CONFUSION_COLUMNS``: a row for each pair and each two of ``ANSWERS``, zeros included.
    """
    rows = []
    for pair in coder_pairs(codes):
        counts = np.zeros((len(ANSWERS), len(ANSWERS)), dtype=int)
        np.add.at(counts, (pair.answers["first"], pair.answers["second"]), 1)
        rows += [
            (pair.label, pair.first, pair.second, one, other, int(counts[row, column]))
            for row, one in enumerate(ANSWERS)
            for column, other in enumerate(ANSWERS)
        ]
    return pd.DataFrame(rows, columns=list(CONFUSION_COLUMNS))


def coder_pairs(codes: pd.DataFrame) -> Iterator[CoderPair]:
    """Go through all pairs of coders who coded an article in common."""
    letters = coder_letters(codes)
    table = answer_places(codes)
    for first, second in combinations(letters, 2):
        both = table[[first, second]].dropna()
        if both.empty:
            continue
        ours = codes["coder"].isin((first, second)) & codes["url"].isin(both.index)
        yield CoderPair(
            first=first,
            second=second,
            label=f"{letters[first]} and {letters[second]}",
            codes=codes[ours],
            answers=both.astype(int).set_axis(["first", "second"], axis=1),
        )


def answer_places(codes: pd.DataFrame) -> pd.DataFrame:
    """Lay out the answers as places in ``ANSWERS``: an article a row, a coder a column."""
    last = codes.drop_duplicates(["url", "coder"], keep="last")
    return last.assign(_place=answer_place(last)).pivot(
        index="url", columns="coder", values="_place"
    )


def answer_place(codes: pd.DataFrame) -> pd.Series:
    """Give the place of each code in ``ANSWERS``."""
    return (codes["tone"].astype(float) + 2).where(codes["relevant"].astype(float) == 1, 0.0)


def _row(pair: CoderPair, *, how: Resampling) -> dict[str, object]:
    first, second = pair.answers["first"].to_numpy(), pair.answers["second"].to_numpy()
    toned = (first > 0) & (second > 0)
    lower, higher = int((first < second)[toned].sum()), int((first > second)[toned].sum())
    nominal = _alpha(pair, TONE, how=how)
    return {
        "pair": pair.label,
        "coder_1": pair.first,
        "coder_2": pair.second,
        "articles": len(first),
        "relevance_same": float(((first > 0) == (second > 0)).mean()),
        "relevance_alpha": _alpha(pair, RELEVANCE, how=how)[0],
        "tone_articles": int(toned.sum()),
        "tone_same": float((first == second)[toned].mean()) if toned.any() else nan,
        "tone_alpha": nominal[0],
        "tone_alpha_low": nominal[1],
        "tone_alpha_high": nominal[2],
        "tone_alpha_ordinal": _alpha(pair, TONE, how=how, ordinal=True)[0],
        "more_negative_1": lower,
        "more_negative_2": higher,
        "p": float(stats.binomtest(lower, lower + higher).pvalue) if lower + higher else 1.0,
    }


def _alpha(
    pair: CoderPair, question: str, *, how: Resampling, ordinal: bool = False
) -> tuple[float, float, float]:
    found = coded_twice(pair.codes, question)
    try:
        one = one_alpha(found, scale="ordinal" if ordinal else "nominal", resampling=how)
    except DataError:  # no article in common, or the same code throughout: there is no alpha
        return nan, nan, nan
    return one.value, one.low, one.high


def _reading(row: Mapping[Hashable, Any]) -> str:
    lower, higher = row["more_negative_1"], row["more_negative_2"]
    few = f" Only {row['tone_articles']} articles were compared." if _few(row) else ""
    if lower + higher == 0:
        return f"They never differ in tone.{few}"
    more, often = ("coder_1", lower) if lower >= higher else ("coder_2", higher)
    if row["p_adjusted"] >= _CERTAIN:
        return (
            f"They differ in tone on {lower + higher} articles, and neither is proven to see more "
            f"as negative.{few}"
        )
    return (
        f"{row[more]} sees more as negative: on {often} of the {lower + higher} articles on which "
        f"they differ in tone. Chance alone would hardly divide them so unevenly.{few}"
    )


def _few(row: Mapping[Hashable, Any]) -> bool:
    return bool(row["tone_articles"] < FEW)


def _letter(place: int) -> str:
    ring, rest = divmod(place, 26)
    return chr(ord("A") + rest) + (str(ring + 1) if ring else "")
