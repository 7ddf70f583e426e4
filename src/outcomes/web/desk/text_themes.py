"""Themes at the desk: the list of a question, coding one text after the other, and the counts."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.text_themes import (
    add_theme,
    code_text,
    count_themes,
    next_to_code,
    take_off,
    themes_of,
)
from outcomes.surveys.free_text import require_text_item
from outcomes.surveys.instrument import item_named
from outcomes.surveys.text_themes import NONE_FITS
from outcomes.surveys.wording import in_language, language_tag
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page, read_form, see_other

LISTERS = ("coordinator", "analyst")
CODERS = (*LISTERS, "coder")


@allowed(*LISTERS)
async def show_themes(request: Request) -> Response:
    """Show the list of themes of a question, and how many texts each was found in."""
    return await _themes_page(request)


@allowed(*LISTERS)
async def change_themes(request: Request) -> Response:
    """Put a theme on the list, or take one off."""
    desk: Desk = request.app.state.desk
    label, item = request.path_params["wave"], request.path_params["item"]
    sent = await read_form(request, most_bytes=20_000)
    who = {"user": request.state.user.name, "today": desk.today()}
    typed, off = sent.get("label", ""), sent.get("off", "")
    try:
        if off:
            await in_thread(take_off, desk.study, label, item, code=off, **who)
        else:
            await in_thread(add_theme, desk.study, label, item, label=typed, **who)
    except DataError as error:
        return await _themes_page(request, typed=typed, fault=str(error))
    said = "The theme is off the list." if off else "The theme is on the list."
    return see_other(_address(label, item, "themes"), said)


@allowed(*CODERS)
async def show_coding(request: Request) -> Response:
    """Show the next text to code."""
    return await _coding_page(request)


@allowed(*CODERS)
async def keep_coding(request: Request) -> Response:
    """Keep the themes that a coder found, and go on to the next text."""
    desk: Desk = request.app.state.desk
    label, item = request.path_params["wave"], request.path_params["item"]
    sent = await read_form(request, most_bytes=20_000)
    try:
        await in_thread(
            code_text,
            desk.study,
            label,
            mark=sent.get("mark", ""),
            ticked=sent.getlist("themes"),
            coder=request.state.user.name,
            today=desk.today(),
        )
    except DataError as error:
        return await _coding_page(request, fault=str(error))
    return see_other(_address(label, item, "code"))


def _address(wave: str, item: str, page_name: str) -> str:
    return f"/desk/waves/{wave}/texts/{quote(item)}/{page_name}"


async def _about(request: Request) -> dict[str, Any]:
    desk: Desk = request.app.state.desk
    wave, item = desk.study.wave(request.path_params["wave"]), request.path_params["item"]
    instrument = await in_thread(desk.instrument, wave.label)
    require_text_item(instrument, item)
    first = instrument.languages[0]
    return {
        "wave": wave,
        "item": item,
        "question": in_language(item_named(instrument, item).label, first),
        "lang": language_tag(first),
        "themes": await in_thread(themes_of, desk.study, instrument.id, item),
    }


async def _themes_page(request: Request, *, typed: str = "", fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    about = await _about(request)
    table = await in_thread(count_themes, desk.study, about["wave"].label, item=about["item"])
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return page(
        request,
        "desk/free_text_themes.html",
        400 if fault else 200,
        rows=rows,
        floor=desk.study.settings.publish.smallest_cell,
        typed=typed,
        fault=fault,
        **about,
    )


async def _coding_page(request: Request, *, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    about = await _about(request)
    coder = request.state.user.name
    label, item = about["wave"].label, about["item"]
    chosen = await in_thread(next_to_code, desk.study, label, item, coder=coder)
    choices = [(theme.code, theme.label) for theme in about["themes"]]
    return page(
        request,
        "desk/free_text_code.html",
        400 if fault else 200,
        chosen=chosen,
        choices=[*choices, (NONE_FITS, "None of these fits")],
        fault=fault,
        **about,
    )


ROUTES = [
    Route("/desk/waves/{wave}/texts/{item}/themes", show_themes, methods=["GET"]),
    Route("/desk/waves/{wave}/texts/{item}/themes", change_themes, methods=["POST"]),
    Route("/desk/waves/{wave}/texts/{item}/code", show_coding, methods=["GET"]),
    Route("/desk/waves/{wave}/texts/{item}/code", keep_coding, methods=["POST"]),
]
