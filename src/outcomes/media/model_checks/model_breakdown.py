"""Where a model does well and where not: by group, by its confidence, and its worst mistakes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.media.model_checks.model_answers import NOTHING, ModelAnswers
from outcomes.media.model_checks.model_scores import TONE_NAMES, drawn_rows, mean_of
from outcomes.stats.calibration_error import BINS
from outcomes.stats.resampled_units import Resampling
from outcomes.stats.wilson import wilson_interval

ALWAYS = ("outlet", "outlet_kind", "place", "scope", "case")  # where the rows have them
GROUP_COLUMNS = ("set", "model", "by", "value", "accuracy", "low", "high", "n", "groups")
BIN_COLUMNS = (
    "set", "model", "from", "to", "confidence", "right", "low", "high", "n", "groups",
)  # fmt: skip
WORST_COLUMNS = ("set", "model", "id", "true", "called", "confidence", "excerpt")
_NOT_SAID = "(not said)"
FEWEST = 10  # rows of a value that is shown by itself
_LENGTHS = {"sentences": (15, 30), "articles": (150, 400)}  # words
_EXCERPT = 20  # words; no file that may leave a study quotes more than 25 in a run
_MISTAKES = 50


def by_group(
    answers: ModelAnswers, columns: Sequence[str] = (), *, how: Resampling | None = None
) -> pd.DataFrame:
    """Say how often a model is right in each outlet, place, case and length.

    Args:
        answers: Of a model.
        columns: More columns of the rows to part them by.
        how: Draws, seed and confidence of the intervals.

    Returns:
        One row a value: set, model, by, value, accuracy, low, high, n, groups. Values with fewer
        than ``FEWEST`` rows are put together: of so few nothing can be said.
    """
    table = answers.rows.table.assign(length=_length(answers))
    wanted = [name for name in dict.fromkeys((*columns, *ALWAYS, "length")) if name in table]
    found = []
    for name in wanted:
        values = table[name].map(_named)
        if name not in columns and set(values[answers.toned]) <= {_NOT_SAID}:
            continue
        many = values[answers.toned].value_counts()
        rare = set(many.index[many < FEWEST])
        values = values.where(~values.isin(rare), f"others (fewer than {FEWEST} each)")
        for value in sorted(set(values[answers.toned])):
            chosen = (values == value).to_numpy() & answers.toned
            right = answers.right[chosen[answers.toned]].astype(float)
            row = drawn_rows(answers, chosen).score(mean_of(right), name="accuracy", how=how)
            if row is not None:
                found.append({**row, "by": name, "value": value, "accuracy": row["value"]})
    result = pd.DataFrame(found).assign(set=answers.rows.kind, model=answers.model)
    return result.reindex(columns=list(GROUP_COLUMNS))


def reliability(answers: ModelAnswers, *, bins: int = BINS) -> pd.DataFrame:
    """Say how often a model is right where it is how sure: the points of a reliability diagram.

    Args:
        answers: Of a model.
        bins: Of equal width; those of the calibration error.

    Returns:
        One row a bin with a row in it: set, model, from, to, confidence (its mean), right (the
        share), low, high, n, groups. The interval is Wilson's for as many trials as groups.
    """
    said = answers.called[answers.toned] < NOTHING
    sure, right = answers.confidence[said], answers.right[said].astype(float)
    rows = drawn_rows(answers, answers.toned & (answers.called < NOTHING))
    place = np.minimum((sure * bins).astype(int), bins - 1)
    found = []
    for number in sorted(set(place.tolist())):
        here = place == number
        weight = rows.weight[here]
        share = float(np.clip((right[here] * weight).sum() / weight.sum(), 0, 1))
        groups = len(set(rows.groups[here]))
        low, high = wilson_interval(share, n=groups)
        found.append(
            {
                "from": number / bins,
                "to": (number + 1) / bins,
                "confidence": float((sure[here] * weight).sum() / weight.sum()),
                "right": share,
                "low": low,
                "high": high,
                "n": int(here.sum()),
                "groups": groups,
            }
        )
    result = pd.DataFrame(found).assign(set=answers.rows.kind, model=answers.model)
    return result.reindex(columns=list(BIN_COLUMNS))


def worst(answers: ModelAnswers, *, most: int = _MISTAKES) -> pd.DataFrame:
    """List what a model gets wrong with the greatest confidence.

    Args:
        answers: Of a model.
        most: Rows.

    Returns:
        set, model, id, true, called, confidence, excerpt: at most 20 words, around the target or
        from the headline.
    """
    words = (*TONE_NAMES, "not about law enforcement")
    table = answers.rows.table[answers.toned].reset_index(drop=True)
    called, sure = answers.called[answers.toned], answers.confidence
    wrong = np.flatnonzero(~answers.right)
    order = wrong[np.argsort(-np.nan_to_num(sure[wrong], nan=-1.0), kind="stable")][:most]
    rows = [
        {
            "id": table.loc[at, "id"],
            "true": words[answers.true[at]],
            "called": words[called[at]],
            "confidence": sure[at],
            "excerpt": excerpt(table.loc[at]),
        }
        for at in order
    ]
    result = pd.DataFrame(rows, columns=list(WORST_COLUMNS[2:]))
    result = result.assign(set=answers.rows.kind, model=answers.model)
    return result.reindex(columns=list(WORST_COLUMNS))


def excerpt(row: "pd.Series") -> str:
    """Quote a few words: around the target of a sentence, else of the headline or the beginning."""
    if "from" not in row:
        words = str(row.get("title") or row["text"]).split()
        return " ".join(words[:_EXCERPT]) + (" …" if len(words) > _EXCERPT else "")
    text, start, end = str(row["text"]), int(row["from"]), int(row["to"])
    before, target, after = text[:start].split(), text[start:end], text[end:].split()
    room = max(_EXCERPT - len(target.split()), 2)
    left = before[-max(room // 2, room - len(after)) :]
    right = after[: room - len(left)]
    said = " ".join([*left, f"[{target}]", *right])
    return (
        ("… " if len(left) < len(before) else "") + said + (" …" if len(right) < len(after) else "")
    )


def _length(answers: ModelAnswers) -> "pd.Series[str]":
    short, long = _LENGTHS[answers.rows.kind]
    many = answers.rows.table["text"].str.split().str.len()
    return many.map(
        lambda words: (
            f"under {short} words"
            if words < short
            else f"{short} to {long} words"
            if words <= long
            else f"over {long} words"
        )
    )


def _named(value: object) -> str:
    text = "" if value is None or value != value else str(value).strip()  # noqa: PLR0124 (NaN)
    return text or _NOT_SAID
