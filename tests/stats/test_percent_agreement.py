from itertools import permutations

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.percent_agreement import percent_agreement, specific_agreement
from outcomes.stats.resampled_units import Resampling

NAN = np.nan
TONES = (-1, 0, 1)
FEW_DRAWS = Resampling(draws=300)
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T


def gappy(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    codes = np.sort(rng.choice(3, (50, 3)) - 1.0, axis=1)
    codes[rng.random(codes.shape) < 0.25] = NAN
    return codes


def test_four_raters_agree_as_often_as_irrcac_says() -> None:
    found = percent_agreement(FOUR, term="t", resampling=FEW_DRAWS)  # irrCAC 0.4.4: pa
    assert found.value == pytest.approx(0.81818182, abs=1e-8)
    assert (found.n, found.dropped) == (11, 1)


def test_positive_and_negative_agreement_of_two_coders_are_the_published_formulas() -> None:
    # Cicchetti & Feinstein (1990): 2a / (2a + b + c) and 2d / (2d + b + c); a 40, b 9, c 6, d 45
    codes = np.array([[1, 1]] * 40 + [[1, 0]] * 9 + [[0, 1]] * 6 + [[0, 0]] * 45, dtype=float)
    positive, negative = (
        specific_agreement(codes, category=category, term="t", resampling=FEW_DRAWS)
        for category in (1, 0)
    )
    assert positive.value == pytest.approx(80 / 95)
    assert negative.value == pytest.approx(90 / 105)
    assert (positive.n, negative.n) == (55, 60)


def test_agreement_on_a_code_counts_every_code_that_meets_another() -> None:
    codes = gappy(1)
    for category in TONES:
        same, all_of_them = 0.0, 0.0
        for unit in codes:
            given = unit[~np.isnan(unit)]
            for one, other in permutations(range(len(given)), 2):
                if given[one] == category:
                    all_of_them += 1 / (len(given) - 1)
                    same += (given[other] == category) / (len(given) - 1)
        found = specific_agreement(codes, category=category, term="t", resampling=FEW_DRAWS)
        assert found.value == pytest.approx(same / all_of_them)


def test_a_unit_that_stands_for_three_counts_like_three_units() -> None:
    codes, times = gappy(2), np.tile([1, 3], 25)
    weighed = percent_agreement(codes, term="t", probability=0.3 / times, resampling=FEW_DRAWS)
    written_out = percent_agreement(np.repeat(codes, times, axis=0), term="t", resampling=FEW_DRAWS)
    assert weighed.value == pytest.approx(written_out.value)


def test_thirty_of_thirty_is_not_certainty() -> None:
    found = percent_agreement(np.zeros((30, 2)), term="t", categories=TONES)
    assert found.value == found.high == 1
    assert 0.8 < found.low < 0.97  # Clopper-Pearson: 0.884


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(250):
        first = rng.choice(3, 40, p=[0.2, 0.7, 0.1])
        other = (first + rng.integers(1, 3, 40)) % 3
        codes = np.column_stack([first, np.where(rng.random(40) < 0.9, first, other)]) - 1.0
        found.append(percent_agreement(codes, term="t", categories=TONES, resampling=FEW_DRAWS))
    assert 0.92 <= np.mean([each.low <= 0.9 <= each.high for each in found]) <= 0.995


@pytest.mark.parametrize(
    ("category", "sentence"), [(1, "nobody gave the code 1"), (7, "nobody gave the code 7")]
)
def test_a_code_that_nobody_gave_has_no_agreement(category, sentence) -> None:
    codes = np.array([[0, 0], [-1, 0], [1, NAN]])
    with pytest.raises(DataError, match=f"positive: {sentence}"):
        specific_agreement(codes, category=category, term="positive")


def test_agreement_without_another_code_to_choose_is_refused() -> None:
    with pytest.raises(DataError, match="name them all"):
        percent_agreement(np.zeros((9, 2)), term="t")
