"""What study.toml says: the agency, its places, waves, outlets, events, and the evaluation plan."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from outcomes.declarations import D, Declaration, read_toml
from outcomes.errors import one_of
from outcomes.settings.codes import AGENCY, Code, known_time_zone
from outcomes.settings.engagement import Community, Engagement
from outcomes.settings.news import Agency, News, Outlet
from outcomes.settings.plan import Plan

PAGES = ("withdraw", "stop")  # pages beside those of the waves; "--" parts wave and place


class About(Declaration):
    """Who evaluates what, when, and whether the data were generated."""

    name: str
    agency: str
    first: date  # first day of the study
    last: date  # last day of the study
    time_zone: str = "America/New_York"
    sponsor: str = ""  # who ordered the study and paid for it, as AAPOR asks to tell
    conducted_by: str = ""  # who carried it out
    generated: str = ""  # says so wherever data show, when a simulator made them
    key_file: str = ""  # where the study key lies, if somebody else holds it; none: keys/study.key

    _zone_is_known = field_validator("time_zone")(known_time_zone)

    @model_validator(mode="after")
    def _last_follows_first(self) -> "About":
        if self.last <= self.first:
            raise ValueError(f"last ({self.last}) must be later than first ({self.first})")
        return self


class Place(Declaration):
    """A neighborhood with distinct borders (D17): a focus of the walks, or a comparison."""

    code: Code
    name: str
    role: Literal["focus", "comparison"]
    start: date | None = None  # first day of the walks here; only for focus places
    known_as: tuple[str, ...] = ()  # what news calls it: other names, streets, parks, schools
    next_to: tuple[Code, ...] = ()  # places that border on it; it is enough to name a border once

    @model_validator(mode="after")
    def _only_focus_places_start(self) -> "Place":
        if self.role == "focus" and self.start is None:
            raise ValueError("a focus place needs its first day of walks. Add start = 2026-01-05")
        if self.role == "comparison" and self.start is not None:
            raise ValueError("a comparison place has no walks. Remove start, or make it a focus")
        return self


Respondents = Literal["same people", "new sample", "some again"]  # of whom some answer twice


class Wave(Declaration):
    """One round of one survey; the pre and post waves of one group are compared."""

    label: Code
    instrument: Code
    group: Code  # a class of an academy, or one series of neighborhood surveys
    occasion: Literal["pre", "post", "follow-up"]
    respondents: Respondents = "same people"  # as in the pre wave
    opens: date
    closes: date
    population: str = ""  # who is meant to answer, in words: "the 28 people of the spring class"
    sampling: str = ""  # how people were chosen and invited, in words
    weighting: str = ""  # how weights in its answers were made, in words
    planned: int | None = Field(default=None, ge=1)  # how many answers are hoped for
    entry: Literal["open link", "code card"] = "open link"  # whether a printed card is needed
    waits_for: Code | None = None  # the group in class meanwhile; this one waited for its own
    waits_by_lot: bool = False  # whether chance alone said who had to wait

    @field_validator("label")
    @classmethod
    def _label_is_no_page(cls, label: str) -> str:
        if label in PAGES or "--" in label:
            raise ValueError(
                f"{label!r} stands for something else in links. Choose another label, such as "
                "spring-2026-pre"
            )
        return label

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> "Wave":
        if self.closes < self.opens:
            raise ValueError(f"closes ({self.closes}) must not be before opens ({self.opens})")
        return self


class Event(Declaration):
    """Something dated that could move an outcome by itself (D18, D32)."""

    date: date
    name: str
    kind: Literal["shock", "co-intervention"]
    places: tuple[Code, ...] = ()  # none: everywhere


class Walks(Declaration):
    """Where the walk rules stand."""

    rules: str = "walk_rules.toml"


class Publish(Declaration):
    """Floors under what may be shown to the public."""

    smallest_cell: int = Field(default=10, ge=5)  # people behind a published value


class Retention(Declaration):
    """How long answers are kept; nothing is ever erased without a command that says so."""

    months: int | None = Field(default=None, ge=1, le=1200)  # after a group's last wave has closed


def _lies_in_the_study(part: D, info: ValidationInfo) -> D:
    """Refuse a place, wave or event that begins before the study or after it."""
    about = info.data.get("study")  # absent where it breaks a rule itself, which is said first
    for name in _BEGINS:
        day = getattr(part, name, None)
        if about and day and not about.first <= day <= about.last:
            raise ValueError(
                f"{name} ({day}) lies outside the study, {about.first} to {about.last}. "
                "Correct it, or change first or last under [study]"
            )
    return part


_BEGINS = ("start", "opens", "date")  # the first day of a place's walks, a wave, an event
_Within = AfterValidator(_lies_in_the_study)


class Settings(Declaration):
    """All of study.toml."""

    study: About
    places: tuple[Annotated[Place, _Within], ...] = ()
    waves: tuple[Annotated[Wave, _Within], ...] = ()
    outlets: tuple[Outlet, ...] = ()
    agencies: tuple[Agency, ...] = ()
    news: News = News()
    events: tuple[Annotated[Event, _Within], ...] = ()
    walks: Walks = Walks()
    plan: Plan | None = None
    publish: Publish = Publish()
    retention: Retention = Retention()
    communities: tuple[Community, ...] = ()
    engagement: Engagement = Engagement()

    @field_validator("places")
    @classmethod
    def _places_differ(cls, places: tuple[Place, ...]) -> tuple[Place, ...]:
        _refuse_twice("place", [place.code for place in places])
        if AGENCY in {place.code for place in places}:
            raise ValueError(f"{AGENCY!r} stands for the agency as a whole. Use another code")
        known = [place.code for place in places]
        for place in places:
            for code in place.next_to:
                if code not in known or code == place.code:
                    raise ValueError(
                        f"the place {place.code!r} is next to {code!r}, which is no other place of "
                        f"the study. {one_of(code, [each for each in known if each != place.code])}"
                    )
        return places

    @field_validator("waves")
    @classmethod
    def _waves_differ(cls, waves: tuple[Wave, ...]) -> tuple[Wave, ...]:
        _refuse_twice("wave", [wave.label for wave in waves])
        compared: dict[tuple[str, str], str] = {}
        groups = list(dict.fromkeys(wave.group for wave in waves))
        for wave in waves:
            others = [group for group in groups if group != wave.group]
            if wave.waits_for is not None and wave.waits_for not in others:
                raise ValueError(
                    f"the wave {wave.label!r} waits for {wave.waits_for!r}, which is no other "
                    f"group of the study. {one_of(wave.waits_for, others)}"
                )
            first = compared.setdefault((wave.group, wave.occasion), wave.label)
            if first != wave.label and wave.occasion != "follow-up":
                raise ValueError(
                    f"{first!r} and {wave.label!r} are both the {wave.occasion} wave of the group "
                    f"{wave.group!r}. Give one of them another group or occasion"
                )
        return waves

    @field_validator("outlets")
    @classmethod
    def _outlets_differ(
        cls, outlets: tuple[Outlet, ...], info: ValidationInfo
    ) -> tuple[Outlet, ...]:
        _refuse_twice("outlet", [outlet.name for outlet in outlets])
        _refuse_twice("feed", [feed.url for outlet in outlets for feed in outlet.feeds])
        for outlet in outlets:
            codes = (outlet.place,) if outlet.place else ()
            _refuse_unknown(info, codes, whose=f"the outlet {outlet.name!r}")
        return outlets

    @field_validator("agencies")
    @classmethod
    def _agencies_differ(cls, agencies: tuple[Agency, ...]) -> tuple[Agency, ...]:
        _refuse_twice("agency", [agency.name for agency in agencies])
        if sum(agency.own for agency in agencies) > 1:
            raise ValueError("only one agency is the study's own. Leave own = true with one")
        return agencies

    @field_validator("communities")
    @classmethod
    def _communities_differ(
        cls, communities: tuple[Community, ...], info: ValidationInfo
    ) -> tuple[Community, ...]:
        _refuse_twice("community", [community.code for community in communities])
        for community in communities:
            _refuse_unknown(info, community.places, whose=f"the community {community.name!r}")
        return communities

    @field_validator("events")
    @classmethod
    def _events_name_places(
        cls, events: tuple[Event, ...], info: ValidationInfo
    ) -> tuple[Event, ...]:
        for event in events:
            _refuse_unknown(info, event.places, whose=f"the event {event.name!r}")
        return events


def read_settings(path: Path) -> Settings:
    """Read a study.toml; a mistake is answered with its line, the rule and the mend."""
    return read_toml(path, Settings)


def _refuse_unknown(info: ValidationInfo, codes: tuple[str, ...], *, whose: str) -> None:
    """Refuse a place that is none of the study's."""
    if "places" not in info.data:  # they break a rule themselves, which is said first
        return
    known = [place.code for place in info.data["places"]]
    for code in codes:
        if code not in known:
            raise ValueError(f"{whose} names an unknown place {code!r}. {one_of(code, known)}")


def _refuse_twice(what: str, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"the {what} {name!r} stands {times} times. Rename or remove one")
