"""Models of tone: one protocol, several kinds, and the two tasks they are put to."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.media.lexicon import (
    ArticleTone,
    Lexicon,
    Probabilities,
    VaderArticle,
    likeliest,
)

TONES: dict[int, str] = {-1: "negative", 0: "neutral", 1: "positive"}
P_COLUMNS = ("p_negative", "p_neutral", "p_positive")


class ToneClassifier(Protocol):
    """What every model of tone can do; the name is what stands behind ``--model``."""

    name: str

    def classify(self, title: str, text: str) -> ArticleTone:
        """Say whether an article speaks of law enforcement, and how it reflects on it."""

    def classify_target(self, text: str, start: int, end: int) -> Probabilities:
        """Say how a sentence reflects on what stands from ``start`` to ``end``."""


MODELS: dict[str, Callable[[], ToneClassifier]] = {
    Lexicon.name: Lexicon,
    VaderArticle.name: VaderArticle,
}


def find_model(name: str) -> ToneClassifier:
    """Make a model by its name; a wrong name is answered with the right ones."""
    if name not in MODELS:
        raise DataError(f"no model of tone is called {name!r}. {one_of(name, list(MODELS))}")
    return MODELS[name]()


def classify(articles: pd.DataFrame, model: str | ToneClassifier = "lexicon") -> pd.DataFrame:
    """Say of each article whether it speaks of law enforcement, and in which tone.

    Args:
        articles: Columns id (or url), title and text, one article a row; titles may be empty.
        model: A name in ``MODELS``, or a model.

    Returns:
        Columns id, relevant (0 or 1), tone (-1, 0, 1; missing where not relevant), p_negative,
        p_neutral, p_positive; the rows in the same order. These are a model's opinions: their
        count is no share that can be published.

    Raises:
        DataError: A column is missing, or no model has that name.

    Source:
        Hutto & Gilbert (2014), ICWSM 8: 216-225, for VADER. Requirement B14.
    """
    if "id" not in articles.columns and "url" in articles.columns:
        articles = articles.assign(id=articles["url"])  # a table made for: outcomes media import
    _require(articles, ("id", "title", "text"), what="articles")
    judge = find_model(model) if isinstance(model, str) else model
    titles, texts = (articles[name].fillna("").astype(str) for name in ("title", "text"))
    verdicts = [judge.classify(title, text) for title, text in zip(titles, texts, strict=True)]
    nothing = (np.nan, np.nan, np.nan)
    odds = np.array([verdict.probabilities or nothing for verdict in verdicts]).reshape(-1, 3)
    return pd.DataFrame(
        {
            "id": articles["id"].to_numpy(),
            "relevant": np.array([int(verdict.relevant) for verdict in verdicts], dtype=int),
            "tone": pd.array([verdict.tone for verdict in verdicts], dtype="Int64"),
            **{name: odds[:, column].round(4) for column, name in enumerate(P_COLUMNS)},
        }
    )


def classify_targets(lines: pd.DataFrame, model: str | ToneClassifier = "lexicon") -> pd.DataFrame:
    """Say how each text reflects on the target that it names.

    Args:
        lines: Columns id, text, from and to: the span of the target in characters, ``to``
            being the first character behind it.
        model: A name in ``MODELS``, or a model.

    Returns:
        Columns id, tone, p_negative, p_neutral, p_positive, in the same order.

    Raises:
        DataError: A column is missing, a span lies outside its text, or no model has that name.
    """
    _require(lines, ("id", "text", "from", "to"), what="lines")
    judge = find_model(model) if isinstance(model, str) else model
    odds = []
    for name, text, start, end in lines[["id", "text", "from", "to"]].itertuples(index=False):
        if not 0 <= start < end <= len(text):
            raise DataError(
                f"{name}: the target from {start} to {end} lies outside its text of "
                f"{len(text)} characters"
            )
        odds.append(judge.classify_target(str(text), int(start), int(end)))
    table = np.array(odds).reshape(-1, 3)
    return pd.DataFrame(
        {
            "id": lines["id"].to_numpy(),
            "tone": np.array([likeliest(each) for each in odds], dtype=int),
            **{name: table[:, column].round(4) for column, name in enumerate(P_COLUMNS)},
        }
    )


def _require(table: pd.DataFrame, names: tuple[str, ...], *, what: str) -> None:
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise DataError(f"the {what} lack the column(s) {', '.join(missing)}")
