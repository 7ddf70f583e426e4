"""Reading what was sent, within bounds: so much, so long, and whole."""

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 1_000_000
SECONDS = 30.0  # for a whole body
SECONDS_BETWEEN = 10.0  # from one piece to the next
THROWN_AWAY = 100_000_000  # bytes of a body that is too long, read so that its sender listens


async def read_body(
    request: Request, *, most_bytes: int = MOST_BYTES, seconds: float | None = None
) -> bytes:
    """Read a body, and keep none of it as soon as it is too long or too slow.

    Args:
        request: What is being received.
        most_bytes: The longest body that is taken.
        seconds: How long the whole body may take; by default ``SECONDS``, and more for long ones.

    Raises:
        HTTPException: 413 where it is too long, 408 where it is too slow, 400 where it ends early.
    """
    said = _said_length(request)
    if said is not None and said > THROWN_AWAY:
        raise _too_long(most_bytes)
    longest = SECONDS + (said or 0) / 100_000 if seconds is None else seconds
    try:
        async with asyncio.timeout(longest):
            body, length = await _gather(request.stream(), most_bytes)
    except TimeoutError:
        raise HTTPException(
            408, "What was sent arrived too slowly, and nothing was saved. Send it again"
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, "The connection broke off, and nothing was saved") from None
    if length > most_bytes:
        raise _too_long(most_bytes)
    if said is not None and length != said:
        raise HTTPException(400, "Only a part of the page arrived, and nothing was saved")
    return body


async def _gather(stream: AsyncIterator[bytes], most_bytes: int) -> tuple[bytes, int]:
    """Give back the body, or nothing of one that is too long, and its length."""
    taken, length = bytearray(), 0
    while True:
        async with asyncio.timeout(SECONDS_BETWEEN):
            piece = await anext(stream, None)
        if piece is None:
            return bytes(taken), length
        length += len(piece)
        if length > THROWN_AWAY:
            raise _too_long(most_bytes)
        if length > most_bytes:
            taken.clear()  # a browser shows the answer only once it has sent everything
        else:
            taken += piece


def _said_length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _too_long(most_bytes: int) -> HTTPException:
    size = f"{most_bytes // 1_000_000} MB" if most_bytes >= 1_000_000 else f"{most_bytes:,} bytes"
    return HTTPException(413, f"What was sent is larger than {size}, and nothing of it was saved")
