"""Words that people type are always answered, and the work of an answer is bounded."""

import sqlite3
import time
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.media import search_beginnings, search_hits, search_months
from outcomes.media.search_hits import Question, find_docs, match_of
from outcomes.media.search_index import (
    Doc,
    Words,
    add,
    join_pieces,
    next_doc,
    open_index,
    take_out,
    writing,
)
from outcomes.media.search_places import (
    MINUTE,
    fence,
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


def ask(index, typed, clock=time.thread_time, **more):
    low, high = places_between("", "")
    question = Question(words=read_words(typed), low=low, high=high, **more)
    return find_docs(index, question, clock=clock)


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


class Ticking:
    """A clock that goes on by so many seconds whenever somebody looks at it."""

    def __init__(self, seconds):
        self.now, self.seconds = 0.0, seconds

    def __call__(self):
        self.now += self.seconds
        return self.now


def four_months(index, monkeypatch, words="common"):
    monkeypatch.setattr(search_months, "AT_ONCE", 30)
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        fill(index, 30, f"{month}-05", words=words)


def test_no_more_is_looked_through_once_the_time_is_over(index, monkeypatch):
    four_months(index, monkeypatch)
    hits = ask(index, "common", clock=Ticking(60))
    assert (hits.complete, hits.ranked, hits.more) == (False, False, True)
    assert (hits.since, hits.months, hits.counted) == ("2025-04", (("2025-04", 30),), 30)
    assert list(hits.docs) == sorted(hits.docs, reverse=True)


def test_older_months_are_looked_through_as_far_as_the_time_reaches(index, monkeypatch):
    four_months(index, monkeypatch)
    monkeypatch.setattr(search_months, "MOST_GROWTH", 1)
    hits = ask(index, "common", clock=Ticking(search_hits.LOOK_SECONDS * 0.3))
    assert (hits.since, hits.counted) == ("2025-02", 90)


def test_all_is_looked_through_where_that_is_asked_for(index, monkeypatch):
    four_months(index, monkeypatch)
    hits = ask(index, "common", look_at_all=True, clock=Ticking(60))
    assert (hits.complete, hits.counted, len(hits.months)) == (True, 120, 4)
    assert hits.ranked


def test_the_time_is_kept_where_only_old_articles_match(index, monkeypatch):
    fill(index, 1, "2024-12-05", words="two words")
    four_months(index, monkeypatch, words="words two")
    hits = ask(index, '"two words"', clock=Ticking(60))
    assert (hits.docs, hits.since, hits.complete) == ((), "2025-04", False)
    assert ask(index, '"two words"', look_at_all=True, clock=Ticking(60)).counted == 1


def test_a_mark_before_each_month_is_a_match_at_which_a_look_stops(index):
    for month in range(1, 13):
        fill(index, 3, f"2025-{month:02d}-05", words="words two")
    low, _ = places_between("2025-12", "2025-12")
    numbers, mark = fence(low >> 34)
    query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC"
    assert list(index.execute(query, (f'"two words" OR marks : {mark}',))) == [
        (each,) for each in numbers
    ]
    assert max(numbers) < low
    assert ask(index, "-two").counted == 0  # marks before months are no articles


def test_leafing_through_many_matches_shows_each_once(index, monkeypatch):
    four_months(index, monkeypatch)
    pages = [ask(index, "common", start=at, newest=True).docs for at in range(0, 120, 20)]
    assert len({doc for page in pages for doc in page}) == 120


def test_a_rare_word_among_frequent_ones_is_counted_whole_and_ranked(index, monkeypatch):
    monkeypatch.setattr(search_hits, "PROBED", 20)
    fill(index, 100, "2025-01-05", words="common")
    fill(index, 1, "2025-01-01", words="common rare")
    fill(index, 30, "2025-02-05", words="common")
    hits = ask(index, "common rare")
    assert (hits.complete, hits.counted, hits.ranked) == (True, 1, True)


def test_articles_are_counted_from_the_months_where_nothing_else_is_asked_for(index, monkeypatch):
    four_months(index, monkeypatch)
    fill(index, 2, "", words="common")
    hits = ask(index, "", clock=Ticking(60))
    assert (hits.complete, hits.counted, hits.months[:2]) == (True, 122, (("", 2), ("2025-01", 30)))
    low, high = places_between("2025-02", "2025-03")
    some = find_docs(index, Question(words=read_words(""), low=low, high=high, start=55))
    assert (some.counted, len(some.docs), some.more) == (60, 5, False)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("univer*", 2),  # universe and its plural, whose stem would be cut again
        ("offic*", 3),
        ("officers*", 3),
        ("offic* -office*", 0),
        ("nothing*", 0),
        ("sure OR univer*", 3),
        ("o'bri*", 1),
        ("kernelll*", 1),
        ("caf*", 1),
    ],
)
def test_beginnings_find_the_same_spelled_out_as_in_fts5(index, monkeypatch, typed, found):
    for words in ("universe", "universes", "office", "officers", "officer", "sure", "O'Brien",
                  "kernelll", "Café"):  # fmt: skip
        fill(index, 1, "2025-01-05", words=words)
    assert ask(index, typed).counted == found
    monkeypatch.setattr(search_beginnings, "SMALL", 0)
    assert ask(index, typed).counted == found


def test_beginnings_of_very_many_words_are_looked_for_only_where_it_is_asked_for(
    index, monkeypatch
):
    monkeypatch.setattr(search_beginnings, "SMALL", 0)
    monkeypatch.setattr(search_beginnings, "MOST_FORMS", 5)
    for number in range(6):
        fill(index, 1, "2025-01-05", words=f"abc{number} abd")
    hits = ask(index, "abc* abd*")
    assert (hits.wide, hits.docs, hits.complete) == (("abc*",), (), False)
    assert ask(index, "abc* abd*", look_at_all=True).counted == 6
    assert ask(index, "abd*").counted == 6


def test_pieces_are_joined_to_one(index):
    for number in range(5):
        fill(index, 1, "2025-01-05", words=f"word{number} same")
    join_pieces(index)
    (pieces,) = index.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchone()
    assert pieces == 1
    assert ask(index, "same").counted == 5


@pytest.mark.parametrize("scored", [0, 6, 10**6])
def test_the_best_are_the_same_whether_filters_are_counted_or_passed_over(
    index, monkeypatch, scored
):
    monkeypatch.setattr(search_hits, "PROBED", 10)
    monkeypatch.setattr(search_hits, "SCORED", scored)
    fill(index, 5, "2025-01-05", words="walk walk walk", marks="o2")
    fill(index, 2, "2025-01-05", words="walk walk", marks="o1")
    fill(index, 9, "2025-02-05", words="walk and many words more", marks="o1")
    best = ask(index, "walk", marks=(("o1",),))
    assert (best.counted, len(best.docs), best.ranked) == (11, 11, True)
    assert [month_of_place(doc >> 34) for doc in best.docs[:3]] == ["2025-01", "2025-01", "2025-02"]
    assert len(ask(index, "walk", marks=(("o1",),), start=4, most=3).docs) == 3


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
