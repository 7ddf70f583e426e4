"""The desk's users: each change is a new version, in one transaction with its audit row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select

from outcomes.errors import DataError, one_of
from outcomes.pipeline.audit import record_with
from outcomes.store.desk_tables import ROLES, SESSIONS, USERS
from outcomes.store.engine import reading

_NAME = re.compile(r"[^\W_](?:[\w .'-]{0,38}[^\W_])?")
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The newest version of a user."""

    name: str
    roles: tuple[str, ...]  # none: the account is shut
    password: str  # argon2 hash
    version: int

    @property
    def shut(self) -> bool:
        """Whether nobody can sign in with it any more."""
        return not self.roles


def accounts(engine: Engine) -> list[Account]:
    """List everybody who was ever a user, by name."""
    with reading(engine) as connection:
        return sorted(_newest(connection), key=lambda account: account.name.casefold())


def account(engine: Engine, name: str) -> Account | None:
    """Find a user by name, whatever its capitals."""
    with reading(engine) as connection:
        return _find(connection, name)


def anybody(engine: Engine) -> bool:
    """Say whether there is any user yet."""
    with reading(engine) as connection:
        return connection.execute(select(USERS.c.id).limit(1)).first() is not None


def set_up(engine: Engine, *, name: str, password: str) -> Account:
    """Make the first user, an administrator and coordinator; only ever once.

    Args:
        engine: The store.
        name: What to call them.
        password: The argon2 hash of their password.

    Raises:
        DataError: There is a user already, or the name breaks the rules.
    """
    with engine.begin() as connection:
        if connection.execute(select(USERS.c.id).limit(1)).first() is not None:
            raise DataError("This desk is set up already. Sign in instead")
        return _add(
            connection, name=name, roles=(ADMINISTRATOR, "coordinator"), password=password, by=name
        )


def add_user(engine: Engine, *, name: str, roles: Sequence[str], password: str, by: str) -> Account:
    """Add a user.

    Args:
        engine: The store.
        name: What to call them, 2 to 40 letters, digits, spaces, dots, hyphens.
        roles: One or more of ``ROLES``.
        password: The argon2 hash of their password.
        by: Who adds them.

    Raises:
        DataError: The name is taken or breaks the rules, or there is no such role.
    """
    with engine.begin() as connection:
        return _add(connection, name=name, roles=roles, password=password, by=by)


def change_roles(engine: Engine, name: str, *, roles: Sequence[str], by: str) -> None:
    """Give a user other roles; from the next page on, and also where the account was shut.

    Raises:
        DataError: There is no such user or role, or nobody else would be an administrator.
    """
    with engine.begin() as connection:
        old = _require(connection, name)
        wanted = _checked_roles(roles)
        if ADMINISTRATOR not in wanted:
            _keep_an_administrator(connection, old)
        if wanted != old.roles:
            _store(connection, old, roles=wanted)
            about = {"user": by, "action": "changed roles", "about": old.name}
            record_with(connection, **about, detail=", ".join(wanted))


def change_password(engine: Engine, name: str, *, password: str, by: str, stay: str = "") -> None:
    """Give a user another password; they are signed out everywhere else.

    Args:
        engine: The store.
        name: Whose.
        password: The argon2 hash of the new one.
        by: Who changes it.
        stay: The stored token of the session that goes on, if it is their own.

    Raises:
        DataError: There is no such user.
    """
    with engine.begin() as connection:
        old = _require(connection, name)
        _store(connection, old, password=password)
        _sign_out(connection, old.name, stay=stay)
        record_with(connection, user=by, action="changed a password", about=old.name)


def hash_again(engine: Engine, name: str, *, password: str) -> None:
    """Store the same password under a newer hash."""
    with engine.begin() as connection:
        _store(connection, _require(connection, name), password=password)


def shut(engine: Engine, name: str, *, by: str) -> None:
    """Shut an account: it stays in the log, but nobody can sign in, and its sessions end at once.

    Raises:
        DataError: There is no such user, or nobody else would be an administrator.
    """
    with engine.begin() as connection:
        old = _require(connection, name)
        _keep_an_administrator(connection, old)
        if not old.shut:
            _store(connection, old, roles=())
            _sign_out(connection, old.name)
            record_with(connection, user=by, action="shut an account", about=old.name)


def _add(
    connection: Connection, *, name: str, roles: Sequence[str], password: str, by: str
) -> Account:
    name = " ".join(name.split())
    if len(name) < 2 or not _NAME.fullmatch(name):
        raise DataError(
            f"{name!r} is not a user name. Write 2 to 40 letters, digits, spaces, dots or hyphens, "
            "with a letter or digit at both ends"
        )
    if (taken := _find(connection, name)) is not None:
        state = "shut; give it roles to open it again" if taken.shut else "in use"
        raise DataError(f"The name {taken.name!r} is {state}. Choose another name for this person")
    made = Account(name=name, roles=_checked_roles(roles), password=password, version=0)
    _store(connection, made)
    detail = ", ".join(made.roles)
    record_with(connection, user=by, action="added a user", about=name, detail=detail)
    return made


def _checked_roles(roles: Sequence[str]) -> tuple[str, ...]:
    for role in roles:
        if role not in ROLES:
            raise DataError(f"There is no role {role!r}. {one_of(role, ROLES)}")
    if not roles:
        raise DataError("A user needs a role. Choose one or more, or shut the account")
    return tuple(role for role in ROLES if role in roles)


def _keep_an_administrator(connection: Connection, leaving: Account) -> None:
    if ADMINISTRATOR not in leaving.roles:
        return
    for other in _newest(connection):
        if other.name != leaving.name and ADMINISTRATOR in other.roles:
            return
    raise DataError(
        f"{leaving.name} is the only administrator, and somebody must look after the users. "
        "Make somebody else an administrator first"
    )


def _newest(connection: Connection) -> list[Account]:
    latest = select(USERS.c.name, func.max(USERS.c.version).label("version"))
    latest_of = latest.group_by(USERS.c.name).subquery()
    query = select(USERS.c.name, USERS.c.roles, USERS.c.password, USERS.c.version).join(
        latest_of, (USERS.c.name == latest_of.c.name) & (USERS.c.version == latest_of.c.version)
    )
    return [
        Account(name=name, roles=tuple(roles), password=password, version=version)
        for name, roles, password, version in connection.execute(query)
    ]


def _find(connection: Connection, name: str) -> Account | None:
    folded = " ".join(name.split()).casefold()
    found = (one for one in _newest(connection) if one.name.casefold() == folded)
    return next(found, None)


def _require(connection: Connection, name: str) -> Account:
    found = _find(connection, name)
    if found is None:
        known = sorted(one.name for one in _newest(connection))
        raise DataError(f"There is no user {name!r}. {one_of(name, known)}")
    return found


def _store(
    connection: Connection,
    old: Account,
    *,
    roles: tuple[str, ...] | None = None,
    password: str | None = None,
) -> None:
    connection.execute(
        insert(USERS).values(
            name=old.name,
            version=old.version + 1,
            roles=list(old.roles if roles is None else roles),
            password=old.password if password is None else password,
        )
    )


def _sign_out(connection: Connection, name: str, *, stay: str = "") -> None:
    connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name, SESSIONS.c.token != stay))
