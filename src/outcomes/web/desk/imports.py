"""Answers that another tool collected: hand in the file, say what columns mean, store them."""

import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import FileError, OutcomesError
from outcomes.pipeline.answer_import import Prepared, import_mapped, place_names, prepare
from outcomes.pipeline.answer_upload import Kept, find_upload, keep_upload, uploaded
from outcomes.pipeline.audit import record
from outcomes.pipeline.importing import Imported
from outcomes.sheets import Reading
from outcomes.study import write_whole
from outcomes.surveys.answer_files import TITLES, read_answer_file
from outcomes.surveys.mapping_proposal import Proposal, propose_mapping, settle_rows
from outcomes.surveys.mapping_text import mapping_text
from outcomes.web.access import allowed
from outcomes.web.desk.import_choices import (
    Given,
    chosen_again,
    given_in,
    shown_choices,
    tables_in,
)
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, in_thread, page, read_form, see_other

MOST_BYTES = 20_000_000
MOST_SHOWN = 20  # refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be stored by a mapping."""

    prepared: Prepared | None = None
    fault: str = ""  # why the mapping cannot be used
    text: str = ""  # the mapping, as it stands in its file


@allowed("coordinator", "analyst")
async def show(request: Request) -> Response:
    """Show how to hand in a file; with one named, what its columns mean or what it would store."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["label"]).label
    name = request.query_params.get("file", "")
    if not name:
        return await _upload_page(request, desk, wave=wave)
    path = await in_thread(find_upload, desk.study, wave, name)
    if path.with_suffix(".toml").exists() and "again" not in request.query_params:
        return await _preview_page(request, desk, wave=wave, path=path)
    return await _mapping_page(request, desk, wave=wave, path=path)


@allowed("coordinator", "analyst")
async def take(request: Request) -> Response:
    """Take what one of these pages sends: a file, the meaning of columns, or the word to store."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["label"]).label
    form = await read_form(request, most_bytes=MOST_BYTES)
    if form.get("step") == "upload":
        return await _take_file(request, desk, form, wave=wave)
    path = await in_thread(find_upload, desk.study, wave, form.get("file", ""))
    if form.get("step") == "store":
        return await _store(request, desk, form, wave=wave, path=path)
    return await _take_mapping(request, desk, form, wave=wave, path=path)


ROUTES = [
    Route("/desk/waves/{label}/import", show, methods=["GET"]),
    Route("/desk/waves/{label}/import", take, methods=["POST"]),
]


def _address(wave: str, path: Path | None = None, *, again: bool = False) -> str:
    base = f"/desk/waves/{quote(wave)}/import"
    if path is None:
        return base
    return f"{base}?file={quote(path.name)}" + ("&again=1" if again else "")


async def _upload_page(
    request: Request, desk: Desk, *, wave: str, status: int = 200, fault: str = ""
) -> Response:
    files = await in_thread(uploaded, desk.study, wave)
    return page(
        request,
        "desk/import.html",
        status,
        wave=wave,
        address=_address(wave),
        fault=fault,
        tools=[title for title in TITLES.values() if title != "a plain table"],
        files=[(path.name, _address(wave, path)) for path in files],
    )


async def _take_file(request: Request, desk: Desk, form: Form, *, wave: str) -> Response:
    upload = form.uploads.get("answers")
    if upload is None or not upload.content:
        fault = "No file was chosen, or it is empty. Choose the file that the other tool exported"
        return await _upload_page(request, desk, wave=wave, status=400, fault=fault)
    try:
        kept = await in_thread(
            keep_upload,
            desk.study,
            wave,
            name=upload.name,
            content=upload.content,
            today=desk.today(),
            instrument=desk.instrument(wave),
        )
    except FileError as error:
        return await _upload_page(request, desk, wave=wave, status=400, fault=str(error))
    user = request.state.user.name
    detail = f"{kept.path.name}; {len(kept.emptied)} personal columns emptied"
    await in_thread(
        record, desk.engine, user=user, action="handed in answers", about=wave, detail=detail
    )
    return see_other(_address(wave, kept.path), _said_of(kept))


def _said_of(kept: Kept) -> str:
    lines = [f"The file is kept as {kept.path.name}."]
    if kept.emptied:
        named = textwrap.shorten(", ".join(kept.emptied), 300, placeholder=" …")
        lines.append(f"Columns that say who answered were emptied first: {named}.")
    if kept.mapping:
        lines.append("It has the same columns as an earlier file, and is read in the same way.")
    return " ".join(lines)


async def _mapping_page(
    request: Request,
    desk: Desk,
    *,
    wave: str,
    path: Path,
    given: Given | None = None,
    fault: str = "",
) -> Response:
    if given is None:
        given = await in_thread(chosen_again, path, desk.instrument(wave))
    # what was said of cells is shown in their lists, and can be changed there
    found = await in_thread(_propose, desk, wave, path=path, given=replace(given, tables={}))
    lacking = set(found.lacking(desk.study.wave(wave).occasion)) - set(found.undecided)
    return page(
        request,
        "desk/import_mapping.html",
        400 if fault else 200,
        wave=wave,
        address=_address(wave),
        file=path.name,
        tool=TITLES[found.file.kind],
        because=found.file.because,
        rows=len(found.file.cells),
        fault=fault,
        lacking=sorted(lacking),
        places=place_names(desk.study),
        given=given,
        found=found,
        **shown_choices(found, given),
    )


def _propose(desk: Desk, wave: str, *, path: Path, given: Given) -> Proposal:
    found = propose_mapping(
        read_answer_file(path),
        desk.instrument(wave),
        places=place_names(desk.study),
        chosen=given.columns,
        tables=given.tables,
    )
    settle_rows(found, event=given.event, outside=given.outside, place=given.place)
    return found


async def _take_mapping(
    request: Request, desk: Desk, form: Form, *, wave: str, path: Path
) -> Response:
    file = await in_thread(read_answer_file, path)
    given = given_in(form, file.headers)
    found = await in_thread(_propose, desk, wave, path=path, given=given)
    given = replace(given, tables=tables_in(form, found))
    found = await in_thread(_propose, desk, wave, path=path, given=given)
    fault = _still_open(found, given, desk=desk, wave=wave)
    if fault:
        return await _mapping_page(request, desk, wave=wave, path=path, given=given, fault=fault)
    await in_thread(write_whole, path.with_suffix(".toml"), mapping_text(found))
    return see_other(_address(wave, path))


def _still_open(found: Proposal, given: Given, *, desk: Desk, wave: str) -> str:
    """Say in a sentence what must be decided before the file can be read; "" if nothing."""
    if found.undecided:
        names = ", ".join(found.undecided)
        return f"Say what the answers to {names} mean, further down"
    if lacking := found.lacking(desk.study.wave(wave).occasion):
        return (
            f"No column answers {', '.join(lacking)}, which a scale needs. Choose the columns of "
            "these questions in the table"
        )
    if any(len(events) > 1 for events in found.events.values()) and not given.event:
        return "The file holds several occasions. Say which one belongs to this wave"
    return "" if found.mapping else "No column answers any question. Is this the right file"


async def _preview_page(request: Request, desk: Desk, *, wave: str, path: Path) -> Response:
    preview = await in_thread(_preview, desk, wave, path=path)
    prepared = preview.prepared
    return page(
        request,
        "desk/import_preview.html",
        wave=wave,
        address=_address(wave),
        again=_address(wave, path, again=True),
        file=path.name,
        preview=preview,
        read=prepared.sheet.read if prepared else 0,
        good=len(prepared.sheet.table) if prepared else 0,
        refusals=prepared.refusals[:MOST_SHOWN] if prepared else (),
        refused=len({each.row for each in prepared.refusals}) if prepared else 0,
        not_read=prepared.sheet.not_read if prepared else (),
        most_shown=MOST_SHOWN,
    )


def _preview(desk: Desk, wave: str, *, path: Path) -> Preview:
    mapping = path.with_suffix(".toml")
    text = mapping.read_text(encoding="utf-8-sig")
    try:
        prepared = prepare(desk.study, path, wave=wave, mapping=mapping)
    except OutcomesError as error:
        return Preview(fault=str(error), text=text)
    return Preview(prepared=prepared, text=text)


async def _store(request: Request, desk: Desk, form: Form, *, wave: str, path: Path) -> Response:
    done: Imported = await in_thread(
        import_mapped,
        desk.study,
        path,
        wave=wave,
        mapping=path.with_suffix(".toml"),
        reading=Reading(leave_out_refused="leave-out" in form),
        amend="amend" in form,
    )
    said = f"{done.new} rows stored, {done.known} already known, {len(done.refusals)} refused"
    await in_thread(
        record,
        desk.engine,
        user=request.state.user.name,
        action="imported answers",
        about=wave,
        detail=f"{path.name}: {said}",
    )
    return see_other(_address(wave), f"{path.name}: {said}.")
