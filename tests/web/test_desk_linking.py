"""Linking at the desk: an account in plain words, and doubtful pairs without code or answer."""

import pytest
from sqlalchemy import select

from linked_class import class_folder, fill_class
from outcomes.pipeline.audit import read_audit
from outcomes.store import read_facts
from outcomes.store.desk_tables import LINK_DECISIONS
from outcomes.store.engine import reading

PAGE = "/desk/groups/spring/linking"
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def study(study_folder):
    """A class with one doubtful pair."""
    return fill_class(class_folder(study_folder))


def pair_on(text):
    return text.partition('name="pair" value="')[2][:16]


def decisions(desk):
    with reading(desk.engine) as connection:
        rows = connection.execute(select(LINK_DECISIONS).order_by(LINK_DECISIONS.c.id)).mappings()
        return [(row["before"], row["after"], row["decision"], row["user"]) for row in rows]


def test_the_account_is_in_plain_words(signed_in):
    shown = signed_in("coordinator").get(PAGE).text
    assert "25 answered before and 25 after; 23 of them are linked as the same person." in shown
    assert "Linked 12 by card, 11 by code." in shown
    assert "1 pair waits for a person." in shown


def test_a_doubtful_pair_shows_what_agrees_and_never_a_code_a_hash_or_an_answer(signed_in, desk):
    shown = signed_in("analyst").get(PAGE).text
    assert "Of 100 such pairs, about 76 are the same person." in shown
    assert "4 parts agree, 3 differ." in shown
    assert "First letter of your mother&#39;s first name" in shown
    answers = read_facts(desk.engine, "answers")
    for respondent, given in zip(answers["respondent"], answers["answers"], strict=True):
        assert respondent not in shown
        assert not [
            name for name, cell in given.items() if name.startswith("code.") and cell in shown
        ]
    assert "Strongly agree" not in shown


def test_only_coordinators_analysts_and_administrators_may_look(signed_in, client):
    for role in ("interviewer", "coder"):
        assert signed_in(role).get(PAGE).status_code == 403
    assert signed_in("administrator").get(PAGE).status_code == 200
    assert client.get(PAGE).status_code == 303


def test_decisions_are_kept_append_only_with_who_made_them_and_honoured(signed_in, send, desk):
    analyst = signed_in("analyst", name="Ada")
    first = pair_on(analyst.get(PAGE).text)
    done = send(analyst, PAGE, {"pair": first, "decision": "same"})
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    shown = analyst.get(PAGE).text
    assert "24 of them are linked" in shown
    assert "1 by review" in shown
    assert "No pair waits for a person." in shown
    send(analyst, PAGE, {"pair": first, "decision": "cannot-tell"})
    shown = analyst.get(PAGE).text
    assert "23 of them are linked" in shown
    assert "Ada could not tell." in shown
    kept = decisions(desk)
    assert kept == [
        ("BEFORE01", "AFTER01", "same", "Ada"),
        ("BEFORE01", "AFTER01", "cannot tell", "Ada"),
    ]
    row = read_audit(desk.engine)[-1]
    assert (row.action, row.user, row.about) == (
        "decided about a link", "Ada", "spring-pre to spring-post",
    )  # fmt: skip
    assert "BEFORE01" not in row.detail


def test_what_no_button_sends_is_refused_and_nothing_is_kept(signed_in, send, desk):
    analyst = signed_in("analyst")
    pair = pair_on(analyst.get(PAGE).text)
    for fields, words in (
        ({"pair": pair, "decision": "perhaps"}, "press one of the three buttons"),
        ({"pair": "0" * 16, "decision": "same"}, "this pair is not doubtful any more"),
    ):
        found = send(analyst, PAGE, fields)
        assert found.status_code == 400
        assert words in found.text
    assert decisions(desk) == []


SUMMER = """
[[waves]]
label = "summer-{occasion}"
instrument = "academy"
group = "summer"
occasion = "{occasion}"
opens = 2025-0{month}-03
closes = 2025-0{month}-07
planned = 28
"""


def test_before_fielding_the_page_says_how_well_the_code_will_link(signed_in, study_folder, desk):
    path = study_folder / "study.toml"
    new = "".join(SUMMER.format(occasion=name, month=n) for name, n in (("pre", 6), ("post", 8)))
    path.write_text(path.read_text(encoding="utf-8") + new, encoding="utf-8")
    shown = signed_in("coordinator").get("/desk/groups/summer/linking").text
    assert "There is nothing to link yet" in shown
    expected = "With 28 people, of 100 who come back without their card about 92 will be linked"
    assert expected in shown
    assert "1,000 such links about 0 will be wrong" in shown


def test_the_page_says_when_the_key_is_elsewhere_or_destroyed(signed_in, study):
    coordinator = signed_in("coordinator")
    assert "study key" not in coordinator.get(PAGE).text
    key = study.key_path.read_bytes()
    study.key_path.unlink()
    shown = coordinator.get(PAGE).text
    assert "The study key is not on this computer. Nobody can start or come back by code" in shown
    assert "23 of them are linked" in shown
    study.key_path.write_text("sealed\n", encoding="ascii")
    assert "This study is sealed: its key was destroyed." in coordinator.get(PAGE).text
    study.key_path.write_bytes(key)


def test_a_group_that_is_not_there_is_answered_with_those_that_are(signed_in):
    found = signed_in("analyst").get("/desk/groups/winter/linking")
    assert found.status_code == 400
    assert "no group &#39;winter&#39; has two waves" in found.text


def test_the_page_of_a_wave_leads_there(signed_in):
    assert PAGE in signed_in("analyst").get("/desk/waves/spring-pre").text


@pytest.mark.parametrize("width", [320, 1200])
def test_nobody_stumbles_over_the_page(served, new_page, axe, web, width):
    session = web.session_of(served.desk, "administrator", name="Boss")
    page = new_page(width=width, served=served, session=session)
    page.goto(served.url + PAGE)
    assert axe(page) == []
    assert not page.evaluate(TOO_WIDE)
    page.get_by_role("button", name="Different people").click()
    web.expect(page.get_by_text("They count as two people from the next run on.")).to_be_visible()
    assert axe(page) == []


def test_the_list_of_waves_says_when_the_key_is_not_here(signed_in, study):
    coordinator = signed_in("coordinator")
    assert "study key" not in coordinator.get("/desk").text
    study.key_path.unlink()
    assert "The study key is not on this computer." in coordinator.get("/desk").text
