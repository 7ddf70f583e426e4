"""Generated engagement records: events, contacts, letters, notices and the like, by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from outcomes.settings import AGENCY

Row = dict[str, object]

EVENTS = (
    ("open evening at the library", "community event"),
    ("coffee with officers", "community event"),
    ("evening on traffic and lighting", "discussion"),
    ("picnic in the park", "community event"),
    ("meeting of the consultative group", "consultative group"),
    ("welcome evening for newcomers", "newcomers' event"),
)
SPONSORS = ("Riverside Tenants Council", "Hillside Church", "Marlow Youth Club")
TOPICS = (
    "walks and how to join them",
    "lighting",
    "school holidays",
    "bicycles",
    "how to reach us",
)
WAYS = ("in person", "in person", "at an event", "phone", "e-mail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the generated records are about."""

    starts: Mapping[str, date]  # first day of the walks, by focus place
    first: date
    last: date
    academies: Mapping[str, date]  # last evening of a class, by its group
    outlets: Sequence[str]


def engagement_records(setting: Setting, *, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Generate a year of engagement: a table for each kind of record, by its code.

    No partnership is generated: the worked example counts those in its table of outcome counts.
    """
    tables = {
        "event": _events(setting, rng=rng),
        "contact": _contacts(setting, rng=rng),
        "organisation": _organisations(setting),
        "request": _requests(setting, rng=rng),
        "letter": _letters(setting),
        "initiative": _initiatives(setting),
        "social_post": _posts(setting, rng=rng),
        "referral": _referrals(setting, rng=rng),
        "media_contact": _media_contacts(setting, rng=rng),
        **_prepared(setting, rng=rng),
        **_led(setting, rng=rng),
    }
    kept: dict[str, pd.DataFrame] = {}
    for kind, rows in tables.items():
        inside = [row for row in rows if setting.first <= _day(row) <= setting.last]
        if inside:
            kept[kind] = pd.DataFrame(inside).fillna("").sort_values(["day", "place"])
    return kept


def _day(row: Row) -> date:
    return date.fromisoformat(str(row["day"]))


def _weeks(first: date, last: date, *, every: int = 7) -> list[date]:
    return [first + timedelta(days=days) for days in range(0, (last - first).days + 1, every)]


def _row(day: date, place: str, **fields: object) -> Row:
    return {"day": day.isoformat(), "place": place, **fields}


def _events(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    rows = []
    for place, start in setting.starts.items():
        for day in _weeks(start - timedelta(days=60), setting.last, every=17):
            name, sort = EVENTS[int(rng.integers(len(EVENTS)))]
            rows.append(
                _row(
                    day,
                    place,
                    name=name,
                    sort=sort,
                    participants=int(rng.poisson(26 if day >= start else 18)),
                    police=int(rng.integers(2, 7)),
                    sponsor=SPONSORS[int(rng.integers(3))] if rng.random() < 0.4 else "",
                    academy="",
                )
            )
    for group, day in setting.academies.items():
        last = {"name": "last evening of the class", "sort": "citizens' academy"}
        people = {"participants": int(rng.integers(22, 29)), "police": 4}
        rows.append(_row(day, AGENCY, **last, **people, sponsor="", academy=group))
    return rows


def _contacts(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    rows = []
    for place, start in setting.starts.items():
        for day in _weeks(start, setting.last):
            rows.append(
                _row(
                    day + timedelta(days=int(rng.integers(5))),
                    place,
                    new=int(rng.poisson(7)),
                    known=int(rng.poisson(5)),
                    way=WAYS[int(rng.integers(len(WAYS)))],
                    regularity="regular" if rng.random() < 0.3 else "one time",
                    sponsor=SPONSORS[int(rng.integers(3))] if rng.random() < 0.25 else "",
                    academy="",
                    ranks="officers; sergeants" if rng.random() < 0.4 else "officers",
                )
            )
    for group, day in setting.academies.items():
        met = {"new": int(rng.integers(6, 14)), "known": 0, "way": "in person"}
        rows.append(_row(day + timedelta(days=10), AGENCY, **met, academy=group))
    return rows


def _organisations(setting: Setting) -> list[Row]:
    rows = []
    roles = (
        ("sponsor", "residents"),
        ("credible voice", "faith organisations"),
        ("sponsor", "youth"),
    )
    for number, (place, start) in enumerate(setting.starts.items()):
        name, (role, sphere) = SPONSORS[number % 3], roles[number % 3]
        found = {"organisation": name, "role": role, "sphere": sphere, "introduced": "in person"}
        rows.append(_row(start - timedelta(days=40), place, **found, academy=""))
    for group, day in setting.academies.items():
        found = {"organisation": "Canal Street School", "role": "sponsor", "sphere": "schools"}
        late = _row(day + timedelta(days=12), AGENCY, **found, introduced="at an event")
        rows.append({**late, "academy": group})
    return rows


def _requests(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    rows = []
    for group, day in setting.academies.items():
        asked = {"what": "a talk", "count": int(rng.integers(1, 4)), "answer": "accepted"}
        rows.append(_row(day + timedelta(days=20), AGENCY, **asked, academy=group))
    for place, start in setting.starts.items():
        for day in _weeks(start + timedelta(days=30), setting.last, every=45):
            asked = {"what": "work on a problem", "count": 1, "answer": "done", "academy": ""}
            rows.append(_row(day, place, **asked))
    return rows


def _letters(setting: Setting) -> list[Row]:
    rows = []
    for number, (place, start) in enumerate(setting.starts.items()):
        day = start + timedelta(days=70 + 30 * number)
        agreed = {
            "parties": f"{SPONSORS[number % 3]}; department of parks",
            "goals": "monthly meetings; the park is lit and looked after together",
            "community_input": "yes",
            "review": (day + timedelta(days=365)).isoformat(),
            "status": "in force",
            "renewal": "no",
        }
        rows.append(_row(day, place, **agreed))
    return rows


def _initiatives(setting: Setting) -> list[Row]:
    rows = []
    about = (
        ("safe way to school", "community leads, police support"),
        ("evening sports for youth", "community and police lead together"),
        ("lights on every porch", "community leads alone"),
    )
    for number, (place, start) in enumerate(setting.starts.items()):
        for later, (name, who) in zip((25, 80, 120), about[number % 2 :], strict=False):
            begun = {"name": name, "who": who, "organisations": SPONSORS[number % 3]}
            rows.append(_row(start + timedelta(days=later), place, **begun))
    return rows


def _posts(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    rows = []
    for day in _weeks(min(setting.starts.values(), default=setting.last), setting.last):
        views = int(rng.integers(300, 2400))
        rows.append(
            _row(
                day,
                AGENCY,
                platform="Facebook" if rng.random() < 0.6 else "Nextdoor",
                use="sending messages out" if rng.random() < 0.8 else "answering at once",
                topic=TOPICS[int(rng.integers(len(TOPICS)))],
                messages=int(rng.integers(1, 4)),
                views=views,
                forwards=int(rng.binomial(views, 0.02)),
            )
        )
    return rows


def _referrals(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    return [
        _row(day, place, direction=direction, count=int(rng.poisson(usual)))
        for place, start in setting.starts.items()
        for day in _weeks(start + timedelta(days=20), setting.last, every=30)
        for direction, usual in (("outreach to operations", 2), ("operations to outreach", 1))
    ]


def _media_contacts(setting: Setting, *, rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    for number, outlet in enumerate(setting.outlets):
        for place, start in setting.starts.items():
            told = {"outlet": outlet, "topic": "the walks", "stories": int(rng.integers(0, 2))}
            way = "press release" if number % 2 else "invitation to a walk"
            rows.append(_row(start + timedelta(days=14 + 9 * number), place, **told, way=way))
    return rows


def _prepared(setting: Setting, *, rng: np.random.Generator) -> dict[str, list[Row]]:
    """Generate what comes before the start: readiness, notices, the plan, training."""
    kinds: dict[str, list[Row]] = {
        name: [] for name in ("readiness", "notice", "plan_shared", "training", "pairing")
    }
    for place, start in setting.starts.items():
        judged = {"finding": "ready with conditions", "judged_by": "community representatives"}
        how = {"how": "meetings; survey", "concerns": "residents ask for a fixed contact"}
        kinds["readiness"].append(_row(start - timedelta(days=45), place, **judged, **how))
        for days, channel in ((21, "meeting"), (10, "door to door")):
            told = {"channel": channel, "before_start": "yes", "told": "what will be done; why"}
            more = {"languages": "English; Spanish", "reached": int(rng.integers(25, 140))}
            day = start - timedelta(days=days)
            kinds["notice"].append(_row(day, place, **told, **more, answers_ready="yes"))
        shared = {"what": "plan; expectations; calendar", "way": "roll call"}
        kinds["plan_shared"].append(
            _row(start - timedelta(days=14), place, **shared, whom="officers; sergeants")
        )
        kinds["pairing"].append(_row(start, place, pairs=3, walks=int(rng.integers(10, 30))))
    if setting.starts:
        day = min(setting.starts.values()) - timedelta(days=12)
        ready = {"finding": "ready", "judged_by": "executive staff", "how": "census data; survey"}
        kinds["readiness"].append(_row(day - timedelta(days=40), AGENCY, **ready, concerns=""))
        people = {"officers": 24, "sergeants": 5, "lieutenants": 3, "captains": 2, "nonsworn": 4}
        topic = {"topic": "walks and what is expected", "minutes": 90}
        kinds["training"].append(_row(day, AGENCY, **topic, **people))
    return kinds


def _led(setting: Setting, *, rng: np.random.Generator) -> dict[str, list[Row]]:
    """Generate how leaders take part, and what is looked at together."""
    kinds: dict[str, list[Row]] = {name: [] for name in ("announcement", "briefing", "review")}
    for place, start in setting.starts.items():
        kinds["announcement"].append(_row(start, place, leader="captains", way="roll call"))
        for number, day in enumerate(_weeks(start, setting.last)):
            if rng.random() < 0.6:
                came = {"leader": "captains", "walk_day": "yes", "begins": "06:45"}
                kinds["briefing"].append(
                    _row(day + timedelta(days=2), place, **came, officers=int(rng.integers(6, 14)))
                )
            meeting = "weekly review by captain and lieutenant"
            if number % 4 == 3:
                meeting = "monthly accountability meeting"
            answers = {"right_strategies": "yes", "done_correctly": "partly", "right_people": "yes"}
            present = "lieutenants; captains"
            held = _row(day + timedelta(days=4), place, meeting=meeting, present=present)
            kinds["review"].append({**held, **answers})
    return kinds
