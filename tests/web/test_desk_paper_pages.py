"""The pages of paper entry, corrections and deletion, as a browser shows them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from outcomes.store import read_submissions
from outcomes.study import Study

APRIL = datetime(2025, 4, 15, 16, 0, tzinfo=UTC)
POST = "/desk/waves/spring-post/paper"


@pytest.fixture
def served_in_april(study: Study, serve_study: Callable[..., Any]) -> Any:
    """The wave spring-post is open: 21 questions, of which the last is written in words."""
    return serve_study(study, now=lambda: APRIL)


def keyer(served: Any, web: Any, new_page: Callable[..., Any], name: str, **more: Any) -> Any:
    session = web.session_of(served.desk, "interviewer", name=name)
    return new_page(served=served, session=session, **({"width": 1200, "height": 900} | more))


def key(page: Any, answers: str, *, delay: float = 0) -> None:
    """Key a sheet of the academy as a person would, without the mouse: a code, then Enter."""
    page.keyboard.press("Enter")  # no card
    for element in ("M", "J", "L", "A", "6", "1", "0"):
        page.keyboard.type(element, delay=delay)
        page.keyboard.press("Enter", delay=delay)
    for code in answers:
        page.keyboard.type(code, delay=delay)
        page.keyboard.press("Enter", delay=delay)
    page.keyboard.type("More of it", delay=delay)
    page.keyboard.press("Enter", delay=delay)


def test_a_sheet_is_keyed_without_the_mouse_in_under_a_minute(
    served_in_april: Any, new_page: Callable[..., Any], web: Any, axe: Callable[..., list[str]]
) -> None:
    ana = keyer(served_in_april, web, new_page, "Ana")
    ben = keyer(served_in_april, web, new_page, "Ben", width=800, height=1100)
    began = time.monotonic()
    for page, answers, after in (
        (ana, "4" * 20, "**/paper?*"),
        (ben, "4" * 18 + "23", "**/compare"),
    ):
        page.goto(f"{served_in_april.url}{POST}")
        assert axe(page) == []
        page.get_by_label("Sheet number").fill("0001")
        page.keyboard.press("Enter")
        page.wait_for_url("**/paper/agency/0001*")
        key(page, answers)
        assert page.evaluate("document.activeElement.id") == "done"
        assert page.locator(".said").nth(9).inner_text() == "Agree"
        assert axe(page) == []
        page.keyboard.press("Enter")
        page.wait_for_url(after)
    assert time.monotonic() - began < 60  # for both, pages and checks of the page included
    assert read_submissions(served_in_april.desk.engine, "spring-post") == []
    web.expect(ben.get_by_role("group")).to_have_count(2)
    assert axe(ben) == []
    first, second = ben.get_by_role("group").all()
    first.get_by_role("radio").first.check()
    second.get_by_role("textbox").fill("5")  # takes "something else" by itself
    ben.get_by_role("button", name="This stands on the paper").click()
    ben.get_by_text("agrees, and counts now").wait_for()
    (form,) = read_submissions(served_in_april.desk.engine, "spring-post")
    assert '"class_4": "4"' in form.body
    assert '"looking_back": "5"' in form.body
    assert axe(ben) == []


def test_the_pages_work_without_scripts_and_on_a_narrow_screen(
    served_in_april: Any, new_page: Callable[..., Any], web: Any
) -> None:
    page = keyer(served_in_april, web, new_page, "Ana", width=320, height=640, javascript=False)
    page.goto(f"{served_in_april.url}{POST}/agency/0001")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("[name='item.trust_1']").fill("9")
    page.get_by_role("button", name="Sheet is done").click()
    assert "Type one of 1-5, -9" in page.locator(".problem").inner_text()
    page.get_by_role("link", name="Question 1").click()
    page.locator("[name='item.trust_1']").fill("2")
    page.get_by_role("button", name="Keep, and go on later").click()
    web.expect(page.locator(".said", has_text="Disagree")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_corrections_and_deletion_are_open_to_readers_with_a_disability(
    served_in_april: Any, new_page: Callable[..., Any], web: Any, axe: Callable[..., list[str]]
) -> None:
    for name in ("Ana", "Ben"):
        page = keyer(served_in_april, web, new_page, name)
        page.goto(f"{served_in_april.url}{POST}/agency/0001")
        key(page, "4" * 20)
        page.keyboard.press("Enter")
        page.wait_for_url("**/paper?*")
    (form,) = read_submissions(served_in_april.desk.engine, "spring-post")
    session = web.session_of(served_in_april.desk, "administrator", name="Ada")
    ada = new_page(served=served_in_april, session=session, width=320, height=640)
    corrections = "/desk/waves/spring-post/corrections"
    for address in (
        corrections,
        f"{corrections}/{form.instance}",
        f"{corrections}/{form.instance}?item=trust_1",
        f"{corrections}/{form.instance}?item=class_change",
        "/desk/waves/spring-post/delete",
        f"/desk/waves/spring-post/delete?form={form.instance[:8]}",
        "/desk/retention",
    ):
        ada.goto(f"{served_in_april.url}{address}")
        assert axe(ada) == [], address
        assert ada.evaluate("document.documentElement.scrollWidth") <= 320, address
