import re
from itertools import pairwise, product
from pathlib import Path

import pytest

from outcomes.errors import DataError
from outcomes.pipeline.instrument_pages import print_cards
from outcomes.surveys.code_cards import (
    ALPHABET,
    CODE_LENGTH,
    _check_value,
    cards_pdf,
    check_code,
    make_codes,
)


def bare(code: str) -> str:
    return code.replace("-", "")


def is_sound(code: str) -> bool:
    try:
        check_code(code)
    except DataError:
        return False
    return True


def test_codes_have_six_characters_and_a_check_and_all_differ() -> None:
    codes = make_codes(2000, seed=3)
    assert len(set(codes)) == 2000
    for code in codes:
        assert re.fullmatch(r"[0-9B-Z]{4}-[0-9B-Z]{3}", code)
        assert set(bare(code)) <= set(ALPHABET)
        assert check_code(code) == code


def test_the_alphabet_has_no_vowels_and_no_letters_that_look_like_digits() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 30
    assert not set("AEIOUL") & set(ALPHABET)


def test_a_seed_repeats_the_codes_and_no_seed_does_not() -> None:
    assert make_codes(20, seed=1) == make_codes(20, seed=1)
    assert make_codes(20) != make_codes(20)


def test_isbn_10_is_the_same_kind_of_check() -> None:
    """ISBN 0-306-40615-2, the example of the ISBN Users' Manual: weights 10 to 1, modulo 11."""
    digits = [int(digit) for digit in "0306406152"]
    assert sum(w * d for w, d in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    body = "9KM5X2"  # ours: weights 2 to 7 for the code and 1 for the check, modulo 31
    total = sum(w * ALPHABET.index(c) for w, c in enumerate(body, start=2)) + _check_value(body)
    assert total % 31 == 0


def test_any_wrong_character_at_any_place_changes_the_check() -> None:
    """A sum is wrong by weight times difference; no such product is a multiple of 31."""
    places = CODE_LENGTH + 1
    for weight, (was, becomes) in product(range(1, places + 1), product(range(31), repeat=2)):
        if was != becomes:
            assert (weight * (was - becomes)) % 31


def test_any_two_neighbors_that_change_places_change_the_check() -> None:
    weights = [2, 3, 4, 5, 6, 7, 1]
    for (first, second), (a, b) in product(pairwise(weights), product(range(31), repeat=2)):
        if a != b:
            assert (first * a + second * b - first * b - second * a) % 31


def test_every_slip_in_real_codes_is_found() -> None:
    for shown in make_codes(60, seed=5):
        code = bare(shown)
        for place, other in product(range(len(code)), ALPHABET):
            if other != code[place]:
                assert not is_sound(code[:place] + other + code[place + 1 :])
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert is_sound(swapped) == (code[place] == code[place + 1])


def test_no_code_can_be_read_as_a_word_or_a_hateful_sign() -> None:
    for code in map(bare, make_codes(5000, seed=7)):
        assert not re.search(r"[A-Z]{3}", code)  # KKK
        assert not re.search(r"[A-Z][0134]+[A-Z]", code)  # digits that stand for vowels
        assert not any(sign in code for sign in ("88", "14", "69", "666", "SS"))


def test_a_code_is_read_however_it_was_written() -> None:
    code = next(code for code in make_codes(500, seed=2) if "0" in code and "1" in code)
    written = f" {bare(code).lower()} ".replace("0", "o", 1).replace("1", "l", 1)
    assert check_code(written) == code
    assert check_code(" ".join(bare(code))) == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has 0 characters, but a code has 7"),
        ("7KM2-9Q", "has 6 characters, but a code has 7"),
        ("7KU2-9Q4", "has the character 'U', which stands in no code"),
        ("7KM2-9Q?", r"has the character '\?'"),
    ],
)
def test_a_code_that_was_never_printed_is_refused(text, said) -> None:
    with pytest.raises(DataError, match=said):
        check_code(text)


def test_a_wrong_check_character_says_to_compare_with_the_card() -> None:
    code = bare(make_codes(1, seed=1)[0])
    wrong = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % 30]
    with pytest.raises(DataError, match="Compare it with the card"):
        check_code(wrong)


@pytest.mark.parametrize("n", [0, -1, 100_001])
def test_a_number_of_codes_that_cannot_be_is_refused(n) -> None:
    with pytest.raises(DataError, match="Ask for 1 to 100,000"):
        make_codes(n)


@pytest.mark.parametrize("language", ["en", "es"])
def test_eight_cards_stand_on_a_page(language) -> None:
    pdf = cards_pdf(make_codes(17, seed=1), title="Academia: otoño", language=language)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 3


def test_cards_without_codes_or_with_one_twice_are_refused() -> None:
    with pytest.raises(DataError, match="there are no codes to print"):
        cards_pdf([], title="Class", language="en")
    code = make_codes(1, seed=1)[0]
    with pytest.raises(DataError, match=f"the code {code} stands 2 times"):
        cards_pdf([code, bare(code).lower()], title="Class", language="en")


def test_cards_are_printed_and_their_codes_listed(tmp_path: Path) -> None:
    out, listed = tmp_path / "cards.pdf", tmp_path / "codes.csv"
    codes = print_cards(9, out=out, codes_out=listed, title="Spring class", seed=4)
    assert out.read_bytes().startswith(b"%PDF")
    assert listed.read_text(encoding="utf-8").splitlines() == ["code", *sorted(codes)]
