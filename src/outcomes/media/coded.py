"""Articles with a model's tone, of which some have human codes: what shares are estimated from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.media.classify import P_COLUMNS, TONES

_GUESSED = (
    "No sampling probabilities are given: the coded articles are taken for a simple random sample "
    "of their period. If they were chosen in another way, the shares are wrong."
)
_UNSOUND = (
    "The model's probabilities are not used, because some are missing, lie outside 0 to 1, or do "
    "not add up to 1: its tones alone are."
)
_ROUNDED = 0.02  # by so much three probabilities may miss 1
_TEXTS = ("scope", "outlet")


def prepare_coded(
    articles: pd.DataFrame, *, period: str = "period"
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Complete a table of articles, of which some have human codes, for the shares of tone.

    Args:
        articles: One article a row: the period; ``tone`` (the model's -1, 0, 1; empty where it
            took the article for irrelevant) or ``p_negative``, ``p_neutral`` and ``p_positive``
            or both; ``human_tone``, and perhaps ``relevant`` (the model's), ``human_relevant``,
            ``probability`` (with which it was drawn, or could have been), ``scope``, ``outlet``
            and ``model`` (which one read it). The human columns are empty where no one coded it.
        period: The name of the column of periods.

    Returns:
        The rows that could have been drawn: all that the model took for relevant, or all rows if
        people coded others too, or if others have a ``probability``. Their columns are period,
        tone, human_relevant, human_tone, probability, scope, outlet and model, and the three
        probabilities where those are sound. With them, sentences on what was assumed or left out.

    Raises:
        DataError: A column is missing, a value breaks its rule, or a coded article has no
            probability while others have one.
    """
    _require(articles, period)
    articles = articles.reset_index(drop=True)
    chances, notes = _model_chances(articles)
    tone = _model_tone(articles, chances)
    table = pd.DataFrame(
        {
            "period": articles[period].astype("string").fillna("").astype(object),
            "tone": tone,
            "human_relevant": _numbers(articles, "human_relevant", allowed=(0, 1)),
            "human_tone": _numbers(articles, "human_tone", allowed=(-1, 0, 1)),
            "probability": _drawing(articles),
            **{name: _texts(articles, name) for name in (*_TEXTS, "model")},
        }
    )
    if chances is not None and chances[tone.notna()].notna().all(axis=None):
        table[list(P_COLUMNS)] = chances
    elif chances is not None:
        notes = (*notes, _UNSOUND)
    if "agreed" in articles:
        table["agreed"] = articles["agreed"]
    table, more = _frame(_settle_relevance(table))
    return _probabilities(table, [*notes, *more])


def _require(articles: pd.DataFrame, period: str) -> None:
    model = "tone" if not set(P_COLUMNS) <= set(articles.columns) else P_COLUMNS[0]
    for name in (period, model):
        if name not in articles.columns:
            raise DataError(
                f"the articles have no column {name!r}; they have {', '.join(articles.columns)}"
            )


def _model_chances(articles: pd.DataFrame) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Read the model's three probabilities; none of them where one of them cannot be one."""
    if not set(P_COLUMNS) <= set(articles.columns):
        return None, ()
    cells = articles[list(P_COLUMNS)].astype(object).replace("", np.nan)
    chances = cells.apply(pd.to_numeric, errors="coerce").astype(float)
    there = cells.notna().any(axis=1)
    total = chances.sum(axis=1)
    fine = chances.ge(0).all(axis=1) & chances.le(1).all(axis=1) & total.sub(1).abs().le(_ROUNDED)
    if not there.any() or not fine[there].all():
        return None, ((_UNSOUND,) if there.any() else ())
    return chances.div(total.where(there), axis=0), ()


def _model_tone(articles: pd.DataFrame, chances: pd.DataFrame | None) -> pd.Series:
    """The model's tone: as it says, or the likeliest; missing where it says irrelevant."""
    tone = _numbers(articles, "tone", allowed=tuple(TONES))
    if "tone" not in articles.columns:
        if chances is None:
            raise DataError(
                "the articles have no column 'tone', and their probabilities cannot be used: some "
                "are missing, lie outside 0 to 1, or do not add up to 1"
            )
        likeliest = np.array(list(TONES))[chances.fillna(-1).to_numpy().argmax(axis=1)]
        tone = pd.Series(likeliest, index=articles.index, dtype=float).where(
            chances.notna().any(axis=1)
        )
    return tone.where(_numbers(articles, "relevant", allowed=(0, 1)) != 0)


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
    drawable = coded | table["probability"].notna()
    frame = labelled if labelled[drawable].all() else pd.Series(True, index=table.index)
    undated = frame & (table["period"] == "")
    notes = []
    if some := int((drawable & ~labelled).sum()):
        notes.append(
            f"Codes or probabilities are given for {some} of {int((~labelled).sum())} articles "
            "without a tone of the model. The shares are therefore of all articles that people "
            "would find relevant, whatever the model says; if only those with a tone were drawn "
            "from, empty these cells."
        )
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


def _drawing(articles: pd.DataFrame) -> pd.Series:
    """With which each was drawn; 0 says of an article that nobody coded that it could not be."""
    if "probability" not in articles.columns:
        return pd.Series(np.nan, index=articles.index)
    cells, coded = articles["probability"].astype(object), pd.Series(False, index=articles.index)
    for name in ("human_relevant", "human_tone"):
        if name in articles.columns:
            coded |= articles[name].astype("string").str.strip().fillna("") != ""
    never = ~coded & (pd.to_numeric(cells, errors="coerce") == 0)
    return _numbers(articles.assign(probability=cells.where(~never)), "probability")


def _texts(articles: pd.DataFrame, name: str) -> pd.Series:
    if name not in articles.columns:
        return pd.Series("", index=articles.index, dtype=object)
    return articles[name].astype("string").fillna("").astype(object)


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
