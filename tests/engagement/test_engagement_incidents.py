from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.compliance import compliance
from outcomes.engagement.compliance_shares import compliance_estimates
from outcomes.engagement.incidents import read_incidents
from outcomes.engagement.log import COLUMNS as LOG
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError, FileError, RowsRefused

SHIPPED = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
RULES = SHIPPED.model_copy(update={"types": (SHIPPED.type("post_incident"),)})
CREW = {
    **dict.fromkeys(("executives", "detectives", "sergeants", "nonsworn", "partners"), 1),
    "officers": 20,
}


def walk(start, *, place="danville", **changes):
    row = {"place": place, "type": "post_incident", "start": start, "minutes": 60}
    return {**row, "coordinator": "unit", **CREW, **changes}


def answered(walks, incidents, *, first, last, rules=RULES, time_zone=""):
    log = pd.DataFrame(walks, columns=list(LOG)).fillna(0)
    coverage = Coverage(first=first, last=last, starts={"danville": first}, time_zone=time_zone)
    happened = pd.DataFrame(incidents, columns=["place", "at", "kind", *incidents_more(incidents)])
    table = compliance(log, rules, coverage=coverage, incidents=happened)
    return table[table["type"] == "post_incident"].reset_index(drop=True)


def incidents_more(incidents):
    return ["reported"] if incidents and len(incidents[0]) == 4 else []


def year(number):
    return {"first": date(number, 1, 1), "last": date(number, 12, 31)}


def test_danville_2019_the_walk_came_on_the_tuesday_after_a_friday_shooting_and_was_late():
    # Danville, 2019 (research notes, section 4): a shooting on a Friday about 9 pm, the walk on
    # the following Tuesday. Only the weekdays and hours are known; the dates are an example.
    table = answered(
        [walk("2019-06-18T14:00:00")],
        [("danville", "2019-06-14T21:00:00", "shooting")],
        **year(2019),
    )
    assert table[["period", "required", "done", "counted", "short"]].to_numpy().tolist() == [
        ["2019-06-14T21:00", 1, 1, 0, 1]
    ]
    assert table["reasons"][0] == "shooting, late: the first walk was 89.0 hours after, 24 allowed"


def test_danville_2022_the_walk_came_on_the_wednesday_after_a_tuesday_shooting_and_met_the_rule():
    table = answered(
        [walk("2022-05-11T13:00:00")],
        [("danville", "2022-05-10T15:30:00", "shooting")],
        **year(2022),
    )
    assert table[["required", "done", "counted", "short"]].to_numpy().tolist() == [[1, 1, 1, 0]]
    assert table["reasons"][0] == "shooting, on time: a walk 21.5 hours after"


def test_an_incident_without_a_walk_is_told_from_one_with_a_late_walk():
    table = answered(
        [walk("2026-03-20T13:00:00")],
        [("danville", "2026-03-01T21:00:00", "Homicide")],
        **year(2026),
    )
    assert table["reasons"].tolist() == [
        "1 after no incident of the list",
        "Homicide, none: no walk within 168 hours",
    ]
    assert table["required"].tolist() == [0, 1]


def test_a_walk_in_time_that_lacks_someone_is_not_counted_and_says_why():
    table = answered(
        [walk("2026-03-02T13:00:00", executives=0)],
        [("danville", "2026-03-01T21:00:00", "homicide")],
        **year(2026),
    )
    assert table["counted"].tolist() == [0]
    assert table["reasons"][0] == (
        "homicide, not counted: a walk 16.0 hours after, but without an executive"
    )
    assert compliance_estimates(table)[0].warnings == (
        "1 of 1 required walks are missing",
        "walks that did not count: 1 without an executive",
    )


def test_one_walk_answers_every_incident_in_whose_hours_it_starts():
    table = answered(
        [walk("2026-03-02T13:00:00")],
        [
            ("danville", "2026-03-01T21:00:00", "homicide"),
            ("danville", "2026-03-02T02:00:00", "shooting"),
            ("danville", "2026-03-02T02:00:00", "homicide"),  # one incident, two kinds
            ("danville", "2026-03-02T14:00:00", "shooting"),
            ("danville", "2026-03-02T14:00:00", "burglary"),  # asks for no walk
        ],
        **year(2026),
    )
    assert table["counted"].tolist() == [1, 1, 0]
    assert table["reasons"][1] == "homicide and shooting, on time: a walk 11.0 hours after"


@pytest.mark.parametrize(("hours", "counted"), [(0, 1), (24, 1), (24.02, 0), (-0.1, 0)])
def test_the_hours_are_counted_to_the_minute_and_across_midnight(hours, counted):
    at = pd.Timestamp("2026-03-01 23:50")
    start = (at + pd.Timedelta(hours=hours)).isoformat()
    table = answered([walk(start)], [("danville", at.isoformat(), "shooting")], **year(2026))
    assert table[table["required"] == 1]["counted"].tolist() == [counted]


@pytest.mark.parametrize(
    ("at", "start", "counted"),
    [
        # spring forward on 2026-03-08: 24.5 hours by the clock are 23.5 real hours
        ("2026-03-07T21:30:00", "2026-03-08T22:00:00", 1),
        # fall back on 2026-11-01: 23.5 hours by the clock are 24.5 real hours
        ("2026-10-31T21:30:00", "2026-11-01T21:00:00", 0),
    ],
)
def test_the_hours_are_real_hours_when_the_clocks_change(at, start, counted):
    happened = [("danville", at, "shooting")]
    real = answered([walk(start)], happened, **year(2026), time_zone="America/New_York")
    by_clock = answered([walk(start)], happened, **year(2026))
    assert real["counted"].tolist() == [counted]
    assert by_clock["counted"].tolist() == [1 - counted]


def test_incidents_before_the_start_or_near_the_end_ask_for_nothing():
    happened = [
        ("danville", "2025-12-31T21:00:00", "shooting"),
        ("danville", "2026-12-31T10:00:00", "shooting"),
        ("elsewhere", "2026-06-01T10:00:00", "shooting"),
    ]
    table = answered([walk("2026-01-01T09:00:00")], happened, **year(2026))
    assert table["required"].tolist() == [0, 0]
    assert table["reasons"][0].startswith("before the walks start here (2026-01-01); shooting")
    assert table["reasons"][1].startswith("the 24 hours run past the last day covered")


@pytest.mark.parametrize(("minutes", "said"), [(0, "late"), (1, "none")])
def test_a_first_walk_is_late_up_to_the_last_of_the_late_hours_and_then_missing(minutes, said):
    at = pd.Timestamp("2026-03-01T21:00")
    start = at + pd.Timedelta(hours=168, minutes=minutes)
    table = answered([walk(start.isoformat())], [("danville", at.isoformat(), "shooting")],
                     **year(2026))  # fmt: skip
    row = table[table["required"] == 1].iloc[0]
    assert row["reasons"].startswith(f"shooting, {said}: ")
    assert row["done"] == int(said == "late")


@pytest.mark.parametrize(
    ("at", "last", "required"),
    [
        # 24 real hours end at half past midnight by the clock: after the last day covered
        ("2026-03-07T23:30:00", date(2026, 3, 8), 0),
        # 24 real hours end half an hour before midnight, though the clock was turned back
        ("2026-11-01T00:30:00", date(2026, 11, 1), 1),
    ],
)
def test_the_last_day_ends_in_real_hours_too(at, last, required):
    table = answered(
        [walk("2026-03-01T13:00:00")],
        [("danville", at, "shooting")],
        first=date(2026, 1, 1),
        last=last,
        time_zone="America/New_York",
    )
    assert table[table["period"] == at[:16]]["required"].tolist() == [required]


def test_each_incident_asks_for_a_walk_of_its_own_if_the_setting_says_so():
    reading = {"one_walk_answers": "one incident"}
    rules = RULES.model_copy(update={"settings": RULES.settings.model_copy(update=reading)})
    happened = [
        ("danville", "2026-03-01T21:00:00", "homicide"),
        ("danville", "2026-03-02T02:00:00", "shooting"),
        ("danville", "2026-03-02T05:00:00", "shooting"),
    ]
    walks = [walk("2026-03-02T13:00:00"), walk("2026-03-03T01:00:00")]
    assert answered(walks, happened, **year(2026))["counted"].tolist() == [1, 2, 2]
    table = answered(walks, happened, **year(2026), rules=rules)
    assert table["counted"].tolist() == [1, 1, 0]
    assert table["reasons"].tolist() == [
        "homicide, on time: a walk 16.0 hours after",
        "shooting, on time: a walk 23.0 hours after",
        "shooting, not counted: a walk 8.0 hours after, but it answered another incident",
    ]


def test_the_hours_may_start_at_the_report():
    rules = RULES.model_copy(
        update={"settings": RULES.settings.model_copy(update={"incident_clock": "report"})}
    )
    happened = [("danville", "2026-03-01T21:00:00", "homicide", "2026-03-03T08:00:00")]
    walks = [walk("2026-03-03T20:00:00")]
    assert answered(walks, happened, **year(2026))["counted"].tolist() == [0]
    assert answered(walks, happened, **year(2026), rules=rules)["counted"].tolist() == [1]
    with pytest.raises(DataError, match=r"1 incident.s. lack the time of the report"):
        answered(walks, [happened[0][:3]], **year(2026), rules=rules)


def test_without_a_list_of_incidents_walks_after_one_cannot_be_checked():
    log = pd.DataFrame([walk("2026-03-02T13:00:00")], columns=list(LOG)).fillna(0)
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    coverage = Coverage(first=first, last=last, starts={"danville": first})
    table = compliance(log, RULES, coverage=coverage)
    row = table[table["type"] == "post_incident"].iloc[0]
    assert (row["period"], row["required"], row["done"], row["counted"]) == ("2026-03", 0, 1, 0)
    assert row["reasons"] == "1 without a list of incidents to check the hours by"


def test_incidents_are_read_with_local_times(tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_text(
        "place,at,kind\nx,2026-03-01T21:00:00Z,homicide\nx,2026-03-02 08:00,shooting\n",
        encoding="utf-8",
    )
    sheet = read_incidents(path, time_zone="America/Chicago")
    assert sheet.table["at"].tolist() == ["2026-03-01T15:00:00", "2026-03-02T08:00:00"]
    with pytest.raises(RowsRefused, match=r"row 2, column at: .* has an offset"):
        read_incidents(path).or_refuse(leave_out=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place,kind\nx,homicide\n", "there is no column 'at'"),
        (
            "place,at,kind\nx,2026-03-01,homicide\n",
            "row 2, column at: '2026-03-01' is not a moment",
        ),
        ("place,at,kind\ny,2026-03-01 09:00,homicide\n", "row 2, column place: 'y' is not a known"),
        ("place,at,kind\nx,2026-03-01 09:00,\n", "row 2, column kind: the cell is empty"),
        (
            "place,at,kind\nx,2026-03-01 09:00,homicide\nx,2026-03-01 9:00,homicide\n",
            "row 3, column kind: the same place and at and kind",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(tmp_path, text, message):
    path = tmp_path / "incidents.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=message):
        read_incidents(path, places=("x",)).or_refuse(leave_out=False)
