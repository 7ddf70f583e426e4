"""What a new sighting changes of a known article."""

from dataclasses import replace
from typing import Any

import pytest

from outcomes.media.article_changes import (
    as_row,
    changes_of,
    contradicts,
    is_fuller,
    is_to_and_fro,
)
from outcomes.media.sightings import Sighting

FEED = Sighting(
    outlet="Courier",
    url="https://courier.example/1",
    title="Officers walked",
    summary="Officers walked on Weaver Street.",
    text_from="feed",
    published="2026-03-31T14:05:00-04:00",
    published_raw="Tue, 31 Mar 2026 14:05:00 -0400",
    published_from="feed",
)
ARCHIVE = replace(
    FEED,
    summary="",
    text="Officers walked on Weaver Street. They met twelve people.",
    text_from="archive",
    published="2026-03-31",
    published_raw="",
    published_from="archive",
)
FULL = {**as_row(FEED), "text": "All that the page says.", "text_from": "page"}


def dated(published: str, sighting: Sighting = FEED) -> Sighting:
    return replace(sighting, published=published, published_raw=published)


def test_the_same_again_changes_nothing():
    assert changes_of(as_row(FEED), FEED) == {}
    assert changes_of(as_row(ARCHIVE), ARCHIVE) == {}
    assert not contradicts(as_row(ARCHIVE), ARCHIVE)


def test_an_article_from_a_feed_has_its_summary_as_text_or_its_title():
    assert as_row(FEED)["text"] == FEED.summary
    assert as_row(replace(FEED, summary=""))["text"] == FEED.title
    assert as_row(ARCHIVE)["summary"] is None


def test_an_edited_headline_and_summary_are_taken_over():
    edited = replace(FEED, title="Officers walked again", summary="Twice.")
    assert changes_of(as_row(FEED), edited) == {
        "title": "Officers walked again",
        "summary": "Twice.",
        "text": "Twice.",
    }


def test_what_a_feed_leaves_out_is_not_taken_away():
    empty = replace(FEED, title="", summary="", published="")
    assert changes_of(as_row(FEED), empty) == {}


def test_a_summary_never_takes_the_place_of_a_fuller_text():
    edited = replace(FEED, summary="Twice.")
    assert changes_of(FULL, edited) == {"summary": "Twice."}
    assert changes_of(as_row(ARCHIVE), replace(edited, title="Another")) == {"summary": "Twice."}
    plain = {**as_row(ARCHIVE), "text_from": None}  # of an older version
    assert changes_of(plain, edited) == {"summary": "Twice."}


def test_a_headline_that_a_feed_edits_is_taken_over_beside_the_text_of_a_page():
    assert changes_of(FULL, replace(FEED, title="Edited")) == {"title": "Edited"}


def test_another_outlet_that_lists_the_page_edits_nothing():
    assert changes_of(as_row(FEED), replace(FEED, outlet="Ledger", title="Other words")) == {}


def test_an_archive_brings_the_full_text_of_what_a_feed_brought():
    stored = as_row(FEED)
    assert is_fuller(stored, ARCHIVE)
    assert not contradicts(stored, ARCHIVE)
    assert changes_of(stored, ARCHIVE) == {"text": ARCHIVE.text, "text_from": "archive"}


def test_an_archive_does_not_contradict_what_was_read_from_a_page():
    assert not contradicts(FULL, ARCHIVE)
    assert not is_fuller(FULL, ARCHIVE)
    assert changes_of(FULL, ARCHIVE)["text"] == ARCHIVE.text  # if a person says it is so


@pytest.mark.parametrize(
    "changed", [{"text": "Other."}, {"title": "Other"}, {"published": ""}, {"outlet": "Ledger"}]
)
def test_an_archive_that_says_other_than_before_contradicts(changed: dict[str, Any]):
    other = replace(ARCHIVE, **changed)
    assert contradicts(as_row(ARCHIVE), other)
    assert changes_of(as_row(ARCHIVE), other) == changed | (
        {"published_raw": None} if "published_raw" in changed else {}
    )


def test_an_archive_that_says_who_prompted_it_is_taken_over():
    assert changes_of(as_row(FEED), replace(ARCHIVE, prompted=1))["prompted"] == 1
    assert changes_of(as_row(ARCHIVE), replace(ARCHIVE, prompted=1)) == {"prompted": 1}


def test_an_unknown_date_is_filled_in():
    undated = as_row(replace(FEED, published="", published_raw="soon", published_note="no day"))
    changed = changes_of(undated, FEED)
    assert changed["published"] == FEED.published
    assert changed["published_raw"] == FEED.published_raw
    assert changed["published_note"] is None
    archived = {**undated, "text_from": "archive"}
    assert changes_of(archived, FEED)["published"] == FEED.published


@pytest.mark.parametrize("same", ["2026-03-31T18:05:00+00:00", "2026-03-31"])
def test_the_same_moment_and_its_day_are_no_change(same: str):
    assert changes_of(as_row(FEED), dated(same)) == {}


def test_a_moment_tells_more_than_its_day():
    assert changes_of(as_row(dated("2026-03-31")), FEED)["published"] == FEED.published


@pytest.mark.parametrize("later", ["2026-04-02T09:00:00-04:00", "2026-04-02"])
def test_an_article_that_is_dated_anew_stays_in_its_month(later: str):
    assert changes_of(as_row(FEED), dated(later)) == {
        "published_note": f"dated {later} later, but the first date stands"
    }


def test_an_earlier_date_takes_the_place_of_a_later_one():
    changed = changes_of(as_row(FEED), dated("2026-03-30"))
    assert changed["published"] == "2026-03-30"
    assert changed["published_note"] == f"dated {FEED.published} before"


def test_a_note_that_stands_is_kept_and_not_said_twice():
    stored = as_row(replace(FEED, published_note="no zone is given"))
    note = changes_of(stored, dated("2026-04-02"))["published_note"]
    assert note == "no zone is given; dated 2026-04-02 later, but the first date stands"
    assert changes_of({**stored, "published_note": note}, dated("2026-04-02")) == {}


def test_local_moments_and_moments_with_an_offset_are_compared_by_their_day():
    assert changes_of(as_row(dated("2026-03-31T09:00:00")), FEED) == {}
    assert "published" not in changes_of(as_row(dated("2026-03-30T09:00:00")), FEED)


def test_words_that_come_and_go_are_stored_twice_and_no_more():
    one, two = as_row(FEED), as_row(replace(FEED, title="Two"))
    back = {"title": FEED.title}
    assert not is_to_and_fro([one, two], back, two)
    assert is_to_and_fro([one, two, one, two], back, two)
