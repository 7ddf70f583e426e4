"""Engagement records at the desk: what is stored of each kind, a new record, a correction."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.engagement.record_kinds import RecordKind, record_kind, shipped_kinds
from outcomes.engagement.record_values import Wrong
from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.engagement_records import Version, record_versions
from outcomes.pipeline.record_listing import tells
from outcomes.pipeline.record_writing import (
    RecordFaults,
    correct_record,
    find_record,
    short_of,
    withdraw_record,
    write_record,
)
from outcomes.study import Study
from outcomes.web.access import allowed
from outcomes.web.desk.record_form import (
    in_words,
    questions,
    sent_values,
    stored_values,
    summary,
)
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, in_thread, page, read_form, see_other

MOST = 300  # records on one page
LONGEST_FORM = 60_000  # bytes


@allowed("coordinator", "analyst")
async def show_kinds(request: Request) -> Response:
    """List the kinds of records, and how many there are of each."""
    desk: Desk = request.app.state.desk
    groups = await in_thread(_groups, desk.study)
    return page(request, "desk/records.html", groups=groups)


@allowed("coordinator", "analyst")
async def show_kind(request: Request) -> Response:
    """List the records of one kind, the newest day first."""
    desk: Desk = request.app.state.desk
    kind = _kind(request)
    rows = await in_thread(_rows, desk.study, kind)
    names = {place.code: place.name for place in desk.study.settings.places}
    return page(
        request,
        "desk/records_kind.html",
        kind=kind,
        tells=tells(kind),
        rows=rows[:MOST],
        n=len(rows),
        most=MOST,
        names={"agency": "The whole agency", **names},
    )


@allowed("coordinator", "analyst")
async def show_new(request: Request) -> Response:
    """Show the form for a new record."""
    desk: Desk = request.app.state.desk
    return await _form_page(request, _kind(request), given={"day": str(desk.today())})


@allowed("coordinator", "analyst")
async def save_new(request: Request) -> Response:
    """Store a new record, with the name of who wrote it."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=LONGEST_FORM)
    kind = _kind(request)
    given = sent_values(form, kind)
    try:
        await in_thread(_write, desk, kind, given, by=request.state.user.name)
    except RecordFaults as faults:
        return await _form_page(request, kind, given=given, wrong=faults.wrong)
    except DataError as error:
        return await _form_page(request, kind, given=given, fault=str(error))
    return see_other(f"/desk/records/{kind.code}", f"Saved: {kind.name}.")


@allowed("coordinator", "analyst")
async def show_one(request: Request) -> Response:
    """Show one record with its history, and a form to correct it."""
    kind = _kind(request)
    versions = await _versions(request, kind)
    return await _form_page(request, kind, given=stored_values(versions[-1]), versions=versions)


@allowed("coordinator", "analyst")
async def save_one(request: Request) -> Response:
    """Store a correction as a newer version, or withdraw the record."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=LONGEST_FORM)
    kind = _kind(request)
    versions = await _versions(request, kind)
    withdrawing = form.get("do") == "withdraw"
    given = stored_values(versions[-1]) if withdrawing else sent_values(form, kind)
    said: dict[str, Any] = {"given": given, "versions": versions, "why": form.get("why", "")}
    try:
        await in_thread(_change, desk, kind, form, versions=versions, by=request.state.user.name)
    except RecordFaults as faults:
        return await _form_page(request, kind, wrong=faults.wrong, **said)
    except DataError as error:
        return await _form_page(request, kind, fault=str(error), **said)
    done = "Withdrawn; it does not count any more." if withdrawing else "Corrected."
    return see_other(f"/desk/records/{kind.code}", done)


ROUTES = [
    Route("/desk/records", show_kinds, methods=["GET"]),
    Route("/desk/records/{kind}", show_kind, methods=["GET"]),
    Route("/desk/records/{kind}/new", show_new, methods=["GET"]),
    Route("/desk/records/{kind}/new", save_new, methods=["POST"]),
    Route("/desk/records/{kind}/{short}", show_one, methods=["GET"]),
    Route("/desk/records/{kind}/{short}", save_one, methods=["POST"]),
]


def _kind(request: Request) -> RecordKind:
    code = request.path_params["kind"]
    if code not in shipped_kinds():
        raise HTTPException(404, "There is no such kind of record")
    return record_kind(code)


async def _versions(request: Request, kind: RecordKind) -> list[Version]:
    desk: Desk = request.app.state.desk
    found = await in_thread(find_record, desk.study, kind, request.path_params["short"])
    if not found:
        raise HTTPException(404, "There is no such record")
    return found


async def _form_page(
    request: Request,
    kind: RecordKind,
    *,
    given: Mapping[str, str],
    wrong: Mapping[str, Wrong] | None = None,
    fault: str = "",
    versions: list[Version] | None = None,
    why: str = "",
) -> Response:
    study = request.app.state.desk.study
    wrong = wrong or {}
    asked = questions(study, kind, given, wrong)
    if wrong and not fault:
        fault = "Nothing was saved yet. Please change what is marked below"
        if "community" in wrong and not study.settings.communities:  # it is not asked for here
            fault = f"Nothing was saved yet: {wrong['community'].problem}"
    history = [(each, in_words(study, kind, each)) for each in reversed(versions or [])]
    return page(
        request,
        "desk/records_form.html",
        400 if fault else 200,
        kind=kind,
        tells=tells(kind),
        asked=asked,
        fault=fault,
        newest=versions[-1] if versions else None,
        history=history,
        why=why,
        why_problem=str(wrong["reason"]) if "reason" in wrong else "",
    )


def _groups(study: Study) -> list[tuple[str, list[dict[str, Any]]]]:
    """Gather the kinds by what they tell: outputs and outcomes never stand in one list (D14)."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in shipped_kinds().values():
        kept = [each[-1] for each in record_versions(study, kind.code).values()]
        counting = [one for one in kept if not one.withdrawn]
        last = max((one.day for one in counting), default="")
        row = {"kind": kind, "n": len(counting), "last": last}
        groups.setdefault(tells(kind), []).append(row)
    return list(groups.items())


def _rows(study: Study, kind: RecordKind) -> list[dict[str, Any]]:
    newest = [each[-1] for each in record_versions(study, kind.code).values()]
    return [
        {
            "one": one,
            "short": short_of(one.key),
            "told": summary(kind, one),
            "corrected": one.number > 1 and not one.withdrawn,
        }
        for one in sorted(newest, key=lambda one: (one.day, one.place), reverse=True)
    ]


def _write(desk: Desk, kind: RecordKind, given: Mapping[str, str], *, by: str) -> None:
    write_record(desk.study, kind, given, by=by, today=desk.today())
    record(desk.engine, user=by, action="wrote a record", about=_about(kind, given))


def _change(desk: Desk, kind: RecordKind, form: Form, *, versions: list[Version], by: str) -> None:
    newest = versions[-1]
    if form.get("version", "") != str(newest.number):
        raise DataError(
            "somebody corrected this record meanwhile, and nothing of yours was saved. "
            "Look at it as it stands now"
        )
    if form.get("do") == "withdraw":
        withdraw_record(desk.study, newest, kind, why=form.get("why", ""), by=by)
        about = _about(kind, {"day": newest.day, "place": newest.place})
        record(desk.engine, user=by, action="withdrew a record", about=about)
        return
    given = sent_values(form, kind)
    correct_record(desk.study, newest, kind, given, by=by, today=desk.today())
    record(desk.engine, user=by, action="corrected a record", about=_about(kind, given))


def _about(kind: RecordKind, given: Mapping[str, str]) -> str:
    return f"{kind.code}, {given['day']}, {given['place']}"
