"""Articles with a model's tone, of which some have human codes: what shares are estimated from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.errors import DataError

_GUESSED = (
    "No sampling probabilities are given: the coded articles are taken for a simple random sample "
    "of their period. If they were chosen in another way, the shares are wrong."
)


def prepare_coded(
    articles: pd.DataFrame, *, period: str = "period"
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Complete a table of articles, of which some have human codes, for the shares of tone.

    Args:
        articles: One article a row: the period, ``tone`` (the model's -1, 0, 1; empty where it
            took the article for irrelevant), ``human_tone``, and perhaps ``human_relevant``,
            ``probability`` and ``scope``; the human columns are empty where no one coded it.
        period: The name of the column of periods.

    Returns:
        The rows that could have been drawn (all that the model took for relevant, or all if
        people coded others too) with the columns period, tone, human_relevant, human_tone,
        probability and scope; and sentences on what was assumed or left out.

    Raises:
        DataError: A column is missing, a value breaks its rule, or a coded article has no
            probability while others have one.
    """
    for name in (period, "tone"):
        if name not in articles.columns:
            raise DataError(
                f"the articles have no column {name!r}; they have {', '.join(articles.columns)}"
            )
    articles = articles.reset_index(drop=True)
    scope = articles["scope"] if "scope" in articles else pd.Series("", index=articles.index)
    table = pd.DataFrame(
        {
            "period": articles[period].astype("string").fillna("").astype(object),
            "tone": _numbers(articles, "tone", allowed=(-1, 0, 1)),
            "human_relevant": _numbers(articles, "human_relevant", allowed=(0, 1)),
            "human_tone": _numbers(articles, "human_tone", allowed=(-1, 0, 1)),
            "probability": _numbers(articles, "probability"),
            "scope": scope.astype(object).fillna(""),
        }
    )
    if "agreed" in articles:
        table["agreed"] = articles["agreed"]
    table = _settle_relevance(table)
    table, notes = _frame(table)
    return _probabilities(table, notes)


def _settle_relevance(table: pd.DataFrame) -> pd.DataFrame:
    """An article with a human tone is relevant, unless it is said not to be: then refuse."""
    toned = table["human_tone"].notna()
    relevant = table["human_relevant"].fillna(toned.astype(float).where(toned))
    for value, wrong, mend in (
        (0, toned, "has a human_tone; empty one of the two"),
        (1, ~toned, "has no human_tone; write -1, 0 or 1"),
    ):
        bad = (relevant == value) & wrong
        if bad.any():
            row = int(np.flatnonzero(bad)[0]) + 2
            raise DataError(f"row {row}: an article with human_relevant {value} {mend}")
    return table.assign(human_relevant=relevant)


def _frame(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Keep the rows that could have been drawn."""
    labelled, coded = table["tone"].notna(), table["human_relevant"].notna()
    frame = labelled if labelled[coded].all() else pd.Series(True, index=table.index)
    undated = frame & (table["period"] == "")
    notes = []
    if undated.any():
        notes.append(f"{int(undated.sum())} articles without a period are left out.")
    return table[frame & ~undated], notes


def _probabilities(table: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    coded = table["human_relevant"].notna()
    missing = table.loc[coded, "probability"].isna()
    if not missing.any():
        return table, tuple(notes)
    if not missing.all():
        raise DataError("some coded articles have a probability and some have none; fill them in")
    equal = coded.groupby(table["period"]).transform("mean").where(coded)
    return table.assign(probability=equal), (*notes, _GUESSED)


def _numbers(articles: pd.DataFrame, name: str, *, allowed: Sequence[float] = ()) -> pd.Series:
    if name not in articles.columns:
        return pd.Series(np.nan, index=articles.index)
    cells = articles[name].astype(object)
    cells = cells.where(cells.notna() & (cells.astype("string").str.strip() != ""))
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    right = numbers.isin(allowed) if allowed else (numbers > 0) & (numbers <= 1)
    bad = cells.notna() & ~right
    if bad.any():
        row = int(np.flatnonzero(bad)[0]) + 2
        rule = " or ".join(f"{word:g}" for word in allowed) or "above 0 and not above 1"
        raise DataError(f"row {row}, column {name}: {cells[bad].iloc[0]!r} is not {rule}")
    return numbers
