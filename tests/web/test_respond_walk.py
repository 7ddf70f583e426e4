import json
from collections.abc import Callable

import pytest
from respondent import Respondent
from sqlalchemy import insert

from outcomes.pipeline.fielding import close_wave, freeze_wave, open_wave
from outcomes.store.desk_tables import CARDS
from outcomes.store.submissions import read_submissions
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import instance_of, respondent_of
from outcomes.surveys.merged import merged_answers
from outcomes.web.desk_state import Desk

KINDS = """
id: kinds
version: 1
title::en: All kinds of questions
title::es: Preguntas de todo tipo
languages: [en, es]
population: residents
source: {construct: none, items: own items}
licence: MIT
notice::en: Taking part is your choice.
notice::es: Participar es voluntario.
choices:
  yes_no:
    - {name: 1, label::en: "Yes", label::es: "Sí"}
    - {name: 0, label::en: "No", label::es: "No"}
  fruit:
    - {name: a, label::en: Apples, label::es: Manzanas}
    - {name: b, label::en: Pears, label::es: Peras}
groups:
  first: {label::en: First, label::es: Primero}
  only_if: {label::en: Only if, label::es: Solo si, relevant: "${visited} = '1'"}
  last: {label::en: Last, label::es: Último}
items:
  - {name: visited, type: select_one yes_no, group: first, required: true,
     label::en: "Did you come?", label::es: "¿Vino usted?"}
  - {name: times, type: integer, group: first, required: true, relevant: "${visited} = '1'",
     constraint: ". > 0", constraint_message::en: "More than none.",
     constraint_message::es: "Más de cero.", label::en: "How often?", label::es: "¿Cuántas veces?"}
  - {name: fruit, type: select_multiple fruit, group: only_if,
     label::en: "Which fruit?", label::es: "¿Qué fruta?"}
  - {name: when, type: date, group: only_if, label::en: "When?", label::es: "¿Cuándo?"}
  - {name: size, type: decimal, group: last, label::en: "How big?", label::es: "¿Qué tan grande?"}
  - {name: more, type: text, appearance: multiline, group: last, privacy: free text,
     label::en: "What else?", label::es: "¿Qué más?"}
"""
KINDS_WAVE = """
[[waves]]
label = "kinds"
instrument = "kinds"
group = "kinds"
occasion = "pre"
opens = 2025-02-01
closes = 2025-02-28
"""
WALK = "/s/kinds"


@pytest.fixture
def someone(client, desk: Desk) -> Respondent:
    root = desk.study.root
    (root / "surveys" / "kinds.yaml").write_text(KINDS, encoding="utf-8")
    settings = root / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + KINDS_WAVE, encoding="utf-8")
    return Respondent(client)


def stored(desk: Desk, wave: str = "kinds"):
    return read_submissions(desk.engine, wave)


def answers(desk: Desk, wave: str = "kinds"):
    return merged_answers(desk.instrument(wave), stored(desk, wave), occasion="pre")


def test_the_notice_comes_first_and_begins_nothing(someone: Respondent, desk: Desk) -> None:
    someone.open(WALK)
    assert "Taking part is your choice." in someone.text
    assert stored(desk) == []


@pytest.mark.parametrize("wave", ["spring-pre", "residents-pre/eastbank"])
def test_a_shipped_instrument_is_answered_page_by_page_and_counts_as_finished(
    client, desk: Desk, wave: str
) -> None:
    someone = Respondent(client)
    code = someone.begin(f"/s/{wave}")
    receipt = someone.finish()
    label, _, place = wave.partition("/")
    merged = answers(desk, label)
    asked = [item.name for item in desk.instrument(label).items if item.asked]
    assert merged.finished
    assert len(merged.answers) >= len(asked) // 2
    assert merged.standing.complete
    assert merged.place == (place or "agency")
    assert receipt.startswith("R")
    assert all(code not in part.body and receipt not in part.body for part in stored(desk, label))
    assert {part.day for part in stored(desk, label)} == {"2025-02-04"}


def test_every_page_is_stored_before_the_next_one_is_shown(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "0"})
    assert [part.part for part in stored(desk)] == ["start", "page/first"]
    assert json.loads(stored(desk)[-1].body) == {"answers": {"visited": "0"}}
    assert stored(desk)[-1].seconds == 0


def test_a_question_that_an_answer_brings_up_on_the_same_page_is_asked_before_going_on(
    someone: Respondent, desk: Desk
) -> None:
    someone.begin(WALK)
    assert "a.times" not in someone.form()["inputs"]
    someone.send("next", {"a.visited": "1"})
    assert someone.path == "/s/kinds/agency/1"
    assert "New question" in someone.text
    someone.send("next", {"a.times": "2"})
    assert someone.path == "/s/kinds/agency/2"


def test_pages_that_do_not_apply_are_left_out_and_their_answers_do_not_count(
    someone: Respondent, desk: Desk
) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "1"}).send("next", {"a.times": "2"})
    someone.send("next", {"a.fruit": ["a", "b"], "a.when": "2025-02-01"})
    someone.open("/s/kinds/agency/1").send("next", {"a.visited": "0"})
    assert someone.path == "/s/kinds/agency/3"
    someone.finish()
    assert answers(desk).answers == {"visited": "0", "size": "3", "more": "3"}
    assert answers(desk).given["fruit"] == "a b"


def test_a_wrong_answer_brings_the_page_again_with_its_message_and_what_was_typed(
    someone: Respondent, desk: Desk
) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "1"}).send("next", {"a.times": "0"})
    assert "More than none." in someone.text
    assert 'href="#q-times"' in someone.text
    assert 'aria-describedby="error-times"' in someone.text
    assert "<title>Error" in someone.text
    assert someone.values("a.times") == ["0"]
    assert answers(desk).given["times"] == "0"


def test_a_needed_answer_is_asked_for_and_may_be_refused(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    someone.send("next")
    assert "Please answer this question." in someone.text
    someone.send("next", {"a.visited": "prefer not"})
    assert someone.path == "/s/kinds/agency/3"
    assert answers(desk).skipped == {"visited"}
    someone.send("back")
    assert someone.values("a.visited") == ["prefer not"]


@pytest.mark.parametrize("name", ["times", "fruit", "when", "size"])
def test_every_kind_of_question_can_be_refused(someone: Respondent, desk: Desk, name: str) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "1"})
    for _ in range(3):
        if name in someone.values("asked"):
            break
        someone.send("next", someone.first_answers())
    someone.send("next", {**someone.first_answers(), "skip": name})
    assert name in answers(desk).skipped
    assert not answers(desk).given[name]


def test_back_saves_too_and_finds_everything_as_it_was(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "1"}).send("next", {"a.times": "2"})
    someone.send("back", {"a.fruit": ["b"]})
    assert someone.path == "/s/kinds/agency/1"
    assert someone.values("a.visited") == ["1"]
    someone.send("next")
    assert someone.values("a.fruit") == ["b"]


def test_a_page_that_is_sent_twice_is_stored_once(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    form = someone.form()
    data = {**dict(form["fields"]), "a.visited": "0", "do": "next"}
    for _ in range(3):
        assert someone.browser.post(form["action"], data=data).status_code == 303
    assert [part.part for part in stored(desk)] == ["start", "page/first"]


def test_a_form_that_is_sent_twice_is_finished_once(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "0"}).send("next")
    form = someone.form()
    data = {**dict(form["fields"]), "do": "send"}
    places = [someone.browser.post(form["action"], data=data).headers["location"] for _ in "ab"]
    assert places == ["/s/kinds/agency/end"] * 2
    assert [part.part for part in stored(desk)].count("end") == 1


def test_a_begin_that_is_sent_twice_begins_one_form_with_one_code(
    someone: Respondent, desk: Desk
) -> None:
    form = someone.open(WALK).form()
    data = {**dict(form["fields"]), "do": "begin"}
    first, second = (someone.browser.post(form["action"], data=data).text for _ in "ab")
    assert first.partition("shown-code")[2][:60] == second.partition("shown-code")[2][:60]
    assert len(stored(desk)) == 1


def test_a_code_is_not_shown_again_once_somebody_went_on(
    someone: Respondent, another: Callable, desk: Desk
) -> None:
    form = someone.open(WALK).form()
    data = {**dict(form["fields"]), "do": "begin"}
    assert "shown-code" in someone.browser.post(form["action"], data=data).text
    someone.open("/s/kinds/agency/1").send("next", {"a.visited": "0"})
    again = someone.browser.post(form["action"], data=data)
    assert (again.status_code, again.headers["location"]) == (303, "/s/kinds/agency/3")
    stranger = another()
    stranger.cookies.set("form", someone.browser.cookies["form"])
    assert stranger.post(form["action"], data=data).headers["location"] == "/s/kinds"


def test_the_code_opens_the_form_on_another_device_at_the_first_open_page(
    someone: Respondent, another: Callable, desk: Desk
) -> None:
    code = someone.begin(WALK)
    someone.send("next", {"a.visited": "0"})
    phone = Respondent(another("192.168.1.20"))
    phone.open(WALK).send("code", {"code": code.lower().replace("-", " ")}, form=1)
    assert phone.path == "/s/kinds/agency/3"
    phone.open("/s/kinds/agency/1")
    assert phone.values("a.visited") == ["0"]


def test_a_code_opens_a_new_form_in_the_next_wave_of_the_same_person(client, desk: Desk) -> None:
    someone = Respondent(client)
    code = someone.begin("/s/spring-pre")
    someone.finish()
    open_wave(desk.study, "spring-post", user="Staff", today=desk.today())
    someone.open("/s/spring-post").send("code", {"code": code}, form=1)
    assert someone.path == "/s/spring-post/agency/1"
    first, second = stored(desk, "spring-pre")[0], stored(desk, "spring-post")[0]
    assert first.respondent == second.respondent == respondent_of(desk.key, code)
    assert first.instance != second.instance


def test_a_code_whose_form_arrived_is_told_so(someone: Respondent, another: Callable) -> None:
    code = someone.begin(WALK)
    someone.finish()
    phone = Respondent(another())
    phone.open(WALK).send("code", {"code": code}, form=1)
    assert "have arrived already" in phone.text
    assert "answering" not in phone.browser.cookies


def test_the_other_language_keeps_everything_typed(someone: Respondent, desk: Desk) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "0"})
    someone.send("language es", {"a.size": "2.5", "a.more": "línea 1\nlínea 2"})
    assert '<html lang="es" dir="ltr">' in someone.text
    assert "¿Qué más?" in someone.text
    assert someone.path == "/s/kinds/agency/3"
    assert someone.values("a.size") == ["2.5"]
    assert someone.values("a.more") == ["línea 1\nlínea 2"]
    someone.send("next")
    assert "Envíe sus respuestas" in someone.text
    assert stored(desk)[-1].language in {"en", "es"}


def test_the_language_of_the_browser_is_taken_where_nobody_chose(client) -> None:
    page = client.get("/s/spring-pre", headers={"accept-language": "fr;q=1, es-MX;q=0.8"})
    assert '<html lang="es"' in page.text
    assert '<html lang="en"' in client.get("/s/spring-pre?language=en").text


def test_a_self_made_code_is_hashed_and_never_shown_again(client, desk: Desk) -> None:
    someone = Respondent(client)
    someone.begin("/s/spring-pre")
    elements = [name for name in someone.form()["inputs"] if name.startswith("code.")]
    typed = {name: "3" if "older" in name or "month" in name else "q" for name in elements}
    someone.send("next", typed)
    assert someone.path == "/s/spring-pre/agency/2"
    hashes = answers(desk, "spring-pre").code
    assert len(hashes) == 7
    assert all(len(one) == 26 for one in hashes.values())
    someone.send("back")
    assert "You have made your code already" in someone.text
    assert not any(someone.values(name)[0] for name in elements)
    someone.send("next")
    assert answers(desk, "spring-pre").code == hashes


def test_a_part_of_the_code_that_cannot_be_used_is_said_and_the_rest_is_kept(
    client, desk: Desk
) -> None:
    someone = Respondent(client)
    someone.begin("/s/spring-pre")
    someone.send("next", {"code.mother_letter": "A", "code.mother_month": "13"})
    assert someone.page.status_code == 400
    assert "a number from 0 to 12" in someone.text
    assert someone.values("code.mother_letter") == ["A"]
    someone.send("next", {"code.mother_month": "12"})
    assert someone.path == "/s/spring-pre/agency/2"
    assert {"mother_letter", "mother_month"} <= set(answers(desk, "spring-pre").code)


def test_a_wave_with_cards_lets_in_only_codes_of_its_cards(client, desk: Desk) -> None:
    known, unknown = make_codes(2, seed=1)
    respondent = respondent_of(desk.key, known)
    with desk.engine.begin() as connection:
        card = {"group": "fall", "serial": 1, "respondent": respondent, "day": "2025-02-01"}
        connection.execute(insert(CARDS).values(**card))
    someone = Respondent(client).open("/s/fall-pre")
    assert 'value="begin"' not in someone.text
    someone.send("code", {"code": unknown})
    assert (someone.page.status_code, "We do not know this code" in someone.text) == (400, True)
    someone.send("code", {"code": "7KM2-9Q5"})
    assert "does not look like a code" in someone.text
    assert stored(desk, "fall-pre") == []
    someone.send("code", {"code": known})
    assert someone.path == "/s/fall-pre/agency/1"
    assert stored(desk, "fall-pre")[0].instance == instance_of(
        desk.key, wave="fall-pre", respondent=respondent
    )


def test_a_wave_with_cards_begins_no_form_without_one(client, desk: Desk, web) -> None:
    page = client.get("/s/fall-pre")
    data = {"csrf": web.token_on(page.text), "do": "begin", "nonce": "x" * 22}
    assert client.post("/s/fall-pre", data=data).status_code == 303
    assert stored(desk, "fall-pre") == []


def test_guessing_codes_ends_after_a_while(client, desk: Desk) -> None:
    someone = Respondent(client).open("/s/fall-pre")
    for _ in range(30):
        assert someone.send("code", {"code": "7KM2-9Q5"}).page.status_code == 400
    someone.send("code", {"code": "7KM2-9Q5"})
    assert someone.page.status_code == 429
    assert int(someone.page.headers["retry-after"]) > 0


def test_waves_that_are_not_open_say_so_with_the_day(client, desk: Desk) -> None:
    someone = Respondent(client)
    assert "It opens on April 14, 2025" in someone.open("/s/spring-post").text
    someone.open("/s/residents-pre")
    close_wave(desk.study, "residents-pre", user="Staff", today=desk.today())
    someone.send("begin")
    assert "This survey is closed" in someone.text
    assert "February 28, 2025" in someone.text
    assert stored(desk, "residents-pre") == []
    freeze_wave(desk.study, "residents-pre", user="Staff", today=desk.today())
    assert "This survey is closed" in someone.open("/s/residents-pre").text
    assert "14 de abril de 2025" in someone.open("/s/spring-post?language=es").text


def test_who_has_begun_may_finish_after_the_close_but_not_after_the_freeze(
    client, desk: Desk, another: Callable
) -> None:
    someone, late = Respondent(client), Respondent(another())
    someone.begin("/s/spring-pre")
    late.begin("/s/spring-pre")
    close_wave(desk.study, "spring-pre", user="Staff", today=desk.today())
    someone.finish()
    freeze_wave(desk.study, "spring-pre", user="Staff", today=desk.today())
    late.open("/s/spring-pre/agency/2")
    assert "This survey is closed" in late.text


@pytest.mark.parametrize("address", ["/s/nothing", "/s/spring-pre/nowhere", "/s/nothing/agency/1"])
def test_an_unknown_address_is_answered_plainly(client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 404
    assert "There is no survey at this address" in page.text


def test_a_form_can_be_left_so_that_the_next_person_finds_none(
    someone: Respondent, desk: Desk
) -> None:
    someone.begin(WALK)
    someone.finish()
    someone.send("leave")
    assert someone.path == WALK
    assert someone.open("/s/kinds/agency/end").path == WALK
    assert "Receipt" not in someone.text


def test_a_form_begun_on_this_device_is_offered_and_not_shown_to_somebody_else(
    someone: Respondent, desk: Desk
) -> None:
    someone.begin(WALK)
    someone.send("next", {"a.visited": "0"})
    someone.open(WALK)
    assert "Was it you?" in someone.text
    someone.send("go on")
    assert someone.path == "/s/kinds/agency/3"
    someone.open(WALK).send("begin", form=1)
    assert "shown-code" in someone.text
    assert len({part.instance for part in stored(desk)}) == 2
