import re
from datetime import date

import pytest

from outcomes.surveys.respondent_words import (
    day_words,
    direction,
    own_name,
    respondent_words,
    words_tag,
)


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    english, spanish = respondent_words("en"), respondent_words("es")
    assert list(english) == list(spanish)
    for key, words in english.items():
        assert sorted(re.findall(r"\{\w+\}", words)) == sorted(
            re.findall(r"\{\w+\}", spanish[key])
        ), key
        assert words != spanish[key] or key == "error"


@pytest.mark.parametrize("language", ["en", "es"])
def test_sentences_are_short_enough_to_be_read_at_once(language: str) -> None:
    for words in respondent_words(language).values():
        for sentence in re.split(r"(?<=[.!?;:])\s", words):
            assert len(sentence.split()) <= 22, sentence


def test_another_language_is_served_in_english_words_and_says_so() -> None:
    assert respondent_words("Tiếng Việt (vi)") is respondent_words("en")
    assert words_tag("Tiếng Việt (vi)") == "en"
    assert own_name("Tiếng Việt (vi)") == "Tiếng Việt (vi)"


def test_languages_are_named_in_their_own_words_and_written_their_own_way() -> None:
    assert (own_name("es"), own_name("en")) == ("Español", "English")
    assert (direction("ar"), direction("es")) == ("rtl", "ltr")


def test_days_are_written_out() -> None:
    assert day_words(date(2025, 4, 14), "en") == "April 14, 2025"
    assert day_words(date(2025, 4, 14), "es") == "14 de abril de 2025"
