"""Articles from any table, by a mapping that says what its columns hold."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from outcomes.errors import FileError, Refusal
from outcomes.media.archives.archive import Record
from outcomes.media.archives.lists import Row
from outcomes.media.archives.mapping import propose_columns

_PROMPTED = {"1": 1, "0": 0, "": None}


def understood_columns(
    path: Path, columns: Sequence[str], *, said: Mapping[str, str], one_outlet: bool
) -> dict[str, str]:
    """Say which column holds which part of an article.

    Args:
        path: The file, for messages.
        columns: The file's.
        said: What a mapping says; where it says nothing, likely names are taken.
        one_outlet: Whether all articles are of one outlet that was named.

    Raises:
        FileError: It is not clear where the outlet stands, or neither a title nor a text is there.
    """
    found = dict(said) or propose_columns(columns)
    mend = (
        "Make a mapping with --dry-run --save-mapping FILE.toml, name the column there, and "
        "import with --mapping FILE.toml"
    )
    if not found.get("title") and not found.get("text"):
        raise FileError(path, "row 1", "no column is known to hold the title or the text", mend)
    if not found.get("outlet") and not one_outlet:
        raise FileError(
            path, "row 1", "no column is known to hold the outlet", f"Say --outlet NAME. {mend}"
        )
    return found


def table_records(
    rows: Sequence[Row], *, columns: Mapping[str, str], prompted: int | None
) -> Iterator[Record | Refusal]:
    """Read the rows of a table.

    Args:
        rows: Every row of the file.
        columns: Which column holds which part of an article.
        prompted: The same for all rows, where a mapping says so.

    Yields:
        One record a row, or why it is refused.
    """
    for row in rows:
        cells = {ours: row.cells.get(theirs, "") for ours, theirs in columns.items()}
        word = cells.pop("prompted", "")
        if word not in _PROMPTED:
            yield Refusal(
                row=row.number,
                column=columns["prompted"],
                problem=f"{word!r} is not 0 or 1",
                mend="Write 1 where the agency prompted it, 0 where not, or leave it empty",
            )
            continue
        yield Record(
            row=row.number,
            outlet=cells.get("outlet", ""),
            url=cells.get("url", ""),
            guid=cells.get("guid", ""),
            title=" ".join(cells.get("title", "").split()),
            summary=cells.get("summary", ""),
            text=cells.get("text", ""),
            published_raw=cells.get("published", ""),
            prompted=prompted if _PROMPTED[word] is None else _PROMPTED[word],
        )
