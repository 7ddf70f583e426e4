"""The page that shows where two entries of a sheet differ, and takes what stands on the paper."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from outcomes.errors import DataError
from outcomes.surveys.double_entry import (
    CARD,
    Discrepancy,
    KeyedForm,
    keyed_answer,
    keyed_as,
)
from outcomes.surveys.instrument import item_named
from outcomes.surveys.numbering import question_numbers, with_numbers
from outcomes.surveys.wording import in_language, language_tag
from outcomes.web.access import allowed
from outcomes.web.desk.keying_rows import (
    code_fields,
    codes_of,
    meaning,
    read_typed,
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

Problems = dict[str, str]


@allowed(*KEYERS)
async def compare_entries(request: Request) -> Response:
    """Show where the two entries of a sheet differ; take what stands on the paper."""
    at = await open_sheet(request)
    number = at.sheet.name.sheet
    if at.sheet.second is None:
        raise DataError(f"sheet {number} has not been keyed twice yet. There is nothing to compare")
    if at.sheet.standing == "counted":
        return see_other(at.list_address, f"Sheet {number} counts already.")
    if request.method == "GET":
        return await _page(request, at, problems={})
    sent = await read_form(request)
    chosen, problems = await in_thread(_chosen, at, sent)
    again = await in_thread(_codes_again, at, sent, problems)
    if again is not None:
        await at.keep("codes again", again)
    if chosen:
        await at.keep("choice", choices=chosen)
    if problems:
        await at.read_again()
        return await _page(request, at, problems=problems)
    return await count_if_agreed(at)


def _chosen(at: SheetAtDesk, sent: Form) -> tuple[dict[str, str], Problems]:
    """Read which value of each field stands on the paper."""
    chosen: dict[str, str] = {}
    problems: Problems = {}
    for each in at.sheet.differing:
        taken = sent.get(f"take.{each.item}", "")
        if each.of_code:
            if taken == "none":
                chosen[each.item] = ""
        elif taken in {"first", "second"}:
            chosen[each.item] = each.first if taken == "first" else each.second
        elif taken == "other":
            typed = sent.get(f"other.{each.item}", "")
            keyed = keyed_answer(at.instrument, item_named(at.instrument, each.item), typed)
            if keyed.problem:
                problems[each.item] = keyed.problem
            else:
                chosen[each.item] = keyed.value
    if at.sheet.standing == "agreed" and sent.get(f"take.{CARD}") == "none":
        chosen[CARD] = ""  # both keyed the code of a card that is not this person's
    return chosen, problems


def _codes_again(at: SheetAtDesk, sent: Form, problems: Problems) -> KeyedForm | None:
    """Read codes that one of the two keyers keyed again; None where nothing was."""
    entries = [each for each in (at.sheet.first, at.sheet.second) if each is not None]
    own = next((each for each in entries if each.user == at.user), None)
    fields = [name for name in sent.names() if name == "card" or name.startswith("code.")]
    if own is None or not any(sent.get(name, "").strip() for name in fields):
        return None
    typed = read_typed(
        at.instrument,
        Form(tuple((name, sent.get(name, "")) for name in fields)),
        key=at.desk.key,
        before=own.form,
        occasion=at.occasion,
        today=at.desk.today(),
    )
    problems |= typed.problems
    return replace(typed.form, answers=own.form.answers)


async def _page(request: Request, at: SheetAtDesk, *, problems: Problems) -> Response:
    first, second = at.sheet.first, at.sheet.second
    codes = tuple(each.item for each in at.sheet.differing if each.of_code)
    nothing = await in_thread(
        typed_before, at.instrument, KeyedForm(), occasion=at.occasion, today=at.desk.today()
    )
    shown = replace(nothing, problems=problems)
    fields = code_fields(at.instrument, shown, language=at.language, only=codes) if codes else []
    return page(
        request,
        "desk/paper_compare.html",
        422 if problems else 200,
        wave=at.wave,
        number=at.sheet.name.sheet,
        place=place_name(at.desk, at.sheet.name.place),
        address=at.comparison,
        list_address=at.list_address,
        lang=language_tag(at.language),
        first=first.user if first else "",
        second=second.user if second else "",
        agreed=at.sheet.standing == "agreed",
        has_card=bool(at.sheet.form.card),
        rows=[_line(at, each, problems) for each in at.sheet.differing if not each.of_code],
        codes=list(zip(codes, fields, strict=True)),
        own=at.user in at.sheet.keyed_by,
    )


def _line(at: SheetAtDesk, each: Discrepancy, problems: Problems) -> dict[str, Any]:
    item = item_named(at.instrument, each.item)
    numbers = question_numbers(at.instrument, at.occasion)
    codes = codes_of(at.instrument, item, language=at.language) if item.choice_list else ()
    return {
        "item": each.item,
        "number": each.number,
        "label": with_numbers(in_language(item.label, at.language), numbers, language=at.language),
        "first": _in_words(at, each.item, each.first),
        "second": _in_words(at, each.item, each.second),
        "problem": problems.get(each.item, ""),
        "codes": codes,
    }


def _in_words(at: SheetAtDesk, name: str, value: str) -> str:
    if not value:
        return ""
    item = item_named(at.instrument, name)
    typed = keyed_as(at.instrument, item, value)
    said = meaning(at.instrument, item, value, language=at.language)
    return typed if said == typed else f"{typed} {said}"
