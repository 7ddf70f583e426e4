"""The desk in a browser: for everybody to read, with and without JavaScript, on small screens."""

import pytest

from outcomes.pipeline.audit import record

PAGES = ["/desk/users", "/desk/users/Boss", "/desk/audit", "/desk/password", "/desk/nowhere"]
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [320, 1200])
def test_nobody_stumbles_over_a_page_of_the_desk(served, new_page, axe, web, width):
    session = web.session_of(served.desk, "administrator", name="Boss")
    about = "a-very-long-name-of-a-wave-that-does-not-fit"
    record(served.desk.engine, user="Boss", action="exported answers", about=about, detail="9 rows")
    page = new_page(width=width, served=served, session=session)
    for path in PAGES:
        page.goto(served.url + path)
        assert axe(page) == [], path
        assert not page.evaluate(TOO_WIDE), f"{path} is wider than {width} px"


def test_nobody_stumbles_over_setting_up_and_signing_in_or_over_their_errors(
    served, new_page, axe, web
):
    page = new_page(width=320, served=served)
    page.goto(f"{served.url}/desk/set-up")
    assert axe(page) == []
    fill(page, token="0" * 16)
    web.expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    web.session_of(served.desk, "coder", name="Cody")
    page.goto(f"{served.url}/desk/sign-in")
    assert axe(page) == []
    page.get_by_label("Name").fill("Cody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button").click()
    web.expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    assert not page.evaluate(TOO_WIDE)


def fill(page, **fields):
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    for name, value in (("name", "Rosa"), ("password", "heron violet ladder 52"),
                        ("again", "heron violet ladder 52")):  # fmt: skip
        page.fill(f"#{name}", value)
    page.get_by_role("button", name="Set up the desk").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_desk_is_set_up_in_a_browser_with_and_without_javascript(
    served, new_page, javascript, web
):
    page = new_page(served=served, javascript=javascript)
    refused = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    code = served.desk.set_up_token
    page.goto(f"{served.url}/desk/set-up#{code}")
    if javascript:  # it moves the code out of the address, into the field
        assert page.input_value("#token") == code
        assert code not in page.url
        fill(page)
    else:
        fill(page, token=code)
    page.goto(f"{served.url}/desk/users")
    web.expect(page.get_by_role("row", name="Rosa")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in")
    web.expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert [line for line in refused if "404" not in line] == []
