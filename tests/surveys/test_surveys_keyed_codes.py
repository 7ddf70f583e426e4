import pytest

from outcomes.errors import DataError
from outcomes.surveys.code_cards import check_code, make_codes
from outcomes.surveys.keyed_codes import (
    hashed_elements,
    instance_of,
    receipt_of,
    respondent_of,
    sealed_digest,
    tidy_element,
)
from outcomes.surveys.parts import CodeElement, SelfCode

KEY = bytes(range(32))
OTHER = bytes(32)
LETTER = CodeElement.model_validate({"name": "school", "kind": "letter", "label::en": "School"})
MONTH = CodeElement.model_validate(
    {"name": "month", "kind": "number", "low": 0, "high": 12, "label::en": "Month"}
)
CODE = SelfCode.model_validate({"intro::en": "Make a code", "elements": [LETTER, MONTH]})


def test_the_same_card_is_the_same_respondent_however_it_is_typed() -> None:
    (code,) = make_codes(1, seed=4)
    assert respondent_of(KEY, code) == respondent_of(KEY, code.lower().replace("-", " "))


def test_a_code_with_a_slip_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(DataError, match="Compare it with the card"):
        respondent_of(KEY, "7KM2-9Q5")


def test_a_hash_says_nothing_without_the_key_and_holds_no_part_of_the_code() -> None:
    (code,) = make_codes(1, seed=4)
    assert respondent_of(KEY, code) != respondent_of(OTHER, code)
    assert code.replace("-", "") not in respondent_of(KEY, code).upper()


def test_one_respondent_has_one_form_in_each_wave() -> None:
    first = instance_of(KEY, wave="pre", respondent="a")
    assert first == instance_of(KEY, wave="pre", respondent="a")
    assert first != instance_of(KEY, wave="post", respondent="a")
    assert first != instance_of(KEY, wave="pre", respondent="b")


def test_receipts_have_a_check_character_and_hardly_ever_meet() -> None:
    receipts = {receipt_of(KEY, str(number)) for number in range(5000)}
    assert len(receipts) > 4995
    for receipt in list(receipts)[:50]:
        assert check_code(receipt[1:]) == receipt[1:]


@pytest.mark.parametrize(
    ("typed", "kept"), [("é", "E"), (" st. Mary", "S"), ("ñ", "N"), ("7", ""), ("", "")]
)
def test_a_letter_is_compared_without_accents_and_case(typed: str, kept: str) -> None:
    assert tidy_element(LETTER, typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("06", "6"), ("12", "12"), ("13", ""), ("-1", ""), ("six", ""), ("", "")]
)
def test_a_number_is_compared_as_a_number_and_only_within_its_range(typed: str, kept: str) -> None:
    assert tidy_element(MONTH, typed) == kept


def test_elements_are_hashed_each_by_itself_and_an_empty_one_stays_empty() -> None:
    one = hashed_elements(KEY, CODE, {"school": "Lincoln", "month": "6"})
    other = hashed_elements(KEY, CODE, {"school": "lakeside", "month": ""})
    assert one["school"] == other["school"]
    assert one["month"]
    assert other["month"] == ""
    assert hashed_elements(KEY, CODE, {}) == {"school": "", "month": ""}


def test_equal_values_of_different_elements_have_different_hashes() -> None:
    two = SelfCode.model_validate(
        {
            "intro::en": "x",
            "elements": [LETTER, LETTER.model_copy(update={"name": "street"})],
        }
    )
    hashes = hashed_elements(KEY, two, {"school": "A", "street": "A"})
    assert hashes["school"] != hashes["street"]


def test_a_digest_knows_content_again_but_only_with_the_key() -> None:
    assert sealed_digest(KEY, b"a") == sealed_digest(KEY, b"a") != sealed_digest(KEY, b"b")
    assert sealed_digest(KEY, b"a") != sealed_digest(OTHER, b"a")
