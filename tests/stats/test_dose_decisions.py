import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.dose_decisions import dose_slopes, found_by_dose
from outcomes.stats.path_permutation import path_test
from outcomes.stats.swapped_studies import swapped_p, swaps

PLACES, PERIODS = 6, 10


def doses(*, alike: int = 0) -> np.ndarray:
    found = np.random.default_rng(1).gamma(2, 100, (PLACES, PERIODS)).round()
    found[PLACES - alike :] = 0
    return found


def outcomes(many: int, *, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((many, PLACES, PERIODS)) + rng.standard_normal((many, 1, PERIODS))


@pytest.mark.parametrize("alike", [0, 2])
def test_each_study_is_judged_as_it_is_by_itself(alike: int) -> None:
    paths = doses(alike=alike)
    values = outcomes(40) + np.linspace(0, 0.01, 40)[:, None, None] * paths
    alone = [path_test(one, paths) for one in values]
    assert dose_slopes(values, paths) == pytest.approx([each.slope for each in alone])
    found = found_by_dose(values, paths)
    assert found.tolist() == [each.p <= 0.05 + 1e-9 for each in alone]
    assert 5 < found.sum() < 40


def test_p_of_many_studies_is_that_of_each() -> None:
    paths = doses()
    values = outcomes(5)
    left = paths - paths.mean(axis=1, keepdims=True)
    as_if = (values - values.mean(axis=1, keepdims=True)) @ left.T
    observed = as_if[:, np.arange(PLACES), np.arange(PLACES)].sum(axis=1)
    p = swapped_p(observed, as_if.reshape(5, -1), arrangements=swaps(range(PLACES)))
    assert p == pytest.approx([path_test(one, paths).p for one in values])


def test_without_any_change_as_many_are_found_as_may_be() -> None:
    assert 0.04 <= found_by_dose(outcomes(4000), doses()).mean() <= 0.06


def test_doses_that_leave_nothing_to_compare_are_refused() -> None:
    same = np.tile(doses()[0], (PLACES, 1))
    never = np.repeat(np.arange(PLACES, dtype=float)[:, None], PERIODS, axis=1)
    for paths in (same, never):
        with pytest.raises(DataError, match="nothing is left to compare"):
            found_by_dose(outcomes(3), paths)
