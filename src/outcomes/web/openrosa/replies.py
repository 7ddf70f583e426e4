"""What tablets are answered: OpenRosa's envelope around one sentence, with its headers."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from starlette.responses import Response

from outcomes.errors import OutcomesError

PREFIX = "/openrosa"  # of all addresses that tablets know
MOST_BYTES = 10_000_000  # of one submission with everything that comes with it
_HEADERS = {
    "X-OpenRosa-Version": "1.0",  # without it, Collect takes us for the log-in page of a network
    "X-OpenRosa-Accept-Content-Length": str(MOST_BYTES),
    "Content-Language": "en",
    "Cache-Control": "no-store",
}
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' ?>\n"


class Refused(OutcomesError):  # noqa: N818 (reads as what happened)
    """A request that is not granted, with the status that tablets understand."""

    def __init__(
        self, status: int, sentence: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.headers = status, dict(headers or {})
        super().__init__(sentence)


def in_words(status: int, sentence: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a sentence, which Collect shows to the interviewer."""
    envelope = (
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f"<message>{escape(sentence)}</message></OpenRosaResponse>"
    )
    return as_xml(_DECLARATION + envelope, status=status, headers=headers)


def as_xml(
    content: str | bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a document."""
    return Response(
        content,
        status_code=status,
        headers={**_HEADERS, **(headers or {})},
        media_type="text/xml; charset=utf-8",
    )


def nothing_to_say(headers: Mapping[str, str] | None = None) -> Response:
    """Answer the HEAD request that comes before a submission; Collect insists on 204."""
    return Response(status_code=204, headers={**_HEADERS, **(headers or {})})


def refusal(error: Refused) -> Response:
    """Answer a request that is not granted."""
    return in_words(error.status, f"{error}.", headers=error.headers)
