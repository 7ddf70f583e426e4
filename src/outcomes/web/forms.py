"""Forms as browsers send them: fields of text and uploaded files, checked before they are used."""

import hmac
from dataclasses import dataclass, field
from typing import overload
from urllib.parse import parse_qsl, urlsplit

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from outcomes.web.bodies import MOST_BYTES, read_body
from outcomes.web.cookies import form_secret
from outcomes.web.sessions import form_token

MOST_FIELDS = 5_000
FIELD = "csrf"  # the name of the field that shows that a form came from a page of ours
_UNREADABLE = "What was sent cannot be read, and nothing was saved. Go back and send it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody chose in a form."""

    name: str  # as their computer calls it, without folders; never a path to write to
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent, in its order."""

    fields: tuple[tuple[str, str], ...]
    uploads: dict[str, Upload] = field(default_factory=dict)

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: str) -> str: ...
    def get(self, name: str, default: str | None = None) -> str | None:
        """Give the first value of a field."""
        return next((value for key, value in self.fields if key == name), default)

    def getlist(self, name: str) -> list[str]:
        """Give all values of a field, such as ticked boxes."""
        return [value for key, value in self.fields if key == name]

    def names(self) -> list[str]:
        """List the fields that were sent, each once."""
        return list(dict.fromkeys(key for key, _ in self.fields))

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self.fields)


async def read_form(request: Request, *, most_bytes: int = MOST_BYTES) -> Form:
    """Read a form that was sent, and see that it came from a page of ours.

    Raises:
        HTTPException: 400 truncated, not UTF-8 or too many fields; 403 not from a page of ours;
            408 too slow; 413 too long; 415 not a form.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind not in {b"application/x-www-form-urlencoded", b"multipart/form-data"}:
        raise HTTPException(415, "This page takes only what its own form sends")
    require_same_site(request)
    body = await read_body(request, most_bytes=most_bytes)
    if kind == b"multipart/form-data":
        form = _multipart(body, options.get(b"boundary", b""))
    else:
        form = Form(_urlencoded(body))
    _require_token(request, form)
    return form


def require_same_site(connection: HTTPConnection) -> None:
    """Refuse what another site made a browser send.

    Pages that tell no referrer send ``Origin: null``, so that this says nothing either way; the
    token in the form is asked for in any case.

    Raises:
        HTTPException: 403.
    """
    site = connection.headers.get("sec-fetch-site", "")
    origin = connection.headers.get("origin", "")
    if site:
        ours = site in {"same-origin", "none"}
    else:
        ours = origin in {"", "null"} or urlsplit(origin).netloc == connection.headers.get("host")
    if not ours:
        raise HTTPException(403, "This was sent by a page of another site, and nothing was saved")


def _require_token(request: Request, form: Form) -> None:
    secret = form_secret(request)
    given = form.get(FIELD, "")
    if not secret or not hmac.compare_digest(given.encode(), form_token(secret).encode()):
        raise HTTPException(
            403,
            "This page was open for too long, or the browser keeps no cookies, and nothing was "
            "saved. Go back, load the page again and send it once more",
        )


def _urlencoded(body: bytes) -> tuple[tuple[str, str], ...]:
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # not UTF-8, or too many fields
        raise HTTPException(400, _UNREADABLE) from None
    return tuple((_text(name), _text(value)) for name, value in fields)


def _text(value: str | bytes | bytearray) -> str:
    try:
        text = value if isinstance(value, str) else value.decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPException(400, _UNREADABLE) from None
    if "\0" in text:  # no store of text takes it
        raise HTTPException(400, _UNREADABLE)
    return text.replace("\r\n", "\n")


class _Parts:
    """The parts of a multipart form, as the parser comes upon them."""

    def __init__(self) -> None:
        self.fields: list[tuple[str, str]] = []
        self.uploads: dict[str, Upload] = {}
        self.ended = False
        self._header, self._value, self._data = bytearray(), bytearray(), bytearray()
        self._options: dict[bytes, bytes] = {}

    def begin(self) -> None:
        self._data, self._options = bytearray(), {}

    def header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, self._options = parse_options_header(bytes(self._value))
        self._header, self._value = bytearray(), bytearray()

    def data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def end(self) -> None:
        if b"name" not in self._options or len(self.fields) + len(self.uploads) >= MOST_FIELDS:
            raise HTTPException(400, _UNREADABLE)
        name = _text(self._options[b"name"])
        if b"filename" not in self._options:
            self.fields.append((name, _text(self._data)))
        elif self._data or self._options[b"filename"]:  # otherwise no file was chosen
            called = _text(self._options[b"filename"]).replace("\\", "/").rpartition("/")[2]
            self.uploads[name] = Upload(name=called[:200], content=bytes(self._data))

    def finish(self) -> None:
        self.ended = True


def _multipart(body: bytes, boundary: bytes) -> Form:
    parts = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.header,
                "on_header_value": parts.value,
                "on_header_end": parts.header_end,
                "on_part_data": parts.data,
                "on_part_end": parts.end,
                "on_end": parts.finish,
            },
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        raise HTTPException(400, _UNREADABLE) from None
    if not boundary or not parts.ended:  # it broke off before its end
        raise HTTPException(400, _UNREADABLE)
    return Form(tuple(parts.fields), parts.uploads)
