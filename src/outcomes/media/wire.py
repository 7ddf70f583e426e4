"""One connection whose seconds and bytes are counted, so that no server can hold or flood us."""

import http.client
import io
import socket
import ssl
import time
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

    from outcomes.media.addresses import WebAddress

MOST_HEADERS = 1000  # lines; Python stops at 100, which some newspapers' servers exceed
HEADER_BYTES = 256 * 1024

Cut = Literal["", "deadline", "too-large"]


class Allowance:
    """What one fetch may still take: seconds over all its hops, bytes of the present answer."""

    def __init__(self, *, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self.bytes = 0
        self.cut: Cut = ""  # why reading was ended, if it was

    @property
    def seconds(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._until - time.monotonic())


class _Wire(io.RawIOBase):
    """What arrives on a socket: it ends where the time or the bytes that are allowed end."""

    def __init__(self, connected: socket.socket, allowance: Allowance) -> None:
        super().__init__()
        self._socket, self._allowance = connected, allowance
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int | None:  # type: ignore[override]
        left = self._allowance.seconds
        if not left:
            self._allowance.cut = "deadline"
            return 0
        try:
            self._socket.settimeout(left)  # anew before every read: a drip server gains nothing
            count = self._raw.readinto(buffer) or 0
        except TimeoutError:
            self._allowance.cut = "deadline"
            return 0
        self._allowance.bytes -= count
        if self._allowance.bytes < 0:
            self._allowance.cut = "too-large"
            return 0
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer read through a counted wire: first its headers, then its body."""

    def __init__(
        self, allowance: Allowance, body_bytes: int, connected: socket.socket, **options: object
    ) -> None:
        super().__init__(connected, **options)  # type: ignore[arg-type]
        self._allowance, self._body_bytes = allowance, body_bytes
        self.fp.close()
        self.fp = io.BufferedReader(_Wire(connected, allowance))

    def begin(self) -> None:
        self._allowance.bytes = HEADER_BYTES
        super().begin()
        self._allowance.bytes = self._body_bytes


@cache
def _certificates() -> ssl.SSLContext:
    """The system's list of trusted certificates, read once."""
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_default_certs()
    return context


def connect(
    address: "WebAddress", machine: str, *, allowance: Allowance, body_bytes: int, seconds: float
) -> "HTTPConnection":
    """Open a connection to a machine that was checked before; names are not looked up again.

    Args:
        address: What is wanted; its host is what the certificate must name.
        machine: The numeric address to connect to.
        allowance: The seconds and bytes of the fetch.
        body_bytes: How many bytes the body may have on its way, compressed or not.
        seconds: How long connecting may take.

    Returns:
        An open connection. The one who asked closes it.

    Raises:
        HTTPError, OSError: It could not be opened, or the certificate is not to be trusted.
    """
    from urllib3.connection import HTTPConnection, HTTPSConnection

    setattr(http.client, "_MAXHEADERS", MOST_HEADERS)  # noqa: B010 (no public name for it)
    connection: HTTPConnection
    if address.scheme == "https":
        connection = HTTPSConnection(
            machine,
            address.port,
            timeout=seconds,
            server_hostname=address.host,
            ssl_context=_certificates(),
        )
    else:
        connection = HTTPConnection(machine, address.port, timeout=seconds)
    connection.response_class = partial(  # type: ignore[assignment]
        _Answer, allowance, body_bytes
    )
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    connection.timeout = max(allowance.seconds, 0.001)
    return connection
