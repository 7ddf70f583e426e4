"""A mapping: how the columns and outlets of an archive become articles (plain text, TOML).

People read it, edit it and keep it beside the file, so that a later export is read the same way.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, field_validator

from outcomes.declarations import Declaration, read_toml, toml_line
from outcomes.errors import FileError, one_of
from outcomes.media.archives.archive import TITLES, Archive, Kind
from outcomes.settings.codes import known_time_zone
from outcomes.sheets import DateOrder

FIELDS = ("url", "outlet", "published", "title", "text", "summary", "guid", "prompted")
_SYNONYMS: Mapping[str, tuple[str, ...]] = {  # in the order of trust; folded
    "url": ("url", "link", "weblink", "webaddress", "articleurl", "permalink", "address",
            "documenturl"),
    "outlet": (
        "outlet", "source", "publication", "publicationtitle", "newspaper", "medianame", "paper",
        "publisher", "sourcename", "outletname", "pubtitle",
    ),
    "published": (
        "published", "publisheddate", "publishdate", "publicationdate", "pubdate", "date",
        "datepublished", "datepublication", "publishedat", "dateofpublication",
    ),
    "title": ("title", "headline", "articletitle", "hl", "heading"),
    "text": (
        "text", "fulltext", "body", "articletext", "content", "articlebody", "bodytext", "story",
    ),
    "summary": ("summary", "abstract", "description", "snippet", "lead", "teaser"),
    "guid": ("guid", "id", "recordnumber", "accessionnumber", "documentid", "proquestdocumentid",
             "articleid", "storiesid", "storeid"),
    "prompted": ("prompted",),
}  # fmt: skip
_PEOPLE = ("author", "authors", "byline", "writer", "reporter", "creator")


class Constant(Declaration):
    """What is the same for every article of the file."""

    outlet: str = ""
    prompted: int | None = Field(default=None, ge=0, le=1)


class Dates(Declaration):
    """How the file writes dates."""

    order: DateOrder = "YMD"
    time_zone: str = ""  # of clocks without one; none: the outlet's, else the study's

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        return known_time_zone(name) if name else name


class ArchiveMapping(Declaration):
    """How one archive is read."""

    kind: Kind
    columns: dict[str, str] = Field(default_factory=dict)  # ours -> the column of the file
    constant: Constant = Constant()
    date: Dates | None = None
    outlets: dict[str, str] = Field(default_factory=dict)  # name in the file -> in study.toml
    ignored: dict[str, str] = Field(default_factory=dict)  # column -> why it is not stored

    @field_validator("columns")
    @classmethod
    def _columns_are_ours(cls, columns: dict[str, str]) -> dict[str, str]:
        for name in columns:
            if name not in FIELDS:
                raise ValueError(f"{name!r} is no part of an article. {one_of(name, FIELDS)}")
        return columns


def read_mapping(path: Path) -> ArchiveMapping:
    """Read a mapping; a mistake is answered with its line, the rule and the mend."""
    return read_toml(path, ArchiveMapping)


def check_mapping(
    mapping: ArchiveMapping, *, outlets: Sequence[str], columns: Sequence[str] | None, path: Path
) -> None:
    """Hold a mapping against the study's outlets, and the columns of the file.

    Args:
        mapping: What is to be held against them.
        outlets: The names in study.toml; with none, any is taken.
        columns: Of the file; None where it is no table.
        path: Where the mapping lies, for messages.

    Raises:
        FileError: The first thing that does not fit, with its line and the mend.
    """
    for name, theirs in mapping.columns.items():
        if columns is not None and theirs not in columns:
            problem = f"the file has no column {theirs!r}"
            raise _misfit(path, ("columns", name), problem, one_of(theirs, columns))
    named = {("outlets", theirs): ours for theirs, ours in mapping.outlets.items()}
    if mapping.constant.outlet:
        named["constant", "outlet"] = mapping.constant.outlet
    for key, ours in named.items():
        if outlets and ours not in outlets:
            problem = f"{ours!r} is no outlet of study.toml"
            raise _misfit(path, key, problem, one_of(ours, outlets))


def _misfit(path: Path, key: tuple[str, str], problem: str, mend: str) -> FileError:
    line = toml_line(path.read_text(encoding="utf-8-sig"), key) if path.exists() else None
    name = ".".join(key)
    return FileError(path, f"line {line}, {name}" if line else name, problem, mend)


def propose_columns(columns: Sequence[str]) -> dict[str, str]:
    """Say which columns of a table seem to hold which part of an article."""
    folded = {"".join(c for c in name.lower() if c.isalnum()): name for name in reversed(columns)}
    found: dict[str, str] = {}
    for ours, words in _SYNONYMS.items():
        theirs = next((folded[word] for word in words if word in folded), None)
        if theirs is not None and theirs not in found.values():
            found[ours] = theirs
    return found


def mapping_text(
    archive: Archive,
    mapping: ArchiveMapping,
    *,
    file: str,
    matched: Mapping[str, str],
    unknown: Mapping[str, str],
) -> str:
    """Write a mapping as TOML, with what is left to decide as comments.

    Args:
        archive: What was read.
        mapping: By which it was read.
        file: The name of the archive.
        matched: Outlets of the file, each with the study's.
        unknown: Outlets of the file that the study does not name, each with the most similar.
    """
    blocks = [[f"kind = {_text(archive.kind)}  # {TITLES[archive.kind]}"]]
    if archive.columns or archive.not_read:
        free = [name for name in FIELDS if name not in archive.columns]
        lines = [f"{ours} = {_text(theirs)}" for ours, theirs in archive.columns.items()]
        blocks.append(["[columns]", *lines, *(f'# {name} = "…"' for name in free)])
    blocks.append(_constants(mapping))
    date = mapping.date or Dates()
    blocks.append(
        [
            "[date]  # order: MDY, DMY, or YMD, which also reads dates that cannot be mistaken",
            f"order = {_text(date.order)}",
            f"{'' if date.time_zone else '# '}time_zone = {_text(date.time_zone)}",
        ]
    )
    sure = {**matched, **mapping.outlets}
    lines = [f"{_text(theirs)} = {_text(ours)}" for theirs, ours in sure.items()]
    open_ones = [f"# {_text(theirs)} = {_text(near or '…')}" for theirs, near in unknown.items()]
    blocks.append(["[outlets]  # name in the file = name in study.toml", *lines, *open_ones])
    if archive.not_read:
        ignored = [f"{_text(name)} = {_text(_why(name))}" for name in archive.not_read]
        blocks.append(["[ignored]", *ignored])
    head = (
        f"# How {file} becomes articles. Made by outcomes; read it, and change what is wrong.\n"
        "# Lines that begin with # do nothing: where something is to be decided, they say what is\n"
        "# likely. Take the # away to use them.\n"
    )
    return "\n".join([head, *("".join(f"{line}\n" for line in block) for block in blocks)])


def _constants(mapping: ArchiveMapping) -> list[str]:
    outlet, prompted = mapping.constant.outlet, mapping.constant.prompted
    return [
        "[constant]  # the same for all articles of the file",
        f"{'' if outlet else '# '}outlet = {_text(outlet)}",
        f"{'# ' if prompted is None else ''}prompted = {prompted or 0}",
    ]


def _why(column: str) -> str:
    folded = "".join(c for c in column.lower() if c.isalnum())
    return "who wrote it is not stored" if folded in _PEOPLE else "no part of an article"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007F")
