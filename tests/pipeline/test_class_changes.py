import pytest

from linked_class import POST, answers_file, class_folder
from outcomes.errors import FileError
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.publishing import publishable
from outcomes.pipeline.surveys import import_answers
from outcomes.report.class_tables import further_table
from outcomes.settings.whole import read_settings

MORE = """
[[waves]]
label = "spring-later"
instrument = "academy"
group = "spring"
occasion = "follow-up"
opens = 2025-10-14
closes = 2025-10-18

[[waves]]
label = "wait-pre"
instrument = "academy"
group = "waiting"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07
waits_for = "spring"

[[waves]]
label = "wait-post"
instrument = "academy"
group = "waiting"
occasion = "post"
opens = 2025-04-14
closes = 2025-04-18
waits_for = "spring"
"""


STUDY = """\
[study]
name = "Walks in Marlow Falls"
agency = "Marlow Falls Police Department"
first = 2025-01-01
last = 2025-12-31

[plan]
question = "Do people trust the police more after a class?"
output = "academy_contacts_new"
primary_outcome = "trust"
smallest_effect = 0.3

[[waves]]
label = "spring-pre"
instrument = "academy"
group = "spring"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A class of cards with a follow-up, people who waited, and trust as the plan's outcome."""
    folder = tmp_path_factory.mktemp("class") / "study"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY + MORE, encoding="utf-8")
    study = class_folder(folder)
    attended = [(f"CARD{number:02}", None) for number in range(16)]
    waiting = [(f"WAIT{number:02}", None) for number in range(14)]
    sheets = {
        "spring-pre": (attended, 0),
        "spring-post": (attended, 1),
        "spring-later": (attended[2:], 1),
        "wait-pre": (waiting, 0),
        "wait-post": (waiting, 0),
    }
    for seed, (wave, (rows, shift)) in enumerate(sheets.items()):
        import_answers(study, answers_file(study, wave, rows, shift=shift, seed=seed), wave=wave)
    return evaluate(study)


def about_trust(found, analysis):
    """The first estimate of one analysis, which is the one that leads."""
    return next(
        each for each in found.estimates if (each.analysis, each.measure) == (analysis, "trust")
    )


def test_a_class_is_followed_to_its_later_wave(found):
    kept, since = (about_trust(found, name) for name in ("follow-up", "follow-up since"))
    assert (kept.period, since.period) == (
        "spring-pre to spring-later",
        "spring-post to spring-later",
    )
    assert kept.warnings[0].startswith("among the 14 people with all three scores")
    assert kept.low > 0


def test_a_class_is_set_beside_who_waited(found):
    beside = about_trust(found, "waitlist")
    assert (beside.place, beside.n) == ("spring", 16 + 14)
    assert beside.low > 0


def test_the_primary_outcome_is_set_beside_the_smallest_change_of_the_plan(found):
    worth, lead = about_trust(found, "worth having"), about_trust(found, "prepost")
    assert (worth.value, worth.se) == (lead.value, lead.se)
    assert worth.term.endswith("(0.3 points): worth having")
    others = {each.measure for each in found.estimates if each.analysis == "worth having"}
    assert others == {"trust"}


def test_who_waits_is_no_class_of_their_own(found):
    """They are compared with, and never pooled with those who attended."""
    assert {each.place for each in found.estimates if each.analysis == "prepost"} == {"spring"}


def test_only_the_change_that_leads_leaves_the_agency(found):
    analyses = {each.analysis for each in publishable(found.estimates, smallest=10)}
    assert "prepost" in analyses
    assert not analyses & {"follow-up", "follow-up since", "waitlist", "worth having"}


def test_waiting_for_a_group_that_is_not_there_is_refused(study_folder, example_settings):
    path = study_folder / "study.toml"
    text = example_settings + POST + 'waits_for = "autumn"\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match="waits for 'autumn', which is no other group"):
        read_settings(path)


def test_a_coordinator_finds_each_of_them_in_the_report(found):
    by = {}
    for each in found.estimates:
        by.setdefault(each.analysis, []).append(each)
    asked = {row[2] for row in further_table(by).rows}
    assert len(asked) == 6
