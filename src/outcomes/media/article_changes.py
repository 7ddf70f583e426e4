"""What a new sighting changes of a known article: its words, its full text, its date."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from outcomes.media.sightings import Sighting

_CONTENT = ("outlet", "title", "summary", "text", "published")
_AS_GIVEN = ("outlet", "title", "text", "published", "prompted")


def as_row(sighting: Sighting) -> dict[str, Any]:
    """Give the columns of a new article, without its key and address."""
    return {
        "outlet": sighting.outlet,
        "title": sighting.title,
        "summary": sighting.summary or None,
        "text": _text(sighting),
        "text_from": sighting.text_from,
        "prompted": sighting.prompted,
        **_date_as_given(sighting),
        **_read_by(sighting),
    }


def changes_of(stored: Mapping[str, Any], sighting: Sighting) -> dict[str, Any]:
    """Say which columns of a stored article a sighting changes.

    Args:
        stored: The newest version of the article.
        sighting: The same article, as a source gives it now.

    Returns:
        Column -> new content; empty where nothing changes. A feed changes the words that a feed
        gave, and of an article with a fuller text only the summary. A full text takes the place
        of a summary. What a source does not say does not take away what is known; only an
        archive's row takes the place of another archive's row as it stands.
    """
    if sighting.text_from == "feed":
        changed = _by_feed(stored, sighting)
    elif is_fuller(stored, sighting) or sighting.text_from == "page":
        changed = _by_full_text(stored, sighting)
    else:
        changed = _by_archive(stored, sighting)
    return {name: cell for name, cell in changed.items() if stored[name] != cell}


def is_fuller(stored: Mapping[str, Any], sighting: Sighting) -> bool:
    """Say whether a sighting brings the full text of an article that a feed brought."""
    of_feed: bool = stored["text_from"] == "feed"
    return of_feed and sighting.text_from != "feed" and bool(sighting.text)


def contradicts(stored: Mapping[str, Any], sighting: Sighting) -> bool:
    """Say whether a row of an archive says other than what an archive said before.

    What was read from the outlet's own page is not contradicted by an archive: two programs
    never cut a page in the same way.
    """
    if sighting.text_from != "archive" or stored["text_from"] in {"feed", "page"}:
        return False
    return bool(changes_of(stored, sighting))


def is_to_and_fro(
    versions: Iterable[Mapping[str, Any]], changed: Mapping[str, Any], newest: Mapping[str, Any]
) -> bool:
    """Say whether an article would get, for the third time, words that it had before.

    Two feeds of an outlet may give one article two headlines, or a feed may date it anew each
    hour: that is seen in its versions, and need not be stored at every poll.
    """
    content = [changed.get(name, newest[name]) for name in _CONTENT]
    return sum([row[name] for name in _CONTENT] == content for row in versions) >= 2


def _text(sighting: Sighting) -> str:
    return sighting.text or sighting.summary or sighting.title


def _read_by(sighting: Sighting) -> dict[str, Any]:
    """What the program that read a page says of it; nothing for other sources."""
    if sighting.flags is None:
        return {}
    return {
        "flags": list(sighting.flags),
        "article": sighting.article,
        "extractor": sighting.extractor or None,
    }


def _by_feed(stored: Mapping[str, Any], sighting: Sighting) -> dict[str, Any]:
    if stored["outlet"] != sighting.outlet:
        return {}  # its headline is another outlet's, for its own readers
    changed: dict[str, Any] = {"summary": sighting.summary} if sighting.summary else {}
    if stored["text_from"] in {"feed", "page"}:
        changed |= {"title": sighting.title} if sighting.title else {}
        changed |= _date(stored, sighting)
    elif not stored["published"]:
        changed |= _date(stored, sighting)
    if stored["text_from"] == "feed" and _text(sighting):
        changed["text"] = _text(sighting)
    return changed


def _by_full_text(stored: Mapping[str, Any], sighting: Sighting) -> dict[str, Any]:
    changed = _date(stored, sighting)
    if sighting.text:
        changed |= {"text": sighting.text, "text_from": sighting.text_from} | _read_by(sighting)
    if sighting.title:
        changed["title"] = sighting.title
    if sighting.prompted is not None:
        changed["prompted"] = sighting.prompted
    return changed


def _by_archive(stored: Mapping[str, Any], sighting: Sighting) -> dict[str, Any]:
    given = as_row(sighting)
    if all(stored[name] == given[name] for name in _AS_GIVEN):
        return {}
    changed = {name: given[name] for name in _AS_GIVEN} | {"text_from": "archive"}
    if stored["published"] != sighting.published:
        changed |= _date_as_given(sighting)
    return changed


def _date(stored: Mapping[str, Any], sighting: Sighting) -> dict[str, Any]:
    """What becomes of the date: the first one stands, for outlets date what they edit anew.

    An earlier date takes the place of a later one, and a moment that of its day. Either way the
    other date is told in the note.
    """
    now, before = sighting.published, stored["published"]
    if not now or now == before:
        return {}
    if not before:
        return _date_as_given(sighting)
    if _agree(now, before):
        return _date_as_given(sighting) if "T" in now and "T" not in before else {}
    if _earlier(now, before):
        note = f"dated {before} before"
        return {
            **_date_as_given(sighting),
            "published_note": _joined(sighting.published_note, note),
        }
    note = f"dated {now} later, but the first date stands"
    return {"published_note": _joined(stored["published_note"], note)}


def _joined(said: str | None, note: str) -> str:
    if not said:
        return note
    return said if note in said else f"{said}; {note}"


def _date_as_given(sighting: Sighting) -> dict[str, Any]:
    return {
        "published": sighting.published,
        "published_raw": sighting.published_raw or None,
        "published_from": sighting.published_from or None,
        "published_note": sighting.published_note or None,
    }


def _agree(one: str, other: str) -> bool:
    if "T" not in one or "T" not in other:
        return one[:10] == other[:10]
    first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return first.date() == second.date()
    return first == second


def _earlier(one: str, other: str) -> bool:
    if "T" in one and "T" in other:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
        if (first.tzinfo is None) == (second.tzinfo is None):
            return first < second
    return one[:10] < other[:10]
