"""The page on which answers from other tools are handed in, understood and stored."""

import csv
import io

import pandas as pd
import pyreadstat
import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.store import read_facts
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.keyed_codes import hashed_elements, respondent_of

PAGE = "/desk/waves/spring-pre/import"
SCALES = [f"{scale}_{at}" for scale in ("trust", "support", "understanding") for at in range(1, 6)]


@pytest.fixture
def questions(study) -> dict[str, str]:
    """The questions of the scales, by item."""
    instrument = read_instrument(study.instrument_path("academy"))
    return {item.name: item.label["en"] for item in instrument.items if item.name in SCALES}


def google(questions: dict[str, str], *answers: str, last: str = "Agree") -> bytes:
    """A file as Google Forms exports it, one respondent for each answer to the first question."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Timestamp", "Email Address", *questions.values()])
    for at, answer in enumerate(answers):
        cells = [answer] * (len(questions) - 1)
        rows.writerow([f"2/4/2025 18:05:{at:02d}", f"ann{at}@example.org", *cells, last])
    return text.getvalue().encode()


def hand_in(send, browser, content: bytes, name: str = "answers.csv"):
    return send(browser, PAGE, {"step": "upload"}, files={"answers": (name, content)})


def test_a_coordinator_hands_in_a_file_sees_what_it_would_store_and_stores_it(
    signed_in, send, study, desk, questions
) -> None:
    browser = signed_in("coordinator")
    handed = hand_in(send, browser, google(questions, "Agree", "Disagree"))
    assert handed.status_code == 303
    where = handed.headers["location"]
    shown = browser.get(where).text
    assert "Google Forms" in shown
    assert "ann0@example.org" not in shown
    name = where.partition("file=")[2]
    kept = send(browser, PAGE, {"step": "map", "file": name}, page=where)
    assert kept.status_code == 303
    preview = browser.get(kept.headers["location"]).text
    assert "2 rows read, 2 can be stored, 0 refused" in preview
    stored = send(browser, PAGE, {"step": "store", "file": name}, page=kept.headers["location"])
    assert stored.status_code == 303
    answers = read_facts(study.store, "answers")
    assert sorted(each["trust_1"] for each in answers["answers"]) == ["2", "4"]
    again = send(browser, PAGE, {"step": "store", "file": name}, page=kept.headers["location"])
    assert again.status_code == 303
    assert len(read_facts(study.store, "answers")) == 2
    actions = [(row.user, row.action, row.about) for row in read_audit(desk.engine)]
    assert actions.count(("Coordinator", "imported answers", "spring-pre")) == 2
    assert ("Coordinator", "handed in answers", "spring-pre") in actions


def test_what_says_who_answered_is_taken_out_before_the_file_is_kept(
    signed_in, send, study, questions
) -> None:
    browser = signed_in("analyst")
    hand_in(send, browser, google(questions, "Agree"))
    (path,) = (study.raw / "answers").glob("spring-pre-2025-02-04-*.csv")
    text = path.read_text(encoding="utf-8-sig")
    assert "example.org" not in text
    assert "Email Address" in text
    assert "Agree" in text


def test_codes_are_hashed_before_the_file_is_kept_and_link_all_the_same(
    signed_in, send, study, desk, questions
) -> None:
    browser = signed_in("coordinator")
    one, other = make_codes(2, seed=5)
    head = ["Your card", "First letter of your mother's first name", *SCALES]
    cells = ",4" * len(SCALES)
    text = f"{','.join(head)}\n{one},m{cells}\n{other},é{cells}\n"
    where = hand_in(send, browser, text.encode()).headers["location"]
    name = where.partition("file=")[2]
    kept = (study.raw / "answers" / name).read_text(encoding="utf-8-sig")
    assert one not in kept
    assert other not in kept
    assert ",m," not in kept
    shown = send(browser, PAGE, {"step": "map", "file": name}, page=where)
    send(browser, PAGE, {"step": "store", "file": name}, page=shown.headers["location"])
    stored = read_facts(study.store, "answers")
    assert list(stored["respondent"]) == [respondent_of(desk.key, code) for code in (one, other)]
    code = read_instrument(study.instrument_path("academy")).code
    wanted = hashed_elements(desk.key, code, {"mother_letter": "M"})["mother_letter"]
    assert stored["answers"][0]["code.mother_letter"] == wanted


def test_a_file_of_spss_is_kept_without_who_answered_and_with_its_labels(
    signed_in, send, study, tmp_path
) -> None:
    labels = {1: "Strongly disagree", 4: "Agree"}
    table = pd.DataFrame({"email": ["ann@example.org"], **{name: [4.0] for name in SCALES}})
    pyreadstat.write_sav(
        table,
        tmp_path / "a.sav",
        variable_value_labels=dict.fromkeys(SCALES, labels),
        missing_ranges={SCALES[0]: [{"lo": 90, "hi": 99}]},
    )
    content = (tmp_path / "a.sav").read_bytes()
    hand_in(send, signed_in("analyst"), content, "a.sav")
    (path,) = (study.raw / "answers").glob("spring-pre-*.sav")
    kept, about = pyreadstat.read_sav(path, user_missing=True)
    assert kept["email"][0] == ""
    assert kept["trust_1"][0] == 4
    assert about.variable_value_labels["trust_1"] == labels
    assert about.missing_ranges == {"trust_1": [{"lo": 90, "hi": 99}]}
    assert b"example.org" not in path.read_bytes()


def test_a_file_that_names_nobody_is_kept_byte_for_byte(signed_in, send, study) -> None:
    content = b"respondent," + ",".join(SCALES).encode() + b"\nS-1" + b",4" * len(SCALES) + b"\n"
    hand_in(send, signed_in("coordinator"), content)
    (path,) = (study.raw / "answers").glob("spring-pre-*.csv")
    assert path.read_bytes() == content


def test_the_next_file_of_the_same_shape_needs_no_choices(signed_in, send, questions) -> None:
    browser = signed_in("coordinator")
    where = hand_in(send, browser, google(questions, "Agree")).headers["location"]
    send(browser, PAGE, {"step": "map", "file": where.partition("file=")[2]}, page=where)
    later = hand_in(send, browser, google(questions, "Agree", "Disagree")).headers["location"]
    shown = browser.get(later).text
    assert "read in the same way" in shown
    assert "2 rows read, 2 can be stored" in shown


def test_answers_in_other_words_are_decided_by_a_person(signed_in, send, study, questions) -> None:
    browser = signed_in("coordinator")
    content = google(questions, "Agree", "Disagree", last="Rather yes")
    where = hand_in(send, browser, content).headers["location"]
    name = where.partition("file=")[2]
    shown = browser.get(where).text
    assert "What do these answers to understanding_5 mean?" in shown
    for unsaid in ({}, {"cell-understanding_5-0": "?"}):
        undecided = send(browser, PAGE, {"step": "map", "file": name, **unsaid}, page=where)
        assert undecided.status_code == 400
        assert "Say what the answers to understanding_5 mean" in undecided.text
    fields = {"step": "map", "file": name, "cell-understanding_5-0": "4"}
    kept = send(browser, PAGE, fields, page=where)
    assert kept.status_code == 303
    send(browser, PAGE, {"step": "store", "file": name}, page=kept.headers["location"])
    answers = read_facts(study.store, "answers")["answers"]
    assert {each["understanding_5"] for each in answers} == {"4"}
    again = browser.get(where + "&again=1").text
    assert '<option value="4" selected>4: Agree</option>' in again


def test_a_column_that_is_not_known_is_chosen_from_a_list(
    signed_in, send, study, questions
) -> None:
    browser = signed_in("coordinator")
    other = {**questions, "trust_1": "Do they say what is so?"}
    where = hand_in(send, browser, google(other, "Agree")).headers["location"]
    name = where.partition("file=")[2]
    lacking = send(browser, PAGE, {"step": "map", "file": name}, page=where)
    assert lacking.status_code == 400
    assert "No column answers trust_1, which a scale needs" in lacking.text
    fields = {"step": "map", "file": name, "column-2": "trust_1"}
    kept = send(browser, PAGE, fields, page=where)
    send(browser, PAGE, {"step": "store", "file": name}, page=kept.headers["location"])
    assert read_facts(study.store, "answers")["answers"][0]["trust_1"] == "4"


def test_refused_rows_are_named_and_only_left_out_if_somebody_says_so(
    signed_in, send, study, questions
) -> None:
    browser = signed_in("coordinator")
    where = hand_in(send, browser, google(questions, "Agree")).headers["location"]
    send(browser, PAGE, {"step": "map", "file": where.partition("file=")[2]}, page=where)
    content = google(questions, "Agree", "It depends")
    later = hand_in(send, browser, content).headers["location"]
    shown = browser.get(later).text
    assert "2 rows read, 1 can be stored, 1 refused" in shown
    assert "&#39;It depends&#39; is not an answer of trust_1" in shown
    name = later.partition("file=")[2]
    refused = send(browser, PAGE, {"step": "store", "file": name}, page=later)
    assert refused.status_code == 400
    assert read_facts(study.store, "answers").empty
    send(browser, PAGE, {"step": "store", "file": name, "leave-out": "1"}, page=later)
    assert len(read_facts(study.store, "answers")) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("answers.pdf", b"%PDF", "files of answers end in"),
        ("answers.csv", b"", "No file was chosen, or it is empty"),
        ("answers.csv", b"a,b\n", "holds no rows"),
        ("answers.sav", b"$FL2 not really", "cannot be read"),
        ("answers.xlsx", b"PK\x03\x04 broken", "not an Excel file"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_with_a_sentence(
    signed_in, send, study, name, content, said
) -> None:
    found = hand_in(send, signed_in("coordinator"), content, name)
    assert found.status_code == 400
    assert said in found.text
    assert not list((study.raw / "answers").glob("*")) if (study.raw / "answers").exists() else True


def test_a_file_of_another_wave_or_of_another_folder_is_not_found(signed_in, study) -> None:
    browser = signed_in("coordinator")
    for name in ("../../../study.toml", "spring-pre.csv", "fall-pre-2025-02-04-0123abcd.csv"):
        found = browser.get(PAGE, params={"file": name})
        assert found.status_code == 400
        assert "no such file was handed in" in found.text


@pytest.mark.parametrize("role", ["interviewer", "coder"])
def test_other_roles_may_not_import(signed_in, role) -> None:
    assert signed_in(role).get(PAGE).status_code == 403


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client) -> None:
    assert client.get(PAGE).status_code == 303


def test_the_pages_have_nothing_that_a_reader_with_a_disability_stumbles_over(
    served, new_page, axe, web, send, questions, tmp_path
) -> None:
    session = web.session_of(served.desk, "coordinator", name="Coordinator")
    page = new_page(served=served, session=session, width=390)
    page.goto(served.url + PAGE)
    assert axe(page) == []
    path = tmp_path / "answers.csv"
    path.write_bytes(google(questions, "Agree", "Disagree", last="Rather yes"))
    page.set_input_files("#answers", path)
    page.click("main button")
    assert axe(page) == []
    page.click("main form > button")
    assert "Say what the answers to understanding_5 mean" in page.inner_text("main")
    assert axe(page) == []
    page.select_option("#cell-understanding_5-0", "4")
    page.click("main form > button")
    assert page.inner_text("h1") == "What would be stored"
    assert axe(page) == []
    page.click("main form > button")
    assert "2 rows stored" in page.inner_text("main")
