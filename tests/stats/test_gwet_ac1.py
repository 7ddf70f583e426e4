import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.gwet_ac1 import gwet_ac1
from outcomes.stats.resampled_units import Resampling

NAN = np.nan
TONES = (-1, 0, 1)
# Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.: the four raters and 12 subjects that
# the manual of irrCAC analyses too: AC1 0.775, standard error 0.143
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
FEW_DRAWS = Resampling(draws=300)


def skewed() -> np.ndarray:
    """Thirty articles: 28 neutral for both coders, one negative for both, and one in dispute."""
    return np.array([[0, 0]] * 28 + [[-1, -1], [0, 1]], dtype=float)


@pytest.mark.parametrize(
    ("level", "value", "se"),
    [("nominal", 0.77544407, 0.14294995), ("ordinal", 0.89893977, 0.10690352)],
)
def test_four_raters_with_gaps_agree_with_irrcac(level, value, se) -> None:
    # irrCAC 0.4.4: CAC(ratings, weights="identity" or "ordinal").gwet()
    found = gwet_ac1(FOUR, term="t", level=level, resampling=FEW_DRAWS)
    assert (found.value, found.se) == (pytest.approx(value, abs=1e-8), pytest.approx(se, abs=1e-8))


@pytest.mark.parametrize(
    ("level", "value", "se"),
    [("nominal", 0.96498395, 0.03556723), ("ordinal", 0.98777963, 0.01261239)],
)
def test_a_skewed_table_agrees_with_irrcac(level, value, se) -> None:
    found = gwet_ac1(skewed(), term="t", level=level, categories=TONES, resampling=FEW_DRAWS)
    assert (found.value, found.se) == (pytest.approx(value, abs=1e-8), pytest.approx(se, abs=1e-8))
    assert found.unit == {"nominal": "AC1", "ordinal": "AC2"}[level]


def test_a_code_that_nobody_gave_counts_among_those_that_could_have_been_given() -> None:
    codes = np.array([[0, 0]] * 20 + [[0, 1]] * 4, dtype=float)
    two = gwet_ac1(codes, term="t", resampling=FEW_DRAWS)
    three = gwet_ac1(codes, term="t", categories=TONES, resampling=FEW_DRAWS)
    assert three.value > two.value  # with more codes to choose from, less agreement is by chance


def test_one_code_for_everything_has_an_ac1_and_an_interval_with_a_width() -> None:
    found = gwet_ac1(np.zeros((30, 2)), term="t", categories=TONES)
    assert found.value == found.high == 1
    assert found.se == 0  # by Gwet's formula
    assert 0.7 < found.low < 0.95


def test_weights_make_a_sample_stand_for_all() -> None:
    rng = np.random.default_rng(2)
    truth = rng.choice(3, (40_000, 1), p=[0.2, 0.7, 0.1])
    slips = rng.random((40_000, 2)) < np.where(truth == 1, 0.05, 0.4)
    codes = np.where(slips, rng.choice(3, slips.shape), truth) - 1.0
    chance = np.where(truth[:, 0] == 1, 0.1, 0.6)
    drawn = rng.random(len(chance)) < chance
    all_of_them = gwet_ac1(codes, term="t", resampling=FEW_DRAWS).value
    weighed = gwet_ac1(codes[drawn], term="t", probability=chance[drawn], resampling=FEW_DRAWS)
    assert weighed.value == pytest.approx(all_of_them, abs=0.02)
    assert abs(gwet_ac1(codes[drawn], term="t", resampling=FEW_DRAWS).value - all_of_them) > 0.05


def test_the_standard_error_is_the_spread_over_samples_equal_chances_or_not() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(400):
        truth = rng.choice(3, (150, 1), p=[0.3, 0.4, 0.3])
        slips = rng.random((150, 2)) < 0.2
        codes = np.where(slips, rng.choice(3, (150, 2)), truth) - 1.0
        chance = np.where(truth[:, 0] == 1, 0.05, 0.5)
        found.append(
            gwet_ac1(codes, term="t", probability=chance, resampling=Resampling(draws=100))
        )
    spread = np.std([each.value for each in found])
    assert np.mean([each.se for each in found]) == pytest.approx(spread, rel=0.12)


@pytest.mark.parametrize(
    ("codes", "options", "sentence"),
    [
        (np.array([[0, NAN]]), {}, "nothing was coded by two coders"),
        (np.zeros((5, 2)), {}, "two codes that could have been given"),
        (skewed(), {"level": "interval"}, "must be nominal or ordinal"),
        (skewed(), {"categories": (0, 1)}, "the code -1 is none of 0, 1"),
    ],
)
def test_what_cannot_be_answered_is_refused(codes, options, sentence) -> None:
    with pytest.raises(DataError, match=sentence):
        gwet_ac1(codes, term="t", **options)
