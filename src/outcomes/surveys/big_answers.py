"""Read a large, clean file of answers at once; whatever is doubtful goes to the careful reader.

The careful reader looks at every cell and can say which row is wrong. A file of a million rows is
read by column instead, and each different word of a column is looked at once. The result is the
same: a file with any word, blank or name that is not plainly right is read the careful way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.errors import Refusal
from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.sheets.files import cell_text
from outcomes.surveys.answers import read_answers
from outcomes.surveys.instrument import Instrument, answer_names, scored_items
from outcomes.surveys.parts import META_COLUMNS, Item

LARGE = 4_000_000  # bytes of a file, above which reading cell by cell is felt
_NOT_A_CODE = re.compile(r"[\s@]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAnswers:
    """The answers to the items of scales, ready to be scored."""

    table: pd.DataFrame  # respondent, place, weight, columns kept, and the items
    refusals: tuple[Refusal, ...] = ()  # rows left out, where that was allowed
    not_read: tuple[str, ...] = ()  # other columns of the file


def read_scored_answers(
    path: Path,
    instrument: Instrument,
    *,
    keep: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
    large: int = LARGE,
) -> ScoredAnswers:
    """Read answers to be scored, by the rules of ``read_answers``, however many there are.

    Args:
        path: CSV, Excel or Parquet, as for ``read_answers``.
        instrument: What was asked.
        keep: Other columns to carry along.
        reading: How the file is to be read.
        large: Bytes above which a file is read by column.

    Raises:
        FileError: The file cannot be read or lacks a column.
        RowsRefused: Rows break a rule and may not be left out.
    """
    if reading == AS_IT_IS and path.is_file() and path.stat().st_size >= large:
        found = _by_column(path, instrument, keep=keep)
        if found is not None:
            return found
    sheet = read_answers(path, instrument, keep=keep, reading=reading)
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    return ScoredAnswers(
        table=sheet.table.reset_index(drop=True),
        refusals=tuple(sheet.refusals),
        not_read=sheet.not_read,
    )


def _by_column(path: Path, instrument: Instrument, *, keep: Sequence[str]) -> ScoredAnswers | None:
    """Read the file by column; None where anything in it needs a closer look."""
    columns = _columns(path)
    if columns is None or not {"respondent", *keep, *scored_items(instrument)} <= set(columns):
        return None
    asked = {item.name: item for item in instrument.items if item.asked}
    found: dict[str, Any] = {}
    for name in ("respondent", "place", "weight", *asked, *keep):
        if name not in columns:
            continue
        words, codes = columns[name]
        if not _plainly_right(name, words, codes=codes, item=asked.get(name), of=instrument):
            return None
        found[name] = pd.Categorical.from_codes(codes, categories=words)
    table = pd.DataFrame(found)
    table["respondent"] = table["respondent"].astype("str")
    table["place"] = table.get("place", AGENCY)
    table["weight"] = table["weight"].astype(float) if "weight" in table else np.nan
    for name in keep:
        if name not in asked and name not in META_COLUMNS:
            table[name] = table[name].astype("str")
    read = {*META_COLUMNS[:3], *asked, *keep}
    return ScoredAnswers(table=table, not_read=tuple(name for name in columns if name not in read))


def _columns(path: Path) -> dict[str, tuple[list[str], Any]] | None:
    """Give each column as its different words and the number of the word in each row."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    with path.open("rb") as file:
        start = file.read(65_536)
    try:
        if start.startswith(b"PAR1"):
            read = parquet.read_table(path)
        else:
            head = start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8").strip()
            names = head.split(",")
            if not re.fullmatch(r"[\w.,-]+", head) or len(set(names)) < len(names):
                return None  # quotes, other separators, a column named twice
            words = pa.dictionary(pa.int32(), pa.string())
            how = csv.ConvertOptions(
                column_types=dict.fromkeys(names, words), strings_can_be_null=False
            )
            read = csv.read_csv(path, convert_options=how)
    except (pa.ArrowException, UnicodeDecodeError, OSError):
        return None
    return {name: _words(read.column(name)) for name in read.column_names}


def _words(column: Any) -> tuple[list[str], Any]:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode(null_encoding="encode")
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # chunks with dictionaries of their own
        whole = whole.unify_dictionaries().combine_chunks()
    words = whole.dictionary.to_pylist()
    texts = [word if isinstance(word, str) else cell_text(word) for word in words]
    return texts, whole.indices.to_numpy(zero_copy_only=False)


def _plainly_right(
    name: str, words: list[str], *, codes: Any, item: Item | None, of: Instrument
) -> bool:
    """Say whether every word of a column may stand there, without any change."""
    if len(set(words)) < len(words) or (len(codes) and codes.min() < 0):
        return False
    if name == "respondent":
        ok = all(word and len(word) <= 80 and not _NOT_A_CODE.search(word) for word in words)
        return ok and len(words) == len(codes)  # nobody twice
    if name == "weight":
        return all(re.fullmatch(r"\d+(\.\d+)?", word) and float(word) > 0 for word in words)
    if item is None:
        return all(word == word.strip() for word in words) and (name != "place" or "" not in words)
    if item.choice_list:
        known = {"", *answer_names(of, item)}
        return all(
            known.issuperset(word.split() if item.many else [word]) and word == word.strip()
            for word in words
        )
    return item.type == "text"  # numbers and dates are read the careful way
