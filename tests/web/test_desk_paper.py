import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from outcomes.store import parts_of, read_submissions
from outcomes.store.desk_tables import PAPER_ENTRIES
from outcomes.store.engine import reading
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import respondent_of
from outcomes.surveys.paper import PageMark, page_mark_text
from outcomes.web.desk_state import Desk

PAPER = "/desk/waves/spring-pre/paper"
SHEET = f"{PAPER}/agency/0001"
CODE = make_codes(1, seed=7)[0]
TRUST = {f"item.trust_{number}": "4" for number in range(1, 6)}
KEYED = TRUST | {"item.support_1": "-9", "code.mother_letter": "a", "code.mother_month": "6"}
DONE = {"action": "done"}


@pytest.fixture
def keyers(signed_in: Callable[..., Any]) -> tuple[Any, Any]:
    return signed_in("interviewer", name="Ana"), signed_in("interviewer", name="Ben")


def entries(desk: Desk) -> list[Any]:
    with reading(desk.engine) as connection:
        return list(connection.execute(select(PAPER_ENTRIES).order_by(PAPER_ENTRIES.c.id)))


def forms(desk: Desk, wave: str = "spring-pre") -> list[Any]:
    return read_submissions(desk.engine, wave)


def test_a_sheet_that_two_people_keyed_alike_becomes_a_form(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, ben = keyers
    picked = send(ana, PAPER, {"sheet": " 0001 ", "place": "agency", "language": "es"})
    assert picked.headers["location"] == f"{SHEET}?language=es"
    send(ana, f"{SHEET}?language=es", KEYED | DONE)
    assert forms(desk) == []
    assert "keyed once" in ana.get(PAPER).text
    assert send(ben, f"{SHEET}?language=es", KEYED | DONE).status_code == 303
    (form,) = forms(desk)
    assert (form.part, form.way, form.place, form.language) == ("form", "paper", "agency", "es")
    body = json.loads(form.body)
    assert body["answers"]["trust_3"] == "4"
    assert set(body["code"]) == {"mother_letter", "mother_month"}
    assert "counts" in ben.get(PAPER).text
    assert "0 of 23 fields keyed twice differed" in ben.get(PAPER).text


def test_nothing_counts_before_two_people_agree_and_a_third_may_settle_it(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any], signed_in: Callable[..., Any]
) -> None:
    ana, ben = keyers
    send(ana, SHEET, KEYED | DONE)
    reply = send(ben, SHEET, KEYED | {"item.trust_1": "1", "item.trust_2": ""} | DONE)
    assert reply.headers["location"] == f"{SHEET}/compare"
    assert forms(desk) == []
    cleo = signed_in("coordinator", name="Cleo")
    shown = cleo.get(f"{SHEET}/compare").text
    assert "1 Strongly disagree" in shown
    assert "4 Agree" in shown
    assert "left empty" in shown
    assert "trust_3" not in shown
    send(cleo, f"{SHEET}/compare", {"take.trust_1": "second"})
    assert forms(desk) == []
    refused = send(cleo, f"{SHEET}/compare", {"take.trust_2": "other", "other.trust_2": "7"})
    assert refused.status_code == 422
    assert "Type one of 1-5, -9" in refused.text
    assert forms(desk) == []
    send(cleo, f"{SHEET}/compare", {"take.trust_2": "other", "other.trust_2": "2"})
    (form,) = forms(desk)
    answers = json.loads(form.body)["answers"]
    assert (answers["trust_1"], answers["trust_2"]) == ("1", "2")
    assert form.editor == "Cleo"
    assert "2 of 23 fields keyed twice differed" in cleo.get(PAPER).text


def test_the_second_person_sees_nothing_of_what_the_first_keyed(
    keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, ben = keyers
    send(ana, SHEET, {"item.trust_1": "2", "action": "keep"})
    assert 'value="2"' in ana.get(SHEET).text
    assert 'value="2"' not in ben.get(SHEET).text
    send(ana, SHEET, {"item.trust_1": "2"} | DONE)
    assert 'value="2"' not in ben.get(SHEET).text
    assert ben.get(f"{SHEET}/compare").status_code == 400
    assert ana.get(SHEET).status_code == 303  # and the first cannot be the second
    send(ben, SHEET, {"item.trust_1": "2"} | DONE)
    assert ana.get(SHEET).headers["location"].startswith(f"{SHEET}/compare")


def test_the_same_person_cannot_be_both(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any], web: Any
) -> None:
    ana, _ = keyers
    csrf = web.token_on(ana.get(SHEET).text)
    ana.post(SHEET, data=KEYED | DONE | {"csrf": csrf})
    again = ana.post(SHEET, data=KEYED | DONE | {"csrf": csrf})
    assert again.status_code == 400
    assert "Another person must key it the second time" in again.text
    assert forms(desk) == []


def test_an_invalid_code_is_refused_with_what_is_allowed_and_the_rest_is_kept(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, _ = keyers
    reply = send(ana, SHEET, KEYED | {"item.trust_1": "6", "code.mother_month": "13"} | DONE)
    assert reply.status_code == 422
    assert "&#39;6&#39; is no answer here. Type one of 1-5, -9" in reply.text
    assert "Type a number 0-12" in reply.text
    assert 'value="6"' in reply.text  # what was typed stays in its field, to be mended
    (row,) = entries(desk)
    assert "trust_1" not in row.body["answers"]
    assert row.body["answers"]["trust_2"] == "4"
    assert row.body["stage"] == "draft"
    assert "Agree" in ana.get(SHEET).text


def test_no_code_that_was_typed_is_stored_or_shown_again(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, _ = keyers
    send(ana, SHEET, KEYED | {"card": CODE, "action": "keep"})
    shown = ana.get(SHEET).text
    assert CODE not in shown
    assert shown.count(">kept<") == 3
    (row,) = entries(desk)
    assert row.body["card"] == respondent_of(desk.key, CODE)
    assert CODE not in json.dumps(row.body)
    refused = send(ana, SHEET, {"card": CODE[:-1] + "?", "action": "keep"})
    assert "no code of a card" in refused.text
    assert CODE[:-1] not in refused.text
    send(ana, SHEET, {"card": "-", "code.mother_letter": "-", "action": "keep"})
    assert entries(desk)[-1].body["card"] == ""
    assert "mother_letter" not in entries(desk)[-1].body["code"]
    assert "mother_month" in entries(desk)[-1].body["code"]


def test_codes_that_differ_are_keyed_again_by_both_and_never_shown(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any], signed_in: Callable[..., Any]
) -> None:
    ana, ben = keyers
    other = make_codes(1, seed=8)[0]
    send(ana, SHEET, KEYED | {"card": CODE} | DONE)
    send(ben, SHEET, KEYED | {"card": other} | DONE)
    shown = ben.get(f"{SHEET}/compare").text
    assert "both key them again" in shown
    assert respondent_of(desk.key, CODE) not in shown
    third = signed_in("coordinator", name="Cleo")
    assert 'name="card"' not in third.get(f"{SHEET}/compare").text
    send(ben, f"{SHEET}/compare", {"card": CODE})
    (form,) = forms(desk)
    assert form.respondent == respondent_of(desk.key, CODE)


def test_a_code_that_nobody_can_read_is_left_out(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, ben = keyers
    send(ana, SHEET, KEYED | {"card": CODE} | DONE)
    send(ben, SHEET, KEYED | DONE)
    send(ana, f"{SHEET}/compare", {"take.code card": "none"})
    (form,) = forms(desk)
    assert form.respondent != respondent_of(desk.key, CODE)


def test_a_card_that_has_answered_already_does_not_count_twice(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, ben = keyers
    for sheet in ("0001", "0002"):
        address = f"{PAPER}/agency/{sheet}"
        send(ana, address, KEYED | {"card": CODE} | DONE)
        reply = send(ben, address, KEYED | {"card": CODE} | DONE)
    assert reply.status_code == 400
    assert "has answered spring-pre already" in reply.text
    assert len(forms(desk)) == 1
    assert "agrees, not counted yet" in ana.get(PAPER).text
    send(ana, f"{PAPER}/agency/0002/compare", {"take.code card": "none"})
    assert len(forms(desk)) == 2


def test_counting_that_broke_off_is_taken_up_again_without_a_second_form(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = keyers
    send(ana, SHEET, KEYED | DONE)
    from outcomes.web.desk import paper_sheet

    keep = paper_sheet.SheetAtDesk.keep

    async def broken(self: Any, stage: str, *given: Any, **more: Any) -> None:
        if stage == "counted":
            raise OSError("the power goes")
        await keep(self, stage, *given, **more)

    monkeypatch.setattr(paper_sheet.SheetAtDesk, "keep", broken)
    assert send(ben, SHEET, KEYED | DONE).status_code == 500
    monkeypatch.undo()
    assert "agrees, not counted yet" in ben.get(PAPER).text
    send(ben, f"{SHEET}/compare", {})
    (form,) = forms(desk)
    assert parts_of(desk.engine, form.instance) == [form]
    assert "counts" in ben.get(PAPER).text


def test_what_a_screen_would_not_let_pass_is_a_caution_that_sending_again_confirms(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any], web: Any
) -> None:
    ana, _ = keyers
    address = "/desk/waves/fall-pre/paper/agency/0001"
    shown = send(ana, address, TRUST | DONE)
    assert shown.status_code == 200
    assert "no code of a card is keyed" in shown.text
    assert entries(desk)[-1].body["stage"] == "draft"
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    sent = TRUST | DONE | {"seen": seen, "csrf": web.token_on(shown.text)}
    assert ana.post(address, data=sent).status_code == 303
    assert entries(desk)[-1].body["stage"] == "done"


def test_a_sheet_without_any_answer_is_not_entered(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, _ = keyers
    assert "Nothing is keyed yet" in send(ana, SHEET, DONE).text
    assert "keyed once" not in ana.get(PAPER).text.split("Sheets so far")[1].split("<table")[1]


def mark(**other: Any) -> str:
    about = {"form": "academy", "version": "1", "page": 1, "serial": "0042", "language": "es",
             "occasion": "pre", "large": False}  # fmt: skip
    return page_mark_text(PageMark(**(about | other)))


def test_a_scanned_pattern_says_number_and_language_and_refuses_another_form(
    keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, _ = keyers
    reply = send(ana, PAPER, {"sheet": mark(), "place": "eastbank", "language": "en"})
    assert reply.headers["location"] == f"{PAPER}/eastbank/0042?language=es"
    for wrong in (mark(occasion="post"), mark(form="partners"), mark(version="2")):
        reply = send(ana, PAPER, {"sheet": wrong, "place": "agency"})
        assert reply.status_code == 400
        assert "Key it under its own wave" in reply.text
    assert "no sheet number" in send(ana, PAPER, {"sheet": "a b", "place": "agency"}).text
    assert "names no place" in send(ana, PAPER, {"sheet": "1", "place": "mars"}).text


def test_sheets_of_two_places_may_bear_the_same_number(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    ana, ben = keyers
    for place in ("eastbank", "northgate"):
        for person in (ana, ben):
            send(person, f"{PAPER}/{place}/0001", KEYED | DONE)
    assert sorted(form.place for form in forms(desk)) == ["eastbank", "northgate"]
    assert len({form.instance for form in forms(desk)}) == 2


def test_a_planned_wave_takes_no_sheets_and_only_keyers_come_in(
    keyers: tuple[Any, Any], send: Callable[..., Any], signed_in: Callable[..., Any]
) -> None:
    ana, _ = keyers
    reply = send(ana, "/desk/waves/spring-post/paper", {"sheet": "0001", "place": "agency"})
    assert "still planned" in reply.text
    assert signed_in("analyst").get(PAPER).status_code == 403
    assert signed_in("coder").get(SHEET).status_code == 403


def test_answers_that_the_conditions_hide_are_kept_and_marked(
    desk: Desk, keyers: tuple[Any, Any], send: Callable[..., Any]
) -> None:
    folder = desk.study.root / "surveys" / "academy.yaml"
    text = folder.read_text(encoding="utf-8")
    text = text.replace(
        "  - name: support_5\n", '  - name: support_5\n    relevant: "${support_4} = 5"\n'
    )
    folder.write_text(text, encoding="utf-8")
    ana, ben = keyers
    hidden = KEYED | {"item.support_4": "1", "item.support_5": "3"}
    send(ana, SHEET, hidden | {"action": "keep"})
    assert "kept, but does not count" in ana.get(SHEET).text
    for person in (ana, ben):
        shown = send(person, SHEET, hidden | DONE)
        assert "Question 10 was not to be answered" in shown.text
        seen = shown.text.split('name="seen" value="')[1].split('"')[0]
        send(person, SHEET, hidden | DONE | {"seen": seen})
    (form,) = forms(desk)
    assert json.loads(form.body)["answers"]["support_5"] == "3"
