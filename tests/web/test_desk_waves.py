"""The coordinator's desk: from an empty study to a frozen wave, without a terminal."""

import re
import shutil
from datetime import UTC, date, datetime

import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.cards import card_use
from outcomes.pipeline.fielding import standing
from outcomes.pipeline.folder import new_study
from outcomes.store.desk_tables import CARDS
from outcomes.store.engine import reading
from outcomes.store.submissions import Submission
from outcomes.surveys.instrument import content_hash

WAVE = {
    "instrument": "academy",
    "group": "Summer class 2025",
    "occasion": "pre",
    "respondents": "same people",
    "entry": "code card",
    "opens": "2025-06-02",
    "closes": "2025-06-06",
    "population": 'the "summer" people',
    "planned": "28",
}


def mark_on(text):
    return re.search(r'name="mark" value="([0-9a-f]{64})"', text)[1]


@pytest.fixture
def coordinator(signed_in):
    return signed_in("coordinator")


@pytest.fixture
def plan(coordinator, send):
    """plan(closes="...") -> the reply to the filled-in form for a new wave."""

    def plan(**fields):
        mark = mark_on(coordinator.get("/desk/waves/new").text)
        return send(coordinator, "/desk/waves/new", {**WAVE, "mark": mark, **fields})

    return plan


def submission(desk, wave, respondent, part, *, body="{}", way="web", place="agency"):
    instrument = desk.instrument(wave)
    return Submission(
        wave=wave, place=place, instance=f"{wave}-{respondent}", part=part, respondent=respondent,
        body=body, digest=part, way=way, language="en", instrument=instrument.id,
        instrument_version=instrument.version, instrument_hash=content_hash(instrument),
        day="2025-02-04",
    )  # fmt: skip


def answer(desk, wave, respondent, *, finished=True, **more):
    parts = ("start", "end") if finished else ("start",)
    for part in parts:
        desk.writer.submit(submission(desk, wave, respondent, part, **more)).result()


def test_the_desk_lists_every_wave_with_its_state_and_answers(desk, signed_in) -> None:
    browser = signed_in("coder")
    answer(desk, "fall-pre", "r1")
    text = browser.get("/desk").text
    assert "1 of about 28 forms finished" in text
    assert text.count('<span class="tag open">open</span>') == 3
    assert text.count('<span class="tag">planned</span>') == 1
    assert "Plan a wave" not in text  # a coder may not


@pytest.mark.parametrize(
    "path",
    ["/desk/waves/new", "/desk/study", "/desk/waves/fall-pre/cards", "/desk/waves/fall-pre/freeze"],
)
def test_only_coordinators_plan(signed_in, path) -> None:
    assert signed_in("analyst").get(path).status_code == 403
    assert signed_in("coordinator").get(path).status_code == 200


def test_whoever_is_not_signed_in_is_asked_to(client) -> None:
    reply = client.get("/desk/waves/fall-pre")
    assert (reply.status_code, reply.headers["location"]) == (
        303,
        "/desk/sign-in?next=/desk/waves/fall-pre",
    )


def test_a_wave_is_planned_in_the_browser_and_stands_in_study_toml(plan, desk) -> None:
    before = (desk.study.root / "study.toml").read_text(encoding="utf-8")
    reply = plan()
    assert (reply.status_code, reply.headers["location"]) == (
        303,
        "/desk/waves/summer-class-2025-pre",
    )
    wave = desk.study.wave("summer-class-2025-pre")
    assert (wave.group, wave.entry, wave.planned) == ("summer-class-2025", "code card", 28)
    assert (wave.opens, wave.population) == (date(2025, 6, 2), 'the "summer" people')
    after = (desk.study.root / "study.toml").read_text(encoding="utf-8")
    assert all(line in after for line in before.splitlines())
    assert ("planned a wave", "summer-class-2025-pre") in [
        (row.action, row.about) for row in read_audit(desk.engine)
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "closes",
            "2025-05-01",
            "The last day (2025-05-01) lies before the first one (2025-06-02)",
        ),
        ("opens", "2024-06-02", "This day (2024-06-02) lies outside the study"),
        ("opens", "soon", "&#39;soon&#39; is not a date. Write it as 2026-03-31"),
        ("planned", "many", "&#39;many&#39; is not a whole number above 0"),
        ("group", "???", "Name the class or the group, with letters from a to z"),
        ("group", "Fall", "There is a wave fall-pre already"),
        ("instrument", "../study", "Choose one of the instruments"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_written(
    plan, desk, field, value, said
) -> None:
    before = (desk.study.root / "study.toml").read_bytes()
    reply = plan(**{field: value})
    assert reply.status_code == 400
    problem = re.search(rf'id="{field}-problem">([^<]*)<', reply.text)
    assert problem, reply.text
    assert said in problem[1]
    assert "2025-06-06" in reply.text or field == "closes"  # what was typed is still there
    assert (desk.study.root / "study.toml").read_bytes() == before


def test_a_form_is_refused_if_somebody_changed_the_file_meanwhile(coordinator, send, desk) -> None:
    mark = mark_on(coordinator.get("/desk/waves/new").text)
    path = desk.study.root / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# a note\n", encoding="utf-8")
    reply = send(coordinator, "/desk/waves/new", {**WAVE, "mark": mark})
    assert reply.status_code == 400
    assert "Somebody changed study.toml while you filled this in" in reply.text
    assert "summer" not in path.read_text(encoding="utf-8")


def test_the_post_wave_is_offered_filled_in_like_the_pre_wave(coordinator, plan) -> None:
    plan()
    text = coordinator.get("/desk/waves/new?like=summer-class-2025-pre").text
    assert "which ran from 2 June 2025 until 6 June 2025" in text
    assert re.search(r'name="occasion" value="post" checked', text)
    assert re.search(r'name="group" value="summer-class-2025"', text)


def test_dates_and_numbers_of_a_wave_can_be_changed(coordinator, send, desk) -> None:
    url = "/desk/waves/fall-pre/change"
    mark = mark_on(coordinator.get(url).text)
    fields = {"mark": mark, "opens": "2025-02-03", "closes": "2025-02-14", "planned": ""}
    assert send(coordinator, url, fields).status_code == 303
    wave = desk.study.wave("fall-pre")
    assert (wave.closes, wave.planned, wave.population) == (date(2025, 2, 14), None, "")


def test_a_place_is_added_and_gets_a_link_of_its_own(coordinator, send, desk) -> None:
    mark = mark_on(coordinator.get("/desk/study").text)
    fields = {"mark": mark, "do": "place", "name": "Harbor Hill", "role": "comparison"}
    assert send(coordinator, "/desk/study", fields).status_code == 303
    assert desk.study.settings.places[-1].code == "harbor-hill"
    assert "/s/residents-pre/harbor-hill" in coordinator.get("/desk/waves/residents-pre").text


def test_a_focus_place_without_its_first_day_is_refused_with_the_rule(coordinator, send) -> None:
    mark = mark_on(coordinator.get("/desk/study").text)
    fields = {"mark": mark, "do": "place", "name": "Harbor Hill", "role": "focus"}
    reply = send(coordinator, "/desk/study", fields)
    assert reply.status_code == 400
    assert "needs its first day of walks" in reply.text


def test_a_wave_is_closed_and_opened_again_by_its_buttons(coordinator, send, desk) -> None:
    page = "/desk/waves/spring-pre"
    send(coordinator, f"{page}/close", page=page)
    assert standing(desk.study, "spring-pre", today=desk.today()).state == "closed"
    assert "Freeze the wave" in coordinator.get(page).text
    send(coordinator, f"{page}/reopen", page=page)
    assert standing(desk.study, "spring-pre", today=desk.today()).state == "open"


def test_freezing_asks_once_more_and_says_how_many_people_answered(coordinator, send, desk) -> None:
    answer(desk, "spring-pre", "r1")
    url = "/desk/waves/spring-pre/freeze"
    assert send(coordinator, url).status_code == 400
    reply = send(coordinator, url, {"sure": "yes"})
    assert reply.status_code == 303
    text = coordinator.get("/desk/waves/spring-pre").text
    assert "The wave is frozen with the answers of 1 person." in text
    assert "Open again" not in text


def test_counts_say_how_where_and_when_and_hold_no_answer(coordinator, desk) -> None:
    answer(desk, "residents-pre", "r1", place="eastbank")
    answer(desk, "residents-pre", "r2", finished=False, way="tablet")
    text = coordinator.get("/desk/waves/residents-pre/counts").text
    assert "1 of about 120 forms finished" in text
    assert "2 begun, of which 1 not finished" in text
    assert "this is a count and not a response rate" in text
    for words in ("Their own phone or computer", "Tablet of an interviewer", "Eastbank",
                  "No place named", "2025-02-04"):  # fmt: skip
        assert words in text


def test_links_hold_no_code_and_each_has_a_poster_and_a_square(coordinator) -> None:
    text = coordinator.get("/desk/waves/residents-pre").text
    assert re.findall(r"<code>(http[^<]+)</code>", text) == [
        "http://testserver/s/residents-pre",
        "http://testserver/s/residents-pre/eastbank",
        "http://testserver/s/residents-pre/northgate",
    ]
    poster = coordinator.get("/desk/waves/residents-pre/poster/eastbank.pdf")
    assert poster.content.startswith(b"%PDF")
    assert "poster-residents-pre-eastbank.pdf" in poster.headers["content-disposition"]
    square = coordinator.get("/desk/waves/residents-pre/qr.svg")
    assert square.headers["content-type"].startswith("image/svg+xml")
    assert coordinator.get("/desk/waves/residents-pre/poster/nowhere.pdf").status_code == 400


def test_cards_are_printed_once_and_only_their_hashes_are_stored(coordinator, send, desk) -> None:
    url = "/desk/waves/fall-pre/cards"
    reply = send(coordinator, url, {"n": "9", "title": "Fall class", "language": "es"})
    assert reply.content.startswith(b"%PDF")
    assert reply.headers["content-disposition"].endswith('"cards-fall-1-9.pdf"')
    assert reply.headers["cache-control"] == "no-store"
    with reading(desk.engine) as connection:
        rows = connection.execute(CARDS.select()).all()
    assert [row.serial for row in rows] == list(range(1, 10))
    assert all(re.fullmatch(r"[0-9a-f]{26}", row.respondent) for row in rows)
    more = send(coordinator, url, {"n": "1", "title": "Fall class", "language": "en"})
    assert more.headers["content-disposition"].endswith('"cards-fall-10-10.pdf"')
    (first, _) = [row for row in read_audit(desk.engine) if row.action == "printed code cards"]
    assert (first.about, first.detail) == ("fall", "cards 1 to 9")


@pytest.mark.parametrize("n", ["0", "many", "2001", "-3", "99999999999"])
def test_a_number_of_cards_that_cannot_be_is_answered_with_the_rule(coordinator, send, n) -> None:
    url = "/desk/waves/fall-pre/cards"
    reply = send(coordinator, url, {"n": n, "title": "Fall class", "language": "en"})
    assert reply.status_code == 400
    assert 'class="fault"' in reply.text


def test_reminders_name_serials_and_nobody(coordinator, send, desk) -> None:
    url = "/desk/waves/fall-pre/cards"
    send(coordinator, url, {"n": "5", "title": "Fall class", "language": "en"})
    with reading(desk.engine) as connection:
        hashes = {row.serial: row.respondent for row in connection.execute(CARDS.select())}
    answer(desk, "fall-pre", hashes[2])
    answer(desk, "fall-pre", hashes[4], finished=False)
    use = card_use(desk.study, "fall-pre")
    assert (use.unused, use.begun, use.finished) == ((1, 3, 5), (4,), 1)
    text = coordinator.get("/desk/waves/fall-pre/reminders").text
    assert "<b>1, 3, 5</b>" in text
    assert "so this goes to everybody" in text
    assert "Recordatorio" in text
    assert not any(one in text for one in hashes.values())


def test_the_next_step_of_a_card_wave_is_to_print_cards(coordinator) -> None:
    text = coordinator.get("/desk/waves/fall-pre").text
    assert re.search(r'class="button" href="/desk/waves/fall-pre/cards">Print the code cards', text)


def test_a_tablet_is_connected_by_a_square(signed_in) -> None:
    browser = signed_in("interviewer")
    text = browser.get("/desk/tablet").text
    assert "/openrosa" in text
    assert browser.get("/desk/tablet/qr.svg").text.startswith("<svg")


def test_an_empty_study_is_filled_in_at_the_desk(tmp_path, web, send) -> None:
    from outcomes.web.app import make_app

    app = make_app(
        new_study(tmp_path / "ours", today=date(2025, 2, 4)),
        now=lambda: datetime(2025, 2, 4, 17, tzinfo=UTC),
    )
    with web.computer(app) as browser:
        desk = app.state.desk
        session = web.session_of(desk, "administrator", name="Ana")
        browser.cookies.set("desk-session", session)
        assert "First: whose study is this?" in browser.get("/desk").text
        fields = {
            "mark": mark_on(browser.get("/desk/study").text), "name": "Academy 2025",
            "agency": "Elm Police", "first": "2025-01-01", "last": "2026-06-30",
            "time_zone": "America/Chicago",
        }  # fmt: skip
        wrong = send(browser, "/desk/study", {**fields, "time_zone": "Chicago"})
        assert wrong.status_code == 400
        assert "is not a time zone" in wrong.text
        assert send(browser, "/desk/study", fields).status_code == 303
        assert "First: whose" not in browser.get("/desk").text
        assert desk.study.settings.study.agency == "Elm Police"
        assert "# The plan: write it before" in (tmp_path / "ours/study.toml").read_text()


def test_a_broken_instrument_does_not_hide_the_counts(coordinator, desk) -> None:
    answer(desk, "fall-pre", "r1")
    path = desk.study.root / "surveys/academy.yaml"
    path.write_text("id: academy\n", encoding="utf-8")
    text = coordinator.get("/desk/waves/fall-pre").text
    assert "The questions cannot be read" in text
    assert "1 of about 28 forms finished" in text
    assert "Cannot be used" in coordinator.get("/desk/waves/new").text


def test_answers_are_exported_by_analysts_and_that_is_written_down(signed_in, send, desk) -> None:
    answer(desk, "residents-pre", "r1", place="eastbank")
    url = "/desk/waves/residents-pre/export"
    assert signed_in("coordinator").get(url).status_code == 403
    browser = signed_in("analyst")
    reply = send(browser, url, {"what": "answers"})
    header, row = reply.content.decode("utf-8-sig").splitlines()
    assert header.startswith("respondent,place,day,")
    assert row.startswith("r1,eastbank,2025-02-04,")
    (line,) = [one for one in read_audit(desk.engine) if one.action == "exported answers"]
    assert (line.user, line.about) == ("Analyst", "residents-pre")
    assert line.detail == "1 people, without the items that describe the person"


def test_an_export_of_nothing_says_so_and_is_not_written_down(signed_in, send, desk) -> None:
    browser = signed_in("analyst")
    reply = send(browser, "/desk/waves/residents-pre/export", {"what": "answers"})
    assert reply.status_code == 400
    assert "holds no answers yet" in reply.text
    assert "exported answers" not in [one.action for one in read_audit(desk.engine)]


def test_no_page_of_a_wave_that_does_not_exist(coordinator) -> None:
    for path in ("", "/cards", "/change", "/freeze", "/reminders", "/counts", "/poster.pdf"):
        assert coordinator.get(f"/desk/waves/no-such{path}").status_code in {400, 404}


def test_the_study_survives_a_shipped_folder_without_instruments(coordinator, desk) -> None:
    shutil.rmtree(desk.study.root / "surveys")
    assert coordinator.get("/desk/waves/new").status_code == 200
    assert coordinator.get("/desk").status_code == 200
