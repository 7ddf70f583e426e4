"""Levels at the desk: each community's evidence beside the five levels, and the judgement form."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.engagement.levels import shipped_levels
from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.level_judgements import LONGEST, Judgement, find_community, judge_level
from outcomes.pipeline.level_pages import community_tables, judgement_words
from outcomes.pipeline.levels import view_levels
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

READERS = ("coordinator", "analyst")


@allowed(*READERS)
async def show(request: Request) -> Response:
    """List the communities, those of each approach apart, with the latest judgement."""
    desk: Desk = request.app.state.desk
    try:
        view = await in_thread(view_levels, desk.study, today=desk.today())
    except DataError as error:
        return page(request, "desk/levels.html", fault=str(error), view=None)
    return page(request, "desk/levels.html", fault="", view=view)


@allowed(*READERS)
async def show_community(request: Request) -> Response:
    """Show all that is known of one community beside the levels, and the form."""
    return await _community_page(request)


@allowed(*READERS)
async def judge(request: Request) -> Response:
    """Keep a judgement with its reason; earlier ones stay."""
    desk: Desk = request.app.state.desk
    code = request.path_params["community"]
    sent = await read_form(request, most_bytes=50_000)
    user = request.state.user.name
    try:
        said = await in_thread(
            judge_level,
            desk.study,
            _judgement(code, sent),
            today=desk.today(),
            by=user,
            names_checked=sent.get("names_checked") == "yes",
            amend=sent.get("amend") == "yes",
        )
    except DataError as error:
        return await _community_page(request, sent=sent, fault=str(error))
    await in_thread(
        record,
        desk.engine,
        user=user,
        action="judged a level",
        about=code,
        detail=f"level {sent.get('level', '')}",
    )
    return see_other(f"/desk/levels/{code}", said)


ROUTES = [
    Route("/desk/levels", show, methods=["GET"]),
    Route("/desk/levels/{community}", show_community, methods=["GET"]),
    Route("/desk/levels/{community}", judge, methods=["POST"]),
]


def _judgement(code: str, sent: Form) -> Judgement:
    level = sent.get("level", "")
    if level not in {"1", "2", "3", "4", "5"}:
        raise DataError("no level was chosen. Choose one of the five")
    return Judgement(
        community=code,
        day=sent.get("day", "").strip(),
        level=int(level),
        reason=sent.get("reason", ""),
        judged_by=sent.get("judged_by", ""),
    )


async def _community_page(
    request: Request, *, sent: Form | None = None, fault: str = ""
) -> Response:
    desk: Desk = request.app.state.desk
    code = request.path_params["community"]
    try:
        find_community(desk.study, code)
    except DataError:
        raise HTTPException(404, "The study names no such community") from None
    told: dict[str, Any] = {"community": None, "tables": (), "judged": ()}
    try:
        view = await in_thread(view_levels, desk.study, community=code, today=desk.today())
    except DataError as error:
        fault = fault or str(error)
    else:
        each = view.communities[0]
        told = {
            "community": each,
            "tables": community_tables(each, view.months),
            "judged": judgement_words(each),
        }
    shipped = shipped_levels()
    return page(
        request,
        "desk/levels_community.html",
        400 if sent else 200,
        fault=fault,
        levels=shipped.levels,
        judges=[("", "Choose"), *((name, name) for name in shipped.judges)],
        day=(sent.get("day", "") if sent else "") or desk.today().isoformat(),
        sent={name: sent.get(name, "") for name in sent.names()} if sent else {},
        longest=LONGEST,
        code=code,
        **told,
    )
