"""Files that hold a list of rows: a CSV or Excel table, JSON lines, or one JSON document."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import FileError
from outcomes.media.json_lines import holds_json_lines, read_json_lines
from outcomes.sheets import decode_text
from outcomes.sheets.files import read_cells

if TYPE_CHECKING:
    import pandas as pd

_LISTS = ("articles", "stories", "results", "items", "data", "rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file, every cell as text."""

    number: int  # as a spreadsheet shows it, or the line, or the place in the list
    cells: Mapping[str, str]


def read_rows(path: Path, *, encoding: str = "utf-8-sig") -> list[Row]:
    """Read the rows of a table, of JSON lines, or of a list in JSON.

    Raises:
        FileError: The file cannot be read as any of these, or is empty.
    """
    if not holds_json_lines(path):
        cells = _cells(path, encoding=encoding)
        columns = list(cells.columns)
        return [
            Row(number=int(at), cells=dict(zip(columns, values, strict=True)))
            for at, values in zip(cells.index, cells.itertuples(index=False), strict=True)
        ]
    listed = _json_list(path, encoding=encoding)
    if listed is None:
        lines = read_json_lines(path, encoding=encoding)
        listed = [
            {k: v for k, v in line.items() if k != "row"} for line in lines.to_dict("records")
        ]
        numbers: Sequence[int] = [int(number) for number in lines["row"]]
    else:
        numbers = range(1, len(listed) + 1)
    if not listed:
        raise FileError(path, "", "the list is empty", "Check that it is the right file")
    return [
        Row(number=number, cells={str(k): cell_words(v) for k, v in each.items()})
        for number, each in zip(numbers, listed, strict=True)
    ]


def _cells(path: Path, *, encoding: str) -> "pd.DataFrame":
    try:
        return read_cells(path, encoding=encoding)
    except RuntimeError as error:  # packed in a way that is not known, or with a password
        raise FileError(path, "", f"it cannot be unpacked ({error})", "Save it anew") from None


def columns_of(rows: Sequence[Row]) -> list[str]:
    """List the columns of a file in its order; a row of JSON may lack some."""
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def cell_words(value: object) -> str:
    """Write a value of JSON as the text that a CSV file would hold."""
    if value is None or value != value:  # noqa: PLR0124 (NaN: this line lacks the key)
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return "; ".join(cell_words(each) for each in value)
    return str(value).strip()


def _json_list(path: Path, *, encoding: str) -> list[dict[str, Any]] | None:
    """The list of a file that is one JSON document; none where it is one object a line."""
    text = decode_text(path, path.read_bytes(), encoding=encoding, numbered="line").strip()
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    if isinstance(found, dict):
        named = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
        if named is None:
            return None
        found = named
    if not isinstance(found, list):
        return None
    for number, each in enumerate(found, start=1):
        if not isinstance(each, dict):
            raise FileError(
                path, f"entry {number}", "this is no object with keys", "Write a list of {…}"
            )
    return found
