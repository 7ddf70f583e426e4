"""Articles from any table, by a mapping that says what its columns hold."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from outcomes.errors import FileError, Refusal
from outcomes.media.archives.archive import Record
from outcomes.media.archives.lists import Row
from outcomes.media.archives.mapping import propose_columns

_NO_WORDS = "no column is known to hold the title or the text"
_NO_OUTLET = "no column is known to hold the outlet"
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
    found = likely_columns(columns, said=said)
    mend = (
        "Make a mapping with --dry-run --save-mapping FILE.toml, name the column there, and "
        "import with --mapping FILE.toml"
    )
    if problem := what_is_missing(found, one_outlet=one_outlet):
        other = "Say --outlet NAME, or make" if problem == _NO_OUTLET else "Make"
        raise FileError(path, "row 1", problem, mend.replace("Make", other, 1))
    return found


def likely_columns(columns: Sequence[str], *, said: Mapping[str, str]) -> dict[str, str]:
    """Say which column holds what: as a mapping says, else by likely names; perhaps too few."""
    return dict(said) or propose_columns(columns)


def what_is_missing(found: Mapping[str, str], *, one_outlet: bool) -> str:
    """Say what no column is known to hold, though no article can do without; empty if nothing."""
    if not found.get("title") and not found.get("text"):
        return _NO_WORDS
    return "" if found.get("outlet") or one_outlet else _NO_OUTLET


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
