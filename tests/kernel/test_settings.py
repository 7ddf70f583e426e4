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
    assert settings.publish.smallest_cell == 10
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
        (
            "start = 2025-07-01",
            "start = 2024-12-31",
            r"line 13, places: start \(2024-12-31\) lies outside the study, 2025-01-01 to",
        ),
        (
            "opens = 2025-02-03\ncloses = 2025-02-07",
            "opens = 2026-01-01\ncloses = 2026-02-07",
            r"line 24, waves: opens \(2026-01-01\) lies outside .* Correct it, or change first",
        ),
        ("date = 2025-09-16", "date = 2026-09-16", r"line 36, events: date \(2026-09-16\) lies"),
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


def second_wave(settings: str, *, label: str, occasion: str, opens: str = "2025-04-14") -> str:
    """The settings with one more wave of the same group."""
    wave = settings.partition("[[waves]]")[2].partition("[[")[0]
    for old, new in (
        ('"spring-pre"', f'"{label}"'),
        ('"pre"', f'"{occasion}"'),
        ("2025-02-03", opens),
        ("2025-02-07", "2026-02-01"),
    ):
        assert old in wave
        wave = wave.replace(old, new)
    return f"{settings}\n[[waves]]{wave}"


@pytest.mark.parametrize("occasion", ["pre", "post"])
def test_a_group_has_one_wave_before_and_one_after(
    tmp_path: Path, example_settings: str, occasion: str
) -> None:
    text = second_wave(example_settings, label="one", occasion=occasion)
    if occasion == "post":
        read(tmp_path, text)
        text = second_wave(text, label="two", occasion=occasion)
    with pytest.raises(FileError, match=rf"are both the {occasion} wave of the group 'spring'"):
        read(tmp_path, text)


def test_a_group_may_be_followed_up_twice(tmp_path: Path, example_settings: str) -> None:
    text = second_wave(example_settings, label="one", occasion="follow-up")
    assert len(read(tmp_path, second_wave(text, label="two", occasion="follow-up")).waves) == 3


def test_a_wave_opens_within_the_study_and_may_close_after_it(
    tmp_path: Path, example_settings: str
) -> None:
    text = second_wave(example_settings, label="one", occasion="post", opens="2025-12-31")
    assert read(tmp_path, text).waves[1].closes.year == 2026


def test_a_wrong_study_is_named_before_what_lies_outside_it(
    tmp_path: Path, example_settings: str
) -> None:
    text = example_settings.replace("last = 2025-12-31", "last = 2024-12-31")
    with pytest.raises(FileError, match=r"line 1, study: last \(2024-12-31\)"):
        read(tmp_path, text)


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


@pytest.mark.parametrize("label", ["withdraw", "stop", "spring--pre"])
def test_a_wave_may_not_be_called_like_another_page(study_folder: Path, label: str) -> None:
    path = study_folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        f'{text}\n[[waves]]\nlabel = "{label}"\ninstrument = "academy"\ngroup = "g"\n'
        'occasion = "pre"\nopens = 2025-02-03\ncloses = 2025-02-07\n',
        encoding="utf-8",
    )
    with pytest.raises(FileError, match="stands for something else in links"):
        read_settings(path)
