"""What a model says of rows of known tone, laid beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.media.classify import ToneClassifier
from outcomes.media.lexicon import Probabilities, likeliest
from outcomes.media.model_checks.checked_rows import CheckedRows
from outcomes.stats.class_calibration import Floats

TEMPLATES_SET = "templates"  # the invented sentences of the fairness check, unswapped
NOTHING = 3  # called no tone at all: not about law enforcement


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswers:
    """The answers of one model to rows of one kind."""

    model: str
    rows: CheckedRows
    odds: Floats  # (n, 3) negative, neutral, positive; NaN where it calls an article not relevant
    called: NDArray[np.int_]  # (n,) 0 negative, 1 neutral, 2 positive, 3 not about law enforcement

    @property
    def toned(self) -> NDArray[np.bool_]:
        """Which rows have a tone to be found."""
        return np.asarray(self.rows.table["tone"].notna().to_numpy(), dtype=bool)

    @property
    def true(self) -> NDArray[np.int_]:
        """The known tone of each row with one, 0 to 2, shape (toned,)."""
        tones = self.rows.table["tone"].to_numpy(dtype=float)[self.toned]
        return np.asarray(tones + 1, dtype=int)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each row with a tone was called rightly, shape (toned,)."""
        return np.asarray(self.called[self.toned] == self.true, dtype=bool)

    @property
    def confidence(self) -> Floats:
        """The probability of what was called, shape (toned,); NaN where nothing was."""
        odds, called = self.odds[self.toned], self.called[self.toned]
        found = np.full(len(odds), np.nan)
        said = called < NOTHING
        found[said] = np.clip(odds[said, called[said]], 0.0, 1.0)
        return found


def answer(model: ToneClassifier, rows: CheckedRows) -> ModelAnswers:
    """Let a model read rows of known tone.

    Args:
        model: Any model of tone.
        rows: Sentences with a target, or articles.
    """
    table = rows.table
    if rows.kind in {"sentences", TEMPLATES_SET}:
        odds = model.classify_targets(
            table["text"].tolist(), table["from"].tolist(), table["to"].tolist()
        ).reshape(-1, 3)
    else:
        titles = table["title"].fillna("").astype(str).tolist() if "title" in table else None
        found = model.classify(titles or [""] * len(table), table["text"].tolist())
        nothing = (np.nan, np.nan, np.nan)
        odds = np.array([each.probabilities or nothing for each in found]).reshape(-1, 3)
    called = [likeliest(_odds(row)) + 1 if np.isfinite(row).all() else NOTHING for row in odds]
    return ModelAnswers(model=model.name, rows=rows, odds=odds, called=np.array(called, dtype=int))


def _odds(row: Floats) -> Probabilities:
    return float(row[0]), float(row[1]), float(row[2])
