"""From the entries of a polled feed to articles, with every entry that is left out counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from outcomes.media.feeds import Entry
from outcomes.media.page_key import page_key
from outcomes.media.sightings import Sighting

SKIPPED = {
    "no-words": "without a title and a summary",
    "no-address": "without an address, a name or a date by which they could be known again",
    "listed-twice": "of a page that stood further up",
    "too-many": "beyond the most that are read of one feed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """The articles of a feed, in its order, and how many entries were left out, by reason."""

    sightings: tuple[Sighting, ...]
    skipped: dict[str, int]


def usable(entries: Sequence[Entry], *, outlet: str, left_out: int = 0) -> Usable:
    """Take the articles from the entries of a feed; none is lost without being counted.

    An entry without a web address is kept if it has a name or a date: it can be known again.

    Args:
        entries: As they stand in the feed.
        outlet: Whose feed it is.
        left_out: Entries that were not read, because the feed has too many.
    """
    skipped: Counter[str] = Counter({"too-many": left_out} if left_out else {})
    found: list[Sighting] = []
    pages: set[str] = set()
    for entry in entries:
        one = _sighting(entry, outlet=outlet)
        page = page_key(one.url)
        reason = _why_not(one) or ("listed-twice" if page and page in pages else "")
        if reason:
            skipped[reason] += 1
            continue
        pages.add(page)
        found.append(one)
    return Usable(sightings=tuple(found), skipped=dict(skipped))


def moment(iso: str) -> str:
    """Give a date of publication so that two of them compare as text: a moment in UTC, or a day."""
    if len(iso) <= 10:
        return iso
    try:
        found = datetime.fromisoformat(iso)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def _sighting(entry: Entry, *, outlet: str) -> Sighting:
    url = _sound(entry.url)
    title, summary = _sound(entry.title), _sound(entry.summary)
    return Sighting(
        outlet=outlet,
        url=url if url.lower().startswith(("http://", "https://")) else "",
        guid=_sound(entry.id),
        title=title,
        summary=summary,
        text=summary or title,
        text_from="feed",
        published=entry.published,
        published_raw=_sound(entry.published_raw),
        published_from="feed" if entry.published else "",
        published_note=_sound(entry.published_note),
    )


def _why_not(one: Sighting) -> str:
    if not one.title and not one.summary:
        return "no-words"
    if not one.url and not one.guid and not one.published:
        return "no-address"
    return ""


def _sound(text: str) -> str:
    """The text without what no store can keep: halves of signs, and zeros."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
