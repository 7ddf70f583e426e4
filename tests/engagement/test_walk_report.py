"""What is told of a walk: checked, laid out as the log has it, judged by the rules."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.leaders import leaders_by_week
from outcomes.engagement.log import COLUMNS, read_walks, walk_rows
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_report import (
    CONDUCT,
    LONGEST_NOTE,
    Asked,
    check_report,
    people_in_words,
)
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.engagement.walk_verdict import walk_verdict

RULES = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
ASKED = Asked(
    rules=RULES,
    places=("eastbank", "northgate"),
    topics=("lighting", "youth"),
    known=("Eastbank", "Marlow Falls Police Department"),
    now=datetime(2025, 7, 9, 19, 0),
)
SHIFT = {"type": "shift", "place": "eastbank", "day": "2025-07-09", "clock": "18:05",
         "minutes": "31", "coordinator": "lieutenant", "lieutenants": "1", "sergeants": "1",
         "officers": "2", "partners": "3", "reached": "12"}  # fmt: skip


def check(**change):
    return check_report({name: [said] for name, said in (SHIFT | change).items()}, ASKED)


def test_a_report_is_laid_out_word_for_word_as_a_log_with_the_same_walk(tmp_path):
    report = check().report
    log = tmp_path / "log.csv"
    log.write_text(
        "place,type,start,minutes,coordinator,lieutenants,sergeants,officers,partners,reached\n"
        "eastbank,shift,2025-07-09 18:05,31,lieutenant,1,1,2,3,12\n"
    )
    read = walk_rows(read_walks(log, RULES).table).to_dict("records")
    made = walk_rows(pd.DataFrame([report.log_row()]))
    assert made.to_dict("records") == read


def test_what_the_log_has_no_column_for_is_kept_beside_it_and_empty_things_are_told_apart():
    body = check(handouts="7", inside_border="no").report.body()
    assert (body["handouts"], body["inside_border"], body["note"]) == (7, "no", "")
    assert not {"people", "officers", "coordinator"} & body.keys()


def test_consent_is_kept_only_where_there_is_a_picture():
    assert check(photo="no", photo_consent="yes").report.body()["photo_consent"] == ""
    assert check(photo="yes", photo_consent="no").report.body()["photo_consent"] == "no"


def test_no_field_of_a_report_is_about_a_person():
    names = set(check().report.log_row()) | set(check().report.body()) | set(CONDUCT)
    person = ("name", "badge", "rating", "rank_of", "suspect", "stop", "race", "religion")
    assert [name for name in names if any(word in name for word in person)] == []


def test_each_flag_of_a_note_says_where_and_why():
    text = "Maria asked for a light."
    (flag,) = check(note=text).flagged
    assert (text[flag.start : flag.end], flag.why) == ("Maria", "a common first name")


def test_a_note_that_is_too_long_is_refused_with_its_length():
    found = check(note="x" * (LONGEST_NOTE + 1))
    assert found.report is None
    assert f"has {LONGEST_NOTE + 1} letters" in found.problems["note"]


def test_a_walk_that_just_ended_by_a_clock_that_runs_ahead_is_taken():
    assert check(clock="19:09").report is not None
    assert "day" in check(clock="19:11").problems


def test_people_are_said_in_words():
    assert (
        people_in_words({"sergeants": 1, "officers": 2, "reached": 9}) == "2 officers, 1 sergeant"
    )
    assert people_in_words({}) == "nobody was counted"


def walks(*rows):
    names = ("type", "start", "minutes", "coordinator")
    told = [dict(zip(names, row[:4], strict=True)) | row[4] for row in rows]
    table = pd.DataFrame([{"place": "eastbank", **one} for one in told])
    numbers = [name for name in COLUMNS if name not in {"place", "type", "start", "coordinator"}]
    table = table.reindex(columns=[*COLUMNS])
    return table.fillna(dict.fromkeys(numbers, 0))


CREW = {"sergeants": 1, "officers": 1}
COVERAGE = Coverage(
    first=date(2025, 1, 1), last=date(2025, 12, 31), starts={"eastbank": date(2025, 7, 1)}
)


def verdict(table, row):
    walk = tuple(table.loc[row, ["place", "type", "start", "coordinator"]])
    return walk_verdict(table, walk, RULES, coverage=COVERAGE, incidents=None)


def test_the_verdict_counts_the_week_and_names_what_a_walk_lacks():
    table = walks(
        ("squad", "2025-07-07T18:00:00", 30.0, "sergeant", CREW),
        ("squad", "2025-07-08T18:00:00", 30.0, "sergeant", CREW),
        ("squad", "2025-07-09T18:00:00", 25.0, "officer", {"officers": 2}),
        ("squad", "2025-07-14T18:00:00", 30.0, "sergeant", CREW),  # of the next week
    )
    good = verdict(table, 1)
    assert (good.counts, good.words) == (True, "It counts as a squad walk.")
    assert good.progress == "In the week 2025-W28, 2 of 3 are done here: 1 more to do."
    bad = verdict(table, 2)
    assert not bad.counts
    assert "too short, 25 of 30 minutes" in bad.words
    assert "coordinated by an officer, not a sergeant" in bad.words
    assert "without a sergeant" in bad.words


def test_more_walks_than_required_are_not_told_as_five_of_three():
    table = walks(
        *(("squad", f"2025-07-{day:02}T18:00:00", 30.0, "sergeant", CREW) for day in (7, 8, 9, 10))
    )
    told = "In the week 2025-W28, 3 are required here, and 4 are done."
    assert verdict(table, 0).progress == told
    three = verdict(table.iloc[:3], 0).progress
    assert three == "In the week 2025-W28, 3 of 3 are done here: that is all of them."


def test_a_second_walk_of_a_workday_is_told_that_the_day_had_its_walk():
    table = walks(
        ("unit", "2025-07-07T10:00:00", 45.0, "unit", {"unit_members": 2}),
        ("unit", "2025-07-07T15:00:00", 45.0, "unit", {"unit_members": 2}),
    )
    assert verdict(table, 0).words == "It counts as a community policing unit walk."
    assert "had its walk already" in verdict(table, 1).words
    assert "1 of 5 are done" in verdict(table, 1).progress


@pytest.mark.parametrize(
    ("row", "words", "progress"),
    [
        (("ad_hoc", "2025-07-07T10:00:00", 5.0, "lieutenant", {"officers": 1}),
         "No number of these is asked for", ""),
        (("district", "2025-07-07T10:00:00", 40.0, "captain", {"captains": 1}),
         "does not count as a district walk: without a lieutenant", "In the month 2025-07, 0 of 2"),
        (("squad", "2025-06-07T10:00:00", 40.0, "sergeant", CREW),
         "before the walks start there", "none is required here"),
        (("squad", "2026-02-07T10:00:00", 40.0, "sergeant", CREW),
         "outside the dates covered", "In the week 2026-W06 none is required here."),
        (("post_incident", "2025-07-07T10:00:00", 40.0, "unit", {"officers": 1}),
         "without a list of incidents", ""),
    ],
)  # fmt: skip
def test_each_type_and_day_gets_a_sentence_of_its_own(row, words, progress):
    said = verdict(walks(row), 0)
    assert words in said.words
    assert progress in said.progress
    assert bool(progress) == bool(said.progress)


def test_leaders_are_counted_as_groups_week_by_week():
    table = walks(
        ("squad", "2025-07-07T18:00:00", 30.0, "sergeant", CREW),
        ("shift", "2025-07-08T18:00:00", 30.0, "lieutenant", {"lieutenants": 3}),
        ("district", "2025-07-13T18:00:00", 30.0, "captain",
         {"captains": 1, "nonpatrol_captains": 1, "nonpatrol_lieutenants": 1, "executives": 2}),
        ("squad", "2025-07-10T18:00:00", 30.0, "sergeant", {**CREW, "nonpatrol_captains": 1}),
        ("shift", "2025-07-14T18:00:00", 30.0, "lieutenant", {"lieutenants": 1}),
    )  # fmt: skip
    found = leaders_by_week(table, RULES.settings, weeks=["2025-W28", "2025-W27"])
    assert found.to_dict("records") == [
        {"week": "2025-W28", "walks": 4, "lieutenants": 2, "captains": 2, "executives": 1},
        {"week": "2025-W27", "walks": 0, "lieutenants": 0, "captains": 0, "executives": 0},
    ]
