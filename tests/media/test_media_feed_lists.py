"""The feeds that a list gives for an outlet: completed, folded, and freed of what is no news."""

import pytest

from outcomes.media.feed_lists import (
    BLOX_NOTE,
    UNLIKELY_NOTE,
    caution,
    complete_address,
    complete_site,
    feed_key,
    site_of,
    tidy_feeds,
)

SITE = "http://www.courier.example/town/"


def urls(*listed, site=SITE, **more):
    return [feed.url for feed in tidy_feeds(listed, site=site, **more).feeds]


@pytest.mark.parametrize(
    ("listed", "complete"),
    [
        ("/news.xml", "http://www.courier.example/news.xml"),
        (
            "./index.php?rss=Article,main",
            "http://www.courier.example/town/index.php?rss=Article,main",
        ),
        ("//other.example/feed/", "http://other.example/feed/"),
        ("feed://feeds.example/x", "http://feeds.example/x"),
        ("feed:https://feeds.example/x", "https://feeds.example/x"),
        (" http://a.example/rss ", "http://a.example/rss"),
        ("http://a.example/a b.xml", "http://a.example/a%20b.xml"),
        ("http://a.example/caf\u00e9", "http://a.example/caf%C3%A9"),
        ("http://a.example/%7Ex?a=1&b=%20", "http://a.example/%7Ex?a=1&b=%20"),
    ],
)
def test_an_address_is_completed_with_its_site(listed, complete):
    assert complete_address(listed, site=SITE) == complete


@pytest.mark.parametrize(
    "listed",
    [
        "", "   ", "mailto:news@courier.example", "javascript:void(0)", "ftp://a.example/x",
        "http://", "http://[", "http://who:secret@a.example/feed", "\ud800", "http://a:999999/x",
        "http://a.example/" + "x" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_left_out_and_counted(listed):
    assert complete_address(listed) == ""
    assert tidy_feeds([listed], site="").left_out == {"no-address": 1}


def test_a_site_without_its_scheme_is_completed():
    assert complete_site("www.courier.example") == "http://www.courier.example"
    assert complete_site("  ") == ""
    assert site_of("https://www.Courier.example/x") == "courier.example"


@pytest.mark.parametrize(
    "listed",
    [
        "/comments/feed/", "/index.php/comments/feed", "/?feed=comments-rss2",
        "/?p=1&feed=comments-rss2", "/chicago/Rss.xml?id=comments",
        "/feeds/77/comments/default",
    ],
)  # fmt: skip
def test_feeds_of_readers_comments_are_left_out(listed):
    assert tidy_feeds([listed], site=SITE).left_out == {"comments": 1}


@pytest.mark.parametrize(
    "listed",
    ["/cmlink/most-commented-1.46", "/index.php?rss=Article,commentary", "/commentary/feed/"],
)
def test_feeds_of_articles_whose_name_resembles_are_kept(listed):
    assert len(urls(listed)) == 1


@pytest.mark.parametrize("page", ["home", "home-section", "sample-page", "homepage", "home-2"])
def test_the_comments_below_a_front_page_are_told_by_the_feed_beside_them(page):
    listed = (f"/{page}/feed/", "/feed/", "/comments/feed/")
    assert urls(*listed) == ["http://www.courier.example/feed/"]
    assert len(urls(f"/{page}/feed/")) == 1  # alone, it may be all there is
    assert len(urls("/feed/", "/news/feed/")) == 2


def test_the_same_feed_is_listed_once_and_safely():
    found = tidy_feeds(
        [
            "http://courier.example/feed",
            "https://www.courier.example/feed/",
            "/feed/atom/",
            "/feed/rdf",
            "/?feed=rss2",
            "/feed/?utm_source=x",
        ],
        site=SITE,
    )
    assert [feed.url for feed in found.feeds] == ["https://www.courier.example/feed/"]
    assert found.left_out == {"repeated": 5}


def test_two_sections_are_two_feeds():
    listed = ("/rss?section=crime", "/rss?section=city", "/crime/feed/", "/city/feed/")
    assert len(urls(*listed)) == 4
    assert feed_key("http://a.example/?feed=rss2&cat=3") != feed_key("http://a.example/?feed=rss2")


def test_a_feed_that_another_outlet_has_is_left_out():
    known = {feed_key("https://courier.example/feed")}
    assert tidy_feeds(["/feed/"], site=SITE, known=known).left_out == {"repeated": 1}


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("/feed/podcast/", "no-articles"),
        ("http://radio.example?podcast", "no-articles"),
        ("/wp-content/plugins/x/leaflet-georss.php?layer=all", "no-articles"),
        ("/2019/04/logo.png", "no-address"),
        ("http://front.example", "no-address"),
        (None, None),
    ],
)
def test_what_carries_no_articles_is_left_out_with_its_reason(listed, reason):
    assert tidy_feeds([listed], site=SITE).left_out == ({reason: 1} if reason else {})


def test_a_feed_behind_a_search_is_kept_with_the_advice_to_read_robots_txt():
    blox = "http://a.example/search/?f=rss&t=article&c=news&l=50"
    assert [feed.note for feed in tidy_feeds([blox], site=SITE).feeds] == [BLOX_NOTE]
    assert caution(blox.replace("rss", "atom")) == BLOX_NOTE
    assert feed_key(blox) == feed_key(blox.replace("f=rss", "f=atom"))
    assert caution("http://a.example/stories") == UNLIKELY_NOTE
    assert caution("http://a.example/feed") == ""
    assert "readers' comments" in caution("http://a.example/comments/feed/")
