"""Generated places: outcome counts by month, incidents, and a walk log with realistic gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from outcomes.simulate.scenario import Scenario

COMPLAINT_TYPES = {
    "complaints_courtesy": 0.34,
    "complaints_procedure": 0.25,
    "complaints_service": 0.20,
    "complaints_other": 0.11,
    "complaints_force": 0.05,
    "complaints_bias": 0.05,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How one type of walk usually goes: who, how long, how often, and how often it is done."""

    coordinator: str
    people: tuple[tuple[str, int], ...]
    minutes: int
    days: tuple[int, ...]  # workdays of the week, Monday is 0
    done: float  # share of planned walks that take place


CREWS: dict[str, Crew] = {
    "officer": Crew(
        coordinator="officer", people=(("officers", 2),), minutes=20, days=(0, 2, 4), done=0.92
    ),
    "squad": Crew(
        coordinator="sergeant",
        people=(("sergeants", 1), ("officers", 2)),
        minutes=30,
        days=(0, 1, 3),
        done=0.85,
    ),
    "shift": Crew(
        coordinator="lieutenant",
        people=(("lieutenants", 1), ("sergeants", 1), ("officers", 2)),
        minutes=30,
        days=(1, 2, 4),
        done=0.70,
    ),
    "captain": Crew(
        coordinator="captain",
        people=(("captains", 1), ("officers", 1)),
        minutes=45,
        days=(0, 2, 3),
        done=0.55,
    ),
    "unit": Crew(
        coordinator="unit",
        people=(("unit_members", 2),),
        minutes=45,
        days=(0, 1, 2, 3, 4),
        done=0.95,
    ),
}
DISTRICT = Crew(
    coordinator="captain",
    people=(
        ("captains", 1),
        ("lieutenants", 1),
        ("sergeants", 1),
        ("nonpatrol_captains", 1),
        ("nonpatrol_lieutenants", 1),
        ("nonpatrol_sergeants", 1),
    ),
    minutes=30,
    days=(),
    done=0.9,
)
TOO_SHORT = 0.06  # share of walks cut short
SOMEBODY_MISSING = 0.05  # share of walks that lack one of the people needed
ON_TIME = 0.65  # share of incidents answered by a walk within 24 hours
LATE = 0.2  # and later than that


def counts(
    scenario: Scenario,
    *,
    starts: Mapping[str, date],
    places: Sequence[str],
    months: Sequence[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Generate the outcome counts of every place and month: place, month, measure, value."""
    rows = []
    for place in places:
        base = {
            "tips_received": rng.uniform(8, 12),
            "complaints": rng.uniform(3, 5),
            "crime_reports_violent": rng.uniform(5, 9),
            "crime_reports_property": rng.uniform(22, 34),
            "partnerships_developed": 0.3,
        }
        added = {
            "tips_received": scenario.tips_a_month,
            "complaints": scenario.complaints_a_month,
        }
        weather = {name: _drift(len(months), rng=rng) for name in base}
        for number, month in enumerate(months):
            walked = place in starts and month >= f"{starts[place]:%Y-%m}"
            drawn = {
                name: int(
                    rng.poisson(
                        max(usual + (added.get(name, 0.0) if walked else 0.0), 0.0)
                        * weather[name][number]
                    )
                )
                for name, usual in base.items()
            }
            for name, value in _with_parts(drawn, rng=rng).items():
                rows.append((place, month, name, value))
    return pd.DataFrame(rows, columns=["place", "month", "measure", "value"])


def _drift(months: int, *, rng: np.random.Generator) -> np.ndarray:
    """Draw a slowly moving factor with mean 1: counts of neighboring months resemble each other."""
    sd, memory = 0.12, 0.4
    state = rng.normal(0, sd)
    factors = np.empty(months)
    for month in range(months):
        factors[month] = np.exp(state - sd**2 / 2)
        state = memory * state + rng.normal(0, sd * np.sqrt(1 - memory**2))
    return factors


def _with_parts(drawn: dict[str, int], *, rng: np.random.Generator) -> dict[str, int]:
    """Part the totals: anonymous tips, types of complaint, kinds of crime."""
    types = rng.multinomial(drawn["complaints"], list(COMPLAINT_TYPES.values()))
    return {
        **drawn,
        "tips_anonymous": int(rng.binomial(drawn["tips_received"], 0.4)),
        **dict(zip(COMPLAINT_TYPES, (int(value) for value in types), strict=True)),
        "crime_reports": drawn["crime_reports_violent"] + drawn["crime_reports_property"],
    }


def incidents(
    *, places: Sequence[str], first: date, last: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Generate shootings and homicides: place, at, kind."""
    days = (last - first).days + 1
    rows = [
        (
            place,
            datetime.combine(first, datetime.min.time())
            + timedelta(minutes=int(rng.integers(days * 24 * 60))),
            "homicide" if rng.random() < 0.2 else "shooting",
        )
        for place in places
        for _ in range(int(rng.poisson(days / 60)))
    ]
    table = pd.DataFrame(rows, columns=["place", "at", "kind"]).sort_values("at")
    return table.reset_index(drop=True)


def walk_log(
    happened: pd.DataFrame, *, starts: Mapping[str, date], last: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Generate the log of every walk in the focus places, with gaps, short walks and absences."""
    rows = []
    for place, start in starts.items():
        day = start
        while day <= last:
            for kind, crew in CREWS.items():
                if day.weekday() in crew.days and rng.random() < crew.done:
                    rows.append(_walk(place, kind, crew=crew, day=day, rng=rng))
            if day.weekday() == 3 and (day.day - 1) // 7 in {1, 3}:  # second, fourth Thursday
                rows.append(_walk(place, "district", crew=DISTRICT, day=day, rng=rng))
            if day.weekday() == 5 and rng.random() < 0.2:
                rows.append(_walk(place, "ad_hoc", crew=CREWS["squad"], day=day, rng=rng))
            day += timedelta(days=1)
    rows += _after_incidents(happened, starts=starts, last=last, rng=rng)
    table = pd.DataFrame(rows).fillna(0)
    people = [name for name in table if name not in {"place", "type", "start", "coordinator"}]
    table = table.astype(dict.fromkeys(people, int))
    return table.drop_duplicates(["place", "type", "start"]).sort_values(["start", "place"])


def _walk(
    place: str, kind: str, *, crew: Crew, day: date, rng: np.random.Generator
) -> dict[str, object]:
    clock = int(rng.integers(9 * 12, 19 * 12)) * 5
    at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=clock)
    return _row(place, kind, crew=crew, at=at, rng=rng)


def _row(
    place: str, kind: str, *, crew: Crew, at: datetime, rng: np.random.Generator
) -> dict[str, object]:
    minutes = crew.minutes + int(rng.integers(0, 12))
    if rng.random() < TOO_SHORT:
        minutes = crew.minutes - int(rng.integers(3, 9))
    people = dict(crew.people)
    if rng.random() < SOMEBODY_MISSING and len(people) > 1:
        people[list(people)[1]] -= 1
    return {
        "place": place,
        "type": kind,
        "start": f"{at:%Y-%m-%d %H:%M}",
        "minutes": minutes,
        "coordinator": crew.coordinator,
        **people,
        "partners": 2 if kind == "post_incident" else int(rng.random() < 0.15),
        "reached": int(rng.poisson(minutes / 5)),
    }


def _after_incidents(
    happened: pd.DataFrame,
    *,
    starts: Mapping[str, date],
    last: date,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    """Generate the walks after shootings and homicides: most in time, some late, some never."""
    crew = Crew(
        coordinator="unit",
        people=(
            ("unit_members", 2),
            ("officers", 2),
            ("executives", 1),
            ("detectives", 1),
            ("lieutenants", 1),
            ("sergeants", 1),
            ("nonsworn", 1),
        ),
        minutes=40,
        days=(),
        done=1.0,
    )
    rows = []
    for place, at in zip(happened["place"], happened["at"], strict=True):
        if place not in starts or at.date() < starts[place]:
            continue
        draw = rng.random()
        if draw < ON_TIME + LATE:
            low, high = (4, 22) if draw < ON_TIME else (28, 60)
            later = at + timedelta(minutes=int(rng.integers(low * 60, high * 60)))
            row = _row(place, "post_incident", crew=crew, at=later, rng=rng)
            rows += [row] if later.date() <= last else []
    return rows
