"""Code cards of a wave: draw and print them, and remind those who have not answered, unnamed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.cards import MOST_CARDS, Drawn, card_use, draw_cards, in_runs
from outcomes.pipeline.fielding import standing, wave_counts
from outcomes.pipeline.posters import wave_links
from outcomes.surveys.reminder import reminder_text
from outcomes.surveys.wording import in_language, language_name, language_tag
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, download, in_thread, page, read_form


@allowed("coordinator")
async def show(request: Request) -> Response:
    """Say how many cards there are, and offer to draw more."""
    return await _cards_page(request)


@allowed("coordinator")
async def draw(request: Request) -> Response:
    """Draw cards and send their PDF; this is the only time that their codes are shown."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=20_000)
    label, user = request.path_params["label"], request.state.user.name
    try:
        drawn = await in_thread(_draw, desk, form, label=label, user=user)
    except DataError as error:
        return await _cards_page(request, status=400, fault=str(error), given=form)
    name = f"cards-{desk.study.wave(label).group}-{drawn.first}-{drawn.last}.pdf"
    return download(drawn.pdf, name=name, kind="application/pdf")


@allowed("coordinator", "interviewer")
async def remind(request: Request) -> Response:
    """Say which cards are unused, and give a text that goes to everybody."""
    desk: Desk = request.app.state.desk
    address = desk.phone_address(request)
    content = await in_thread(_reminders, desk, request.path_params["label"], address=address)
    return page(request, "desk/wave_reminders.html", **content)


ROUTES = [
    Route("/desk/waves/{label}/cards", show, methods=["GET"]),
    Route("/desk/waves/{label}/cards", draw, methods=["POST"]),
    Route("/desk/waves/{label}/reminders", remind, methods=["GET"]),
]


async def _cards_page(
    request: Request, *, status: int = 200, fault: str = "", given: Form | None = None
) -> Response:
    desk: Desk = request.app.state.desk
    content = await in_thread(_cards, desk, request.path_params["label"], given=given)
    return page(request, "desk/wave_cards.html", status, fault=fault, most=MOST_CARDS, **content)


def _cards(desk: Desk, label: str, *, given: Form | None) -> dict[str, Any]:
    wave, instrument = desk.study.wave(label), desk.instrument(label)
    typed = dict(given.fields) if given else {}
    return {
        "wave": wave,
        "use": card_use(desk.study, label),
        "n": typed.get("n", str(wave.planned or 30)),
        "title": typed.get("title", in_language(instrument.title, instrument.languages[0])),
        "language": typed.get("language", instrument.languages[0]),
        "languages": [(each, language_name(each)) for each in instrument.languages],
        "waves": [each.label for each in desk.study.settings.waves if each.group == wave.group],
    }


def _draw(desk: Desk, form: Form, *, label: str, user: str) -> Drawn:
    typed = form.get("n", "").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 8):
        raise DataError(f"{typed!r} is not a number of cards. Write one, such as 30")
    wave = desk.study.wave(label)
    drawn = draw_cards(
        desk.study,
        wave.group,
        n=int(typed),
        title=form.get("title", ""),
        language=form.get("language", "en"),
        today=desk.today(),
    )
    detail = f"cards {drawn.first} to {drawn.last}"
    record(desk.engine, user=user, action="printed code cards", about=wave.group, detail=detail)
    return drawn


def _reminders(desk: Desk, label: str, *, address: str) -> dict[str, Any]:
    study, instrument = desk.study, desk.instrument(label)
    wave, use, counts = study.wave(label), card_use(study, label), wave_counts(study, label)
    texts = [
        {
            "language": language_name(language),
            "lang": language_tag(language),
            "text": reminder_text(
                instrument,
                language,
                agency=study.settings.study.agency,
                link=wave_links(study, label, address=address)[0].url,
                closes=wave.closes,
                with_card=wave.entry == "code card",
            ),
        }
        for language in instrument.languages
    ]
    return {
        "wave": wave,
        "how": standing(study, label, today=desk.today()),
        "use": use,
        "unused": in_runs(use.unused),
        "begun": in_runs(use.begun),
        "unfinished": counts.started - counts.finished,
        "texts": texts,
    }
