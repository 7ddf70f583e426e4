"""The weekly review sheet at the desk."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.engagement import import_walks
from outcomes.store.publications import read_published
from outcomes.web.app import make_app

ROOT = Path(__file__).resolve().parents[2]
LATER = datetime(2025, 9, 12, 16, 0, tzinfo=UTC)
WALKS = (
    "place,type,start,minutes,coordinator,officers,sergeants,reached\n"
    "eastbank,squad,2025-09-01 10:00,25,sergeant,2,1,6\n"
    "eastbank,officer,2025-09-10 10:00,25,officer,2,0,6\n"
)


@pytest.fixture
def study(study, tmp_path):
    """The small study in the field, in September, with two walks."""
    shutil.copyfile(ROOT / "walk_rules.toml", study.root / "walk_rules.toml")
    path = tmp_path / "walks.csv"
    path.write_text(WALKS, encoding="utf-8")
    import_walks(study, path)
    return study


@pytest.fixture
def app(study):
    return make_app(study, now=lambda: LATER)


@pytest.mark.parametrize("role", ["coder", "interviewer", "coordinator", "analyst"])
def test_everybody_of_staff_sees_the_sheet(signed_in, role):
    page = signed_in(role).get("/desk/weekly?week=2025-W36&place=eastbank")
    assert page.status_code == 200
    assert "Weekly review: week 36 of 2025" in page.text
    assert "1 too short (25 of 30 minutes)" in page.text
    assert "style=" not in page.text.partition("<main")[2]  # the desk allows no such style


def test_nobody_else_sees_it(client):
    for path in ("/desk/weekly", "/desk/weekly/sheet.pdf", "/desk/weekly/sheet.css"):
        reply = client.get(path)
        assert reply.status_code == 303, path
        assert reply.headers["location"].startswith("/desk/sign-in")


def test_without_a_choice_the_last_week_that_is_over_is_shown(signed_in):
    page = signed_in("coordinator").get("/desk/weekly").text
    assert "week 36 of 2025" in page
    assert '<option value="2025-W37">' in page  # has begun, and can be chosen
    assert "2025-W38" not in page


def test_the_running_week_says_up_to_which_day(signed_in):
    page = signed_in("coordinator").get("/desk/weekly?week=2025-W37").text
    assert "what was done is up to Friday, September 12" in page


@pytest.mark.parametrize(
    "choice", ["week=2025-W99", "week=%00%00", "place=northgate", "week=2026-W02"]
)
def test_a_wrong_choice_is_answered_in_a_sentence(signed_in, choice):
    page = signed_in("coordinator").get(f"/desk/weekly?{choice}")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "Traceback" not in page.text


def test_the_sheet_comes_as_one_page_to_print_and_in_a_public_version(signed_in, send):
    browser = signed_in("coordinator")
    inside = browser.get("/desk/weekly/sheet.pdf?week=2025-W36")
    public = send(browser, "/desk/weekly/public.pdf", {"week": "2025-W36"}, page="/desk/weekly")
    assert inside.content.startswith(b"%PDF")
    assert public.content.startswith(b"%PDF")
    assert inside.content != public.content
    assert 'filename="weekly-2025-W36-public.pdf"' in public.headers["content-disposition"]


def test_to_publish_is_an_act_of_those_who_may_and_is_written_down(signed_in, send, desk):
    for path in ("/desk/weekly/sheet.pdf?week=2025-W36&public=yes", "/desk/weekly?public=yes"):
        assert signed_in("interviewer").get(path).status_code == 200
    assert read_published(desk.study.store) == {}  # looking publishes nothing
    refused = send(signed_in("interviewer"), "/desk/weekly/public.pdf", {"week": "2025-W36"},
                   page="/desk/password")  # fmt: skip
    assert refused.status_code == 403
    assert "Publish" not in signed_in("interviewer").get("/desk/weekly").text
    send(signed_in("analyst"), "/desk/weekly/public.pdf", {"week": "2025-W36"}, page="/desk/weekly")
    logged = [row for row in read_audit(desk.engine) if "weekly" in row.action]
    assert {row.about for row in logged} == {"2025-W36"}
    acts = [row.action for row in logged]
    assert acts == ["printed a weekly sheet", "published a weekly sheet"]
    assert all(cell.startswith("weekly|") for cell in read_published(desk.study.store))


def test_the_running_week_cannot_be_published(signed_in, send):
    browser = signed_in("coordinator")
    assert "Publish" not in browser.get("/desk/weekly?week=2025-W37").text
    answer = send(browser, "/desk/weekly/public.pdf", {"week": "2025-W37"}, page="/desk/weekly")
    assert answer.status_code == 400
    assert "is not over" in answer.text


def test_nobody_stumbles_over_the_sheet_on_a_phone(study, serve_study, new_page, axe, web):
    served = serve_study(study, now=lambda: LATER)
    session = web.session_of(served.desk, "coordinator", name="Cora")
    page = new_page(width=320, served=served, session=session)
    page.goto(f"{served.url}/desk/weekly?week=2025-W36")
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
