"""The codebook, its page, and the check of a code."""

from dataclasses import replace
from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.media.codebook import Code, check_code, code_of, read_codebook
from outcomes.media.codebook_page import code_in_words, codebook_html, codebook_markdown

GOOD = Code(relevant=1, tone=0, confidence=3)
OPEN_POINTS = 6  # of the codebook that this one follows


def test_the_shipped_codebook_has_rules_and_examples_for_every_tone() -> None:
    book = read_codebook()
    assert len(book.examples) >= 24
    assert {each.tone for each in book.examples} == {None, -1, 0, 1}
    assert any(each.mixed for each in book.examples)
    assert any(each.self_credit for each in book.examples)
    assert [rule.id for rule in book.rules if rule.id.startswith("T")] == [
        f"T{number}" for number in range(1, 11)
    ]
    assert sum(bool(rule.settles) for rule in book.rules) >= OPEN_POINTS


def test_every_example_of_the_codebook_is_a_code_that_it_would_take() -> None:
    book = read_codebook()
    for each in book.examples:
        code = replace(
            GOOD,
            relevant=each.relevant,
            tone=each.tone,
            mixed=each.mixed,
            self_credit=each.self_credit,
        )
        assert check_code(code, book) == []
        assert each.rule in {rule.id for rule in book.rules}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (replace(GOOD, tone=None), "needs a tone"),
        (replace(GOOD, relevant=0), "has no tone"),
        (replace(GOOD, relevant=0, tone=None, mixed=1), "Mixed and self-credit"),
        (replace(GOOD, tone=2), "tone is 2; it must be one of -1, 0, 1"),
        (replace(GOOD, relevant=3, tone=None), "relevant is 3"),
        (replace(GOOD, confidence=0), "confidence is 0; it must be one of 1, 2, 3"),
        (replace(GOOD, prompted=7), "prompted is 7"),
        (replace(GOOD, tone=-1, self_credit=1), "mark it mixed"),
        (replace(GOOD, note="x" * 1001), "The note has 1001"),
        (replace(GOOD, target="x" * 121), "longer than 120"),
    ],
)
def test_a_code_that_breaks_a_rule_is_told_which(code: Code, said: str) -> None:
    (sentence,) = check_code(code, read_codebook())
    assert said in sentence


def test_a_good_code_is_told_nothing() -> None:
    book = read_codebook()
    assert check_code(GOOD, book) == []
    assert check_code(Code(relevant=0, tone=None), book) == []
    assert check_code(replace(GOOD, tone=-1, self_credit=1, mixed=1), book) == []


def test_a_code_from_a_table_with_gaps_has_whole_numbers() -> None:
    row = {"relevant": 1.0, "tone": float("nan"), "mixed": None, "target": None, "other": 1}
    assert code_of(row) == Code(relevant=1, tone=None)


def test_the_page_holds_every_rule_and_its_examples() -> None:
    book = read_codebook()
    for page in (codebook_markdown(book), codebook_html(book).replace("&#x27;", "'")):
        for rule in book.rules:
            assert f"{rule.id} {rule.title}" in page
        for each in book.examples:
            assert each.text in page
            assert each.why in page
    assert code_in_words(book.examples[0]) == "neutral"


def test_a_codebook_of_ones_own_that_breaks_a_rule_is_told_the_line(tmp_path: Path) -> None:
    shipped = Path("src/outcomes/media/codebook.toml")
    text = (Path(__file__).parents[2] / shipped).read_text(encoding="utf-8")
    path = tmp_path / "codebook.toml"
    path.write_text(text.replace('id = "R2"', 'id = "R1"'), encoding="utf-8")
    with pytest.raises(FileError, match="two rules are called R1"):
        read_codebook(path)
    path.write_text(text.replace("tone = 0\nwhy", "why", 1), encoding="utf-8")
    with pytest.raises(FileError, match=r"line .*an example has a tone exactly where"):
        read_codebook(path)
    path.write_text(text.replace('name = "tone"', 'name = "sound"'), encoding="utf-8")
    with pytest.raises(FileError, match="no question is called tone"):
        read_codebook(path)
