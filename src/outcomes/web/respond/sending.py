"""The end of a form: a last look, the button that sends it, thanks and receipt."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from outcomes.store.submissions import NotSaved
from outcomes.surveys.keyed_codes import receipt_of
from outcomes.surveys.respondent_words import day_words
from outcomes.surveys.wording import in_language
from outcomes.web.pages import Form, read_form
from outcomes.web.respond.links import keep_language
from outcomes.web.respond.page_view import view_page
from outcomes.web.respond.showing import show
from outcomes.web.respond.sitting import store_part
from outcomes.web.respond.steps import Step
from outcomes.web.respond.turns import Turn, next_open, not_saved, open_turn


async def show_send(request: Request) -> Response:
    """Show what was answered, page by page, and the button that sends it."""
    turn = await open_turn(request)
    if isinstance(turn, Response):
        return turn
    if turn.sitting.merged.finished:
        return turn.to("end?already=1")
    if turn.progress.first_open() is not None:
        return turn.to(next_open(turn.progress))
    return _last_look(turn)


async def take_send(request: Request) -> Response:
    """Finish the form; a second time changes nothing."""
    form = await read_form(request)
    turn = await open_turn(request)
    if isinstance(turn, Response):
        return turn
    return await _send(turn, form)


async def _send(turn: Turn, form: Form) -> Response:
    if response := turn.in_other_language(form, where="send"):
        return response
    if turn.sitting.merged.finished:
        return turn.to("end")
    if turn.progress.first_open() is not None:
        return turn.to(next_open(turn.progress))
    if form.get("do", "") == "back":
        return turn.to(turn.progress.shown[-1].number)
    try:
        await store_part(turn.desk, turn.part("end", body="{}"))
    except NotSaved:
        return not_saved(_last_look(turn, unsaved=True))
    return turn.to("end")


async def show_end(request: Request) -> Response:
    """Thank, and show the receipt of a finished form."""
    turn = await open_turn(request)
    if isinstance(turn, Response):
        return turn
    if not turn.sitting.merged.finished:
        return turn.to(next_open(turn.progress))
    asked = request.query_params
    response = show(
        request,
        "end.html",
        turn.link,
        language=turn.language,
        thanks=in_language(turn.link.instrument.thanks, turn.language),
        receipt=receipt_of(turn.desk.key, turn.sitting.instance),
        until=day_words(max(turn.link.wave.closes, turn.desk.today()), turn.language),
        told="late_page" if "late" in asked else "already" if "already" in asked else "",
    )
    keep_language(response, turn.desk, turn.language)
    return response


def _last_look(turn: Turn, *, unsaved: bool = False) -> Response:
    response = show(
        turn.request,
        "send.html",
        turn.link,
        language=turn.language,
        pages=[_review(turn, step) for step in turn.progress.shown],
        not_saved=unsaved,
        switch_by_form="page",
        enter="send",
    )
    keep_language(response, turn.desk, turn.language)
    return response


def _review(turn: Turn, step: Step) -> dict[str, Any]:
    """Say of one page how much of it was answered."""
    progress = turn.progress
    if step.page is None:
        return {"step": step, "made": any(progress.bodies[step.part].code.values())}
    given = turn.sitting.merged.given
    view = view_page(progress, step, given=given, language=turn.language, check=False)
    answered = sum(bool(one.value) or one.skipped for one in view.fields)
    return {
        "step": step,
        "title": view.title,
        "asked": len(view.fields),
        "answered": answered,
    }
