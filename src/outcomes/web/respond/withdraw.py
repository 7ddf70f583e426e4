"""Taking answers back with the receipt: the same words, whether there were any or not."""

from collections.abc import Iterator

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from outcomes.errors import DataError
from outcomes.pipeline.fielding import standing
from outcomes.store.engine import reading
from outcomes.store.erasing import erase
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import FINISHING
from outcomes.surveys.code_cards import check_code
from outcomes.surveys.keyed_codes import receipt_of
from outcomes.surveys.respondent_words import respondent_words
from outcomes.surveys.wording import language_tag
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, read_form
from outcomes.web.rate_limits import TooManyTries, address_of
from outcomes.web.respond.links import LANGUAGE, keep_language
from outcomes.web.respond.showing import LANGUAGES, show, show_plain

MOST_BYTES = 20_000
REASON = "taken back by the respondent"


async def ask_receipt(request: Request) -> Response:
    """Ask for the receipt."""
    language = _language(request)
    response = show(request, "withdraw.html", None, language=language, error="", typed="")
    keep_language(response, request.app.state.desk, language)
    return response


async def take_receipt(request: Request) -> Response:
    """Ask whether they are sure; then erase what has this receipt, if anything has."""
    form = await read_form(request, most_bytes=MOST_BYTES)
    desk: Desk = request.app.state.desk
    language, typed, do = _language(request), form.get("receipt", ""), form.get("do", "")
    words = respondent_words(language)
    if do == "no":
        return show_plain(
            request, None, language=language, title="withdraw_kept_title", text="withdraw_kept"
        )
    try:
        receipt = sound_receipt(typed)
    except DataError:
        return show(
            request,
            "withdraw.html",
            None,
            language=language,
            status=400,
            error=words["withdraw_wrong"],
            typed=typed[:20],
        )
    if do != "yes":
        return show(request, "withdraw_sure.html", None, language=language, receipt=receipt)
    try:
        desk.limits.spend("withdrawal", address_of(request))
    except TooManyTries as error:
        said = words["too_often"]
        response = show(
            request, "withdraw.html", None, language=language, status=429, error=said, typed=receipt
        )
        response.headers["retry-after"] = str(error.wait)
        return response
    await in_thread(take_back, desk, receipt)
    return show_plain(
        request, None, language=language, title="withdraw_done_title", text="withdraw_done"
    )


def sound_receipt(typed: str) -> str:
    """Read a receipt as it was typed, and write it as it was shown.

    Raises:
        DataError: It is none: it does not begin with R, or its check character is wrong.
    """
    tidy = typed.strip().upper()
    if not tidy.startswith("R"):
        raise DataError(f"{typed!r} is no receipt: it does not begin with R. Compare it again")
    return "R" + check_code(tidy[1:])


def take_back(desk: Desk, receipt: str) -> bool:
    """Erase the form that has a receipt.

    A wave that was frozen keeps its answers: results were worked out from them.

    Returns:
        Whether anything was erased; nobody who asks is told.
    """
    for wave, instance in _finished(desk):
        if receipt_of(desk.key, instance) == receipt:
            day = desk.today()
            if standing(desk.study, wave, today=day).state == "frozen":
                return False
            erased = erase(
                desk.engine,
                wave=wave,
                instance=instance,
                user="",
                reason=REASON,
                day=day.isoformat(),
            )
            return erased.parts > 0
    return False


def _finished(desk: Desk) -> Iterator[tuple[str, str]]:
    columns = SUBMISSIONS.c
    waves = [wave.label for wave in desk.study.settings.waves]
    query = (
        select(columns.wave, columns.instance)
        .where(columns.wave.in_(waves), columns.part.in_(FINISHING), columns.body != "")
        .distinct()
    )
    with reading(desk.engine) as connection:
        found = connection.execute(query).all()
    return iter([(wave, instance) for wave, instance in found])


def _language(request: Request) -> str:
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE, "")
    asked = request.headers.get("accept-language", "")
    for each in (chosen, *asked.split(",")):
        tag = language_tag(each.partition(";")[0].strip() or "und")
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]
