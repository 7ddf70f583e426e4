"""What goes wrong while people answer, and what they are told."""

import re
from collections.abc import Callable

import pytest
from respondent import Respondent

from outcomes.pipeline.fielding import freeze_wave
from outcomes.store.group_writer import GroupWriter
from outcomes.store.submissions import read_submissions
from outcomes.surveys.merged import merged_answers
from outcomes.web.desk_state import Desk

WAVE = "residents-pre"
WALK = f"/s/{WAVE}"


def stored(desk: Desk):
    return read_submissions(desk.engine, WAVE)


def answers(desk: Desk):
    return merged_answers(desk.instrument(WAVE), stored(desk), occasion="pre")


@pytest.fixture
def someone(client) -> Respondent:
    found = Respondent(client)
    found.begin(WALK)
    return found


def out_of_order(_moment: str) -> None:
    raise OSError("the disk is gone")


def test_a_store_that_fails_gives_the_page_back_as_it_was_filled_in(
    someone: Respondent, desk: Desk
) -> None:
    whole, desk.writer = desk.writer, GroupWriter(desk.engine, at=out_of_order)
    desk.writer.start()
    someone.send("next", {"a.walks_1": "2"})
    desk.writer.stop()
    desk.writer = whole
    assert someone.page.status_code == 503
    assert int(someone.page.headers["retry-after"]) > 0
    assert "Not saved" in someone.text
    assert someone.values("a.walks_1") == ["2"]
    assert [part.part for part in stored(desk)] == ["start"]
    someone.send("next")
    assert someone.path == "/s/residents-pre/agency/2"
    assert answers(desk).given["walks_1"] == "2"


def test_a_store_that_fails_at_the_end_sends_nothing_and_says_so(
    someone: Respondent, desk: Desk
) -> None:
    while not someone.path.endswith("/send"):
        someone.send("next")
    whole, desk.writer = desk.writer, GroupWriter(desk.engine, at=out_of_order)
    desk.writer.start()
    someone.send("send")
    desk.writer.stop()
    desk.writer = whole
    assert (someone.page.status_code, "Not saved" in someone.text) == (503, True)
    assert not answers(desk).finished
    someone.send("send")
    assert "Your answers have arrived" in someone.text


def test_of_two_tabs_the_page_that_was_sent_last_counts(someone: Respondent, desk: Desk) -> None:
    form = someone.form()
    tabs = [{**someone.data(), "a.walks_1": value} for value in ("2", "4")]
    for tab in (*tabs, tabs[0]):
        assert someone.browser.post(form["action"], data=tab).status_code == 303
    assert answers(desk).given["walks_1"] == "2"
    assert len(stored(desk)) == 4


def test_a_page_that_comes_after_the_end_changes_nothing_and_is_told_so(
    someone: Respondent, desk: Desk
) -> None:
    form, data = someone.form(), someone.data()
    someone.finish()
    before = answers(desk).answers
    data["a.walks_1"] = ["5"]
    someone.page = someone.browser.post(form["action"], data=data)
    someone.follow()
    assert "What you just entered was not added" in someone.text
    assert answers(desk).answers == before
    assert "This form is finished" in someone.open("/s/residents-pre/agency/1").text


def test_a_form_without_its_token_is_refused(someone: Respondent, desk: Desk) -> None:
    form = someone.form()
    data = {name: value for name, value in form["fields"] if name != "csrf"}
    assert someone.browser.post(form["action"], data=data).status_code == 403
    other = someone.browser.post(
        form["action"], data=dict(form["fields"]), headers={"origin": "https://elsewhere.example"}
    )
    assert other.status_code == 403
    assert len(stored(desk)) == 1


def test_a_form_of_another_wave_is_no_form_here(
    someone: Respondent, desk: Desk, another: Callable, web
) -> None:
    instance = stored(desk)[0].instance
    stranger = Respondent(another())
    stranger.browser.cookies.set("answering", instance)
    assert stranger.open("/s/spring-pre/agency/1").path == "/s/spring-pre"
    data = {"csrf": web.token_on(stranger.page.text), "part": "page/about_trust"}
    lost = stranger.browser.post("/s/spring-pre/agency/2", data=data)
    assert lost.status_code == 409
    assert "We do not know where you were" in lost.text
    assert read_submissions(desk.engine, "spring-pre") == []


def test_a_form_that_nobody_began_cannot_be_filled_in(client, desk: Desk) -> None:
    stranger = Respondent(client)
    stranger.browser.cookies.set("answering", "12345678-1234-4234-8234-123456789012")
    assert stranger.open("/s/residents-pre/agency/1").path == WALK


def test_the_cookie_holds_the_form_and_nothing_else(client, desk: Desk) -> None:
    someone = Respondent(client).open(WALK)
    someone.send("begin")
    cookies = someone.page.headers.get_list("set-cookie")
    [cookie] = [each for each in cookies if each.startswith("answering=")]
    assert cookie.partition(";")[0] == f"answering={stored(desk)[0].instance}"
    assert {"HttpOnly", "SameSite=strict", f"Path={WALK}"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower()


def test_no_address_of_a_page_holds_a_code_or_the_form(someone: Respondent, desk: Desk) -> None:
    seen = []
    while not someone.path.endswith("/end"):
        seen.append(str(someone.page.url))
        someone.send("send" if someone.path.endswith("/send") else "next")
    instance = stored(desk)[0].instance
    assert len(seen) > 5
    assert not any(instance in each or stored(desk)[0].respondent in each for each in seen)


def test_pages_of_respondents_are_kept_by_no_browser(someone: Respondent) -> None:
    assert someone.page.headers["cache-control"] == "no-store"


def test_an_item_that_the_page_did_not_show_cannot_be_answered(
    someone: Respondent, desk: Desk
) -> None:
    form = someone.form()
    data = {**someone.data(), "asked": ["walks_1", "report_1"], "a.walks_1": "2",
            "a.report_1": "1"}  # fmt: skip
    someone.browser.post(form["action"], data=data)
    assert answers(desk).given == {"walks_1": "2"}


def test_a_choice_that_there_is_not_is_kept_as_given_and_asked_again(
    someone: Respondent, desk: Desk
) -> None:
    form = someone.form()
    data = {**someone.data(), "a.walks_1": "77"}
    someone.page = someone.browser.post(form["action"], data=data)
    someone.follow()
    assert "Please choose one of the answers shown." in someone.text
    assert answers(desk).given["walks_1"] == "77"


def instrument(desk: Desk) -> tuple[object, str]:
    path = desk.study.instrument_path("neighborhood")
    return path, path.read_text(encoding="utf-8")


def test_an_instrument_that_is_changed_while_somebody_answers_loses_nothing(
    someone: Respondent, desk: Desk
) -> None:
    someone.send("next", {"a.walks_1": "2", "a.walks_2": "3", "a.walks_3": "4"})
    path, text = instrument(desk)
    new = """
  - name: walks_4
    type: select_one agree
    group: about_walks
    label::en: A new one.
    label::es: Una nueva.
"""
    changed = text.replace("\n  - name: department_1", new + "\n  - name: department_1")
    changed = changed.replace("\nversion: 1\n", "\nversion: 2\n")
    assert changed.count("walks_4") == 1
    path.write_text(changed, encoding="utf-8")
    while not someone.path.endswith(("/send", "agency/1")):
        someone.send("next")
    assert "This survey was changed while you answered" in someone.text
    assert someone.values("a.walks_2") == ["3"]
    someone.send("next", {"a.walks_4": "5"})
    while not someone.path.endswith("/send"):
        someone.send("next")
    someone.send("send")
    found = answers(desk).answers
    assert [found[f"walks_{n}"] for n in (1, 2, 3, 4)] == ["2", "3", "4", "5"]
    assert {part.instrument_version for part in stored(desk)} == {"1", "2"}
    assert len({part.instrument_hash for part in stored(desk)}) == 2


def test_a_change_that_touches_no_answered_page_is_not_mentioned(
    someone: Respondent, desk: Desk
) -> None:
    someone.send("next", {"a.walks_1": "2"})
    path, text = instrument(desk)
    path.write_text(text.replace("Did one of them talk with you?", "Did they talk with you?"))
    while not someone.path.endswith("/send"):
        assert "was changed" not in someone.text
        someone.send("next")


def test_an_instrument_that_is_broken_meanwhile_loses_nothing_and_shows_no_path(
    someone: Respondent, desk: Desk
) -> None:
    someone.send("next", {"a.walks_1": "2"})
    path, text = instrument(desk)
    path.write_text("id: [", encoding="utf-8")
    someone.open("/s/residents-pre/agency/2")
    assert someone.page.status_code == 503
    assert "Nothing that you saved is lost" in someone.text
    assert "neighborhood.yaml" not in someone.text
    path.write_text(text, encoding="utf-8")
    assert someone.open("/s/residents-pre/agency/1").values("a.walks_1") == ["2"]


def test_a_page_that_the_instrument_lost_is_passed_over(someone: Respondent, desk: Desk) -> None:
    form = someone.form()
    data = {**someone.data(), "part": "page/long_gone"}
    assert someone.browser.post(form["action"], data=data).status_code == 303
    assert [part.part for part in stored(desk)] == ["start"]


def test_the_time_on_a_page_is_kept_to_ten_seconds_and_cannot_be_made_up(
    someone: Respondent, desk: Desk
) -> None:
    form = someone.form()
    since = dict(form["fields"])["since"]
    moment, _, seal = since.partition(".")
    for forged in ("", f"{int(moment) - 100}.{seal}", "x.y"):
        data = {**someone.data(), "since": forged, "a.walks_1": str(len(forged) % 5 + 1)}
        someone.browser.post(form["action"], data=data)
    assert {part.seconds for part in stored(desk)} == {None}
    now, desk.now = desk.now, lambda: now().replace(minute=1, second=17)
    someone.browser.post(form["action"], data={**someone.data(), "a.walks_1": "5"})
    assert stored(desk)[-1].seconds == 80


def withdraw(someone: Respondent, receipt: str) -> str:
    someone.open("/s/withdraw").send("ask", {"receipt": receipt})
    assert receipt in someone.text
    someone.send("yes")
    return re.sub(r'value="[^"]*"', "", someone.page.text)


def test_answers_are_taken_back_with_the_receipt_and_the_words_tell_nothing(
    someone: Respondent, desk: Desk, another: Callable
) -> None:
    receipt = someone.finish()
    stranger = Respondent(another())
    found = withdraw(stranger, receipt)
    assert stored(desk)[0].part == "withdrawn"
    assert all(part.body in {"", "{}"} for part in stored(desk))
    assert withdraw(Respondent(another()), receipt) == found
    assert "These answers were taken back" in someone.open("/s/residents-pre/agency/1").text


def test_nothing_is_erased_before_somebody_says_yes(someone: Respondent, desk: Desk) -> None:
    receipt = someone.finish()
    before = len(stored(desk))
    someone.open("/s/withdraw").send("ask", {"receipt": f" {receipt.lower()} "}).send("no")
    assert "Nothing was erased" in someone.text
    assert len(stored(desk)) == before


@pytest.mark.parametrize("typed", ["", "R", "7KM2-9Q4", "R0000-001", "R" * 300])
def test_what_is_no_receipt_is_said_at_once(client, typed: str) -> None:
    someone = Respondent(client).open("/s/withdraw")
    someone.send("ask", {"receipt": typed})
    assert someone.page.status_code == 400
    assert "does not look like a receipt" in someone.text


def test_guessing_receipts_ends_after_a_while(someone: Respondent, desk: Desk) -> None:
    receipt = someone.finish()
    page = someone.open("/s/withdraw").send("ask", {"receipt": receipt}).form()
    data = {**dict(page["fields"]), "do": "yes"}
    pages = [someone.browser.post("/s/withdraw", data=data).status_code for _ in range(21)]
    assert pages == [200] * 20 + [429]


def test_a_frozen_wave_keeps_its_answers(someone: Respondent, desk: Desk) -> None:
    receipt = someone.finish()
    freeze_wave(desk.study, WAVE, user="Staff", today=desk.today())
    withdraw(someone, receipt)
    assert answers(desk).finished


@pytest.mark.parametrize(
    "name", ["academy", "detectives", "event_slip", "neighborhood", "partners", "personnel"]
)
def test_the_first_page_weighs_under_60_kilobytes_before_it_is_packed(
    client, desk: Desk, name: str
) -> None:
    settings = desk.study.root / "study.toml"
    wave = (
        f'\n[[waves]]\nlabel = "weigh"\ninstrument = "{name}"\ngroup = "w"\noccasion = "pre"\n'
        "opens = 2025-02-01\ncloses = 2025-02-28\n"
    )
    settings.write_text(settings.read_text(encoding="utf-8") + wave, encoding="utf-8")
    someone = Respondent(client)
    for url in ("/s/weigh", "/s/weigh?language=es"):
        page = someone.open(url).page
        assert weight(client, page) < 60_000
    someone.begin("/s/weigh")
    assert weight(client, someone.page) < 60_000


def weight(client, page) -> int:
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(files) == 2
    loaded = [client.get(file) for file in files]
    assert all(file.status_code == 200 for file in loaded)
    return len(page.content) + sum(len(file.content) for file in loaded)
