"""Who is signed in: a random token in a cookie, of which the store knows only a hash."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from outcomes.pipeline.users import ADMINISTRATOR, account
from outcomes.store.desk_tables import SESSIONS
from outcomes.store.engine import reading

LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=60)
_NOTED_EVERY = timedelta(minutes=1)  # so that not every page writes


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who is signed in."""

    name: str
    roles: tuple[str, ...]

    def may(self, *roles: str) -> bool:
        """Say whether one of these roles is theirs; an administrator may do everything."""
        return not roles or ADMINISTRATOR in self.roles or bool({*roles} & {*self.roles})


def start_session(engine: Engine, name: str, *, now: datetime) -> str:
    """Start a session, and clear away those that have run out.

    Returns:
        The token for the cookie. The moment at which the session ends whatever happens stands in
        it; who changes that moment has another token, which nobody has stored.
    """
    token = f"{secrets.token_urlsafe(32)}.{int((now + LONGEST).timestamp())}"
    row = {"token": stored_token(token), "user": name, "until": _text(now + IDLE)}
    with engine.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.until < _text(now)))
        connection.execute(insert(SESSIONS).values(**row))
    return token


def signed_in(engine: Engine, token: str, *, now: datetime) -> User | None:
    """Find who a token belongs to, and let their hour of idleness begin anew.

    Returns:
        None where the session is unknown or has run out, or the account was shut.
    """
    if not token or now.timestamp() >= _ends(token):
        return None
    stored = stored_token(token)
    with reading(engine) as connection:
        query = select(SESSIONS.c.user, SESSIONS.c.until).where(SESSIONS.c.token == stored)
        row = connection.execute(query).one_or_none()
    if row is None or row.until <= _text(now):
        return None
    found = account(engine, row.user)
    if found is None or found.shut:
        return None
    fresh = _text(now + IDLE)
    if row.until < _text(now + IDLE - _NOTED_EVERY):
        # a store that cannot be written to just now must still be readable
        with suppress(OperationalError), engine.begin() as connection:
            connection.execute(
                update(SESSIONS).where(SESSIONS.c.token == stored).values(until=fresh)
            )
    return User(name=found.name, roles=found.roles)


def end_session(engine: Engine, token: str) -> None:
    """Forget a session."""
    with engine.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.token == stored_token(token)))


def stored_token(token: str) -> str:
    """Hash a token as the store keeps it."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(secret: str) -> str:
    """Make what a form must send back to show that it came from a page of ours.

    It follows from a secret in a cookie, which other sites can neither read nor set.
    """
    return hmac.digest(secret.encode(), b"form", hashlib.sha256).hex()


def _ends(token: str) -> float:
    with suppress(ValueError):
        return float(int(token.rpartition(".")[2]))
    return 0.0


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
