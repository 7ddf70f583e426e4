"""Step: find articles by their words, and by what else the study knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from sqlite3 import Connection
from typing import Literal
from zoneinfo import ZoneInfo

from outcomes.errors import DataError, one_of
from outcomes.media import search_index as index_file
from outcomes.media.search_beginnings import MOST_FORMS
from outcomes.media.search_hits import Hits, Question, find_docs
from outcomes.media.search_places import places_between
from outcomes.media.search_snippets import Passage, passages
from outcomes.media.search_words import read_words
from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.pipeline.search_index import Indexed, bring_up, opened_index
from outcomes.pipeline.search_labels import SCOPES, TONES
from outcomes.pipeline.search_rows import NO_ARTICLE, TEXT_FROM, Article, stored_rows, words_of
from outcomes.study import Study

YesNo = Literal["", "yes", "no"]
_CALLED = {"outlet": "outlets", "places": "places of the study", "agencies": "agencies",
           "choices": "choices"}  # fmt: skip
_YES_NO = {"about_us": "u", "prompted": "p", "relevant": "r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What somebody looks for; whatever is empty does not matter."""

    words: str = ""
    first: str = ""  # month, as 2026-03
    last: str = ""
    outlet: str = ""
    scope: str = ""  # local, national
    place: str = ""  # a place of the study that the article names
    agency: str = ""  # that the article is about
    tone: str = ""  # negative, neutral, positive: as people coded it
    about_us: YesNo = ""
    prompted: YesNo = ""
    relevant: YesNo = ""
    text_from: str = ""  # feed, page, archive
    unread: bool = False  # only those whose page was none: a paywall, a page asking for consent
    newest: bool = False  # newest first, though the best could be first
    count_all: bool = False  # look through all articles, however long it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One article that was found."""

    key: str
    url: str
    outlet: str
    published: str  # as stored; empty where unknown
    day: str  # on the outlet's calendar, as 2026-03-31; empty where unknown
    title: str
    passage: Passage  # at most 25 words of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search."""

    results: tuple[Result, ...]
    hits: Hits
    indexed: Indexed

    def sentences(self, *, listed: bool = True) -> list[str]:
        """Say how many there are, in which order they are listed, and what was not counted."""
        order = "The best come first." if self.hits.ranked else "The newest come first."
        many = _how_many(self.hits)
        ordered = listed and len(self.results) > 1
        return [f"{many} {order}" if ordered else many, *self.indexed.sentences()]


def find_articles(
    study: Study, search: Search, *, start: int = 0, most: int = 20, seconds: float | None = None
) -> Found:
    """Find articles, the best or the newest first, after bringing the index up to the store.

    Args:
        study: The study.
        search: What is looked for.
        start: How many results to pass over.
        most: How many to give.
        seconds: How long the index may take to be brought up; None: until all is done.

    Raises:
        DataError: A filter names something that there is not, or a month is none.
        FileError: The index cannot be written.

    Source:
        Issue 6, 10.
    """
    with opened_index(study) as index:
        indexed = bring_up(study, index, seconds=seconds)
        question = question_of(study, index, search, start=start, most=most)
        hits = find_docs(index, question)
        docs = {doc.doc: doc.article for doc in index_file.docs_with(index, "doc", hits.docs)}
    rows = stored_rows(study, list(docs.values()))
    shown = [rows[docs[doc]] for doc in hits.docs if docs.get(doc) in rows]
    return Found(results=_results(study, shown, search=search), hits=hits, indexed=indexed)


def question_of(
    study: Study, index: Connection, search: Search, *, start: int = 0, most: int = 20
) -> Question:
    """Say a search in the marks and numbers of the index.

    Raises:
        DataError: A filter names something that there is not, or a month is none.
    """
    low, high = places_between(search.first, search.last)
    return Question(
        words=read_words(search.words),
        marks=tuple((mark,) for mark in _marks(study, index, search)),
        low=low,
        high=high,
        newest=search.newest,
        look_at_all=search.count_all,
        start=start,
        most=most,
    )


def _marks(study: Study, index: Connection, search: Search) -> list[str]:
    settings = study.settings
    found = []
    for kind, letter, asked, known in (
        ("outlet", "o", search.outlet, [each.name for each in settings.outlets]),
        ("places", "g", search.place, study.place_codes()),
        ("agencies", "y", search.agency, [each.name for each in settings.agencies]),
    ):
        if asked:
            number = index_file.number_of(index, kind, asked)
            if not number:  # it may be known, though no article has it
                _require(kind, asked, [*index_file.names_of(index, kind), *known])
            found.append(f"{letter}{number}")
    for asked, marks in (
        (search.scope, SCOPES),
        (search.tone, TONES),
        (search.text_from, TEXT_FROM),
    ):
        if asked:
            _require("choices", asked, tuple(marks))
            found.append(marks[asked])
    for name, letter in _YES_NO.items():
        if asked := getattr(search, name):
            _require("choices", asked, ("yes", "no"))
            found.append(letter + ("1" if asked == "yes" else "0"))
    return [*found, NO_ARTICLE] if search.unread else found


def _require(kind: str, asked: str, known: Sequence[str]) -> None:
    if asked not in known:
        there = one_of(asked, sorted(set(known)))
        raise DataError(f"{asked!r} is not one of the {_CALLED[kind]}. {there}")


def _results(study: Study, rows: Sequence[Article], *, search: Search) -> tuple[Result, ...]:
    zone = zone_of_outlet(study)
    found = passages([words_of(row) for row in rows], read_words(search.words))
    return tuple(
        Result(
            key=row.key,
            url=row.url,
            outlet=row.outlet,
            published=row.published,
            day=local_day(row.published, zone(row.outlet)),
            title=row.title,
            passage=passage,
        )
        for row, passage in zip(rows, found, strict=True)
    )


def local_day(published: str, time_zone: str) -> str:
    """Give the day of publication on the outlet's calendar; empty where it is unknown."""
    try:
        moment = datetime.fromisoformat(published)
        if moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(time_zone))
    except (ValueError, OverflowError):
        return ""
    return date(moment.year, moment.month, moment.day).isoformat()


def _how_many(hits: Hits) -> str:
    if hits.wide:
        which = " and ".join(hits.wide)
        return (
            f"Nothing was looked through, because {which} stands for more than {MOST_FORMS} "
            "different words. Write more of its letters, or look through all articles."
        )
    if hits.complete:
        return f"{_articles(hits.counted)}."
    return (
        f"{_articles(hits.counted)} since {hits.since}; older ones were not looked through, "
        "because that takes longer."
    )


def _articles(number: int) -> str:
    if not number:
        return "No article matches"
    return "1 article matches" if number == 1 else f"{number:,} articles match"
