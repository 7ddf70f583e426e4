"""Deletion at the desk: look at what would go, keep a copy, type the wave's label, erase."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline.audit import record
from outcomes.pipeline.deleting import (
    Going,
    after_erasing,
    copy_of,
    erase_answers,
    require_closed,
    require_reason,
    what_would_go,
    write_copy,
)
from outcomes.pipeline.retention import reason_of, terms
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import download, in_thread, page, read_form, see_other


@allowed("administrator")
async def show_what_would_go(request: Request) -> Response:
    """Show what an erasure would take out; nothing is erased by looking."""
    form = request.query_params.get("form", "").strip()
    try:
        return await _page(request, form=form)
    except DataError as error:
        if not form:
            raise
        return await _page(request, form="", typed=form, problem=str(error))


@allowed("administrator")
async def erase_or_copy(request: Request) -> Response:
    """Give a copy of what would go, or erase it once the wave's label is typed."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"]).label
    sent = await read_form(request, most_bytes=20_000)
    form, user = sent.get("form", "").strip(), request.state.user.name
    if sent.get("do") == "copy":
        going = await in_thread(what_would_go, desk.study, wave, instance=form)
        return await in_thread(_copy, desk, going, user=user)
    try:
        said = await in_thread(_erase, desk, wave, sent, user=user)
    except OutcomesError as error:
        return await _page(request, form=form, reason=sent.get("reason", ""), fault=str(error))
    return see_other(f"/desk/waves/{wave}/delete", said)


@allowed("administrator")
async def retention(request: Request) -> Response:
    """List until when the answers of each wave are kept."""
    desk: Desk = request.app.state.desk
    found = await in_thread(terms, desk.study, today=desk.today())
    months = desk.study.settings.retention.months
    return page(request, "desk/retention.html", rows=found, months=months)


def _copy(desk: Desk, going: Going, *, user: str) -> Response:
    table = copy_of(going)
    detail = f"{len(table)} rows, before an erasure"
    record(desk.engine, user=user, action="exported answers", about=going.wave, detail=detail)
    content = table.to_csv(index=False, lineterminator="\n").encode()
    return download(content, name=f"{going.wave}-before-erasing.csv", kind="text/csv")


def _erase(desk: Desk, wave: str, sent: Form, *, user: str) -> str:
    form = sent.get("form", "").strip()
    going = what_would_go(desk.study, wave, instance=form)
    if not form:
        require_closed(desk.study, wave, today=desk.today())
    if sent.get("label", "").strip() != wave:
        raise DataError(f"nothing was erased. To go on, type the label of the wave: {wave}")
    if going.empty:
        raise DataError("there is nothing to erase. Nothing was changed")
    reason = sent.get("reason", "")
    require_reason(reason)
    where = ""
    if not form or sent.get("keep_copy"):
        path = write_copy(desk.study, going, today=desk.today())
        about = f"{path.name}, before an erasure"
        record(desk.engine, user=user, action="exported answers", about=wave, detail=about)
        where = f" A copy lies in {path.parent.name}/{path.name}: delete it when nobody needs it."
    n = erase_answers(desk.study, going, user=user, reason=reason, today=desk.today())
    people = "1 person" if n == 1 else f"{n} people"
    return f"Erased: the answers of {people}.{where} {' '.join(after_erasing(desk.study))}"


async def _page(
    request: Request,
    *,
    form: str,
    typed: str = "",
    problem: str = "",
    reason: str = "",
    fault: str = "",
) -> Response:
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    going = await in_thread(what_would_go, desk.study, wave.label, instance=form)
    found = await in_thread(terms, desk.study, today=desk.today())
    term = next(each for each in found if each.wave == wave.label)
    return page(
        request,
        "desk/delete.html",
        400 if fault or problem else 200,
        wave=wave,
        form=form,
        typed=typed or form,
        problem=problem,
        going=going,
        sentences=going.sentences(),
        term=term,
        reason=reason or (reason_of(desk.study) if term.over and not form else ""),
        fault=fault,
    )


ROUTES = [
    Route("/desk/waves/{wave}/delete", show_what_would_go, methods=["GET"]),
    Route("/desk/waves/{wave}/delete", erase_or_copy, methods=["POST"]),
    Route("/desk/retention", retention, methods=["GET"]),
]
