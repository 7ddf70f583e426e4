"""The way in: the notice, a new form, a code that somebody has, a form begun on this device."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline.fielding import Standing
from outcomes.surveys.code_cards import code_from_secret
from outcomes.surveys.keyed_codes import instance_of, respondent_of
from outcomes.surveys.respondent_words import day_words, respondent_words
from outcomes.surveys.wording import in_language
from outcomes.web.desk_state import Desk
from outcomes.web.error_pages import RETRY_SECONDS
from outcomes.web.pages import Form, in_thread, read_form, see_other
from outcomes.web.rate_limits import TooManyTries, address_of
from outcomes.web.respond.links import (
    Link,
    forget_instance,
    instance_in,
    keep_instance,
    keep_language,
    language_of,
    link_of,
    part_of,
)
from outcomes.web.respond.showing import show, show_plain
from outcomes.web.respond.sitting import (
    Sitting,
    find_sitting,
    finished_elsewhere,
    is_card,
    store_part,
    wave_standing,
)

MOST_BYTES = 20_000  # of what the notice page sends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """Somebody at the door of a wave."""

    request: Request
    desk: Desk
    link: Link
    language: str
    standing: Standing
    sitting: Sitting | None  # the form that was begun on this device


async def notice(request: Request) -> Response:
    """Show the notice: what this is, that it is voluntary, who sees what; and the ways in (A10)."""
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    if visit.standing.state != "open" and not _begun(visit):
        return _not_open(visit)
    response = _show_notice(visit)
    if visit.link.kiosk and visit.sitting:  # whoever was here before has left
        forget_instance(response, visit.desk, visit.link)
    keep_language(response, visit.desk, visit.language)
    return response


async def enter(request: Request) -> Response:
    """Take what the notice page sends: begin, go on, use a code, or clear this device."""
    form = await read_form(request, most_bytes=MOST_BYTES)
    visit = await _visit(request)
    if isinstance(visit, Response):
        return visit
    do = form.get("do", "")
    if do == "leave":
        response = see_other(visit.link.front)
        forget_instance(response, visit.desk, visit.link)
        return response
    if do == "go on" and visit.sitting:
        return see_other(_where(visit.sitting))
    return await _enter_anew(visit, form, by_code=do == "code")


async def _enter_anew(visit: _Visit, form: Form, *, by_code: bool) -> Response:
    if visit.standing.state != "open":
        return _not_open(visit)
    if by_code:
        return await _use_code(visit, form.get("code", ""))
    if visit.link.wave.entry == "code card":
        return see_other(visit.link.front)
    return await _begin(visit, form)


async def _visit(request: Request) -> _Visit | Response:
    desk: Desk = request.app.state.desk
    link = await find_link(request)
    if isinstance(link, Response):
        return link
    language = language_of(request, link.instrument)
    standing = await in_thread(wave_standing, desk, link)
    sitting = await in_thread(find_sitting, desk, link, instance_in(request), language=language)
    return _Visit(
        request=request,
        desk=desk,
        link=link,
        language=language,
        standing=standing,
        sitting=sitting,
    )


async def find_link(request: Request) -> Link | Response:
    """Find the wave of an address; a page that says so where there is none, or none just now."""
    try:
        link = await in_thread(link_of, request)
    except OutcomesError:  # staff broke the instrument's file; that is not for respondents to read
        response = _no_link(request, "not_now", status=503)
        response.headers["retry-after"] = str(RETRY_SECONDS)
        return response
    return link or _no_link(request, "no_survey", status=404)


def _no_link(request: Request, text: str, *, status: int) -> Response:
    asked = request.headers.get("accept-language", "").lower()
    language = "es" if asked.startswith("es") else "en"
    return show_plain(
        request, None, language=language, title=f"{text}_title", text=text, status=status
    )


def _begun(visit: _Visit) -> bool:
    """Say whether a form begun on this device may still be finished after the wave was closed."""
    sitting = visit.sitting
    closed = visit.standing.state == "closed"
    return closed and sitting is not None and not sitting.merged.finished and not visit.link.kiosk


def _not_open(visit: _Visit) -> Response:
    planned = visit.standing.state == "planned"
    day = visit.standing.opens if planned else visit.standing.closes
    response = show_plain(
        visit.request,
        visit.link,
        language=visit.language,
        title="planned_title" if planned else "closed_title",
        text="planned" if planned else "closed",
        day=day_words(day, visit.language),
    )
    keep_language(response, visit.desk, visit.language)
    return response


def _show_notice(visit: _Visit, *, error: str = "", typed: str = "", status: int = 200) -> Response:
    link, standing = visit.link, visit.standing
    notice = in_language(link.instrument.notice, visit.language)
    goes_on = visit.sitting is not None and not link.kiosk and not visit.sitting.merged.finished
    return show(
        visit.request,
        "notice.html",
        link,
        language=visit.language,
        status=status,
        paragraphs=[part.strip() for part in notice.split("\n\n") if part.strip()],
        closes=day_words(standing.closes, visit.language)
        if visit.desk.today() <= standing.closes
        else "",
        may_begin=link.wave.entry == "open link" and standing.state == "open",
        needs_card=link.wave.entry == "code card" and standing.state == "open",
        goes_on=goes_on,
        nonce=secrets.token_urlsafe(16),
        error=error,
        typed=typed,
    )


async def _begin(visit: _Visit, form: Form) -> Response:
    """Begin a new form with a code of its own.

    The code follows from a number in the form that was sent, so that a page that is sent twice
    begins one form, and shows the same code again as long as nothing was answered.
    """
    nonce = form.get("nonce", "")
    if not 16 <= len(nonce) <= 64:
        return see_other(visit.link.front)
    secret = hmac.new(visit.desk.key, b"drawn code/" + nonce.encode(), hashlib.sha256).digest()
    code = code_from_secret(secret)
    respondent = respondent_of(visit.desk.key, code)
    instance = instance_of(visit.desk.key, wave=visit.link.wave.label, respondent=respondent)
    here = visit.sitting
    other = here is not None and here.instance != instance and not here.merged.finished
    if other and not visit.link.kiosk and form.get("anew", "") != "yes":
        return show(
            visit.request, "unfinished.html", visit.link, language=visit.language, nonce=nonce
        )
    known = await in_thread(find_sitting, visit.desk, visit.link, instance, language=visit.language)
    if known is not None and len(known.parts) > 1:  # somebody went on: their code is theirs alone
        return see_other(_where(known) if here == known else visit.link.front)
    if language := form.get("language", ""):
        visit = _in_language(visit, language)
    await _start(visit, instance=instance, respondent=respondent)
    response = show(
        visit.request,
        "your_code.html",
        visit.link,
        language=visit.language,
        code=code,
        nonce=nonce,
        first=f"{visit.link.base}/1",
        switch_by_form="switch",
    )
    keep_instance(response, visit.desk, visit.link, instance=instance)
    keep_language(response, visit.desk, visit.language)
    return response


def _in_language(visit: _Visit, language: str) -> _Visit:
    known = language if language in visit.link.instrument.languages else visit.language
    return _Visit(
        request=visit.request,
        desk=visit.desk,
        link=visit.link,
        language=known,
        standing=visit.standing,
        sitting=visit.sitting,
    )


async def _start(visit: _Visit, *, instance: str, respondent: str) -> None:
    """Store that a form was begun; that it was begun before does no harm."""
    body = json.dumps({"language": visit.language}, ensure_ascii=False)
    part = part_of(
        visit.desk,
        visit.link,
        part="start",
        body=body,
        instance=instance,
        respondent=respondent,
        place=visit.link.place,
        language=visit.language,
    )
    await store_part(visit.desk, part)


async def _use_code(visit: _Visit, typed: str) -> Response:
    """Let somebody in by the code on a card, or by the one that an earlier form showed."""
    words, address = respondent_words(visit.language), address_of(visit.request)
    desk, label = visit.desk, visit.link.wave.label
    try:
        desk.limits.spend("code", address)
    except TooManyTries as error:
        response = _show_notice(visit, error=words["too_often"], status=429)
        response.headers["retry-after"] = str(error.wait)
        return response
    try:
        respondent = respondent_of(desk.key, typed)
    except DataError:
        return _show_notice(visit, error=words["code_wrong"], typed=typed[:20], status=400)
    needs_card = visit.link.wave.entry == "code card"
    if needs_card and not await in_thread(
        is_card, desk.engine, group=visit.link.wave.group, respondent=respondent
    ):
        return _show_notice(visit, error=words["code_unknown"], typed=typed[:20], status=400)
    desk.limits.give_back("code", address)
    if await in_thread(finished_elsewhere, desk.engine, wave=label, respondent=respondent):
        return _show_notice(visit, error=words["code_finished"], status=409)
    instance = instance_of(desk.key, wave=label, respondent=respondent)
    await _start(visit, instance=instance, respondent=respondent)
    sitting = await in_thread(find_sitting, desk, visit.link, instance, language=visit.language)
    response = see_other(_where(sitting) if sitting else visit.link.front)
    keep_instance(response, desk, visit.link, instance=instance)
    keep_language(response, desk, visit.language)
    return response


def _where(sitting: Sitting) -> str:
    """Say where somebody goes on: the first page that is not done."""
    base = sitting.link.base
    if sitting.merged.finished or sitting.merged.withdrawn:
        return f"{base}/end"
    step = sitting.progress.first_open()
    return f"{base}/{step.number}" if step else f"{base}/send"
