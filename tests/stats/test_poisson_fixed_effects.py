import numpy as np
import pytest
import statsmodels.api as sm

from outcomes.errors import DataError
from outcomes.stats.poisson_fixed_effects import poisson_fixed_effects

# five places by six periods; the numbers below are those of R 4.2.2:
# glm(y ~ d + factor(g) + factor(m) + offset(log(e)), poisson, control = list(epsilon = 1e-14))
COUNTS = np.array(
    [
        [12, 9, 14, 20, 18, 22],
        [5, 7, 3, 6, 9, 4],
        [30, 28, 35, 31, 40, 38],
        [2, 0, 3, 1, 0, 2],
        [17, 15, 21, 11, 16, 25],
    ],
    dtype=float,
)
DOSE = np.array(
    [
        [0, 1, 2, 4, 4, 5],
        [0, 0, 0, 1, 2, 1],
        [3, 3, 4, 2, 6, 7],
        [0, 0, 0, 0, 0, 0],
        [1, 0, 3, 0, 1, 5],
    ],
    dtype=float,
)
PEOPLE = np.array(
    [
        [100, 102, 104, 106, 108, 110],
        [50, 50, 51, 51, 52, 52],
        [200, 198, 196, 194, 192, 190],
        [30, 30, 30, 30, 31, 31],
        [120, 121, 122, 123, 124, 125],
    ],
    dtype=float,
)


def test_a_regression_of_counts_gives_the_numbers_of_r() -> None:
    found = poisson_fixed_effects(COUNTS, DOSE, exposure=PEOPLE)
    assert found.slope[0] == pytest.approx(0.1276818427621, abs=1e-12)
    assert found.model_se[0] == pytest.approx(0.051998269460024, rel=1e-9)
    assert found.dispersion == pytest.approx(0.63267995747383, rel=1e-9)
    assert found.df == 19
    assert poisson_fixed_effects(COUNTS, DOSE).slope[0] == pytest.approx(0.12765906954222, rel=1e-9)


def test_several_regressors_and_gaps_agree_with_statsmodels_on_dummies() -> None:
    counts = COUNTS.copy()
    counts[1, 2] = counts[4, 5] = np.nan
    both = np.stack([DOSE, np.sin(3 * DOSE + PEOPLE)], axis=2)
    seen = np.isfinite(counts)
    where, when = np.nonzero(seen)
    dummies = [where[:, None] == np.arange(5), when[:, None] == np.arange(1, 6)]
    design = np.hstack([both[seen], *dummies]).astype(float)
    theirs = sm.GLM(counts[seen], design, family=sm.families.Poisson()).fit(tol=1e-13)
    found = poisson_fixed_effects(counts, both)
    assert found.slope == pytest.approx(theirs.params[:2], rel=1e-8)
    assert found.expected[seen] == pytest.approx(theirs.mu, rel=1e-8)
    assert np.isnan(found.expected[~seen]).all()


def test_without_a_regressor_expected_counts_are_row_by_column_totals() -> None:
    found = poisson_fixed_effects(COUNTS)
    totals = np.outer(COUNTS.sum(axis=1), COUNTS.sum(axis=0)) / COUNTS.sum()
    assert found.expected == pytest.approx(totals, rel=1e-9)
    assert found.slope.size == 0


def test_a_planted_ratio_is_found_again_and_names_order_and_scale_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    dose = rng.poisson(3, (40, 24)).astype(float)
    level = rng.normal(2, 0.5, (40, 1)) + rng.normal(0, 0.2, (1, 24))
    counts = rng.poisson(np.exp(level + 0.08 * dose)).astype(float)
    found = poisson_fixed_effects(counts, dose)
    assert abs(found.slope[0] - 0.08) < 3 * found.model_se[0]
    assert found.dispersion == pytest.approx(1, abs=0.15)
    turned = poisson_fixed_effects(counts[::-1, ::-1], 10 * dose[::-1, ::-1])
    assert 10 * turned.slope[0] == pytest.approx(found.slope[0], rel=1e-9)


def test_places_and_periods_in_which_nothing_was_counted_are_left_out_and_told() -> None:
    more = np.vstack([COUNTS, np.zeros(6)])
    found = poisson_fixed_effects(
        np.hstack([more, np.zeros((6, 1))]), np.pad(DOSE, ((0, 1), (0, 1)), constant_values=2.0)
    )
    assert found.places.tolist() == [True] * 5 + [False]
    assert found.periods.tolist() == [True] * 6 + [False]
    assert found.slope == pytest.approx(poisson_fixed_effects(COUNTS, DOSE).slope, rel=1e-9)


def test_a_dose_that_foretells_zeros_without_fail_has_no_ratio() -> None:
    counts = np.where(DOSE > 0, 0.0, COUNTS + 1)
    with pytest.raises(DataError, match="cannot tell: somewhere nothing at all was counted"):
        poisson_fixed_effects(counts, (DOSE > 0).astype(float))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"counts": COUNTS - 1}, "counts must be whole numbers of 0 or more"),
        ({"counts": COUNTS + 0.5}, "counts must be whole numbers of 0 or more"),
        ({"counts": COUNTS[:4]}, "all alike, got"),
        ({"counts": 0 * COUNTS}, "something must have been counted in two places"),
        ({"exposure": 0 * PEOPLE}, "exposure behind each count must be a number above 0"),
        ({"regressors": DOSE * np.nan}, "a regressor is not a number"),
        ({"regressors": np.ones_like(DOSE)}, "nothing is left to compare"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change: dict[str, np.ndarray], sentence: str) -> None:
    given = {"counts": COUNTS, "regressors": DOSE, "exposure": PEOPLE, **change}
    with pytest.raises(DataError, match=sentence):
        poisson_fixed_effects(given["counts"], given["regressors"], exposure=given["exposure"])


def test_two_places_and_two_periods_are_too_few_for_a_slope() -> None:
    with pytest.raises(DataError, match="too few"):
        poisson_fixed_effects([[3, 4], [5, 9]], [[0, 1], [0, 0]])
