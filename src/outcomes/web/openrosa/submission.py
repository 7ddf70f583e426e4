"""Where tablets send their forms: the reply says "received" only when the store has them for good.

A plain ASGI endpoint, for hundreds of tablets may come back into reach of the network at once.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DatabaseError
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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
from outcomes.web.openrosa.replies import Refused, in_words, nothing_to_say, refusal
from outcomes.web.openrosa.shelf import Fielded, Shelf, Text, shelf_of
from outcomes.web.pages import in_thread

if TYPE_CHECKING:
    from outcomes.web.sessions import User

_WAIT = {"Retry-After": "30"}
_REPLIES: dict[Verdict, tuple[int, str]] = {
    "new": (201, "Received and saved. Thank you."),
    "same": (202, "This form was received before. Nothing is lost, and nothing counts twice."),
    "withdrawn": (202, "This form was withdrawn, so its answers were not kept."),
}
_DIFFERENT = (
    409,
    "A form with the same instanceID was received before, with other answers. Nothing of it was "
    "changed. Keep this form on the tablet and tell the coordinator.",
)
_VERSION = re.compile(r"(?s)(.*)-([0-9a-f]{8})")


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


async def _answer(scope: Scope, receive: Receive) -> Response:
    connection = HTTPConnection(scope)
    method = scope["method"]
    if method not in {"HEAD", "POST"}:
        raise Refused(405, "forms are sent here with POST", headers={"Allow": "HEAD, POST"})
    shelf = shelf_of(connection)
    user = await shelf.sign_in.user(connection)
    if method == "HEAD":
        return nothing_to_say()
    boundary = boundary_of(connection)
    body = await read_body(receive, announced=connection.headers.get("content-length"))
    parts = envelope(body, boundary=boundary)
    form = read_submitted_form(parts.xml)
    fielded = shelf.find(form.form_id)
    if fielded is None:
        raise Refused(404, f"this study has no form {form.form_id!r}. Keep it on the tablet")
    status, sentence = await _stored(
        shelf, form, fielded=fielded, user=user, attachments=parts.attachments
    )
    return in_words(status, sentence)


async def _stored(
    shelf: Shelf, form: SubmittedForm, *, fielded: Fielded, user: "User", attachments: int
) -> tuple[int, str]:
    earlier = await _earlier(shelf, form, wave=fielded.wave.label) if form.replaces else None
    try:
        text = shelf.text(fielded.wave.label)
        known_as = earlier[0].respondent if earlier else ""
        sealed = sealed_form(form, text.questions, key=shelf.desk.key, known_as=known_as)
    except DataError as error:  # the instrument is broken here, not the form on the tablet
        raise NotSaved(f"the form was not saved: {error}") from None
    notes = list(sealed.notes)
    if not await _is_open(shelf, fielded.wave.label):
        notes.append("the wave was not open when it came")
    if form.version != text.form_version:
        notes.append("answered with another version of the form")
    if attachments:
        notes.append(f"files left out: {attachments}")
    version, digest = _text_of(form.version, text)
    submission = Submission(
        wave=fielded.wave.label,
        place=fielded.place_code,
        instance=form.instance,
        part="form",
        respondent=sealed.respondent,
        body=json.dumps(_body(sealed, notes), ensure_ascii=False),
        digest=sealed.digest,
        way="tablet",
        language="",  # Collect does not tell
        instrument=fielded.wave.instrument,
        instrument_version=version,
        instrument_hash=digest,
        day=shelf.desk.today().isoformat(),
        editor=user.name,
    )
    verdict = await shelf.desk.writer.stored(submission)
    if earlier is not None and verdict in {"new", "same"}:
        verdict = await _replace(shelf, form.replaces, by=submission, verdict=verdict)
    return _REPLIES.get(verdict, _DIFFERENT)


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
