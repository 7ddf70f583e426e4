"""Engagement records in and out of the store: events, contacts, letters, reports of walks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from outcomes.pipeline.importing import store_key
from outcomes.store import Appended, Source, append, read_facts
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import IMPORTS, RECORDS
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

TABLE = "engagement_records"
WITHDRAWN = "withdrawn"  # in a body: why it does not count any more; the record itself is kept


def record_row(
    kind: str,
    *,
    key: Sequence[str],
    day: str,
    place: str,
    community: str = "",
    body: Mapping[str, Any],
    by: str = "",
) -> dict[str, Any]:
    """Lay one record out as a row of the store.

    Args:
        kind: Its code.
        key: What makes it the same record when it comes again; the kind is put before it.
        day: ISO, local.
        place: A code of the study's places, or "agency".
        community: A code of the study's communities, or "".
        body: Its fields by name; those that are empty are left out.
        by: Staff who wrote it.
    """
    kept = {name: value for name, value in body.items() if value not in (None, "", [], ())}
    return {
        "key": store_key(kind, *key),
        "kind": kind,
        "day": day,
        "place": place,
        "community": community,
        "body": kept,
        "by": by,
    }


def store_records(
    study: Study, rows: Sequence[Mapping[str, Any]], *, source: Source, amend: bool = False
) -> Appended:
    """Store records, all or none; a known one with other content only as an amendment."""
    return append(study.store, TABLE, rows, source=source, amend=amend)


def read_records(study: Study, *kinds: str) -> "pd.DataFrame":
    """Read the newest version of records of some kinds (none named: of all).

    A record that was withdrawn is left out.

    Returns:
        key, kind, day, place, community, body (a dict), by; in the order they were first stored.
    """
    found = stored_records(study, *kinds)
    gone = found["body"].map(lambda body: WITHDRAWN in body).astype(bool)
    return found[~gone].reset_index(drop=True)


def stored_records(study: Study, *kinds: str) -> "pd.DataFrame":
    """Read as ``read_records`` does, with the records that were withdrawn."""
    found = read_facts(study.store, TABLE)
    return found[found["kind"].isin(kinds)].reset_index(drop=True) if kinds else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one record."""

    key: str  # of the store, the same in every version
    number: int
    kind: str
    day: str
    place: str
    community: str
    body: dict[str, Any]
    by: str
    stored: str  # the day on which this version was stored

    @property
    def withdrawn(self) -> str:
        """Why it does not count any more; "" where it does."""
        return str(self.body.get(WITHDRAWN, ""))


def record_versions(study: Study, kind: str) -> dict[str, list[Version]]:
    """Read every version of the records of a kind, the oldest first, by their key."""
    query = (
        select(RECORDS, IMPORTS.c.at)
        .join(IMPORTS, RECORDS.c.import_id == IMPORTS.c.id)
        .where(RECORDS.c.kind == kind, RECORDS.c.content != ERASED)
        .order_by(RECORDS.c.id)
    )
    found: dict[str, list[Version]] = {}
    with reading(study.store) as connection:
        for row in connection.execute(query):
            one = Version(
                key=row.key,
                number=row.version,
                kind=row.kind,
                day=row.day,
                place=row.place,
                community=row.community,
                body=row.body,
                by=row.by,
                stored=row.at[:10],
            )
            found.setdefault(one.key, []).append(one)
    return found
