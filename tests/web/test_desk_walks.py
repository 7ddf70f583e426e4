"""Recording walks on a phone: checked, stored once, judged at once, seen by everybody."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from outcomes.engagement.walk_report import check_report
from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.engagement import import_walks
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.walk_planning import planned_walks, walk_calendar
from outcomes.pipeline.walk_reading import find_walk, stored_walks, walk_history
from outcomes.pipeline.walk_recording import asked, save_walk, take_back
from outcomes.store import bulk_append, read_facts
from outcomes.study import open_study
from outcomes.web.app import make_app

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).with_name("crashing_server.py")
EVENING = datetime(2025, 7, 9, 23, 0, tzinfo=UTC)  # Wednesday, seven in the evening in New York
LOCAL = datetime(2025, 7, 9, 19, 0)
SQUAD = {
    "type": "squad",
    "place": "eastbank",
    "day": "2025-07-09",
    "clock": "18:20",
    "minutes": "35",
    "coordinator": "sergeant",
    "sergeants": "1",
    "officers": "2",
    "reached": "14",
    "handouts": "20",
    "topics": ["lighting", "youth"],
    "conduct_listened": "yes",
    "conduct_handouts": "not seen",
    "photo": "yes",
    "photo_consent": "yes",
    "inside_border": "yes",
    "organisations": "St. Mary's Food Pantry\nEastbank Youth Center",
    "note": "Two people asked for a light at the bus stop.",
}


@pytest.fixture
def study(study):
    """The small study with walk rules; its walks begin on 1 July 2025 in Eastbank."""
    shutil.copyfile(ROOT / "walk_rules.toml", study.root / "walk_rules.toml")
    return study


@pytest.fixture
def app(study):
    return make_app(study, now=lambda: EVENING)


@pytest.fixture
def walker(signed_in):
    return signed_in("walker", name="Wanda")


@pytest.fixture
def save(walker, send):
    """save(minutes="20") -> the reply to the form of a squad walk with this change."""

    def save(browser=walker, **change):
        page = "/desk/walks/new?type=" + change.get("type", "squad")
        return send(browser, "/desk/walks/new", {**SQUAD, **change}, page=page)

    return save


def test_a_walk_is_stored_with_its_report_in_the_columns_of_the_log(save, walker, study):
    reply = save()
    assert reply.status_code == 303
    walks = read_facts(study.store, "walks")
    walk = walks.iloc[0]
    assert (walk["start"], walk["minutes"], walk["coordinator"]) == (
        "2025-07-09T18:20:00", 35.0, "sergeant",
    )  # fmt: skip
    assert walk["people"] == {"officers": 2, "sergeants": 1, "reached": 14}
    records = read_facts(study.store, "engagement_records")
    body = records.iloc[0]["body"]
    assert (records.iloc[0]["kind"], records.iloc[0]["by"]) == ("walk_report", "Wanda")
    assert body["topics"] == ["lighting", "youth"]
    assert body["organisations"] == ["St. Mary's Food Pantry", "Eastbank Youth Center"]
    assert (body["conduct_listened"], body["handouts"]) == ("yes", 20)
    assert "The walk is saved." in walker.get(reply.headers["location"]).text


def test_the_page_says_at_once_what_the_rule_says(save, walker):
    first = walker.get(save().headers["location"]).text
    assert "It counts as a squad walk." in first
    assert "In the week 2025-W28, 1 of 3 are done here: 2 more to do." in first
    short = save(clock="12:00", minutes="25", officers="")
    text = walker.get(short.headers["location"]).text
    assert "It does not count as a squad walk: too short, 25 of 30 minutes" in text
    assert "without an officer" in text


def test_the_same_form_sent_twice_is_one_walk(save, study, walker):
    first, second = save(), save()
    assert first.headers["location"] == second.headers["location"]
    assert len(read_facts(study.store, "walks")) == 1
    assert "This walk was saved before. It counts once." in walker.get(
        second.headers["location"]
    ).text  # fmt: skip


def test_a_form_that_arrives_many_times_at_once_is_one_walk(study):
    facts = asked(study, now=LOCAL)
    typed = {name: value if isinstance(value, list) else [value] for name, value in SQUAD.items()}
    report = check_report(typed, facts).report
    with ThreadPoolExecutor(4) as at_once:
        told = list(at_once.map(lambda _: save_walk(study, report, by="Wanda"), range(8)))
    assert [new for _, new in told].count(True) == 1
    assert len(read_facts(study.store, "walks")) == 1


def test_the_same_walk_in_an_imported_log_is_known_and_counts_once(save, study, tmp_path):
    save()
    log = tmp_path / "log.csv"
    log.write_text(
        "place,type,start,minutes,coordinator,sergeants,officers,reached\n"
        "eastbank,squad,2025-07-09 18:20,35,sergeant,1,2,14\n"
    )
    assert import_walks(study, log).known == 1
    assert len(read_facts(study.store, "walks")) == 1


def test_a_walk_that_a_log_has_with_other_numbers_is_refused_in_plain_words(save, study, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "place,type,start,minutes,coordinator,sergeants,officers\n"
        "eastbank,squad,2025-07-09 18:20,50,sergeant,1,2\n"
    )
    import_walks(study, log)
    reply = save()
    assert reply.status_code == 400
    assert "is stored already, with other numbers" in reply.text
    assert read_facts(study.store, "engagement_records").empty  # nothing is half stored


def test_a_walk_that_overlaps_another_of_its_type_is_asked_about(save, study):
    save()
    reply = save(clock="18:25")
    assert reply.status_code == 400
    assert "was under way here at that time" in reply.text
    assert save(clock="18:25", another="yes").status_code == 303
    assert len(read_facts(study.store, "walks")) == 2


@pytest.mark.parametrize(
    ("note", "why", "draft"),
    [
        ("Thanked by Maria near the park.", "a common first name", "[name]"),
        ("Call 555-123-4567 about the light.", "as in a phone number", "[phone]"),
        ("A car with plate XKD 4821 was left there.", "plate", "[plate]"),
        ("Noise at 418 Maple Street again.", "a house number and a street", "[address]"),
    ],
)
def test_a_note_that_names_somebody_is_shown_with_the_reason_and_not_saved(
    save, study, note, why, draft
):
    reply = save(note=note)
    assert reply.status_code == 400
    assert "<mark>" in reply.text
    assert why in reply.text
    assert draft in reply.text
    assert read_facts(study.store, "walks").empty
    assert read_facts(study.store, "engagement_records").empty


def test_the_suggested_text_is_saved_with_one_tap_and_there_is_no_way_around(save, study):
    note = "Maria Lopez asked for a light, call 555-123-4567."
    assert save(note=note, another="yes", do="save").status_code == 400
    assert save(note=note, do="suggested").status_code == 303
    kept = read_facts(study.store, "engagement_records").iloc[0]["body"]["note"]
    assert "Maria" not in kept
    assert "555" not in kept
    assert "asked for a light" in kept


def test_names_of_the_studys_places_are_no_secret(save):
    assert save(note="People of Eastbank thanked us; Northgate is next.").status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"minutes": "0"}, "Write a whole number from 1 to 600"),
        ({"minutes": "half"}, "Write a whole number from 1 to 600"),
        ({"officers": "-1"}, "Write a whole number from 0 to 9999"),
        ({"officers": "", "sergeants": ""}, "Say how many of the police walked"),
        ({"clock": "23:50"}, "This lies ahead"),
        ({"day": "9 July"}, "Write the day as 2026-03-31"),
        ({"day": "1925-07-09"}, "more than twenty years ago"),
        ({"place": "atlantis"}, "is no place here"),
        ({"coordinator": ""}, "Choose the rank"),
        ({"photo_consent": ""}, "whether those in the picture agreed"),
        ({"topics": ["religion of residents"]}, "Choose from the topics of the list"),
        ({"organisations": "Pastor Jonah Reed"}, "never a person&#39;s"),
        ({"organisations": "Hillside Church\nMaria Lopez"}, "never a person&#39;s"),
        ({"organisations": "Reed"}, "does not say that it is an organisation"),
        ({"conduct_friendly": "very"}, "is no answer here"),
    ],
)
def test_what_breaks_a_rule_is_told_beside_its_field_and_nothing_is_stored(
    save, study, change, sentence
):
    reply = save(**change)
    assert reply.status_code == 400
    assert sentence in reply.text
    assert read_facts(study.store, "walks").empty


def test_the_form_asks_first_for_whom_the_rule_asks_and_begins_before_now(walker):
    text = walker.get("/desk/walks/new?type=squad").text
    first, folded = text.split("Others of the police")[0], text.split("Others of the police")[1]
    assert 'name="sergeants"' in first
    assert 'name="officers"' in first
    assert 'name="captains"' in folded
    assert 'name="clock" type="time" value="18:30"' in text  # seven, minus thirty minutes
    assert 'value="sergeant" selected' in text
    assert 'name="minutes" type="number"' in text
    for word in ("badge", "officer_name", "rating", 'type="file"'):
        assert word not in text


def test_without_a_type_the_types_are_offered_with_their_rules(walker):
    text = walker.get("/desk/walks/new").text
    assert "led by a sergeant, 30 minutes or more, 3 a week" in text
    assert "within 24 hours after an incident" in text


@pytest.mark.parametrize("role", ["analyst", "coder"])
def test_only_those_who_walk_may_record_and_everybody_may_look(signed_in, save, role):
    where = save().headers["location"]
    browser = signed_in(role)
    assert browser.get("/desk/walks/new?type=squad").status_code == 403
    assert browser.get(f"{where}/correct").status_code == 403
    seen = browser.get("/desk/walks").text
    assert "Two people asked for a light at the bus stop." in seen
    assert "Record a walk" not in seen
    assert "Two people asked" in browser.get(where).text


@pytest.mark.parametrize("path", ["/desk/users", "/desk/waves/new", "/desk/news", "/desk/audit"])
def test_a_walker_may_do_nothing_else(walker, path):
    assert walker.get(path).status_code == 403


def test_a_walker_plans_nothing(walker, send):
    reply = walker.post("/desk/walks/plan", data={"do": "add"})
    assert reply.status_code == 403
    assert "Add a walk" not in walker.get("/desk/walks/plan").text


def test_who_is_not_signed_in_sees_nothing(client):
    assert client.get("/desk/walks").headers["location"].startswith("/desk/sign-in")


def test_the_overview_sets_done_beside_required_and_shows_the_leaders(save, walker):
    save()
    save(type="captain", coordinator="captain", captains="1", sergeants="", clock="15:00",
         minutes="50", note="")  # fmt: skip
    text = walker.get("/desk/walks").text
    squad = re.search(r"Squad walk<span.*?</tr>", text, re.S)[0]
    assert "Eastbank, 2025-W28" in squad
    assert re.findall(r'"number">([^<]+)<', squad) == ["1", "1 of 3"]
    leaders = re.search(r'<tr><th scope="row">W28<span.*?</th>(.*?)</tr>', text, re.S)[1]
    assert re.findall(r">(\d+)<", leaders) == ["2", "0", "1", "0"]


def test_a_correction_is_a_newer_version_with_a_reason(save, walker, send, study):
    where = save().headers["location"]
    fixed = {**SQUAD, "minutes": "45", "reason": "the end was typed too early"}
    reply = send(walker, f"{where}/correct", fixed)
    assert reply.status_code == 303
    (walk,) = stored_walks(study)
    assert walk.minutes == 45.0
    told = [(one.told.split(";")[0], one.reason) for one in walk_history(study, walk)]
    assert told == [("35 minutes", ""), ("45 minutes", "the end was typed too early")]
    assert read_audit(study.store)[-1].action == "corrected a walk"
    assert "the end was typed too early" in walker.get(where).text
    assert "the end was typed" not in walker.get(f"{where}/correct").text  # nor for the next one


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"minutes": "45"}, "Say in a few words why"),
        ({"reason": "no change at all"}, "Nothing was changed"),
        ({"minutes": "45", "reason": "Maria said so"}, "Write it without names"),
        ({"note": "Maria came.", "reason": "a better note"}, "may say who somebody is"),
    ],
)
def test_a_correction_without_reason_or_content_is_refused(
    save, walker, send, study, change, sentence
):
    where = save().headers["location"]
    reply = send(walker, f"{where}/correct", {**SQUAD, **change})
    assert reply.status_code == 400
    assert sentence in reply.text
    assert stored_walks(study)[0].minutes == 35.0


def test_a_correction_cannot_turn_a_walk_into_another_one(save, walker, send, study):
    where = save().headers["location"]
    moved = {**SQUAD, "place": "northgate", "clock": "01:00", "minutes": "45",
             "reason": "wrong minutes"}  # fmt: skip
    assert send(walker, f"{where}/correct", moved).status_code == 303
    (walk,) = stored_walks(study)
    assert (walk.place, walk.start) == ("eastbank", "2025-07-09T18:20:00")


def test_a_walker_corrects_only_their_own_walks_and_a_coordinator_any(save, signed_in):
    where = save().headers["location"]
    assert signed_in("walker", name="Walt").get(f"{where}/correct").status_code == 403
    assert signed_in("coordinator").get(f"{where}/correct").status_code == 200


@pytest.mark.parametrize("many", [1, 10_000])
def test_a_walk_of_a_log_can_be_corrected_and_keeps_its_half_minutes(
    signed_in, send, study, tmp_path, monkeypatch, many
):
    monkeypatch.setattr(bulk_append, "_MANY", many)  # 1: the log is kept as a block
    log = tmp_path / "log.csv"
    log.write_text(
        "place,type,start,minutes,coordinator,sergeants,officers\n"
        "eastbank,squad,2025-07-08 18:20:15,32.5,sergeant,1,2\n"
    )
    import_walks(study, log)
    (walk,) = stored_walks(study)
    browser = signed_in("coordinator")
    fields = {"type": "squad", "minutes": "32", "officers": "3", "sergeants": "1",
              "reason": "one officer more came"}  # fmt: skip
    assert send(browser, f"/desk/walks/{walk.id}/correct", fields).status_code == 303
    found = find_walk(study, walk.id)
    assert (found.minutes, dict(found.people)) == (32.5, {"officers": 3, "sergeants": 1})
    assert [one.by for one in walk_history(study, found)] == ["log.csv", "Coordinator"]
    assert stored_walks(study) == [found]
    assert stored_walks(study, since="2025-07-09") == []
    with pytest.raises(DataError, match="stored already with other content"):
        import_walks(study, log)
    take_back(study, found, by="Coordinator", reason="it was a shift walk")
    assert stored_walks(study) == []
    with pytest.raises(DataError, match="there is no such walk"):
        find_walk(study, walk.id)
    assert import_walks(study, log, amend=True).new == 0
    told = [one.told for one in walk_history(study, found) if one.what == "the walk"]
    assert [each.split(" minutes")[0] for each in told] == ["32.5", "32.5", "32.5"]


def test_a_walk_of_the_wrong_type_is_taken_back_and_counts_no_more(
    save, walker, send, study, tmp_path
):
    where = save().headers["location"]
    page = f"{where}/correct"
    refused = send(walker, f"{where}/take-back", {"reason": "Maria said so"}, page=page)
    assert refused.status_code == 400
    assert len(stored_walks(study)) == 1
    reply = send(walker, f"{where}/take-back", {"reason": "it was a shift walk"}, page=page)
    assert reply.status_code == 303
    assert stored_walks(study) == []
    assert read_facts(study.store, "walks").empty
    assert read_records(study).empty
    assert "1 of 3" not in walker.get("/desk/walks").text
    again = save()
    assert again.status_code == 400
    assert "was taken back" in again.text
    assert save(type="shift", coordinator="lieutenant", lieutenants="1").status_code == 303
    log = tmp_path / "log.csv"
    log.write_text(
        "place,type,start,minutes,coordinator,sergeants,officers,reached\n"
        "eastbank,squad,2025-07-09 18:20,35,sergeant,1,2,14\n"
    )
    import_walks(study, log)
    assert [walk.type for walk in stored_walks(study)] == ["shift"]


def test_a_walk_outside_the_border_is_judged_so_by_the_rules(save, walker):
    text = walker.get(save(inside_border="no").headers["location"]).text
    assert "outside the border" in text


def test_where_each_team_owes_walks_its_label_is_asked_for_and_no_name(save, walker, study):
    rules = study.root / "walk_rules.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('frequency_per = "place"', 'frequency_per = "coordinator"'))
    assert "Which team owes it?" in walker.get("/desk/walks/new?type=squad").text
    assert save(team="Rodriguez").status_code == 400
    reply = save(team="squad 3")
    assert "1 of 3 are done here for squad 3" in walker.get(reply.headers["location"]).text


def test_an_unknown_walk_is_a_page_that_is_missing(walker):
    assert walker.get("/desk/walks/0123456789abcdef").status_code == 404


PLAN = {"do": "add", "type": "squad", "place": "eastbank", "day": "2025-07-09", "from": "18:00",
        "minutes": "30", "coordinator": "sergeant", "briefing": "yes"}  # fmt: skip


def test_a_planned_walk_is_listed_done_when_it_was_done_and_can_be_cancelled(
    save, signed_in, send, study
):
    browser = signed_in("coordinator")
    later = {**PLAN, "day": "2025-07-11"}
    for plan in (PLAN, later, later):  # the last one is a double tap
        assert send(browser, "/desk/walks/plan", plan).status_code == 303
    save()
    stand = [one.standing for one in planned_walks(study, now=LOCAL)]
    assert stand == ["done", "to come"]
    assert ">done<" in browser.get("/desk/walks").text
    number = re.search(r'name="plan" value="(\w+)"', browser.get("/desk/walks/plan").text)[1]
    send(browser, "/desk/walks/plan", {"do": "cancel", "plan": number})
    stand = [one.standing for one in planned_walks(study, now=LOCAL)]
    assert stand == ["done", "cancelled"]
    send(browser, "/desk/walks/plan", later)
    stand = [one.standing for one in planned_walks(study, now=LOCAL)]
    assert stand == ["done", "to come"]


def test_a_plan_that_breaks_a_rule_is_told_beside_its_field(signed_in, send, study):
    browser = signed_in("coordinator")
    reply = send(browser, "/desk/walks/plan", {**PLAN, "minutes": "none", "from": "six"})
    assert reply.status_code == 400
    assert "Write a whole number from 1 to 600" in reply.text
    assert "the time as 18:05" in reply.text
    assert planned_walks(study, now=LOCAL) == []
    send(browser, "/desk/walks/plan", {**PLAN, "coordinator": ""})  # as the rule of squad walks
    assert planned_walks(study, now=LOCAL)[0].plan.coordinator == "sergeant"
    reply = send(browser, "/desk/walks/plan", {**PLAN, "type": "ad_hoc", "coordinator": ""})
    assert "Choose one. Allowed: officer, sergeant" in reply.text  # no rule says which
    other = send(browser, "/desk/walks/plan", {**PLAN, "minutes": "45"})
    assert "is planned here at this time already" in other.text


@pytest.mark.parametrize("day", ["0025-07-10", "9999-12-31"])
def test_a_slip_in_the_year_of_a_plan_closes_no_page(signed_in, send, study, day):
    browser = signed_in("coordinator")
    reply = send(browser, "/desk/walks/plan", {**PLAN, "day": day, "from": "23:30"})
    assert reply.status_code == 400
    assert "Write the day as 2026-03-31" in reply.text
    assert planned_walks(study, now=LOCAL) == []


def test_the_calendar_can_be_taken_along(signed_in, send, study):
    browser = signed_in("coordinator")
    empty = browser.get("/desk/walks/plan.ics")
    assert empty.status_code == 303
    send(browser, "/desk/walks/plan", PLAN)
    reply = browser.get("/desk/walks/plan.ics")
    assert reply.headers["content-type"].startswith("text/calendar")
    assert reply.content == walk_calendar(study, now=EVENING)
    assert b"DTSTART:20250709T220000Z" in reply.content
    assert b"Coordinator" not in reply.content.replace(b"The coordinator", b"")


TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_nobody_stumbles_over_the_pages_of_walks_on_a_phone(study, serve_study, new_page, axe, web):
    served = serve_study(study, now=lambda: EVENING)
    session = web.session_of(served.desk, "walker", "coordinator", name="Wanda")
    page = new_page(width=390, served=served, session=session)
    page.goto(f"{served.url}/desk/walks/new")
    assert axe(page) == []
    page.get_by_role("link", name="Squad walk").click()
    for folded in page.locator("summary").all():
        folded.click()
    assert axe(page) == []
    assert not page.evaluate(TOO_WIDE)
    page.get_by_role("spinbutton", name="Minutes it took").fill("35")
    page.get_by_role("button", name="more: Sergeants").click()
    page.get_by_role("button", name="more: Officers").click()
    page.get_by_label("A short note, if you like").fill("Maria thanked us.")
    page.get_by_role("button", name="Save the walk").click()
    web.expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Save it with that text").click()
    web.expect(page.get_by_text("It counts as a squad walk.")).to_be_visible()
    for path in ("", "/desk/walks", "/desk/walks/plan"):
        if path:
            page.goto(served.url + path)
        assert axe(page) == [], path
        assert not page.evaluate(TOO_WIDE), path


def test_a_walk_is_recorded_without_javascript(study, serve_study, new_page, web):
    served = serve_study(study, now=lambda: EVENING)
    session = web.session_of(served.desk, "walker", name="Wanda")
    page = new_page(served=served, session=session, javascript=False)
    page.goto(f"{served.url}/desk/walks/new?type=officer")
    page.get_by_role("spinbutton", name="Minutes it took").fill("22")
    page.locator("#officers").fill("2")
    page.get_by_role("button", name="Save the walk").click()
    web.expect(page.get_by_text("It counts as an officer walk.")).to_be_visible()


def test_a_walk_that_was_acknowledged_survives_a_server_that_is_killed(study, web):
    today = date.today()
    settings = study.root / "study.toml"
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^last = 2025-12-31$", f"last = {today + timedelta(days=30)}", text, count=1)
    settings.write_text(text, encoding="utf-8")
    study = open_study(study.root)
    desk = make_app(study).state.desk
    session = web.session_of(desk, "walker", name="Wanda")
    yesterday = f"{today - timedelta(days=1)}"
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        command = [sys.executable, str(SERVER), str(study.root), str(door.fileno())]
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[door.fileno()]
        )
        try:
            word, process = server.stdout.readline().split()
            assert word == b"ready"
            server.stdin.write(b"never 0\n")
            server.stdin.flush()
            with httpx.Client(
                base_url=url, cookies={"desk-session": session}, timeout=60
            ) as browser:
                token = web.token_on(browser.get("/desk/walks/new?type=squad").text)
                fields = {**SQUAD, "day": yesterday, "csrf": token}
                reply = browser.post("/desk/walks/new", data=fields)
                os.kill(int(process), signal.SIGKILL)
            assert reply.status_code == 303
        finally:
            server.kill()
            server.communicate(timeout=30)
    (walk,) = stored_walks(open_study(study.root))
    assert (walk.start, json.dumps(walk.people["reached"])) == (f"{yesterday}T18:20:00", "14")
    assert walk.body["note"] == SQUAD["note"]
