"""Plan at the desk: whose study it is, its places, and its waves, written into study.toml."""

import re
import unicodedata
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import OutcomesError
from outcomes.pipeline.audit import record
from outcomes.pipeline.wave_file import (
    FormFault,
    add_place,
    add_wave,
    change_about,
    change_wave,
    is_blank,
    mark_of,
)
from outcomes.study import Study
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.wording import in_language
from outcomes.web.access import allowed
from outcomes.web.desk.wave_view import OCCASIONS
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, in_thread, page, read_form, see_other

AFTER = {"pre": "post", "post": "follow-up", "follow-up": "follow-up"}  # the next occasion
LONGEST_GROUP = 28  # letters, so that there is room for the occasion behind it


@allowed("coordinator")
async def show_study(request: Request) -> Response:
    """Show whose study this is, and its places, with forms to change them."""
    return await _study_page(request)


@allowed("coordinator")
async def save_study(request: Request) -> Response:
    """Write name, agency and dates of the study, or a new place."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=50_000)
    typed, user = dict(form.fields), request.state.user.name
    place = form.get("do") == "place"
    try:
        await in_thread(_save_study, desk, typed, place=place, user=user)
    except FormFault as fault:
        where = "place" if place else "about"
        return await _study_page(request, status=400, fault=fault, typed={where: typed})
    next_one = "" if desk.study.settings.waves else " Now plan a wave."
    said = f"{typed['name']} is a place now." if place else f"Saved.{next_one}"
    return see_other("/desk/study" if place else "/desk", said)


@allowed("coordinator")
async def show_new(request: Request) -> Response:
    """Show the form for a new wave, perhaps filled in like an earlier one."""
    return await _wave_page(request, typed={})


@allowed("coordinator")
async def save_new(request: Request) -> Response:
    """Write a new wave into study.toml."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=50_000)
    typed = _typed_wave(desk.study, form)
    try:
        await in_thread(_add_wave, desk, typed, user=request.state.user.name)
    except FormFault as fault:
        return await _wave_page(request, status=400, fault=fault, typed=dict(form.fields))
    return see_other(f"/desk/waves/{typed['label']}", "The wave is planned.")


@allowed("coordinator")
async def show_change(request: Request) -> Response:
    """Show what may still change of a wave: dates, who is meant to answer, how many."""
    return await _change_page(request)


@allowed("coordinator")
async def save_change(request: Request) -> Response:
    """Write the change into study.toml."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=50_000)
    label, typed = request.path_params["label"], dict(form.fields)
    try:
        await in_thread(_change_wave, desk, label, typed, user=request.state.user.name)
    except FormFault as fault:
        return await _change_page(request, status=400, fault=fault, typed=typed)
    return see_other(f"/desk/waves/{label}", "Changed.")


ROUTES = [
    Route("/desk/study", show_study, methods=["GET"]),
    Route("/desk/study", save_study, methods=["POST"]),
    Route("/desk/waves/new", show_new, methods=["GET"]),
    Route("/desk/waves/new", save_new, methods=["POST"]),
    Route("/desk/waves/{label}/change", show_change, methods=["GET"]),
    Route("/desk/waves/{label}/change", save_change, methods=["POST"]),
]


def short_name(text: str) -> str:
    """Make the code of a group or a place out of its name: ``spring-class`` of Spring class."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_GROUP].strip("-")


def _save_study(desk: Desk, typed: Mapping[str, str], *, place: bool, user: str) -> None:
    mark = typed.get("mark", "")
    if place:
        name = typed.get("name", "")
        if name.strip() and not short_name(name):
            raise FormFault("name", "Write the name with at least one letter from a to z")
        add_place(desk.study, {**typed, "code": short_name(name)}, mark=mark)
        record(desk.engine, user=user, action="added a place", about=short_name(name))
        return
    change_about(desk.study, typed, mark=mark)
    record(desk.engine, user=user, action="changed the study", about="study.toml")


def _add_wave(desk: Desk, typed: Mapping[str, str], *, user: str) -> None:
    if not typed["group"]:
        raise FormFault("group", "Name the class or the group, with letters from a to z")
    known = {path.stem for path in (desk.study.root / "surveys").glob("*.yaml")}
    if typed["instrument"] not in known:
        raise FormFault("instrument", "Choose one of the instruments")
    add_wave(desk.study, typed, mark=typed["mark"])
    record(desk.engine, user=user, action="planned a wave", about=typed["label"])


def _change_wave(desk: Desk, label: str, typed: Mapping[str, str], *, user: str) -> None:
    change_wave(desk.study, label, typed, mark=typed.get("mark", ""))
    record(desk.engine, user=user, action="changed a wave", about=label)


def _typed_wave(study: Study, form: Form) -> dict[str, str]:
    """Take what was typed, with the short names that the file needs."""
    names = ("instrument", "occasion", "respondents", "opens", "closes", "population", "planned")
    typed = {name: form.get(name, "") for name in (*names, "entry", "mark")}
    group = short_name(form.get("group", ""))
    label = f"{group}-{typed['occasion']}"
    taken = {wave.label for wave in study.settings.waves}
    if typed["occasion"] == "follow-up":  # a group may have several
        again = (f"{label}-{number}" for number in range(2, 100))
        label = next(each for each in (label, *again) if each not in taken)
    return {**typed, "group": group, "label": label}


async def _study_page(
    request: Request,
    *,
    status: int = 200,
    fault: FormFault | None = None,
    typed: Mapping[str, Mapping[str, str]] | None = None,
) -> Response:
    desk: Desk = request.app.state.desk
    study = desk.study
    about = {name: str(value) for name, value in study.settings.study if name != "generated"}
    blank = is_blank(study)
    if blank:  # what the template says is no answer of theirs
        about |= {"name": "", "agency": ""}
    given = typed or {}
    return page(
        request,
        "desk/study.html",
        status,
        about={**about, **given.get("about", {})},
        place={"name": "", "role": "", "start": "", **given.get("place", {})},
        problems=_problems(fault, "place" if "place" in given else "about"),
        fault=_general(fault),
        places=study.settings.places,
        blank=blank,
        mark=await in_thread(mark_of, study),
    )


async def _wave_page(
    request: Request,
    *,
    typed: Mapping[str, str],
    status: int = 200,
    fault: FormFault | None = None,
) -> Response:
    desk: Desk = request.app.state.desk
    instruments, broken = await in_thread(_instruments, desk.study)
    like = _like(desk.study, typed.get("like") or request.query_params.get("like", ""))
    chosen = {name for name, _ in instruments}
    start = {
        "instrument": "academy" if "academy" in chosen else next(iter(sorted(chosen)), ""),
        "occasion": "pre",
        "respondents": "same people",
        "entry": "code card",
        **dict.fromkeys(("group", "opens", "closes", "population", "planned", "like"), ""),
    }
    return page(
        request,
        "desk/new_wave.html",
        status,
        wave={**start, **like, **typed},
        like=desk.study.wave(like["like"]) if like else None,
        instruments=instruments,
        broken=broken,
        groups=list(dict.fromkeys(wave.group for wave in desk.study.settings.waves)),
        occasions=OCCASIONS,
        first=desk.study.settings.study.first,
        last=desk.study.settings.study.last,
        problems=_problems(fault, "wave"),
        fault=_general(fault),
        mark=await in_thread(mark_of, desk.study),
    )


async def _change_page(
    request: Request,
    *,
    status: int = 200,
    fault: FormFault | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["label"])
    now = {
        "opens": str(wave.opens),
        "closes": str(wave.closes),
        "population": wave.population,
        "planned": str(wave.planned or ""),
    }
    return page(
        request,
        "desk/wave_change.html",
        status,
        wave=wave,
        now={**now, **(typed or {})},
        problems=_problems(fault, "wave"),
        fault=_general(fault),
        mark=await in_thread(mark_of, desk.study),
    )


def _like(study: Study, label: str) -> dict[str, str]:
    """Fill a form in like an earlier wave, for the next occasion."""
    for wave in study.settings.waves:
        if wave.label == label:
            return {
                "like": label,
                "instrument": wave.instrument,
                "group": wave.group,
                "occasion": AFTER[wave.occasion],
                "respondents": wave.respondents,
                "population": wave.population,
                "planned": str(wave.planned or ""),
                "entry": wave.entry,
            }
    return {}


def _instruments(study: Study) -> tuple[list[tuple[str, str]], list[str]]:
    """List the instruments that can be fielded, with titles; and what is wrong with others."""
    sound, broken = [], []
    for path in sorted((study.root / "surveys").glob("*.yaml")):
        try:
            instrument = read_instrument(path)
        except OutcomesError as error:
            broken.append(str(error).replace(str(path.parent), "surveys"))
            continue
        title = in_language(instrument.title, instrument.languages[0])
        sound.append((path.stem, f"{title} ({path.stem})"))
    return sound, broken


def _problems(fault: FormFault | None, where: str) -> dict[str, str]:
    if fault is None or not fault.field:
        return {}
    field = "group" if fault.field == "label" else fault.field
    return {f"{where}.{field}": str(fault)}


def _general(fault: FormFault | None) -> str:
    return str(fault) if fault is not None and not fault.field else ""
