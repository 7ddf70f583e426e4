"""Walks at the desk: how this week stands, for everybody in the agency to see (D22, D23)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.engagement.walk_report import people_in_words
from outcomes.pipeline.walk_overview import NOTES_FOR, overview
from outcomes.pipeline.walk_planning import planned_walks
from outcomes.web.access import allowed
from outcomes.web.desk import walks_new, walks_plan
from outcomes.web.desk.walks_new import RECORDERS, local_now, may_correct
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page

AHEAD = timedelta(days=14)


@allowed()
async def show(request: Request) -> Response:
    """Show this week's walks against the rules, the plan, leaders' part and the notes."""
    desk: Desk = request.app.state.desk
    now, user = local_now(desk), request.state.user
    study = desk.study
    seen = await in_thread(overview, study, now=now)
    since = (now - NOTES_FOR).date().isoformat()
    plans = await in_thread(planned_walks, study, now=now, since=since)
    kinds = await in_thread(walks_plan.type_names, study)
    return page(
        request,
        "desk/walks.html",
        seen=seen,
        places={place.code: place.name for place in study.settings.places},
        kinds=kinds,
        plans=[one for one in plans if one.plan.start <= now + AHEAD],
        walks=[
            {
                "walk": walk,
                "people": people_in_words(walk.people),
                "correct": may_correct(user, walk),
            }
            for walk in seen.recent
        ],
        may_record=user.may(*RECORDERS),
    )


ROUTES = [
    Route("/desk/walks", show, methods=["GET"]),
    *walks_plan.ROUTES,
    *walks_new.ROUTES,
]
