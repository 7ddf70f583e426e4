"""What study.toml says of engagement: communities with their approach, and what a walk may note."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from outcomes.declarations import Declaration
from outcomes.settings.cad import Cad
from outcomes.settings.codes import Code

TOPICS = (
    "traffic and parking",
    "lighting",
    "litter and dumping",
    "noise",
    "empty buildings",
    "parks and play",
    "youth",
    "older people",
    "schools",
    "shops and businesses",
    "theft",
    "drugs",
    "violence",
    "how the police work",
    "thanks",
    "something else",
)


class Community(Declaration):
    """A community that is engaged with: all the time, or for a trend and a while (A2-A4, A13)."""

    code: Code
    name: str
    approach: Literal["broad-based", "tailored"]
    places: tuple[Code, ...] = ()  # where it lives; none: it is spread over the city
    trend: str = ""  # tailored: what is known or emerging, in words about the trend, not people
    first: date | None = None  # tailored: from when
    last: date | None = None  # tailored: until when

    @model_validator(mode="after")
    def _tailored_is_tied_to_a_trend(self) -> "Community":
        if self.approach == "tailored":
            if not (self.trend and self.first and self.last):
                raise ValueError(
                    "tailored engagement is tied to a trend and to dates (A3). Add trend = "
                    '"...", first = 2026-03-01 and last = 2026-05-31, or say broad-based'
                )
            if self.last < self.first:
                raise ValueError(f"last ({self.last}) must not be before first ({self.first})")
        elif self.trend or self.last:
            raise ValueError(
                "broad-based engagement goes on without an end and is tied to no trend (A2). "
                "Remove trend and last, or say tailored"
            )
        return self


class Engagement(Declaration):
    """How walks and other engagement are recorded."""

    topics: tuple[str, ...] = TOPICS  # what a walk may have talked about
    retention_months: int | None = Field(default=None, ge=1, le=1200)  # notes are erased after
    cad: Cad = Cad()
