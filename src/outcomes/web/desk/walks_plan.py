"""The plan of walks at the desk: add, list, cancel, and take it along as a calendar (C9, D26)."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.engagement.planned_walks import PlannedWalk, check_plan
from outcomes.engagement.walk_rules import COORDINATORS, read_walk_rules
from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.walk_planning import cancel_plan, plan_walk, planned_walks, walk_calendar
from outcomes.study import Study
from outcomes.web.access import allowed
from outcomes.web.desk.walks_new import local_now
from outcomes.web.desk.walks_view import RANKS
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread, page, read_form, see_other

PLANNERS = ("coordinator",)
BACK = timedelta(weeks=4)  # how far back the list goes
_FIELDS = ("place", "type", "day", "from", "minutes", "coordinator", "briefing")


@allowed()
async def show(request: Request) -> Response:
    """List the planned walks; whoever plans can add and cancel them."""
    return await _plan_page(request)


@allowed(*PLANNERS)
async def change(request: Request) -> Response:
    """Put a walk on the plan, or cancel one."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=20_000)
    user = request.state.user.name
    try:
        if sent.get("do") == "cancel":
            gone = await in_thread(cancel_plan, desk.study, sent.get("plan", ""), by=user)
            await _log(desk, user, "cancelled a planned walk", gone)
            return see_other("/desk/walks/plan", "The walk is cancelled.")
        typed = {name: sent.get(name, "") for name in _FIELDS}
        plan, problems = await in_thread(_checked, desk.study, typed)
        if plan is None:
            return await _plan_page(request, status=400, typed=typed, problems=problems)
        if await in_thread(plan_walk, desk.study, plan, by=user):
            await _log(desk, user, "planned a walk", plan)
    except DataError as error:
        typed = {name: sent.get(name, "") for name in _FIELDS}
        return await _plan_page(request, status=400, typed=typed, fault=str(error))
    return see_other("/desk/walks/plan", "The walk is planned.")


@allowed()
async def calendar(request: Request) -> Response:
    """Give the plan as a file that calendars read."""
    desk: Desk = request.app.state.desk
    try:
        content = await in_thread(walk_calendar, desk.study, now=desk.now())
    except DataError as error:
        return see_other("/desk/walks/plan", f"{error}.")
    return download(content, name="walks.ics", kind="text/calendar; charset=utf-8")


ROUTES = [
    Route("/desk/walks/plan", show, methods=["GET"]),
    Route("/desk/walks/plan", change, methods=["POST"]),
    Route("/desk/walks/plan.ics", calendar, methods=["GET"]),
]


def type_names(study: Study) -> dict[str, str]:
    """Name the types of walks by their codes."""
    return {kind.code: kind.name for kind in read_walk_rules(study.rules_path).types}


def _checked(study: Study, typed: dict[str, str]) -> tuple[PlannedWalk | None, dict[str, str]]:
    rules = read_walk_rules(study.rules_path)
    return check_plan(typed, rules=rules, places=study.place_codes())


async def _log(desk: Desk, user: str, action: str, plan: PlannedWalk) -> None:
    about = " ".join(plan.key)
    await in_thread(record, desk.engine, user=user, action=action, about=about)


async def _plan_page(
    request: Request,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    fault: str = "",
) -> Response:
    desk: Desk = request.app.state.desk
    study, now = desk.study, local_now(desk)
    since = (now - BACK).date().isoformat()
    plans = await in_thread(planned_walks, study, now=now, since=since)
    names = await in_thread(type_names, study)
    focus = [place.code for place in study.places("focus")] or [*study.place_codes()]
    start: dict[str, Any] = dict.fromkeys(_FIELDS, "") | {"place": focus[0]}
    return page(
        request,
        "desk/walks_plan.html",
        status,
        plans=plans,
        kinds=names,
        places=[(place.code, place.name) for place in study.settings.places],
        place_names={place.code: place.name for place in study.settings.places},
        ranks=[(rank, RANKS[rank]) for rank in COORDINATORS],
        typed=start | (typed or {}),
        problems=problems or {},
        fault=fault,
        may_plan=request.state.user.may(*PLANNERS),
        now=now,
    )
