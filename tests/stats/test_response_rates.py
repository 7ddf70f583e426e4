from fractions import Fraction

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.response_rates import (
    RATES,
    count_dispositions,
    eligible_share,
    response_rates,
)

# ropensci/outcomerate (CC0), tests/testthat/test-rate.R: dispositions, e = 0.5, expected rates
CASES = ["I", "P", "I", "NC", "UH", "I", "R", "UO", "I", "O", "P", "I", "R", "O", "P", "NE"]
WEIGHTS = [3.2, 0.4, 4.9, 3.8, 1.6, 3.3, 1.3, 2.2, 3.5, 3.6, 0.1, 1.6, 1.1, 4.3, 2.3, 0.6]
EXPECTED = {
    "RR1": "1/3",
    "RR2": "8/15",
    "RR3": "5/14",
    "RR4": "4/7",
    "RR5": "5/13",
    "RR6": "8/13",
    "COOP1": "5/12",
    "COOP2": "2/3",
    "COOP3": "1/2",
    "COOP4": "4/5",
    "REF1": "2/15",
    "REF2": "1/7",
    "REF3": "2/13",
    "CON1": "4/5",
    "CON2": "6/7",
    "CON3": "12/13",
    "LOC1": "13/15",
    "LOC2": "39/42",
}


def values(**changes: object) -> dict[str, float]:
    found = response_rates(count_dispositions(CASES), **{"e": 0.5, **changes})  # type: ignore[arg-type]
    return {rate.name: rate.value for rate in found}


@pytest.mark.parametrize(("rate", "expected"), EXPECTED.items())
def test_each_rate_equals_outcomerate(rate: str, expected: str) -> None:
    assert values()[rate] == pytest.approx(float(Fraction(expected)), abs=1e-15)


def test_a_weighted_rate_equals_outcomerate() -> None:
    found = response_rates(count_dispositions(CASES, weights=WEIGHTS), e=0.5)
    weighted = {rate.name: rate for rate in found}["RR2"]
    assert weighted.value == pytest.approx(19.3 / 37.2, abs=1e-12)
    assert weighted.numerator == pytest.approx(19.3)


def test_without_e_the_rates_that_rest_on_it_are_absent() -> None:
    assert set(RATES) - values(e=None).keys() == {"RR3", "RR4", "REF2", "CON2", "LOC2"}


def test_e_moves_rr3_between_rr1_and_rr5() -> None:
    assert values(e=1.0)["RR3"] == values()["RR1"]
    assert values(e=0.0)["RR3"] == values()["RR5"]


def test_weights_times_a_constant_change_no_rate() -> None:
    once = response_rates(count_dispositions(CASES, weights=WEIGHTS), e=0.3)
    thrice = response_rates(count_dispositions(CASES, weights=np.multiply(WEIGHTS, 3)), e=0.3)
    assert [r.value for r in once] == pytest.approx([r.value for r in thrice])


def test_every_rate_is_a_share_on_random_cases() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        codes = rng.choice([*list("IPRO"), "NC", "UH", "UO", "NE"], size=rng.integers(20, 60))
        counts = count_dispositions(codes.tolist())
        found = response_rates(counts, e=eligible_share(counts))
        rates = {rate.name: rate.value for rate in found if not np.isnan(rate.value)}
        assert all(0 <= value <= 1 for value in rates.values())
        assert rates["RR1"] <= rates["RR3"] <= rates["RR5"] <= rates["RR6"]


def test_casro_takes_unknown_cases_to_be_like_the_known_ones() -> None:
    assert eligible_share({"I": 30, "R": 10, "NE": 10, "UO": 99}) == 0.8


def test_a_rate_with_nobody_below_the_line_is_no_number() -> None:
    (rr1, *_) = response_rates({"NE": 4}, e=0.5)
    assert np.isnan(rr1.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: count_dispositions(["I", "X"]), "'X' is not a disposition"),
        (lambda: count_dispositions(["I"], weights=[0]), "weight above 0"),
        (lambda: response_rates({"I": -1}), "0 or more"),
        (lambda: response_rates({"J": 1}), "'J' is not a disposition"),
        (lambda: response_rates({"I": 1}, e=1.5), "from 0 to 1"),
        (lambda: eligible_share({"UH": 3}), "known of no case"),
    ],
)
def test_what_is_no_sound_count_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        wrong()  # type: ignore[operator]
