"""Posters and QR codes of a wave's links, to print and to show."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.posters import wave_links, wave_poster
from outcomes.surveys.typesetting import qr_drawing
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread


@allowed("coordinator", "interviewer")
async def poster(request: Request) -> Response:
    """Print the poster of a wave, or of one of its places."""
    desk: Desk = request.app.state.desk
    label, place = request.path_params["label"], request.path_params.get("place", "")
    url = _url(request)
    pdf = await in_thread(wave_poster, desk.study, label, url=url, place=place)
    name = f"poster-{label}{'-' + place if place else ''}.pdf"
    return download(pdf, name=name, kind="application/pdf")


@allowed("coordinator", "interviewer")
async def qr(request: Request) -> Response:
    """Draw the QR code of a link."""
    return Response(qr_drawing(_url(request)), media_type="image/svg+xml")


ROUTES = [
    Route("/desk/waves/{label}/poster.pdf", poster, methods=["GET"]),
    Route("/desk/waves/{label}/poster/{place}.pdf", poster, methods=["GET"]),
    Route("/desk/waves/{label}/qr.svg", qr, methods=["GET"]),
    Route("/desk/waves/{label}/qr/{place}.svg", qr, methods=["GET"]),
]


def is_out_of_reach(address: str) -> bool:
    """Say whether an address means this computer only, so that no phone can follow it."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(request: Request) -> str:
    desk: Desk = request.app.state.desk
    label, place = request.path_params["label"], request.path_params.get("place", "")
    for link in wave_links(desk.study, label, address=desk.phone_address(request)):
        if link.place == place:
            return link.url
    raise DataError(f"study.toml has no place {place!r}. Choose a link on the page of the wave")
