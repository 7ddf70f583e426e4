from datetime import date

import numpy as np
import pandas as pd
import pytest

from outcomes.simulate.neighborhoods import (
    COMPLAINT_TYPES,
    CREWS,
    LATE,
    ON_TIME,
    counts,
    incidents,
    walk_log,
)
from outcomes.simulate.scenario import Scenario

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
PLACES = ["eastbank", "millrow", "northgate", "harbor-hill"]
STARTS = {"eastbank": date(2025, 7, 1), "millrow": date(2025, 7, 1)}
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def counted(scenario: Scenario, *, seed: int = 1, places: list[str] = PLACES) -> pd.DataFrame:
    """Counts of places; those of ``STARTS`` and those named f1, f2, ... are focus places."""
    starts = {place: date(2025, 7, 1) for place in places if place in STARTS or place[0] == "f"}
    rng = np.random.default_rng(seed)
    return counts(scenario, starts=starts, places=places, months=MONTHS, rng=rng)


def happened(*, seed: int = 1) -> pd.DataFrame:
    return incidents(places=PLACES, first=FIRST, last=LAST, rng=np.random.default_rng(seed))


def walked(*, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return walk_log(happened(seed=seed), starts=STARTS, last=LAST, rng=rng)


def test_every_place_month_and_measure_has_one_count() -> None:
    table = counted(Scenario())
    assert not table.duplicated(["place", "month", "measure"]).any()
    assert len(table) == 4 * 12 * table["measure"].nunique()
    assert (table["value"] >= 0).all()


def test_parts_sum_to_their_totals() -> None:
    wide = counted(Scenario()).pivot(index=["place", "month"], columns="measure", values="value")
    assert wide[list(COMPLAINT_TYPES)].sum(axis=1).equals(wide["complaints"])
    both = wide["crime_reports_violent"] + wide["crime_reports_property"]
    assert both.equals(wide["crime_reports"])
    assert (wide["tips_anonymous"] <= wide["tips_received"]).all()


@pytest.mark.parametrize("planted", [0.0, 3.0, 12.0])
def test_the_planted_tips_are_added_in_focus_places_once_walks_began(planted: float) -> None:
    """400 places of each kind; the mean of 2,400 months has a standard error of 0.12."""
    places = [*(f"f{i}" for i in range(400)), *(f"c{i}" for i in range(400))]
    table = counted(Scenario(tips_a_month=planted), places=places)
    tips = table[table["measure"] == "tips_received"]
    focus, after = tips["place"].str.startswith("f"), tips["month"] >= "2025-07"
    means = [tips[f & a]["value"].mean() for f in (focus, ~focus) for a in (after, ~after)]
    assert (means[0] - means[1]) - (means[2] - means[3]) == pytest.approx(planted, abs=0.5)
    assert means[3] == pytest.approx(10, abs=0.4)


def test_counts_vary_more_than_chance_alone_would_have_it() -> None:
    """A slow factor of SD 0.12 on a mean of 28 adds 0.12^2 * 28^2 = 11 to a variance of 28."""
    table = counted(Scenario(), places=[f"c{i}" for i in range(300)])
    property_crime = table[table["measure"] == "crime_reports_property"]
    within = property_crime.groupby("place")["value"]
    assert 1.15 < (within.var() / within.mean()).mean() < 1.6


def test_the_same_seed_gives_the_same_counts_and_walks() -> None:
    pd.testing.assert_frame_equal(counted(Scenario()), counted(Scenario()))
    pd.testing.assert_frame_equal(walked(), walked())
    assert not counted(Scenario()).equals(counted(Scenario(), seed=2))


@pytest.mark.parametrize("seed", range(5))
def test_incidents_lie_inside_the_study_in_order(seed: int) -> None:
    table = happened(seed=seed)
    assert table["at"].is_monotonic_increasing
    assert table["at"].dt.date.between(FIRST, LAST).all()
    assert set(table["place"]) <= set(PLACES)
    assert set(table["kind"]) <= {"shooting", "homicide"}


@pytest.mark.parametrize("seed", range(12))
def test_walks_happen_in_focus_places_between_start_and_end_of_the_study(seed: int) -> None:
    table = walked(seed=seed)
    assert set(table["place"]) == set(STARTS)
    assert table["start"].between("2025-07-01", "2025-12-31 23:59").all()
    assert not table.duplicated(["place", "type", "start"]).any()


def test_walks_have_the_gaps_that_logs_have() -> None:
    log = pd.concat([walked(seed=seed) for seed in range(4)])
    planned = {kind: 4 * 2 * 26.2 * len(crew.days) for kind, crew in CREWS.items()}
    for kind, crew in CREWS.items():
        done = (log["type"] == kind).sum() / planned[kind]
        assert done == pytest.approx(crew.done, abs=0.06)
    officer = log[log["type"] == "officer"]
    assert 0.02 < (officer["minutes"] < CREWS["officer"].minutes).mean() < 0.12
    assert (log["minutes"] > 0).all()
    assert (log.select_dtypes("number") >= 0).to_numpy().all()


def test_most_incidents_are_answered_by_a_walk_in_time_some_late_some_never() -> None:
    shares = np.zeros(3)
    for seed in range(40):
        after = happened(seed=seed)
        after = after[after["place"].isin(STARTS) & (after["at"] >= "2025-07-01")]
        after = after[after["at"] < "2025-12-28"]
        log = walked(seed=seed)
        times = log[log["type"] == "post_incident"].assign(at=pd.to_datetime(log["start"]))
        for place, at in zip(after["place"], after["at"], strict=True):
            hours = (times.loc[times["place"] == place, "at"] - at).dt.total_seconds() / 3600
            first = hours[(hours > 0) & (hours < 61)].min()
            shares += [first <= 24, first > 24, np.isnan(first)]
    shares /= shares.sum()
    assert shares[0] == pytest.approx(ON_TIME, abs=0.12)
    assert shares[1] == pytest.approx(LATE, abs=0.1)
