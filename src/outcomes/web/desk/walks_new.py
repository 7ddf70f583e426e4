"""Recording a walk at the desk, on a phone and in a minute; and correcting one, with a reason."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.engagement.walk_report import Checked, Typed, check_report, people_in_words
from outcomes.engagement.walk_rules import WalkType
from outcomes.errors import DataError
from outcomes.guards.text_flags import flags, suggested
from outcomes.pipeline.audit import record
from outcomes.pipeline.walk_overview import verdict_of
from outcomes.pipeline.walk_reading import (
    StoredWalk,
    find_walk,
    near_walks,
    typed_of,
    walk_history,
)
from outcomes.pipeline.walk_recording import asked, correct_walk, save_walk, take_back
from outcomes.web.access import User, allowed
from outcomes.web.desk.walks_view import (
    RANKS,
    form_view,
    type_choices,
    typed_of_form,
)
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page, read_form, see_other

RECORDERS = ("walker", "coordinator", "interviewer")
USUAL_MINUTES = 30
MOST_BYTES = 50_000
_SAME = ("place", "type", "day", "clock", "coordinator")  # they say which walk it is


@allowed(*RECORDERS)
async def show_new(request: Request) -> Response:
    """Ask for the type of walk; where it is chosen, show the form for it."""
    desk: Desk = request.app.state.desk
    now = local_now(desk)
    query = request.query_params
    facts = await in_thread(asked, desk.study, now=now)
    if query.get("type", "") not in facts.rules.codes():
        return await _types_page(request)
    kind = facts.rules.type(query["type"])
    began = now - timedelta(minutes=kind.minutes or USUAL_MINUTES)
    focus = [place.code for place in desk.study.places("focus")] or list(facts.places)
    place = query.get("place", "")
    typed: Typed = {
        "place": [place if place in facts.places else focus[0]],
        "day": [f"{began:%Y-%m-%d}"],
        "clock": [f"{began:%H:%M}"],
        "coordinator": ["" if kind.coordinator == "any" else kind.coordinator],
    }
    return await _form_page(request, kind, typed)


@allowed(*RECORDERS)
async def save_new(request: Request) -> Response:
    """Store a walk, or say what must be mended first."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=MOST_BYTES)
    typed = typed_of_form(sent)
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    code = sent.get("type", "")
    if code not in facts.rules.codes():
        return await _types_page(request, fault="Choose the type of the walk first")
    kind = facts.rules.type(code)
    if sent.get("do") == "suggested":
        note = sent.get("note", "")
        typed["note"] = [suggested(note, flags(note, known=facts.known))]
    checked = check_report(typed, facts)
    if checked.report is None:
        return await _form_page(request, kind, typed, checked=checked)
    near = [] if sent.get("another") else await in_thread(near_walks, desk.study, checked.report)
    if near:
        return await _form_page(request, kind, typed, checked=checked, near=near)
    user = request.state.user.name
    try:
        walk, new = await in_thread(save_walk, desk.study, checked.report, by=user)
    except DataError as error:
        return await _form_page(request, kind, typed, checked=checked, fault=str(error))
    if not new:
        return see_other(f"/desk/walks/{walk}", "This walk was saved before. It counts once.")
    return see_other(f"/desk/walks/{walk}", "The walk is saved.")


@allowed()
async def show_walk(request: Request) -> Response:
    """Show one walk: what the rule says of it, what was told, and its history."""
    desk: Desk = request.app.state.desk
    walk = await _walk(request)
    names = {place.code: place.name for place in desk.study.settings.places}
    return page(
        request,
        "desk/walks_one.html",
        walk=walk,
        place=names.get(walk.place, walk.place),
        verdict=await in_thread(verdict_of, desk.study, walk),
        people=people_in_words(walk.people),
        ranks=RANKS,
        kinds=await _type_names(desk),
        history=await in_thread(walk_history, desk.study, walk),
        may_correct=may_correct(request.state.user, walk),
        may_record=request.state.user.may(*RECORDERS),
    )


@allowed(*RECORDERS)
async def show_correct(request: Request) -> Response:
    """Show the form of a walk as it is stored."""
    walk, kind = await _to_correct(request)
    return await _form_page(request, kind, typed_of(walk), walk=walk)


@allowed(*RECORDERS)
async def save_correct(request: Request) -> Response:
    """Store a newer version of a walk, with the reason; the older one stays."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=MOST_BYTES)
    walk, kind = await _to_correct(request)
    stored = typed_of(walk)
    typed = typed_of_form(sent) | {name: stored[name] for name in _SAME}
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    if sent.get("do") == "suggested":
        note = sent.get("note", "")
        typed["note"] = [suggested(note, flags(note, known=facts.known))]
    checked = check_report(typed, facts)
    if checked.report is None:
        return await _form_page(request, kind, typed, checked=checked, walk=walk)
    user, reason = request.state.user.name, sent.get("reason", "")
    try:
        _refuse_names(reason, known=facts.known)
        await in_thread(correct_walk, desk.study, walk, checked.report, by=user, reason=reason)
    except DataError as error:
        return await _form_page(request, kind, typed, checked=checked, walk=walk, fault=str(error))
    await in_thread(record, desk.engine, user=user, action="corrected a walk", about=walk.key)
    return see_other(f"/desk/walks/{walk.id}", "The walk is corrected.")


@allowed(*RECORDERS)
async def save_take_back(request: Request) -> Response:
    """Take a walk back that was recorded as another than it was."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=MOST_BYTES)
    walk, kind = await _to_correct(request)
    user, reason = request.state.user.name, sent.get("reason", "")
    try:
        await in_thread(_take_back, desk, walk, user=user, reason=reason)
    except DataError as error:
        return await _form_page(
            request, kind, typed_of(walk), walk=walk, fault=str(error), status=400
        )
    return see_other(
        f"/desk/walks/new?place={walk.place}",
        "The walk is taken back and does not count. Record it now as it was.",
    )


ROUTES = [
    Route("/desk/walks/new", show_new, methods=["GET"]),
    Route("/desk/walks/new", save_new, methods=["POST"]),
    Route("/desk/walks/{walk}", show_walk, methods=["GET"]),
    Route("/desk/walks/{walk}/correct", show_correct, methods=["GET"]),
    Route("/desk/walks/{walk}/correct", save_correct, methods=["POST"]),
    Route("/desk/walks/{walk}/take-back", save_take_back, methods=["POST"]),
]


def local_now(desk: Desk) -> datetime:
    """Read the clock of the study's time zone, without the zone."""
    zone = ZoneInfo(desk.study.settings.study.time_zone)
    return desk.now().astimezone(zone).replace(tzinfo=None, microsecond=0)


def may_correct(user: User, walk: StoredWalk) -> bool:
    """Say whether somebody may correct a walk: coordinators any, others their own."""
    return user.may("coordinator") or (user.may(*RECORDERS) and walk.by == user.name)


def _take_back(desk: Desk, walk: StoredWalk, *, user: str, reason: str) -> None:
    known = asked(desk.study, now=local_now(desk)).known
    _refuse_names(reason, known=known)
    take_back(desk.study, walk, by=user, reason=reason)
    record(desk.engine, user=user, action="took a walk back", about=walk.key)


def _refuse_names(reason: str, *, known: Collection[str]) -> None:
    if flags(reason, known=known):
        raise DataError("The reason may say who somebody is. Write it without names and numbers")


async def _walk(request: Request) -> StoredWalk:
    desk: Desk = request.app.state.desk
    try:
        return await in_thread(find_walk, desk.study, request.path_params["walk"])
    except DataError as error:
        raise HTTPException(404, str(error)) from None


async def _to_correct(request: Request) -> tuple[StoredWalk, WalkType]:
    desk: Desk = request.app.state.desk
    walk = await _walk(request)
    if not may_correct(request.state.user, walk):
        raise HTTPException(
            403, "Only whoever recorded a walk, or a coordinator, may correct it. Ask one of them"
        )
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    return walk, facts.rules.type(walk.type)


async def _type_names(desk: Desk) -> dict[str, str]:
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    return {kind.code: kind.name for kind in facts.rules.types}


async def _types_page(request: Request, *, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    return page(
        request,
        "desk/walks_types.html",
        400 if fault else 200,
        types=type_choices(facts.rules),
        place=request.query_params.get("place", ""),
        fault=fault,
    )


async def _form_page(
    request: Request,
    kind: WalkType,
    typed: Typed,
    *,
    checked: Checked | None = None,
    walk: StoredWalk | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    desk: Desk = request.app.state.desk
    facts = await in_thread(asked, desk.study, now=local_now(desk))
    view = form_view(
        kind,
        facts.rules,
        typed=typed,
        places=desk.study.settings.places,
        topics=facts.topics,
        checked=checked,
    )
    content = {"near": [], "fault": "", "walk": walk} | more
    return page(request, "desk/walks_form.html", 400 if checked else status, **view, **content)
