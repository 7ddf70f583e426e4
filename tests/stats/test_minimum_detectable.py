from math import inf

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.minimum_detectable import found_by_test, minimum_detectable, power_curve
from outcomes.stats.place_spread import PlaceSpread, simulated_changes
from outcomes.stats.wording import CANNOT_TELL, direction


def first(treated: int, *, of: int) -> np.ndarray:
    return np.arange(of) < treated


def normal(spread: float = 1.0, serial: float = 0.0) -> PlaceSpread:
    return PlaceSpread(
        means=np.zeros(8),
        spread=spread,
        serial=serial,
        counts=False,
        latent=0,
        latent_serial=0,
        shared=0,
        periods=12,
    )


def test_the_t_test_alone_has_the_power_of_the_noncentral_t() -> None:
    """R: power.t.test(n = 10, delta = 1.2, sd = 1) gives 0.7190; here with 4,000 studies."""
    changes = np.random.default_rng(1).standard_normal((4000, 20))
    treated = first(10, of=20)
    curve = power_curve(changes, treated, effects=[0, 1.2], swapping=False)
    exact = stats.nct.sf(stats.t.ppf(0.975, 18), 18, 1.2 * np.sqrt(5))
    assert exact == pytest.approx(0.719, abs=0.001)
    assert curve.low[1] <= exact <= curve.high[1]
    assert curve.low[0] <= 0.05 <= curve.high[0]


@pytest.mark.parametrize(("effect", "expected"), [(0.5, 0.056), (1.0, 0.172), (1.5, 0.374)])
def test_the_power_of_eight_places_is_what_was_measured_for_it(
    effect: float, expected: float
) -> None:
    """Of 20,000 studies of 8 x 12, 4 treated, serial correlation 0.6: research/causal.md, 4."""
    rng = np.random.default_rng(2)
    changes = simulated_changes(normal(serial=0.6), runs=4000, places=8, before=6, after=6, rng=rng)
    curve = power_curve(changes, first(4, of=8), effects=[0, effect])
    assert curve.power[1] == pytest.approx(expected, abs=0.025)


@pytest.mark.parametrize(("treated", "of"), [(3, 7), (4, 8), (2, 7), (1, 8), (2, 4)])
def test_what_counts_as_found_is_what_the_report_would_call_a_change(treated: int, of: int) -> None:
    rng = np.random.default_rng(treated * of)
    changes = rng.standard_normal((120, of))
    changes[:, :treated] += 2
    chosen = first(treated, of=of)
    told = [
        direction(collapsed_change(row, chosen, term="tips", unit="tips")) != CANNOT_TELL
        for row in changes
    ]
    np.testing.assert_array_equal(found_by_test(changes, chosen), told)


def test_with_too_few_places_nothing_of_any_size_is_found() -> None:
    changes = np.random.default_rng(3).standard_normal((500, 4))
    curve = power_curve(changes, first(2, of=4), effects=[0, 10, 1000])
    assert curve.power.max() == 0
    assert minimum_detectable(curve.effects, curve.power) == inf


def test_many_places_are_judged_by_a_draw_of_their_assignments() -> None:
    changes = np.random.default_rng(4).standard_normal((1500, 20))
    curve = power_curve(changes, first(10, of=20), effects=[0, 1.2])
    assert 0.03 <= curve.power[0] <= 0.065
    assert curve.power[1] == pytest.approx(0.72, abs=0.04)


def test_scaling_the_outcome_and_renaming_places_scale_and_leave_the_answer() -> None:
    changes = np.random.default_rng(5).standard_normal((800, 8))
    effects = np.linspace(0, 5, 26)
    found = power_curve(changes, first(4, of=8), effects=effects)
    scaled = power_curve(60 * changes + 7, first(4, of=8), effects=60 * effects)
    np.testing.assert_array_equal(found.power, scaled.power)
    order = np.random.default_rng(6).permutation(8)
    moved = power_curve(changes[:, order], first(4, of=8)[order], effects=effects)
    np.testing.assert_array_equal(found.power, moved.power)
    one, other = (minimum_detectable(each.effects, each.power) for each in (found, scaled))
    assert other == pytest.approx(60 * one)


def test_what_is_added_to_counts_is_a_count_and_spreads_them_more() -> None:
    changes = np.zeros((4000, 6))
    rng = np.random.default_rng(7)
    changes += rng.poisson(60, changes.shape) / 6 - 10
    plain = power_curve(changes, first(3, of=6), effects=[0, 4], swapping=False)
    counts = power_curve(changes, first(3, of=6), effects=[0, 4], periods=6, swapping=False)
    assert counts.power[1] < plain.power[1]
    assert counts.power[0] == plain.power[0]


def test_the_size_lies_on_the_line_between_two_that_were_tried() -> None:
    assert minimum_detectable([0, 1, 2], [0.05, 0.6, 1.0]) == pytest.approx(1.5)
    assert minimum_detectable([0, 1, 2], [0.05, 0.8, 1.0]) == pytest.approx(1.0)
    assert minimum_detectable([2, 3], [0.9, 1.0]) == 2
    assert minimum_detectable([0, 1], [0.05, 0.7]) == inf
    assert minimum_detectable([0, 1, 2], [0.05, 0.5, 0.9], wanted=0.5) == pytest.approx(1)


def test_what_cannot_be_simulated_is_refused() -> None:
    changes = np.zeros((10, 4))
    with pytest.raises(DataError, match="must rise"):
        power_curve(changes, first(2, of=4), effects=[1, 0.5])
    with pytest.raises(DataError, match="must rise"):
        power_curve(changes, first(2, of=4), effects=[-1, 0.5])
    with pytest.raises(DataError, match="one change a place"):
        found_by_test(changes, first(2, of=5))
    with pytest.raises(DataError, match="two kinds"):
        found_by_test(changes, first(4, of=4))
