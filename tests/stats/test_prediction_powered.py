"""Prediction-powered shares: equal to ppi-python, unbiased, and true with a dozen codes."""

from itertools import combinations

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.prediction_powered import large_sample_interval, prediction_powered_share

CODES = np.array([1.0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0])
SAID = np.array([0.9, 0.2, 0.1, 0.7, 0.4, 0.05, 0.3, 0.55, 0.15, 0.25, 0.35, 0.6])
OTHERS = np.array(
    [
        *(0.1, 0.2, 0.3, 0.15, 0.85, 0.9, 0.05, 0.4, 0.45, 0.5),
        *(0.65, 0.02, 0.12, 0.22, 0.32, 0.77, 0.08, 0.18, 0.28, 0.38),
    ]
)
ALL_CODES = np.r_[CODES, np.full(20, np.nan)]
ALL_SAID = np.r_[SAID, OTHERS]


def test_large_samples_are_judged_as_ppi_python_judges_them():
    # ppi-python 0.2.3: ppi_mean_pointestimate, and ppi_mean_ci with alpha=0.05 and its own 0.1
    found = large_sample_interval(CODES, SAID, others=OTHERS)
    assert found.value == pytest.approx(0.30842213, abs=1e-8)
    assert (found.low, found.high) == pytest.approx((0.08406137, 0.5327829), abs=1e-7)
    looser = large_sample_interval(CODES, SAID, others=OTHERS, level=0.9)
    assert (looser.low, looser.high) == pytest.approx((0.12013264, 0.49671162), abs=1e-8)


def test_a_wholly_trusted_model_gives_ppi_pythons_value():
    """Its power is that of the items nobody coded; of all items it is 32 / 20 as large."""
    # ppi_mean_pointestimate(..., lam=1) = 0.30016667
    found = prediction_powered_share(ALL_CODES, ALL_SAID, probability=12 / 32, power=32 / 20)
    assert found.value == pytest.approx(0.30016667, abs=1e-8)


def test_the_value_and_error_of_a_trusted_model_are_worked_out_by_hand():
    found = prediction_powered_share(ALL_CODES, ALL_SAID, probability=12 / 32, power=1.0)
    missed = CODES - SAID
    assert found.value == pytest.approx(ALL_SAID.mean() + missed.mean())
    assert found.se**2 == pytest.approx((1 - 12 / 32) * missed.var(ddof=1) / 12)


def test_without_trust_it_is_the_share_of_the_codes():
    found = prediction_powered_share(ALL_CODES, ALL_SAID, probability=12 / 32, power=0.0)
    assert found.value == pytest.approx(4 / 12)
    assert found.se**2 == pytest.approx((1 - 12 / 32) * CODES.var(ddof=1) / 12)


def test_a_model_that_says_the_same_of_all_changes_nothing():
    found = prediction_powered_share(ALL_CODES, np.full(32, 0.4), probability=12 / 32)
    assert found.value == pytest.approx(4 / 12)


def test_when_all_items_are_coded_the_share_is_known():
    found = prediction_powered_share(CODES, SAID, probability=1.0)
    assert found.low == found.value == found.high == pytest.approx(4 / 12)
    assert found.se == 0


def test_weighing_by_stratum_is_worked_out_by_hand():
    """8 items said to be negative, 4 coded; 24 others, 4 coded: 1/4 (3/4) + 3/4 (1/4)."""
    said = np.repeat([1.0, 0.0], [8, 24])
    codes = np.full(32, np.nan)
    codes[:4], codes[8:12] = [1, 1, 1, 0], [1, 0, 0, 0]
    drawn = np.repeat([4 / 8, 4 / 24], [8, 24])
    found = prediction_powered_share(codes, said, probability=drawn, strata=said)
    assert found.value == pytest.approx(3 / 8)
    square = (3 / 16) / 3  # of each stratum's mean, before the correction for finite populations
    assert found.se**2 == pytest.approx(square * (0.25**2 * 4 / 8 + 0.75**2 * 20 / 24))


def test_items_that_do_not_count_are_left_out_of_the_share():
    """Without a model, it is the number of negative among the relevant codes."""
    relevant = np.array([1.0] * 8 + [0.0] * 4)
    counts = np.r_[relevant, np.full(20, np.nan)]
    has = np.where(counts == 0, np.nan, ALL_CODES)
    found = prediction_powered_share(
        has, ALL_SAID, probability=12 / 32, counted=(counts, np.ones(32)), power=0.0
    )
    assert found.value == pytest.approx(CODES[:8].sum() / 8)
    assert found.n == 8
    assert "rests on 8 coded items only" in found.warnings


def test_a_model_that_also_tells_what_counts_is_put_to_use():
    rng = np.random.default_rng(3)
    counts, has = (rng.random((2, 4000)) < [[0.5], [0.3]]).astype(float)
    has *= counts
    blurred = [np.clip(part + rng.normal(0, 0.2, 4000), 0, 1) for part in (has, counts)]
    coded = rng.random(4000) < 0.1
    given = [np.where(coded, part, np.nan) for part in (has, counts)]
    helped, alone = (
        prediction_powered_share(
            given[0], blurred[0], probability=0.1, counted=(given[1], blurred[1]), power=power
        )
        for power in (None, 0.0)
    )
    assert helped.se < 0.6 * alone.se
    assert abs(helped.value - has.sum() / counts.sum()) < 3 * helped.se


def simulated(size: int, *, share: float, reps: int, unequal: bool = False) -> np.ndarray:
    """Error, whether held, and width, of months of 400 items with a model right 3 times of 4."""
    rng, rows = np.random.default_rng(size), []
    for _ in range(reps):
        truth = (rng.random(400) < share).astype(float)
        said = 1 / (1 + np.exp(-(1.5 * truth - 1 + rng.normal(size=400))))
        strata = (said > 0.5).astype(int) if unequal else np.zeros(400, dtype=int)
        coded, drawn = np.zeros(400, dtype=bool), np.ones(400)
        for label in np.unique(strata):
            rows_of = np.flatnonzero(strata == label)
            many = min(size // (1 + unequal), len(rows_of))
            coded[rng.choice(rows_of, many, replace=False)] = True
            drawn[rows_of] = many / len(rows_of)
        found = prediction_powered_share(
            np.where(coded, truth, np.nan), said, probability=drawn, strata=strata
        )
        real = truth.mean()
        rows.append((found.value - real, found.low <= real <= found.high, found.high - found.low))
    return np.array(rows)


@pytest.mark.parametrize("share", [0.03, 0.12, 0.35])
@pytest.mark.parametrize("size", [12, 50, 200])
def test_intervals_hold_from_a_dozen_codes_on(size: int, share: float):
    found = simulated(size, share=share, reps=300)
    assert found[:, 1].mean() > 0.93
    assert abs(found[:, 0].mean()) < 4 * found[:, 0].std() / np.sqrt(300)


def test_oversampling_what_the_model_calls_negative_leaves_the_share_unbiased():
    found = simulated(50, share=0.12, reps=300, unequal=True)
    assert found[:, 1].mean() > 0.93
    assert abs(found[:, 0].mean()) < 4 * found[:, 0].std() / np.sqrt(300)


def drawn_with_chances(chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A systematic sample in random order, each item with its own chance."""
    order = rng.permutation(len(chances))
    steps = np.r_[0.0, chances[order].cumsum()].round(9)
    start, coded = rng.random(), np.zeros(len(chances), dtype=bool)
    coded[order] = np.floor(steps[1:] - start) > np.floor(steps[:-1] - start)
    return coded


@pytest.mark.parametrize("unequal", [False, True])
def test_items_that_do_not_count_leave_no_bias_however_they_were_drawn(unequal: bool):
    """A third of 300 items is coded; the model takes many that do not count for negative."""
    rng, rows = np.random.default_rng(1), []
    for _ in range(300):
        counts = rng.random(300) < 0.7
        has = counts & (rng.random(300) < 0.3)
        said = 0.25 * has + 0.3 * rng.random(300) + 0.15 * ~counts
        chances = np.where(unequal & (said > np.quantile(said, 0.7)), 3.0, 1.0)
        chances *= 100 / chances.sum()
        coded = drawn_with_chances(chances, rng)
        found = prediction_powered_share(
            np.where(coded & counts, has, np.nan),
            said,
            probability=chances,
            counted=(np.where(coded, counts, np.nan), np.clip(said + 0.5 * counts, 0.0, 1.0)),
        )
        real = has.sum() / counts.sum()
        rows.append((found.value - real, found.low <= real <= found.high))
    off, held = np.array(rows).T
    assert abs(off.mean()) < 0.006
    assert held.mean() > 0.91


def test_the_mean_over_every_possible_sample_is_the_true_share():
    """All 126 samples of 4 of 9 items: what tunes an item's trust must not know its code."""
    truth = np.array([1.0, 1, 1, 0, 0, 0, 0, 0, 1])
    said = np.array([0.9, 0.6, 0.7, 0.5, 0.2, 0.1, 0.3, 0.4, 0.3])
    found = []
    for drawn in combinations(range(9), 4):
        coded = np.isin(np.arange(9), drawn)
        codes = np.where(coded, truth, np.nan)
        found.append(prediction_powered_share(codes, said, probability=4 / 9).value)
    assert np.mean(found) == pytest.approx(truth.mean(), abs=1e-9)


def test_half_of_a_small_archive_leaves_the_share_unbiased():
    found = simulated(200, share=0.12, reps=300)
    assert abs(found[:, 0].mean()) < 0.002


def test_a_dozen_codes_that_agree_do_not_make_certainty():
    codes = np.full(400, np.nan)
    codes[:12] = 0.0
    found = prediction_powered_share(codes, np.full(400, 0.1), probability=0.03)
    assert found.value == 0
    assert 0.2 < found.high < 0.4  # Clopper and Pearson: 0.26 for 0 of 12


def with_one(values: np.ndarray, value: float) -> np.ndarray:
    return np.r_[value, values[1:]]


@pytest.mark.parametrize(
    ("codes", "said", "drawn", "message"),
    [
        (np.r_[CODES[:2], np.full(30, np.nan)], ALL_SAID, 0.1, "needs 3 coded items, got 2"),
        (with_one(ALL_CODES, 2.0), ALL_SAID, 0.1, "1 or 0"),
        (ALL_CODES, with_one(ALL_SAID, np.nan), 0.1, "none may be missing"),
        (ALL_CODES, ALL_SAID, 0.0, "sampling probability"),
        (ALL_CODES, SAID, 0.1, "equally long"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    codes: np.ndarray, said: np.ndarray, drawn: float, message: str
):
    with pytest.raises(DataError, match=message):
        prediction_powered_share(codes, said, probability=drawn)


def test_a_period_of_nothing_that_counts_is_refused():
    counts = np.r_[np.zeros(12), np.full(20, np.nan)]
    with pytest.raises(DataError, match="no coded item counts"):
        prediction_powered_share(
            ALL_CODES, ALL_SAID, probability=0.1, counted=(counts, np.ones(32))
        )
    with pytest.raises(DataError, match="other items"):
        large_sample_interval(CODES, SAID, others=[])


def test_one_code_in_a_stratum_is_said() -> None:
    strata = np.r_[1, np.zeros(31)]
    found: Estimate = prediction_powered_share(
        ALL_CODES, ALL_SAID, probability=12 / 32, strata=strata
    )
    assert any("one coded item" in warning for warning in found.warnings)
