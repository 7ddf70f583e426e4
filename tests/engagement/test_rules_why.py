"""Each walk that did not count, with its reason: from a file, and from the store."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.engagement import engagement
from outcomes.errors import OutcomesError
from outcomes.pipeline.engagement import check_walks, import_incidents, import_walks
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.store import Source
from outcomes.study import open_study

SHIPPED = Path(__file__).resolve().parents[2] / "walk_rules.toml"
STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/Chicago"
[[places]]
code = "east"
name = "East"
role = "focus"
start = 2026-01-05
"""
WALKS = (
    "place,type,start,minutes,coordinator,officers,sergeants,unit_members,team,inside_border\n"
    "east,squad,2026-01-06 10:00,20,sergeant,1,0,0,squad 3,yes\n"
    "east,officer,2026-01-05 10:00,20,officer,2,0,0,,\n"
    "east,officer,2026-01-07 10:00,25,officer,2,0,0,squad 3,no\n"
    "east,unit,2026-01-05 09:00,45,unit,0,0,2,,\n"
    "east,unit,2026-01-05 15:00,45,unit,0,0,2,,\n"
    "east,post_incident,2026-02-05 21:00,30,unit,1,1,0,,\n"
)
INCIDENTS = "place,at,kind\neast,2026-02-03 21:00,shooting\n"
WHY = [
    ("unit", "2026-01-05T15:00:00", "on a workday that had its walk already"),
    ("squad", "2026-01-06T10:00:00", "too short (20 of 30 minutes) and without a sergeant"),
    ("officer", "2026-01-07T10:00:00", "outside the border"),
    (
        "post_incident",
        "2026-02-05T21:00:00",
        "without an executive and without a detective and without a nonsworn employee and without "
        "a partner from outside the police and not within 24 hours after an incident",
    ),
]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "walks.csv").write_text(WALKS, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(INCIDENTS, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "walk_rules.toml").write_bytes(SHIPPED.read_bytes())
    return tmp_path


@pytest.fixture
def study(files):
    opened = open_study(files)
    import_walks(opened, files / "walks.csv")
    import_incidents(opened, files / "incidents.csv")
    yield opened
    opened.store.dispose()


def run(*words):
    return CliRunner().invoke(engagement, [str(word) for word in words], catch_exceptions=False)


def listed(said):
    return [(row["type"], row["start"], row["reason"]) for row in json.loads(said.stdout)]


def test_walks_of_a_file_that_did_not_count_are_listed_with_their_reasons(files):
    options = ("--rules", SHIPPED, "--incidents", files / "incidents.csv", "--why")
    out = files / "why.csv"
    assert "4 rows written" in run("walks", files / "walks.csv", *options, "--out", out).output
    table = pd.read_csv(out, keep_default_na=False)
    assert list(table)[:4] == ["place", "type", "team", "start"]
    assert list(table[["type", "start", "reason"]].itertuples(index=False, name=None)) == WHY
    assert set(table["counted"]) == {"no"}


def test_walks_of_the_store_are_listed_the_same(files, study):
    assert study.root == files
    assert listed(run("walks", "--why", "--study", files, "--format", "json")) == WHY
    every = json.loads(run("walks", "--study", files, "--format", "json").stdout)
    assert [row["counted"] for row in every].count("yes") == 2
    assert len(every) == 6


def test_options_of_a_file_are_refused_without_one_and_the_study_beside_one(files):
    with pytest.raises(OutcomesError, match="--rules has no meaning without LOG"):
        run("walks", "--rules", SHIPPED, "--study", files)
    with pytest.raises(OutcomesError, match="--study has no meaning beside LOG"):
        run("walks", files / "walks.csv", "--rules", SHIPPED, "--study", files)
    with pytest.raises(OutcomesError, match="--rules FILE: say which walk rules"):
        run("walks", files / "walks.csv")


def test_where_every_walk_counted_that_is_said(files):
    (files / "walks.csv").write_text("\n".join(WALKS.splitlines()[:1] + WALKS.splitlines()[2:3]))
    said = run("walks", files / "walks.csv", "--rules", SHIPPED, "--why")
    assert "Every walk counted." in said.stderr


def test_strategies_of_a_study_stand_in_its_table_beside_the_walks(study):
    more = (
        '\n[[strategies]]\ncode = "group"\nname = "Group"\nkind = "event"\n'
        'at_least = { participants = 5 }\ntimes = 1\nper = "month"\nplaces = ["east"]\n'
    )
    with study.rules_path.open("a", encoding="utf-8") as file:
        file.write(more)
    rows = [
        record_row(
            "event",
            key=[f"meeting {people}"],
            day="2026-02-11",
            place="east",
            body={"name": f"meeting {people}", "participants": people},
        )
        for people in (3, 9)
    ]
    store_records(study, rows, source=Source(step="a test", read=2))
    shares = check_walks(study)
    table = study.read_table("compliance")
    february = table[(table["type"] == "group") & (table["period"] == "2026-02")].iloc[0]
    assert (february["required"], february["done"], february["counted"]) == (1, 2, 1)
    assert february["reasons"] == "1 with fewer than 5 participants"
    walks_alone = table[~table["type"].isin(["group"])]["required"].sum()
    assert next(share for share in shares if share.measure == "walks_counted").n == walks_alone


def test_a_log_of_which_nothing_is_left_cannot_say_which_days_it_covers(files):
    path = files / "walks.csv"
    path.write_text(WALKS.splitlines()[0] + "\neast,squad,nonsense,20,sergeant,1,0,0,,\n")
    asked = ["compliance", str(path), "--rules", str(SHIPPED), "--leave-out-refused"]
    found = CliRunner().invoke(engagement, asked)
    assert isinstance(found.exception, OutcomesError)
    assert "say --first and --last" in str(found.exception)
    days = ["--first", "2026-01-05", "--last", "2026-01-11", "--place", "east"]
    found = CliRunner().invoke(engagement, [*asked, *days])
    assert found.exit_code == 0, found.output


def test_the_days_are_taken_from_the_first_and_the_last_walk_whatever_their_order(files):
    asked = ["compliance", str(files / "walks.csv"), "--rules", str(SHIPPED)]
    found = CliRunner().invoke(engagement, asked)
    assert (
        "1 places, 2026-01-05 to 2026-02-05 (taken from the log where not given)." in found.stderr
    )
