"""Fetching one address within hard bounds: seconds, bytes, redirects, public machines only."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import IncompleteRead
from typing import TYPE_CHECKING, Literal

from outcomes.errors import DataError
from outcomes.media.addresses import (
    LookUp,
    WebAddress,
    is_public,
    look_up,
    redirected,
    system_look_up,
    web_address,
)
from outcomes.media.conditional import Validators
from outcomes.media.wire import Allowance, connect

if TYPE_CHECKING:
    from urllib3 import HTTPResponse
    from urllib3.connection import HTTPConnection

Reason = Literal[
    "", "address", "private", "no-name", "no-connection", "certificate", "deadline", "too-large",
    "redirects", "not-followed", "short", "encoding", "broken",
]  # fmt: skip
REASONS: Mapping[Reason, str] = {
    "": "the answer was read whole",
    "address": "this is no address that can be fetched, or it leads to one",
    "private": "the address belongs to a private network, or leads into one",
    "no-name": "there is no such host",
    "no-connection": "the host takes no connection",
    "certificate": "the host's certificate is not to be trusted",
    "deadline": "it took too long",
    "too-large": "the answer is larger than is read",
    "redirects": "it leads from address to address without end",
    "not-followed": "it leads to an address that may not be fetched now",
    "short": "the answer broke off",
    "encoding": "the answer is compressed in a way that cannot be read",
    "broken": "the answer does not keep to the rules of the web",
}
_MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024  # bytes
_KEPT = 512 * 1024  # bytes of an answer that is too large, enough for a robots.txt
_MOST_MACHINES = 4  # of one host that are tried in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one fetch may take."""

    seconds: float = 20.0  # over everything: looking up names, every redirect, headers, body
    connect_seconds: float = 5.0  # for one machine of a host
    wire_bytes: int = 10_000_000  # of the body as it comes, compressed or not
    body_bytes: int = 10_000_000  # of the body, decompressed
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of fetching an address; ``reason`` is empty where an answer was read whole."""

    status: int  # of the last answer; 0 where there was none
    headers: Mapping[str, str]  # of the last answer; names in small letters
    body: bytes  # decompressed, as far as it came; of one that is too large at most 512 KiB
    url: str  # where the answer came from, after redirects
    hops: tuple[str, ...]  # the addresses that led on to another one
    seconds: float
    reason: Reason

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        if not self.reason and self.status >= 400:
            return f"the server answered {self.status}"
        return REASONS[self.reason]


class Ended(Exception):  # noqa: N818 (reads as what happened)
    """The fetch ends here, for a reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, kw_only=True)
class Journey:
    """One fetch under way."""

    limits: Limits
    headers: Mapping[str, str]
    allow_private: bool
    by: LookUp
    allowance: Allowance
    url: str
    hops: list[str] = field(default_factory=list)
    status: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    sent: bytes | None = None  # a body to send: then it is POST instead of GET


def user_agent(*, project: str, contact: str) -> str:
    """Say honestly who is asking, so that an outlet can write to a person.

    Args:
        project: The name of the study.
        contact: An e-mail address, or a web page that names one.

    Raises:
        DataError: One of them is empty or cannot stand in a header, or the contact is neither.
    """
    from outcomes import __version__

    project, contact = project.strip(), contact.strip()
    if not project or not (project + contact).isascii() or not (project + contact).isprintable():
        raise DataError("the name of the project must be written in plain letters, A to Z")
    if not ("@" in contact or contact.startswith(("http://", "https://"))) or " " in contact:
        raise DataError(f"{contact!r} is no e-mail address or web page by which you can be reached")
    return f"outcomes/{__version__} ({project}; +{contact})"


def fetch(
    url: str,
    *,
    agent: str,
    limits: Limits | None = None,
    allow_private: bool = False,
    validators: Validators | None = None,
    may_follow: Callable[[str], bool] = lambda url: True,
    by: LookUp = system_look_up,
) -> Fetched:
    """Fetch one address, and come back in time whatever the server does.

    Each hop is checked anew: http or https only, and every machine that the host's name stands for
    must be public; the connection goes to the machine that was checked, so that a name that
    changes its meaning in between gains nothing. No proxy, cookie or password is used.

    Args:
        url: What to fetch.
        agent: Who asks; see ``user_agent``.
        limits: How much it may take; by default 20 seconds and 10 MB.
        allow_private: Fetch from this machine and its network, too: for tests, or an intranet.
        validators: What the server gave with the last answer; None asks for the whole.
        may_follow: Asked before each redirect whether that address may be fetched now, such as
            for its robots.txt.
        by: What looks up the numeric addresses of a host.

    Returns:
        Always a Fetched, also for whatever the server, the network or the address does wrong.

    Raises:
        DataError: ``agent`` is empty or cannot stand in a header, which is ours to mend.

    Source:
        RFC 9110, 9112. Requirement B14.
    """
    if not agent.strip() or not agent.isascii() or not agent.isprintable():
        raise DataError("the agent that asks needs a name, in plain letters on one line")
    started = time.monotonic()
    limits = limits or Limits()
    asked = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    journey = Journey(
        limits=limits,
        headers=asked | (validators.headers() if validators else {}),
        allow_private=allow_private,
        by=by,
        allowance=Allowance(seconds=limits.seconds),
        url=url,
    )
    reason: Reason = ""
    try:
        _travel(journey, may_follow)
    except Ended as end:
        reason = end.reason
        if reason == "too-large":
            del journey.body[min(_KEPT, limits.body_bytes) :]
    return Fetched(
        status=journey.status,
        headers=journey.answered,
        body=bytes(journey.body),
        url=journey.url,
        hops=tuple(journey.hops),
        seconds=time.monotonic() - started,
        reason=reason,
    )


def _travel(journey: Journey, may_follow: Callable[[str], bool]) -> None:
    try:
        address = web_address(journey.url)
        while True:
            journey.url = address.url
            location = visit(journey, address)
            if not location:
                return
            journey.hops.append(address.url)
            address = redirected(address, location)
            if address.url in journey.hops or len(journey.hops) > journey.limits.redirects:
                raise Ended("redirects")
            if not may_follow(address.url):
                raise Ended("not-followed")
    except DataError:
        raise Ended("address") from None


def visit(journey: Journey, address: WebAddress) -> str:
    """Ask one address; the answer is where it leads on to, or empty where its body was read."""
    connection = _connected(journey, address)
    answer: HTTPResponse | None = None
    try:
        headers = {"Host": address.authority, **journey.headers}
        method = "GET" if journey.sent is None else "POST"
        connection.request(
            method, address.target, body=journey.sent, headers=headers, preload_content=False
        )
        answer = connection.getresponse()
        journey.status = answer.status
        journey.answered = {name.lower(): answer.headers[name] for name in answer.headers}
        location = answer.headers.get("location", "")
        if answer.status in _MOVED and location:
            return location
        _read(journey, answer)
        if journey.allowance.cut:  # a body without a stated length just seems to end
            raise Ended(journey.allowance.cut)
    except Ended:
        raise
    except Exception as error:  # whatever a server makes the libraries raise
        raise Ended(journey.allowance.cut or _why(error)) from None
    finally:
        if answer is not None:
            answer.close()
        connection.close()
    return ""


def _read(journey: Journey, answer: "HTTPResponse") -> None:
    codings = journey.answered.get("content-encoding", "").lower().replace(" ", "").split(",")
    known = {"", "identity", "gzip", "x-gzip", "deflate"}
    if journey.answered.get("content-length") == "0" or answer.status in {204, 304}:
        return
    if not known.issuperset(codings):
        raise Ended("encoding")
    while piece := answer.read1(_PIECE, decode_content=True):  # what has come, however little
        journey.body += piece
        if len(journey.body) > journey.limits.body_bytes:
            raise Ended("too-large")
        if not journey.allowance.seconds:
            raise Ended("deadline")


def _connected(journey: Journey, address: WebAddress) -> "HTTPConnection":
    """Connect to the first machine of the host that answers, once all of them were checked."""
    for machine in _machines(journey, address):
        left = journey.allowance.seconds
        if not left:
            break
        try:
            return connect(
                address,
                machine,
                allowance=journey.allowance,
                body_bytes=journey.limits.wire_bytes,
                seconds=min(left, journey.limits.connect_seconds),
            )
        except Exception as error:  # such as a refusal, or nonsense instead of a handshake
            if _is_untrusted(error):
                raise Ended("certificate") from None
    raise Ended("no-connection" if journey.allowance.seconds else "deadline")


def _machines(journey: Journey, address: WebAddress) -> list[str]:
    try:
        found = look_up(
            address.host, address.port, seconds=journey.allowance.seconds, by=journey.by
        )
    except TimeoutError:
        raise Ended("deadline") from None
    except (OSError, UnicodeError):
        raise Ended("no-name") from None
    if not found:
        raise Ended("no-name")
    if not journey.allow_private and not all(is_public(machine) for machine in found):
        raise Ended("private")
    return list(found)[:_MOST_MACHINES]


def _is_untrusted(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _why(error: Exception) -> Reason:
    from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

    if isinstance(error, TimeoutError | ReadTimeoutError):
        return "deadline"
    if isinstance(error, DecodeError):
        return "encoding"
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    return "short" if isinstance(cause, IncompleteRead | ConnectionError) else "broken"
