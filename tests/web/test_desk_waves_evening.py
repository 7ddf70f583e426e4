"""A coordinator's first evening in a real browser: from an empty study to a frozen pre wave."""

from datetime import date

import pytest
from fielded_codes import codes_on

from outcomes.pipeline.folder import new_study
from outcomes.store import read_facts


def fill(page, **fields) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)


def press(page, words: str) -> None:
    page.click(f"main button:has-text('{words}'), main a.button:has-text('{words}')")


def print_cards(page, look) -> list[str]:
    """Print four cards from the page of the wave, and go back to it."""
    wave = page.url
    press(page, "Print the code cards")
    look(page)
    fill(page, n="4")
    with page.expect_download() as cards:
        press(page, "Draw the cards")
    page.goto(wave)
    return codes_on(cards.value.path())


def answer(page) -> None:
    """Answer page after page, as somebody with a card does, until the end."""
    for _ in range(20):
        if page.url.endswith("/end"):
            return
        for group in page.locator("fieldset:has(input[type=radio])").all():
            group.locator("input[type=radio]").nth(2).check(force=True)
        for box in page.locator("main input[type=text]").all():
            box.fill("5" if box.get_attribute("inputmode") == "numeric" else "M")
        page.locator("main button[type=submit]:not(.quiet)").last.click()
        page.wait_for_load_state()
    pytest.fail(f"the form did not end: {page.url}")


@pytest.fixture
def look(axe):
    """look(page): nothing stands in a reader's way, and it fits the narrowest phone."""

    def look(page) -> None:
        assert axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url

    return look


def test_from_an_empty_study_to_a_frozen_wave(tmp_path, serve_study, new_page, web, look) -> None:
    study = new_study(tmp_path / "ours", today=date(2025, 1, 20))
    served = serve_study(study)  # its clock stands on 4 February 2025
    session = web.session_of(served.desk, "coordinator", "analyst", name="Ana")
    page = new_page(width=320, height=800, served=served, session=session)
    page.goto(f"{served.url}/desk")
    look(page)

    press(page, "Fill in the study")
    look(page)
    fill(page, name="Academy 2025", agency="Elm Police", last="2025-12-31")
    press(page, "Save")

    press(page, "Plan a wave")
    look(page)
    fill(page, group="Winter class", opens="2025-02-03", closes="2025-02-01", planned="2")
    press(page, "Plan the wave")
    look(page)  # a mistake, said beside its field
    fill(page, closes="2025-02-07")
    press(page, "Plan the wave")
    assert page.url == f"{served.url}/desk/waves/winter-class-pre"
    look(page)

    codes = print_cards(page, look)
    with page.expect_download() as poster:
        press(page, "Print the poster")
    assert poster.value.suggested_filename == "poster-winter-class-pre.pdf"

    for code in codes[:2]:
        phone = new_page()
        phone.goto(f"{served.url}/s/winter-class-pre")
        phone.fill("#code", code)
        phone.click("button[value=code]")
        answer(phone)

    page.reload()
    assert "2 of about 2 forms finished" in page.inner_text("main")
    look(page)
    press(page, "Close the wave")
    press(page, "Freeze the wave")
    look(page)
    page.check("input[name=sure]")
    press(page, "Freeze the wave")
    assert "frozen with the answers of 2 people" in page.inner_text("main")
    assert "Plan the post wave" in page.inner_text("main")
    assert len(read_facts(served.desk.engine, "answers")) == 2
    page.goto(f"{served.url}/desk")
    look(page)


@pytest.mark.parametrize(
    "path", ["waves/fall-pre/reminders", "waves/fall-pre/change", "waves/fall-pre/export", "tablet"]
)
def test_the_other_pages_of_a_wave_are_in_nobodys_way(path, served, new_page, web, look) -> None:
    session = web.session_of(served.desk, "coordinator", "analyst", name="Ana")
    page = new_page(width=320, served=served, session=session)
    assert page.goto(f"{served.url}/desk/{path}").ok
    look(page)


def test_counts_come_by_themselves_while_somebody_looks(served, new_page, web) -> None:
    session = web.session_of(served.desk, "coordinator", name="Ana")
    page = new_page(width=1200, served=served, session=session)
    page.clock.install()
    page.goto(f"{served.url}/desk/waves/fall-pre")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/desk/waves/fall-pre/counts"):
        page.clock.run_for(11_000)
    assert asked == [f"{served.url}/desk/waves/fall-pre/counts"]
    page.clock.run_for(31 * 60_000)
    page.wait_for_timeout(300)
    seen = len(asked)
    page.clock.run_for(5 * 60_000)
    page.wait_for_timeout(300)
    assert len(asked) == seen  # after half an hour nobody is taken to be looking
