"""The plan of walks: read from tables, set beside what was done, and given as a calendar."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from outcomes.cli.main import cli
from outcomes.engagement.icalendar import CalendarEvent, calendar_file, escaped, folded
from outcomes.engagement.planned_walks import PlannedWalk, standings
from outcomes.errors import DataError
from outcomes.pipeline.walk_planning import cancel_plan, plan_walk, planned_walks, walk_calendar
from outcomes.study import open_study

ROOT = Path(__file__).resolve().parents[2]
STAMP = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def event(**change):
    given_ = {"uid": "a1@walks", "sequence": 0, "minutes": 30, "summary": "Squad walk, Eastbank",
              "start": datetime(2026, 7, 9, 18, 0, tzinfo=NEW_YORK)}  # fmt: skip
    return CalendarEvent(**(given_ | change))


def parsed(content: bytes) -> list[dict[str, str]]:
    """Read a calendar by the rules of RFC 5545; whatever breaks one fails here."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    text = content.decode("utf-8").replace("\r\n ", "")
    lines = text.split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0"} <= set(lines)
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    events, now = [], None
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon, line
        assert re.fullmatch(r"[A-Z-]+", name), line
        if line == "BEGIN:VEVENT":
            assert now is None
            now = {}
        elif line == "END:VEVENT":
            assert {"UID", "DTSTAMP", "DTSTART"} <= now.keys()
            assert now["DTSTART"] < now["DTEND"]
            assert now["STATUS"] in {"CONFIRMED", "CANCELLED"}
            for moment in ("DTSTAMP", "DTSTART", "DTEND"):
                datetime.strptime(now[moment], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            events.append(now)
            now = None
        elif now is not None:
            assert name not in now, f"{name} stands twice"
            assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), f"not escaped: {line}"
            now[name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    assert events
    return events


def test_a_calendar_keeps_the_rules_of_the_format():
    found = parsed(calendar_file([event(), event(uid="b2@walks", cancelled=True, sequence=1)],
                                 name="Planned walks", stamp=STAMP))  # fmt: skip
    assert [each["STATUS"] for each in found] == ["CONFIRMED", "CANCELLED"]
    assert found[0]["DTSTART"] == "20260709T220000Z"
    assert found[0]["DTEND"] == "20260709T223000Z"
    assert found[0]["SUMMARY"] == "Squad walk, Eastbank"
    assert found[1]["SEQUENCE"] == "1"


def test_a_parser_that_sees_no_fault_would_be_of_no_use():
    good = calendar_file([event(summary="a, b")], name="x", stamp=STAMP)
    broken = (
        good.replace(b"\r\n", b"\n"),
        good.replace(b"a\\, b", b"a, b"),
        good.replace(b"UID:", b"X-UID:"),
        good.replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
    )
    for content in broken:
        with pytest.raises(AssertionError):
            parsed(content)


@given(text=st.text(max_size=300))
def test_any_text_comes_back_from_a_calendar_as_it_was(text):
    kept = "".join(each for each in text if each >= " " or each in "\n\t")
    (found,) = parsed(calendar_file([event(description=f"x{text}")], name="x", stamp=STAMP))
    assert found["DESCRIPTION"] == f"x{kept}"


@given(line=st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"])))
def test_a_folded_line_is_never_cut_inside_a_letter(line):
    pieces = folded(line).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert "".join([pieces[0].decode(), *(piece[1:].decode() for piece in pieces[1:])]) == line


def test_a_long_line_goes_on_after_75_octets_and_not_a_letter_later():
    first, second = folded("x" * 80).removesuffix(b"\r\n").split(b"\r\n")
    assert (len(first), second) == (75, b" xxxxx")
    assert [len(piece) for piece in folded("é" * 40).removesuffix(b"\r\n").split(b"\r\n")] == [
        74,
        7,
    ]


def test_line_ends_and_signs_are_escaped():
    assert escaped("a\\b;c,d\ne\r\x00") == "a\\\\b\\;c\\,d\\ne"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 1, 9, 18, 0), "20260109T230000Z"),
        (datetime(2026, 7, 9, 18, 0), "20260709T220000Z"),
        (datetime(2026, 11, 1, 1, 30), "20261101T053000Z"),  # occurs twice: the first one
        (datetime(2026, 3, 8, 2, 30), "20260308T073000Z"),  # is skipped: an hour later
    ],
)
def test_clock_times_become_utc_in_summer_and_winter(local, utc):
    start = local.replace(tzinfo=NEW_YORK)
    (found,) = parsed(calendar_file([event(start=start)], name="x", stamp=STAMP))
    assert found["DTSTART"] == utc


def test_a_walk_over_the_change_of_the_clocks_takes_its_real_minutes():
    start = datetime(2026, 3, 8, 1, 50, tzinfo=NEW_YORK)
    (found,) = parsed(calendar_file([event(start=start)], name="x", stamp=STAMP))
    assert (found["DTSTART"], found["DTEND"]) == ("20260308T065000Z", "20260308T072000Z")


def test_the_stamp_may_be_in_any_zone():
    stamp = STAMP.astimezone(timezone(timedelta(hours=5, minutes=30)))
    (found,) = parsed(calendar_file([event()], name="x", stamp=stamp))
    assert found["DTSTAMP"] == "20260301T120000Z"


def test_an_empty_calendar_is_refused_because_the_format_has_none():
    with pytest.raises(DataError, match="no walk is planned"):
        calendar_file([], name="x", stamp=STAMP)


NOON = datetime(2026, 7, 9, 12, 0)


def plan(hour=18, minute=0, **change):
    given_ = {"place": "eastbank", "type": "squad", "start": datetime(2026, 7, 8, hour, minute),
              "minutes": 30, "coordinator": "sergeant"}  # fmt: skip
    return PlannedWalk(**(given_ | change))


def done(*starts, place="eastbank", kind="squad"):
    rows = [{"place": place, "type": kind, "start": start} for start in starts]
    return pd.DataFrame(rows, columns=["place", "type", "start"])


@pytest.mark.parametrize(
    ("walks", "expected"),
    [
        (done("2026-07-08T18:00:00"), "done"),
        (done("2026-07-08T20:00:00"), "done"),  # two hours exactly
        (done("2026-07-08T20:01:00"), "not done"),
        (done("2026-07-08T15:59:00"), "not done"),
        (done("2026-07-07T18:00:00"), "not done"),
        (done("2026-07-08T18:00:00", place="northgate"), "not done"),
        (done("2026-07-08T18:00:00", kind="shift"), "not done"),
        (done(), "not done"),
    ],
)
def test_a_plan_is_done_by_a_walk_of_its_place_type_and_day_within_two_hours(walks, expected):
    assert standings([plan()], walks, now=NOON) == [expected]


def test_one_walk_fulfils_one_plan_and_the_nearest():
    plans = [plan(17), plan(18)]
    assert standings(plans, done("2026-07-08T18:05:00"), now=NOON) == ["not done", "done"]
    both = done("2026-07-08T18:05:00", "2026-07-08T18:30:00")
    assert standings(plans, both, now=NOON) == ["done", "done"]


def test_a_plan_ahead_is_to_come_and_a_cancelled_one_is_cancelled():
    ahead = plan(start=datetime(2026, 7, 9, 10, 1))
    late = plan(start=datetime(2026, 7, 9, 10, 0))
    assert standings([ahead, late], done(), now=NOON) == ["to come", "not done"]
    assert standings([plan(cancelled=True)], done("2026-07-08T18:00:00"), now=NOON) == ["cancelled"]


@pytest.fixture
def study(study_folder):
    (study_folder / "walk_rules.toml").write_bytes((ROOT / "walk_rules.toml").read_bytes())
    return open_study(study_folder)


HEADER = "day,from,minutes,place,type,coordinator,briefing\n"


def run(study, *words):
    return CliRunner().invoke(cli, ["engagement", *words, "--study", str(study.root)])


def test_a_table_of_planned_walks_is_stored_once_and_given_as_a_calendar(study, tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(HEADER + "2025-07-08,9:05,30,eastbank,squad,sergeant,yes\n"
                     "2025-12-09,18:00:00,45,eastbank,captain,captain,\n")  # fmt: skip
    first = run(study, "plan-walks", str(table))
    assert "2 rows read, 2 stored, 0 already known" in first.output
    assert "2 rows read, 0 stored, 2 already known" in run(study, "plan-walks", str(table)).output
    out = tmp_path / "walks.ics"
    assert run(study, "calendar", "--out", str(out)).exit_code == 0
    summer, winter = parsed(out.read_bytes())
    assert (summer["DTSTART"], winter["DTSTART"]) == ("20250708T130500Z", "20251209T230000Z")
    assert summer["SUMMARY"] == "Squad walk, Eastbank"
    assert "rank: sergeant. The coordinator comes to the daily briefing." in summer["DESCRIPTION"]


def test_a_plan_of_the_desk_is_known_in_a_table_and_its_writer_stands_in_no_calendar(
    study, tmp_path
):
    plan_walk(study, plan(start=datetime(2025, 7, 8, 9, 5)), by="Rosa Marker")
    table = tmp_path / "plan.csv"
    table.write_text(HEADER + "2025-07-08,09:05,30,eastbank,squad,sergeant,\n")
    assert "0 stored, 1 already known" in run(study, "plan-walks", str(table)).output
    assert b"Rosa" not in walk_calendar(study, now=STAMP)


def test_a_uid_stays_and_its_sequence_grows_when_a_walk_is_cancelled(study):
    plan_walk(study, plan(), by="Ann")
    (before,) = parsed(walk_calendar(study, now=STAMP))
    (stored,) = planned_walks(study, now=NOON)
    cancel_plan(study, stored.id, by="Ann")
    (after,) = parsed(walk_calendar(study, now=STAMP))
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2025-07-08,25:00,30,eastbank,squad,sergeant,", "'25:00' is not a clock time"),
        ("2025-07-08,18:00,0,eastbank,squad,sergeant,", "outside 1 to 600"),
        ("2025-07-08,18:00,30,atlantis,squad,sergeant,", "is not a known place of the study"),
        ("2025-07-08,18:00,30,eastbank,stroll,sergeant,", "is not a known type of walk"),
        ("2025-07-08,18:00,30,eastbank,squad,Sgt. Reed,", "is not a known rank"),
        ("07/08/2025,18:00,30,eastbank,squad,sergeant,", "is not a date"),
        ("0025-07-08,18:00,30,eastbank,squad,sergeant,", "the year cannot be right"),
        ("9999-12-31,23:30,30,eastbank,squad,sergeant,", "the year cannot be right"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_and_nothing_is_stored(study, tmp_path, row, sentence):
    table = tmp_path / "plan.csv"
    table.write_text(HEADER + "2025-07-09,18:00,30,eastbank,squad,sergeant,no\n" + row + "\n")
    result = run(study, "plan-walks", str(table))
    assert result.exit_code != 0
    assert sentence in (result.output + str(result.exception))
    assert planned_walks(study, now=NOON) == []


def test_the_same_plan_twice_in_a_table_is_refused(study, tmp_path):
    table = tmp_path / "plan.csv"
    row = "2025-07-09,{},30,eastbank,squad,sergeant,no\n"
    table.write_text(HEADER + row.format("9:00") + row.format("09:00"))
    result = run(study, "plan-walks", str(table))
    assert "stand in an earlier row" in (result.output + str(result.exception))


def test_a_calendar_without_a_plan_says_what_to_do(study, tmp_path):
    result = run(study, "calendar", "--out", str(tmp_path / "walks.ics"))
    assert result.exit_code != 0
    assert "plan-walks FILE" in (result.output + str(result.exception))
    assert not (tmp_path / "walks.ics").exists()
    wrong = run(study, "calendar", "--out", str(tmp_path / "walks.txt"))
    assert "must be .ics" in (wrong.output + str(wrong.exception))
