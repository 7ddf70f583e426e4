"""Export the answers of a wave: who took what is written into the audit log."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.answer_export import Exported, export_answers, export_texts
from outcomes.pipeline.audit import record
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread, page, read_form

WHAT = ("answers", "texts")


@allowed("analyst")
async def show(request: Request) -> Response:
    """Ask what is to be exported."""
    return await _export_page(request)


@allowed("analyst")
async def export(request: Request) -> Response:
    """Send the file, and write down who took it."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=20_000)
    what, describing = form.get("what", ""), form.get("describing") == "yes"
    label, user = request.path_params["label"], request.state.user.name
    if what not in WHAT:
        return await _export_page(request, status=400, fault="Choose what to export.")
    try:
        found = await in_thread(_exported, desk, label, what=what, describing=describing)
    except DataError as error:
        return await _export_page(request, status=400, fault=str(error))
    await in_thread(
        record,
        desk.engine,
        user=user,
        action="exported free text" if what == "texts" else "exported answers",
        about=label,
        detail=_detail(found, what=what, describing=describing),
    )
    # a byte order mark, so that spreadsheets read accents right
    content = found.table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    return download(content, name=f"{label}-{what}.csv", kind="text/csv; charset=utf-8")


ROUTES = [
    Route("/desk/waves/{label}/export", show, methods=["GET"]),
    Route("/desk/waves/{label}/export", export, methods=["POST"]),
]


def _exported(desk: Desk, label: str, *, what: str, describing: bool) -> Exported:
    if what == "texts":
        return export_texts(desk.study, label)
    return export_answers(desk.study, label, describing=describing)


def _detail(found: Exported, *, what: str, describing: bool) -> str:
    if what == "texts":
        return f"{len(found.table)} texts of {found.people} people"
    person = "with" if describing else "without"
    return f"{found.people} people, {person} the items that describe the person"


async def _export_page(request: Request, *, status: int = 200, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    label = request.path_params["label"]
    instrument = await in_thread(desk.instrument, label)
    asked = [item for item in instrument.items if item.asked]
    return page(
        request,
        "desk/wave_export.html",
        status,
        wave=desk.study.wave(label),
        describing=[item.name for item in asked if item.privacy == "describes the person"],
        texts=[item.name for item in asked if item.privacy == "free text"],
        fault=fault,
    )
