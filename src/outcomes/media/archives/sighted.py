"""Records of an archive as sightings: with the study's outlets, and dates read strictly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from outcomes.errors import Refusal, one_of
from outcomes.media.archives.archive import Archive, Record
from outcomes.media.archives.outlet_names import Matches
from outcomes.media.date_gate import Dated, Order, published_moment
from outcomes.media.sightings import Sighting, TextFrom
from outcomes.settings.news import Outlet

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The study's side of reading an archive."""

    outlets: Sequence[Outlet]
    matches: Matches
    one_outlet: str = ""  # all articles are of this one
    other_outlets: bool = False  # take articles of outlets that the study does not name
    seen: datetime  # nothing can have been published later
    zone: str  # of outlets that state none
    order: Order = ""  # how the file writes dates; empty: as the outlet does
    time_zone: str = ""  # of the file's clocks; empty: the outlet's


@dataclass(slots=True, kw_only=True)
class Sighted:
    """What became of the records."""

    sightings: list[Sighting] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # where each stands in the file
    refusals: list[Refusal] = field(default_factory=list)
    undated: Counter[str] = field(default_factory=Counter)  # why a date is unknown
    wordless: int = 0  # articles of which only title or summary is there


def sight_records(archive: Archive, terms: Terms) -> Sighted:
    """Give the records of an archive as sightings.

    A record is refused whose outlet is unknown, that has an address that is none, or neither
    title nor text. A date that is not told stays unknown, and is counted.
    """
    found = Sighted()
    settings = {outlet.name: outlet for outlet in terms.outlets}
    for record in archive.records:
        outlet = _outlet(record, terms)
        problem = _problem(record, outlet, terms)
        if problem is not None:
            found.refusals.append(problem)
            continue
        dated = _dated(record, settings.get(outlet), terms)
        if not dated.iso:
            found.undated[_why(dated.reason)] += 1
        found.wordless += not record.text
        found.rows.append(record.row)
        found.sightings.append(_sighting(archive, record, outlet=outlet, dated=dated))
    return found


def _outlet(record: Record, terms: Terms) -> str:
    named = terms.one_outlet or terms.matches.of(record)
    return named or (record.outlet if terms.other_outlets else "")


def _problem(record: Record, outlet: str, terms: Terms) -> Refusal | None:
    if not outlet:
        return _unknown_outlet(record, terms)
    if record.url and not record.url.startswith(_WEB):
        return Refusal(
            row=record.row,
            column="url",
            problem=f"{record.url[:80]!r} is no web address",
            mend="Write it whole, with https://, or leave it empty",
        )
    if not (record.title or record.text or record.summary):
        return Refusal(
            row=record.row,
            column="title",
            problem="there is neither a title nor a text",
            mend="Remove the row, or add what it says",
        )
    return None


def _unknown_outlet(record: Record, terms: Terms) -> Refusal:
    names = [outlet.name for outlet in terms.outlets]
    if not record.outlet:
        problem, mend = "the outlet is not said", "Say --outlet NAME, or enter it"
    elif record.outlet in terms.matches.unclear:
        problem = f"{record.outlet!r} is not clear: {terms.matches.unclear[record.outlet]}"
        mend = "Say which is meant in [outlets] of a mapping"
    else:
        near = terms.matches.nearest.get(record.outlet, "")
        likely = f"Did you mean {near!r}? " if near else f"{one_of(record.outlet, names)}. "
        problem = f"{record.outlet!r} is no outlet of study.toml"
        mend = f"{likely}Say so in [outlets] of a mapping, or --other-outlets to store it too"
    return Refusal(row=record.row, column="outlet", problem=problem, mend=mend)


def _dated(record: Record, outlet: Outlet | None, terms: Terms) -> Dated:
    if record.published is not None:
        return Dated(iso=record.published, reason=record.published_note)
    order: Order = terms.order or (outlet.date_order if outlet else "")
    zone = terms.time_zone or (outlet.time_zone if outlet else "") or terms.zone
    return published_moment(record.published_raw, seen=terms.seen, zone=zone, order=order)


def _why(reason: str) -> str:
    """The reason without the words of one date, so that it can be counted."""
    return reason.rpartition("' ")[2] if reason.startswith("'") else reason


def _sighting(archive: Archive, record: Record, *, outlet: str, dated: Dated) -> Sighting:
    text_from: TextFrom = "page" if archive.kind == "warc" else "archive"
    if not record.text:  # as weak as a feed's entry: it takes the place of no text
        text_from = "feed"
    return Sighting(
        outlet=outlet,
        url=record.url,
        guid=record.guid,
        title=record.title,
        summary=record.summary,
        text=record.text,
        text_from=text_from,
        published=dated.iso,
        published_raw=record.published_raw,
        published_from="page" if archive.kind == "warc" else "archive",
        published_note=dated.reason,
        prompted=record.prompted,
    )


def undated_sentence(undated: Mapping[str, int]) -> tuple[str, ...]:
    """Say how many articles have no date, and why; nothing where all have one."""
    total = sum(undated.values())
    if not total:
        return ()
    reasons = sorted(undated.items(), key=lambda each: -each[1])[:3]
    why = "; ".join(f"{n}: {reason}" for reason, n in reasons if reason)
    said = f" ({why})" if why else ""
    return (f"{total} articles have no date: they are stored, but belong to no month{said}.",)
