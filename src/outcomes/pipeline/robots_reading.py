"""What robots.txt allows, read once a day and kept in the store, for whoever reads pages."""

from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select

from outcomes.errors import DataError
from outcomes.media.fetch import fetch
from outcomes.media.poll_robots import RobotsBook
from outcomes.media.robots import ROBOTS_LIMITS, Decision, Override, Robots
from outcomes.pipeline.polling_store import keep_robots
from outcomes.settings.news import RobotsOverride
from outcomes.store.engine import reading
from outcomes.store.news_tables import ROBOTS


class RobotsReader:
    """Decides whether addresses may be fetched, by their sites' robots.txt.

    A site's robots.txt is read when it is first needed, and again when it is a day old, also by
    another run: what it said is kept in the store at once. It may be used from several threads;
    only one of them asks a site. Make a new reader for each round.
    """

    def __init__(
        self, engine: Engine, *, agent: str, allow_private: bool = False, now: datetime
    ) -> None:
        """Begin with what the store holds.

        Args:
            engine: The store.
            agent: Who asks; see ``outcomes.media.fetch.user_agent``.
            allow_private: Ask machines of private networks, too.
            now: The moment of the round, with its offset.

        Raises:
            DataError: ``now`` has no offset.
        """
        if now.tzinfo is None:
            raise DataError(f"the moment {now} has no offset. Add one, such as +00:00")
        self._engine = engine
        self._book = RobotsBook(
            _kept(engine),
            read=partial(fetch, agent=agent, limits=ROBOTS_LIMITS, allow_private=allow_private),
            clock=lambda: now,
        )

    def decide(self, url: str, override: Override | RobotsOverride | None = None) -> Decision:
        """Decide whether an address may be fetched; its robots.txt is read where it is due.

        Args:
            url: The address.
            override: The decision of a person to fetch it all the same, where there is one.

        Raises:
            DataError: This is no web address.

        Source:
            RFC 9309: what was read is used for a day at most; what cannot be read forbids all.
        """
        if isinstance(override, RobotsOverride):
            override = Override(who=override.who, day=override.day, why=override.why)
        decision = self._book.decision(url, by=override)
        if fresh := self._book.fresh():
            with self._engine.begin() as connection:
                keep_robots(connection, fresh)
        return decision


def _kept(engine: Engine) -> dict[str, Robots]:
    with reading(engine) as connection:
        rows = connection.execute(select(ROBOTS)).mappings().all()
    return {
        row["address"]: Robots(
            answered=row["answered"],
            text=row["text"],
            read_at=datetime.fromisoformat(row["read_at"]),
            until=datetime.fromisoformat(row["until"]),
        )
        for row in rows
    }
