import numpy as np
import pytest

from outcomes.simulate.codes import slips
from outcomes.stats.slip_counts import (
    SlipRates,
    fitted_slips,
    pattern_log_chance,
    slip_counts,
    within_reach,
)


def all_patterns(elements: int) -> np.ndarray:
    numbers = np.arange(2**elements)
    return (numbers[:, None] >> np.arange(elements) & 1).astype(bool)


def test_the_published_rates_give_the_published_shares() -> None:
    """Grube et al. (1989): 71 % repeat all of 7 elements, 88 % all or all but one."""
    counts = slip_counts(7, mean=0.07, rho=0.16).cumsum()
    assert counts[0] == pytest.approx(0.71, abs=0.005)
    assert counts[1] == pytest.approx(0.88, abs=0.005)
    assert slip_counts(7, mean=0.07, rho=0.16) == pytest.approx(slips(7))


def test_the_chances_of_all_patterns_sum_to_one_whatever_the_elements() -> None:
    agree = all_patterns(5)
    rates = SlipRates(mean=0.2, rho=0.3, odds=np.array([1.0, 0.5, 3.0, 1.0, 0.1]))
    everything = np.ones_like(agree)
    assert np.exp(pattern_log_chance(rates, agree=agree, given=everything)).sum() == pytest.approx(
        1
    )
    some = np.array([True, True, False, True, False])
    seen = np.unique(agree & some, axis=0)
    given = np.broadcast_to(some, seen.shape)
    assert np.exp(pattern_log_chance(rates, agree=seen, given=given)).sum() == pytest.approx(1)


def test_an_element_that_is_prone_to_slips_speaks_less_against_a_pair() -> None:
    rates = SlipRates(odds=np.array([4.0, 1.0, 1.0]))
    agree = np.array([[False, True, True], [True, False, True]])
    first, second = pattern_log_chance(rates, agree=agree, given=np.ones_like(agree))
    assert first - second == pytest.approx(np.log(4))


def test_planted_rates_are_found_again_although_the_worst_codes_are_never_seen() -> None:
    agree = all_patterns(7)
    planted = SlipRates(mean=0.12, rho=0.25, odds=np.array([3.0, 1, 1, 1, 1, 1, 1]))
    given = np.ones_like(agree)
    chance = np.exp(pattern_log_chance(planted, agree=agree, given=given))
    seen = agree.sum(axis=1) >= 4
    found = fitted_slips(
        20_000 * chance[seen], agree=agree[seen], given=given[seen], least=np.full(seen.sum(), 4)
    )
    assert found.mean == pytest.approx(0.12, rel=0.08)
    assert found.rho == pytest.approx(0.25, abs=0.03)
    assert found.odds[0] / found.odds[1:].mean() == pytest.approx(3, rel=0.25)


def test_a_few_people_hardly_move_the_published_rates() -> None:
    agree = np.ones((1, 7), dtype=bool)
    found = fitted_slips(np.array([3.0]), agree=agree, given=agree, least=np.array([4]))
    assert 0.05 < found.mean < 0.08


def test_most_people_are_within_reach_of_their_own_code() -> None:
    assert within_reach(7, 4, rates=SlipRates(odds=np.ones(7))) == pytest.approx(0.98, abs=0.01)
