"""What study.toml says of CAD extracts: their columns, where beats lie, how times are matched."""

from collections.abc import Mapping

from pydantic import Field

from outcomes.declarations import Declaration
from outcomes.settings.codes import Code

ELSEWHERE = "elsewhere"  # a beat that lies in no place of the study, said on purpose


class CadColumns(Declaration):
    """What the columns of an extract are called; options of the command win."""

    call: str = ""  # the number of the call
    type: str = ""
    place: str = ""  # a beat, or a place of the study
    start: str = ""
    end: str = ""
    minutes: str = ""  # where there is no end
    units: str = ""
    gps: str = ""  # minutes by GPS


class Cad(Declaration):
    """How the extracts of one agency are read."""

    columns: CadColumns = CadColumns()
    beats: Mapping[str, Code] = {}  # a beat of the extract: a place, or "elsewhere"
    match_minutes: int = Field(default=30, ge=0, le=720)  # between typed and CAD starts
