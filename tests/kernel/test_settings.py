from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.settings import AGENCY, Settings, read_settings


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_the_settings_of_this_repository_are_right() -> None:
    settings = read_settings(Path(__file__).resolve().parents[2] / "study.toml")
    assert {place.role for place in settings.places} == {"focus", "comparison"}
    assert "invented" in settings.study.generated
    assert settings.plan is not None


def test_small_settings_are_read_with_their_defaults(tmp_path: Path, example_settings: str) -> None:
    settings = read(tmp_path, example_settings)
    assert settings.publish.smallest_cell == 5
    assert settings.walks.rules == "walk_rules.toml"
    assert settings.study.time_zone == "America/New_York"
    assert settings.events[0].places == ("eastbank",)


def test_a_study_needs_no_more_than_its_first_table(tmp_path: Path, example_settings: str) -> None:
    settings = read(tmp_path, example_settings.partition("[plan]")[0])
    assert settings.plan is None
    assert settings.places == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "last = 2025-12-31",
            "last = 2024-12-31",
            r"line 1, study: last \(2024-12-31\) must be la",
        ),
        ("last = 2025-12-31", "last = 2025-01-01", "must be later than first"),
        ("last = 2025-12-31", 'last = "soon"', r"line 5, study.last.*got 'soon'"),
        (
            "last = 2025-12-31",
            'last = 2025-12-31\ntime_zone = "Marlow/Falls"',
            r"line 6, study.time_zone: 'Marlow/Falls' is not a time zone\. Write one like",
        ),
        ("start = 2025-07-01\n", "", r"line 13, places: a focus place needs its first day"),
        ('"comparison"', '"comparison"\nstart = 2025-07-01', "a comparison place has no walks"),
        (
            '"comparison"',
            '"control"',
            r"line 22, places.role: 'control' is not allowed\. Write one",
        ),
        ('"northgate"', '"eastbank"', r"the place 'eastbank' stands 2 times\. Rename or remove"),
        ('"northgate"', f'"{AGENCY}"', "'agency' stands for the agency as a whole"),
        ('"northgate"', '"North Gate"', r"line 20, places.code: .*got 'North Gate'"),
        ('"northgate"', f'"{"n" * 41}"', r"line 20, places.code"),
        ("closes = 2025-02-07", "closes = 2025-01-07", r"closes \(2025-01-07\) must not be before"),
        ('"pre"', '"before"', r"line 28, waves.occasion: 'before' is not allowed"),
        ('scope = "local"', 'scope = "regional"', r"outlets.scope: 'regional' is not allowed"),
        ('["eastbank"]', '["estbank"]', r"unknown place 'estbank'\. Did you mean 'eastbank'\?"),
        ('"co-intervention"', '"party"', r"events.kind: 'party' is not allowed"),
        ('"walk_minutes"', '"trust"', r"line 9, plan.output: trust is an outcome, but an output"),
        (
            '"tips_received"',
            '"walks"',
            r"line 10, plan.primary_outcome: walks is an output, but an outcome is asked for here",
        ),
        (
            '["complaints"]',
            '["population"]',
            r"line 11, plan.other_outcomes: population is context",
        ),
        ('"tips_received"', '"tips_recieved"', "Did you mean 'tips_received'"),
        ('["complaints"]', '["complaints"]\nsmallest_effect = 0', r"line 12, plan.smallest_effect"),
        ("[study]", "[publish]\nsmallest_cell = 1\n[study]", r"line 2, publish.smallest_cell"),
        ("[study]", "colour = 1\n[study]", r"line 1, colour: 'colour' is not a key that is known"),
    ],
)
def test_a_broken_rule_is_answered_with_its_line(
    tmp_path: Path, example_settings: str, old: str, new: str, sentence: str
) -> None:
    assert old in example_settings
    with pytest.raises(FileError, match=sentence):
        read(tmp_path, example_settings.replace(old, new, 1))


def test_a_wave_or_an_outlet_that_stands_twice_is_refused(
    tmp_path: Path, example_settings: str
) -> None:
    wave = example_settings.partition("[[waves]]")[2].partition("[[")[0]
    with pytest.raises(FileError, match="the wave 'spring-pre' stands 2 times"):
        read(tmp_path, f"{example_settings}\n[[waves]]{wave}")
    outlet = example_settings.partition("[[outlets]]")[2].partition("[[")[0]
    with pytest.raises(FileError, match="the outlet 'Marlow Falls Courier' stands 2 times"):
        read(tmp_path, f"{example_settings}\n[[outlets]]{outlet}")


def test_a_mistake_in_a_place_is_not_blamed_on_the_event_that_names_it(
    tmp_path: Path, example_settings: str
) -> None:
    before, mark, events = example_settings.partition("[[events]]")
    text = mark + events + before.replace('"focus"', '"fokus"')
    with pytest.raises(FileError, match=r"places.role: 'fokus' is not allowed"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "question",
    [
        "Can we increase community engagement?",
        "Will there be more engagement in Eastbank?",
        "Is engagement increasing?",
        "Increasing our level of engagement with residents",
    ],
)
def test_more_engagement_is_an_activity_and_no_goal(
    tmp_path: Path, example_settings: str, question: str
) -> None:
    text = example_settings.replace(
        "Do people pass on more tips once officers walk there?", question
    )
    with pytest.raises(FileError, match=r"line 8, plan.question: .*is an activity, not a goal"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "question",
    [
        "Has community engagement increased trust?",
        "Do residents feel safer since the increase in engagement?",
        "Do engagement walks bring more tips?",
    ],
)
def test_a_question_about_what_changes_for_people_may_speak_of_engagement(
    tmp_path: Path, example_settings: str, question: str
) -> None:
    text = example_settings.replace(
        "Do people pass on more tips once officers walk there?", question
    )
    settings = read(tmp_path, text)
    assert settings.plan is not None
    assert settings.plan.question == question
