"""The share of a domain from a probability sample."""

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.share import domain_share


def share(
    has: list[float] | np.ndarray,
    domain: list[float] | np.ndarray | None = None,
    *,
    probability: float | list[float] | np.ndarray = 1e-9,
    strata: list[str] | None = None,
) -> Estimate:
    n = len(has)
    return domain_share(
        has,
        np.ones(n) if domain is None else domain,
        probability=np.broadcast_to(probability, n),
        strata=strata,
        term="share",
        unit="share of articles",
    )


def test_a_small_part_of_a_large_population_gives_clopper_pearson():
    # R 4.3: binom.test(7, 20)$conf.int  0.1539092 0.5921885
    found = share([1] * 7 + [0] * 13)
    assert found.value == pytest.approx(0.35)
    assert (found.low, found.high) == pytest.approx((0.1539092, 0.5921885), abs=1e-6)


def test_none_of_a_large_population_gives_clopper_pearson():
    # R 4.3: binom.test(0, 20)$conf.int  0.0000000 0.1684335
    found = share([0] * 20)
    assert (found.low, found.high) == pytest.approx((0, 0.1684335), abs=1e-6)
    assert share([1] * 20).low == pytest.approx(1 - 0.1684335, abs=1e-6)


def test_the_variance_of_a_simple_random_sample_is_the_textbooks():
    # Cochran (1977), equation 3.8: v(p) = (1 - f) p q / (n - 1)
    found = share([1] * 7 + [0] * 13, probability=0.4)
    assert found.se == pytest.approx(np.sqrt(0.6 * 0.35 * 0.65 / 19))


def test_the_variance_of_unequal_probabilities_is_worked_out_by_hand():
    # weights 2, 4, 4, 2: share 6/12; residuals +-1/2; z = w r / 12 = 1/12, -1/6, 1/6, -1/12;
    # rest = 1 - pi = 1/2, 3/4, 3/4, 1/2; center 0; V = 4/3 (2 (1/2)(1/144) + 2 (3/4)(1/36))
    found = share([1, 0, 1, 0], probability=[0.5, 0.25, 0.25, 0.5])
    assert found.value == pytest.approx(0.5)
    assert found.se**2 == pytest.approx(4 / 3 * (1 / 144 + 1 / 24))


def test_unequal_probabilities_are_weighed():
    found = share([1, 1, 0, 0], probability=[0.5, 0.5, 0.25, 0.25])
    assert found.value == pytest.approx(4 / 12)


def test_a_census_has_no_interval_to_speak_of():
    found = share([1, 0, 0, 0], probability=1.0)
    assert found.low == found.value == found.high == 0.25
    assert found.se == 0


def test_limits_are_whole_articles():
    found = share([0] * 11, probability=11 / 12)
    assert (found.low, found.high) == pytest.approx((0, 1 / 12))


@pytest.mark.parametrize(("taken", "drawn", "chance"), [(2, 2, 1 / 3), (7, 10, 0.3), (5, 9, 0.7)])
def test_limits_are_told_where_what_was_drawn_is_alike_and_what_was_taken_whole_is_not(
    taken: int, drawn: int, chance: float
):
    # what rounding leaves of the variance, 4e-36, once passed for one: there were no limits
    has = [1, *[0] * (taken - 1 + drawn)]
    probability = [1.0] * taken + [chance] * drawn
    found = share(has, probability=probability, strata=["a"] * taken + ["b"] * drawn)
    assert 0 <= found.low <= found.value < found.high <= 1


def test_units_outside_the_domain_do_not_count_but_widen():
    inside = share([1, 0] * 5, probability=0.1)
    among = share([1, 0] * 5 + [0] * 10, [1] * 10 + [0] * 10, probability=0.1)
    assert among.value == inside.value
    assert among.n == 10
    assert among.se == pytest.approx(inside.se * np.sqrt((20 / 19) / (10 / 9)))


def test_two_strata_are_weighed_by_their_size():
    has = [1, 1, 0, 0, 0, 0, 0, 1]
    found = share(has, probability=[0.4] * 4 + [0.1] * 4, strata=["a"] * 4 + ["b"] * 4)
    assert found.value == pytest.approx((10 * 0.5 + 40 * 0.25) / 50)


def test_a_stratum_with_one_unit_is_said_to_be_judged_by_the_others():
    found = share([1, 0, 1], probability=0.5, strata=["a", "a", "b"])
    assert any("one unit alone was sampled" in warning for warning in found.warnings)


@pytest.mark.parametrize(("size", "coded"), [(12, 6), (12, 10), (30, 12), (60, 12), (60, 30)])
@pytest.mark.parametrize("true", [0.05, 0.15, 0.4])
def test_the_interval_covers_the_true_share_of_the_month(size: int, coded: int, true: float):
    rng = np.random.default_rng(20260301 + size * coded)
    population = np.zeros(size)
    population[: round(true * size)] = 1
    covered = []
    for _ in range(150):
        drawn = rng.permutation(population)[:coded]
        found = share(drawn, probability=coded / size)
        covered.append(found.low - 1e-9 <= population.mean() <= found.high + 1e-9)
    assert np.mean(covered) >= 0.94


def test_a_thousand_articles_recover_the_share_in_a_domain():
    rng = np.random.default_rng(7)
    domain = rng.random(2000) < 0.7
    has = rng.random(2000) < np.where(domain, 0.2, 0.9)
    probability = np.where(has, 0.8, 0.3)  # the rare ones were drawn more often
    drawn = rng.random(2000) < probability
    found = share(has[drawn] * 1.0, domain[drawn] * 1.0, probability=probability[drawn])
    assert found.low < has[domain].mean() < found.high
    assert found.high - found.low < 0.12


def test_a_missing_value_is_left_out_and_counted():
    found = share([1, 0, np.nan, 0])
    assert (found.n, found.dropped) == (3, 1)
    assert any("left out" in warning for warning in found.warnings)


def test_a_single_unit_gives_no_share():
    with pytest.raises(DataError, match="two sampled units"):
        share([1, 0, 0], [1, 0, 0])


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.2, np.nan])
def test_a_probability_that_is_none_is_refused(probability: float):
    with pytest.raises(DataError, match="above 0"):
        share([1, 0, 1], probability=probability)


def test_a_property_that_is_neither_0_nor_1_is_refused():
    with pytest.raises(DataError, match="property must be 0 or 1"):
        share([1, 0, 0.5])


def test_unequal_lengths_are_refused():
    with pytest.raises(DataError, match="equally long"):
        domain_share([1, 0], [1, 1, 1], probability=[0.5, 0.5], term="t", unit="u")
