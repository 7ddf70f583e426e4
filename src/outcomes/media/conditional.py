"""Asking only for what changed, and not believing every server that says that nothing did."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

FULL_READ_AFTER = timedelta(hours=24)
MOST_UNCHANGED = 10  # answers "not modified" in a row
_LONGEST = 1000  # characters

Change = Literal["new", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave with its last answer, to be shown to it with the next question."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The headers that ask for an answer only if something changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReading:
    """What is kept of a feed between two polls."""

    validators: Validators = field(default_factory=Validators)
    body_hash: str = ""  # SHA-256 of the last whole body
    read_at: datetime | None = None  # when the last whole body was read
    unchanged: int = 0  # answers "not modified" since then


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer came to."""

    change: Change
    kept: LastReading  # for the next poll; keep it only once the body turned out to be a feed
    reason: str  # why it failed; empty where it did not


def validators_to_send(kept: LastReading | None, *, now: datetime) -> Validators | None:
    """Say what to show to the server, or that the whole feed is to be read regardless.

    Some servers give the same validators for years while the feed changes. So the whole feed is
    read after 24 hours, after 10 answers "not modified", and when the clock was set back.

    Args:
        kept: What the last poll left; None at the first.
        now: The present moment, with its offset.

    Returns:
        The validators, or None where the whole feed is due.
    """
    if kept is None or kept.read_at is None or not kept.validators.headers():
        return None
    since = now - kept.read_at
    if kept.unchanged >= MOST_UNCHANGED or not timedelta(0) <= since < FULL_READ_AFTER:
        return None
    return kept.validators


def settle(
    kept: LastReading | None,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    asked: bool,
    now: datetime,
) -> Reading:
    """Say what an answer that was read whole means, and what to keep of it.

    Args:
        kept: What the last poll left; None at the first.
        status: 200, 304 and so on.
        headers: Those of the answer, their names in small letters.
        body: The body, decompressed.
        asked: Whether validators were sent.
        now: When the answer came, with its offset.

    Returns:
        ``new`` for a body that differs from the last one; ``unchanged`` for the same body or a
        "not modified"; ``failed`` for everything else, also for a "not modified" to a question
        that was not asked, which would hide an empty feed behind good news.
    """
    before = kept or LastReading()
    if status == 304 and not asked:
        return Reading(change="failed", kept=before, reason="304 although nothing was shown to it")
    if status == 304:
        later = replace(
            before, validators=_given(headers, before.validators), unchanged=before.unchanged + 1
        )
        return Reading(change="unchanged", kept=later, reason="")
    if status != 200:
        return Reading(change="failed", kept=before, reason=f"the server answered {status}")
    digest = hashlib.sha256(body).hexdigest()
    read = LastReading(validators=_given(headers, Validators()), body_hash=digest, read_at=now)
    change: Change = "unchanged" if digest == before.body_hash else "new"
    return Reading(change=change, kept=read, reason="")


def _given(headers: Mapping[str, str], before: Validators) -> Validators:
    return Validators(
        etag=_usable(headers.get("etag", "")) or before.etag,
        last_modified=_usable(headers.get("last-modified", "")) or before.last_modified,
    )


def _usable(value: str) -> str:
    """The value, if it can be sent back on one line."""
    value = value.strip()
    return value if len(value) <= _LONGEST and value.isprintable() else ""
