"""Human codes of articles: relevant or not, and the tone about law enforcement."""

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

_COLUMNS = (
    Column(name="url"),
    Column(name="coder"),
    Column(name="relevant", kind="integer", low=0, high=1),
    Column(name="tone", kind="integer", low=-1, high=1, blank=True),
    Column(name="probability", kind="number", high=1),
)


def read_codes(
    path: Path,
    *,
    urls: Collection[str],
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read a coding sheet that people filled in.

    Args:
        path: CSV or .xlsx with the columns url, coder, relevant (0 or 1), tone (-1 negative, 0
            neutral, 1 positive; needed where relevant, empty where not) and probability, with
            which the article was drawn.
        urls: The articles of the study; a code of any other is refused.
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
            "{} is not above 0",
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


def one_code_an_article(codes: pd.DataFrame) -> pd.DataFrame:
    """Settle on one code where several people coded an article: the majority, else the first.

    Args:
        codes: Columns url, coder, relevant, tone, probability, in the order of coding.

    Returns:
        One row a url: human_relevant, human_tone, probability, coders (how many), and agreed,
        whether all of them gave the same code.
    """
    rows = []
    for url, group in codes.groupby("url", sort=False):
        votes = group[["relevant", "tone"]].astype(float).fillna(np.inf)  # so that blanks compare
        pairs = list(votes.itertuples(index=False, name=None))
        relevant, tone = max(pairs, key=pairs.count)  # the first among equally frequent ones
        rows.append(
            {
                "url": url,
                "human_relevant": relevant,
                "human_tone": np.nan if np.isinf(tone) else tone,
                "probability": float(group["probability"].iloc[0]),
                "coders": len(pairs),
                "agreed": len(set(pairs)) == 1,
            }
        )
    names = ["url", "human_relevant", "human_tone", "probability", "coders", "agreed"]
    return pd.DataFrame(rows, columns=names)
