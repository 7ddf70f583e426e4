"""The scores of a study's articles, kept by text and model, so that only new ones are read."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from outcomes.media.classify import (
    DEFAULT_MODEL,
    P_COLUMNS,
    ToneClassifier,
    classify,
    find_model,
    models_in,
    reading_mark,
)
from outcomes.study import Study

_SCORES = ("relevant", "tone", *P_COLUMNS)
_KEPT = ("key", "model", "mark", *_SCORES)
_AT_ONCE = 2000  # articles
_GROWTH = 1.2  # of what is kept, after which it is written down, so that a long run can go on


def scores_path(study: Study) -> Path:
    """Say where the scores lie; the file may be deleted at any time."""
    return study.root / "data" / "derived" / "tone_scores.parquet"


def study_model(study: Study, name: str = "", *, agreed: bool = False) -> ToneClassifier:
    """Make the model by which a study's articles are read.

    Args:
        study: The study.
        name: Another one; "" is what study.toml says under [news], else the default.
        agreed: As for ``find_model``.

    Raises:
        DataError: There is no such model.
        FileError: The folder of the model is damaged.
    """
    named = named_model(study, name)
    return find_model(named, settings=study.settings, root=study.root, agreed=agreed)


def named_model(study: Study, name: str = "") -> str:
    """Say which model reads a study's articles, without its version."""
    return name or study.settings.news.tone_model or DEFAULT_MODEL


def models_folder(study: Study) -> Path:
    """Say where a study keeps models of its own, each in a folder of its name."""
    return models_in(study.root)


def score_articles(
    study: Study,
    *,
    titles: Sequence[str],
    texts: Sequence[str],
    model: str = "",
    agreed: bool = False,
) -> pd.DataFrame:
    """Give the relevance and tone of articles; those that were read before are not read again.

    Args:
        study: The study.
        titles: Of the articles.
        texts: Of the same articles.
        model: As for ``study_model``.
        agreed: As for ``study_model``.

    Returns:
        Columns relevant, tone, p_negative, p_neutral, p_positive and model, in the same order.
    """
    judge = study_model(study, model, agreed=agreed)
    mark = reading_mark(named_model(study, model), root=study.root)
    pairs = zip(titles, texts, strict=True)
    table = pd.DataFrame({"title": titles, "text": texts}, dtype="str").assign(
        key=[_key(title, text) for title, text in pairs]
    )
    kept = _read(study)
    known = kept[(kept["model"] == judge.name) & (kept["mark"] == mark)]
    fresh = table[~table["key"].isin(known["key"])].drop_duplicates("key")
    written = len(kept)
    for start in range(0, len(fresh), _AT_ONCE):
        some = fresh.iloc[start : start + _AT_ONCE]
        found = classify(some.assign(id=some["key"]), judge).rename(columns={"id": "key"})
        found = found.assign(mark=mark)[list(_KEPT)]
        known = pd.concat([known, found], ignore_index=True)
        kept = pd.concat([kept, found[_is_judged(found)]], ignore_index=True)
        if start + _AT_ONCE >= len(fresh) or len(kept) > _GROWTH * written:
            _write(study, kept)
            written = len(kept)
    scores = known.set_index("key").loc[table["key"], list(_SCORES)].reset_index(drop=True)
    return _typed(scores).assign(model=judge.name)


def _is_judged(found: pd.DataFrame) -> pd.Series:
    """Which articles need not be read again: a model of others may have given no answer."""
    return (found["relevant"] == 0) | found["tone"].notna()


def forget_scores(study: Study, *, titles: Sequence[str], texts: Sequence[str]) -> None:
    """Drop the scores of texts that the study does not hold any more.

    Args:
        study: The study.
        titles: Of all articles with a text.
        texts: Of the same articles.
    """
    known = _read(study)
    keys = {_key(title, text) for title, text in zip(titles, texts, strict=True)}
    kept = known[known["key"].isin(keys)]
    if len(kept) < len(known):
        _write(study, kept)


def _key(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _read(study: Study) -> pd.DataFrame:
    """Read the scores; what cannot be read is no loss, for it can be made again."""
    path = scores_path(study)
    nothing = _typed(pd.DataFrame(columns=list(_KEPT)))
    if not path.exists():
        return nothing
    try:
        table = pd.read_parquet(path)
    except (ValueError, OSError):
        return nothing
    return _typed(table[list(_KEPT)]) if set(_KEPT) <= set(table.columns) else nothing


def _write(study: Study, table: pd.DataFrame) -> None:
    """Write the scores; an article that a model of others could not judge is asked about again."""
    table = table[(table["relevant"] == 0) | table["tone"].notna()]
    path = scores_path(study)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    table.to_parquet(part, index=False)
    part.replace(path)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    whole = {"relevant": "int64", "tone": "Int64"}
    return table.astype({**whole, **dict.fromkeys(P_COLUMNS, "float64")})
