"""Human codes of articles: relevant or not, and the tone about law enforcement."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet
from outcomes.store.coding_tables import ADJUDICATED

_COLUMNS = (
    Column(name="url"),
    Column(name="coder"),
    Column(name="relevant", kind="integer", low=0, high=1),
    Column(name="tone", kind="integer", low=-1, high=1, blank=True),
    Column(name="probability", kind="number", high=1, needed=False, blank=True),
    # the rest may be missing: plain sheets have none of it
    Column(name="mixed", kind="integer", low=0, high=1, needed=False, blank=True),
    Column(name="confidence", kind="integer", low=1, high=3, needed=False, blank=True),
    Column(name="target", needed=False, blank=True),
    Column(name="prompted", kind="integer", low=0, high=1, needed=False, blank=True),
    Column(name="self_credit", kind="integer", low=0, high=1, needed=False, blank=True),
    Column(name="note", needed=False, blank=True),
    Column(name="sample", needed=False, blank=True),
    Column(name="codebook", needed=False, blank=True),
    Column(name="seconds", kind="integer", low=0, needed=False, blank=True),
    Column(name="coded_on", kind="date", needed=False, blank=True),
)
EXTRAS = tuple(column.name for column in _COLUMNS[5:])


def read_codes(
    path: Path,
    *,
    urls: Collection[str],
    chances: Mapping[tuple[str, str], float] | None = None,
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read a coding sheet that people filled in.

    Args:
        path: CSV or .xlsx with the columns url, coder, relevant (0 or 1), tone (-1 negative, 0
            neutral, 1 positive; needed where relevant, empty where not) and probability, with
            which the article was drawn; perhaps also ``EXTRAS``.
        urls: The articles of the study; a code of any other is refused.
        chances: With which an article of a sample was drawn, by sample and url: what counts where
            the sheet leaves the probability empty.
        reading: How the file is to be read.

    Returns:
        The codes; ``tone`` is NaN where the article is not relevant.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.

    Source:
        The project's codebook. Requirement B14.
    """
    sheet = read_sheet(path, _COLUMNS, key=("url", "coder"), reading=reading)
    known = set(urls)
    _fill_in(sheet, chances or {})
    rules: tuple[tuple[str, Callable[[pd.DataFrame], pd.Series], str, str], ...] = (
        (
            "url",
            lambda codes: ~codes["url"].isin(known),
            "{!r} is no article of this study",
            "Import the archive first, or correct the url",
        ),
        (
            "probability",
            lambda codes: ~(codes["probability"] > 0),
            "{} is not above 0, or missing for an article that no sample drew",
            "Keep the number that the sampling wrote, or 1 if every article was coded",
        ),
        (
            "tone",
            lambda codes: (codes["relevant"] == 1) & codes["tone"].isna(),
            "a relevant article needs a tone",
            "Write -1, 0 or 1",
        ),
        (
            "tone",
            lambda codes: (codes["relevant"] == 0) & codes["tone"].notna(),
            "an article that is not relevant has no tone, got {:g}",
            "Empty the cell, or write 1 under relevant",
        ),
    )
    for column, wrong, problem, mend in rules:
        sheet.refuse(wrong(sheet.table), column=column, problem=problem, mend=mend)
    return sheet


def _fill_in(sheet: Sheet, chances: Mapping[tuple[str, str], float]) -> None:
    table = sheet.table
    pairs = zip(table["sample"], table["url"], strict=True)
    drawn = pd.Series([chances.get(pair, np.nan) for pair in pairs], index=table.index, dtype=float)
    sheet.table = table.assign(probability=table["probability"].astype(float).fillna(drawn))


def one_code_an_article(codes: pd.DataFrame) -> pd.DataFrame:
    """Settle on one code where several people coded an article: by agreement, majority, or a judge.

    A code of the coder ``ADJUDICATED`` settles its article. Else the code that more people gave
    than any other counts. Where there is none, as when two people disagree, nobody can say which
    is right: the article is left out, and ``unsettled_articles`` lists it.

    Args:
        codes: Columns url, coder, relevant, tone, probability, in the order of coding.

    Returns:
        One row a settled url: human_relevant, human_tone, probability, coders (how many people),
        and agreed, whether all of them gave the same code.
    """
    rows = []
    for url, group in codes.groupby("url", sort=False):
        code = _settled(group)
        if code is None:
            continue
        votes = _votes(group[group["coder"] != ADJUDICATED])
        relevant, tone = code
        rows.append(
            {
                "url": url,
                "human_relevant": relevant,
                "human_tone": np.nan if np.isinf(tone) else tone,
                "probability": float(group["probability"].iloc[0]),
                "coders": max(len(votes), 1),
                "agreed": len(set(votes)) <= 1,
            }
        )
    names = ["url", "human_relevant", "human_tone", "probability", "coders", "agreed"]
    return pd.DataFrame(rows, columns=names)


def unsettled_articles(codes: pd.DataFrame) -> list[str]:
    """List the articles that have codes but no settled one; no series counts them.

    Args:
        codes: As for ``one_code_an_article``.
    """
    return [str(url) for url, group in codes.groupby("url", sort=False) if _settled(group) is None]


def combined_probabilities(drawn: pd.DataFrame) -> pd.DataFrame:
    """Give each article one probability where a month was drawn from more than once.

    Two samples of a month each stand for all of it. Together they must not stand for it twice: each
    is weighed by its part of the coded articles. An article that both of them drew carries both
    weights.

    Args:
        drawn: One row for each coded article and sample that drew it: columns url, month, sample
            and probability. Codes that came in a sheet are a sample of their own.

    Returns:
        Columns url and probability, one row an article. Where only one sample drew from a month,
        its probabilities stay as they are.

    Source:
        Hartley (1962), Multiple frame surveys, ASA Proceedings of the Social Statistics Section:
        203-206, each frame being the whole month. Requirement B14.
    """
    of_sample = drawn.groupby(["month", "sample"])["url"].transform("size")
    of_month = drawn.groupby("month")["url"].transform("size")
    weight = (of_sample / of_month / drawn["probability"]).groupby(drawn["url"]).sum()
    chance = (1 / weight).clip(upper=1.0).rename("probability")
    return chance.rename_axis("url").reset_index()


def _votes(codes: pd.DataFrame) -> list[tuple[float, float]]:
    plain = codes[["relevant", "tone"]].astype(float).fillna(np.inf)  # so that blanks compare
    return list(plain.itertuples(index=False, name=None))


def _settled(group: pd.DataFrame) -> tuple[float, float] | None:
    judged = _votes(group[group["coder"] == ADJUDICATED])
    if judged:
        return judged[-1]
    counts = Counter(_votes(group)).most_common(2)
    if len(counts) > 1 and counts[0][1] == counts[1][1]:
        return None
    return counts[0][0]
