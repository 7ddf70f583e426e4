"""Corrections at the desk: find one form, look at it on record, change one answer with a reason."""

import asyncio
from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.collecting import collect_answers
from outcomes.pipeline.correcting import (
    SHORT,
    Correction,
    FormLine,
    correction_of,
    form_of_number,
    form_of_receipt,
    forms_of_wave,
    history,
)
from outcomes.pipeline.fielding import standing
from outcomes.settings import Wave
from outcomes.store.submissions import Stored, parts_of
from outcomes.surveys.wording import language_tag
from outcomes.web.access import allowed
from outcomes.web.desk.deletion import ROUTES as DELETION
from outcomes.web.desk.form_view import form_view
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

EDITORS = ("analyst",)
MOST_LISTED = 200


@allowed(*EDITORS)
async def list_forms(request: Request) -> Response:
    """List the forms of a wave without a single answer, and offer to find one."""
    return await _list_page(request)


@allowed(*EDITORS)
async def find_form(request: Request) -> Response:
    """Find a form by the receipt that a respondent tells, or by its number."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    sent = await read_form(request, most_bytes=20_000)
    typed = sent.get("form", "").strip()
    try:
        line = await in_thread(_found, desk, wave, typed)
    except DataError as error:
        return await _list_page(request, problem=str(error))
    return see_other(_address(wave, line.instance))


@allowed(*EDITORS)
async def show_form(request: Request) -> Response:
    """Show one form's answers and what was corrected; that somebody looked goes on record."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    line = await in_thread(form_of_number, desk.study, wave.label, request.path_params["form"])
    parts = await in_thread(parts_of, desk.engine, line.instance)
    await in_thread(
        record,
        desk.engine,
        user=request.state.user.name,
        action="looked at one form",
        about=wave.label,
        detail=line.short,
    )
    return await _form_page(request, wave, parts, item=request.query_params.get("item", ""))


@allowed(*EDITORS)
async def correct(request: Request) -> Response:
    """Change one answer: a new row with editor and reason; the first answer stays stored."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    sent = await read_form(request, most_bytes=100_000)
    line = await in_thread(form_of_number, desk.study, wave.label, request.path_params["form"])
    parts = await in_thread(parts_of, desk.engine, line.instance)
    item = sent.get("item", "")
    try:
        note = await _correct(request, wave, parts, sent=sent)
    except DataError as error:
        return await _form_page(request, wave, parts, item=item, sent=sent, fault=str(error))
    detail = f"{line.short}, {item}"
    await in_thread(
        record,
        desk.engine,
        user=request.state.user.name,
        action="corrected an answer",
        about=wave.label,
        detail=detail,
    )
    return see_other(_address(wave, line.instance), f"{item} is corrected. {note}".strip())


async def _correct(request: Request, wave: Wave, parts: list[Stored], *, sent: Form) -> str:
    desk: Desk = request.app.state.desk
    instrument = await in_thread(desk.instrument, wave.label)
    submission = await in_thread(
        correction_of,
        instrument,
        parts,
        correction=Correction(
            item=sent.get("item", ""),
            new=" ".join(sent.getlist("new")),
            reason=sent.get("reason", ""),
            editor=request.state.user.name,
            day=desk.today(),
        ),
        key=desk.key,
        occasion=wave.occasion,
    )
    verdict = await asyncio.wrap_future(desk.writer.submit(submission))
    if verdict == "withdrawn":
        raise DataError("this person has just taken the form back. Nothing was changed")
    state = (await in_thread(standing, desk.study, wave.label, today=desk.today())).state
    if state != "frozen":
        return ""
    await in_thread(collect_answers, desk.study, wave.label)
    return (
        "The wave is frozen: its answers now hold the correction as a newer version. Freeze it "
        "once more if a count and seal of the corrected answers are wanted."
    )


def _found(desk: Desk, wave: Wave, typed: str) -> FormLine:
    if typed[:1] in {"R", "r"}:  # no number of a form has a letter beyond f
        return form_of_receipt(desk.study, wave.label, typed, key=desk.key)
    return form_of_number(desk.study, wave.label, typed)


def _address(wave: Wave, instance: str) -> str:
    return f"/desk/waves/{wave.label}/corrections/{quote(instance)}"


async def _list_page(request: Request, *, problem: str = "") -> Response:
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    lines = await in_thread(forms_of_wave, desk.study, wave.label)
    names = {place.code: place.name for place in desk.study.settings.places}
    return page(
        request,
        "desk/corrections.html",
        400 if problem else 200,
        wave=wave,
        problem=problem,
        n=len(lines),
        most=MOST_LISTED,
        rows=[
            {
                "short": line.short,
                "address": _address(wave, line.instance),
                "place": names.get(line.place, ""),
                "way": line.way,
                "day": line.day,
                "finished": line.finished,
                "corrected": line.corrected,
            }
            for line in reversed(lines[-MOST_LISTED:])
        ],
    )


async def _form_page(
    request: Request,
    wave: Wave,
    parts: list[Stored],
    *,
    item: str,
    sent: Form | None = None,
    fault: str = "",
) -> Response:
    desk: Desk = request.app.state.desk
    instrument = await in_thread(desk.instrument, wave.label)
    view = await in_thread(form_view, instrument, parts, occasion=wave.occasion)
    state = (await in_thread(standing, desk.study, wave.label, today=desk.today())).state
    changes = await in_thread(history, instrument, parts)
    address = _address(wave, view.merged.instance)
    chosen = view.question(item) if item in view.numbers else None
    if chosen is not None and sent is not None:
        chosen = replace(chosen, typed=tuple(sent.getlist("new")))
    return page(
        request,
        "desk/correct.html",
        400 if fault else 200,
        wave=wave,
        state=state,
        fault=fault,
        merged=view.merged,
        short=view.merged.instance[:SHORT],
        address=address,
        lang=language_tag(view.language),
        rows=[view.line(name) for name in view.numbers],
        changes=[view.change(each) for each in changes],
        chosen=chosen,
        reason=sent.get("reason", "") if sent else "",
    )


ROUTES = [
    Route("/desk/waves/{wave}/corrections", list_forms, methods=["GET"]),
    Route("/desk/waves/{wave}/corrections", find_form, methods=["POST"]),
    Route("/desk/waves/{wave}/corrections/{form}", show_form, methods=["GET"]),
    Route("/desk/waves/{wave}/corrections/{form}", correct, methods=["POST"]),
    *DELETION,
]
