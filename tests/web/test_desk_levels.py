"""Levels at the desk: shown beside the evidence, judged by people, and never computed."""

import pytest

from engagement.level_study import COMMUNITIES, keep_contacts
from outcomes.pipeline.level_judgements import judgements
from outcomes.study import open_study

GOOD = {
    "level": "3",
    "reason": "The tenants council meets us every month.",
    "judged_by": "community policing unit",
    "day": "2025-02-03",
}
PAGE = "/desk/levels/river-families"


@pytest.fixture
def settled(study, app):
    settings = study.root / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + COMMUNITIES, encoding="utf-8")
    keep_contacts(study, {1: 41}, community="river-families")
    return open_study(study.root)


def sent(web, browser, **change):
    csrf = web.token_on(browser.get(PAGE).text)
    return browser.post(PAGE, data={"csrf": csrf, **GOOD, **change})


def test_only_those_who_coordinate_or_analyse_see_levels(settled, signed_in, client) -> None:
    for url in ("/desk/levels", PAGE):
        for role in ("coordinator", "analyst"):
            assert signed_in(role).get(url).status_code == 200
        for role in ("coder", "interviewer"):
            assert signed_in(role).get(url).status_code == 403
        assert client.get(url).headers["location"].startswith("/desk/sign-in")
    assert signed_in("analyst").get("/desk/levels/nobody").status_code == 404


def test_evidence_definitions_and_guidance_stand_on_one_page(settled, signed_in) -> None:
    text = signed_in("coordinator").get(PAGE).text
    assert "River families (broad-based)" in text
    assert ">41</td>" in text
    assert "records that name this community" in text
    assert all(f"<b>{number}: " in text for number in range(1, 6))
    assert text.count("What usually leads on:") == 5
    assert "Nobody has judged the level of this community yet" in text
    listed = signed_in("analyst").get("/desk/levels").text
    assert listed.index("Broad-based engagement</h2>") < listed.index("Tailored engagement</h2>")


def test_on_a_phone_each_indicator_is_a_block_whose_lines_say_what_they_are(
    settled, signed_in
) -> None:
    page = signed_in("coordinator").get(PAGE).text
    indicators = page.split("where it comes from</caption>")[1].split("</table>")[0]
    rows = indicators.split("<tr>")[2:]
    assert len(rows) > 18
    for row in rows:
        assert row.count("<td data-label=") == row.count("<td") == 6
        assert '<td data-label="For level">' in row
    assert page.count('<table class="stacked">') >= 1


def test_a_judgement_is_kept_with_its_reason_and_goes_on_record(settled, signed_in, web) -> None:
    browser = signed_in("coordinator")
    assert sent(web, browser).headers["location"] == PAGE
    text = browser.get(PAGE).text
    assert "Judged to be at level 3 on 2025-02-03 by: community policing unit." in text
    assert GOOD["reason"] in text
    assert "Coordinator" not in text.partition("</header>")[2]  # an office judged, not a person
    assert "judged a level" in signed_in("administrator").get("/desk/audit").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": ""}, "no level was chosen"),
        ({"reason": ""}, "a level needs a reason"),
        ({"reason": "We met Maria Lopez."}, "may tell who somebody is"),
        ({"judged_by": "Sgt. Miller"}, "no office or group"),
        ({"day": "2025-02-05"}, "still to come"),
        ({"day": "soon"}, "is no day"),
    ],
)
def test_a_judgement_that_breaks_a_rule_is_answered_and_what_was_typed_stays(
    settled, signed_in, change, said, web
) -> None:
    browser = signed_in("coordinator")
    answer = sent(web, browser, **change)
    assert answer.status_code == 400
    assert said in answer.text
    assert change.get("reason", GOOD["reason"]) in answer.text
    assert judgements(settled) == []


def test_a_second_judgement_of_a_day_must_say_that_it_corrects(settled, signed_in, web) -> None:
    browser = signed_in("analyst")
    sent(web, browser)
    assert sent(web, browser, level="2").status_code == 400
    assert sent(web, browser, level="2", amend="yes").status_code == 303
    assert [each.level for each in judgements(settled)] == [2]


def test_a_study_without_communities_says_how_to_add_one(study, signed_in) -> None:
    text = signed_in("analyst").get("/desk/levels").text
    assert "Add [[communities]]" in text
