"""Keep what was sighted: new articles, new versions of known ones, and nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from outcomes.errors import DataError
from outcomes.media.article_changes import (
    as_row,
    changes_of,
    contradicts,
    is_fuller,
    is_to_and_fro,
)
from outcomes.media.identity import Match, match_sightings, names_of
from outcomes.media.sightings import Sighting
from outcomes.pipeline.article_names import add_names, known_names, name_old_articles
from outcomes.pipeline.importing import Imported, store_key
from outcomes.store import Source, begin_import, end_import
from outcomes.store import articles as store
from outcomes.store.facts import ERASED
from outcomes.study import Study

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outcomes.sheets import Sheet

OnChange = Literal["version", "refuse", "leave"]
_AT_ONCE = 500  # sightings whose articles are held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one sighting."""

    fate: Literal["stored", "duplicate", "edited"]  # edited: known, with a new version
    article: str  # its key in the store
    url: str  # by which codes and results name the article


def keep_sightings(
    connection: "Connection",
    sightings: Sequence[Sighting],
    *,
    now: datetime,
    import_id: int,
    on_change: OnChange,
) -> list[Kept]:
    """Store the sightings of one document: new articles, and what changed of known ones.

    Args:
        connection: In a transaction of the caller's.
        sightings: Of one document (a feed, a file), in its order.
        now: The moment at which they were seen.
        import_id: From ``begin_import``.
        on_change: What to do where the article is known with other content: store a new
            version, refuse, or leave it as it is. The full text of an article of which only a
            feed's summary is stored is a new version in the first two.

    Returns:
        What became of each sighting. Where a document gives an article twice, the first counts.

    Raises:
        DataError: An article is known with other content, and ``on_change`` is "refuse".

    Source:
        Requirement B14; issue 6, 4.
    """
    name_old_articles(connection, now=now)
    document = names_of(sightings)
    known = known_names(connection, document)
    matches = _told_apart(connection, match_sightings(document, known), sightings)
    keys = [match.article or store_key(document[match.first].url) for match in matches]
    sighted = [
        _Sighted(
            sighting=sighting, key=key, url=document[match.first].url, first=match.first == place
        )
        for place, (sighting, key, match) in enumerate(zip(sightings, keys, matches, strict=True))
    ]
    step = _Step(now=now, import_id=import_id, on_change=on_change)
    kept: list[Kept] = []
    for start in range(0, len(sighted), _AT_ONCE):
        kept += _keep(connection, sighted[start : start + _AT_ONCE], step)
    add_names(
        connection,
        [(names.every(), key) for names, key in zip(document, keys, strict=True)],
        known=known.articles,
        now=now,
    )
    store.all_named(connection)
    return kept


def keep_sheet(
    study: Study,
    sheet: "Sheet",
    sightings: Sequence[Sighting],
    *,
    step: str,
    amend: bool = False,
    notes: Sequence[str] = (),
    now: datetime | None = None,
) -> Imported:
    """Store the articles of a file with their import log, all of them or none.

    Args:
        study: The study.
        sheet: What was read, after ``or_refuse``.
        sightings: The same rows, in their order.
        step: The command, for the log.
        amend: Whether known articles with other content get a new version. Without it, an
            archive that has other content is refused, and a saved feed leaves them as they are.
        notes: Sentences to add to the account.
        now: The moment of the import; the present one if it is left out.

    Returns:
        The account; a new version counts as new.

    Raises:
        DataError: An article is stored already with other content, and this is no amendment.
    """
    moment = now or datetime.now(UTC)
    feed = all(sighting.text_from == "feed" for sighting in sightings)
    without: OnChange = "leave" if feed else "refuse"
    source = Source(step=step, file=sheet.path, read=sheet.read, refused=len(sheet.refusals))
    with study.store.begin() as connection:
        number = begin_import(connection, source, now=moment)
        try:
            kept = keep_sightings(
                connection,
                sightings,
                now=moment,
                import_id=number,
                on_change="version" if amend else without,
            )
        except DataError as error:
            raise DataError(f"{source.name}: {error}") from None
        new = sum(each.fate != "duplicate" for each in kept)
        end_import(connection, number, new=new, known=len(kept) - new)
    return Imported(
        file=sheet.path.name,
        read=sheet.read,
        new=new,
        known=len(kept) - new,
        refusals=tuple(sheet.refusals),
        not_read=sheet.not_read,
        notes=(*notes, *_listed_twice(kept)),
    )


def _listed_twice(kept: Sequence[Kept]) -> list[str]:
    again = len(kept) - len({each.article for each in kept})
    if not again:
        return []
    rows = "1 row gives an article" if again == 1 else f"{again} rows give articles"
    return [f"{rows} that another row of the file gave before: the first one counts."]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighted:
    """A sighting, and which article it is."""

    sighting: Sighting
    key: str
    url: str  # of the article, if it is new
    first: bool  # the first sighting of this article in the document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    now: datetime
    import_id: int
    on_change: OnChange


def _told_apart(
    connection: "Connection", matches: Sequence[Match], sightings: Sequence[Sighting]
) -> list[Match]:
    """Take two texts of archives for two articles where only title and day are the same."""
    by_title = [match.article for match in matches if match.by_title]
    stored = store.newest_articles(connection, by_title)
    gone = store.erased_texts(connection, by_title)  # nobody can tell their texts any more
    others = {
        match.article
        for match in matches
        if match.by_title
        and match.article not in gone
        and contradicts(stored[match.article], sightings[match.first])
    }
    return [
        Match(article="", first=match.first) if match.article in others else match
        for match in matches
    ]


def _keep(connection: "Connection", some: Sequence[_Sighted], step: _Step) -> list[Kept]:
    newest = store.newest_articles(connection, list({each.key for each in some}))
    fresh = {each.key: each for each in some if each.first and each.key not in newest}
    changes = _changes(connection, some, newest, on_change=step.on_change)
    store.add_articles(
        connection,
        [_new_row(each, now=step.now) for each in fresh.values()],
        import_id=step.import_id,
    )
    edited = store.add_versions(connection, changes, import_id=step.import_id, newest=newest)
    kept = []
    for each in some:
        fate: Literal["stored", "duplicate", "edited"] = "duplicate"
        if each.first and each.key in fresh:
            fate = "stored"
        elif each.first and each.key in edited:
            fate = "edited"
        row = newest.get(each.key)
        kept.append(Kept(fate=fate, article=each.key, url=row["url"] if row else each.url))
    return kept


def _changes(
    connection: "Connection",
    some: Sequence[_Sighted],
    newest: Mapping[str, Mapping[str, Any]],
    *,
    on_change: OnChange,
) -> dict[str, dict[str, Any]]:
    """Say what changes of the known articles: key -> columns."""
    if on_change == "leave":
        return {}
    changes = {}
    gone = store.erased_texts(connection, list(newest))  # stay gone, whoever brings them again
    for each in some:
        stored = newest.get(each.key)
        if stored is None or not each.first or each.key in gone:
            continue
        changed = _changed(stored, each.sighting, on_change=on_change)
        if changed:
            changes[each.key] = changed
    polled = [each.key for each in some if each.sighting.text_from != "archive"]
    versions = store.article_versions(connection, [key for key in polled if key in changes])
    for key, rows in versions.items():
        if is_to_and_fro(rows, changes[key], newest[key]):
            del changes[key]
    return changes


def _changed(
    stored: Mapping[str, Any], sighting: Sighting, *, on_change: OnChange
) -> dict[str, Any]:
    changed = changes_of(stored, sighting)
    if on_change == "version" or is_fuller(stored, sighting):
        return changed
    if stored["content"] != ERASED and contradicts(stored, sighting):
        raise DataError(
            f"{stored['url']!r} is stored already with other content. "
            "Say --amend to store this as its correction (the first version is kept)"
        )
    return {}


def _new_row(each: _Sighted, *, now: datetime) -> dict[str, Any]:
    return {
        **as_row(each.sighting),
        "key": each.key,
        "url": each.url,
        "first_seen": now.astimezone(UTC).isoformat(timespec="seconds"),
    }
