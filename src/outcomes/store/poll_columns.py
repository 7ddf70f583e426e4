"""The columns of polls and articles that coverage is counted from, millions of rows of them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select, func, or_, select

from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.news_tables import POLLS
from outcomes.store.schema import ARTICLES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

GOOD = ("new", "unchanged")  # outcomes of a poll in which the feed was read
EVENTS = ("at", "failed", "rolled_over", "entries", "stored", "undated")
_AT_ONCE = 100_000  # rows in memory as Python objects


def polled_feeds(engine: Engine) -> dict[str, str]:
    """List the addresses of all feeds that were ever polled, each with the outlet it last had."""
    found = {}
    with reading(engine) as connection:
        for feed in connection.execute(select(POLLS.c.feed).distinct()).scalars().all():
            of_feed = select(POLLS.c.outlet).where(POLLS.c.feed == feed)
            newest = of_feed.order_by(POLLS.c.at.desc()).limit(1)
            found[str(feed)] = str(connection.execute(newest).scalar_one())
    return found


def poll_moments(engine: Engine, feed: str, *, begin: str, end: str) -> "np.ndarray":
    """Read when a feed was polled, oldest first; its index answers, and no row is looked at.

    Args:
        engine: The store.
        feed: Its address.
        begin: UTC moment, ISO; polls from then on.
        end: UTC moment, ISO; polls before it.

    Returns:
        Seconds since 1970, shape (polls,).
    """
    import numpy as np

    asked = (POLLS.c.feed == feed, POLLS.c.at >= begin, POLLS.c.at < end)
    query = select(POLLS.c.at).where(*asked).order_by(POLLS.c.at)
    with reading(engine) as connection:
        parts = [_seconds([at for (at,) in rows]) for rows in _parts(connection, query)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def poll_events(engine: Engine, *, begin: str, end: str) -> dict[str, dict[str, "np.ndarray"]]:
    """Read the polls that failed or brought something; most polls find nothing new.

    Args:
        engine: The store.
        begin: UTC moment, ISO; polls from then on.
        end: UTC moment, ISO; polls before it.

    Returns:
        For each feed, in the order of the log, arrays of shape (events,): at (seconds since 1970),
        failed, rolled_over, entries, stored, undated.
    """
    import numpy as np

    polls = POLLS.c
    failed = polls.outcome.not_in(GOOD)
    something = or_(failed, polls.entries > 0, polls.rolled_over > 0)
    columns = [failed.label(name) if name == "failed" else polls[name] for name in EVENTS[1:]]
    asked = (polls.at >= begin, polls.at < end, something)
    query = select(polls.feed, polls.at, *columns).where(*asked).order_by(polls.id)
    codes: dict[str, int] = {}
    parts: list[list[np.ndarray]] = []
    with reading(engine) as connection:
        for rows in _parts(connection, query):
            feeds, at, *numbers = zip(*rows, strict=True)
            of_feed = np.array([codes.setdefault(feed, len(codes)) for feed in feeds])
            parts.append([of_feed, _seconds(at), *(np.array(each, int) for each in numbers)])
    if not parts:
        return {}
    of_feed, *events = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(of_feed, kind="stable")
    edges = np.searchsorted(of_feed[order], np.arange(len(codes) + 1))
    return {
        feed: {
            name: values[order[edges[code] : edges[code + 1]]]
            for name, values in zip(EVENTS, events, strict=True)
        }
        for feed, code in codes.items()
    }


def _parts(connection: Connection, query: Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Give rows as the driver gives them: for millions of them, more would take too long."""
    result = connection.execute(query)
    cursor = result.cursor
    while cursor is not None and (rows := cursor.fetchmany(_AT_ONCE)):
        yield list(rows)
    result.close()


def _seconds(moments: Sequence[str]) -> "np.ndarray":
    """Seconds since 1970 of UTC moments such as 2026-03-31T14:05:00+00:00."""
    import numpy as np

    return np.array(moments, dtype="U19").astype("datetime64[s]").astype(np.int64)


def article_days(engine: Engine) -> "pd.DataFrame":
    """Read outlet, published, text_from and article of the newest version of every article."""
    import pandas as pd

    newest = select(func.max(ARTICLES.c.id).label("id")).group_by(ARTICLES.c.key).subquery()
    names = ("outlet", "published", "text_from", "article")
    query = (
        select(*(ARTICLES.c[name] for name in names))
        .join(newest, ARTICLES.c.id == newest.c.id)
        .where(ARTICLES.c.content != ERASED)
    )
    with reading(engine) as connection:
        return pd.DataFrame(connection.execute(query).all(), columns=list(names))
