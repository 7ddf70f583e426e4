"""A level is a dated judgement of an office with a reason, kept for good, and names nobody."""

from datetime import date

import pytest
from click.testing import CliRunner

from engagement.level_study import TODAY, keep_contacts, with_communities
from outcomes.cli.main import cli
from outcomes.errors import DataError
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.level_judgements import Judgement, judge_level, judgements

REASON = "The tenants council meets us every month."


@pytest.fixture
def study(study_folder):
    return with_communities(study_folder)


def judge(study, *, how=None, **change):
    told = {"community": "river-families", "day": "2025-12-01", "level": 3, "reason": REASON,
            "judged_by": "community policing unit"}  # fmt: skip
    return judge_level(study, Judgement(**(told | change)), today=TODAY, **(how or {}))


def test_judgements_stay_and_the_newest_day_comes_first(study) -> None:
    judge(study)
    judge(study, day="2025-06-01", level=2)
    assert "that was on record already" in judge(study)
    assert [(each.day, each.level) for each in judgements(study, "river-families")] == [
        ("2025-12-01", 3), ("2025-06-01", 2)
    ]  # fmt: skip
    assert judgements(study, "newcomers") == []


def test_another_level_of_the_same_day_must_be_called_a_correction(study) -> None:
    judge(study)
    with pytest.raises(DataError, match="--amend"):
        judge(study, level=4)
    judge(study, level=4, how={"amend": True})
    assert [each.level for each in judgements(study)] == [4]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": 6}, "no level 6"),
        ({"level": 0}, "no level 0"),
        ({"community": "river"}, "no community 'river'"),
        ({"judged_by": "Jane Miller"}, "no office or group"),
        ({"reason": "  "}, "needs a reason"),
        ({"reason": "x" * 1001}, "at most 1000"),
        ({"day": "2026-01-11"}, "still to come"),
        ({"day": "12/01/2025"}, "Write it as 2026-03-31"),
        ({"reason": "Call 555-014-2233 for more."}, "seven or ten digits"),
        ({"reason": "We talked with Maria often."}, "first name"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nothing_is_stored(study, change, said) -> None:
    with pytest.raises(DataError, match=said):
        judge(study, **change)
    assert read_records(study, "level").empty


def test_words_that_only_look_like_names_pass_once_a_person_has_checked_them(study) -> None:
    reason = "The council meets us at the Rosenhof every month."
    with pytest.raises(DataError, match=r"'Rosenhof'.*say that you have checked"):
        judge(study, reason=reason)
    judge(study, reason=reason, how={"names_checked": True})
    with pytest.raises(DataError, match="digits"):  # a phone number is no matter of opinion
        judge(study, reason="Call 555-014-2233.", how={"names_checked": True})


def run(*words, study):
    found = CliRunner().invoke(cli, ["levels", *words, "--study", str(study.root)])
    assert found.exit_code == 0, f"{found.output}{found.exception!r}"
    return found.output


def test_the_commands_judge_and_show(study, tmp_path) -> None:
    keep_contacts(study, dict.fromkeys(range(1, 13), 7), community="river-families")
    said = run("judge", "river-families", "--level", "3", "--reason", REASON, "--judged-by",
               "community policing unit", "--day", "2025-12-01", study=study)  # fmt: skip
    assert said == "River families is judged to be at level 3 as of 2025-12-01.\n"
    shown = run("--community", "river-families", study=study)
    assert f"Judged to be at level 3 on 2025-12-01 by: community policing unit. {REASON}" in shown
    assert "21 in the last three months, 21 in the three before" in shown
    assert "Newcomers" not in shown
    assert run("--out", str(tmp_path / "x.csv"), study=study).endswith("x.csv\n")
    assert (tmp_path / "x.csv").read_text().startswith("community,approach,indicator,measure,role")
    run("--out", str(tmp_path / "levels.html"), study=study)
    assert "River families (broad-based)" in (tmp_path / "levels.html").read_text(encoding="utf-8")


def test_another_ending_is_refused_before_anything_is_written(study, tmp_path) -> None:
    words = ["levels", "--out", str(tmp_path / "x.pdf"), "--study", str(study.root)]
    found = CliRunner().invoke(cli, words)
    assert "the ending must be one of .html, .csv" in str(found.exception)
    assert list(tmp_path.glob("x.*")) == []


def test_today_is_the_day_where_none_is_said(study) -> None:
    run("judge", "newcomers", "--level", "1", "--reason", "Nobody is known yet.", "--judged-by",
        "outreach staff", study=study)  # fmt: skip
    assert judgements(study)[0].day == date.today().isoformat()
