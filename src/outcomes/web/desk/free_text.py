"""Free text at the desk: read one text at a time, take out what says who somebody is."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.guards.text_flags import Flag, suggested
from outcomes.pipeline.audit import record
from outcomes.pipeline.free_text import (
    collected_texts,
    decide,
    flags_of,
    items_of_texts,
    text_with,
    texts_of_wave,
)
from outcomes.surveys.free_text import Reviewed, require_text_item
from outcomes.surveys.instrument import Instrument, item_named
from outcomes.surveys.wording import in_language, language_tag
from outcomes.web.access import allowed
from outcomes.web.desk.text_themes import ROUTES as THEMES
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

READERS = ("coordinator", "analyst")
_SAID = {
    "accepted": "Kept as it was written.",
    "edited": "The edited text is kept.",
    "withheld": "This text will not be shown.",
}


@allowed(*READERS, "coder")
async def overview(request: Request) -> Response:
    """Say for each question in people's own words how far the review is."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    instrument = await in_thread(desk.instrument, wave.label)
    texts = await in_thread(collected_texts, desk.study, wave.label)
    rows = [
        {"counts": counts, "question": question(instrument, counts.item)}
        for counts in items_of_texts(texts, instrument)
    ]
    lang = language_tag(instrument.languages[0])
    return page(request, "desk/free_text.html", wave=wave, rows=rows, lang=lang)


@allowed(*READERS)
async def show_text(request: Request) -> Response:
    """Show one text that waits, or the one that was asked for; that it was read goes on record."""
    return await _text_page(request)


@allowed(*READERS)
async def keep_decision(request: Request) -> Response:
    """Keep what was decided of a text, and go on to the next one."""
    desk: Desk = request.app.state.desk
    label, item = request.path_params["wave"], request.path_params["item"]
    sent = await read_form(request, most_bytes=200_000)
    try:
        verdict = await in_thread(_decide, desk, label, sent, user=request.state.user.name)
    except DataError as error:
        return await _text_page(request, sent=sent, fault=str(error))
    return see_other(f"/desk/waves/{label}/texts/{quote(item)}/review", _SAID[verdict])


@allowed(*READERS)
async def reviewed(request: Request) -> Response:
    """List the texts that were reviewed, as they may be shown, to look at one again."""
    desk: Desk = request.app.state.desk
    wave, item = desk.study.wave(request.path_params["wave"]), request.path_params["item"]
    instrument = await in_thread(desk.instrument, wave.label)
    require_text_item(instrument, item)
    texts = await in_thread(texts_of_wave, desk.study, wave.label)
    return page(
        request,
        "desk/free_text_reviewed.html",
        wave=wave,
        item=item,
        question=question(instrument, item),
        lang=language_tag(instrument.languages[0]),
        texts=[each for each in texts if each.written.item == item and not each.waiting],
    )


def question(instrument: Instrument, item: str) -> str:
    """Give the words of a question in the instrument's first language."""
    return in_language(item_named(instrument, item).label, instrument.languages[0])


def pieces(text: str, found: Sequence[Flag]) -> list[dict[str, Any]]:
    """Cut a text into lines of pieces, each with the reason where it is flagged."""
    cuts, at = [], 0
    for flag in found:
        cuts += [(text[at : flag.start], ""), (text[flag.start : flag.end], flag.why)]
        at = flag.end
    cuts.append((text[at:], ""))
    return [{"text": piece, "why": why} for piece, why in cuts if piece]


def _decide(desk: Desk, wave: str, sent: Form, *, user: str) -> str:
    """Keep a decision on the text as it stood on the page; returns the verdict."""
    seen = text_with(texts_of_wave(desk.study, wave), sent.get("mark", ""))
    if sent.get("seen", "") != _state(seen):
        raise DataError(
            "this text was corrected, or somebody else decided on it, while you read it. Look at "
            "it again"
        )
    verdict = sent.get("verdict", "")
    decide(
        desk.study,
        wave,
        seen,
        verdict=verdict,
        text=sent.get("text", ""),
        user=user,
        today=desk.today(),
    )
    return verdict


def _state(text: Reviewed) -> str:
    """Name the state of a text, so that a page that was overtaken is known."""
    return f"{text.written.digest[:16]}-{text.review.version if text.review else 0}"


def _next(texts: Sequence[Reviewed], *, after: str) -> Reviewed | None:
    """Find the next text that waits; of those, the ones left for later come last."""
    waiting = [each for each in texts if each.waiting]
    later = [each for each in waiting if each.written.mark > after]
    return next(iter(later or waiting), None)


async def _text_page(request: Request, *, sent: Form | None = None, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    wave, item = desk.study.wave(request.path_params["wave"]), request.path_params["item"]
    instrument = await in_thread(desk.instrument, wave.label)
    require_text_item(instrument, item)
    texts = [
        each
        for each in await in_thread(texts_of_wave, desk.study, wave.label)
        if each.written.item == item
    ]
    asked = sent.get("mark", "") if sent else request.query_params.get("text", "")
    if asked and not fault:
        chosen: Reviewed | None = text_with(texts, asked)
    elif asked:  # of a text that is gone, the fault says so
        chosen = next((each for each in texts if each.written.mark == asked), None)
    else:
        chosen = _next(texts, after=request.query_params.get("after", ""))
    shown: dict[str, Any] = {}
    if chosen is not None:
        shown = _shown(desk, chosen)
        user = request.state.user.name
        action = "read a free text"
        await in_thread(
            record, desk.engine, user=user, action=action, about=wave.label, detail=item
        )
    return page(
        request,
        "desk/free_text_review.html",
        400 if fault else 200,
        wave=wave,
        item=item,
        question=question(instrument, item),
        lang=language_tag(instrument.languages[0]),
        left=sum(each.waiting for each in texts),
        fault=fault,
        chosen=chosen,
        **shown,
    )


def _shown(desk: Desk, chosen: Reviewed) -> dict[str, Any]:
    text = chosen.written.text
    found = flags_of(desk.study, text)
    return {
        "pieces": pieces(text, found),
        "found": [{"text": text[flag.start : flag.end], "why": flag.why} for flag in found],
        "draft": chosen.shown or suggested(text, found),
        "seen": _state(chosen),
    }


ROUTES = [
    Route("/desk/waves/{wave}/texts", overview, methods=["GET"]),
    Route("/desk/waves/{wave}/texts/{item}/review", show_text, methods=["GET"]),
    Route("/desk/waves/{wave}/texts/{item}/review", keep_decision, methods=["POST"]),
    Route("/desk/waves/{wave}/texts/{item}/reviewed", reviewed, methods=["GET"]),
    *THEMES,
]
