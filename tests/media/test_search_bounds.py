"""Words that people type are always answered, and the work of an answer is bounded."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.media import search_hits
from outcomes.media.search_hits import Question, find_docs, match_of
from outcomes.media.search_index import Doc, Words, add, next_doc, open_index, take_out, writing
from outcomes.media.search_places import (
    MINUTE,
    first_place,
    month_number,
    month_of_place,
    places_between,
)
from outcomes.media.search_snippets import passages
from outcomes.media.search_words import read_words

TYPED = st.lists(
    st.sampled_from(['"', "*", "-", "OR", "NOT", "NEAR(", ")", "title:", "^", "pol", "police",
                     "O'Brien", "a", "+", "{", "\0", "🙂", "ß", "الشرطة", "警察", "--", "''"])
    | st.text(max_size=6)
).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))  # fmt: skip


@pytest.fixture
def index(tmp_path):
    with closing(open_index(tmp_path / "search.db")) as index:
        yield index


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with closing(open_index(tmp_path_factory.mktemp("kept") / "search.db")) as index:
        fill(index, 3, "2025-03-01", words="police patrol")
        yield index


def fill(index, count, day, *, words, marks="o1"):
    with writing(index):
        for _ in range(count):
            place = next_doc(index, first_place(day, "UTC"))
            doc = Doc(doc=place, article=1, key=1, url=1, story=0, base=marks, labels="")
            add(index, [(doc, Words(title="", body=words))])


def ask(index, typed, **more):
    low, high = places_between("", "")
    return find_docs(index, Question(words=read_words(typed), low=low, high=high, **more))


@settings(max_examples=400, deadline=None)
@given(typed=TYPED)
def test_whatever_is_typed_is_answered(kept, typed):
    hits = ask(kept, typed)
    assert hits.counted <= 3
    passages([Words(title="police", body="patrol")], read_words(typed))


def test_words_are_read_as_people_mean_them():
    words = read_words('walk “two words” a OR b* offic* -out NOT "so on" & OR')
    assert [[term.question for term in group] for group in words.groups] == [
        ['"walk"'], ['"two words"'], ['"a"', '"b"'], ['"offic"*'],
    ]  # fmt: skip
    assert [term.question for term in words.without] == ['"out"', '"so on"']
    assert len(read_words("word " * 200).groups) <= 24


def test_a_quote_within_a_word_cannot_end_it():
    words = read_words('a"b')
    question = Question(words=words, low=0, high=1)
    assert match_of(question).count('"') == 4


def test_a_frequent_word_is_counted_from_the_newest_month_back_and_not_ranked(index, monkeypatch):
    monkeypatch.setattr(search_hits, "PROBED", 20)
    monkeypatch.setattr(search_hits, "MOST_COUNTED", 50)
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        fill(index, 30, f"{month}-05", words="common")
    hits = ask(index, "common")
    assert not hits.complete
    assert (hits.since, hits.months) == ("2025-04", (("2025-04", 30),))
    assert hits.more
    assert ask(index, "common", start=119).docs
    whole = ask(index, "common", count_all=True)
    assert (whole.complete, whole.counted, len(whole.months)) == (True, 120, 4)


def test_a_rare_word_among_frequent_ones_is_counted_whole_and_ranked(index, monkeypatch):
    monkeypatch.setattr(search_hits, "PROBED", 20)
    monkeypatch.setattr(search_hits, "MOST_COUNTED", 50)
    fill(index, 100, "2025-01-05", words="common")
    fill(index, 1, "2025-01-01", words="common rare")
    fill(index, 30, "2025-02-05", words="common")
    hits = ask(index, "common rare")
    assert (hits.complete, hits.counted, hits.ranked) == (True, 1, True)


def test_more_matches_than_can_be_ranked_come_newest_first(index, monkeypatch):
    fill(index, 2, "2025-01-05", words="walk walk walk")
    fill(index, 9, "2025-02-05", words="walk and many words more")
    best = ask(index, "walk")
    assert best.ranked
    assert month_of_place(best.docs[0] >> 34) == "2025-01"
    monkeypatch.setattr(search_hits, "MOST_RANKED", 10)
    newest = ask(index, "walk")
    assert not newest.ranked
    assert list(newest.docs) == sorted(newest.docs, reverse=True)


def test_what_is_taken_out_is_found_no_longer(index):
    fill(index, 1, "2025-01-05", words="here today")
    row = index.execute("SELECT * FROM docs").fetchone()
    names = ("doc", "article", "key", "url", "story", "base", "labels")
    doc = Doc(**dict(zip(names, row, strict=True)))
    with writing(index):
        take_out(index, [(doc, Words(title="", body="here today"))])
    assert ask(index, "today").counted == 0
    assert ask(index, "").counted == 0


def test_a_failed_change_leaves_the_index_as_it_was(index):
    fill(index, 1, "2025-01-05", words="here")
    doc = Doc(doc=7, article=1, key=1, url=1, story=0, base="", labels="")
    twice = [(doc, Words(title="", body="here"))] * 2
    with pytest.raises(sqlite3.IntegrityError), writing(index):
        add(index, twice)
    assert ask(index, "here").counted == 1


def test_places_grow_with_the_local_clock_and_months_are_ranges():
    late, early = (first_place(at, "America/Chicago") for at in
                   ("2026-04-01T04:59:00+00:00", "2026-04-01T05:00:00+00:00"))  # fmt: skip
    low, high = places_between("2026-03", "2026-03")
    assert low <= late <= high < early
    assert month_of_place(late >> 34) == "2026-03"
    assert month_of_place(month_number("2025-12")) == "2025-12"
    assert first_place("", "UTC") == first_place("soon", "UTC") == 0
    assert first_place("2026-03-01T00:01", "UTC") - first_place("2026-03-01", "UTC") == MINUTE
    assert places_between("", "2026-03")[0] > MINUTE  # no articles without a date


@pytest.mark.parametrize("month", ["2026", "2026-00", "2026-13", "26-01", "2026-1", "²026-01"])
def test_what_is_no_month_is_refused(month):
    with pytest.raises(DataError, match="is not a month"):
        places_between(month, "")
