"""The body of a submission: read once, up to a limit, and taken apart."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive

from outcomes.web.openrosa.replies import MOST_BYTES, Refused

XML_PART = b"xml_submission_file"
_PATIENCE = 300  # seconds for a whole body: tablets send from places with a poor network
_DRAINED = 4 * MOST_BYTES  # of a body that is too large, so that its sender hears the answer
_BROKEN = "the form did not arrive whole. Keep it and send it again"
# what tablets and browsers write; whatever else the standards allow is read by python-multipart
_USUAL_KIND = re.compile(rb'multipart/form-data; ?boundary="?([\w-]{1,70})"?')
_USUAL_NAME = re.compile(
    rb'form-data; name="xml_submission_file"(?:; filename="[^"\\\x00-\x1f\x7f]*")?'
)
_USUAL_LINE = re.compile(rb"[A-Za-z][A-Za-z-]*:[^\x00-\x1f\x7f]*")
_DISPOSITION = b"content-disposition:"


class GoneAway(Exception):  # noqa: N818 (reads as what happened)
    """The tablet hung up before everything had arrived: there is nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A submission taken apart."""

    xml: bytes
    attachments: int  # files that came with it; they are not kept, for no form asks for any


def boundary_of(headers: Mapping[bytes, bytes]) -> bytes:
    """Find what parts the body, and see that it is one that can be read.

    Raises:
        Refused: 415 where it is no multipart/form-data, or is packed.
    """
    given = headers.get(b"content-type", b"")
    usual = _USUAL_KIND.fullmatch(given)
    if usual:
        boundary = usual[1]
    else:
        kind, options = parse_options_header(given)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
            raise Refused(415, "a form is sent as multipart/form-data; this was something else")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refused(415, "the form was packed before it was sent, which is not read here")
    return boundary


async def read_body(receive: Receive, *, announced: bytes | None) -> bytes:
    """Read a body into memory.

    Raises:
        Refused: 413 where it is larger than ``MOST_BYTES``, 408 where it takes too long.
        GoneAway: The tablet hung up.
    """
    known = int(announced) if announced and announced.isdigit() and len(announced) < 19 else 0
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(_PATIENCE):
            while more and size <= _DRAINED:
                chunk, more = await _chunk(receive)
                size += len(chunk)
                if max(size, known) <= MOST_BYTES:
                    chunks.append(chunk)
                else:
                    chunks.clear()
    except TimeoutError:
        raise Refused(408, "the form took too long to arrive. Send it again") from None
    if max(size, known) > MOST_BYTES:
        raise Refused(
            413, f"the form is larger than {MOST_BYTES // 1_000_000} MB. Send it without pictures"
        )
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _chunk(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise GoneAway
    return message.get("body", b""), message.get("more_body", False)


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
    return usual_envelope(body, boundary=boundary) or any_envelope(body, boundary=boundary)


def usual_envelope(body: bytes, *, boundary: bytes) -> Envelope | None:
    """Take a body apart that is one form and nothing else, as nearly all are.

    Returns:
        None where it is anything else, or not whole: then :func:`any_envelope` says what it is.
    """
    first, next_one = b"--" + boundary + b"\r\n", b"\r\n--" + boundary
    head_end = body.find(b"\r\n\r\n")
    start = head_end + 4
    end = body.find(next_one, start)
    if not body.startswith(first) or head_end < 0 or end < 0:
        return None
    if body[end + len(next_one) :] not in {b"--", b"--\r\n"}:
        return None
    if not _heads_the_form(body[len(first) : head_end]):
        return None
    return Envelope(xml=body[start:end], attachments=0)


def _heads_the_form(head: bytes) -> bool:
    named = 0
    for line in head.split(b"\r\n"):
        name = line[: len(_DISPOSITION)].lower()
        if name == _DISPOSITION and _USUAL_NAME.fullmatch(line[len(name) :].strip(b" ")):
            named += 1
        elif name == _DISPOSITION or not _USUAL_LINE.fullmatch(line):
            return False
    return named == 1


def any_envelope(body: bytes, *, boundary: bytes) -> Envelope:
    """Take any body apart, part by part.

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
