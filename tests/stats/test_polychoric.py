import numpy as np
import pytest
from scipy import integrate, stats

from outcomes.errors import DataError
from outcomes.stats.polychoric import polychoric_correlations


def cut_at(values: np.ndarray, cuts: list[float]) -> np.ndarray:
    return np.searchsorted(cuts, values).astype(float)


def below_both(x: float, y: float, correlation: float) -> float:
    """The probability below two cuts, by integrating over the first variable."""

    def slice_at(z: float) -> float:
        return stats.norm.pdf(z) * stats.norm.cdf(
            (y - correlation * z) / np.sqrt(1 - correlation**2)
        )

    return integrate.quad(slice_at, -9, x, epsabs=1e-11)[0]


def test_halves_have_the_closed_form_of_sheppard() -> None:
    # both items split in half: r = sin(2 pi (share in the same lower half - 1/4))
    table = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [40, 10, 10, 40], axis=0).astype(float)
    found = polychoric_correlations(table)
    assert found[0, 1] == pytest.approx(np.sin(2 * np.pi * (0.4 - 0.25)), abs=1e-12)


def test_it_finds_what_lies_behind_coarse_answers_where_pearson_falls_short() -> None:
    rng = np.random.default_rng(1)
    behind = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 40_000)
    seen = np.column_stack([cut_at(behind[:, 0], [1]), cut_at(behind[:, 1], [-0.5, 0.5, 1.5])])
    assert polychoric_correlations(seen)[0, 1] == pytest.approx(0.6, abs=0.02)
    assert np.corrcoef(seen.T)[0, 1] < 0.5


@pytest.mark.parametrize("correlation", [-0.95, -0.3, 0.0, 0.5, 0.9])
def test_a_table_with_exact_probabilities_gives_its_correlation_back(correlation) -> None:
    cuts = [-0.8, 0.1, 1.2]
    edges = [-9, *cuts, 9]
    below = np.array([[below_both(x, y, correlation) for y in edges] for x in edges])
    counts = np.rint(1e6 * np.diff(np.diff(below, axis=0), axis=1)).astype(int)
    rows = [(i, j) for i in range(4) for j in range(4) for _ in range(counts[i, j])]
    found = polychoric_correlations(np.array(rows, dtype=float))
    assert found[0, 1] == pytest.approx(correlation, abs=2e-5)


def test_ten_items_counted_together_are_the_same_as_pair_by_pair() -> None:
    rng = np.random.default_rng(2)
    values = np.round(rng.normal(size=(300, 1)) + rng.normal(size=(300, 10)))
    values[rng.random(values.shape) < 0.1] = np.nan
    values = np.clip(values, -2, 2)
    whole = polychoric_correlations(values)
    np.testing.assert_allclose(whole, whole.T)
    for one, other in ((0, 1), (0, 9), (4, 8)):
        both = values[:, [one, other]]
        alone = polychoric_correlations(both)[0, 1]
        assert whole[one, other] == pytest.approx(alone, abs=1e-10)


def test_the_names_of_the_steps_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    values = np.clip(np.round(rng.normal(size=(400, 1)) + rng.normal(size=(400, 3))), -1, 1)
    odd = np.select([values == -1, values == 0], [0.1, 2.5], 99.0)
    np.testing.assert_allclose(polychoric_correlations(values), polychoric_correlations(odd))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.random.default_rng(4).normal(size=(100, 2)), "item 1 has 100 different answers"),
        (np.array([[1.0, 1], [1, 2], [1, 1]]), "item 1 has 1 different answers"),
        (np.array([[1.0, 1], [2, 2], [1, 1], [2, 2]]), "agree without exception"),
    ],
)
def test_what_has_no_polychoric_correlation_is_refused(values, words) -> None:
    with pytest.raises(DataError, match=words):
        polychoric_correlations(values)
