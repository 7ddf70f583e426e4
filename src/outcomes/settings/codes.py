"""Codes by which the parts of study.toml name one another."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]
AGENCY = "agency"  # the place code of what belongs to the agency as a whole


def known_time_zone(name: str) -> str:
    """Refuse a name that is no time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not a time zone. Write one like America/Chicago") from None
    return name
