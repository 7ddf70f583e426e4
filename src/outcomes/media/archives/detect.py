"""Which service made an archive? Told by what is in it, never by the ending of its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from outcomes.errors import FileError
from outcomes.media.archives.archive import Kind
from outcomes.media.archives.documents import (
    document_lines,
    is_word,
    read_bytes,
    text_encoding,
)
from outcomes.media.archives.gdelt import looks_like_gdelt, looks_like_gkg, unpacked_begin
from outcomes.media.archives.lists import Row, columns_of, read_rows
from outcomes.media.archives.mapping import propose_columns
from outcomes.media.archives.media_cloud import looks_like_media_cloud
from outcomes.media.archives.newsbank import looks_like_newsbank
from outcomes.media.archives.nexis import looks_like_nexis
from outcomes.media.archives.proquest import looks_like_proquest
from outcomes.media.json_lines import holds_json_lines

TEXTS: tuple[Kind, ...] = ("newsbank", "nexis", "proquest")
LISTS: tuple[Kind, ...] = ("media-cloud", "gdelt", "table")
_EXCEL_PART = b"xl/"
_MEND = "Unpack it, and name the files in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file whose kind is known, read as far as that took."""

    kind: Kind
    lines: Sequence[str] = ()  # of a text
    rows: Sequence[Row] = ()  # of a table or list
    graph: bool = False  # of GDELT: its knowledge graph, read line by line
    note: str = ""  # what is to be said of how it was read


def open_archive(path: Path, *, kind: Kind | None = None, encoding: str = "utf-8-sig") -> Opened:
    """Open an archive and say what it is.

    Args:
        path: The file.
        kind: What it is, where somebody said so; else it is told by the content.
        encoding: Of a file of text.

    Raises:
        FileError: The file cannot be read, or is nothing that is known.
    """
    begin = _begin(path)
    inner = unpacked_begin(begin if not begin.startswith(b"PK\x03\x04") else read_bytes(path))
    if inner.startswith(b"WARC/") or kind == "warc":
        if not inner.startswith(b"WARC/"):
            raise FileError(path, "", "this is no WARC file", "Check that it is the right file")
        return Opened(kind="warc")
    if looks_like_gkg(inner):
        return Opened(kind="gdelt", graph=True)
    if begin.startswith(b"\x1f\x8b"):
        problem = "this packed file holds neither web pages (WARC) nor a list of GDELT"
        raise FileError(path, "", problem, _MEND)
    if kind in TEXTS or (kind is None and _is_document(path, begin)):
        return _opened_text(path, kind=kind, encoding=encoding)
    if begin.startswith(b"PK\x03\x04") and not _is_excel(path):
        raise _no_list(path)
    return _opened_list(path, kind=kind, encoding=encoding)


def _begin(path: Path) -> bytes:
    read_bytes(path, most=10**12) if not path.is_file() else None  # says why it cannot be read
    try:
        with path.open("rb") as file:
            begin = file.read(65536)
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
        raise FileError(path, "", problem, "Check that you may open it") from None
    if begin.startswith(b"%PDF"):
        raise FileError(path, "", "a PDF cannot be read", "Export it as text, RTF or Word")
    return begin


def _no_list(path: Path) -> FileError:
    if path.suffix.lower() in {".docx", ".xlsx"}:
        return FileError(path, "", "this Word or Excel file is damaged", "Export it anew")
    return FileError(path, "", "this is a packed folder of files", _MEND)


def _is_document(path: Path, begin: bytes) -> bool:
    """Whether it is a text for people, not a table."""
    if begin.startswith(b"{\\rtf"):
        return True
    if begin.startswith(b"PK\x03\x04"):
        return is_word(read_bytes(path))
    if begin.startswith((b"PAR1", b"\xd0\xcf\x11\xe0")) or holds_json_lines(path):
        return False
    text = begin.decode("utf-8-sig", errors="replace")
    header = next((line for line in text.splitlines() if line.strip()), "")
    cells = max((header.split(mark) for mark in ",;\t"), key=len)
    names = [cell.strip().strip('"') for cell in cells]
    return len(propose_columns(names)) < 2


def _opened_text(path: Path, *, kind: Kind | None, encoding: str) -> Opened:
    content, said = read_bytes(path), encoding
    encoding, note = text_encoding(content, encoding=encoding)
    lines = document_lines(path, content, encoding=encoding)
    if kind is not None:
        return Opened(kind=kind, lines=lines, note=note)
    for found, looks in (
        ("proquest", looks_like_proquest),
        ("nexis", looks_like_nexis),
        ("newsbank", looks_like_newsbank),
    ):
        if looks(lines):
            return Opened(kind=found, lines=lines, note=note)  # type: ignore[arg-type]
    if path.suffix.lower() in {".csv", ".tsv"} and any(lines):  # a table in words of its own
        return _opened_list(path, kind="table", encoding=said)
    raise FileError(
        path,
        "",
        "this is neither a table of articles nor an export of NewsBank, LexisNexis or ProQuest",
        "Check that it is the right file, or say what it is with --kind",
    )


def _opened_list(path: Path, *, kind: Kind | None, encoding: str) -> Opened:
    rows = read_rows(path, encoding=encoding)
    if kind is not None:
        return Opened(kind=kind, rows=rows)
    columns = columns_of(rows)
    if looks_like_media_cloud(columns):
        return Opened(kind="media-cloud", rows=rows)
    if looks_like_gdelt(columns):
        return Opened(kind="gdelt", rows=rows)
    return Opened(kind="table", rows=rows)


def _is_excel(path: Path) -> bool:
    return _EXCEL_PART in read_bytes(path)
