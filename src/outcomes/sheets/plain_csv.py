"""A big CSV file without surprises, read at once; what is not plain is left to the careful reader.

The careful reader (``files.read_cells``) says what a file may hold and finds the row of a mistake.
This one reads the same cells from files that need none of its care, and gives up on all others.
"""

import csv
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

_MARK = b"\xef\xbb\xbf"
_QUOTE = ord('"')
_ENDS = np.frombuffer(b"\r\n", dtype=np.uint8)
_AT_ONCE = 2**24  # bytes; small pieces cost more than they save, and threads too
_SOME = 2**18  # bytes that are looked at to guess how many different cells a column has
WORTH_IT = 200_000  # bytes; the careful reader is fast enough for less


def plain_csv(content: bytes, *, encoding: str, few: bool = False) -> pd.DataFrame | None:
    """Read a plain CSV file.

    Args:
        content: Of the file.
        encoding: As the caller says it.
        few: Whether columns with few different cells may come as categories: each different cell
            is then kept once.

    Returns:
        What ``files.read_cells`` returns, cell by cell; None where the file is not plain: not
        UTF-8, rows of different lengths, a column without a name or named twice,
        quotes inside cells that are not quoted, or anything that is to be refused.
    """
    if encoding.lower() not in {"utf-8-sig", "utf-8", "utf8"}:
        return None
    if content.startswith(_MARK):
        content = content[len(_MARK) :] if encoding.lower() == "utf-8-sig" else b""
    head = _header(content)
    if head is None:
        return None
    names, separator = head
    if b"\x00" in content or _has_lone_returns(content):
        return None
    quoted = b'"' in content
    if quoted and not _quotes_are_plain(content, separator=separator):
        return None
    coded = _few(content, names, separator=separator) if few and not quoted else set()
    cells = _read(content, names, separator=separator, quoted=quoted, coded=coded)
    if cells is None or cells.empty:
        return None
    return _without_blank_rows(cells)


def _header(content: bytes) -> tuple[list[str], str] | None:
    """Find the names of the columns and what stands between them; None where they are unusual."""
    line = content[: content.find(b"\n")]  # the last character is lost where there is no row at all
    try:
        first = line.decode().removesuffix("\r")
    except UnicodeDecodeError:
        return None
    if first.splitlines() != [first] or first.count('"') % 2 or first.lstrip()[:1] == "<":
        return None
    try:
        rows = {mark: next(csv.reader([first], delimiter=mark, strict=True)) for mark in ",;\t"}
    except csv.Error:
        return None
    separator = max(",;\t", key=lambda mark: len(rows[mark]))
    names = [name.strip().lstrip("\ufeff") for name in rows[separator]]
    return (names, separator) if all(names) and len(set(names)) == len(names) else None


def _has_lone_returns(content: bytes) -> bool:
    """Say whether there is a carriage return that no line feed follows."""
    return b"\r" in content and content.count(b"\r") != content.count(b"\r\n")


def _quotes_are_plain(content: bytes, *, separator: str) -> bool:
    """Say whether quotes stand only around whole cells, or doubled inside such a cell.

    Then every reader sees the same cells. Quotes are counted from the start: one with an even
    number opens a cell or is the second of two, one with an odd number closes or is the first.
    """
    text = np.frombuffer(content, dtype=np.uint8)
    at = np.flatnonzero(text == _QUOTE)
    if len(at) % 2:
        return False
    edges = np.array([*_ENDS, ord(separator), _QUOTE], dtype=np.uint8)
    opening, closing = at[::2], at[1::2]
    before = text[opening - 1]  # of the first character the last one, which is not looked at
    after = text[np.minimum(closing + 1, len(text) - 1)]
    begins = np.isin(before, edges) | (opening == 0)
    ends = np.isin(after, edges) | (closing == len(text) - 1)
    return bool(begins.all() and ends.all())


def _few(content: bytes, names: list[str], *, separator: str) -> set[str]:
    """Guess from the first rows which columns hold few different cells."""
    start = content[:_SOME].rpartition(b"\n")[0]
    rows = _read(start, names, separator=separator, quoted=False, coded=set())
    if rows is None:
        return set()
    return {name for name in names if rows[name].nunique() <= len(rows) // 4}


def _read(
    content: bytes, names: list[str], *, separator: str, quoted: bool, coded: Collection[str]
) -> pd.DataFrame | None:
    import pyarrow as pa  # slow to import, and small files do without
    from pyarrow import csv as arrow

    numbers = [str(at) for at in range(len(names))]  # a name may be one that pyarrow changes
    text, code = pa.large_string(), pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow.read_csv(
            pa.BufferReader(content),
            read_options=arrow.ReadOptions(
                column_names=numbers, skip_rows=1, use_threads=False, block_size=_AT_ONCE
            ),
            parse_options=arrow.ParseOptions(
                delimiter=separator, newlines_in_values=quoted, ignore_empty_lines=False
            ),
            convert_options=arrow.ConvertOptions(
                column_types={
                    number: code if name in coded else text
                    for number, name in zip(numbers, names, strict=True)
                },
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # what is wrong, the careful reader tells
        return None
    cells = {}
    for number, name in zip(numbers, names, strict=True):
        cells[name] = _trimmed(table[number])
        table = table.drop_columns([number])  # its memory is given back
    return pd.DataFrame(cells)


def _trimmed(column: "pa.ChunkedArray") -> pd.Series:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return pd.Series(pc.utf8_trim_whitespace(column).combine_chunks(), dtype="str")
    whole = column.combine_chunks()
    words = pd.Series(pc.utf8_trim_whitespace(whole.dictionary), dtype="str")
    number, known = pd.factorize(words)  # two may differ in their spaces alone
    which = number[whole.indices.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(which, categories=known))


def _without_blank_rows(cells: pd.DataFrame) -> pd.DataFrame | None:
    """Number the rows as a spreadsheet shows them, and leave out those that hold nothing."""
    cells.index = pd.RangeIndex(2, len(cells) + 2)
    filled = np.zeros(len(cells), dtype=bool)
    for name in cells.columns:
        filled |= (cells[name] != "").to_numpy(dtype=bool)
        if filled.all():
            return cells
    return cells[filled] if filled.any() else None
