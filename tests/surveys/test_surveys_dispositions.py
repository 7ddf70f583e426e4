"""What became of each card, under AAPOR's dispositions."""

from pathlib import Path

import pytest

from outcomes.errors import DataError
from outcomes.surveys.dispositions import Case, deciding_items, disposition, fieldwork
from outcomes.surveys.instrument_file import read_instrument

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"


def case(respondent="a", **more):
    return Case(respondent=respondent, **{"finished": False, "answered": 0, **more})


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (case(finished=True), "I"),
        (case(answered=5), "P"),  # of ten: half is enough
        (case(answered=4), "R"),
        (case(), "R"),
        (case(taken_back=True), "R"),
        (case(erased=True), "O"),
    ],
)
def test_a_begun_form_falls_under_one_disposition(found, code) -> None:
    assert disposition(found, deciding=10) == code


def test_a_form_without_deciding_items_that_was_not_finished_is_broken_off() -> None:
    assert disposition(case(), deciding=0) == "R"


def test_every_card_is_counted_once_and_the_best_of_its_forms_counts() -> None:
    cases = [case("a"), case("a", finished=True), case("b", answered=9), case("c")]
    found = fieldwork(cases, {"a", "b", "c", "d", "e"}, deciding=10)
    assert {code: n for code, n in found.counts.items() if n} == {"I": 1, "P": 1, "R": 1, "NC": 2}
    assert sum(found.counts.values()) == found.issued == found.printed == 5


def test_a_form_without_a_card_of_the_group_is_outside_the_sample() -> None:
    cases = [case("stranger", finished=True), case("gone", taken_back=True)]
    found = fieldwork(cases, {"a"}, deciding=10)
    assert (found.counts["I"], found.counts["NC"], found.without_card) == (0, 1, 1)


def test_cards_that_were_never_handed_out_are_no_cases() -> None:
    found = fieldwork([case("a", finished=True)], {"a", "b", "c"}, deciding=10, issued=2)
    assert (found.counts["NC"], found.issued, found.printed) == (1, 2, 3)


@pytest.mark.parametrize("issued", [0, 4])
def test_more_cards_than_printed_or_fewer_than_used_are_refused(issued) -> None:
    with pytest.raises(DataError, match="3 were printed, and 1 were used"):
        fieldwork([case("a")], {"a", "b", "c"}, deciding=10, issued=issued)


def test_the_scored_items_of_the_occasion_decide_and_without_scales_all_items() -> None:
    academy = read_instrument(SURVEYS / "academy.yaml")
    assert len(deciding_items(academy, "pre")) == 15
    assert "class_change" not in deciding_items(academy, "post")
    plain = academy.model_copy(update={"scales": {}})
    assert "class_change" in deciding_items(plain, "post")
    assert "class_change" not in deciding_items(plain, "pre")
