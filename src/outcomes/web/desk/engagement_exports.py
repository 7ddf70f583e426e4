"""Export the engagement record at the desk: by role, and written into the audit log."""

import io
import zipfile

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import OutcomesError
from outcomes.pipeline.engagement_export import (
    MAY_EXPORT,
    MAY_EXPORT_NOTES,
    EngagementExport,
    gather_engagement,
    log_export,
)
from outcomes.pipeline.fielding import today_in
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread, page, read_form

VERSIONS = ("internal", "notes", "public")


@allowed(*MAY_EXPORT)
async def show(request: Request) -> Response:
    """Ask which version is wanted."""
    return _page(request)


@allowed(*MAY_EXPORT)
async def export(request: Request) -> Response:
    """Send the tables in one archive, once it is written down who takes them."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=20_000)
    version, user = form.get("version", ""), request.state.user
    if version not in VERSIONS:
        return _page(request, status=400, fault="Choose what to export.")
    if version == "notes" and not user.may(*MAY_EXPORT_NOTES):
        told = (
            "Notes in staff's own words are exported by a coordinator. Ask one, or leave them out"
        )
        return _page(request, status=403, fault=f"{told}.")
    try:
        found = await in_thread(
            gather_engagement,
            desk.study,
            today=today_in(desk.study),
            notes=version == "notes",
            public=version == "public",
        )
        content = await in_thread(_archive, found)
    except OutcomesError as error:
        return _page(request, status=400, fault=str(error))
    await in_thread(log_export, desk.study, found, user=user.name)
    return download(content, name=f"engagement-{version}.zip", kind="application/zip")


ROUTES = [
    Route("/desk/engagement-export", show, methods=["GET"]),
    Route("/desk/engagement-export", export, methods=["POST"]),
]


def _archive(found: EngagementExport) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.files().items():
            archive.writestr(name, content)
    return packed.getvalue()


def _page(request: Request, *, status: int = 200, fault: str = "") -> Response:
    notes = request.state.user.may(*MAY_EXPORT_NOTES)
    return page(request, "desk/engagement_export.html", status, may_take_notes=notes, fault=fault)
