import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats import resampled_units
from outcomes.stats.krippendorff_alpha import LEVELS, NO_VARIATION, krippendorff_alpha
from outcomes.stats.resampled_units import Resampling

NAN = np.nan
TONES = (-1, 0, 1)
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, part C: four observers, 12 units
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
THREE = (
    "000 .00 0.0 .00 00. 0-0 --- ..0 ..0 0.0 000 0-0 -00 000 000 -+. -0. 000 +++ 000 +-. 0.0 --- "
    ".-. 000 00- +++ 000 000 0+. 0.0 -0- --. 0-0 .00 0.0 -.- .00 --- +00 000 000 000 +00 000 --. "
    "000 0-0 00. 000 +00 --- -00 000 .-+ 0.- 000 +0+ 000"
)
FEW_DRAWS = Resampling(draws=300)


def tones(text: str) -> np.ndarray:
    """A unit a word, a coder a letter: -, 0, + or nothing."""
    value = {"-": -1.0, "0": 0.0, "+": 1.0, ".": NAN}
    return np.array([[value[letter] for letter in unit] for unit in text.split()])


def two_coders(n: int, *, slip: float, seed: int) -> np.ndarray:
    """Two coders of a usual month, who give a tone at random now and then."""
    rng = np.random.default_rng(seed)
    shares = [0.2, 0.7, 0.1]
    truth = rng.choice(3, (n, 1), p=shares)
    slips = rng.random((n, 2)) < slip
    return np.where(slips, rng.choice(3, (n, 2), p=shares), truth) - 1.0


TRUTH = krippendorff_alpha(two_coders(200_000, slip=0.05, seed=0), term="t").value


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_the_four_observers_of_the_textbook_have_the_published_alphas(level, published) -> None:
    found = krippendorff_alpha(FOUR, term="t", level=level, resampling=FEW_DRAWS)
    assert found.value == pytest.approx(published, abs=0.0006)
    assert (found.n, found.dropped) == (11, 1)  # one unit was coded by one observer only


@pytest.mark.parametrize(
    ("level", "krippendorff_0_9"),
    [
        ("nominal", 0.49378228429309357),
        ("ordinal", 0.4107612772636714),
        ("interval", 0.4046797660116995),
    ],
)
def test_three_coders_with_gaps_agree_with_the_package_krippendorff(level, krippendorff_0_9):
    found = krippendorff_alpha(tones(THREE), term="t", level=level, resampling=FEW_DRAWS)
    assert found.value == pytest.approx(krippendorff_0_9, abs=1e-12)


def test_thirty_articles_of_which_one_differs_agree_with_the_package_krippendorff() -> None:
    codes = tones("00 " * 28 + "-- 0+")
    expected = {
        "nominal": 0.6589595375722543,
        "ordinal": 0.6777777777777778,
        "interval": 0.6703910614525139,
    }
    for level in LEVELS:
        found = krippendorff_alpha(codes, term="t", level=level, resampling=FEW_DRAWS)
        assert found.value == pytest.approx(expected[level], abs=1e-12)


def test_codes_given_at_random_have_an_alpha_of_nothing() -> None:
    codes = np.random.default_rng(1).choice(3, (4000, 2)).astype(float)
    assert krippendorff_alpha(codes, term="t", resampling=FEW_DRAWS).value == pytest.approx(
        0, abs=0.03
    )


def test_ordinal_alpha_forgives_near_codes_more_than_far_ones() -> None:
    near, far = tones("-- 00 ++ -- 00 ++ -0"), tones("-- 00 ++ -- 00 ++ -+")
    by = {"term": "t", "level": "ordinal", "resampling": FEW_DRAWS}
    assert krippendorff_alpha(near, **by).value > krippendorff_alpha(far, **by).value


def test_articles_drawn_with_unequal_chances_stand_for_all_of_them() -> None:
    everything = two_coders(60_000, slip=0.2, seed=3)
    chance = np.where((everything == 0).all(axis=1), 0.1, 0.6)
    drawn = np.random.default_rng(4).random(len(chance)) < chance
    truth = krippendorff_alpha(everything, term="t", resampling=FEW_DRAWS).value
    sample = {"term": "t", "resampling": FEW_DRAWS}
    plain = krippendorff_alpha(everything[drawn], **sample).value
    weighed = krippendorff_alpha(everything[drawn], probability=chance[drawn], **sample).value
    assert weighed == pytest.approx(truth, abs=0.015)
    assert abs(plain - truth) > 0.1


def coverage(*, n: int, repeats: int) -> float:
    found = [
        krippendorff_alpha(
            two_coders(n, slip=0.05, seed=seed), term="t", categories=TONES, resampling=FEW_DRAWS
        )
        for seed in range(repeats)
    ]
    return float(np.mean([each.low <= TRUTH <= each.high for each in found]))


def test_the_interval_holds_the_truth_with_thirty_articles_and_few_disagreements() -> None:
    assert coverage(n=30, repeats=200) >= 0.93


def test_without_the_imaginary_units_the_interval_would_not_hold_it(monkeypatch) -> None:
    monkeypatch.setattr(resampled_units, "IMAGINARY", 0.0)
    assert coverage(n=30, repeats=200) < 0.85


def test_complete_agreement_on_few_articles_is_not_certain_agreement() -> None:
    found = krippendorff_alpha(tones("-- 00 00 00 ++ " * 5), term="t", categories=TONES)
    assert found.value == found.high == 1
    assert found.low < 0.85


def test_complete_disagreement_lies_within_its_interval_too() -> None:
    narrow = Resampling(confidence=0.5)
    found = krippendorff_alpha(tones("-+ " * 25), term="t", categories=TONES, resampling=narrow)
    assert found.low == found.value < -0.9
    assert found.level == 0.5
    assert found.high > found.value


def test_the_same_seed_draws_the_same_interval() -> None:
    one, other, third = (
        krippendorff_alpha(FOUR, term="t", resampling=Resampling(draws=200, seed=seed))
        for seed in (5, 5, 6)
    )
    assert (one.low, one.high, one.se) == (other.low, other.high, other.se)
    assert (one.low, one.high, one.se) != (third.low, third.high, third.se)


def test_one_code_for_everything_is_complete_agreement_without_an_alpha() -> None:
    with pytest.raises(DataError, match="agreement is complete, alpha cannot be computed"):
        krippendorff_alpha(tones("00 " * 30), term="t", categories=TONES)
    assert NO_VARIATION.startswith("all coders gave the same code to everything")


def test_few_units_are_said_to_be_few() -> None:
    few = krippendorff_alpha(tones("-- 00 0+"), term="t", resampling=FEW_DRAWS)
    assert "only 3 have two codes: at least 20 are needed" in few.warnings[0]
    assert krippendorff_alpha(tones("-- 00 " * 10), term="t").warnings == ()


@pytest.mark.parametrize(
    ("codes", "options", "sentence"),
    [
        (tones("0. .0 .."), {}, "nothing was coded by two coders"),
        (tones("00 -+"), {"categories": (0, 1)}, "the code -1 is none of 0, 1"),
        (tones("00 -+"), {"probability": [0.5, 0]}, "must be above 0 and at most 1"),
        (tones("00 -+"), {"probability": [0.5]}, "one probability a unit is needed"),
        (tones("00 -+"), {"level": "ratio"}, "must be one of nominal, ordinal, interval"),
        (np.zeros(3), {}, "a table of units by coders"),
        (np.arange(202.0).reshape(101, 2), {}, "at most 100"),
    ],
)
def test_what_cannot_be_answered_is_refused(codes, options, sentence) -> None:
    with pytest.raises(DataError, match=sentence):
        krippendorff_alpha(codes, term="t", **options)


def test_too_few_draws_or_a_confidence_beyond_certainty_are_refused() -> None:
    with pytest.raises(DataError, match="100 draws or more"):
        Resampling(draws=20)
    with pytest.raises(DataError, match="between 0 and 1"):
        Resampling(confidence=95)
