"""How well a model finds known tones: every figure with its interval, by whole groups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.media.model_checks.contrast_sets import wholly_right
from outcomes.media.model_checks.model_answers import NOTHING, ModelAnswers
from outcomes.stats import macro_f1 as confusion
from outcomes.stats.calibration_error import (
    calibration_parts,
    debiased_calibration_error,
    expected_calibration_error,
)
from outcomes.stats.class_calibration import Floats
from outcomes.stats.group_bootstrap import Figure, group_bootstrap
from outcomes.stats.resampled_units import Resampling
from outcomes.stats.roc_area import roc_area

TONE_NAMES = ("negative", "neutral", "positive")
COLUMNS = (
    "set", "model", "figure", "tone", "value", "low", "high", "n", "groups", "means",
)  # fmt: skip
MEANS = {
    "macro_f1": "the mean of F1 of the three tones, each counting as much; 1 is perfect",
    "accuracy": "the share called rightly",
    "f1": "the harmonic mean of precision and recall; 1 is perfect",
    "precision": "the share of what it calls so that is so",
    "recall": "the share of what is so that it finds",
    "grim_called_negative": "the share of grim events without blame that it calls negative; 0 is "
    "perfect",
    "conflicting_wholly_right": "the share of sentences with targets of different tones in which "
    "it calls every target rightly",
    "contrast_wholly_right": "the share of events, told with the police as hero, villain and "
    "bystander, of which it calls every telling rightly",
    "ece": "how far its confidence lies from how often it is right (10 bins); 0 is perfect, and "
    "chance alone makes it larger",
    "ece_debiased": "the same without what chance alone adds",
    "brier": "the mean squared error of its three probabilities, summed; 0 is perfect, 2 the worst",
    "auroc_negative": "how often it puts a negative one before another; 0.5 is chance",
    "relevance_precision": "the share of articles it takes to be about law enforcement that are",
    "relevance_recall": "the share of articles about law enforcement that it takes to be so",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Rows, the groups that they are drawn in, and how much each counts."""

    groups: NDArray[np.object_]
    weight: Floats

    def score(
        self, figure: Figure, *, name: str, biased: bool = False, how: Resampling | None
    ) -> dict[str, object] | None:
        """Give one row of scores; None where the figure does not exist for these rows."""
        try:
            found = group_bootstrap(
                lambda often: figure(often * self.weight),
                self.groups,
                term=name,
                unit=MEANS[name],
                share=not biased and name != "brier",
                biased=biased,
                how=how,
            )
        except DataError:
            return None
        return {
            "figure": name,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "groups": len(set(self.groups)),
            "means": MEANS[name],
        }


def score_model(answers: ModelAnswers, *, how: Resampling | None = None) -> pd.DataFrame:
    """Say how well a model did, in every figure that its rows allow.

    Args:
        answers: Of the model, to sentences or to articles.
        how: Draws, seed and confidence of the intervals.

    Returns:
        One row a figure: set (sentences or articles), model, figure, tone, value, low, high, n
        (rows that bear on it), groups, means. An article about law enforcement that the model
        takes not to be is called wrongly, and has no part in the figures of probabilities.
    """
    found = [
        row
        for row in (
            *_tone_figures(answers, how),
            *_chance_figures(answers, how),
            *_case_figures(answers, how),
            *_relevance_figures(answers, how),
        )
        if row is not None
    ]
    table = pd.DataFrame(found).assign(set=answers.rows.kind, model=answers.model)
    return table.reindex(columns=list(COLUMNS)).fillna({"tone": ""})


def drawn_rows(answers: ModelAnswers, chosen: NDArray[np.bool_]) -> Drawn:
    """Take rows of the whole table by a mask of shape (n,)."""
    table = answers.rows.table[chosen]
    weight = table["weight"].to_numpy(dtype=float)
    return Drawn(
        groups=table["group"].to_numpy(dtype=object),
        weight=weight / weight.mean() if weight.size else weight,
    )


_Row = dict[str, object] | None


def _tone_figures(answers: ModelAnswers, how: Resampling | None) -> Iterator[_Row]:
    """Score what it calls: macro-F1, accuracy, and F1, precision, recall of each tone."""
    rows = drawn_rows(answers, answers.toned)
    cells = confusion.confusion_counts(answers.true, answers.called[answers.toned], classes=3)
    yield rows.score(lambda w: confusion.macro_f1(w @ cells), name="macro_f1", how=how)
    yield rows.score(lambda w: confusion.accuracy(w @ cells), name="accuracy", how=how)
    for name, of in (
        ("f1", confusion.f1),
        ("precision", confusion.precision),
        ("recall", confusion.recall),
    ):
        for tone, word in enumerate(TONE_NAMES):
            found = rows.score(_one_tone(of, cells, tone), name=name, how=how)
            yield None if found is None else {**found, "tone": word}


def _one_tone(of: Callable[[Floats], Floats], cells: Floats, tone: int) -> Figure:
    return lambda weights: of(weights @ cells)[..., tone]


def _chance_figures(answers: ModelAnswers, how: Resampling | None) -> Iterator[_Row]:
    """Score its probabilities: calibration, Brier score, and how it ranks the negative."""
    said = answers.toned & (answers.called < NOTHING)
    inside = said[answers.toned]
    if not inside.any():
        return
    rows = drawn_rows(answers, said)
    parts = calibration_parts(answers.confidence[inside], answers.right[inside])
    for name, of in (
        ("ece", expected_calibration_error),
        ("ece_debiased", debiased_calibration_error),
    ):
        yield rows.score(_summed(of, parts), name=name, biased=True, how=how)
    true, odds = answers.true[inside], answers.odds[said]
    loss = ((odds - np.eye(3)[true]) ** 2).sum(axis=1)
    yield rows.score(lambda w: (w @ loss) / w.sum(axis=1), name="brier", how=how)
    yield rows.score(
        lambda w: roc_area(odds[:, 0], true == 0, weights=w), name="auroc_negative", how=how
    )


def _summed(of: Callable[[Floats], Floats], parts: Floats) -> Figure:
    return lambda weights: of(weights @ parts)


def _case_figures(answers: ModelAnswers, how: Resampling | None) -> Iterator[_Row]:
    """Score the hard cases, where the rows say which they are."""
    table = answers.rows.table
    if "case" in table:
        grim = table["case"].fillna("").astype(str).str.startswith("grim").to_numpy(dtype=bool)
        chosen = grim & (table["tone"] != -1).to_numpy() & answers.toned
        yield _share(answers, chosen, answers.called == 0, name="grim_called_negative", how=how)
    for name, units in wholly_right(answers):
        rows = Drawn(groups=units["group"].to_numpy(dtype=object), weight=np.ones(len(units)))
        right = units["right"].to_numpy(dtype=float)
        yield rows.score(mean_of(right), name=name, how=how)


def _relevance_figures(answers: ModelAnswers, how: Resampling | None) -> Iterator[_Row]:
    table = answers.rows.table
    if answers.rows.kind != "articles" or "relevant" not in table:
        return
    known = (table["relevant"] == 1).to_numpy()
    taken = answers.called < NOTHING
    yield _share(answers, taken, known, name="relevance_precision", how=how)
    yield _share(answers, known, taken, name="relevance_recall", how=how)


def _share(
    answers: ModelAnswers,
    chosen: NDArray[np.bool_],
    has: NDArray[np.bool_],
    *,
    name: str,
    how: Resampling | None,
) -> _Row:
    if not chosen.any():
        return None
    return drawn_rows(answers, chosen).score(
        mean_of(np.asarray(has)[chosen].astype(float)), name=name, how=how
    )


def mean_of(values: Floats) -> Figure:
    """Make the figure that is a mean of values, shape (n,)."""
    return lambda weights: (weights @ values) / weights.sum(axis=1)
