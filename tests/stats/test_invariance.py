import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.invariance import STEPS, group_invariance, longitudinal_invariance

LOADINGS = np.array([0.9, 0.7, 0.8, 0.6])


def two_waves(
    n: int, *, seed: int = 1, loadings=LOADINGS, shift=0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The same people twice; the factor rises by 0.5, and each item keeps some error of its own."""
    rng = np.random.default_rng(seed)
    factor = rng.multivariate_normal([0, 0.5], [[1, 0.6], [0.6, 1.2]], n)
    own = 0.4 * rng.normal(size=(n, 4))
    before = factor[:, :1] * LOADINGS + own + 0.6 * rng.normal(size=(n, 4))
    after = factor[:, 1:] * loadings + own + 0.6 * rng.normal(size=(n, 4)) + shift
    return before, after


def by_step(found):
    return {step.step: step for step in found}


def test_degrees_of_freedom_count_the_parameters_of_each_step() -> None:
    found = longitudinal_invariance(*two_waves(200))
    # 8 answers have 44 moments; free: 8 loadings, 8 intercepts, 8 + 4 errors, 1 covariance
    assert [step.step for step in found] == list(STEPS)
    assert [step.fit.df for step in found] == [15, 18, 21, 25]
    assert [step.d_df for step in found] == [0, 3, 3, 4]


def test_every_step_fits_where_nothing_but_the_factor_changed() -> None:
    p = [longitudinal_invariance(*two_waves(400, seed=seed))[-1].fit.p for seed in range(60)]
    assert np.mean(np.array(p) < 0.05) < 0.15
    assert abs(np.mean(p) - 0.5) < 0.15


def test_a_loading_that_changed_shows_at_the_metric_step() -> None:
    changed = np.array([0.9, 0.7, 0.8, 1.4])
    found = by_step(longitudinal_invariance(*two_waves(600, loadings=changed)))
    assert found["metric"].d_p < 0.001
    assert found["metric"].d_cfi < -0.01
    assert found["configural"].fit.p > 0.01


def test_an_item_that_shifted_by_itself_shows_at_the_scalar_step() -> None:
    found = by_step(longitudinal_invariance(*two_waves(600, shift=np.array([0, 0, 0, 0.8]))))
    assert found["metric"].d_p > 0.01
    assert found["scalar"].d_p < 1e-6
    assert found["scalar"].d_rmsea > 0


def test_groups_with_the_same_scale_and_other_means_fit_until_the_means_are_equal() -> None:
    rng = np.random.default_rng(3)
    groups = [
        rng.normal(mean, 1, (300, 1)) * LOADINGS + 0.7 * rng.normal(size=(300, 4))
        for mean in (0, 0.6)
    ]
    found = by_step(group_invariance(groups, steps=(*STEPS, "means")))
    assert [step.fit.df for step in found.values()] == [4, 7, 10, 14, 11]
    assert found["strict"].fit.p > 0.01
    assert found["means"].d_df == 1
    assert found["means"].d_p < 1e-6


def test_the_unit_of_the_answers_does_not_matter() -> None:
    before, after = two_waves(150)
    one = longitudinal_invariance(before, after)
    other = longitudinal_invariance(before * 10 + 3, after * 10 + 3)
    for left, right in zip(one, other, strict=True):
        assert right.fit.chi_square == pytest.approx(left.fit.chi_square, abs=1e-7)
        assert right.fit.cfi == pytest.approx(left.fit.cfi, abs=1e-9)
        assert right.fit.srmr == pytest.approx(left.fit.srmr, abs=1e-7)


def test_items_that_point_the_other_way_still_fit() -> None:
    before, after = (wave * [1, -1, 1, 1] for wave in two_waves(200))
    plain = longitudinal_invariance(*two_waves(200))[2]
    turned = longitudinal_invariance(before, after)[2]
    assert turned.fit.chi_square == pytest.approx(plain.fit.chi_square, abs=1e-6)


def test_a_perfect_fit_of_three_items_has_nothing_left_to_test() -> None:
    rng = np.random.default_rng(5)
    groups = [rng.normal(size=(80, 1)) + rng.normal(size=(80, 3)) for _ in range(2)]
    first = group_invariance(groups)[0].fit
    assert (first.df, first.cfi, first.rmsea) == (0, 1, 0)
    assert np.isnan(first.p)
    assert first.chi_square == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (np.ones((50, 2)), np.ones((50, 2)), "three items or more"),
        (two_waves(50)[0], two_waves(50)[1][:, :3], "same respondents and items"),
        (*two_waves(8), "too few for 8 answers"),
        (np.full((50, 4), np.nan), two_waves(50)[1], "complete answers only"),
        (two_waves(50)[0], two_waves(50)[0], "told exactly from the others"),
    ],
)
def test_what_cannot_be_compared_is_refused(before, after, words) -> None:
    with pytest.raises(DataError, match=words):
        longitudinal_invariance(before, after)


def test_one_group_alone_is_refused() -> None:
    with pytest.raises(DataError, match="two groups or more"):
        group_invariance([two_waves(50)[0]])
