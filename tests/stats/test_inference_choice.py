from typing import Any

import pytest

from outcomes.errors import DataError
from outcomes.stats.inference_choice import InferenceChoice, choose_inference, fewest_untreated
from outcomes.stats.permutation import smallest_p


def chosen(design: Any, treated: int, untreated: int, **more: Any) -> InferenceChoice:
    return choose_inference(
        **{"design": design, "treated": treated, "untreated": untreated, "periods": 12, **more}
    )


# research on false alarms: cells of 4/8, 3/8, 2/8, 1/8, 3/6, 6/12, 10/20 and 2/20 treated places,
# with the smallest permutation p of each
@pytest.mark.parametrize(
    ("treated", "untreated", "least", "can_reach"),
    [
        (4, 4, 0.029, True),
        (3, 5, 0.018, True),
        (2, 6, 0.036, True),
        (1, 7, 0.125, False),
        (3, 3, 0.100, False),
        (6, 6, 0.002, True),
        (10, 10, 0.0001, True),
        (2, 18, 0.005, True),
        (1, 19, 0.050, True),
    ],
)
def test_a_common_start_collapses_to_changes(
    treated: int, untreated: int, least: float, can_reach: bool
) -> None:
    found = chosen("did", treated, untreated)
    assert found.method == "collapsed change"
    assert f"t({treated + untreated - 2})" in found.reason
    assert found.smallest_p == pytest.approx(least, abs=0.0006)
    assert found.can_reach is can_reach
    assert any("smallest p" in text for text in found.also)
    assert any("swapping places cannot confirm" in text for text in found.warnings) != can_reach


@pytest.mark.parametrize(
    ("treated", "untreated", "rates"),
    [(1, 7, "47 % .* 41 %"), (2, 6, "17 % .* 12 %"), (3, 5, "10 % .* 7 %"), (4, 4, "9 % .* 6 %")],
)
def test_the_measured_false_alarms_of_common_errors_are_said(
    treated: int, untreated: int, rates: str
) -> None:
    avoid = " ".join(chosen("did", treated, untreated).avoid)
    assert "25 % of studies" in avoid
    for rate in rates.split(" .* "):
        assert rate in avoid
    assert f"measured at {treated} of 8 places" in avoid


def test_two_of_many_places_are_warned_of_by_what_was_measured_there() -> None:
    assert "25 % of studies with the normal" in chosen("did", 2, 18).avoid[1]
    assert len(chosen("did", 30, 30).avoid) == 1


def test_one_treated_place_says_the_smallest_p_and_no_clustered_error() -> None:
    found = chosen("did", 1, 7)
    assert "errors clustered by place must not be used" in found.reason
    assert not any("cluster" in text for text in found.also)
    assert any("0.125" in text and "1 against 19" in text for text in found.warnings)


def test_counts_with_a_common_start_are_compared_by_log_ratio() -> None:
    assert chosen("did", 4, 4, counts=True).method == "collapsed log ratio"


@pytest.mark.parametrize(("treated", "untreated"), [(2, 2), (1, 3), (3, 1), (1, 1)])
def test_two_against_two_cannot_tell_and_says_what_would_be_needed(
    treated: int, untreated: int
) -> None:
    with pytest.raises(DataError, match=r"cannot tell: .* 2 against 5 or 3 against 4"):
        chosen("did", treated, untreated)


@pytest.mark.parametrize(
    ("treated", "untreated", "alike", "least"),
    [
        (6, 2, (2, 2, 2), 1 / 2520),
        (6, 2, (), 2 / 40_320),
        (6, 0, (), 1 / 720),
        (6, 0, (3, 3), 2 / 20),
        (8, 0, (4, 4), 2 / 70),
        (20, 20, (), 1 / 20_000),
    ],
)
def test_staggered_starts_swap_the_dates(
    treated: int, untreated: int, alike: tuple[int, ...], least: float
) -> None:
    if least > 0.05:
        with pytest.raises(DataError, match="too few ways to swap dates of the starts"):
            chosen("staggered", treated, untreated, alike=alike)
        return
    found = chosen("staggered", treated, untreated, alike=alike)
    assert found.method == "path permutation"
    assert found.smallest_p == pytest.approx(least)
    assert found.can_reach
    assert "dates of the starts" in found.reason


def test_staggered_places_that_start_together_are_a_common_start() -> None:
    assert chosen("staggered", 4, 4, alike=(4,)) == chosen("did", 4, 4)


def test_a_dose_swaps_whole_paths_and_shows_cr2_beside() -> None:
    found = chosen("dose", 8, 0)
    assert found.method == "path permutation"
    assert found.smallest_p == pytest.approx(1 / 40_320)
    assert "CR2" in found.also[0]
    assert any("18 to 32 %" in text for text in found.avoid)
    assert "CR2" not in chosen("dose", 60, 0).also[0]
    assert chosen("dose", 8, 0, alike=(4, 4)).smallest_p == pytest.approx(2 / 70)


def test_three_places_of_different_dose_cannot_tell_and_four_can() -> None:
    with pytest.raises(DataError, match="4 places that all differ are the fewest"):
        chosen("dose", 3, 0)
    assert chosen("dose", 4, 0).can_reach


@pytest.mark.parametrize("treated", range(1, 6))
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_fewest_untreated_places_are_the_fewest(treated: int, level: float) -> None:
    fewest = fewest_untreated(treated, level=level)
    assert smallest_p(treated=treated, untreated=fewest) <= 1 - level + 1e-9
    if fewest > 1:
        assert smallest_p(treated=treated, untreated=fewest - 1) > 1 - level


def test_what_is_asked_of_p_depends_on_the_level() -> None:
    assert chosen("did", 3, 3, level=0.9).can_reach
    assert not chosen("did", 4, 4, level=0.99).can_reach


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ({"design": "did", "treated": 8, "untreated": 0}, "every place is treated from the same"),
        ({"design": "did", "treated": 0, "untreated": 8}, "no place is treated"),
        ({"design": "staggered", "treated": 8, "untreated": 0, "alike": (8,)}, "the same way"),
        ({"design": "dose", "treated": 8, "untreated": 0, "alike": (8,)}, "the same way"),
        ({"design": "did", "treated": 4, "untreated": 4, "periods": 1}, "a period before and one"),
        ({"design": "dose", "treated": 4, "untreated": 4, "alike": (3,)}, "hold 3 places, not 8"),
        ({"design": "staggered", "treated": 4, "untreated": 4, "alike": (3,)}, "are of 3 places"),
        ({"design": "did", "treated": -1, "untreated": 4}, "cannot be negative"),
        ({"design": "guess", "treated": 4, "untreated": 4}, "did, staggered or dose, got 'guess'"),
    ],
)
def test_designs_without_a_comparison_are_refused(call: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        choose_inference(**{"periods": 12, **call})
