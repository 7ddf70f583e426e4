"""How a wave stands, and what staff can do with it."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from fielded_forms import fill, form, part, send
from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.collecting import collect_answers
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.fielding import (
    close_wave,
    freeze_wave,
    open_wave,
    reopen_wave,
    standing,
    wave_counts,
)
from outcomes.pipeline.run import run
from outcomes.pipeline.status import status
from outcomes.store import read_facts
from outcomes.store.desk_tables import WAVE_EVENTS
from outcomes.store.erasing import erase
from outcomes.study import open_study, study_key
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.keyed_codes import instance_of, respondent_of

ROOT = Path(__file__).resolve().parents[2]
BEFORE, DURING, AFTER = date(2025, 2, 1), date(2025, 2, 4), date(2025, 2, 10)
CODES = make_codes(12, seed=11)
POST = """
[[waves]]
label = "spring-post"
instrument = "academy"
group = "spring"
occasion = "post"
opens = 2025-04-14
closes = 2025-04-18
"""
ITEMS = [
    item.name
    for item in read_instrument(ROOT / "surveys/academy.yaml").items
    if item.type == "select_one agree"
]


@pytest.fixture
def study(study_folder):
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "surveys/academy.yaml", study_folder / "surveys/academy.yaml")
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    with (study_folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(POST)
    return open_study(study_folder)


def scored(score):
    """The same answer to every item of the three scales."""
    return dict.fromkeys(ITEMS, str(score))


def state_on(study, day, wave="spring-pre"):
    return standing(study, wave, today=day).state


def events(study):
    with study.store.connect() as connection:
        return list(
            connection.execute(select(WAVE_EVENTS.c.event).order_by(WAVE_EVENTS.c.id)).scalars()
        )


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 2, 2), "planned"),
        (date(2025, 2, 3), "open"),
        (date(2025, 2, 7), "open"),
        (date(2025, 2, 8), "closed"),
    ],
)
def test_a_wave_that_nobody_touched_follows_its_dates(study, day, state) -> None:
    assert state_on(study, day) == state


def test_a_wave_opened_early_closes_after_its_last_day_by_itself(study) -> None:
    open_wave(study, "spring-pre", user="Ana", today=BEFORE)
    assert state_on(study, BEFORE) == "open"
    assert state_on(study, date(2025, 2, 7)) == "open"
    assert state_on(study, date(2025, 2, 8)) == "closed"


def test_a_wave_opened_after_its_last_day_stays_open_until_staff_close_it(study) -> None:
    reopen_wave(study, "spring-pre", user="Ana", today=AFTER)
    assert state_on(study, date(2025, 12, 1)) == "open"
    close_wave(study, "spring-pre", user="Ana", today=AFTER)
    assert state_on(study, AFTER) == "closed"


def test_staff_close_a_wave_before_its_last_day(study) -> None:
    how = close_wave(study, "spring-pre", user="Ana", today=DURING)
    assert (how.state, how.by, how.since) == ("closed", "Ana", "2025-02-04")


def test_the_same_step_twice_is_one_event(study) -> None:
    for _ in range(2):
        close_wave(study, "spring-pre", user="Ana", today=DURING)
    assert events(study) == ["closed"]
    assert [(row.user, row.action) for row in read_audit(study.store)] == [("Ana", "closed a wave")]


def test_a_frozen_wave_stays_frozen(study) -> None:
    freeze_wave(study, "spring-pre", user="Ana", today=DURING)
    assert events(study) == ["closed", "frozen"]
    for step in (open_wave, reopen_wave, close_wave):
        with pytest.raises(DataError, match="frozen on 2025-02-04, and that is for good"):
            step(study, "spring-pre", user="Ana", today=AFTER)
    with pytest.raises(DataError, match="nothing came in after that"):
        freeze_wave(study, "spring-pre", user="Ana", today=AFTER)


def test_a_wave_that_study_toml_does_not_date_is_answered_with_those_it_does(study) -> None:
    with pytest.raises(DataError, match="Did you mean 'spring-pre'"):
        standing(study, "spring-per", today=DURING)


def test_only_finished_forms_become_answers_and_the_others_are_counted(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    fill(study, "spring-pre", CODES[1], scored(2), finished=False)
    account = collect_answers(study, "spring-pre")
    assert (account.started, account.finished, account.new) == (2, 1, 1)
    assert "Begun and not finished, so not counted: 1 form." in account.sentences()
    answers = read_facts(study.store, "answers")
    assert list(answers["respondent"]) == [respondent_of(study_key(study), CODES[0])]
    assert answers["answers"][0][ITEMS[0]] == "4"


def test_collecting_again_changes_nothing(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    collect_answers(study, "spring-pre")
    again = collect_answers(study, "spring-pre")
    assert (again.new, again.known) == (0, 1)


def test_a_correction_becomes_a_newer_version_of_the_answer(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    collect_answers(study, "spring-pre")
    body = {"answers": {ITEMS[0]: "2"}}
    send(study, part(study, "spring-pre", CODES[0], "correction", body, editor="Bo", reason="slip"))
    assert collect_answers(study, "spring-pre").new == 1
    (row,) = read_facts(study.store, "answers")["answers"]
    assert (row[ITEMS[0]], row[ITEMS[1]]) == ("2", "4")


def test_what_was_taken_back_is_neither_counted_nor_collected(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    fill(study, "spring-pre", CODES[1], scored(3))
    collect_answers(study, "spring-pre")
    key = study_key(study)
    instance = instance_of(key, wave="spring-pre", respondent=respondent_of(key, CODES[0]))
    erase(
        study.store, wave="spring-pre", instance=instance, user="", reason="taken back",
        day="2025-02-05",
    )  # fmt: skip
    account = collect_answers(study, "spring-pre")
    assert (account.finished, account.new, account.known) == (1, 0, 1)
    assert len(read_facts(study.store, "answers")) == 1


def test_of_a_card_that_was_used_twice_the_form_finished_first_counts(study) -> None:
    tablet = "0f0e0d0c-0b0a-4908-8706-050403020100"
    begun = form(study, "spring-pre", CODES[0], scored(2), finished=False)
    whole = part(
        study, "spring-pre", CODES[0], "form", {"answers": scored(5)}, instance=tablet, way="tablet"
    )
    end = part(study, "spring-pre", CODES[0], "end", {})
    send(study, *begun, whole, end)
    account = collect_answers(study, "spring-pre")
    assert (account.finished, account.new, account.twice) == (2, 1, 1)
    (row,) = read_facts(study.store, "answers")["answers"]
    assert row[ITEMS[0]] == "5"


def test_a_tablets_form_that_was_edited_counts_as_it_was_edited(study) -> None:
    old, new = "0f0e0d0c-0b0a-4908-8706-050403020100", "1f0e0d0c-0b0a-4908-8706-050403020100"
    about = {"way": "tablet", "day": "2025-02-04"}
    first = part(
        study, "spring-pre", CODES[0], "form", {"answers": scored(2)}, instance=old, **about
    )
    edited = part(
        study, "spring-pre", CODES[0], "form", {"answers": scored(5)}, instance=new, **about
    )
    gone = part(study, "spring-pre", CODES[0], "replaced", {"by": new}, instance=old, **about)
    send(study, first, edited, gone)
    account = collect_answers(study, "spring-pre")
    assert (account.started, account.finished, account.twice) == (1, 1, 0)
    (row,) = read_facts(study.store, "answers")["answers"]
    assert row[ITEMS[0]] == "5"


def test_a_hidden_or_unknown_answer_is_not_collected(study) -> None:
    fill(study, "spring-pre", CODES[0], {**scored(4), "times_spoke": "3"})
    collect_answers(study, "spring-pre")
    (row,) = read_facts(study.store, "answers")["answers"]
    instrument = read_instrument(study.instrument_path("academy"))
    later = [
        item.name
        for item in instrument.items
        if item.asked and "pre" not in (item.waves or ["pre"])
    ]
    assert later
    assert {row[name] for name in later} == {""}


def test_hashed_elements_of_a_self_made_code_are_kept_beside_the_answers(study) -> None:
    body = {"answers": scored(3), "code": {"mother_letter": "ab12", "father_letter": ""}}
    send(study, part(study, "spring-pre", CODES[0], "form", body, way="paper"))
    collect_answers(study, "spring-pre")
    (row,) = read_facts(study.store, "answers")["answers"]
    assert row["code.mother_letter"] == "ab12"
    assert "code.father_letter" not in row


def test_freezing_keeps_how_many_and_a_hash_that_does_not_depend_on_the_order(study) -> None:
    for code in CODES[:3]:
        fill(study, "spring-pre", code, scored(4))
    detail = freeze_wave(study, "spring-pre", user="Ana", today=AFTER).detail
    assert detail["n"] == 3
    assert len(detail["sha256"]) == 64
    (row,) = [row for row in read_audit(study.store) if row.action == "frozen a wave"]
    assert detail["sha256"] in row.detail


def test_a_form_that_comes_after_freezing_is_kept_and_reported_until_it_is_taken_in(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    freeze_wave(study, "spring-pre", user="Ana", today=AFTER)
    whole = part(study, "spring-pre", CODES[1], "form", {"answers": scored(5)}, way="tablet")
    assert send(study, whole) == ["new"]
    account = collect_answers(study, "spring-pre")
    assert (account.late, account.new, account.known) == (1, 0, 1)
    assert any("After the wave was frozen came 1 form" in line for line in account.sentences())
    assert any("1 form came after that" in line for line in status(study, today=AFTER).due)
    again = freeze_wave(study, "spring-pre", user="Ana", today=AFTER)
    assert again.detail["n"] == 2
    assert collect_answers(study, "spring-pre").late == 0


def test_a_correction_after_freezing_is_collected(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    freeze_wave(study, "spring-pre", user="Ana", today=AFTER)
    body = {"answers": {ITEMS[0]: "1"}}
    send(study, part(study, "spring-pre", CODES[0], "correction", body, editor="Bo", reason="slip"))
    assert collect_answers(study, "spring-pre").new == 1


def test_counts_come_by_way_place_and_day(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4), place="eastbank", day="2025-02-03")
    fill(study, "spring-pre", CODES[1], scored(4), finished=False)
    counts = wave_counts(study, "spring-pre")
    assert (counts.started, counts.finished) == (2, 1)
    assert dict(counts.finished_by) == {("web", "eastbank", "2025-02-03"): 1}


def test_fielded_waves_are_evaluated_like_imported_ones(study) -> None:
    for at, code in enumerate(CODES):
        fill(study, "spring-pre", code, scored(2 + at % 2))
        fill(study, "spring-post", code, scored(4 if at % 3 else 3 + at % 2), day="2025-04-15")
    for wave in ("spring-pre", "spring-post"):
        freeze_wave(study, wave, user="Ana", today=date(2025, 5, 1))
    evaluate(study)
    changes = [e for e in study.read_estimates() if e.analysis == "prepost"]
    assert changes
    assert {each.n for each in changes} == {len(CODES)}
    assert all(each.value == each.value for each in changes)


def test_run_collects_by_itself_first(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    said = []
    run(study, say=said.append)
    assert said[0] == "[collect]  wave spring-pre: 1 form finished, 1 stored, 0 already known."


def test_status_tells_how_fielded_waves_stand(study) -> None:
    fill(study, "spring-pre", CODES[0], scored(4))
    fill(study, "spring-pre", CODES[1], scored(4), finished=False)
    told = "1 form finished, 1 only begun"
    assert f"wave spring-pre is open: {told}" in status(study, today=DURING).due
    due = status(study, today=AFTER).due
    assert f"wave spring-pre is closed ({told}); run: outcomes survey freeze spring-pre" in due
    freeze_wave(study, "spring-pre", user="Ana", today=AFTER)
    assert not [line for line in status(study, today=AFTER).due if "spring-pre" in line]


def test_answers_to_another_text_of_the_questions_are_told_apart_until_staff_accept_it(
    study,
) -> None:
    from outcomes.pipeline.collecting import accept_text

    fill(study, "spring-pre", CODES[0], scored(4))
    path = study.instrument_path("academy")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Thank you. Your", "Many thanks. Your"), encoding="utf-8")
    account = collect_answers(study, "spring-pre")
    assert account.other_text == 1
    assert any("--same-meaning" in line for line in account.sentences())
    with pytest.raises(DataError, match="is not what the wave spring-pre was answered with"):
        evaluate(study)
    accept_text(study, "spring-pre", user="Ana", today=DURING)
    assert collect_answers(study, "spring-pre").other_text == 0
    evaluate(study)
