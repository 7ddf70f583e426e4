"""Tables that people send (CSV, Excel): read as text, checked cell by cell, refusals counted."""

from outcomes.sheets.any_table import read_any
from outcomes.sheets.cells import DateOrder, Kind, parse
from outcomes.sheets.checked import GENERATED, Column, Sheet, check_cells, read_sheet
from outcomes.sheets.distinct import distinct_rows
from outcomes.sheets.files import decode_text
from outcomes.sheets.reading import AS_IT_IS, Reading, date_hint

__all__ = [
    "AS_IT_IS",
    "GENERATED",
    "Column",
    "DateOrder",
    "Kind",
    "Reading",
    "Sheet",
    "check_cells",
    "date_hint",
    "decode_text",
    "distinct_rows",
    "parse",
    "read_any",
    "read_sheet",
]
