"""The pages of a form: each is shown, taken and saved by itself."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from outcomes.store.submissions import NotSaved
from outcomes.surveys.parts import SelfCode
from outcomes.web.pages import Form, in_thread, read_form
from outcomes.web.respond.code_view import view_code
from outcomes.web.respond.form_reading import (
    as_json,
    code_body,
    read_elements,
    read_page,
    wrong_elements,
)
from outcomes.web.respond.links import keep_language
from outcomes.web.respond.page_view import view_page
from outcomes.web.respond.showing import show
from outcomes.web.respond.sitting import as_typed, find_sitting, store_part
from outcomes.web.respond.steps import Body, Progress, Step, form_steps
from outcomes.web.respond.turns import Turn, next_open, not_saved, open_turn, since_now


async def show_step(request: Request) -> Response:
    """Show a page of the form with what was answered so far."""
    turn = await open_turn(request)
    if isinstance(turn, Response):
        return turn
    if turn.sitting.merged.finished:
        return turn.to("end?already=1")
    number = request.path_params["number"]
    step = next((one for one in turn.progress.shown if one.number == number), None)
    if step is None:
        return turn.to(next_open(turn.progress))
    check = "check" in request.query_params
    return _page(turn, step, check=check) if step.page else _code_page(turn, step)


async def take_step(request: Request) -> Response:
    """Save a page, then go on, back, or to the other language."""
    form = await read_form(request)
    turn = await open_turn(request)
    if isinstance(turn, Response):
        return turn
    instrument = turn.link.instrument
    steps = form_steps(instrument, turn.link.wave.occasion)
    step = next((one for one in steps if one.part == form.get("part", "")), None)
    if step is None:  # the instrument was changed, and this page is no more
        return turn.to(next_open(turn.progress))
    if step.page is None and instrument.code:
        return await _take_code(turn, step, form=form, code=instrument.code)
    body = read_page(instrument, step, fields=form)
    try:
        if late := await _save(turn, step, body=body, form=form):
            return late
    except NotSaved:
        progress = as_typed(turn.desk, turn.sitting, step, body=body, language=turn.language)
        return not_saved(_page(turn, step, progress=progress, typed=body))
    return await _go_on(turn, step, form=form)


async def _take_code(turn: Turn, step: Step, *, form: Form, code: SelfCode) -> Response:
    """Hash the elements at once; what was typed is shown again only where it cannot be used."""
    typed = read_elements(code, form)
    before = turn.progress.bodies.get(step.part)
    body = code_body(turn.desk.key, code, typed=typed, before=before)
    try:
        if late := await _save(turn, step, body=body, form=form):
            return late
    except NotSaved:
        return not_saved(_code_page(turn, step, typed=typed, unsaved=True))
    if form.get("do", "next") == "next" and wrong_elements(code, typed):
        response = _code_page(turn, step, typed=typed)
        response.status_code = 400
        return response
    return await _go_on(turn, step, form=form)


async def _save(turn: Turn, step: Step, *, body: Body, form: Form) -> Response | None:
    """Store a page; where the form was sent before, say that it was too late for it."""
    part = turn.part(step.part, body=as_json(body), since=form.get("since", ""))
    verdict = await store_part(turn.desk, part)
    if verdict == "withdrawn":
        return turn.to(step.number)
    if verdict == "finished":
        return turn.to("end?late=1")
    return turn.to("end?already=1") if turn.sitting.merged.finished else None


async def _go_on(turn: Turn, step: Step, *, form: Form) -> Response:
    """Choose the page that follows a saved one."""
    if response := turn.in_other_language(form, where=step.number):
        return response
    sitting = await in_thread(
        find_sitting, turn.desk, turn.link, turn.sitting.instance, language=turn.language
    )
    progress = sitting.progress if sitting else turn.progress
    if form.get("do", "") == "back":
        before = progress.neighbor(step, by=-1)
        return turn.to(before.number if before else step.number)
    if not progress.done(step) and step in progress.shown:
        return turn.to(f"{step.number}?check=1")
    after = progress.neighbor(step, by=1)
    return turn.to(after.number if after else next_open(progress))


def _page(
    turn: Turn,
    step: Step,
    *,
    check: bool = False,
    progress: Progress | None = None,
    typed: Body | None = None,
) -> Response:
    """Show a page of questions; with what was just typed, where that could not be stored."""
    given = {**turn.sitting.merged.given, **(typed.answers if typed else {})}
    return _show(
        turn,
        "page.html",
        step,
        view=view_page(
            progress or turn.progress, step, given=given, language=turn.language, check=check
        ),
        not_saved=typed is not None,
        changed=typed is None and turn.sitting.again(step),
    )


def _code_page(
    turn: Turn, step: Step, *, typed: dict[str, str] | None = None, unsaved: bool = False
) -> Response:
    stored = turn.progress.bodies.get(step.part)
    return _show(
        turn,
        "own_code.html",
        step,
        view=view_code(
            turn.link.instrument,
            language=turn.language,
            typed=typed or {},
            given=stored is not None and any(stored.code.values()),
        ),
        not_saved=unsaved,
    )


def _show(turn: Turn, template: str, step: Step, **content: Any) -> Response:
    shown = turn.progress.shown
    response = show(
        turn.request,
        template,
        turn.link,
        language=turn.language,
        step=step,
        number=[one.number for one in shown].index(step.number) + 1 if step in shown else 1,
        total=len(shown),
        back=turn.progress.neighbor(step, by=-1) is not None,
        since=since_now(turn.desk),
        switch_by_form="page",
        **content,
    )
    keep_language(response, turn.desk, turn.language)
    return response
