"""Real call types and real incidents; the walks beside the incidents are made by this script."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.cad import suggest_map
from outcomes.engagement.compliance import compliance
from outcomes.engagement.compliance_shares import compliance_estimates
from outcomes.engagement.incidents import read_incidents
from outcomes.engagement.log import COLUMNS
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.sheets import Reading

DOMAIN = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "domain"
RULES = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DOMAIN.exists(), reason="no ../shared/refdata/domain here"),
]
# Read through by hand: every name of the five cities with a word of walking, of foot, of
# community or of engagement, and every name of the categories "Statuses" and "Assist the Public".
WALKS = {
    *("Walk and Talk", "WALKING BEAT", "DAILY WALKING BEAT LOG", "DAILY WALKING BEAT L"),
    "-ASSIGNED DUTY - FOOT BEAT (FROM ASSIGNED CAR)",
}
COMMUNITY = {"-ASSIGNED DUTY - COMMUNITY,SCHOOL,SPECIAL EVENT", "-ELEMENTARY SCHOOL VISIT"}
DECOYS = {
    *("SAFEWALK", "WIC - WALK IN CASE #", "42FP - FOOT PURSUIT", "FOOT - ELUDING POLICE"),
    *("PURSUIT - VEHICLE OR FOOT", "PURSUIT (FOOT OR VEHICLE)", "DASF-DIST ACTIVE SHOOTER FOOT"),
    *("DAEF-DIST ARMED ENCOUNTER FOOT", "--TRAFFIC - COMMUNITY TRAFFIC COMPLAINT (CTC)"),
    *("BURG - COMM BURGLARY (INCLUDES SCHOOLS)", "DIRECTED PATROL", "STALKING"),
    *("SLEEPER ABOARD BUS/COMMUTER TRAIN", "ARSON -COMMUNITY/PUBLIC - INHABITED"),
}


def test_walking_and_community_codes_of_five_cities_are_found_and_decoys_refused():
    names = pd.read_csv(DOMAIN / "vera_cad_call_types.csv", dtype=str, keep_default_na=False)
    assert len(names) == 3227
    table = suggest_map(names["call_type"]).set_index("call_type")["suggestion"]
    found = {kind: set(table.index[table == kind]) for kind in ("walk", "community")}
    # precision and recall are both 5 of 5 and 2 of 2: rules and list were made on these names
    assert found == {"walk": WALKS, "community": COMMUNITY}
    assert set(table.index) >= DECOYS
    assert set(table[list(DECOYS)]) == {"not a walk"}
    walked = names[names["call_type"].isin(WALKS)]["count"].astype(int).sum()
    assert walked == 169_693  # calls, both type columns of a city counted


@pytest.fixture(scope="module")
def homicides():
    return read_incidents(
        DOMAIN / "crimedata_homicides15.csv",
        reading=Reading(rename={"city_name": "place", "date_single": "at", "offense_type": "kind"}),
    )


def test_real_homicides_are_read_and_victims_of_one_incident_refused_as_the_same(homicides):
    # 292 rows repeat the city, minute and offense of an earlier row: further victims of the same
    # incident, or two that a coarse clock cannot tell apart (65 of the 1,630 kept say 00:00)
    assert (homicides.read, len(homicides.table), len(homicides.refusals)) == (1922, 1630, 292)
    assert {refusal.column for refusal in homicides.refusals} <= {"kind"}
    assert homicides.table["place"].nunique() == 9
    assert set(homicides.not_read) >= {"address", "latitude", "longitude"}


def test_walks_after_real_homicides_are_on_time_late_or_none(homicides):
    kinds = tuple(homicides.table["kind"].unique())
    types = tuple(
        kind.model_copy(update={"kinds": kinds}) if kind.code == "post_incident" else kind
        for kind in RULES.types
    )
    rules = RULES.model_copy(update={"types": types})
    happened = homicides.table[homicides.table["place"] == "Tucson"].sort_values("at")
    crew = dict.fromkeys(
        ("executives", "detectives", "sergeants", "officers", "nonsworn", "partners"), 1
    )
    times = pd.to_datetime(happened["at"])
    apart = times.diff().dt.total_seconds().div(3600).fillna(999) > 200
    apart &= -times.diff(-1).dt.total_seconds().div(3600).fillna(-999) > 200
    lonely = times[apart & (times > "2015-01-02") & (times < "2015-12-20")]
    delays = [(6, "on time"), (23.9, "on time"), (24.1, "late"), (90, "late"), (None, "none")]
    walks, expected = [], {}
    for at, (delay, word) in zip(lonely, delays * len(lonely), strict=False):
        expected[at.isoformat(timespec="minutes")] = word
        if delay is not None:
            start = (at + pd.Timedelta(hours=delay)).isoformat()
            row = {"place": "Tucson", "type": "post_incident", "start": start}
            walks.append({**row, "minutes": 40, "coordinator": "unit", **crew})
    log = pd.DataFrame(walks, columns=list(COLUMNS)).fillna(0)
    first, last = date(2015, 1, 1), date(2015, 12, 31)
    coverage = Coverage(first=first, last=last, starts={"Tucson": first})
    table = compliance(log, rules, coverage=coverage, incidents=happened)
    mine = table[(table["type"] == "post_incident") & table["period"].isin(expected)]
    assert len(expected) >= 5
    assert len(mine) == len(expected)
    for period, reasons in zip(mine["period"], mine["reasons"], strict=True):
        assert f", {expected[period]}: " in reasons
    assert mine["counted"].sum() == list(expected.values()).count("on time")
    share = next(e for e in compliance_estimates(table) if e.measure == "walks_post_incident")
    asked = table[(table["type"] == "post_incident") & (table["required"] == 1)]
    assert share.n == len(asked)
    assert share.value == pytest.approx(asked["counted"].clip(upper=1).sum() / len(asked))
