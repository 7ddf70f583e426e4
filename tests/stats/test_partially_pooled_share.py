"""Monthly shares by partial pooling: recovered, and exact where everything is known."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Items, calibrate, predictors
from outcomes.stats.partially_pooled_share import PeriodShare, partially_pooled_shares
from outcomes.stats.period_classes import _mixture, _Period, predict_periods
from outcomes.stats.prediction_powered import prediction_powered_share

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "tone_shares.py"
QUIET, EVENT = np.array([0.78, 0.12, 0.10]), np.array([0.57, 0.35, 0.08])
NEGATIVE = np.array([0.0, 1.0, 0.0])


def made_up(
    seed: int,
    *,
    periods: int = 12,
    size: int = 200,
    codes: int = 12,
    quiet: np.ndarray = QUIET,
    event: np.ndarray = EVENT,
    by_label: bool = False,
) -> tuple[Items, np.ndarray]:
    """Items of periods, two of them with an event, and their true classes."""
    rng = np.random.default_rng(seed)
    period = np.repeat(np.arange(periods), size)
    odds = np.where(np.isin(period, (3, 7))[:, None], event, quiet)
    truth = (rng.random(len(period))[:, None] > odds.cumsum(axis=1)[:, :-1]).sum(axis=1)
    centers = 1.6 * np.vstack([np.zeros(2), np.eye(2)])
    marks = centers[truth] + rng.normal(size=(len(truth), 2))
    scores = np.exp(1.5 * (marks @ centers.T - 0.5 * (centers**2).sum(axis=1)))
    scores /= scores.sum(axis=1, keepdims=True)
    strata = period * 3 + (scores.argmax(axis=1) if by_label else 0)
    given, probability = np.full(len(truth), -1), np.full(len(truth), np.nan)
    for label in np.unique(strata):
        rows = np.flatnonzero(strata == label)
        many = min(codes // 3 if by_label else codes, len(rows))
        drawn = rng.choice(rows, many, replace=False)
        given[drawn], probability[drawn] = truth[drawn], many / len(rows)
    items = Items(
        scores=scores,
        codes=given,
        classes=3,
        period=period,
        group=rng.integers(3, size=len(truth)),
        probability=probability,
    )
    return items, truth


def shares(items: Items, target: np.ndarray = NEGATIVE) -> tuple[PeriodShare, ...]:
    counted = np.ones(items.classes)
    return partially_pooled_shares(items, target=target, counted=counted).periods


def values(items: Items, target: np.ndarray = NEGATIVE) -> np.ndarray:
    return np.array([part.value for part in shares(items, target)])


def true_shares(items: Items, truth: np.ndarray, kind: int = 1) -> np.ndarray:
    return np.bincount(items.period, truth == kind) / np.bincount(items.period)


def account(reps: int, *, kind: int = 1, **more: Any) -> tuple[float, float, float]:
    """Mean error, its Monte-Carlo error, and how often intervals held."""
    errors, held = [], []
    for seed in range(reps):
        items, truth = made_up(seed, **more)
        real = true_shares(items, truth, kind)
        found = shares(items, np.eye(3)[kind])
        errors.append(np.mean([part.value for part in found] - real))
        held += [part.low <= one <= part.high for part, one in zip(found, real, strict=True)]
    return float(np.mean(errors)), float(np.std(errors) / np.sqrt(reps)), float(np.mean(held))


def test_shares_are_recovered_and_intervals_hold():
    bias, chance, held = account(10)
    assert abs(bias) < 0.01 + 3 * chance
    assert held > 0.92


def test_a_rare_class_of_which_a_period_has_no_code_is_not_taken_for_absent():
    """Three in a hundred: most periods have no code of it, and the mixture often finds none."""
    bias, chance, held = account(
        8, kind=1, quiet=np.array([0.87, 0.03, 0.10]), event=np.array([0.80, 0.10, 0.10])
    )
    assert abs(bias) < 0.01 + 3 * chance
    assert held > 0.90


def test_oversampling_what_the_model_calls_negative_leaves_shares_unbiased():
    bias, chance, held = account(8, by_label=True, codes=15)
    assert abs(bias) < 0.01 + 3 * chance
    assert held > 0.90


def test_events_are_seen_in_the_scores():
    seen = [values(made_up(seed)[0]) for seed in range(5)]
    events = np.isin(np.arange(12), (3, 7))
    rise = np.mean([one[events].mean() - one[~events].mean() for one in seen])
    assert rise == pytest.approx(0.23, abs=0.08)


def test_when_all_items_are_coded_the_shares_are_known():
    items, truth = made_up(1, size=40)
    known = replace(items, codes=truth, probability=np.ones(len(truth)))
    assert values(known) == pytest.approx(true_shares(items, truth), abs=1e-6)
    assert all(part.high - part.low < 1e-4 for part in shares(known))


def test_what_is_predicted_of_a_period_does_not_know_its_codes():
    items, _ = made_up(2)
    turned = replace(items, codes=np.where((items.period == 5) & items.coded, 1, items.codes))
    before, after = (predict_periods(each).shares for each in (items, turned))
    assert after[:, 5] == pytest.approx(before[:, 5], abs=1e-5)
    assert after[:, 4] != pytest.approx(before[:, 4], abs=1e-3)


def test_a_period_without_codes_of_its_own_is_less_certain():
    items, _ = made_up(2)
    silent = replace(items, codes=np.where(items.period == 5, -1, items.codes))
    with_codes, without = shares(items)[5], shares(silent)[5]
    assert without.se > with_codes.se


def test_periods_and_groups_may_come_in_any_order():
    items, _ = made_up(3)
    turned = replace(items, period=11 - items.period, group=(items.group + 1) % 3)
    assert values(turned)[::-1] == pytest.approx(values(items), abs=1e-6)


def test_rows_may_come_in_any_order():
    items, _ = made_up(3)
    order = np.random.default_rng(0).permutation(len(items.codes))
    parts = ("scores", "codes", "period", "group", "probability")
    mixed = replace(items, **{part: getattr(items, part)[order] for part in parts})
    assert values(mixed) == pytest.approx(values(items), abs=1e-6)


def test_which_class_is_the_reference_hardly_matters():
    items, _ = made_up(4)
    turned = replace(
        items,
        codes=np.where(items.codes < 0, -1, (items.codes + 1) % 3),
        scores=np.roll(items.scores, 1, axis=1),
    )
    assert values(turned, np.roll(NEGATIVE, 1)) == pytest.approx(values(items), abs=0.03)


def test_a_model_that_says_the_same_of_all_leaves_codes_drawn_to_their_mean():
    items, _ = made_up(5)
    blank = replace(items, scores=np.full_like(items.scores, 1 / 3), group=items.group * 0)
    coded = items.codes >= 0
    own = np.bincount(items.period[coded], items.codes[coded] == 1) / 12
    pooled, found = own.mean(), values(blank)
    inside = (found - pooled) * (own - pooled) >= -0.002
    assert inside.all()
    assert (np.abs(found - pooled) <= np.abs(own - pooled) + 0.02).all()


def test_with_many_codes_it_is_the_prediction_powered_share():
    items, _ = made_up(6, codes=150)
    found = shares(items)
    for period, part in enumerate(found):
        here = items.period == period
        codes = items.codes[here]
        alone = prediction_powered_share(
            np.where(codes >= 0, codes == 1, np.nan),
            items.scores[here, 1],
            probability=items.probability[here],
        )
        assert part.value == pytest.approx(alone.value, abs=2 * alone.se)
        assert part.high - part.low < 1.3 * (alone.high - alone.low)


def test_labels_without_probabilities_will_do():
    items, truth = made_up(7)
    labels = replace(items, scores=np.eye(3)[items.scores.argmax(axis=1)])
    assert np.abs(values(labels) - true_shares(items, truth)).mean() < 0.08


def test_a_class_that_nobody_coded_is_rare_but_not_impossible():
    items, _ = made_up(8)
    never = replace(items, codes=np.where(items.codes == 2, 0, items.codes))
    found = shares(never, np.array([0.0, 0.0, 1.0]))
    assert all(part.value < 0.1 for part in found)
    assert all(part.high > 0 for part in found)


def test_one_outlet_is_enough():
    items, truth = made_up(9)
    one = replace(items, group=np.zeros_like(items.group))
    assert predictors(one)[0].shape[1] == 3
    assert np.abs(values(one) - true_shares(items, truth)).mean() < 0.08


def test_months_of_three_articles_are_given_an_interval():
    items, truth = made_up(10, periods=40, size=3, codes=2)
    found, real = shares(items), true_shares(items, truth)
    assert all(0 <= part.low <= part.value <= part.high <= 1 for part in found)
    held = [part.low <= one <= part.high for part, one in zip(found, real, strict=True)]
    assert np.mean(held) > 0.9
    assert {round(3 * part.high, 6) for part in found} <= {1.0, 2.0, 3.0}


def test_items_that_do_not_count_leave_the_denominator():
    """Of all that are not positive: .12 of .90."""
    items, truth = made_up(11)
    found = partially_pooled_shares(items, target=NEGATIVE, counted=np.array([1.0, 1.0, 0.0]))
    real = true_shares(items, truth) / (1 - true_shares(items, truth, 2))
    assert np.abs([p.value for p in found.periods] - real).mean() < 0.08


def test_what_does_not_count_and_no_score_shows_is_not_mistaken_for_another_class():
    """A fifth does not count, more often what else were neutral; the model was never asked."""
    off, widths, held = [], [], []
    for seed in range(2, 10):
        items, truth = made_up(seed, periods=16)
        chance = np.where(truth == 0, 0.25, 0.10)
        truth = np.where(np.random.default_rng(seed + 50).random(len(truth)) < chance, 3, truth)
        codes = np.where(items.coded, truth, -1)
        found = partially_pooled_shares(
            replace(items, codes=codes, classes=4),
            target=np.array([0.0, 1.0, 0.0, 0.0]),
            counted=np.array([1.0, 1.0, 1.0, 0.0]),
        ).periods
        real = true_shares(items, truth) / (1 - true_shares(items, truth, 3))
        off += [part.value - one for part, one in zip(found, real, strict=True)]
        held += [part.low <= one <= part.high for part, one in zip(found, real, strict=True)]
        widths += [part.high - part.low for part in found]
        assert max(part.se for part in found) < 0.12
    assert abs(np.mean(off)) < 0.02
    assert np.mean(held) > 0.9
    assert np.mean(widths) < 0.24


def test_a_difference_of_two_classes_lies_between_minus_one_and_one():
    items, _ = made_up(12)
    found = shares(items, np.array([0.0, -1.0, 1.0]))
    apart = values(items, np.array([0.0, 0.0, 1.0])) - values(items)
    assert [part.value for part in found] == pytest.approx(apart, abs=0.05)
    assert any(part.low < 0 for part in found)


def test_too_few_codes_to_calibrate_on_are_refused():
    items, _ = made_up(13, periods=4)
    with pytest.raises(DataError, match="36 coded items outside it"):
        shares(items)


def test_the_calibration_is_scikit_learns_where_that_penalizes_the_same():
    """Two classes; half a code of each at the center, as ``calibrate`` takes for granted."""
    rng = np.random.default_rng(1)
    marks = rng.normal(size=(80, 2))
    codes = (marks[:, 0] + rng.normal(size=80) > 0.3).astype(int)
    table = np.column_stack([np.ones(80), marks])
    center = table.mean(axis=0)
    found = calibrate(
        table,
        codes,
        classes=2,
        weight=np.ones(80),
        penalty=np.array([0.0, 0.7, 0.7]),
        center=center,
    )
    peer = LogisticRegression(C=1 / 0.7, tol=1e-10, max_iter=1000)
    more = np.vstack([marks, center[1:], center[1:]])
    peer.fit(more, np.r_[codes, 0, 1], sample_weight=np.r_[np.ones(80), 0.5, 0.5])
    assert found.weights[:, 0] == pytest.approx(np.r_[peer.intercept_, peer.coef_[0]], abs=1e-5)


def test_the_mixture_is_quapys_expectation_maximization():
    # quapy 0.2.3: EMQ.EM([.6, .3, .1], chance, epsilon=1e-13)
    chance = np.array(
        [
            *([0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.9, 0.05, 0.05], [0.3, 0.6, 0.1]),
            *([0.2, 0.7, 0.1], [0.2, 0.2, 0.6], [0.6, 0.3, 0.1], [0.1, 0.85, 0.05]),
            *([0.4, 0.5, 0.1], [0.25, 0.7, 0.05]),
        ]
    )
    _, mixed, reached = _mixture(
        _Period(
            rows=np.arange(10),
            chance=chance,
            expected=np.tile([0.6, 0.3, 0.1], (10, 1)),
            expected_slopes=np.zeros((1, 3, 2)),
            covariance=np.eye(2),
        ),
        held=np.zeros(3),
    )
    quapy = [0.01258145, 0.70706660, 0.28035186]
    assert mixed.mean(axis=0) == pytest.approx(quapy, abs=3e-4)
    assert reached[0] == pytest.approx(quapy, abs=3e-4)


@pytest.mark.parametrize("scenario", ["prior shift", "outlets shift"])
def test_the_benchmark_in_small_beats_hand_labels(scenario: str):
    """All of it with errors: benchmarks/README.md."""
    bench = runpy.run_path(str(BENCHMARK))
    ours, hand = "partial pooling", "hand labels alone"
    found = bench["judge"](bench["Setting"](scenario=scenario), 4, only=(ours, hand))
    for kind in ("quiet", "event"):
        bias, chance = found[ours][f"bias {kind}"]
        assert abs(bias) < 1 + 3 * chance
        assert found[ours][f"cover {kind}"][0] > 85
        assert found[ours][f"width {kind}"][0] < 0.6 * found[hand][f"width {kind}"][0]


def test_the_benchmark_knows_every_estimator_and_scenario():
    bench = runpy.run_path(str(BENCHMARK))
    for scenario in bench["SCENARIOS"]:
        only = tuple(bench["ESTIMATORS"]) if scenario == "coder drifts" else ("naive count",)
        found = bench["judge"](bench["Setting"](scenario=scenario), 1, only=only)
        assert set(found) == set(only)
        assert bench["line"]("naive count", found["naive count"]).count("|") == 9
