import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.fielding import freeze_wave
from outcomes.store import Submission, parts_of, read_facts
from outcomes.store.desk_tables import ERASURES
from outcomes.store.engine import reading
from outcomes.surveys.instrument import content_hash
from outcomes.surveys.keyed_codes import receipt_of, sealed_digest
from outcomes.surveys.merged import merged_answers
from outcomes.web.desk_state import Desk

LIST = "/desk/waves/spring-pre/corrections"
DELETE = "/desk/waves/spring-pre/delete"
FORM = "0a0b0c0d-1111-4111-8111-111111111111"
OTHER = "1a0b0c0d-2222-4222-8222-222222222222"
UNFINISHED = "2a0b0c0d-3333-4333-8333-333333333333"
ANSWERS = {"trust_1": "1", "trust_2": "4", "support_1": "5"}


@pytest.fixture
def fielded(desk: Desk, client: Any) -> Desk:
    """Three forms of spring-pre: two finished, one begun."""
    instrument = desk.instrument("spring-pre")
    for instance, part, answers in (
        (FORM, "form", ANSWERS),
        (OTHER, "form", {"trust_1": "3"}),
        (UNFINISHED, "page/about_trust", {"trust_1": "2"}),
    ):
        body = json.dumps({"answers": answers})
        sent = Submission(
            wave="spring-pre",
            place="agency",
            instance=instance,
            part=part,
            respondent=f"hash-{instance[:4]}",
            body=body,
            digest=sealed_digest(desk.key, body.encode()),
            way="web",
            language="en",
            instrument=instrument.id,
            instrument_version=instrument.version,
            instrument_hash=content_hash(instrument),
            day="2025-02-04",
        )
        assert desk.writer.submit(sent).result(20) == "new"
    return desk


def answers_now(desk: Desk, instance: str = FORM) -> dict[str, str]:
    merged = merged_answers(desk.instrument("spring-pre"), parts_of(desk.engine, instance))
    return dict(merged.answers)


def actions(desk: Desk) -> list[str]:
    return [row.action for row in read_audit(desk.engine) if row.user in {"Ada", "Analyst"}]


def correction(**changed: str) -> dict[str, str]:
    return {"item": "trust_1", "new": "2", "reason": "keyed from the wrong row"} | changed


def test_the_list_shows_forms_and_no_answers(fielded: Desk, signed_in: Callable[..., Any]) -> None:
    analyst = signed_in("analyst")
    shown = analyst.get(LIST).text
    assert FORM[:8] in shown
    assert "not finished" in shown
    assert "Strongly disagree" not in shown
    assert actions(fielded) == []
    for role in ("interviewer", "coordinator", "coder"):
        assert signed_in(role).get(LIST).status_code == 403


def test_a_form_is_found_by_receipt_as_a_person_writes_it_or_by_its_number(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    analyst = signed_in("analyst")
    receipt = receipt_of(fielded.key, FORM)
    for typed in (receipt, receipt.lower().replace("-", " "), receipt.replace("0", "O"), FORM[:6]):
        assert send(analyst, LIST, {"form": typed}).headers["location"] == f"{LIST}/{FORM}"
    wrong = send(analyst, LIST, {"form": receipt_of(fielded.key, "another")})
    assert wrong.status_code == 400
    assert "no form of the wave spring-pre has this receipt" in wrong.text
    assert "no form begins with" in send(analyst, LIST, {"form": "ffff"}).text
    assert "no form begins with" in send(analyst, LIST, {"form": ""}).text


def test_looking_at_one_persons_answers_goes_on_record(
    fielded: Desk, signed_in: Callable[..., Any]
) -> None:
    shown = signed_in("analyst").get(f"{LIST}/{FORM}").text
    assert "Strongly disagree" in shown
    (row,) = [row for row in read_audit(fielded.engine) if row.action == "looked at one form"]
    assert (row.about, row.detail) == ("spring-pre", FORM[:8])


def test_a_correction_is_a_new_row_with_editor_and_reason_and_the_first_answer_stays(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    analyst = signed_in("analyst")
    address = f"{LIST}/{FORM}"
    reply = send(analyst, address, correction(), page=f"{address}?item=trust_1")
    assert reply.status_code == 303
    assert answers_now(fielded) == ANSWERS | {"trust_1": "2"}
    first, made = parts_of(fielded.engine, FORM)
    assert json.loads(first.body)["answers"] == ANSWERS
    assert (made.part, made.editor, made.reason) == (
        "correction", "Analyst", "keyed from the wrong row",
    )  # fmt: skip
    send(analyst, address, correction(new="", reason="the sheet is empty there"),
         page=f"{address}?item=trust_1")  # fmt: skip
    assert "trust_1" not in answers_now(fielded)
    shown = analyst.get(address).text.split("What was corrected")[1]
    assert "1 Strongly" not in shown
    assert shown.index("Strongly disagree") < shown.index("keyed from the wrong row")
    assert shown.count("4 February 2025") == 2
    assert actions(fielded).count("corrected an answer") == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"new": "6"}, "no answer here. Type one of 1-5, -9"),
        ({"new": "1"}, "this is what stands there already"),
        ({"reason": ""}, "the reason is missing or too short"),
        ({"reason": "wrong"}, "the reason is missing or too short"),
        ({"item": "class_1"}, "was not asked of this person"),
        ({"item": "nonsense"}, "asks no question"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_changed(
    fielded: Desk,
    signed_in: Callable[..., Any],
    send: Callable[..., Any],
    changed: dict[str, str],
    says: str,
) -> None:
    address = f"{LIST}/{FORM}"
    reply = send(
        signed_in("analyst"), address, correction(**changed), page=f"{address}?item=trust_1"
    )
    assert reply.status_code == 400
    assert says in reply.text
    assert answers_now(fielded) == ANSWERS
    assert "corrected an answer" not in actions(fielded)


def test_a_form_that_was_not_finished_is_not_corrected(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any], web: Any
) -> None:
    analyst, address = signed_in("analyst"), f"{LIST}/{UNFINISHED}"
    csrf = web.token_on(analyst.get(LIST).text)
    reply = analyst.post(address, data=correction(new="4") | {"csrf": csrf})
    assert "was not finished, so it does not count" in reply.text


def test_a_correction_in_a_frozen_wave_becomes_a_newer_version_of_the_answers(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    freeze_wave(fielded.study, "spring-pre", user="Cleo", today=date(2025, 2, 4))
    address = f"{LIST}/{FORM}"
    analyst = signed_in("analyst")
    assert "This wave is frozen" in analyst.get(address).text
    send(analyst, address, correction(), page=f"{address}?item=trust_1")
    facts = read_facts(fielded.engine, "answers").set_index("respondent")
    assert facts.loc[f"hash-{FORM[:4]}", "answers"]["trust_1"] == "2"
    assert "as a newer version" in analyst.get(address).text


def test_a_form_of_another_wave_is_not_shown(fielded: Desk, signed_in: Callable[..., Any]) -> None:
    reply = signed_in("analyst").get(f"/desk/waves/fall-pre/corrections/{FORM}")
    assert reply.status_code == 400
    assert "Strongly disagree" not in reply.text


def test_only_an_administrator_erases_and_only_after_typing_the_label(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    assert signed_in("analyst").get(DELETE).status_code == 403
    ada = signed_in("administrator", name="Ada")
    one = {"form": FORM[:8], "reason": "asked for by the respondent"}
    page = f"{DELETE}?form={FORM[:8]}"
    refused = send(ada, DELETE, one | {"label": "spring"}, page=page)
    assert refused.status_code == 400
    assert "type the label of the wave: spring-pre" in refused.text
    assert "in a few words why" in send(
        ada, DELETE, one | {"label": "spring-pre", "reason": "so"}, page=page
    ).text  # fmt: skip
    assert answers_now(fielded) == ANSWERS
    done = send(ada, DELETE, one | {"label": "spring-pre"}, page=page)
    assert done.headers["location"] == DELETE
    assert "Erased: the answers of 1 person." in ada.get(DELETE).text
    assert FORM[:8] not in ada.get(LIST).text
    assert OTHER[:8] in ada.get(LIST).text
    assert not (fielded.study.root / "exports").exists()  # the person wanted everything gone
    with reading(fielded.engine) as connection:
        (row,) = connection.execute(select(ERASURES)).all()
    assert (row.instance, row.user, row.day) == (FORM, "Ada", "2025-02-04")


def test_a_whole_wave_is_erased_only_when_closed_and_never_without_a_copy(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    ada = signed_in("administrator", name="Ada")
    whole = {"label": "spring-pre", "reason": "a trial run with colleagues"}
    refused = send(ada, DELETE, whole)
    assert "is open: people are answering it" in refused.text
    freeze_wave(fielded.study, "spring-pre", user="Cleo", today=date(2025, 2, 4))
    send(ada, DELETE, whole)
    (copy,) = (fielded.study.root / "exports").glob("erased-spring-pre-2025-02-04-*.csv")
    assert FORM in copy.read_text(encoding="utf-8")
    assert read_facts(fielded.engine, "answers").empty
    assert "There is nothing to erase" in ada.get(DELETE).text
    assert actions(fielded) == ["exported answers", "began to erase", "erased"]


def test_a_copy_is_downloaded_without_erasing_and_goes_on_record(
    fielded: Desk, signed_in: Callable[..., Any], send: Callable[..., Any]
) -> None:
    ada = signed_in("administrator", name="Ada")
    reply = send(ada, DELETE, {"do": "copy", "form": FORM[:8]})
    assert reply.headers["content-type"].startswith("text/csv")
    assert FORM in reply.text
    assert OTHER not in reply.text
    assert answers_now(fielded) == ANSWERS
    assert actions(fielded) == ["exported answers"]
    assert "no form begins with" in ada.get(f"{DELETE}?form=zz").text


def test_the_page_on_retention_says_what_is_kept_and_why(
    fielded: Desk, signed_in: Callable[..., Any]
) -> None:
    ada = signed_in("administrator", name="Ada")
    assert "study.toml sets no end" in ada.get("/desk/retention").text
    settings = fielded.study.root / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "\n[retention]\nmonths = 6\n", encoding="utf-8")
    shown = ada.get("/desk/retention").text
    assert "6 months after the last wave of a group has closed" in shown
    assert "kept: it is open" in shown
