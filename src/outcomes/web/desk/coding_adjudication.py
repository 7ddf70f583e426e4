"""Settling what coders saw differently, without knowing who said what."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.media.codebook import Code, Codebook, Rule
from outcomes.pipeline.adjudication import Disagreement
from outcomes.pipeline.coding_desk import (
    disagreement_named,
    settle,
    settling_queue,
    task_name,
)
from outcomes.pipeline.coding_tasks import load_codebook
from outcomes.web.access import allowed
from outcomes.web.desk.coding_form import (
    agencies,
    in_words,
    keys_in_words,
    questions,
    read_code,
    values_of,
    values_sent,
)
from outcomes.web.desk.coding_text import show_article
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

SETTLERS = ("analyst",)
HERE = "/desk/coding/adjudicate"


@allowed(*SETTLERS)
async def show_disagreement(request: Request) -> Response:
    """Show the next article of which coders disagree."""
    return await _settling_page(request, named=request.query_params.get("item", ""))


@allowed(*SETTLERS)
async def take_settled(request: Request) -> Response:
    """Keep what was settled on, and go on to the next one."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=20_000)
    named, user = sent.get("task", ""), request.state.user.name
    code, wrong = read_code(sent, await in_thread(load_codebook, desk.study))
    if code is None or wrong:
        return await _settling_page(request, named=named, sent=sent, fault=" ".join(wrong))
    day = desk.today()
    try:
        await in_thread(settle, desk.study, named, user=user, code=code, day=day)
    except DataError as error:
        said = str(error)
        return see_other(HERE, f"{said[:1].upper()}{said[1:]}.")
    return see_other(HERE, "It is settled.")


def deciding_rules(codes: Sequence[Code], codebook: Codebook) -> list[Rule]:
    """Find the rules that may decide between codes, in the order of the codebook.

    Where coders disagree on relevance, the rules on relevance (R); where on the tone, those
    whose examples show both tones in question, else those that show one of them.
    """
    if len({code.relevant for code in codes}) > 1:
        return [rule for rule in codebook.rules if rule.id.startswith("R")]
    asked = {code.tone for code in codes}
    shown = {
        rule.id: len({each.tone for each in rule.examples} & asked)
        for rule in codebook.rules
        if rule.id.startswith("T")
    }
    most = max(shown.values(), default=0)
    return [rule for rule in codebook.rules if most and shown.get(rule.id) == most]


async def _settling_page(
    request: Request, *, named: str, sent: Form | None = None, fault: str = ""
) -> Response:
    desk: Desk = request.app.state.desk
    told = await in_thread(_told, desk, named, user=request.state.user.name, sent=sent)
    return page(request, "desk/coding_adjudicate.html", 400 if fault else 200, fault=fault, **told)


def _told(desk: Desk, named: str, *, user: str, sent: Form | None) -> dict[str, Any]:
    study = desk.study
    queue = settling_queue(study, user=user)
    told: dict[str, Any] = {"waiting": len(queue.open), "own": queue.own, "item": None}
    asked = disagreement_named(queue, named, user=user)
    chosen = asked or next(iter(queue.open), None)
    if chosen is None:
        return told
    codebook = load_codebook(study)
    values = values_sent(sent) if sent and asked else values_of(None)
    codes = [code for _, code in chosen.codes]
    return told | {
        "item": chosen,
        "named": task_name(user, chosen.sample, chosen.url),
        "after": _after(queue.open, chosen, user=user),
        "alone": (chosen.sample, chosen.url) in queue.alone,
        "article": show_article(study, chosen.url),
        "codes": [(label, in_words(code, codebook)) for label, code in chosen.codes],
        "rules": deciding_rules(codes, codebook),
        "questions": questions(codebook, values),
        "keys": keys_in_words(codebook),
        "agencies": agencies(study),
    }


def _after(queue: Sequence[Disagreement], chosen: Disagreement, *, user: str) -> str:
    """Name the next one, for whoever leaves this one for later; empty where it is the only one."""
    place = queue.index(chosen)
    following = (*queue[place + 1 :], *queue[:place])
    return next((task_name(user, each.sample, each.url) for each in following), "")


ROUTES = [
    Route(HERE, show_disagreement, methods=["GET"]),
    Route(HERE, take_settled, methods=["POST"]),
]
