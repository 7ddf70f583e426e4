"""Which web addresses may be fetched: http and https, and no machine of a private network."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from urllib.parse import urljoin

from outcomes.errors import DataError

LONGEST = 2048  # characters of an address
Machine = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], Sequence[str]]

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address inside an IPv6 one
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # the same, in an older form
_NAMES_AT_ONCE = threading.BoundedSemaphore(64)  # a look-up cannot be stopped, only left behind


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """A web address in its parts."""

    scheme: str  # http or https
    host: str  # in small letters; an IPv6 address without its brackets
    port: int
    target: str  # path and query, as they are asked for

    @property
    def authority(self) -> str:
        """Host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as one text, without what stands behind #."""
        return f"{self.scheme}://{self.authority}{self.target}"


def web_address(url: str) -> WebAddress:
    """Take a web address apart.

    Raises:
        DataError: It is no http or https address, names no host, is too long, or holds a name and
            password, which would be stored and sent in the open.
    """
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    shown = url[:100]
    if len(url) > LONGEST:
        raise DataError(f"the address {shown}… has {len(url):,} characters; {LONGEST:,} are read")
    try:
        parts = parse_url(url.strip())
    except (LocationParseError, ValueError):
        raise DataError(f"{shown!r} is no web address. Write it as https://host/path") from None
    if parts.scheme not in _PORTS or not parts.host:
        raise DataError(f"{shown!r} is no http or https address. Write it as https://host/path")
    if parts.auth:
        raise DataError("the address holds a name or password. Use an address without them")
    return WebAddress(
        scheme=parts.scheme,
        host=parts.host.strip("[]").rstrip(".").lower(),
        port=parts.port or _PORTS[parts.scheme],
        target=parts.request_uri,
    )


def redirected(address: WebAddress, location: str) -> WebAddress:
    """Say where a redirect leads.

    Args:
        address: The address that answered.
        location: Its Location header, absolute or not.

    Raises:
        DataError: As ``web_address``.
    """
    text = location.encode("latin-1", "replace").decode("utf-8", "replace")  # as it was sent
    try:
        joined = urljoin(address.url, text.strip())
    except ValueError:
        raise DataError(f"the redirect to {text[:100]!r} leads to no web address") from None
    return web_address(joined)


def is_public(address: str) -> bool:
    """Say whether a numeric address belongs to the open internet.

    An IPv4 address that is wrapped in an IPv6 one is judged by what it wraps.

    Source:
        IANA's registries of special addresses (RFC 6890, 4291, 6052), as ipaddress has them.
    """
    try:
        machine = ipaddress.ip_address(address)
    except ValueError:
        return False  # such as fe80::1%eth0, an address of one network only
    return all(
        each.is_global and not each.is_multicast and not each.is_reserved
        for each in _wrapped(machine)
    )


def _wrapped(machine: Machine) -> list[Machine]:
    """The machine that is meant: the IPv4 ones inside an IPv6 address, or the address itself."""
    if isinstance(machine, ipaddress.IPv4Address):
        return [machine]
    if machine.ipv4_mapped:
        return [machine.ipv4_mapped]
    if machine in _NAT64 or machine in _COMPATIBLE:
        return [ipaddress.IPv4Address(int(machine) & 0xFFFFFFFF)]
    inside: list[Machine] = [machine]
    if machine.sixtofour:
        inside.append(machine.sixtofour)
    if machine.teredo:
        inside.extend(machine.teredo)
    if machine.is_site_local:
        inside.append(ipaddress.IPv4Address("10.0.0.0"))
    return inside


def system_look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system for the numeric addresses of a host, the preferred first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def look_up(host: str, port: int, *, seconds: float, by: LookUp) -> Sequence[str]:
    """Find the numeric addresses of a host, and stop waiting after some seconds.

    The system's look-up cannot be interrupted: a late one is left to end in a thread of its own,
    and at most 64 run at a time.

    Raises:
        TimeoutError: There was no answer in time.
        OSError: There is no such host.
    """
    if not _NAMES_AT_ONCE.acquire(timeout=max(seconds, 0)):
        raise TimeoutError
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(by(host, port))
        except Exception as error:  # whatever it is, the waiting thread must hear of it
            answers.put(error)
        finally:
            _NAMES_AT_ONCE.release()

    threading.Thread(target=ask, name="host look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer if isinstance(answer, OSError) else OSError(str(answer))
    return answer
