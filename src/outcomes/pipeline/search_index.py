"""Step: bring the search index up to the store, in batches that each stand for themselves.

The index lies in data/derived/search.db and may be deleted at any time. It is made anew where the
store holds fewer versions than were indexed, where texts were erased, or a time zone changed.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from outcomes.media import search_index as index_file
from outcomes.media.search_index import Doc, Words, writing
from outcomes.media.search_places import short_hash
from outcomes.pipeline.search_labels import Labels, labels_state, scopes
from outcomes.pipeline.search_relabelling import clear_if_most_change, read_labels, relabel
from outcomes.pipeline.search_rows import (
    Article,
    Places,
    StoreNow,
    base_of,
    rows_after,
    store_now,
    stored_rows,
    versions_upto,
    words_of,
    zone_of,
)
from outcomes.store.facts import ERASED
from outcomes.study import Study

BATCH = 1_000  # articles in one transaction while somebody waits
GREAT_BATCH = 10_000  # when nobody does: fewer pieces that must be joined later
JOINED_FROM = 50_000  # articles that were read at once
LABELLED_AT_ONCE = 20_000  # articles whose labels are renewed while somebody waits
Place = tuple[Doc, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """Where the search stands."""

    articles: int  # that can be found
    changed: int  # versions that were read now
    waiting: int  # about how many versions of the store are not in the index yet
    old_labels: bool = False  # codes or results have changed since labels were read

    def sentences(self) -> list[str]:
        """Say what a reader of results should know."""
        said = []
        if self.waiting:
            said.append(
                f"{self.waiting:,} newer articles or versions are not searched yet, because the "
                "index is still being made. Load this page again to go on, or run once: outcomes "
                "media find"
            )
        elif self.old_labels:
            said.append(
                "Codes or results have changed since the filters were made. Renew them once with: "
                "outcomes media find"
            )
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    study: Study
    index: sqlite3.Connection
    now: StoreNow
    at: Callable[[str], None]
    until: float | None
    clock: Callable[[], float]

    @property
    def late(self) -> bool:
        return self.until is not None and self.clock() > self.until


def index_path(study: Study) -> Path:
    """Say where the index lies."""
    return study.root / "data" / "derived" / "search.db"


def update_index(study: Study, *, at: Callable[[str], None] = lambda point: None) -> Indexed:
    """Bring the index up to the store, however long that takes.

    What was done stays done when it is killed: the next call goes on from there.

    Args:
        study: The study; its store may be any that SQLAlchemy reads.
        at: Called with "batch" before each batch is kept; for tests.

    Raises:
        FileError: The index cannot be written.
    """
    with opened_index(study) as index:
        return bring_up(study, index, at=at)


@contextmanager
def opened_index(study: Study) -> Iterator[sqlite3.Connection]:
    """Open the index of a study, which is made if need be; faults of its file are told in words.

    Raises:
        FileError: It cannot be opened, read or written.
    """
    with closing(index_file.open_index(index_path(study))) as index:
        try:
            yield index
        except sqlite3.DatabaseError as error:
            raise index_file.not_made(index_path(study), error) from None


def bring_up(
    study: Study,
    index: sqlite3.Connection,
    *,
    seconds: float | None = None,
    at: Callable[[str], None] = lambda point: None,
    clock: Callable[[], float] = time.monotonic,
) -> Indexed:
    """Bring an open index up to the store.

    Args:
        study: The study.
        index: From ``opened_index``.
        seconds: About how long it may take, because somebody waits; then the labels of a large
            archive are left as they are, and the store's versions are not counted over. None:
            until all is done.
        at: Called with "batch" before each batch is kept; for tests.
        clock: Of the seconds.
    """
    until = None if seconds is None else clock() + seconds
    stand = _stand(index)  # before the store is looked at, lest others go on in between
    now = store_now(study)
    work = _Work(study=study, index=index, now=now, at=at, until=until, clock=clock)
    wanted = labels_state(study, now.codes)
    _clear_if_needed(work, stand)
    labels: Labels | None = None
    if index_file.get_state(index, "labels") != wanted and _may_label(work):
        labels = read_labels(study, index)
        clear_if_most_change(index, labels, most=BATCH)
    index_file.let_go(index)
    changed = 0
    while _stand(index)["last"] < now.newest and (done := _batch(work, labels)):
        changed += done
        if work.late:
            break
    if changed > JOINED_FROM:
        index_file.join_pieces(index)
    waiting = now.newest - _stand(index)["last"]
    if labels is not None and waiting <= 0:
        relabel(study, index, labels, at=at, batch=BATCH)
        with writing(index):
            index_file.set_state(index, {"labels": wanted})
    return Indexed(
        articles=index_file.how_many(index),
        changed=changed,
        waiting=max(0, waiting),
        old_labels=index_file.get_state(index, "labels") != wanted,
    )


def _may_label(work: _Work) -> bool:
    return work.until is None or index_file.how_many(work.index) <= LABELLED_AT_ONCE


def _stand(index: sqlite3.Connection) -> dict[str, Any]:
    """Read up to which row of the store, and of which state, the index is."""
    found: dict[str, Any] = json.loads(index_file.get_state(index, "stand") or '{"last": 0}')
    return found


def _clear_if_needed(work: _Work, stand: dict[str, Any]) -> None:
    """Begin anew where what is indexed does not agree with the store any longer."""
    if not stand["last"]:
        return
    agrees = stand["state"] == _state(work) and work.now.newest >= stand["last"]
    if agrees and work.until is None:
        agrees = stand["rows"] == versions_upto(work.study, stand["last"])
    if not agrees:
        with writing(work.index):
            if _stand(work.index) == stand:  # else somebody else has brought it up meanwhile
                index_file.clear(work.index)


def _state(work: _Work) -> list[Any]:
    """Say what must not change lest the index is made anew: erased texts, zones of outlets."""
    study = work.study
    zones = [list(pair) for pair in sorted(zone_of(study).items())]
    return [list(work.now.erased), study.settings.study.time_zone, zones]


def _batch(work: _Work, labels: Labels | None) -> int:
    """Index the next versions of the store; returns how many there were."""
    study, index = work.study, work.index
    with writing(index):
        stand = _stand(index)
        most = GREAT_BATCH if work.until is None else BATCH
        rows = rows_after(study, stand["last"], most=most)
        if not rows:
            return 0
        newest = {row.key: row for row in rows}
        known = _known(work, list(newest))
        index_file.take_out(index, [(doc, words_of(row)) for doc, row in known.values()])
        old = {key: doc for key, (doc, _) in known.items()}
        kept = [row for row in newest.values() if row.content != ERASED]
        index_file.add(index, _places(work, kept, labels=labels, old=old))
        stand |= {"last": rows[-1].id, "rows": stand.get("rows", 0) + len(rows)}
        stand.setdefault("state", _state(work))
        index_file.set_state(index, {"stand": json.dumps(stand)})
        work.at("batch")
    return len(rows)


def _known(work: _Work, keys: Sequence[str]) -> dict[str, tuple[Doc, Article]]:
    """Find the articles that are indexed in an earlier version, with the row that was indexed."""
    docs = index_file.docs_with(work.index, "key", [short_hash(key) for key in keys])
    rows = stored_rows(work.study, [doc.article for doc in docs])
    wanted = set(keys)
    pairs = [(doc, rows[doc.article]) for doc in docs]
    return {row.key: (doc, row) for doc, row in pairs if row.key in wanted}


def _places(
    work: _Work, rows: Sequence[Article], *, labels: Labels | None, old: dict[str, Doc]
) -> list[Place]:
    """Say where each article stands in the index, and with which marks."""
    study, index = work.study, work.index
    zones, scope = zone_of(study), scopes(study)
    places = Places(partial(index_file.next_doc, index))
    found = []
    for row in rows:
        url, before = short_hash(row.url), old.get(row.key)
        if labels is not None:
            label, story = labels.of(url, row.outlet), labels.stories.get(url, 0)
        elif before is not None:
            label, story = before.labels, before.story
        else:
            label, story = scope.get(row.outlet, "l0"), 0
        outlet = index_file.number_of(index, "outlet", row.outlet, make=True)
        zone = zones.get(row.outlet, study.settings.study.time_zone)
        doc = Doc(
            doc=places.place(row.published, zone),
            article=row.id,
            key=short_hash(row.key),
            url=url,
            story=story,
            base=base_of(row, outlet=outlet),
            labels=label,
        )
        found.append((doc, words_of(row)))
    return found
