"""How well coders of articles agree: on relevance, and on tone where both call it relevant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import nan
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.gwet_ac1 import gwet_ac1
from outcomes.stats.krippendorff_alpha import krippendorff_alpha
from outcomes.stats.percent_agreement import percent_agreement, specific_agreement
from outcomes.stats.resampled_units import Resampling

ENOUGH = 0.667  # alpha below which codes are not to be built upon (Krippendorff 2019)
GOOD = 0.8  # alpha from which they may be relied on
COLUMNS = (
    *("question", "category", "statistic", "level", "value", "low", "high", "se"),
    *("articles", "coders", "reading"),
)
RELEVANCE, TONE = "about law enforcement", "tone"
Scale = Literal["nominal", "ordinal"]
SCALES: tuple[Scale, ...] = ("nominal", "ordinal")
CATEGORIES: Mapping[str, Mapping[float, str]] = {
    RELEVANCE: {0.0: "not about law enforcement", 1.0: "about law enforcement"},
    TONE: {-1.0: "negative", 0.0: "neutral", 1.0: "positive"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedTwice:
    """The codes of one question as a table: an article a row, a coder a column."""

    question: str
    codes: pd.DataFrame  # NaN where a coder did not answer it
    probability: np.ndarray

    @property
    def articles(self) -> int:
        """How many articles two or more coders answered it of."""
        return int((self.codes.notna().sum(axis=1) >= 2).sum())

    @property
    def categories(self) -> tuple[float, ...]:
        """All answers that could have been given."""
        return tuple(CATEGORIES[self.question])


def coded_twice(codes: pd.DataFrame, question: str) -> CodedTwice:
    """Lay out what each coder answered to one question.

    Args:
        codes: Columns url, coder, relevant (0 or 1), tone (-1, 0, 1; NaN where not relevant) and
            perhaps probability, with which the article was drawn. Where a coder coded an article
            more than once, the last code counts.
        question: ``RELEVANCE``, or ``TONE``: then articles that a coder finds irrelevant are blank.
    """
    column = "relevant" if question == RELEVANCE else "tone"
    last = codes.drop_duplicates(["url", "coder"], keep="last")
    values = last[column].astype(float)
    if question == TONE:
        values = values.where(last["relevant"].astype(float) == 1)
    table = last.assign(_code=values).pivot(index="url", columns="coder", values="_code")
    if "probability" in codes:
        chance = last.groupby("url")["probability"].first().reindex(table.index).to_numpy(float)
    else:
        chance = np.ones(len(table))
    return CodedTwice(question=question, codes=table, probability=chance)


def agreement_table(
    codes: pd.DataFrame,
    *,
    scales: Sequence[Scale] = SCALES,
    resampling: Resampling | None = None,
) -> pd.DataFrame:
    """Say how well all coders together agree.

    Args:
        codes: As ``coded_twice``, without codes that settle a disagreement.
        scales: Of tone: ``nominal`` (the same or not) and ``ordinal`` (negative to positive is
            worse than negative to neutral).
        resampling: Of the intervals.

    Returns:
        ``COLUMNS``: alpha, AC1 (AC2 for ordinal tone) and percent agreement of both questions, and
        the agreement on each category. ``value`` is NaN where it is unknown, and ``reading`` says
        what a value means, or why there is none.

    Source:
        See the statistics. Issue 7, agreement; requirement B14.
    """
    how = resampling or Resampling()
    rows = []
    for question in (RELEVANCE, TONE):
        found = coded_twice(codes, question)
        rows += _statistics(found, scales if question == TONE else ("nominal",), how=how)
        rows += [_specific(found, category, how=how) for category in found.categories]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def one_alpha(
    found: CodedTwice, *, scale: Scale = "nominal", resampling: Resampling | None = None
) -> Estimate:
    """Estimate alpha of one question.

    Raises:
        DataError: No article was coded twice, or all codes are the same.
    """
    return krippendorff_alpha(
        found.codes.to_numpy(),
        term=found.question,
        level=scale,
        categories=found.categories,
        probability=found.probability,
        resampling=resampling,
    )


def reading_of_alpha(value: float) -> str:
    """Say in words what an alpha allows."""
    if value >= GOOD:
        return "good: shares may be built on these codes"
    if value >= ENOUGH:
        return "fair: enough for conclusions that are put with care"
    return f"too low: below {ENOUGH}, shares must not be published without a warning"


def _statistics(
    found: CodedTwice, scales: Sequence[Scale], *, how: Resampling
) -> list[dict[str, object]]:
    rows = []
    for scale in scales:
        alpha = partial(one_alpha, found, scale=scale, resampling=how)
        gwet = partial(
            gwet_ac1,
            found.codes.to_numpy(),
            term=found.question,
            level=scale,
            categories=found.categories,
            probability=found.probability,
            resampling=how,
        )
        name = "AC1" if scale == "nominal" else "AC2"
        rows.append(_row(found, alpha, statistic="alpha", level=scale))
        rows.append(_row(found, gwet, statistic=name, level=scale))
    percent = partial(
        percent_agreement,
        found.codes.to_numpy(),
        term=found.question,
        categories=found.categories,
        probability=found.probability,
        resampling=how,
    )
    rows.append(_row(found, percent, statistic="percent agreement"))
    return rows


def _specific(found: CodedTwice, category: float, *, how: Resampling) -> dict[str, object]:
    agreement = partial(
        specific_agreement,
        found.codes.to_numpy(),
        category=category,
        term=found.question,
        categories=found.categories,
        probability=found.probability,
        resampling=how,
    )
    name = CATEGORIES[found.question][category]
    return _row(found, agreement, statistic="agreement on this category", category=name)


def _row(
    found: CodedTwice,
    estimate: Callable[[], Estimate],
    *,
    statistic: str,
    level: str = "",
    category: str = "",
) -> dict[str, object]:
    row = {
        "question": found.question,
        "category": category,
        "statistic": statistic,
        "level": level,
        "value": nan,
        "low": nan,
        "high": nan,
        "se": nan,
        "articles": found.articles,
        "coders": int(found.codes.notna().any().sum()),
    }
    try:
        one = estimate()
    except DataError as error:
        return {**row, "reading": _sentence(str(error))}
    words = [_meaning(one, statistic=statistic, category=category), *one.warnings]
    return {
        **row,
        **{"value": one.value, "low": one.low, "high": one.high, "se": one.se, "articles": one.n},
        "reading": " ".join(_sentence(each) for each in words if each),
    }


def _meaning(one: Estimate, *, statistic: str, category: str) -> str:
    often = f"{100 * one.value:.0f} of 100"
    if statistic == "alpha":
        return reading_of_alpha(one.value)
    if statistic == "percent agreement":
        return f"two coders give the same code to {often} articles"
    if category:
        return f"where one coder says {category}, another says so too for {often} articles"
    return "beyond chance, where only articles that are hard to code are left to chance"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""
