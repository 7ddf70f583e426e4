"""Every page that respondents see, in Chromium: nobody is shut out, nothing is too wide."""

import re
from collections.abc import Callable

import pytest
from respondent import Respondent

from outcomes.study import Study, open_study

SHIPPED = ("academy", "detectives", "event_slip", "neighborhood", "partners", "personnel")
WIDTHS = (390, 1200)


@pytest.fixture
def all_fielded(study: Study) -> Study:
    """A study in which every shipped instrument has an open wave, on each of its occasions."""
    settings = study.root / "study.toml"
    waves = [
        f'\n[[waves]]\nlabel = "{name}-{occasion}"\ninstrument = "{name}"\ngroup = "{name}-all"\n'
        f'occasion = "{occasion}"\nopens = 2025-02-01\ncloses = 2025-02-28\n'
        for name in SHIPPED
        for occasion in ("pre", "post", "follow-up")
    ]
    settings.write_text(settings.read_text(encoding="utf-8") + "".join(waves), encoding="utf-8")
    return open_study(study.root)


class Walker:
    """Somebody who looks at each page in both widths, and notes what axe finds."""

    def __init__(self, page: object, axe: Callable) -> None:
        self.page, self.axe = page, axe
        self.found: list[str] = []
        self.seen = 0

    def look(self, what: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 844})
            faults = self.axe(self.page)
            self.found += [f"{what} ({width} px): {fault}" for fault in faults]
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                self.found.append(f"{what}: {wide} px too wide at {width} px")
            self.seen += 1

    def show(self, someone: Respondent) -> None:
        """Look at a page that was fetched before: quicker than to load each page anew."""
        self.page.set_content(someone.page.text, wait_until="load")
        assert self.page.evaluate("getComputedStyle(document.body).margin") == "0px"  # styled
        self.look(str(someone.page.url))

    def press(self, value: str) -> None:
        self.page.click(f'.buttons button[value="{value}"]')


def second_answers(someone: Respondent) -> dict[str, str | list[str]]:
    """The second choice everywhere, which brings up the questions that depend on an answer."""
    return {
        name: inputs[min(1, len(inputs) - 1)][1]
        for name, inputs in someone.form()["inputs"].items()
        if name.startswith("a.") and inputs[0][0] in {"radio", "checkbox"}
    }


def walk(walker: Walker, someone: Respondent, url: str) -> None:
    walker.show(someone.open(url))
    someone.send("begin")
    walker.show(someone)
    someone.open(re.search(r'class="button" href="([^"]+)"', someone.page.text)[1])
    for _ in range(40):
        if someone.path.endswith("/send"):
            break
        walker.show(someone)
        if "code.mother_month" in someone.form()["inputs"]:
            walker.show(someone.send("next", {"code.mother_month": "99"}))
            someone.send("next", {"code.mother_month": "9"})
        else:
            someone.send("next", second_answers(someone))
    walker.show(someone)
    walker.show(someone.send("send"))
    assert someone.path.endswith("/end")


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_of_any_shipped_instrument_shuts_anybody_out(
    all_fielded: Study, serve_study: Callable, new_page: Callable, axe: Callable, web,
    language: str,
) -> None:  # fmt: skip
    served = serve_study(all_fielded)
    walker = Walker(new_page(), axe)
    walker.page.goto(f"{served.url}/s/withdraw")
    for name in SHIPPED:
        # what is asked on "pre" is asked on the others too
        occasions = ("post", "follow-up") if name == "academy" else ("pre",)
        for occasion in occasions:
            someone = Respondent(web.computer(served.app))
            walk(walker, someone, f"/s/{name}-{occasion}?language={language}")
            assert f'<html lang="{language}"' in someone.text
    assert walker.found == []
    assert walker.seen > 80


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_beside_the_form_shuts_anybody_out(
    study: Study, serve_study: Callable, new_page: Callable, axe: Callable, language: str
) -> None:
    served = serve_study(study)
    walker = Walker(new_page(), axe)
    page = walker.page
    for what in ("/s/spring-post", "/s/fall-pre", "/s/residents-pre/northgate", "/s/withdraw"):
        page.goto(f"{served.url}{what}?language={language}")
        walker.look(what)
    page.goto(f"{served.url}/s/fall-pre")
    page.fill("#code", "wrong")
    walker.press("code")
    walker.look("wrong code")
    page.goto(f"{served.url}/s/withdraw")
    walker.press("ask")
    walker.look("wrong receipt")
    page.fill("#receipt", "R" + "0" * 7)
    walker.press("ask")
    walker.look("receipt")
    page.goto(f"{served.url}/s/nowhere")
    walker.look("no survey")
    assert walker.found == []


def test_every_kind_of_question_and_its_error_shuts_nobody_out(
    study: Study, serve_study: Callable, new_page: Callable, axe: Callable
) -> None:
    from test_respond_walk import KINDS, KINDS_WAVE

    (study.root / "surveys" / "kinds.yaml").write_text(KINDS, encoding="utf-8")
    settings = study.root / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + KINDS_WAVE, encoding="utf-8")
    served = serve_study(open_study(study.root))
    walker = Walker(new_page(), axe)
    page = walker.page
    page.goto(f"{served.url}/s/kinds")
    walker.press("begin")
    page.click("a.button")
    walker.press("next")
    walker.look("needed answer")
    page.check("#q-visited-1")
    walker.press("next")
    walker.look("new question")
    page.fill("#q-times", "none")
    walker.press("next")
    walker.look("wrong number")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.click(".summary a")
    assert page.evaluate("document.activeElement.id") == "q-times"
    page.fill("#q-times", "2")
    page.keyboard.press("Enter")  # goes on, and neither back nor to another language
    page.wait_for_url("**/agency/2")
    for _ in range(2):
        walker.look("fields")
        walker.press("next")
    assert walker.found == []


def test_a_form_is_filled_in_without_javascript(
    study: Study, serve_study: Callable, new_page: Callable
) -> None:
    served = serve_study(study)
    page = new_page(javascript=False)
    page.goto(f"{served.url}/s/residents-pre")
    page.click('button[value="begin"]')
    page.click("a.button")
    while not page.url.endswith("/send"):
        page.click('.buttons button[value="next"]')
    page.click('.buttons button[value="send"]')
    assert page.inner_text("h1") == "Your answers have arrived."


def test_a_kiosk_begins_anew_by_itself_when_nobody_is_there(
    study: Study, serve_study: Callable, new_page: Callable, web
) -> None:
    served = serve_study(study)
    session = web.session_of(served.desk, "interviewer", name="Interviewer")
    page = new_page(served=served, session=session)
    page.goto(f"{served.url}/kiosk/residents-pre")
    page.click("text=Start kiosk mode")
    page.clock.install()
    page.click('button[value="begin"]')
    page.click("a.button")
    # The page must have begun to count before its clock is put forward.
    page.wait_for_url("**/agency/1")
    page.wait_for_load_state("load")
    page.clock.fast_forward(70_000)
    page.wait_for_selector("#idle:not([hidden])")
    page.keyboard.press("Tab")
    page.wait_for_selector("#idle", state="hidden")
    page.clock.fast_forward(95_000)
    page.wait_for_url("**/s/residents-pre")
    page.goto(f"{served.url}/s/residents-pre/agency/1")
    assert page.url.endswith("/s/residents-pre")


def test_the_whole_row_of_a_choice_can_be_touched(
    study: Study, serve_study: Callable, new_page: Callable
) -> None:
    served = serve_study(study)
    page = new_page()
    page.goto(f"{served.url}/s/residents-pre")
    page.click('button[value="begin"]')
    page.click("a.button")
    page.wait_for_selector(".choice")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        boxes = [row.bounding_box() for row in page.query_selector_all(".choice")]
        assert len(boxes) > 10
        assert min(box["height"] for box in boxes) >= 44
        assert min(box["width"] for box in boxes) >= 44
    row = page.query_selector(".choice").bounding_box()
    page.mouse.click(row["x"] + row["width"] - 4, row["y"] + row["height"] / 2)
    assert page.is_checked("#q-walks_1-1")
