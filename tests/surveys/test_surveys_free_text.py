"""Texts in people's own words: decisions, consent, and what may stand beside them."""

from dataclasses import replace

import pandas as pd
import pytest
import yaml

from outcomes.errors import DataError
from outcomes.surveys.free_text import (
    Review,
    Reviewed,
    beside,
    consenting,
    decided,
    require_text_item,
    written_texts,
)
from outcomes.surveys.instrument import Instrument

FORM = """
id: small
version: 1
title::en: A form
languages: [en]
population: other
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
choices:
  quote: [{name: 1, label::en: You may}, {name: 2, label::en: Rather not}]
missing: [-9]
items:
  - {name: may_quote, type: select_one quote, label::en: "May we quote you?"}
  - {name: several, type: select_multiple quote, label::en: "Which?"}
  - {name: why, type: text, label::en: "Why?", privacy: free text}
  - {name: more, type: text, label::en: "Anything else?", privacy: free text}
"""
INSTRUMENT = Instrument.model_validate(yaml.safe_load(FORM))
ROWS = [
    ("a", {"why": " so ", "more": "-9", "may_quote": "1"}),
    ("b", {"why": "", "more": "much", "may_quote": "2"}),
    ("c", {"why": "so"}),
]


def test_texts_are_taken_without_blanks_and_codes_that_mean_no_answer() -> None:
    texts = written_texts(ROWS, INSTRUMENT, wave="w")
    assert sorted((each.respondent, each.item, each.text) for each in texts) == [
        ("a", "why", "so"),
        ("b", "more", "much"),
        ("c", "why", "so"),
    ]
    assert [each.mark for each in texts] == sorted(each.mark for each in texts)


def test_a_mark_differs_by_wave_and_person_and_does_not_hold_the_person() -> None:
    marks = {
        each.mark for wave in ("w", "v") for each in written_texts(ROWS, INSTRUMENT, wave=wave)
    }
    assert len(marks) == 6


def test_an_unreviewed_or_corrected_text_waits_and_shows_nothing() -> None:
    written = written_texts(ROWS, INSTRUMENT, wave="w")[0]
    review = Review(
        verdict="edited",
        text="[name]",
        digest=written.digest,
        version=1,
        user="U",
        day="2025-01-01",
    )
    assert Reviewed(written=written, review=review).shown == "[name]"
    for waiting in (None, replace(review, digest="of what stood before")):
        one = Reviewed(written=written, review=waiting)
        assert one.waiting
        assert one.shown == ""


@pytest.mark.parametrize(
    ("verdict", "text", "kept"),
    [
        ("accepted", "ignored", ("accepted", "Ann helps")),
        ("edited", " [name] helps ", ("edited", "[name] helps")),
        ("edited", "Ann helps", ("accepted", "Ann helps")),
        ("withheld", "ignored", ("withheld", "")),
    ],
)
def test_a_decision_says_what_is_kept(verdict, text, kept) -> None:
    assert decided(verdict, text, original="Ann helps") == kept


@pytest.mark.parametrize(
    ("verdict", "text", "said"),
    [
        ("edited", "  ", "nothing is left"),
        ("edited", "a" * 20_001, "longer than 20,000"),
        ("", "x", "is no decision"),
    ],
)
def test_what_is_no_decision_is_refused(verdict, text, said) -> None:
    with pytest.raises(DataError, match=said):
        decided(verdict, text, original="x")


def test_only_those_who_said_yes_may_be_quoted() -> None:
    assert consenting(ROWS, INSTRUMENT, consent="may_quote=1") == {"a"}
    assert consenting(ROWS, INSTRUMENT, consent=" may_quote = 2 ") == {"b"}


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ("may_quote", "ITEM=VALUE"),
        ("=1", "ITEM=VALUE"),
        ("may_qote=1", "Did you mean 'may_quote'"),
        ("may_quote=3", "has no answer '3'"),
        ("why=so", "no question with one choice"),
        ("several=1", "no question with one choice"),
    ],
)
def test_a_consent_that_the_form_does_not_ask_for_is_refused(consent, said) -> None:
    with pytest.raises(DataError, match=said):
        consenting(ROWS, INSTRUMENT, consent=consent)


def test_an_item_that_is_no_text_is_refused_with_those_that_are() -> None:
    with pytest.raises(DataError, match="Allowed: why, more"):
        require_text_item(INSTRUMENT, "may_quote")


def people(**groups: int) -> pd.DataFrame:
    return pd.DataFrame({"place": [name for name, n in groups.items() for _ in range(n)]})


def test_beside_a_text_stands_only_what_enough_people_share() -> None:
    table, blanked = beside(people(a=12, b=11, c=10), ["place"], smallest=5)
    assert (blanked, set(table["place"])) == (0, {"a", "b", "c"})
    table, blanked = beside(people(a=30, b=12, c=2), ["place"], smallest=5)
    assert table["place"].value_counts().to_dict() == {"a": 30, "": 14}  # b hides c
    assert blanked == 14


def test_combinations_count_and_not_each_column_by_itself() -> None:
    table = pd.DataFrame({"place": ["a"] * 11 + ["b"] * 11, "age": (["y"] * 10 + ["o"]) * 2})
    shown, blanked = beside(table, ["place", "age"], smallest=5)
    assert not ((shown["age"] == "o").any())
    assert blanked > 2
    assert beside(table, ["place"], smallest=5)[1] == 0


def test_where_all_groups_are_small_nothing_stands_beside_a_text() -> None:
    table, blanked = beside(people(a=2, b=1), ["place"], smallest=5)
    assert (set(table["place"]), blanked) == ({""}, 3)
    assert beside(people(a=3), [], smallest=5)[1] == 0
