import pytest

from outcomes.errors import DataError
from outcomes.measures import MEASURES, find, require_outcome, require_output, with_requirement

# typed from the list of requirements, so that a measure that is lost here is missed
REQUIRED = (
    *("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B12", "B13", "B14"),
    *("B15", "B16", "B17", "B18"),
    *("D2", "D9", "D10", "D11", "D12", "D13"),
    *("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"),
)


@pytest.mark.parametrize("requirement", REQUIRED)
def test_every_requirement_has_a_measure(requirement: str) -> None:
    assert with_requirement(requirement)


@pytest.mark.parametrize(
    "requirements",
    [("B11", "B18", "D12", "E5"), ("B12", "B16", "B17")],
    ids=["tips", "initiatives"],
)
def test_measures_that_sound_alike_are_kept_apart(requirements: tuple[str, ...]) -> None:
    codes = [{one.code for one in with_requirement(requirement)} for requirement in requirements]
    assert all(len(found) == 1 for found in codes)
    assert len(set.union(*codes)) == len(requirements)


def test_trust_support_and_understanding_are_three_measures() -> None:
    assert {one.code for one in with_requirement("B5")} == {"trust", "support", "understanding"}


def test_the_share_of_articles_has_three_tones_and_a_difference() -> None:
    shares = [one for one in with_requirement("B14") if one.unit == "share"]
    tones = {"tone_negative", "tone_neutral", "tone_positive"}
    assert {one.code for one in shares} == {*tones, "net_tone"}


def test_complaints_and_recorded_crime_are_neither_good_nor_bad() -> None:
    open_ones = [code for code in MEASURES if code.startswith(("complaints", "crime_reports"))]
    assert len(open_ones) >= 8
    assert {find(code).direction for code in open_ones} == {"ambiguous"}


def test_victimization_is_better_lower_and_apart_from_recorded_crime() -> None:
    assert find("victimization").direction == "lower better"
    assert find("victimization").requirement != find("crime_reports").requirement


def test_every_walk_type_is_an_output() -> None:
    assert {find(code).role for code in MEASURES if code.startswith("walk")} == {"output"}


def test_a_measure_is_filed_under_its_own_code_and_named_once() -> None:
    assert all(code == measure.code for code, measure in MEASURES.items())
    names = [measure.name for measure in MEASURES.values()]
    assert len(set(names)) == len(names)


def test_an_output_is_refused_where_an_outcome_is_asked_for_and_told_why() -> None:
    with pytest.raises(DataError, match=r"walk_minutes is an output, but an outcome.*not evidence"):
        require_outcome("walk_minutes")


def test_an_outcome_is_refused_where_an_output_is_asked_for_and_told_why() -> None:
    with pytest.raises(DataError, match="trust is an outcome, but an output is asked for here: it"):
        require_output("trust")


@pytest.mark.parametrize("require", [require_outcome, require_output])
def test_context_is_neither(require: object) -> None:
    with pytest.raises(DataError, match="population is context"):
        require("population")  # type: ignore[operator]


def test_what_is_asked_for_is_returned() -> None:
    assert require_outcome("trust") is MEASURES["trust"]
    assert require_output("walks") is MEASURES["walks"]


def test_a_wrong_code_is_answered_with_the_likely_one() -> None:
    with pytest.raises(
        DataError, match=r"no measure is called 'tips_recieved'\. Did you mean 'tips_"
    ):
        find("tips_recieved")


def test_an_unknown_requirement_has_no_measures() -> None:
    assert with_requirement("Z9") == []
