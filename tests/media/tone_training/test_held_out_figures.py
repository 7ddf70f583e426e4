"""Figures of a model: against scikit-learn, on planted confidence, and their refusals."""

from dataclasses import replace

import numpy as np
import pytest
from planted_sentences import planted_rows
from sklearn.metrics import accuracy_score, f1_score

from outcomes.errors import DataError
from outcomes.media.tone_training.held_out import (
    cross_fitted,
    held_out_figures,
    tone_figures,
    tones_of,
)
from outcomes.media.tone_training.temperature import (
    calibration_error,
    fit_temperature,
    with_temperature,
)

ROWS = planted_rows(600, seed=5)


def drawn_by(logits, *, seed):
    """Rows whose tone was drawn by these chances."""
    draw = np.random.default_rng(seed)
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.array([draw.choice(3, p=row) for row in odds]) - 1, odds


def test_the_figures_are_those_of_scikit_learn_and_the_interval_holds_them():
    draw = np.random.default_rng(3)
    odds = draw.dirichlet([1, 1, 1], size=len(ROWS))
    odds[np.arange(400), tones_of(ROWS)[:400] + 1] += 1
    odds /= odds.sum(axis=1, keepdims=True)
    found, tones = tone_figures(ROWS, odds), tones_of(ROWS)
    chosen = odds.argmax(axis=1) - 1
    assert found["macro_f1"] == pytest.approx(f1_score(tones, chosen, average="macro"), abs=1e-4)
    assert found["accuracy"] == pytest.approx(accuracy_score(tones, chosen), abs=1e-4)
    assert found["macro_f1_low"] < found["macro_f1"] < found["macro_f1_high"]
    assert 0.04 < found["macro_f1_high"] - found["macro_f1_low"] < 0.12


def test_a_planted_temperature_is_found_again():
    draw = np.random.default_rng(11)
    logits = draw.normal(0, 1.5, size=(4000, 3))
    tones, right = drawn_by(logits, seed=12)
    too_sure = with_temperature(right, 1 / 2.5)
    assert fit_temperature(too_sure, tones) == pytest.approx(2.5, rel=0.08)
    assert calibration_error(too_sure, tones) > 0.1
    assert calibration_error(with_temperature(too_sure, 2.5), tones) < 0.03


def test_confidence_that_is_always_right_by_its_own_number_has_no_error():
    odds = np.tile([0.05, 0.75, 0.2], (4, 1))
    assert calibration_error(odds, np.array([0, 0, 0, -1])) == pytest.approx(0)
    assert calibration_error(odds, np.array([1, 1, 1, 1])) == pytest.approx(0.75)


def test_the_reported_calibration_rests_on_no_row_that_its_temperature_was_fitted_to():
    draw = np.random.default_rng(7)
    odds = draw.dirichlet([1, 1, 1], size=len(ROWS))
    odds[np.arange(len(ROWS)), tones_of(ROWS) + 1] += 0.4
    odds = with_temperature(odds / odds.sum(axis=1, keepdims=True), 0.5)
    before = cross_fitted(ROWS, odds)
    changed = odds.copy()
    half = np.array([sorted({r.group for r in ROWS}).index(r.group) % 2 == 0 for r in ROWS])
    changed[half] = with_temperature(changed[half], 3)
    after = cross_fitted(ROWS, changed)
    assert not np.allclose(before[~half], after[~half])  # the other half sets its temperature
    only = {r.group for r in ROWS[:1]}
    assert cross_fitted(ROWS[:1], odds[:1]).shape == (len(only), 3)


def test_the_figures_of_a_card_are_those_of_all_rows_and_of_each_source():
    odds = np.random.default_rng(9).dirichlet([1, 1, 1], size=len(ROWS))
    rows = [replace(row, source="dev") if place < 200 else row for place, row in enumerate(ROWS)]
    found = held_out_figures(rows, odds)
    assert list(found) == ["all", "dev", "planted"]
    assert [each["rows"] for each in found.values()] == [600, 200, 400]
    fitted = cross_fitted(rows, odds)
    assert found["dev"] == tone_figures(rows[:200], fitted[:200])
    assert found["all"] == tone_figures(rows, fitted)


def test_nothing_held_out_is_refused():
    with pytest.raises(DataError, match="no held-out row"):
        held_out_figures([], np.empty((0, 3)))
    with pytest.raises(DataError, match="no held-out row"):
        tone_figures([], np.empty((0, 3)))
    with pytest.raises(DataError, match="at least one held-out row"):
        fit_temperature(np.empty((0, 3)), np.array([], dtype=int))
