"""From entries to articles: what is left out is counted, the rest is taken as it stands."""

import pytest

from outcomes.media.feeds import Entry
from outcomes.media.poll_entries import SKIPPED, moment, usable


def entry(**fields: str) -> Entry:
    return Entry(**{"id": "", "url": "", "title": "", "published": "", "summary": ""} | fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "https://x.example/1"}, "no-words"),
        ({"title": "A walk"}, "no-address"),
        ({"title": "A walk", "url": "javascript:void(0)"}, "no-address"),
        ({"title": "A walk", "url": "https://x.example/1"}, ""),
        ({"summary": "Officers walked", "url": "HTTP://x.example/1"}, ""),
        ({"title": "A walk", "id": "tag:1"}, ""),
        ({"title": "A walk", "published": "2026-08-03"}, ""),
    ],
)
def test_an_entry_is_kept_if_it_has_words_and_can_be_known_again(fields, reason):
    found = usable([entry(**fields)], outlet="The Voice")
    assert found.skipped == ({reason: 1} if reason else {})
    assert len(found.sightings) == (not reason)


def test_the_same_page_twice_is_counted_once_and_entries_without_a_page_are_all_kept():
    found = usable(
        [
            entry(title="A walk", url="https://x.example/1?utm_source=rss"),
            entry(title="A walk again", url="http://www.x.example/1"),
            entry(title="Blotter", id="a"),
            entry(title="Blotter", id="b"),
        ],
        outlet="The Voice",
        left_out=7,
    )
    assert [each.title for each in found.sightings] == ["A walk", "Blotter", "Blotter"]
    assert found.skipped == {"too-many": 7, "listed-twice": 1}
    assert found.skipped.keys() <= SKIPPED.keys()


def test_what_the_feed_says_is_kept_as_it_says_it():
    found = usable(
        [
            entry(
                id="7", url="https://x.example/1", title="A walk", summary="Said",
                published="2026-08-03", published_raw="3 Aug 2026", published_note="why",
            )
        ],
        outlet="The Voice",
    ).sightings[0]  # fmt: skip
    assert (found.outlet, found.guid, found.text, found.text_from) == (
        "The Voice",
        "7",
        "Said",
        "feed",
    )
    assert (found.published_raw, found.published_from, found.published_note) == (
        "3 Aug 2026", "feed", "why",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("iso", "utc"),
    [
        ("", ""),
        ("2026-08-03", "2026-08-03"),
        ("2026-08-03T22:00:00-04:00", "2026-08-04T02:00:00+00:00"),
        ("2026-08-03T22:00:00", "2026-08-03T22:00:00+00:00"),
        ("nonsense of a source", ""),
    ],
)
def test_moments_compare_in_utc(iso, utc):
    assert moment(iso) == utc
