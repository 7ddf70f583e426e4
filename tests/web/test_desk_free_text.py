"""Free text at the desk: read one at a time, edit, keep or withhold; themes coded by hand."""

import json
import re

import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.free_text import texts_of_wave
from outcomes.pipeline.text_themes import count_themes
from outcomes.store import Submission, erase
from outcomes.surveys.instrument import content_hash
from outcomes.surveys.keyed_codes import sealed_digest

BASE = "/desk/waves/spring-post/texts"
REVIEW = f"{BASE}/class_change/review"
CODE = f"{BASE}/class_change/code"
THEMES = f"{BASE}/class_change/themes"
TEXTS = ("Officer Smith\nspoke <b>too</b> fast", "more time please", "call me at 555-1234")


@pytest.fixture
def fielded(desk, client):
    """Three finished forms of spring-post with a text each."""
    instrument = desk.instrument("spring-post")
    for place, text in enumerate(TEXTS):
        body = json.dumps({"answers": {"class_change": text}})
        sent = Submission(
            wave="spring-post", place="agency", instance=f"instance-{place}", part="form",
            respondent=f"hash-{place}", body=body, digest=sealed_digest(desk.key, body.encode()),
            way="tablet", language="en", instrument=instrument.id, day="2025-02-04",
            instrument_version=instrument.version, instrument_hash=content_hash(instrument),
        )  # fmt: skip
        assert desk.writer.submit(sent).result(20) == "new"
    return desk


@pytest.fixture
def analyst(fielded, signed_in):
    browser = signed_in("analyst")
    assert browser.get(BASE).status_code == 200  # it collects the finished forms
    return browser


def page_of(browser, desk, words):
    """The page of the text that holds these words."""
    return f"{REVIEW}?text={mark_of(desk, words)}"


def mark_of(desk, words):
    texts = texts_of_wave(desk.study, "spring-post")
    return next(each.written.mark for each in texts if words in each.written.text)


def hidden(text):
    return dict(re.findall(r'<input type="hidden" name="(mark|seen)" value="([^"]+)"', text))


def decide(browser, send, page, verdict, text=""):
    fields = hidden(browser.get(page).text)
    return send(browser, REVIEW, {**fields, "verdict": verdict, "text": text}, page=page)


def shown(desk):
    return sorted(each.shown for each in texts_of_wave(desk.study, "spring-post") if each.shown)


def test_the_overview_counts_what_is_to_be_read_and_shows_no_text(analyst) -> None:
    text = analyst.get(BASE).text
    assert "What should we change in the class?" in text
    assert re.search(r"to be read</dt><dd>3<", text)
    assert "Smith" not in text


def test_roles_see_what_is_theirs(analyst, signed_in) -> None:
    assert signed_in("interviewer").get(BASE).status_code == 403
    coder = signed_in("coder")
    text = coder.get(BASE).text
    assert CODE in text
    assert REVIEW not in text
    for url in (REVIEW, THEMES, f"{BASE}/class_change/reviewed"):
        assert coder.get(url).status_code == 403
    assert signed_in("coordinator").get(REVIEW).status_code == 200
    assert BASE in analyst.get("/desk/waves/spring-post").text


def test_what_may_say_who_somebody_is_is_marked_with_the_reason_and_drafted_over(
    analyst, fielded
) -> None:
    text = analyst.get(page_of(analyst, fielded, "Smith")).text
    assert "<mark>Officer Smith</mark><br>spoke &lt;b&gt;too&lt;/b&gt; fast" in text
    assert "a name after a title" in text
    assert "\n[name]\nspoke &lt;b&gt;too&lt;/b&gt; fast</textarea>" in text
    assert "hash-0" not in text


def test_reading_a_text_goes_on_record_without_the_text(analyst, fielded) -> None:
    analyst.get(REVIEW)
    row = read_audit(fielded.engine)[-1]
    assert (row.user, row.action, row.detail) == ("Analyst", "read a free text", "class_change")


def test_each_decision_leads_to_the_next_text_until_none_waits(analyst, fielded, send) -> None:
    reply = decide(
        analyst, send, page_of(analyst, fielded, "Smith"), "edited", "[name]\r\nspoke fast"
    )
    assert reply.headers["location"] == REVIEW
    decide(analyst, send, page_of(analyst, fielded, "555"), "withheld")
    after = analyst.get(REVIEW)
    assert "more time please" in after.text
    decide(analyst, send, REVIEW, "accepted")
    assert "No text waits to be read" in analyst.get(REVIEW).text
    assert shown(fielded) == ["[name]\nspoke fast", "more time please"]
    listed = analyst.get(f"{BASE}/class_change/reviewed").text
    assert "not to be shown" in listed
    assert "555-1234" not in listed


def test_a_text_is_left_for_later_and_comes_back(analyst, fielded) -> None:
    first = analyst.get(REVIEW).text
    later = re.search(r'href="([^"]+\?after=[^"]+)"', first)[1]
    second = analyst.get(later).text
    assert hidden(first)["mark"] != hidden(second)["mark"]
    last = max(each.written.mark for each in texts_of_wave(fielded.study, "spring-post"))
    assert hidden(analyst.get(f"{REVIEW}?after={last}").text)["mark"] == hidden(first)["mark"]


def test_a_page_that_was_overtaken_is_refused(analyst, fielded, send, signed_in) -> None:
    page = page_of(analyst, fielded, "Smith")
    fields = hidden(analyst.get(page).text)
    decide(signed_in("coordinator"), send, page, "withheld")
    reply = send(analyst, REVIEW, {**fields, "verdict": "accepted"}, page=page)
    assert reply.status_code == 400
    assert "somebody else decided on it" in reply.text
    assert shown(fielded) == []


def test_a_text_that_was_taken_back_meanwhile_is_gone(analyst, fielded, send) -> None:
    page = page_of(analyst, fielded, "Smith")
    fields = hidden(analyst.get(page).text)
    erase(fielded.engine, wave="spring-post", instance="instance-0", user="", reason="",
          day="2025-02-04")  # fmt: skip
    reply = send(analyst, REVIEW, {**fields, "verdict": "accepted"}, page=REVIEW)
    assert reply.status_code == 400
    assert "may have taken it back" in reply.text
    assert analyst.get(page).status_code == 400


@pytest.mark.parametrize(
    ("verdict", "text", "said"),
    [("edited", " ", "nothing is left of the text"), ("", "x", "is no decision")],
)
def test_what_is_no_decision_is_answered_on_the_page(
    analyst, fielded, send, verdict, text, said
) -> None:
    reply = decide(analyst, send, page_of(analyst, fielded, "Smith"), verdict, text)
    assert reply.status_code == 400
    assert said in reply.text


def test_a_question_that_is_no_text_has_no_queue(analyst) -> None:
    reply = analyst.get(f"{BASE}/trust_1/review")
    assert reply.status_code == 400
    assert "class_change" in reply.text


def test_themes_are_listed_coded_and_counted_through_suppression(
    analyst, fielded, send, signed_in
) -> None:
    for words in ("Smith", "more time", "555"):
        decide(analyst, send, page_of(analyst, fielded, words), "accepted")
    coder = signed_in("coder")
    assert "no list of themes yet" in coder.get(CODE).text
    send(analyst, THEMES, {"label": "Slower speech"})
    assert "on the list already" in send(analyst, THEMES, {"label": "slower speech"}).text
    for _ in TEXTS:
        mark = hidden(coder.get(CODE).text)["mark"]
        reply = send(coder, CODE, {"mark": mark, "themes": ["slower-speech"]})
        assert reply.headers["location"] == CODE
    assert "Nothing is left for you to code" in coder.get(CODE).text
    assert 'data-label="Texts">few</td>' in analyst.get(THEMES).text
    (row,) = count_themes(fielded.study, "spring-post").to_dict("records")
    assert row["withheld"]
    send(analyst, THEMES, {"off": "slower-speech"})
    assert count_themes(fielded.study, "spring-post").empty


def test_a_text_without_a_tick_is_not_kept(analyst, fielded, send) -> None:
    decide(analyst, send, page_of(analyst, fielded, "Smith"), "accepted")
    send(analyst, THEMES, {"label": "Slower speech"})
    mark = hidden(analyst.get(CODE).text)["mark"]
    reply = send(analyst, CODE, {"mark": mark})
    assert reply.status_code == 400
    assert "tick the themes of the text" in reply.text


@pytest.mark.parametrize("width", [320, 1200])
def test_nobody_stumbles_over_these_pages(study, serve_study, new_page, axe, web, width) -> None:
    served = serve_study(study)
    desk = served.app.state.desk
    instrument = desk.instrument("spring-post")
    body = json.dumps({"answers": {"class_change": TEXTS[0] + " " + "x" * 80}})
    for place in range(2):
        sent = Submission(
            wave="spring-post", place="agency", instance=f"instance-{place}", part="form",
            respondent=f"hash-{place}", body=body, digest="d", way="tablet", language="en",
            instrument=instrument.id, day="2025-02-04", instrument_version=instrument.version,
            instrument_hash=content_hash(instrument),
        )  # fmt: skip
        assert desk.writer.submit(sent).result(20) == "new"
    session = web.session_of(desk, "analyst", name="Ann")
    page = new_page(width=width, served=served, session=session)

    def check(path):
        page.goto(served.url + path)
        assert axe(page) == [], path
        wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), f"{path} is wider than {width} px"

    check(BASE)
    check(REVIEW)
    page.get_by_role("button", name="Keep this version").click()
    web.expect(page.get_by_text("The edited text is kept.")).to_be_visible()
    check(f"{BASE}/class_change/reviewed")
    page.goto(served.url + THEMES)
    page.get_by_label("The theme in a few words").fill("Slower speech")
    page.get_by_role("button", name="Add it").click()
    check(THEMES)
    check(CODE)
    page.get_by_label("Slower speech").check()
    page.get_by_role("button", name="Keep and go on").click()
    web.expect(page.get_by_text("Nothing is left for you to code")).to_be_visible()
    check(BASE)


def test_only_texts_that_were_read_and_released_are_exported(analyst, fielded, send) -> None:
    export = "/desk/waves/spring-post/export"
    before = send(analyst, export, {"what": "texts"})
    assert "Smith" not in before.text
    assert "555" not in before.text
    decide(analyst, send, page_of(analyst, fielded, "Smith"), "edited", "[name] spoke fast")
    after = send(analyst, export, {"what": "texts"})
    assert "[name] spoke fast" in after.text
    assert "more time please" not in after.text
    row = read_audit(fielded.engine)[-1]
    assert row.detail == "1 reviewed texts, 2 not reviewed yet"
