"""The figures of a model in plain sentences."""

from collections.abc import Iterator

import pandas as pd

from outcomes.media.model_checks.name_swaps import swap_verdict

_SHARES = {
    "grim_called_negative": "Grim events without blame that it calls negative",
    "conflicting_wholly_right": "Sentences with targets of different tones that are wholly right",
    "contrast_wholly_right": "Events told in several ways (police as hero, villain, bystander) "
    "that are wholly right",
}
_KINDS = {"sentences": "Sentences", "articles": "Articles"}


def score_sentences(scores: pd.DataFrame, fairness: pd.DataFrame, *, model: str) -> list[str]:
    """Tell what was found, the baselines beside the model.

    Args:
        scores: Of ``score_model``, of several models.
        fairness: Of ``swap_table``, of the same.
        model: The one that is checked.
    """
    lines: list[str] = []
    for kind, some in scores.groupby("set", sort=False):
        lines += _of_set(some, kind=_KINDS[str(kind)], model=model)
    kept, verdict = swap_verdict(fairness[fairness["model"] == model])
    rule = "keeps" if kept else "does not keep"
    return [*lines, f"Fairness: {model} {rule} the rule: {verdict}."]


def _of_set(scores: pd.DataFrame, *, kind: str, model: str) -> Iterator[str]:
    for name in ("macro_f1", "accuracy"):
        told = _beside(scores, name, model=model, percent=name == "accuracy")
        word = "macro-F1" if name == "macro_f1" else "rightly called"
        yield f"{kind}, {word}: {told}"
    mine = scores[scores["model"] == model].set_index(["figure", "tone"])
    if ("f1", "negative") in mine.index:
        each = ", ".join(
            f"{tone} {_said(mine.loc[('f1', tone)])}"
            for tone in ("negative", "neutral", "positive")
            if ("f1", tone) in mine.index
        )
        yield f"{kind}, F1 of each tone: {each}."
    for name, words in _SHARES.items():
        if (name, "") in mine.index:
            yield f"{words}: {_beside(scores, name, model=model, percent=True)}"
    if ("ece_debiased", "") in mine.index:
        yield (
            f"{kind}, how far its confidence lies from how often it is right (0 is perfect): "
            f"{_beside(scores, 'ece_debiased', model=model)}"
        )


def _beside(scores: pd.DataFrame, name: str, *, model: str, percent: bool = False) -> str:
    """Tell one figure of the model, then of the baselines."""
    rows = scores[scores["figure"] == name]
    mine = rows[rows["model"] == model].iloc[0]
    others = [
        f"{row['model']} {_number(row['value'], percent)}"
        for row in rows[rows["model"] != model].to_dict("records")
    ]
    beside = f"; {', '.join(others)}" if others else ""
    return f"{model} {_said(mine, percent)}, n = {int(mine['n']):,}{beside}."


def _said(row: "pd.Series", percent: bool = False) -> str:
    return (
        f"{_number(row['value'], percent)} ({_number(row['low'], percent)} to "
        f"{_number(row['high'], percent)})"
    )


def _number(value: float, percent: bool) -> str:
    return f"{100 * value:.1f} %" if percent else f"{value:.3f}"
