"""Tables that people send (CSV, Excel): read as text, checked cell by cell, refusals counted."""

from outcomes.sheets.any_table import read_any
from outcomes.sheets.cells import DateOrder, Kind, parse
from outcomes.sheets.checked import GENERATED, Column, Sheet, read_sheet

__all__ = ["GENERATED", "Column", "DateOrder", "Kind", "Sheet", "parse", "read_any", "read_sheet"]
