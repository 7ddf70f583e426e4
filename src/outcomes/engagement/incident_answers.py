"""Which walks answered the incidents that ask for one: in time, late, or not at all (C1, C8)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.engagement.incidents import asking
from outcomes.engagement.local_time import instants
from outcomes.engagement.periods import Coverage, period_of
from outcomes.engagement.walk_rules import RuleSettings, WalkType

_HOUR = 3_600_000_000  # microseconds


def answers(
    judged: pd.DataFrame,
    incidents: pd.DataFrame,
    kind: WalkType,
    *,
    settings: RuleSettings,
    coverage: Coverage,
) -> pd.DataFrame:
    """Match incidents to walks: was each one answered, in time, by a walk that counts?

    One walk answers every incident of its place in whose hours it starts; or, under
    ``one_walk_answers = "one incident"``, the earliest one that no walk answered before.

    Args:
        judged: Walks of this type after ``judge_walks``.
        incidents: What ``read_incidents`` reads; only kinds that ask for a walk are looked at.
        kind: The type of walk, with its hours.
        settings: Say which clock starts the hours.
        coverage: Places, days, time zone. An incident before a place's start, or whose hours
            run past the last day, requires nothing; places that are not listed are left out.

    Returns:
        One row an incident: place, type, period (its moment), required, done (walks in the
        hours, or 1 late walk), counted, reasons (hours elapsed; on time, late, or none). And one
        row a place and month of walks that followed no incident, with required 0.
    """
    asked = asking(incidents, kind, settings=settings)
    asked = asked[asked["place"].isin(list(coverage.starts))]
    asked = asked.assign(moment=instants(asked["clock"], time_zone=coverage.time_zone))
    asked = asked.sort_values(["place", "clock"], kind="stable").reset_index(drop=True)
    walks = judged[["place", "start", "day", "coordinator", "met", "fault"]]
    walks = walks.assign(moment=instants(walks["start"], time_zone=coverage.time_zone))
    walks = walks.sort_values(["place", "moment", "coordinator"]).reset_index(drop=True)
    spans = _spans(walks, asked, kind=kind)
    met = walks["met"].to_numpy()
    counted = _next_met(met)[spans.first]
    before = np.concatenate([[0], np.cumsum(met)])
    counting = before[spans.until] - before[spans.first]
    if settings.one_walk_answers == "one incident":
        counted = _one_each(met, spans)
        counting = (counted < spans.until).astype(np.int64)
    done = spans.until - spans.first
    late = (done == 0) & (spans.late < spans.late_until)
    notes = _not_required(asked, kind=kind, coverage=coverage)
    words = _what_came(walks, asked, spans, kind=kind, counted=counted)
    table = pd.DataFrame(
        {
            "place": asked["place"].astype("str"),
            "period": [clock.isoformat(timespec="minutes") for clock in asked["clock"]],
            "required": [int(not note) for note in notes],
            "done": done + late,
            "counted": counting,
            "reasons": [
                "; ".join(part for part in (note, f"{what}, {came}") if part)
                for note, what, came in zip(notes, asked["kind"], words, strict=True)
            ],
        }
    )
    used = np.zeros(len(walks) + 1, dtype=np.int64)
    np.add.at(used, spans.first, 1)
    np.add.at(used, spans.until, -1)
    used = np.cumsum(used)[:-1]
    used[spans.late[late]] = 1
    parts = [table, _unasked(walks[used == 0])]
    parts = [part for part in parts if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else table
    return whole.sort_values(["place", "period"], kind="stable").assign(type=kind.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spans:
    """Which walks, sorted by place and moment, lie in the hours after each incident."""

    first: np.ndarray  # first walk at the incident or after it
    until: np.ndarray  # first walk after the hours
    late: np.ndarray  # first walk really after the incident
    late_until: np.ndarray  # first walk after the hours in which a walk is called late


def _spans(walks: pd.DataFrame, asked: pd.DataFrame, *, kind: WalkType) -> _Spans:
    places = pd.Index(sorted({*walks["place"].astype("str"), *asked["place"].astype("str")}))
    place = places.get_indexer(walks["place"].astype("str"))
    where = places.get_indexer(asked["place"].astype("str"))
    at = asked["moment"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    ends = at + round((kind.hours or 0) * _HOUR)
    late_ends = at + round(kind.late_hours * _HOUR)
    moments = walks["moment"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    # ranks of moments: small enough that place and rank together make one number
    ranks = np.unique(np.concatenate([moments, at, ends, late_ends]))
    step = len(ranks) + 1
    line = place * step + np.searchsorted(ranks, moments)

    def first(moment: np.ndarray, *, after: bool) -> np.ndarray:
        side: Literal["left", "right"] = "right" if after else "left"
        wanted = where * step + np.searchsorted(ranks, moment)
        return np.asarray(np.searchsorted(line, wanted, side=side))

    return _Spans(
        first=first(at, after=False),
        until=first(ends, after=True),
        late=first(at, after=True),
        late_until=first(late_ends, after=True),
    )


def _next_met(met: np.ndarray) -> np.ndarray:
    """Say for each walk, and for the end after the last, which is the next that met its rule."""
    n = len(met)
    following = np.where(met, np.arange(n), n)
    return np.append(np.minimum.accumulate(following[::-1])[::-1], n)


def _one_each(met: np.ndarray, spans: _Spans) -> np.ndarray:
    """Give each incident the first walk in its hours that answers none before it; n for none.

    Incidents are sorted by place and moment. As their hours are equally long, no other way of
    giving walks to incidents answers more of them.
    """
    following, free = _next_met(met), 0
    chosen = np.full(len(spans.first), len(met), dtype=np.int64)
    for row, (first, until) in enumerate(zip(spans.first, spans.until, strict=True)):
        walk = following[max(first, free)]
        if walk < until:
            chosen[row], free = walk, walk + 1
    return chosen


def _what_came(
    walks: pd.DataFrame,
    asked: pd.DataFrame,
    spans: _Spans,
    *,
    kind: WalkType,
    counted: np.ndarray,
) -> list[str]:
    """Say for each incident which walk came, and how many hours after."""
    moments, n = walks["moment"].to_numpy(), len(walks)
    faults = walks["fault"].to_numpy(dtype=object)
    texts = []
    happened = asked["moment"].to_numpy()
    for row in range(len(asked)):
        first, until, late = spans.first[row], spans.until[row], spans.late[row]
        on_time = counted[row] < until
        walk = counted[row] if on_time else first if first < until else late
        hours = (moments[walk] - happened[row]) / np.timedelta64(1, "h") if walk < n else 0.0
        if on_time:
            texts.append(f"on time: a walk {hours:.1f} hours after")
        elif first < until:
            why = faults[walk] or "it answered another incident"
            texts.append(f"not counted: a walk {hours:.1f} hours after, but {why}")
        elif late < spans.late_until[row]:
            allowed = f"{kind.hours:g} allowed"
            texts.append(f"late: the first walk was {hours:.1f} hours after, {allowed}")
        else:
            texts.append(f"none: no walk within {kind.late_hours:g} hours")
    return texts


def _not_required(asked: pd.DataFrame, *, kind: WalkType, coverage: Coverage) -> list[str]:
    """Say why incidents ask for no walk here; empty where they do."""
    begins = {place: coverage.begins(place) for place in coverage.starts}
    early = asked["clock"] < pd.to_datetime(asked["place"].map(begins))
    ends = pd.Series([pd.Timestamp(coverage.last) + pd.Timedelta(days=1)])
    (end,) = instants(ends, time_zone=coverage.time_zone)
    past = asked["moment"] + pd.Timedelta(hours=kind.hours or 0) > end
    return [
        f"before the walks start here ({begins[place]})"
        if is_early
        else f"the {kind.hours:g} hours run past the last day covered"
        if is_past
        else ""
        for place, is_early, is_past in zip(asked["place"], early, past, strict=True)
    ]


def _unasked(walks: pd.DataFrame) -> pd.DataFrame:
    """List walks that followed no incident, by place and month."""
    months = period_of(walks["day"], None, RuleSettings())
    found = walks.assign(period=months, place=walks["place"].astype("str"))
    numbers = found.groupby(["place", "period"]).size().rename("done").reset_index()
    texts = [f"{number} after no incident of the list" for number in numbers["done"]]
    return numbers.assign(required=0, counted=0, reasons=texts)
