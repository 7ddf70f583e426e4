"""What study.toml says about news: outlets with their feeds, agencies by name, and rules."""

import re
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from outcomes.declarations import Declaration
from outcomes.settings.codes import known_time_zone
from outcomes.settings.news_models import NewsModel, model_names


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or url != url.strip() or re.search(r"\s", url):
        raise ValueError(f"{url!r} is no web address. Write one like https://example.org/feed")
    return url


class RobotsOverride(Declaration):
    """A person's decision to read what the outlet's robots.txt forbids, with who, when and why."""

    who: str = Field(min_length=1)
    day: date
    why: str = Field(min_length=1)  # such as: the outlet itself links this feed


class Feed(Declaration):
    """One feed of an outlet."""

    url: str
    every_minutes: int | None = Field(default=None, ge=5, le=1440)  # none: as [news] says
    first: date | None = None  # from when on it was polled; none: since it was listed
    last: date | None = None  # the last day it is polled, where it was given up or replaced
    robots: RobotsOverride | None = None

    _address = field_validator("url")(_web_address)

    @model_validator(mode="after")
    def _last_follows_first(self) -> "Feed":
        if self.first and self.last and self.last < self.first:
            raise ValueError(f"last ({self.last}) must not be before first ({self.first})")
        return self


class Outlet(Declaration):
    """A news outlet, of the fixed panel or beside it (B14)."""

    name: str = Field(min_length=1)
    scope: Literal["local", "national"]
    panel: bool = True  # of the fixed panel: the trend rests on those alone
    site: str = ""
    feeds: tuple[Feed, ...] = ()
    owner: str = ""
    place: str = ""  # a place of the study, if it writes for one
    county: str = Field(default="", pattern=r"^(\d{5})?$")  # its five-digit FIPS code
    time_zone: str = ""  # none: the study's; months are cut in it
    date_order: Literal["MDY", "DMY", ""] = ""  # how it writes 3/4/2026, where known
    full_text: bool = True  # fetch the articles themselves, not only the feed
    text_months: int | None = Field(default=None, ge=1)  # how long texts are kept

    @field_validator("site")
    @classmethod
    def _site_is_one(cls, url: str) -> str:
        return _web_address(url) if url else url

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        return known_time_zone(name) if name else name


class Agency(Declaration):
    """A law-enforcement agency that news may be about: the study's own, or another one."""

    name: str = Field(min_length=1)
    own: bool = False
    short: tuple[str, ...] = ()  # abbreviations and other names: "MFPD"
    units: tuple[str, ...] = ()  # "Eastbank Substation"
    towns: tuple[str, ...] = ()  # whose police it is: "Marlow Falls"
    counties: tuple[str, ...] = ()  # FIPS codes; outlets there mean it by "the police"


class News(Declaration):
    """Rules for collecting news."""

    contact: str = ""  # an e-mail address or web page by which outlets can reach the study
    every_minutes: int = Field(default=60, ge=5, le=1440)  # between two polls of a feed
    smallest_coverage: float = Field(default=0.8, gt=0, le=1)  # of a month's polls; see B14
    text_months: int | None = Field(default=None, ge=1)  # how long texts are kept; none: no limit
    releases: str = "data/raw/releases"  # the agency's own press releases (A8, E9)
    tone_model: str = ""  # reads the tone of articles; none: the one that comes with outcomes
    codebook: str = ""  # a file of the study's own; none: the one that comes with outcomes
    allow_private: bool = False  # feeds on an intranet, or for a trial on this machine
    models: dict[str, NewsModel] = Field(default_factory=dict)  # of tone, made by others

    _models_have_names = field_validator("models")(model_names)
