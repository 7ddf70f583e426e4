"""Engagement records in and out of the store: events, contacts, letters, reports of walks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from outcomes.pipeline.importing import store_key
from outcomes.store import Appended, Source, append, read_facts
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

TABLE = "engagement_records"


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

    Returns:
        key, kind, day, place, community, body (a dict), by; in the order they were first stored.
    """
    found = read_facts(study.store, TABLE)
    return found[found["kind"].isin(kinds)].reset_index(drop=True) if kinds else found
