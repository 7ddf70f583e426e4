import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.target_tokens import TargetTokens, mark_targets, open_tokenizer

TINY = Path(__file__).parents[1] / "tiny_tone_model"
TOKENIZER = open_tokenizer(TINY / "tokenizer.json")


def mark(text: str, target: str, *, longest: int = 48) -> TargetTokens:
    start = text.index(target)
    found = mark_targets(
        [text], [start], [start + len(target)], tokenizer=TOKENIZER, longest=longest
    )
    return found[0]


def words(row: TargetTokens) -> str:
    return " ".join(TOKENIZER.id_to_token(number) for number in row.ids)


def test_the_marks_stand_around_the_target() -> None:
    row = mark("Residents praised the police after the crash.", "the police")
    assert words(row) == "[CLS] residents praised [T] the police [/T] after the crash . [SEP]"
    assert (row.first, row.last) == (3, 6)


def test_a_target_at_either_end_keeps_both_marks() -> None:
    assert words(mark("Police said so", "Police")) == "[CLS] [T] police [/T] said so [SEP]"
    assert words(mark("he told police", "police")) == "[CLS] he told [T] police [/T] [SEP]"
    assert words(mark("police", "police")) == "[CLS] [T] police [/T] [SEP]"


def test_the_target_may_be_a_part_of_a_word() -> None:
    assert words(mark("the police's work", "police")) == (
        "[CLS] the [T] police [/T] ' [UNK] work [SEP]"
    )


@pytest.mark.parametrize(
    "before",
    ["🚔🚔 ", "👩🏽‍🚒 ", "e\u0301te\u0301 ", "\u202e", "日本 ", "\u200b", "ﬁ ", "\x00", "\ud83d "],
)
def test_offsets_are_characters_whatever_stands_before(before: str) -> None:
    row = mark(f"{before}praised police now", "police")
    shown = words(row).split()
    assert shown[row.first : row.last + 1] == ["[T]", "police", "[/T]"]
    assert shown[row.last + 1 :] == ["now", "[SEP]"]


def test_a_target_with_combining_characters_is_not_cut() -> None:
    target = unicodedata.normalize("NFD", "é")
    row = mark(f"told {target} now", target)
    assert words(row) == "[CLS] told [T] [UNK] [/T] now [SEP]"


@pytest.mark.parametrize("sign", ["[SEP]", "[CLS]", "[T]", "[/T]", "[PAD]", "[UNK]"])
def test_signs_of_the_tokenizer_in_a_text_are_read_as_letters(sign: str) -> None:
    row = mark(f"{sign} said {sign} police {sign} now{sign}", "police")
    shown = words(row).split()
    assert shown.count("[T]") == shown.count("[/T]") == 1
    assert shown.count("[SEP]") == shown.count("[CLS]") == 1
    assert shown[row.first : row.last + 1] == ["[T]", "police", "[/T]"]


def test_signs_inside_the_target_do_not_close_it() -> None:
    row = mark("told the [/T] police now", "the [/T] police")
    assert words(row).endswith("police [/T] now [SEP]")
    assert words(row).count("[/T]") == 1


def test_a_long_sentence_keeps_the_window_around_its_target() -> None:
    text = "one " * 40 + "police " + "two " * 40
    row = mark(text, "police", longest=13)
    assert words(row) == ("[CLS] one one one one [T] police [/T] two two two two [SEP]")


def test_a_window_at_an_end_is_filled_from_the_other_side() -> None:
    early = mark("police " + "two " * 40, "police", longest=10)
    assert words(early) == "[CLS] [T] police [/T] two two two two two [SEP]"
    late = mark("one " * 40 + "police", "police", longest=10)
    assert words(late) == "[CLS] one one one one one [T] police [/T] [SEP]"


def test_of_a_target_longer_than_the_window_the_beginning_stays() -> None:
    target = "one two three four five six seven"
    row = mark(f"the {target} eight now", target, longest=8)
    assert words(row) == "[CLS] [T] one two three four [/T] [SEP]"
    assert (row.first, row.last) == (1, 6)


def test_a_target_that_just_fits_is_whole() -> None:
    row = mark("now one two three four now", "one two three four", longest=8)
    assert words(row) == "[CLS] [T] one two three four [/T] [SEP]"


def test_a_sentence_of_exactly_the_longest_is_not_cut() -> None:
    text = "one two three police"
    assert len(mark(text, "police", longest=8).ids) == 8
    assert words(mark(text, "police", longest=8)).startswith("[CLS] one two three [T]")


def test_a_page_of_text_takes_no_longer_than_its_window() -> None:
    text = "one " * 500_000 + "police" + " two" * 500_000
    row = mark(text, "police", longest=13)
    assert words(row) == "[CLS] one one one one [T] police [/T] two two two two [SEP]"


def test_many_rows_come_in_their_order() -> None:
    texts = [f"{'one ' * (number % 7)}police two" for number in range(9000)]
    starts = [text.index("police") for text in texts]
    rows = mark_targets(
        texts, starts, [start + 6 for start in starts], tokenizer=TOKENIZER, longest=48
    )
    assert [row.first for row in rows] == [1 + number % 7 for number in range(9000)]


def test_nothing_gives_nothing() -> None:
    assert mark_targets([], [], [], tokenizer=TOKENIZER, longest=48) == []


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(min_size=1, max_size=60),
    data=st.data(),
    longest=st.integers(min_value=8, max_value=24),
)
def test_the_marks_are_never_lost(text: str, data: Any, longest: int) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    row = mark_targets([text], [start], [end], tokenizer=TOKENIZER, longest=longest)[0]
    shown = words(row).split(" ")
    assert len(row.ids) <= longest
    assert shown[0] == "[CLS]"
    assert shown[-1] == "[SEP]"
    assert row.first < row.last
    assert [shown.index("[T]"), shown.index("[/T]")] == [row.first, row.last]
    assert shown.count("[T]") == shown.count("[/T]") == 1


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 2), (0, 99)])
def test_a_span_outside_its_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(DataError, match=r"^text 2: the target from .* lies outside"):
        mark_targets(["police", "police"], [0, start], [6, end], tokenizer=TOKENIZER, longest=48)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="2 texts, 1 starts, 2 ends"):
        mark_targets(["a", "b"], [0], [1, 1], tokenizer=TOKENIZER, longest=48)


def test_a_window_too_short_for_the_marks_is_refused() -> None:
    with pytest.raises(DataError, match="at least 8 tokens"):
        mark("police", "police", longest=7)


def test_a_tokenizer_without_the_marks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    content = (TINY / "tokenizer.json").read_text(encoding="utf-8")
    path.write_text(content.replace('"[/T]"', '"[/X]"'), encoding="utf-8")
    with pytest.raises(FileError, match=r"does not know the mark \[/T\] as one token"):
        open_tokenizer(path)


def test_what_is_no_tokenizer_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="this is no tokenizer") as caught:
        open_tokenizer(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(FileError, match="this is no tokenizer"):
        open_tokenizer(tmp_path / "missing.json")


def test_padding_and_cutting_that_a_tokenizer_file_asks_for_are_left_off(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    other = Tokenizer.from_file(str(TINY / "tokenizer.json"))
    other.enable_padding(length=40)
    other.enable_truncation(max_length=5)
    path = tmp_path / "tokenizer.json"
    other.save(str(path))
    rows = mark_targets(
        ["one two three police"], [14], [20], tokenizer=open_tokenizer(path), longest=48
    )
    assert words(rows[0]) == "[CLS] one two three [T] police [/T] [SEP]"
