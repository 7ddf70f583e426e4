"""The body of a submission: read once, up to a limit, and taken apart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import HTTPConnection
from starlette.types import Receive

from outcomes.web.openrosa.replies import MOST_BYTES, Refused

XML_PART = b"xml_submission_file"
_PATIENCE = 300  # seconds for a whole body: tablets send from places with a poor network
_DRAINED = 4 * MOST_BYTES  # of a body that is too large, so that its sender hears the answer
_BROKEN = "the form did not arrive whole. Keep it and send it again"


class GoneAway(Exception):  # noqa: N818 (reads as what happened)
    """The tablet hung up before everything had arrived: there is nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A submission taken apart."""

    xml: bytes
    attachments: int  # files that came with it; they are not kept, for no form asks for any


def boundary_of(connection: HTTPConnection) -> bytes:
    """Find what parts the body, and see that it is one that can be read.

    Raises:
        Refused: 415 where it is no multipart/form-data, or is packed; 413 where it is announced as
            too large.
    """
    headers = connection.headers
    kind, options = parse_options_header(headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
        raise Refused(415, "a form is sent as multipart/form-data; this was something else")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "the form was packed before it was sent, which is not read here")
    return boundary


async def read_body(receive: Receive, *, announced: str | None) -> bytes:
    """Read a body into memory.

    Raises:
        Refused: 413 where it is larger than ``MOST_BYTES``, 408 where it takes too long.
        GoneAway: The tablet hung up.
    """
    known = int(announced) if announced and announced.isdecimal() and len(announced) < 19 else 0
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in _chunks(receive):
                size += len(chunk)
                if max(size, known) <= MOST_BYTES:
                    chunks.append(chunk)
                else:
                    chunks.clear()
                if size > _DRAINED:
                    break
    except TimeoutError:
        raise Refused(408, "the form took too long to arrive. Send it again") from None
    if max(size, known) > MOST_BYTES:
        raise Refused(
            413, f"the form is larger than {MOST_BYTES // 1_000_000} MB. Send it without pictures"
        )
    return b"".join(chunks)


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneAway
        yield message.get("body", b"")
        more = message.get("more_body", False)


@dataclass(slots=True, kw_only=True)
class _Parts:
    """What the parser has told so far."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: bytes = b""
    data: list[bytes] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    attachments: int = 0
    ended: bool = False

    def begin(self) -> None:
        self.disposition = b""
        self.data = []

    def header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = bytes(self.value)
        self.header.clear()
        self.value.clear()

    def part_end(self) -> None:
        _, options = parse_options_header(self.disposition)
        if options.get(b"name") == XML_PART:
            self.forms.append(b"".join(self.data))
        elif b"filename" in options:
            self.attachments += 1

    def end(self) -> None:
        self.ended = True


def envelope(body: bytes, *, boundary: bytes) -> Envelope:
    """Take a body apart.

    Raises:
        Refused: 400 where it is cut off or broken, or does not hold exactly one form.
    """
    parts = _Parts()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": lambda data, start, end: parts.header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: parts.value.extend(data[start:end]),
            "on_header_end": parts.header_end,
            "on_part_data": lambda data, start, end: parts.data.append(data[start:end]),
            "on_part_end": parts.part_end,
            "on_end": parts.end,
        },
    )
    try:
        parser.write(body)
    except FormParserError:
        raise Refused(400, _BROKEN) from None
    if not parts.ended:
        raise Refused(400, _BROKEN)
    if len(parts.forms) != 1:
        name = XML_PART.decode()
        raise Refused(400, f"one part must be the form ({name}), but there are {len(parts.forms)}")
    return Envelope(xml=parts.forms[0], attachments=parts.attachments)
