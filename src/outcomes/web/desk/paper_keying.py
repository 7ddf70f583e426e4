"""The page on which one person keys one sheet, without seeing what anybody else keyed of it."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from outcomes.pipeline.paper_entry import card_is_known
from outcomes.surveys.double_entry import KeyedForm
from outcomes.surveys.wording import language_tag
from outcomes.web.access import allowed
from outcomes.web.desk.keying_rows import (
    Typed,
    cautions,
    code_fields,
    read_typed,
    runs,
    typed_before,
)
from outcomes.web.desk.paper_sheet import (
    KEYERS,
    SheetAtDesk,
    count_if_agreed,
    open_sheet,
    place_name,
)
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

_NOTHING = "Nothing is keyed yet. A sheet without any answer is not entered."


@allowed(*KEYERS)
async def key_sheet(request: Request) -> Response:
    """Key one sheet; every sending keeps a draft, and the last one finishes the entry."""
    at = await open_sheet(request)
    if request.method == "POST":
        return await _take(request, at, await read_form(request))
    if at.sheet.second is not None:
        return see_other(at.comparison)
    own = at.sheet.own_entry(at.user)
    if own is not None and own.stage == "done":
        message = f"You have keyed sheet {at.sheet.name.sheet}. Somebody else keys it next."
        return see_other(at.list_address, message)
    form = own.form if own else KeyedForm()
    typed = await in_thread(
        typed_before, at.instrument, form, occasion=at.occasion, today=at.desk.today()
    )
    return _page(request, at, typed, notes=[])


async def _take(request: Request, at: SheetAtDesk, sent: Form) -> Response:
    own = at.sheet.own_entry(at.user)
    typed = await in_thread(
        read_typed,
        at.instrument,
        sent,
        key=at.desk.key,
        before=own.form if own else KeyedForm(),
        occasion=at.occasion,
        today=at.desk.today(),
    )
    if sent.get("action") != "done":
        await at.keep("draft", typed.form)
        if typed.problems:
            return _page(request, at, typed, notes=[])
        return see_other(at.address, f"Sheet {at.sheet.name.sheet}: what you keyed is kept.")
    notes = await in_thread(_notes, at, typed)
    if typed.problems or _NOTHING in notes or sent.get("seen", "") != _mark(notes):
        await at.keep("draft", typed.form)
        return _page(request, at, typed, notes=notes)
    await at.keep("done", typed.form)
    await at.read_again()
    if at.sheet.second is not None:
        return await count_if_agreed(at)
    message = f"Sheet {at.sheet.name.sheet} is keyed once. Somebody else keys it the second time."
    return see_other(at.list_address, message)


def _notes(at: SheetAtDesk, typed: Typed) -> list[str]:
    """Say what should be looked at once more before the entry is finished."""
    form = typed.form
    if not (form.answers or form.code or form.card):
        return [_NOTHING]
    found = cautions(at.instrument, typed, occasion=at.occasion)
    if form.card and not card_is_known(at.desk.study, at.wave.group, form.card):
        found.append("No card with this code was printed for this group. Compare it once more.")
    if not form.card and at.wave.entry == "code card":
        found.append("This wave uses code cards, and no code of a card is keyed.")
    return found


def _mark(notes: list[str]) -> str:
    """Mark which cautions were shown, so that sending again shows that they were seen."""
    return hashlib.sha256("\n".join(notes).encode()).hexdigest()[:12] if notes else ""


def _page(request: Request, at: SheetAtDesk, typed: Typed, *, notes: list[str]) -> Response:
    found = runs(at.instrument, typed, language=at.language, occasion=at.occasion)
    fields = code_fields(at.instrument, typed, language=at.language)
    rows = [row for run in found for row in run.rows]
    return page(
        request,
        "desk/paper_key.html",
        422 if typed.problems else 200,
        wave=at.wave,
        number=at.sheet.name.sheet,
        place=place_name(at.desk, at.sheet.name.place),
        address=at.address,
        list_address=at.list_address,
        lang=language_tag(at.language),
        second=at.sheet.first is not None,
        fields=fields,
        runs=found,
        answered=len(typed.form.answers),
        asked=len(rows),
        wrong=[field for field in fields if field.problem] + [row for row in rows if row.problem],
        notes=notes,
        nothing=_NOTHING in notes,
        seen="" if typed.problems else _mark(notes),
    )
