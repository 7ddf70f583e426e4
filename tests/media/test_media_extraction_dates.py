"""Dates of publication: what is written is read strictly, and what is not known stays unknown."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.media.date_gate import published_moment
from outcomes.media.page_dates import Reading, page_date
from outcomes.media.page_markup import linked_data, page_tree

SEEN = datetime(2026, 11, 21, 12, tzinfo=UTC)


def iso(raw, **how):
    return published_moment(raw, seen=SEEN, **how).iso


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026/6/29 15:07:41", "2026-06-29T15:07:41"),  # a usual parser says November
        ("1785751200", "2026-08-03T10:00:00+00:00"),
        (1785751200000, "2026-08-03T10:00:00+00:00"),
        ("2026-03-31", "2026-03-31"),
        ("20231108", "2023-11-08"),
        ("20231108163528", "2023-11-08T16:35:28"),
        ("20200414T00:38:07Z", "2020-04-14T00:38:07+00:00"),
        ("2023-11-08T16:35:28.123-0500", "2023-11-08T16:35:28-05:00"),
        ("2023-11-08 17:00:35 +00:00", "2023-11-08T17:00:35+00:00"),
        ("2026-03-31T24:00", "2026-04-01T00:00:00"),
        ("Tue, 03 Feb 2026 7:00 pm AKST", "2026-02-03T19:00:00-09:00"),
        ("Tue, 03 Feb 2026 19:00", "2026-02-03T19:00:00"),  # RFC 822: no seconds, no zone
        ("03 Feb 26 19:00 EST", "2026-02-03T19:00:00-05:00"),
        ("Mon, 06 Jul 2026 08:00:00 AKDT", "2026-07-06T08:00:00-08:00"),
        ("20 Jan 2026 12:00 am HST", "2026-01-20T00:00:00-10:00"),
        ("Feb. 3, 2026 7 p.m. ET", "2026-02-03T19:00:00-05:00"),
        ("July 3, 2026 7 p.m. ET", "2026-07-03T19:00:00-04:00"),
        ("Tue Feb  3 19:00:00 CST 2026", "2026-02-03T19:00:00-06:00"),
        ("Wed Nov 08 2023 16:35:28 GMT-0500 (EST)", "2023-11-08T16:35:28-05:00"),
        ("16:56, November 8, 2023", "2023-11-08T16:56:00"),
        ("3 de febrero de 2026", "2026-02-03"),
        ("Sept. 3rd, 2026", "2026-09-03"),
    ],
)
def test_a_date_is_read_as_it_is_written(raw, expected):
    assert iso(raw) == expected


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "no date"),
        (None, "no date"),
        ("0000-00-00", "no calendar"),
        ("2026-02-30", "no calendar"),
        ("2026-W14-3", "week"),
        ("2026-03", "does not tell a day"),
        ("yesterday", "depends on when"),
        ("2 hours ago", "depends on when"),
        ("2026-11-23T00:00:00Z", "lies ahead"),
        ("9999999999", "lies ahead"),
        ("1970-01-01T00:00:00Z", "first plausible"),
        ("-0001-11-30", "first plausible"),
        ("2026-01-02T25:00", "no clock"),
        ("Published Nov 8, 2023, updated Nov 9, 2023", "two dates"),
        ("3/4/2026", "may be two days"),
        ("x" * 300, "too long"),
    ],
)
def test_what_tells_no_day_stays_unknown_and_says_why(raw, why):
    found = published_moment(raw, seen=SEEN)
    assert found.iso == ""
    assert why in found.reason


def test_the_outlet_says_which_number_is_the_month():
    assert iso("3/4/2026", order="MDY") == "2026-03-04"
    assert iso("3/4/2026", order="DMY") == "2026-04-03"
    assert iso("31/12/2025", order="DMY") == "2025-12-31"
    assert iso("31/12/2025") == "2025-12-31"  # only one order is possible
    assert iso("31/12/2025", order="MDY") == ""  # then all its other dates are in doubt


def test_a_moment_is_given_in_the_zone_of_the_outlet():
    chicago = {"zone": "America/Chicago"}
    assert iso("2026-04-01T02:00:00Z", **chicago) == "2026-03-31T21:00:00-05:00"
    assert iso("2026-01-02 03:04", **chicago) == "2026-01-02T03:04:00-06:00"
    assert iso("2026-01-02", **chicago) == "2026-01-02"
    unknown = published_moment("2026-01-02 03:04 XYZT", seen=SEEN, **chicago)
    assert unknown.iso == "2026-01-02T03:04:00-06:00"
    assert "'XYZT' is not known" in unknown.reason


def test_an_hour_ahead_is_taken_and_two_days_are_not():
    assert iso("2026-11-22T11:00:00Z") == "2026-11-22T11:00:00+00:00"
    assert iso("2026-11-22T13:00:00Z") == ""
    assert published_moment("1999-12-31", seen=SEEN, first=date(2000, 1, 1)).iso == ""


def test_a_zone_or_a_clock_that_cannot_be_right_is_refused_in_words():
    with pytest.raises(DataError, match="'Amerika/X' is no time zone"):
        published_moment("2026-01-01", seen=SEEN, zone="Amerika/X")
    with pytest.raises(DataError, match="no time zone"):
        Reading(seen=SEEN, zone="../etc")
    with pytest.raises(DataError, match="has no offset"):
        published_moment("2026-01-01", seen=datetime(2026, 1, 1))


@given(
    st.text(alphabet="0123456789-/:.,+TZ apmMayJunESTW", max_size=60)
    | st.text(max_size=80)
    | st.integers()
    | st.floats()
)
def test_whatever_is_written_the_answer_is_a_plausible_day_or_none(raw):
    found = published_moment(raw, seen=SEEN, zone="Pacific/Honolulu", order="MDY")
    assert found.iso or found.reason
    if found.iso:
        assert "1989-12-31" <= found.iso[:10] <= "2026-11-22"


def dated(html, url="https://n.example/a", **how):
    tree = page_tree(html)
    return page_date(tree, linked_data(tree), url=url, reading=Reading(seen=SEEN, **how))


LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A",'
    '"datePublished":"%s"}</script>'
)
META = '<meta property="article:published_time" content="%s">'
WORDS = "<p>Officers met residents on Main Street and spoke of the new walks.</p>"


def test_json_ld_is_believed_before_metadata_and_metadata_before_what_is_shown():
    shown = '<span class="dateline">March 1, 2026</span>'
    assert dated(LD % "2026-03-03" + META % "2026-03-02" + shown).published == "2026-03-03"
    assert dated(META % "2026-03-02" + shown).published == "2026-03-02"
    found = dated(f"<body>{shown}{WORDS}")
    assert (found.published, found.source, found.raw) == ("2026-03-01", "byline", "March 1, 2026")


def test_the_day_of_today_above_the_headline_is_not_taken():
    today = '<div class="date">November 20, 2026</div>'
    headline = "<h1>Officers walk all of Eastbank</h1>"
    byline = '<p class="byline">By A. Reporter, March 1, 2026</p>'
    assert dated(today + headline + byline + WORDS).published == "2026-03-01"


def test_a_date_that_the_gate_refuses_makes_room_for_the_next():
    found = dated(LD % "0000-00-00" + META % "2026-03-02")
    assert (found.published, found.source) == ("2026-03-02", "meta article:published_time")


def test_a_page_without_a_date_is_not_dated():
    found = dated(f"<html><body>{WORDS}<p>Posted yesterday</p></body></html>")
    assert found.published == ""
    assert found.reason


def test_a_page_that_says_only_when_it_was_changed_or_ahead_of_time_is_not_dated():
    assert dated(META % "2027-01-01" + WORDS).published == ""
    changed = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A",'
    assert dated(changed + '"dateModified":"2026-01-01"}</script>' + WORDS).published == ""


def test_the_evening_in_america_is_not_the_next_day():
    stated = LD % "2026-04-01T02:11:03+00:00"
    time = '<time datetime="2026-03-31T21:11:03-05:00">March 31</time>'
    assert dated(stated + time).published == "2026-03-31T21:11:03-05:00"
    assert dated(stated + META % "2026-03-31 21:11:03").published == "2026-03-31T21:11:03-05:00"
    assert dated(stated, url="https://n.example/2026/03/31/walks/").published == "2026-03-31"
    assert dated(stated, zone="America/Chicago").published == "2026-03-31T21:11:03-05:00"
    assert dated(stated).published == "2026-04-01T02:11:03+00:00"  # nothing tells its zone
    shown = "<h1>Officers walk all of Eastbank</h1>" + '<p class="byline">%s</p>'
    assert dated(stated + shown % "Mar 31, 2026").published == "2026-03-31"
    told = dated(stated + shown % "Mar 31, 2026 9:11 PM").published  # to the minute
    assert told == "2026-03-31T21:11:00-05:00"
    other = '<time datetime="2026-03-31T19:00:00-05:00">another story</time>'
    assert dated(stated + other).published == "2026-04-01T02:11:03+00:00"


def test_two_places_more_than_three_days_apart_are_told():
    found = dated(LD % "2026-03-08" + META % "2026-03-02")
    assert "2026-03-02" in found.disagreement
    assert "2026-03-08" in found.disagreement
    assert dated(LD % "2026-03-05" + META % "2026-03-02").disagreement == ""
    listed = "".join(
        f'<time class="published" datetime="2025-0{month}-01">x</time>' for month in (1, 2, 3)
    )
    assert dated(LD % "2026-03-05" + listed).disagreement == ""  # dates of other stories
