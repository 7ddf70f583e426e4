"""Export the answers of a wave: who took what is written into the audit log."""

import io
import zipfile
from typing import TYPE_CHECKING, cast, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline.answer_export import export_answers
from outcomes.pipeline.audit import record
from outcomes.pipeline.data_asking import Ask
from outcomes.pipeline.data_export import export_data, record_export
from outcomes.pipeline.text_export import export_reviewed
from outcomes.surveys.data_files import Dataset, Format, dataset_files
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import download, in_thread, page, read_form

if TYPE_CHECKING:
    import pandas as pd

WHAT = ("answers", "texts", "data")  # data: files of another program, with labels and codebook
FORMATS = get_args(Format)


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
    if what == "data":
        return await _export_data(request, to=form.get("to", ""), describing=describing)
    try:
        table, detail = await in_thread(_exported, desk, label, what=what, describing=describing)
    except DataError as error:
        return await _export_page(request, status=400, fault=str(error))
    await in_thread(
        record,
        desk.engine,
        user=user,
        action="exported free text" if what == "texts" else "exported answers",
        about=label,
        detail=detail,
    )
    # a byte order mark, so that spreadsheets read accents right
    content = table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    return download(content, name=f"{label}-{what}.csv", kind="text/csv; charset=utf-8")


ROUTES = [
    Route("/desk/waves/{label}/export", show, methods=["GET"]),
    Route("/desk/waves/{label}/export", export, methods=["POST"]),
]


async def _export_data(request: Request, *, to: str, describing: bool) -> Response:
    """Send the files of another program in one archive."""
    desk: Desk = request.app.state.desk
    label, user = request.path_params["label"], request.state.user.name
    if to not in FORMATS:
        return await _export_page(request, status=400, fault="Choose for which program.")
    ask = Ask(scores=True, person_items=describing)
    try:
        dataset = await in_thread(export_data, desk.study, [label], ask)
        content = await in_thread(_archive, dataset, to=cast("Format", to))
    except OutcomesError as error:
        return await _export_page(request, status=400, fault=str(error))
    await in_thread(record_export, desk.study, dataset, ask, user=user, waves=[label])
    return download(content, name=f"{label}-{to}.zip", kind="application/zip")


def _archive(dataset: Dataset, *, to: Format) -> bytes:
    """Pack the files; in each language, for SPSS, Stata and R."""
    written = dataset_files(dataset, to)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.files.items():
            archive.writestr(name, content)
        if notes := (*dataset.notes, *written.notes):
            archive.writestr("read-me.txt", "\n".join(notes) + "\n")
    return packed.getvalue()


def _exported(desk: Desk, label: str, *, what: str, describing: bool) -> tuple["pd.DataFrame", str]:
    """Give the table, and what the audit log says of it."""
    if what == "texts":
        texts = export_reviewed(desk.study, label)
        return texts.table, f"{len(texts.table)} reviewed texts, {texts.waiting} not reviewed yet"
    found = export_answers(desk.study, label, describing=describing)
    person = "with" if describing else "without"
    return found.table, f"{found.people} people, {person} the items that describe the person"


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
