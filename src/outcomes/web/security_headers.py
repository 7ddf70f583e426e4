"""What stands around every page: headers that keep it private, and the gate before the desk."""

from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outcomes.web.desk_state import Desk
from outcomes.web.error_pages import error_page

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"  # its address changes with the file
Header = tuple[bytes, bytes]
STAFF = ("/desk", "/kiosk")
_ENCODED = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_KEPT = (b"cache-control", KEPT_FOR_A_YEAR.encode())
_NOT_KEPT = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Adds the headers to every reply, and keeps passwords off networks that can be listened to."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message.get("headers", ()), scope)
            await send(message)

        if _for_staff(scope["path"]) and not self.desk.admits_staff(HTTPConnection(scope)):
            await error_page(scope, 403, _NOT_FROM_HERE)(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


_NOT_FROM_HERE = (
    "The desk answers only on the computer on which it was started, because a password could be "
    "listened to on the way. Start it with a certificate, or with --trusted-network where you "
    "trust everybody in this network"
)


def _with_ours(headers: Collection[Header], scope: Scope) -> list[Header]:
    """Add what is not there already."""
    keep = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
    ours = (*_ENCODED, _KEPT if keep else _NOT_KEPT)
    there = {name.lower() for name, _ in headers}
    return [*headers, *(header for header in ours if header[0] not in there)]


def _for_staff(path: str) -> bool:
    return any(path == start or path.startswith(start + "/") for start in STAFF)
