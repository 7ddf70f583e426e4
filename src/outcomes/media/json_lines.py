"""Tables as JSON lines: one object a line, as news archives and data sets of texts come."""

import json
from pathlib import Path

import pandas as pd

from outcomes.errors import FileError
from outcomes.sheets import AS_IT_IS, decode_text, read_any


def read_table(path: Path) -> pd.DataFrame:
    """Read JSON lines, CSV, Excel or Parquet, whichever the content is.

    Args:
        path: The file; text is UTF-8.

    Returns:
        Every row; whole numbers stay whole, and an empty cell is missing or empty text.

    Raises:
        FileError: The file cannot be read as a table, or is empty.
    """
    if holds_json_lines(path):
        return read_json_lines(path).drop(columns="row")
    table = read_any(path)
    for name in table.select_dtypes("float"):
        if (table[name].dropna() % 1 == 0).all():
            table[name] = table[name].astype("Int64")
    return table


def holds_json_lines(path: Path) -> bool:
    """Say whether a file begins as JSON does; a file that cannot be read does not."""
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    except OSError:
        return False


def read_json_lines(path: Path, *, encoding: str = AS_IT_IS.encoding) -> pd.DataFrame:
    """Read one JSON object a line; ``row`` is the number of the line.

    Raises:
        FileError: The file is not text in that encoding, or a line is not a JSON object.
    """
    text = decode_text(path, path.read_bytes(), encoding=encoding, numbered="line")
    rows = [
        {**_object(path, line, number=number), "row": number}
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    return pd.DataFrame(rows)


def _object(path: Path, line: str, *, number: int) -> dict[str, object]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise FileError(
            path,
            f"line {number}",
            f"this is not JSON ({error.msg.lower()}, character {error.pos + 1})",
            "Write one complete object, {...}, on each line",
        ) from None
    if not isinstance(found, dict):
        raise FileError(
            path,
            f"line {number}",
            "this is JSON, but not an object with keys",
            "Write one object, {...}, on each line, without a list around them",
        )
    return found
