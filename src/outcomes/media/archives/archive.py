"""What an archive of news gives, whichever service made it: records, and what became of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from outcomes.errors import Refusal

Kind = Literal["newsbank", "nexis", "proquest", "media-cloud", "gdelt", "warc", "table"]
TITLES: Mapping[Kind, str] = {
    "newsbank": "articles as NewsBank exports them",
    "nexis": "articles as LexisNexis (Nexis Uni) exports them",
    "proquest": "articles as ProQuest exports them",
    "media-cloud": "a list of articles from Media Cloud, without their texts",
    "gdelt": "a list of articles from GDELT, without their texts",
    "warc": "web pages as a crawler keeps them (WARC), such as Common Crawl News",
    "table": "a table of articles",
}
KINDS: tuple[Kind, ...] = tuple(TITLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One article as an archive gives it; a text is empty where the archive does not give it."""

    row: int  # its place in the file, from 1; of a table the row that a spreadsheet shows
    outlet: str = ""  # as the archive calls it
    url: str = ""
    guid: str = ""  # the archive's own number for it
    title: str = ""
    summary: str = ""
    text: str = ""  # paragraphs, one a line
    published_raw: str = ""  # as the archive writes it
    published: str | None = None  # ISO, where it was read already (pages); None: not yet
    published_note: str = ""
    prompted: int | None = None  # 1 where the agency prompted it (A8), 0 where not


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A file of articles: its records, and what else stands in it."""

    kind: Kind
    records: tuple[Record, ...]
    refusals: tuple[Refusal, ...] = ()  # articles that cannot be used
    left_out: Mapping[str, int] = field(default_factory=dict)  # no articles: why -> how many
    columns: Mapping[str, str] = field(default_factory=dict)  # of a table: ours -> theirs
    not_read: tuple[str, ...] = ()  # columns that are not stored
    notes: tuple[str, ...] = ()
