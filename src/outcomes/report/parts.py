"""The parts of a report: its heading, and sections of words, figures and tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from outcomes.report.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a report must know of its study beside the estimates."""

    name: str
    agency: str
    first: str
    last: str
    generated: str
    question: str
    primary: str
    community_part: str
    start: str  # month in which the walks began, or empty
    places: Mapping[str, str]  # code to name
    focus: tuple[str, ...]  # codes
    comparison: tuple[str, ...]
    events: tuple[tuple[str, str, str], ...]  # month, date, name
    public: bool
    floor: int  # people below which a number is not told; 0 inside the agency
    withheld: int  # estimates withheld from a public version
    version: str
    made: str  # date
    fingerprint: str  # of results/estimates.csv
    as_before: int = 0  # estimates shown as they were published before
    plan: tuple[tuple[str, str], ...] = ()  # set against the frozen plan: kind, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report."""

    title: str
    lead: tuple[str | Markup, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()  # SVG and caption
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())
    folded: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # title; SVG and caption each
