"""Kiosk mode: staff lend a device to one respondent after another."""

from starlette.requests import Request
from starlette.responses import Response

from outcomes.web.access import allowed
from outcomes.web.cookies import SESSION, drop_cookie, read_cookie
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page, read_form, see_other
from outcomes.web.respond.entry import find_link
from outcomes.web.respond.links import KIOSK, forget_instance, kiosk_of, sealed
from outcomes.web.sessions import end_session

HOURS = 24  # after which a device is no kiosk any more, should nobody have ended it


@allowed("interviewer", "coordinator")
async def show_kiosk(request: Request) -> Response:
    """Say what kiosk mode does, with the button that starts it."""
    link = await find_link(request)
    return link if isinstance(link, Response) else page(request, "respond/kiosk.html", link=link)


@allowed("interviewer", "coordinator")
async def start_kiosk(request: Request) -> Response:
    """Start kiosk mode; whoever started it is signed out on this device."""
    await read_form(request)
    desk: Desk = request.app.state.desk
    link = await find_link(request)
    if isinstance(link, Response):
        return link
    await in_thread(end_session, desk.engine, read_cookie(request, SESSION))
    about = f"{link.wave.label}/{link.place}"
    response = see_other(link.front)
    drop_cookie(response, desk, SESSION)
    forget_instance(response, desk, link)
    response.set_cookie(
        KIOSK,
        f"{about}.{sealed(desk, f'kiosk/{about}')}",
        max_age=HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=desk.secure,
    )
    return response


@allowed("interviewer", "coordinator")
async def show_stop(request: Request) -> Response:
    """Ask a signed-in member of staff whether to end kiosk mode on this device."""
    return page(request, "respond/kiosk_stop.html", about=kiosk_of(request))


@allowed("interviewer", "coordinator")
async def stop_kiosk(request: Request) -> Response:
    """End kiosk mode on this device."""
    await read_form(request)
    desk: Desk = request.app.state.desk
    response = see_other("/desk", "Kiosk mode has ended on this device.")
    response.delete_cookie(KIOSK, httponly=True, samesite="lax", secure=desk.secure)
    return response
