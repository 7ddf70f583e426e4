"""Kiosk mode: one device, one respondent after another, and no way from one to the next."""

from collections.abc import Callable

import pytest
from respondent import Respondent

from outcomes.store.submissions import read_submissions
from outcomes.web.desk_state import Desk

ADDRESS = "/s/residents-pre/eastbank"


@pytest.fixture
def kiosk(signed_in: Callable) -> Respondent:
    staff = Respondent(signed_in("interviewer"))
    staff.open("/kiosk/residents-pre/eastbank")
    assert "Kiosk mode for residents-pre, eastbank" in staff.text
    staff.send("start", form=1, follow=False)
    dropped = [each for each in staff.page.headers.get_list("set-cookie") if "Max-Age=0" in each]
    assert any(each.startswith("desk-session=") for each in dropped)
    return staff.follow()


def test_whoever_starts_a_kiosk_is_signed_out_on_that_device(kiosk: Respondent) -> None:
    assert kiosk.path == ADDRESS
    assert kiosk.browser.get("/kiosk/stop").headers["location"].startswith("/desk/sign-in")


def test_a_session_that_was_lent_out_is_over_everywhere(
    signed_in: Callable, another: Callable
) -> None:
    staff = Respondent(signed_in("interviewer"))
    copy = another()
    copy.cookies.set("desk-session", staff.browser.cookies["desk-session"])
    staff.open("/kiosk/residents-pre").send("start", form=1)
    assert copy.get("/kiosk/residents-pre").status_code == 303


@pytest.mark.parametrize("role", ["analyst", "coder"])
def test_other_roles_start_no_kiosk(signed_in: Callable, role: str) -> None:
    assert signed_in(role).get("/kiosk/residents-pre").status_code == 403


def test_nobody_who_is_not_signed_in_starts_or_ends_a_kiosk(client, desk: Desk) -> None:
    for address in ("/kiosk/residents-pre", "/kiosk/stop"):
        page = client.get(address)
        assert page.status_code == 303
        assert page.headers["location"].startswith("/desk/sign-in")


def test_answers_from_a_kiosk_are_marked_so(kiosk: Respondent, desk: Desk) -> None:
    kiosk.begin(ADDRESS)
    kiosk.finish()
    parts = read_submissions(desk.engine, "residents-pre")
    assert {part.way for part in parts} == {"kiosk"}
    assert {part.place for part in parts} == {"eastbank"}


def test_each_page_goes_back_to_the_notice_by_itself(kiosk: Respondent) -> None:
    assert "data-idle" not in kiosk.open(ADDRESS).text
    kiosk.begin(ADDRESS)
    again = f"{ADDRESS}/again"
    assert f'data-idle="90" data-go="{again}"' in kiosk.text
    assert f'content="300;url={ADDRESS}/there"' in kiosk.text
    kiosk.finish()
    assert f'data-idle="20" data-go="{again}"' in kiosk.text
    assert f'content="20;url={again}"' in kiosk.text


def test_a_page_outside_a_kiosk_stays(client) -> None:
    someone = Respondent(client)
    someone.begin(ADDRESS)
    assert "data-idle" not in someone.text
    assert "http-equiv" not in someone.text


def test_who_is_still_there_goes_on_and_who_is_not_leaves_nothing(
    kiosk: Respondent, desk: Desk
) -> None:
    kiosk.begin(ADDRESS)
    kiosk.send("next")
    kiosk.open(f"{ADDRESS}/there")
    assert "Are you still there?" in kiosk.text
    kiosk.send("go on")
    assert kiosk.path == f"{ADDRESS}/2"
    kiosk.open(f"{ADDRESS}/again")
    assert kiosk.path == ADDRESS
    assert kiosk.open(f"{ADDRESS}/2").path == ADDRESS
    assert "Was it you?" not in kiosk.text


def test_the_next_respondent_starts_afresh_even_where_nobody_cleared_the_screen(
    kiosk: Respondent, desk: Desk
) -> None:
    kiosk.begin(ADDRESS)
    kiosk.send("next", {"a.walks_1": "2"})
    kiosk.begin(ADDRESS)
    assert kiosk.values("a.walks_1") == []
    parts = read_submissions(desk.engine, "residents-pre")
    assert len({part.instance for part in parts}) == 2


def test_staff_end_a_kiosk_after_signing_in(
    kiosk: Respondent, signed_in: Callable, desk: Desk, web
) -> None:
    kiosk.browser.cookies.set(
        "desk-session", web.session_of(desk, "coordinator", name="Coordinator")
    )
    kiosk.open("/kiosk/stop")
    assert "residents-pre/eastbank" in kiosk.text
    kiosk.send("stop", form=1, follow=False)
    assert kiosk.page.headers["location"] == "/desk"
    assert not kiosk.browser.cookies.get("kiosk")
    assert "not in kiosk mode" in kiosk.open("/kiosk/stop").text


def test_a_kiosk_cannot_be_made_up(client) -> None:
    client.cookies.set("kiosk", "residents-pre/eastbank.0123456789abcdef")
    someone = Respondent(client)
    someone.begin(ADDRESS)
    assert "data-idle" not in someone.text


def test_a_kiosk_is_one_only_for_its_own_address(kiosk: Respondent) -> None:
    kiosk.begin("/s/spring-pre")
    assert "data-idle" not in kiosk.text
