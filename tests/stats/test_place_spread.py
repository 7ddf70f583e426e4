import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.place_spread import PlaceSpread, place_spread, simulated_changes


def moving(
    seed: int, *, places: int = 8, periods: int = 24, serial: float = 0.0, runs: int = 1
) -> np.ndarray:
    """Normal series with an AR(1) within places, shape (runs, places, periods)."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((runs, places, periods))
    for period in range(1, periods):
        step = np.sqrt(1 - serial**2) * drawn[:, :, period]
        drawn[:, :, period] = serial * drawn[:, :, period - 1] + step
    return drawn


def counted(seed: int, *, mean: float = 20, latent: float = 0.3, **how: float) -> np.ndarray:
    log = latent * moving(seed, **how) - latent**2 / 2  # type: ignore[arg-type]
    return np.random.default_rng(seed).poisson(mean * np.exp(log)).astype(float)


def spread_of_changes(spread: PlaceSpread, *, before: int = 6, after: int = 6) -> float:
    rng = np.random.default_rng(0)
    changes = simulated_changes(spread, runs=1500, places=8, before=before, after=after, rng=rng)
    return float(changes.std())


@pytest.mark.parametrize("serial", [0.0, 0.3, 0.6])
def test_spread_and_correlation_are_recovered_on_average(serial: float) -> None:
    found = [place_spread(grid, counts=False) for grid in moving(1, serial=serial, runs=60)]
    assert np.mean([each.serial for each in found]) == pytest.approx(serial, abs=0.05)
    assert np.mean([each.spread for each in found]) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("serial", [0.0, 0.6])
def test_simulated_changes_spread_as_those_of_new_studies_do(serial: float) -> None:
    new = moving(2, serial=serial, periods=12, runs=3000)
    true = float((new[:, :, 6:].mean(axis=2) - new[:, :, :6].mean(axis=2)).std())
    found = [
        spread_of_changes(place_spread(grid, counts=False))
        for grid in moving(3, serial=serial, periods=24, runs=20)
    ]
    assert np.mean(found) == pytest.approx(true, rel=0.08)


def test_overdispersed_counts_spread_as_those_of_new_studies_do() -> None:
    new = counted(4, serial=0.6, periods=12, runs=3000)
    true = float((new[:, :, 6:].mean(axis=2) - new[:, :, :6].mean(axis=2)).std())
    found = [
        place_spread(grid, counts=True) for grid in counted(5, serial=0.6, periods=24, runs=25)
    ]
    assert np.mean([spread_of_changes(each) for each in found]) == pytest.approx(true, rel=0.1)
    assert np.mean([each.latent for each in found]) == pytest.approx(0.3, abs=0.04)
    plain = float(np.sqrt(20 / 6 * 2))  # of a Poisson
    assert true > 2 * plain


def test_counts_that_spread_as_a_poisson_have_next_to_nothing_more() -> None:
    grids = np.random.default_rng(6).poisson(20, (25, 8, 24)).astype(float)
    found = [spread_of_changes(place_spread(grid, counts=True)) for grid in grids]
    assert np.mean(found) == pytest.approx(np.sqrt(20 / 6 * 2), rel=0.06)


def test_the_names_of_places_the_level_and_shared_months_do_not_matter() -> None:
    grid = moving(7)[0]
    found = place_spread(grid, counts=False)
    order = np.random.default_rng(8).permutation(8)
    shifted = 5 * grid[order] + np.arange(8)[:, None] + 10 * np.sin(np.arange(24))
    other = place_spread(shifted, counts=False)
    assert other.spread == pytest.approx(5 * found.spread)
    assert other.serial == pytest.approx(found.serial)


def test_a_month_that_some_place_did_not_report_is_left_out() -> None:
    grid = moving(9)[0]
    gap = grid.copy()
    gap[3, 5] = np.nan
    assert place_spread(gap, counts=False).periods == 23


@pytest.mark.parametrize(
    ("past", "counts", "words"),
    [
        (np.ones((1, 12)), False, "two places or more"),
        (np.ones((4, 3)), False, "four periods or more"),
        (np.ones(12), False, "two places or more"),
        (np.ones((4, 12)), False, "did not move"),
        (np.arange(12.0).reshape(1, 12).repeat(4, axis=0), False, "did not move"),
        (-np.eye(6), True, "cannot be negative"),
    ],
)
def test_a_past_that_tells_nothing_is_refused(past, counts, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=words):
        place_spread(past, counts=counts)
