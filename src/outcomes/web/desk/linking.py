"""Linking at the desk: how before and after hang together, and doubtful pairs one by one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.link_review import decide_named, expected_sentence, review
from outcomes.study import key_state
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page, read_form, see_other

REVIEWERS = ("coordinator", "analyst")
KEY = {  # what the state of the study key means
    "absent": "The study key is not on this computer. Nobody can start or come back by code, take "
    "answers back, or bring in new answers with codes, until whoever holds the key puts it back. "
    "Links between answers that are here go on working.",
    "sealed": "This study is sealed: its key was destroyed. Links stay; no new answers with codes "
    "can be taken in.",
}
SAID = {
    "same": "They count as the same person from the next run on.",
    "different": "They count as two people from the next run on.",
    "cannot tell": "The pair stays doubtful, and is not linked.",
}


@allowed(*REVIEWERS)
async def show(request: Request) -> Response:
    """Show the account of a group's links, and the next doubtful pair."""
    return await _page(request)


@allowed(*REVIEWERS)
async def decide(request: Request) -> Response:
    """Keep what somebody decided about a pair."""
    desk: Desk = request.app.state.desk
    group = request.path_params["group"]
    sent = await read_form(request, most_bytes=20_000)
    try:
        decision = await in_thread(
            decide_named,
            desk.study,
            group,
            name=sent.get("pair", ""),
            decision=sent.get("decision", ""),
            user=request.state.user.name,
            today=desk.today(),
        )
    except DataError as error:
        return await _page(request, status=400, fault=str(error))
    return see_other(f"/desk/groups/{group}/linking", SAID[decision])


ROUTES = [
    Route("/desk/groups/{group}/linking", show, methods=["GET"]),
    Route("/desk/groups/{group}/linking", decide, methods=["POST"]),
]


async def _page(request: Request, *, status: int = 200, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    group = request.path_params["group"]
    found = await in_thread(review, desk.study, group)
    waves = [wave for wave in desk.study.settings.waves if wave.group == group]
    expected = "" if found.accounts else await in_thread(expected_sentence, desk.study, group)
    return page(
        request,
        "desk/linking.html",
        status,
        group=group,
        waves=waves,
        expected=expected,
        accounts=found.accounts,
        next=found.doubtful[0] if found.doubtful else None,
        left=len(found.doubtful),
        decided=found.decided,
        key=KEY.get(await in_thread(key_state, desk.study), ""),
        fault=fault,
    )
