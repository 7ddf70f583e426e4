"""The one data table that streams write and analyses read, and what may stand in it."""

from outcomes.measures.registry import (
    MEASURES,
    Measure,
    find,
    require_outcome,
    require_output,
    with_requirement,
)
from outcomes.measures.table import COLUMNS, check, from_estimates, join, select, wide

__all__ = [
    "COLUMNS",
    "MEASURES",
    "Measure",
    "check",
    "find",
    "from_estimates",
    "join",
    "require_outcome",
    "require_output",
    "select",
    "wide",
    "with_requirement",
]
