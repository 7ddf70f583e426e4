"""How to get a tablet ready for going from door to door: the page with the QR code."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.users import account
from outcomes.web.access import allowed
from outcomes.web.desk.posters import is_out_of_reach
from outcomes.web.desk_state import Desk
from outcomes.web.openrosa.collect_settings import (
    collect_settings_qr,
    connecting_steps,
    tablet_address,
)
from outcomes.web.pages import in_thread, page


@allowed("interviewer", "coordinator")
async def show(request: Request) -> Response:
    """Show whoever is signed in how to connect their own tablet."""
    desk: Desk = request.app.state.desk
    url = await _address(request)
    base = desk.phone_address(request)
    return page(
        request,
        "desk/tablets.html",
        url=url,
        steps=connecting_steps(url, request.state.user.name),
        out_of_reach=is_out_of_reach(base),
        plain=base.startswith("http://"),
    )


@allowed("interviewer", "coordinator")
async def qr(request: Request) -> Response:
    """Draw the settings of a tablet for whoever is signed in."""
    desk: Desk = request.app.state.desk
    url = await _address(request)
    drawing = collect_settings_qr(
        url, request.state.user.name, project=desk.study.settings.study.name
    )
    return Response(drawing, media_type="image/svg+xml")


ROUTES = [
    Route("/desk/tablet", show, methods=["GET"]),
    Route("/desk/tablet/qr.svg", qr, methods=["GET"]),
]


async def _address(request: Request) -> str:
    desk: Desk = request.app.state.desk
    owner = await in_thread(account, desk.engine, request.state.user.name)
    if owner is None:
        raise DataError("your account is gone. Ask an administrator")
    return tablet_address(desk.phone_address(request), key=desk.key, owner=owner)
