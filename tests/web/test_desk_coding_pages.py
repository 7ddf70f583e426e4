"""The coding pages in a browser: by keys alone, by fingers alone, without scripts."""

from datetime import date

import pytest
from coding_work import BODY, give_tasks, gold, keep_articles
from sqlalchemy import select

from outcomes.media.codebook import Code
from outcomes.pipeline.coding_tasks import save_code
from outcomes.store import read_facts
from outcomes.store.schema import CODES
from outcomes.web.sessions import end_session

HERE = "/desk/coding"
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll(
    "main .answer, main button, main summary, main input[type=text], .ways a")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
  .map((each) => each.outerHTML.slice(0, 120))"""
IN_SIGHT = """() => document.querySelector("#skip form").getBoundingClientRect().bottom
  <= window.innerHeight"""
LONG = "\n".join([BODY] * 6)


@pytest.fixture
def given(study, serve_study):
    """given(21) -> so many articles for Cody, and the desk."""

    def give(number, **more):
        urls = keep_articles(study, number, text=LONG)
        give_tasks(study, urls, coders=["Cody"], **more)
        return serve_study(study)

    return give


@pytest.fixture
def opened(new_page, web):
    """opened(served) -> the coding page of Cody; nothing may go wrong in its script."""
    wrong = []

    def open_page(served, *, path=HERE, role="coder", name="Cody", **more):
        session = web.session_of(served.desk, role, name=name)
        page = new_page(served=served, session=session, **more)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "Policy" in line.text else None)
        page.goto(served.url + path)
        return page

    yield open_page
    assert wrong == []


def codes_of(study):
    codes = read_facts(study.store, "codes")
    return codes.set_index(codes["url"].str.split("/").str[-1].astype(int)).sort_index()


def versions_of(study):
    with study.store.connect() as connection:
        return connection.execute(select(CODES.c.id)).all()


def is_chosen(page, name):
    return page.locator(f"input[name={name}]:checked").evaluate_all("all => all.map(e => e.value)")


def test_twenty_articles_are_coded_by_keys_alone(given, opened, study) -> None:
    served = given(21)
    page = opened(served, width=1200, height=800)
    sequences = {0: "2", 1: "1m", 2: "3a", 3: "n", 4: "1c", 5: "2u", 6: "y3p", 7: "rn", 8: "1o"}
    for k in range(20):
        page.get_by_text(f"{k} of 21 done").wait_for()
        for key in sequences.get(k, "2"):
            page.keyboard.press(key)
        if k == 9:
            page.keyboard.press("t")
            page.keyboard.type("Marlow Falls PD 123")  # no key of the page while one types
            page.keyboard.press("Escape")
            page.keyboard.press("w")
            page.keyboard.type("nsz?")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # once more, as a finger does
    page.get_by_text("20 of 21 done").wait_for()
    codes = codes_of(study)
    assert len(codes) == 20
    assert codes["tone"].fillna(9).tolist()[:9] == [0, -1, 1, 9, -1, 0, 1, 9, -1]
    assert codes.loc[3, "relevant"] == 0
    assert codes.loc[7, "relevant"] == 0
    assert (codes.loc[1, "mixed"], codes.loc[2, "self_credit"]) == (1, 1)
    assert codes["confidence"].tolist()[:6] == [2, 2, 2, 2, 3, 1]
    assert (codes.loc[6, "prompted"], codes.loc[8, "prompted"]) == (1, 0)
    assert codes.loc[9, ["target", "note"]].tolist() == ["Marlow Falls PD 123", "nsz?"]
    assert len(versions_of(study)) == 20
    assert codes["seconds"].max() < 60


def test_keys_choose_take_back_skip_and_go_back(given, opened, study) -> None:
    served = given(3)
    page = opened(served, width=1200, height=800)
    page.keyboard.press("Enter")  # nothing is chosen: the page stays
    page.keyboard.press("1")
    assert (is_chosen(page, "relevant"), is_chosen(page, "tone")) == (["1"], ["-1"])
    page.keyboard.press("m")
    page.keyboard.press("n")  # what is not relevant has no tone
    assert is_chosen(page, "tone") == is_chosen(page, "mixed") == []
    page.keyboard.press("3")
    assert is_chosen(page, "relevant") == ["1"]
    page.keyboard.press("3")
    assert is_chosen(page, "tone") == []
    for value in ("2", "3", "1", "2"):
        assert is_chosen(page, "confidence") == [value]
        page.keyboard.press("c")
    page.keyboard.press("s")
    page.keyboard.press("2")
    assert is_chosen(page, "tone") == []
    page.keyboard.press("Enter")
    page.get_by_text("The article before was skipped.").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("2 of 3 done").wait_for()
    page.keyboard.press("z")
    page.get_by_text("You coded this article before").wait_for()
    assert is_chosen(page, "tone") == ["-1"]
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.get_by_text("2 of 3 done").wait_for()
    assert codes_of(study)["tone"].to_dict() == {1: 0}


def test_the_help_shows_keys_and_rules_and_takes_no_key_for_an_answer(given, opened, axe) -> None:
    page = opened(given(1), width=820, height=1180)
    page.keyboard.press("?")
    page.get_by_role("heading", name="T6. Blame, and accusations").wait_for()
    assert axe(page) == []
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert is_chosen(page, "tone") == []


def test_articles_are_coded_on_a_tablet_by_taps_alone(given, browser, web, study) -> None:
    served = given(4)
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    session = web.session_of(served.desk, "coder", name="Cody")
    context.add_cookies([{"name": "desk-session", "value": session, "url": served.url}])
    page = context.new_page()
    page.goto(served.url + HERE)
    assert page.evaluate(TOO_SMALL) == []
    assert page.get_by_role("button", name="Save and next").bounding_box()["y"] < 1180 - 44
    for label in ("Negative", "Positive"):
        page.get_by_text(label, exact=True).tap()
        page.get_by_text("Unsure", exact=True).tap()
        page.get_by_role("button", name="Save and next").tap()
        page.wait_for_load_state()
    page.get_by_text("Skip this article").tap()
    page.wait_for_function(IN_SIGHT, timeout=5_000)  # the reasons, without scrolling
    page.get_by_text("I cannot read its language").tap()
    page.get_by_role("button", name="Skip it").tap()
    page.get_by_text("3 of 4 done").wait_for()
    page.get_by_role("button", name="Back to the last one").tap()
    page.get_by_text("2 of 4 done").wait_for()
    page.locator("#q-relevant").get_by_text("No", exact=True).tap()
    page.get_by_role("button", name="Save and next").tap()
    page.get_by_text("3 of 4 done").wait_for()
    context.close()
    codes = codes_of(study)
    assert codes["tone"].fillna(9).tolist() == [-1, 1, 9]
    assert codes["confidence"].tolist() == [1, 1, 2]


def test_articles_are_coded_without_scripts_on_a_narrow_screen(given, opened, study) -> None:
    page = opened(given(2), width=360, height=740, javascript=False)
    assert not page.evaluate(TOO_WIDE)
    assert page.evaluate(TOO_SMALL) == []
    page.locator("#q-relevant").get_by_label("Yes").check()
    page.get_by_role("button", name="Save and next").click()
    assert "A relevant article needs a tone" in page.get_by_role("alert").inner_text()
    page.get_by_label("Neutral").check()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text("Skip this article").click()
    page.get_by_label("I cannot read its language").check()
    page.get_by_role("button", name="Skip it").click()
    page.get_by_role("heading", name="Nothing is left to code").wait_for()
    assert codes_of(study)["tone"].to_dict() == {0: 0}


def test_what_was_entered_is_there_again_after_signing_in_and_for_nobody_else(
    given, opened, web, study
) -> None:
    served = given(2)
    give_tasks(study, ["https://courier.example/news/0"], coders=["Ben"], name="april")
    page = opened(served, width=820, height=1180)
    page.keyboard.press("1")
    page.keyboard.press("w")
    page.keyboard.type("half a thought")
    (cookie,) = [each for each in page.context.cookies() if each["name"] == "desk-session"]
    end_session(served.desk.engine, cookie["value"])
    page.keyboard.press("Enter")
    page.get_by_text("were not saved").wait_for()
    assert versions_of(study) == []
    page.get_by_label("Name").fill("Cody")
    page.get_by_label("Password").fill(web.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("is filled in again. It is not saved yet").wait_for()
    assert is_chosen(page, "tone") == ["-1"]
    assert page.input_value("#note") == "half a thought"
    session = web.session_of(served.desk, "coder", name="Ben")
    page.context.add_cookies([{"name": "desk-session", "value": session, "url": served.url}])
    page.goto(served.url + HERE)
    web.expect(page.get_by_role("heading", name="Mill Street 0")).to_be_visible()
    assert is_chosen(page, "tone") == []
    assert page.input_value("#note") == ""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1200, 800)])
def test_nobody_stumbles_over_a_page_of_coding(
    serve_study, opened, study, axe, width, height, web
) -> None:
    size = {"width": width, "height": height}
    urls = keep_articles(study, 4, text=LONG)
    give_tasks(study, urls[2:], coders=["Cody", "Ben"])
    for coder, tone in (("Cody", -1), ("Ben", 0)):
        code = Code(relevant=1, tone=tone, note="The last third weighs less")
        save_code(study, coder=coder, sample="march", url=urls[2], code=code, seconds=9,
                  day=date(2025, 2, 4))  # fmt: skip
    golds = {url: gold(0, "Closing lanes is routine (T2).") for url in urls[:2]}
    give_tasks(study, urls[:2], coders=["Cody"], name="first-steps", golds=golds)
    served = serve_study(study)
    page = opened(served, **size)
    pages = [HERE, f"{HERE}/codebook", f"{HERE}/samples"]
    for path in pages:
        page.goto(served.url + path)
        assert axe(page) == [], path
        assert not page.evaluate(TOO_WIDE), path
    page.goto(served.url + HERE)
    page.keyboard.press("s")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert axe(page) == []
    page.keyboard.press("Enter")
    page.get_by_text("0 of 1 as in the gold set").wait_for()
    assert axe(page) == []
    page.keyboard.press("Enter")
    page.get_by_text("1 of 2 done").wait_for()
    ann = opened(served, path=f"{HERE}/adjudicate", role="analyst", name="Ann", **size)
    assert axe(ann) == []
    assert not ann.evaluate(TOO_WIDE)
    ann.keyboard.press("2")
    ann.reload()
    web.expect(ann.get_by_text("is filled in again")).to_be_visible()
    assert is_chosen(ann, "tone") == ["0"]
    ann.keyboard.press("Enter")
    ann.get_by_text("It is settled.").wait_for()
    assert axe(ann) == []
