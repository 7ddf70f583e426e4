"""The cookies that pages of the desk set; none of them says who a respondent is."""

import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

if TYPE_CHECKING:
    from outcomes.web.desk_state import Desk

SESSION, FORM, MESSAGE = "desk-session", "form", "message"
LONGEST_MESSAGE = 600  # characters
MESSAGE_SECONDS = 60


def cookie_name(desk: "Desk", name: str) -> str:
    """Name a cookie so that, under https, browsers let no other site or plain page set it."""
    return f"__Host-{name}" if desk.secure else name


def set_cookie(response: Response, desk: "Desk", name: str, value: str) -> None:
    """Set a cookie that scripts cannot read, other sites cannot send, and that ends with the day.

    It has no date: the browser forgets it when it is closed.
    """
    response.set_cookie(
        cookie_name(desk, name), value, httponly=True, samesite="lax", secure=desk.secure
    )


def drop_cookie(response: Response, desk: "Desk", name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(
        cookie_name(desk, name), httponly=True, samesite="lax", secure=desk.secure
    )


def read_cookie(connection: HTTPConnection, name: str) -> str:
    """Read a cookie; "" where there is none."""
    return connection.cookies.get(cookie_name(connection.app.state.desk, name), "")


def form_secret(request: Request) -> str:
    """Find what the token in a form follows from: the session, or for others the form cookie."""
    if getattr(request.state, "user", None) is not None:
        return read_cookie(request, SESSION)
    return read_cookie(request, FORM)


def new_secret() -> str:
    """Draw what a form cookie holds."""
    return secrets.token_urlsafe(24)


def put_message(response: Response, message: str) -> None:
    """Leave a sentence for the next page to show; no code and no answer may stand in it."""
    response.set_cookie(
        MESSAGE,
        quote(message[:LONGEST_MESSAGE]),
        max_age=MESSAGE_SECONDS,
        httponly=True,
        samesite="lax",
    )


def read_message(connection: HTTPConnection) -> str:
    """Read the sentence that the last page left."""
    return unquote(connection.cookies.get(MESSAGE, ""))[:LONGEST_MESSAGE]
