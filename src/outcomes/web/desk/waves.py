"""The list of waves, and the page of each: how it stands, its counts, its links, its next step."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import OutcomesError
from outcomes.pipeline.cards import card_use
from outcomes.pipeline.collecting import collect_answers, late_forms
from outcomes.pipeline.fielding import (
    close_wave,
    freeze_wave,
    open_wave,
    reopen_wave,
    standing,
    wave_counts,
)
from outcomes.pipeline.posters import wave_links
from outcomes.pipeline.wave_file import is_blank
from outcomes.study import key_state
from outcomes.surveys.wording import in_language
from outcomes.web.access import allowed
from outcomes.web.desk import cards, linking, planning, posters, tablets
from outcomes.web.desk.wave_view import (
    OCCASIONS,
    STATES,
    WAYS,
    count_lines,
    next_step,
    participation,
    place_names,
)
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page, read_form, see_other

STEPS = {"open": open_wave, "close": close_wave, "reopen": reopen_wave}


@allowed()
async def home(request: Request) -> Response:
    """List the waves."""
    desk: Desk = request.app.state.desk
    content = await in_thread(_home, desk)
    return page(request, "desk/waves.html", **content)


@allowed()
async def show(request: Request) -> Response:
    """Show one wave."""
    return await _show(request, "desk/wave.html")


@allowed()
async def show_counts(request: Request) -> Response:
    """Show the counts of one wave by themselves, for the page to put in place of older ones."""
    return await _show(request, "desk/wave_counts.html")


@allowed("coordinator")
async def step(request: Request) -> Response:
    """Open, close or reopen a wave: the last word of the address says which."""
    desk: Desk = request.app.state.desk
    label, user = request.path_params["label"], request.state.user.name
    await read_form(request)
    take = STEPS[request.url.path.rpartition("/")[2]]
    how = await in_thread(take, desk.study, label, user=user, today=desk.today())
    return see_other(f"/desk/waves/{label}", f"The wave is {how.state}. {STATES[how.state]}")


@allowed("coordinator")
async def show_freeze(request: Request) -> Response:
    """Say what freezing a wave means, and ask once more."""
    return await _show(request, "desk/wave_freeze.html")


@allowed("coordinator")
async def freeze(request: Request) -> Response:
    """Freeze a wave: collect its finished forms."""
    desk: Desk = request.app.state.desk
    label, user = request.path_params["label"], request.state.user.name
    form = await read_form(request)
    if form.get("sure") != "yes":
        return await _show(
            request,
            "desk/wave_freeze.html",
            status=400,
            fault="Tick the box, so that nobody freezes a wave by a slip.",
        )
    how = await in_thread(freeze_wave, desk.study, label, user=user, today=desk.today())
    account = await in_thread(collect_answers, desk.study, label)
    notes = " ".join(account.sentences()[1:])
    people = "person" if how.detail["n"] == 1 else "people"
    said = f"The wave is frozen with the answers of {how.detail['n']} {people}. {notes}"
    return see_other(f"/desk/waves/{label}", said.strip())


ROUTES = [
    Route("/desk", home, methods=["GET"]),
    *planning.ROUTES,
    Route("/desk/waves/{label}", show, methods=["GET"]),
    Route("/desk/waves/{label}/counts", show_counts, methods=["GET"]),
    *(Route(f"/desk/waves/{{label}}/{name}", step, methods=["POST"]) for name in STEPS),
    Route("/desk/waves/{label}/freeze", show_freeze, methods=["GET"]),
    Route("/desk/waves/{label}/freeze", freeze, methods=["POST"]),
    *cards.ROUTES,
    *posters.ROUTES,
    *tablets.ROUTES,
]


def _home(desk: Desk) -> dict[str, Any]:
    study, today = desk.study, desk.today()
    rows = [
        {
            "wave": wave,
            "how": standing(study, wave.label, today=today),
            "said": participation(wave, wave_counts(study, wave.label)),
        }
        for wave in study.settings.waves
    ]
    key = linking.KEY.get(key_state(study), "")
    return {"waves": rows, "blank": is_blank(study), "occasions": OCCASIONS, "key": key}


async def _show(request: Request, template: str, *, status: int = 200, fault: str = "") -> Response:
    desk: Desk = request.app.state.desk
    address = desk.phone_address(request)
    content = await in_thread(_wave, desk, request.path_params["label"], address=address)
    return page(request, template, status, fault=fault, **content)


def _wave(desk: Desk, label: str, *, address: str) -> dict[str, Any]:
    study = desk.study
    how = standing(study, label, today=desk.today())
    counts, use = wave_counts(study, label), card_use(study, label)
    late = late_forms(study, label)
    where = count_lines(counts, "place", names=place_names(study))
    title, fault = label, ""
    try:
        instrument = desk.instrument(label)
        title = in_language(instrument.title, instrument.languages[0])
    except OutcomesError as error:  # a broken instrument must not hide the counts
        fault = str(error)
    return {
        "wave": how.wave,
        "how": how,
        "title": title,
        "instrument_fault": fault,
        "means": STATES[how.state],
        "occasion": OCCASIONS[how.wave.occasion],
        "counts": counts,
        "said": participation(how.wave, counts),
        "tables": [
            ("How they answered", count_lines(counts, "way", names=WAYS)),
            *([("Where", where)] if study.settings.places else []),
            ("On which day", count_lines(counts, "day", names={})),
        ],
        "use": use,
        "late": late,
        "step": next_step(how, counts, cards=use.printed, late=late, waves=study.settings.waves),
        "links": wave_links(study, label, address=address),
        "out_of_reach": posters.is_out_of_reach(address),
    }
