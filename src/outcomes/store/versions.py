"""Which rows are new, which are known word for word, and which amend what is stored?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from outcomes.errors import DataError

ERASED = "erased"  # stands for the content of a fact that was erased: it is never read nor renewed
_AT_ONCE = 500  # keys in one question to the store
Newest = dict[str, tuple[int, str]]  # key: version, content


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is to become of some rows."""

    fresh: Mapping[int, int]  # position of a row that is to be stored: its version
    known: int = 0
    erased: int = 0


def judged(
    keys: Sequence[str], contents: Sequence[str], *, newest: Newest, source: str, amend: bool
) -> Judged:
    """Say which rows are new, which are known, and which were erased and stay so.

    Args:
        keys: What makes a row the same fact.
        contents: The digest of each row.
        newest: The newest versions that are stored; brought up to date with these rows.
        source: What to call the rows in a message.
        amend: Whether a known key with other content is stored as a newer version.

    Raises:
        DataError: A key is known with other content and ``amend`` is false.
    """
    fresh: dict[int, int] = {}
    known, erased = 0, 0
    for at, (key, content) in enumerate(zip(keys, contents, strict=True)):
        version, stored = newest.get(key, (0, ""))
        if stored == content:
            known += 1
            continue
        if stored == ERASED:
            erased += 1
            continue
        if version and not amend:
            raise DataError(
                f"{source}: {key!r} is stored already with other content. "
                "Say --amend to store this as its correction (the first version is kept)"
            )
        newest[key] = (version + 1, content)
        fresh[at] = version + 1
    return Judged(fresh=fresh, known=known, erased=erased)


def batched(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of keys into pieces that one question to the store can hold."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def newest_versions(connection: Connection, facts: Table, *, keys: Sequence[str]) -> Newest:
    """Find the newest version of each of these keys that is stored."""
    columns = select(facts.c.key, facts.c.version, facts.c.content).order_by(facts.c.version)
    found: Newest = {}
    for some in batched(keys):
        for key, version, content in connection.execute(columns.where(facts.c.key.in_(some))):
            found[key] = (version, content)
    return found
