"""What models call the articles that people coded: the limits that stand beside the figures."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from outcomes.media.classify import MODELS, TONES, ToneClassifier, classify

_NAMES: tuple[tuple[int | None, str], ...] = (*TONES.items(), (None, "not relevant"))
_CALLED = tuple(f"called_{word.replace(' ', '_')}" for _, word in _NAMES)


def confusion_table(
    coded: pd.DataFrame,
    *,
    models: Sequence[str | ToneClassifier] = tuple(MODELS),
    known: Mapping[str, pd.Series] | None = None,
) -> pd.DataFrame:
    """Count how each model calls the articles of each human code.

    Args:
        coded: Columns id, title, text and human_tone, -1, 0 or 1, NaN where people found the
            article not relevant; one coded article a row.
        models: Models, or their names.
        known: What further models said of the same articles: their names, and the tones.

    Returns:
        One row a model and human code (negative, neutral, positive, not relevant): model, human,
        articles, called_negative, called_neutral, called_positive, called_not_relevant and
        share_right. The counts are of coded articles, not weighted by their probability.

    Raises:
        DataError: A column is missing, or no model has such a name.

    Source:
        Requirement B14: a share of tones is shown with what its model gets wrong.
    """
    meant = [None if np.isnan(tone) else int(tone) for tone in coded["human_tone"].astype(float)]
    found = dict(known or {})
    for each in models:
        read = classify(coded, model=each)
        found[each if isinstance(each, str) else each.name] = read["tone"]
    rows = []
    for model, tones in found.items():
        said = [None if pd.isna(tone) else int(tone) for tone in tones]
        for code, word in _NAMES:
            calls = [call for call, truth in zip(said, meant, strict=True) if truth == code]
            counts = [calls.count(other) for other, _ in _NAMES]
            rows.append(
                {
                    "model": model,
                    "human": word,
                    "articles": len(calls),
                    **dict(zip(_CALLED, counts, strict=True)),
                    "share_right": calls.count(code) / len(calls) if calls else np.nan,
                }
            )
    return pd.DataFrame(rows)
