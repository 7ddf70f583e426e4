"""Erasing the texts of engagement records that may be kept no longer: their counts stay."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from outcomes.store.facts import ERASED, batched, content_hash, facts_columns
from outcomes.store.schema import RECORDS

MARK = "texts_erased"  # in a body: the day on which its texts were erased


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFields:
    """Which fields of a record's body hold free text, by kind."""

    by_kind: Mapping[str, Collection[str]]
    others: Collection[str]  # of a kind that is not named
    emptied: Mapping[str, str]  # what an erased field says, where "" would mean something else


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTexts:
    """The texts that one version of a record holds."""

    id: int  # of the version
    key: str
    kind: str
    fields: tuple[str, ...]


def record_days(connection: Connection, *, before: str) -> dict[str, str]:
    """Find the records that lie before a day.

    Returns:
        Key -> day of its newest version, in the order in which they were first stored.
    """
    columns = RECORDS.c
    newest = select(columns.key, func.max(columns.version).label("version")).group_by(columns.key)
    each = newest.subquery()
    query = (
        select(columns.key, columns.day)
        .join(each, (columns.key == each.c.key) & (columns.version == each.c.version))
        .where(columns.day < before, columns.content != ERASED)
        .order_by(columns.id)
    )
    return {row.key: row.day for row in connection.execute(query)}


def held_texts(
    connection: Connection, keys: Sequence[str], *, fields: TextFields
) -> list[HeldTexts]:
    """Find the versions of these records that hold texts."""
    columns = RECORDS.c
    query = select(columns.id, columns.key, columns.kind, columns.body).order_by(columns.id)
    found = []
    for some in batched(keys):
        for row in connection.execute(query.where(columns.key.in_(some))):
            named = fields.by_kind.get(row.kind, fields.others)
            gone = {name: fields.emptied.get(name, "") for name in named}
            held = tuple(
                name for name in named if row.body.get(name) and row.body[name] != gone[name]
            )
            if held:
                found.append(HeldTexts(id=row.id, key=row.key, kind=row.kind, fields=held))
    return found


def erase_record_texts(
    connection: Connection, held: Sequence[HeldTexts], *, fields: TextFields, day: str
) -> int:
    """Empty the texts of versions of records, in the caller's transaction.

    What a version is known by (its hash) is made anew: a short text could be guessed by the old
    one. The mark tells an import that the texts of its file are not to come back.

    Args:
        connection: In a transaction; ``secure_delete`` is on.
        held: From ``held_texts``, in the same transaction.
        fields: What stands in an erased field.
        day: As 2026-03-02; stands in the body as a mark.

    Returns:
        How many texts were erased; those of several versions count each.

    Source:
        Issue 9, 6 (retention); the way of ``outcomes.store.erasing``.
    """
    for one in held:
        this = RECORDS.c.id == one.id
        row = dict(connection.execute(select(*facts_columns(RECORDS)).where(this)).mappings().one())
        emptied = {name: fields.emptied.get(name, "") for name in one.fields}
        row["body"] = row["body"] | emptied | {MARK: day}
        told = {"body": row["body"], "content": content_hash(row, RECORDS)}
        connection.execute(update(RECORDS).where(this).values(told))
    return sum(len(one.fields) for one in held)
