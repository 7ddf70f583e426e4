"""The weekly review sheet at the desk: all of staff see what was done in a week (D6, D23)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import OutcomesError
from outcomes.pipeline.audit import record
from outcomes.pipeline.engagement_export import MAY_EXPORT
from outcomes.pipeline.week_span import weeks_begun
from outcomes.pipeline.weekly import weekly_facts, weekly_pdf
from outcomes.report.weekly import sheet_fragment, style
from outcomes.report.weekly_facts import Week
from outcomes.study import Study
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread, page, read_form

LONGEST = 40  # letters of a week or a place


@allowed()
async def show_week(request: Request) -> Response:
    """Show the sheet of a week, and what can be chosen."""
    desk: Desk = request.app.state.desk
    asked = _asked(request)
    now = _local(desk)
    week, fault = None, ""
    try:
        week = await in_thread(_week, desk.study, asked, now)
    except OutcomesError as error:
        fault = str(error)
    weeks = [] if fault and not asked["week"] else await in_thread(weeks_begun, desk.study, now=now)
    return page(
        request,
        "desk/weekly.html",
        400 if fault else 200,
        fault=fault,
        asked=asked,
        shown=week.label if week else asked["week"],
        sheet=sheet_fragment(week) if week else "",
        weeks=[(label, label) for label in weeks],
        places=[("", "all"), *((each.code, each.name) for each in desk.study.places("focus"))],
        pdf=_link(asked | {"week": week.label}) if week else "",
        publishable=bool(week and not week.until and request.state.user.may(*MAY_EXPORT)),
    )


@allowed()
async def give_pdf(request: Request) -> Response:
    """Give the sheet on one page, to print."""
    desk: Desk = request.app.state.desk
    asked = _asked(request)
    week = await in_thread(_week, desk.study, asked, _local(desk))
    made = await in_thread(weekly_pdf, week)
    await in_thread(
        record,
        desk.engine,
        user=request.state.user.name,
        action="printed a weekly sheet",
        about=week.label,
        detail=asked["place"],
    )
    return download(made, name=f"weekly-{week.label}.pdf", kind="application/pdf")


@allowed(*MAY_EXPORT)
async def publish(request: Request) -> Response:
    """Give the public sheet, of all places, once it is noted that it was published."""
    desk: Desk = request.app.state.desk
    label = (await read_form(request, most_bytes=20_000)).get("week", "")[:LONGEST]
    asked = {"week": label, "place": ""}
    week = await in_thread(_week, desk.study, asked, _local(desk), public=True)
    made = await in_thread(weekly_pdf, week)
    user = request.state.user.name
    await in_thread(
        record, desk.engine, user=user, action="published a weekly sheet", about=week.label
    )
    return download(made, name=f"weekly-{week.label}-public.pdf", kind="application/pdf")


@allowed()
async def give_style(_request: Request) -> Response:
    """Give the style of the sheet, which the report owns."""
    return Response(style(), media_type="text/css")


ROUTES = [
    Route("/desk/weekly", show_week, methods=["GET"]),
    Route("/desk/weekly/sheet.pdf", give_pdf, methods=["GET"]),
    Route("/desk/weekly/public.pdf", publish, methods=["POST"]),
    Route("/desk/weekly/sheet.css", give_style, methods=["GET"]),
]


def _asked(request: Request) -> dict[str, str]:
    sent = request.query_params
    return {name: sent.get(name, "").strip()[:LONGEST] for name in ("week", "place")}


def _week(study: Study, asked: dict[str, str], now: datetime, *, public: bool = False) -> Week:
    return weekly_facts(
        study,
        asked["week"],
        places=(asked["place"],) if asked["place"] else (),
        public=public,
        now=now,
    )


def _local(desk: Desk) -> datetime:
    """Read the clock of the desk as it hangs in the study's city."""
    zone = ZoneInfo(desk.study.settings.study.time_zone)
    return desk.now().astimezone(zone).replace(tzinfo=None)


def _link(asked: dict[str, Any]) -> str:
    told = {name: value for name, value in asked.items() if value}
    return "/desk/weekly/sheet.pdf?" + urlencode(told)
