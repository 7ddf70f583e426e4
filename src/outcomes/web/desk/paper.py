"""Paper forms at the desk: the sheets of a wave, how they stand, and which one to key next."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.fielding import standing
from outcomes.pipeline.paper_entry import overview
from outcomes.settings import AGENCY, Wave
from outcomes.surveys.double_entry import sheet_number
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_sheets import Sheet, SheetName
from outcomes.surveys.paper import PageMark, read_page_mark
from outcomes.surveys.wording import in_language, language_name, language_tag
from outcomes.web.access import allowed
from outcomes.web.desk.paper_comparing import compare_entries
from outcomes.web.desk.paper_keying import key_sheet
from outcomes.web.desk.paper_sheet import KEYERS, address_of, known_place, place_name
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

_STANDINGS = {
    "started": "begun",
    "once": "keyed once",
    "differing": "keyed twice, differs",
    "agreed": "agrees, not counted yet",
    "counted": "counts",
    "erased": "erased",
}


@allowed(*KEYERS)
async def sheets(request: Request) -> Response:
    """List the sheets of a wave, and offer to key one."""
    return await _sheets_page(request)


@allowed(*KEYERS)
async def pick(request: Request) -> Response:
    """Go to the sheet whose number was typed, or whose pattern was scanned."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    sent = await read_form(request, most_bytes=20_000)
    try:
        await in_thread(_require_fielded, desk, wave)
        instrument = await in_thread(desk.instrument, wave.label)
        name, language = _picked(desk, sent, wave=wave, instrument=instrument)
    except DataError as error:
        return await _sheets_page(request, sent=sent, problem=str(error))
    return see_other(f"{address_of(name)}?{urlencode({'language': language})}")


async def _sheets_page(
    request: Request, *, sent: Form | None = None, problem: str = ""
) -> Response:
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    instrument = await in_thread(desk.instrument, wave.label)
    found = await in_thread(overview, desk.study, instrument, wave=wave)
    state = (await in_thread(standing, desk.study, wave.label, today=desk.today())).state
    chosen = request.query_params if sent is None else dict(sent.fields)
    places = [(place.code, place.name) for place in desk.study.settings.places]
    return page(
        request,
        "desk/paper.html",
        400 if problem else 200,
        wave=wave,
        state=state,
        title=in_language(instrument.title, instrument.languages[0]),
        found=found,
        rows=[_line(request, sheet) for sheet in found.sheets],
        places=[(AGENCY, place_name(desk, AGENCY)), *places],
        place=chosen.get("place", AGENCY),
        languages=[(code, language_name(code)) for code in instrument.languages],
        language=chosen.get("language", instrument.languages[0]),
        typed=chosen.get("sheet", "") if problem else "",
        problem=problem,
    )


def _line(request: Request, sheet: Sheet) -> dict[str, Any]:
    user = request.state.user.name
    address, words = "", ""
    if sheet.standing in {"differing", "agreed"}:
        address = f"{address_of(sheet.name)}/compare"
        words = "Compare" if sheet.standing == "differing" else "Count"
    elif sheet.standing in {"started", "once"} and user not in sheet.keyed_by:
        address = address_of(sheet.name)
        words = "Go on" if sheet.own_entry(user) else "Key"
    return {
        "sheet": sheet.name.sheet,
        "place": place_name(request.app.state.desk, sheet.name.place),
        "standing": _STANDINGS[sheet.standing],
        "by": ", ".join(sheet.keyed_by),
        "apart": len(sheet.differing),
        "address": address,
        "words": words,
    }


def _require_fielded(desk: Desk, wave: Wave) -> None:
    if standing(desk.study, wave.label, today=desk.today()).state == "planned":
        raise DataError(
            f"the wave {wave.label} is still planned, and its forms cannot be out yet. Open it "
            "first"
        )


def _picked(desk: Desk, sent: Form, *, wave: Wave, instrument: Instrument) -> tuple[SheetName, str]:
    place, language = sent.get("place", AGENCY), sent.get("language", "")
    text = sent.get("sheet", "").strip()
    if text.upper().startswith("OF1/"):
        mark = read_page_mark(text)
        _require_same_form(mark, wave=wave, instrument=instrument)
        text = mark.serial
        spoken = [code for code in instrument.languages if language_tag(code) == mark.language]
        language = next(iter(spoken), language)
    if language not in instrument.languages:
        language = instrument.languages[0]
    name = SheetName(wave=wave.label, place=known_place(desk, place), sheet=sheet_number(text))
    return name, language


def _require_same_form(mark: PageMark, *, wave: Wave, instrument: Instrument) -> None:
    same = (mark.form, mark.version) == (instrument.id, instrument.version)
    if not same or mark.occasion not in {"", wave.occasion}:
        raise DataError(
            f"this sheet is of {mark.form}, version {mark.version}"
            f"{', ' + mark.occasion if mark.occasion else ''}, but the wave {wave.label} asks "
            f"{instrument.id}, version {instrument.version}, {wave.occasion}. Key it under its "
            "own wave"
        )


ROUTES = [
    Route("/desk/waves/{wave}/paper", sheets, methods=["GET"]),
    Route("/desk/waves/{wave}/paper", pick, methods=["POST"]),
    Route("/desk/waves/{wave}/paper/{place}/{sheet}", key_sheet, methods=["GET", "POST"]),
    Route(
        "/desk/waves/{wave}/paper/{place}/{sheet}/compare",
        compare_entries,
        methods=["GET", "POST"],
    ),
]
