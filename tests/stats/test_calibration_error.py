import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.calibration_error import (
    calibration_parts,
    debiased_calibration_error,
    expected_calibration_error,
)

SURE = [
    0.95, 0.91, 0.88, 0.83, 0.77, 0.72, 0.66, 0.61,
    0.58, 0.52, 0.47, 0.41, 0.97, 0.93, 0.85, 0.75,
]  # fmt: skip
RIGHT = [1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0]


def errors(sure, right):
    sums = calibration_parts(sure, right).sum(axis=0)
    return float(expected_calibration_error(sums)), float(debiased_calibration_error(sums))


def test_the_error_of_two_bins_is_the_one_computed_by_hand():
    # 0.55 to 0.58: mean 0.565, half right; 0.9 and 0.94: mean 0.92, all right
    assert errors([0.55, 0.58, 0.9, 0.94], [1, 0, 1, 1])[0] == pytest.approx(
        (2 * (0.565 - 0.5) + 2 * (1 - 0.92)) / 4
    )


def test_the_error_is_that_of_torchmetrics():
    # torchmetrics 1.9.0: multiclass_calibration_error(num_classes=3, n_bins=10, norm="l1")
    assert errors(SURE, RIGHT)[0] == pytest.approx(0.095625, abs=1e-7)


def test_the_debiased_error_is_that_of_uncertainty_calibration():
    # uncertainty-calibration 0.1.4: normal_debiased_ce(power=1, resamples=300000) gave 0.35834
    assert errors(SURE, [1 - each for each in RIGHT])[1] == pytest.approx(0.35834, abs=5e-4)


def test_chance_alone_does_not_make_a_calibrated_model_look_wrong():
    rng = np.random.default_rng(3)
    plain, debiased = [], []
    for _ in range(200):
        sure = rng.uniform(0.4, 1, 200)
        found = errors(sure, rng.random(200) < sure)
        plain.append(found[0])
        debiased.append(found[1])
    assert np.mean(plain) > 0.05
    assert np.mean(debiased) < 0.6 * np.mean(plain)


def test_a_known_error_is_found_again_without_what_chance_adds():
    rng = np.random.default_rng(4)
    found = []
    for _ in range(200):
        sure = rng.uniform(0.5, 1, 300)
        found.append(errors(sure, rng.random(300) < sure - 0.1)[1])
    assert np.mean(found) == pytest.approx(0.1, abs=0.01)


def test_whoever_is_sure_and_right_has_no_error():
    assert errors([1.0, 1.0], [1, 1]) == (0, 0)
    assert errors([1.0, 1.0], [0, 0]) == (1, 1)


def test_no_rows_have_no_error():
    assert np.isnan(expected_calibration_error(np.zeros(30)))
    assert np.isnan(debiased_calibration_error(np.zeros(30)))


@pytest.mark.parametrize(("sure", "right"), [([0.5], [1, 0]), ([1.2], [1]), ([np.nan], [1])])
def test_what_is_no_confidence_is_refused(sure, right):
    with pytest.raises(DataError):
        calibration_parts(sure, right)
