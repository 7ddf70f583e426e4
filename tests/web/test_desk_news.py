"""News at the desk: found by words and filters, read with versions, for analysts alone."""

import re
from html import unescape

import pandas as pd
import pytest

from outcomes.media import search_hits, search_months
from outcomes.pipeline.search_index import update_index
from outcomes.store import append
from outcomes.store.facts import Source
from outcomes.web.desk import news as news_pages

SOURCE = Source(step="test", read=0)
EVIL = "<script>alert(1)</script> & officers \"walk\" 'here'"
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def keep(study, *told, amend=False):
    rows = [
        {"url": f"https://news.example/{each['key']}", "outlet": "Marlow Falls Courier",
         "published": "2025-03-05", "title": "Walks", "text": "Officers walk here.",
         "prompted": None, "text_from": "page", "flags": None, "article": 1, **each}
        for each in told
    ]  # fmt: skip
    append(study.store, "articles", rows, source=SOURCE, amend=amend)


@pytest.fixture
def archive(study):
    keep(
        study,
        {"key": "evil", "title": EVIL, "text": EVIL, "url": "javascript:alert(1)"},
        {"key": "copy", "title": "Officers walk", "published": "2025-04-05"},
        {"key": "wall", "title": "A long word " + "x" * 300, "text": "Subscribe.", "article": 0,
         "flags": ["paywall"], "published": ""},
    )  # fmt: skip
    keep(study, {"key": "copy", "title": "Officers ride", "published": "2025-04-05",
                 "text": "Officers ride here. They greet."}, amend=True)  # fmt: skip
    urls = ["https://news.example/copy", "javascript:alert(1)"]
    study.write_table("stories", pd.DataFrame({"id": urls, "story": urls[:1] * 2}))
    return study


def test_only_analysts_and_administrators_see_news(archive, signed_in, client) -> None:
    for url in ("/desk/news", "/desk/news/article?key=copy"):
        assert signed_in("analyst").get(url).status_code == 200
        assert signed_in("administrator").get(url).status_code == 200
        for role in ("coder", "coordinator", "interviewer"):
            assert signed_in(role).get(url).status_code == 403
        assert client.get(url).headers["location"].startswith("/desk/sign-in")


def test_the_way_to_news_is_shown_to_whom_it_leads(archive, signed_in) -> None:
    assert 'href="/desk/news"' in signed_in("analyst").get("/desk").text
    assert 'href="/desk/news"' not in signed_in("coder").get("/desk").text


def test_words_of_articles_are_escaped_and_what_was_found_is_marked(archive, signed_in) -> None:
    analyst = signed_in("analyst")
    text = analyst.get("/desk/news?words=officers").text
    assert "2 articles match" in text
    assert "<mark>officers</mark>" in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    read = analyst.get("/desk/news/article?key=evil").text
    assert "<script>alert" not in read
    assert "javascript:" not in read


def test_what_was_asked_stands_in_the_form_and_in_the_links(archive, signed_in) -> None:
    keep(archive, {"key": "later", "published": "2025-05-05"},
         *({"key": f"more{k}"} for k in range(24)))  # fmt: skip
    analyst = signed_in("analyst")
    url = "/desk/news?words=%22officers+walk%22&outlet=Marlow+Falls+Courier&newest=yes"
    text = analyst.get(url).text
    assert 'value="&#34;officers walk&#34;"' in text
    assert '<option value="Marlow Falls Courier" selected>' in text
    assert text.count("<li>\n<h3>") == news_pages.ON_A_PAGE
    following = unescape(re.search(r'href="([^"]+)">Next page', text)[1])
    second = analyst.get(following).text
    assert second.count("<li>\n<h3>") == 6
    assert 'start="21"' in second
    assert "Page before" in second
    month = unescape(re.search(r'href="([^"]+)">2025-03', text)[1])
    assert "first=2025-03&last=2025-03" in month
    assert "25 articles match" in analyst.get(month).text


def test_what_took_too_long_is_said_and_can_be_looked_through(
    archive, signed_in, monkeypatch
) -> None:
    monkeypatch.setattr(search_months, "AT_ONCE", 1)
    monkeypatch.setattr(search_hits, "LOOK_SECONDS", -1)
    keep(archive, *({"key": f"more{k}", "published": "2025-06-05"} for k in range(24)))
    analyst = signed_in("analyst")
    text = analyst.get("/desk/news?words=walk").text
    assert "24 articles match since 2025-06; older ones were not looked through" in text
    following = unescape(re.search(r'href="([^"]+)">Next page', text)[1])
    assert "newest=yes" in following  # the order stays, whatever there is time for then
    everything = unescape(re.search(r'href="([^"]+)">Look through all articles', text)[1])
    text = analyst.get(everything).text
    assert "25 articles match. The best come first." in text
    assert "Look through all articles" not in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2025-3", "not a month"),
        ("outlet=Nowhere", "not one of the outlets"),
        ("tone=sad", "Allowed: negative"),
    ],
)
def test_a_wrong_filter_is_answered_in_words(archive, signed_in, query, said) -> None:
    reply = signed_in("analyst").get(f"/desk/news?{query}")
    assert reply.status_code == 400
    assert said in unescape(reply.text)


@pytest.mark.parametrize(
    "query", ["words=%22", "words=OR+-", "words=" + "a" * 5000, "start=-1", "start=9999999",
              "words=%00", "first=2025-03&last=", "count_all=yes"],
)  # fmt: skip
def test_whatever_is_sent_gets_a_page(archive, signed_in, query) -> None:
    assert signed_in("analyst").get(f"/desk/news?{query}").status_code == 200


def test_an_article_shows_versions_flags_copies_and_a_link_that_tells_nothing(
    archive, signed_in
) -> None:
    analyst = signed_in("analyst")
    update_index(archive)
    text = analyst.get("/desk/news/article?key=copy").text
    assert '<a href="https://news.example/copy" rel="noopener noreferrer">' in text
    assert "<ins>They greet.</ins>" in text
    assert "It changed the title, the text" in text
    assert "Headline then: Officers walk" in text
    assert 'href="/desk/news/article?key=evil"' in text
    wall = analyst.get("/desk/news/article?key=wall").text
    assert "Its page is no article (paywall)" in wall
    assert "no date is known" in wall
    assert analyst.get("/desk/news/article?key=none").status_code == 404


def test_a_desk_without_articles_says_so(study, signed_in) -> None:
    assert "No article matches." in signed_in("analyst").get("/desk/news").text


@pytest.mark.parametrize("width", [320, 1200])
def test_nobody_stumbles_over_the_pages_of_news(archive, serve_study, new_page, axe, web, width):
    served = serve_study(archive)
    session = web.session_of(served.desk, "analyst", name="Ann")
    page = new_page(width=width, served=served, session=session, javascript=True)
    wrong = []
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    for path in ("/desk/news?words=officers&scope=local", "/desk/news?first=2025-04",
                 "/desk/news?words=word", "/desk/news/article?key=copy",
                 "/desk/news/article?key=wall"):  # fmt: skip
        page.goto(served.url + path)
        assert axe(page) == [], path
        assert not page.evaluate(TOO_WIDE), f"{path} is wider than {width} px"
    assert wrong == []
    page.goto(served.url + "/desk/news?outlet=x")
    web.expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []


def test_the_form_works_without_javascript(archive, serve_study, new_page, web):
    served = serve_study(archive)
    session = web.session_of(served.desk, "analyst", name="Ann")
    page = new_page(served=served, session=session, javascript=False)
    page.goto(served.url + "/desk/news")
    page.fill("#words", "ride")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Officers ride").click()
    web.expect(page.get_by_role("heading", name="Officers ride")).to_be_visible()
