"""What a kiosk does when nobody is there: ask, then forget the form on this device."""

from starlette.requests import Request
from starlette.responses import Response

from outcomes.web.desk_state import Desk
from outcomes.web.pages import see_other
from outcomes.web.respond.entry import find_link
from outcomes.web.respond.links import LANGUAGE, forget_instance, language_of
from outcomes.web.respond.showing import show


async def still_there(request: Request) -> Response:
    """Ask whether somebody is still there; the page goes on to the notice by itself."""
    link = await find_link(request)
    if isinstance(link, Response):
        return link
    return show(request, "there.html", link, language=language_of(request, link.instrument))


async def begin_again(request: Request) -> Response:
    """Forget the form on this device, and show the notice to whoever comes next."""
    desk: Desk = request.app.state.desk
    link = await find_link(request)
    if isinstance(link, Response):
        return link
    response = see_other(link.front)
    forget_instance(response, desk, link)
    response.delete_cookie(
        LANGUAGE, path="/s", httponly=True, samesite="strict", secure=desk.secure
    )
    return response
