"""Who a tablet belongs to: a user's name and password, or the key in the address that it scanned.

Collect sends a password only through https. Where the network is trusted and there is no https, a
tablet is let in by its key: a random-looking word in the server's address, made from the study key
and the user's password, so that a new password or a shut account ends it.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from outcomes.pipeline.audit import record
from outcomes.pipeline.users import Account, account, accounts
from outcomes.web.openrosa.replies import Refused
from outcomes.web.pages import in_thread
from outcomes.web.passwords import hashed, is_right
from outcomes.web.rate_limits import TooManyTries, address_of
from outcomes.web.sessions import User

if TYPE_CHECKING:
    from outcomes.web.desk_state import Desk

ROLES = ("interviewer", "coordinator")  # and administrators
_FRESH = 60.0  # seconds after which an account is looked up again
_KEPT = 1000  # tablets
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="outcomes", charset="UTF-8"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was found out about one pair of name and password, or about one key."""

    account: Account | None  # whose it is; None: nobody's
    user: User | None  # the same, as pages know it
    version: int  # of the account it was held against, so that a change of it is seen
    at: float


class TabletSignIn:
    """Tells who sends a request; what it found out is kept in memory, under a key of this process.

    A password is checked slowly, on purpose; a tablet that sends forty forms is checked once.
    """

    def __init__(self, desk: "Desk", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._clock = desk, clock
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[_Known]] = {}
        self._stand_in = ""

    async def user(self, connection: HTTPConnection) -> User:
        """Say who it is.

        Raises:
            Refused: 403 where a password may not travel like this, or the role does not fit; 401
                where nobody is named, or the password is wrong; 429 after too many wrong ones.
        """
        if not self._desk.admits_staff(connection):
            raise Refused(
                403,
                "without https, tablets are answered on this computer only. Start outcomes serve "
                "with a certificate or, on a network that you trust, with --trusted-network",
            )
        key, header = connection.path_params.get("key", ""), _authorization(connection)
        # what was sent is looked up before it is taken apart: a tablet sends the same each time
        digest = self._digest(b"key/" + key.encode() if key else b"header/" + header)
        found = self._known.get(digest)
        if found is None or self._clock() >= found.at + _FRESH:
            name, password = ("", key) if key else _basic(header.decode("latin-1"))
            found = await self._find(digest, name, password, who=address_of(connection))
        if found.user is None:
            raise Refused(401, "the name or the password is wrong", headers=_CHALLENGE)
        if not found.user.may(*ROLES):
            name = found.user.name
            raise Refused(403, f"{name} may not collect answers. Ask for the interviewer role")
        return found.user

    async def _find(self, digest: bytes, name: str, password: str, *, who: str) -> _Known:
        asking = self._asking.get(digest)
        if asking is None:  # forty requests at once wait for one check
            check = self._check(name, password, known=self._known.get(digest), who=who)
            asking = self._asking[digest] = asyncio.create_task(check)
            asking.add_done_callback(lambda done: self._checked(digest, done))
        found = await asyncio.shield(asking)
        self._known[digest] = found
        self._known.move_to_end(digest)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found

    def _checked(self, digest: bytes, done: "asyncio.Task[_Known]") -> None:
        self._asking.pop(digest, None)
        if not done.cancelled():
            done.exception()  # it is seen, even where all who waited have hung up

    async def _check(self, name: str, password: str, *, known: _Known | None, who: str) -> _Known:
        owner = (
            await in_thread(account, self._desk.engine, name)
            if name
            else await in_thread(self._owner_of, password)
        )
        version = owner.version if owner else 0
        if known is not None and known.version == version:
            right = known.account is not None
        else:
            right = await self._tried(owner, name, password, who=who)
        shut = owner is None or owner.shut or not right
        user = None if owner is None or shut else User(name=owner.name, roles=owner.roles)
        found = owner if right else None
        return _Known(account=found, user=user, version=version, at=self._clock())

    async def _tried(self, owner: Account | None, name: str, password: str, *, who: str) -> bool:
        """Check what was not checked before; wrong tries are counted, against guessing."""
        limits = self._desk.limits
        try:
            limits.spend("sign-in address", who)
            if name:
                limits.spend("sign-in name", name)
        except TooManyTries as error:
            wait = {"Retry-After": str(error.wait)}
            raise Refused(429, str(error), headers=wait) from None
        right = await in_thread(self._is_right, owner, password) if name else owner is not None
        if right and owner is not None:
            limits.give_back("sign-in address", who)
            if name:
                limits.give_back("sign-in name", name)
            words = {"user": owner.name, "action": "signed in from a tablet", "about": owner.name}
            await in_thread(record, self._desk.engine, **words)
        return right

    def _is_right(self, owner: Account | None, password: str) -> bool:
        self._stand_in = self._stand_in or hashed(secrets.token_hex(16))
        stored = owner.password if owner else self._stand_in  # as slow for a name nobody has
        return is_right(stored, password) and owner is not None and not owner.shut

    def _owner_of(self, key: str) -> Account | None:
        everybody = (one for one in accounts(self._desk.engine) if not one.shut)
        fits = (one for one in everybody if _same(tablet_key(self._desk.key, one), key))
        return next(fits, None)

    def _digest(self, sent: bytes) -> bytes:
        return hmac.digest(self._secret, sent, "sha256")


def tablet_key(key: bytes, owner: Account) -> str:
    """Make the key of a user's tablets; nothing of it is stored.

    Args:
        key: The study key.
        owner: Whose; with another password the key is another one.
    """
    secret = hmac.digest(key, f"tablet-key/{owner.name}/{owner.password}".encode(), hashlib.sha256)
    return base64.b32encode(secret[:20]).decode().lower()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _authorization(connection: HTTPConnection) -> bytes:
    headers = connection.scope["headers"]
    return next((value for name, value in headers if name == b"authorization"), b"")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, given = header.partition(" ")
    try:
        decoded = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    try:
        name, colon, password = decoded.decode().partition(":")
    except UnicodeDecodeError:  # some clients send letters with accents so
        name, colon, password = decoded.decode("latin-1").partition(":")
    if scheme.lower() != "basic" or not colon or not name:
        raise Refused(401, "this needs a name and a password", headers=_CHALLENGE)
    return " ".join(name.split()), password
