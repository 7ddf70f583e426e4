"""Where tablets send their forms: the reply says "received" only when the store has them for good.

A plain ASGI endpoint, for hundreds of tablets may come back into reach of the network at once.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.exc import DatabaseError
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from outcomes.errors import DataError, OutcomesError
from outcomes.store.submissions import (
    REPLACED,
    WITHDRAWN,
    NotSaved,
    Stored,
    Submission,
    Verdict,
    parts_of,
)
from outcomes.surveys.exchange.tablet_submission import (
    SealedForm,
    SubmittedForm,
    read_submitted_form,
    sealed_form,
)
from outcomes.surveys.keyed_codes import sealed_digest
from outcomes.web.openrosa.multipart import GoneAway, boundary_of, envelope, read_body
from outcomes.web.openrosa.replies import PREFIX, Refused, in_words, nothing_to_say, refusal
from outcomes.web.openrosa.shelf import Shelf, Text, shelf_of
from outcomes.web.pages import in_thread

if TYPE_CHECKING:
    from outcomes.web.sessions import User

_WAIT = {"Retry-After": "30"}
_REPLIES: dict[Verdict, Response] = {  # made once; what they hold never changes
    "new": in_words(201, "Received and saved. Thank you."),
    "same": in_words(
        202, "This form was received before. Nothing is lost, and nothing counts twice."
    ),
    "withdrawn": in_words(202, "This form was withdrawn, so its answers were not kept."),
}
_DIFFERENT = in_words(
    409,
    "A form with the same instanceID was received before, with other answers. Nothing of it was "
    "changed. Keep this form on the tablet and tell the coordinator.",
)
_VERSION = re.compile(r"(?s)(.*)-([0-9a-f]{8})")
_ADDRESSES = frozenset({f"{PREFIX}/submission", "/submission"})
_written = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class SubmissionEndpoint:
    """Answers HEAD and POST at ``submission``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            response = await _answer(scope, receive)
        except GoneAway:
            return
        except Refused as error:
            response = refusal(error)
        except DataError as error:
            response = in_words(400, f"{error}.")
        except OutcomesError as error:  # the store, the key or an instrument: ours to mend
            response = in_words(503, f"{error}.", headers=_WAIT)
        except DatabaseError:
            response = in_words(503, "The store does not answer. Nothing was saved.", headers=_WAIT)
        await response(scope, receive, send)


class SubmissionDoor:
    """Lets submissions in before anything else looks at them: they are many, and all at once.

    It stands before the table of addresses, in which the same endpoint stands, too: an address
    that is written in any other way than tablets write it is found there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app, self._endpoint = app, SubmissionEndpoint()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        known = scope["type"] == "http" and scope["path"] in _ADDRESSES
        await (self._endpoint if known else self.app)(scope, receive, send)


async def _answer(scope: Scope, receive: Receive) -> Response:
    connection = HTTPConnection(scope)
    method = scope["method"]
    if method not in {"HEAD", "POST"}:
        raise Refused(405, "forms are sent here with POST", headers={"Allow": "HEAD, POST"})
    shelf = shelf_of(connection)
    user = await shelf.sign_in.user(connection)
    if method == "HEAD":
        return nothing_to_say()
    # hundreds wait for the writer at once; what they sent was let go of by then
    submission, replaces = await _ready(shelf, await _received(scope, receive), user=user)
    verdict = await shelf.desk.writer.stored(submission)
    if replaces and verdict in {"new", "same"}:
        verdict = await _replace(shelf, replaces, by=submission, verdict=verdict)
    return _REPLIES.get(verdict, _DIFFERENT)


class _Received(NamedTuple):
    """A form as it came."""

    form: SubmittedForm
    attachments: int


async def _received(scope: Scope, receive: Receive) -> _Received:
    headers = dict(reversed(scope["headers"]))  # where one stands twice, the first counts
    boundary = boundary_of(headers)
    body = await read_body(receive, announced=headers.get(b"content-length"))
    parts = envelope(body, boundary=boundary)
    return _Received(read_submitted_form(parts.xml), parts.attachments)


async def _ready(shelf: Shelf, came: _Received, *, user: "User") -> tuple[Submission, str]:
    """Make of a form what is stored, and name the instance in whose place it stands, if any."""
    form, study = came.form, shelf.desk.study
    fielded = shelf.find_in(study, form.form_id)
    if fielded is None:
        raise Refused(404, f"this study has no form {form.form_id!r}. Keep it on the tablet")
    wave = fielded.wave
    earlier = await _earlier(shelf, form, wave=wave.label) if form.replaces else None
    try:
        text = shelf.text(wave.label, study)
        known_as = earlier[0].respondent if earlier else ""
        sealed = sealed_form(form, text.questions, key=shelf.desk.key, known_as=known_as)
    except DataError as error:  # the instrument is broken here, not the form on the tablet
        raise NotSaved(f"the form was not saved: {error}") from None
    notes = _notes(came, sealed, text=text, is_open=await _is_open(shelf, wave.label))
    version, digest = _text_of(form.version, text)
    submission = Submission(
        wave=wave.label,
        place=fielded.place_code,
        instance=form.instance,
        part="form",
        respondent=sealed.respondent,
        body=_written(_body(sealed, notes)),
        digest=sealed.digest,
        way="tablet",
        language="",  # Collect does not tell
        instrument=wave.instrument,
        instrument_version=version,
        instrument_hash=digest,
        day=shelf.desk.today(study).isoformat(),
        editor=user.name,
    )
    return submission, form.replaces if earlier is not None else ""


def _notes(came: _Received, sealed: SealedForm, *, text: Text, is_open: bool) -> list[str]:
    """Say what a person should know about a form."""
    notes = list(sealed.notes)
    if not is_open:
        notes.append("the wave was not open when it came")
    if came.form.version != text.form_version:
        notes.append("answered with another version of the form")
    if came.attachments:
        notes.append(f"files left out: {came.attachments}")
    return notes


async def _is_open(shelf: Shelf, wave: str) -> bool:
    known = shelf.is_known_open(wave)
    return await in_thread(shelf.is_open, wave) if known is None else known


def _body(sealed: SealedForm, notes: list[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"answers": sealed.answers, "code": sealed.code}
    if sealed.other:
        body["other"] = sealed.other
    if notes:
        body["notes"] = notes
    return body


def _text_of(form_version: str, text: Text) -> tuple[str, str]:
    """Say with which text a form was answered; of an earlier one, the hash's beginning is known."""
    if form_version == text.form_version:
        return text.instrument.version, text.content_hash
    found = _VERSION.fullmatch(form_version)
    return (found[1][:20], found[2]) if found else (form_version[:20], "")


async def _earlier(shelf: Shelf, form: SubmittedForm, *, wave: str) -> Sequence[Stored] | None:
    """Find the form that this one is an edit of; none where it did not come yet.

    Only a tablet's form of the same wave can be replaced: None where it is another one.
    """
    found = await in_thread(parts_of, shelf.desk.engine, form.replaces)
    if form.replaces == form.instance:
        return None
    alike = all(part.way == "tablet" and part.wave == wave for part in found)
    return found if alike else None


async def _replace(shelf: Shelf, instance: str, *, by: Submission, verdict: Verdict) -> Verdict:
    """Take the form out of the count in whose place this one stands.

    One that was withdrawn stays so: then its edit is withdrawn with it.
    """
    writer = shelf.desk.writer
    old = _mark(by, shelf=shelf, instance=instance, part=REPLACED)
    if await asyncio.wrap_future(writer.submit(old)) != "withdrawn":
        return verdict
    new = _mark(by, shelf=shelf, instance=by.instance, part=WITHDRAWN)
    await asyncio.wrap_future(writer.submit(new))
    return "withdrawn"


def _mark(submission: Submission, *, shelf: Shelf, instance: str, part: str) -> Submission:
    body = json.dumps({"by": submission.instance})
    digest = sealed_digest(shelf.desk.key, f"{part}/{body}".encode())
    return replace(submission, instance=instance, part=part, body=body, digest=digest)
