"""An article as one source gave it: an entry of a feed, a web page, a record of an archive."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from outcomes.media.feeds import Entry

TextFrom = Literal["feed", "page", "archive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An article as one source gave it; a text is empty where the source does not give it."""

    outlet: str
    url: str = ""  # as given
    guid: str = ""  # the feed's id, or an archive's record number
    title: str = ""
    summary: str = ""  # what the feed says of it
    text: str = ""  # a feed's may be left empty: then it is the summary, or the title
    text_from: TextFrom
    published: str = ""  # ISO, from the date gate; empty where unknown
    published_raw: str = ""  # as the source wrote it
    published_from: str = ""  # feed, page, archive
    published_note: str = ""  # why it is unknown, or what was assumed
    prompted: int | None = None  # 1 where the agency prompted it (A8)
    # Only of a page, by the program that read it:
    flags: tuple[str, ...] | None = None  # paywall, cut …
    article: int | None = None  # 0: the page is none, and is not classified
    extractor: str = ""  # which program and version


def feed_sighting(entry: "Entry", *, outlet: str) -> Sighting:
    """Give an entry of an outlet's feed as a sighting; it has no more text than the feed has."""
    return Sighting(
        outlet=outlet,
        url=entry.url,
        guid=entry.id,
        title=entry.title,
        summary=entry.summary,
        text_from="feed",
        published=entry.published,
        published_raw=entry.published_raw,
        published_from="feed" if entry.published else "",
        published_note=entry.published_note,
    )
