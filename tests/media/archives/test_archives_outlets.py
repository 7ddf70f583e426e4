"""Outlets of an archive: matched by a folded name or their site, never by likeness alone."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from outcomes.media.archives import Archive, Record, Terms, match_outlets, sight_records
from outcomes.media.archives.outlet_names import fold_name, host_of
from outcomes.media.archives.sighted import undated_sentence
from outcomes.settings.news import Feed, Outlet

COURIER = Outlet(
    name="Marlow Falls Courier",
    scope="local",
    site="https://www.courier.example",
    feeds=(Feed(url="https://feeds.courier.example/news"),),
    date_order="DMY",
    time_zone="America/Chicago",
)
DAILY = Outlet(name="The Daily", scope="national", site="https://daily.example")
SEEN = datetime(2026, 11, 22, tzinfo=UTC)


def record(outlet: str = "", **more: object) -> Record:
    about = {"row": 1, "title": "Officers walk in Eastbank", "text": "Words.", **more}
    return Record(outlet=outlet, **about)  # type: ignore[arg-type]


def terms(records: Sequence[Record], **more: object) -> Terms:
    matches = match_outlets(records, (COURIER, DAILY), said=more.pop("said", {}))  # type: ignore[arg-type]
    about = {"outlets": (COURIER, DAILY), "seen": SEEN, "zone": "America/New_York", **more}
    return Terms(matches=matches, **about)  # type: ignore[arg-type]


def sight(*records: Record, **more: object):
    return sight_records(Archive(kind="newsbank", records=records), terms(records, **more))


@pytest.mark.parametrize(
    "name",
    ["Marlow Falls Courier (IN)", "MARLOW FALLS COURIER", "Marlow Falls Courier, The (Indiana)"],
)
def test_a_name_that_is_only_written_otherwise_is_the_outlet(name: str):
    assert sight(record(name)).sightings[0].outlet == "Marlow Falls Courier"


@pytest.mark.parametrize("name", ["Daily, The", "The Daily", "the daily (OH)"])
def test_the_word_the_does_not_count(name: str):
    assert fold_name(name) == "daily"


def test_a_name_that_is_only_similar_is_refused_with_the_nearest():
    (refusal,) = sight(record("Marlow Fall Courier")).refusals
    assert "'Marlow Fall Courier' is no outlet of study.toml" in str(refusal)
    assert "Did you mean 'Marlow Falls Courier'?" in str(refusal)
    assert "[outlets] of a mapping" in str(refusal)


def test_papers_of_two_states_are_told_apart_by_a_person():
    both = (record("Daily (OH)"), record("Daily (IN)", row=2))
    assert len(sight(*both).refusals) == 2
    found = sight(*both, said={"Daily (OH)": "The Daily"})
    assert [each.outlet for each in found.sightings] == ["The Daily", "The Daily"]


def test_a_page_belongs_to_the_outlet_on_whose_site_it_is():
    found = sight(record("courier.example", url="https://sports.courier.example/1"))
    assert found.sightings[0].outlet == "Marlow Falls Courier"
    assert host_of("https://notcourier.example/1", {"courier.example": "x"}) == ""


def test_other_outlets_are_stored_under_their_own_name_where_that_was_said():
    found = sight(record("Gazette"), other_outlets=True)
    assert found.sightings[0].outlet == "Gazette"
    assert sight(record("Gazette")).sightings == []


def test_one_outlet_that_was_named_is_that_of_all():
    found = sight(record("Whatever"), record("", row=2), one_outlet="The Daily")
    assert [each.outlet for each in found.sightings] == ["The Daily", "The Daily"]


def test_dates_are_read_in_the_order_and_zone_of_the_outlet():
    found = sight(
        record("The Daily", published_raw="3/4/2026"),
        record("Marlow Falls Courier", published_raw="3/4/2026", row=2),
        record("Marlow Falls Courier", published_raw="January 5, 2026 9:30 PM", row=3),
        record("The Daily", published_raw="January 5, 2026 Monday", row=4),
        record("The Daily", published_raw="January 5, 2031", row=5),
        record("The Daily", row=6),
    )
    assert [each.published for each in found.sightings] == [
        "",
        "2026-04-03",
        "2026-01-05T21:30:00-06:00",
        "2026-01-05",
        "",
        "",
    ]
    assert sum(found.undated.values()) == 3
    (said,) = undated_sentence(found.undated)
    assert said.startswith("3 articles have no date: they are stored, but belong to no month")
    assert "which number is the month is not known" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url": "www.courier.example/1"}, "no web address"),
        ({"title": "", "text": ""}, "neither a title nor a text"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(more: dict[str, str], said: str):
    assert said in str(sight(record("The Daily", **more)).refusals[0])


def test_an_article_without_text_takes_the_place_of_no_text():
    found = sight(record("The Daily", text="", summary="In short."))
    assert (found.sightings[0].text_from, found.wordless) == ("feed", 1)
