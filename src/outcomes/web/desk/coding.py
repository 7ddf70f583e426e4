"""Coding articles at the desk: one a screen, blind to the model, other coders and the draw."""

import re
import threading
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.media.codebook import Code
from outcomes.pipeline.coding_desk import (
    Turn,
    task_name,
    training_feedback,
    training_score,
    turn_named,
)
from outcomes.pipeline.coding_progress import DONE, TRAINING
from outcomes.pipeline.coding_tasks import (
    Task,
    load_codebook,
    next_task,
    own_code,
    save_code,
    skip_task,
    undo_last,
)
from outcomes.web.access import allowed, user_of
from outcomes.web.desk.coding_adjudication import ROUTES as ADJUDICATION
from outcomes.web.desk.coding_form import (
    Values,
    agencies,
    in_words,
    keys_in_words,
    questions,
    read_code,
    values_of,
    values_sent,
)
from outcomes.web.desk.coding_overview import ROUTES as OVERVIEW
from outcomes.web.desk.coding_text import show_article
from outcomes.web.desk_state import Desk
from outcomes.web.forms import Form
from outcomes.web.pages import in_thread, page, read_form, see_other

CODERS = ("coder",)
HERE = "/desk/coding"
LONGEST_SECONDS = 30 * 60  # more than that is a break, not reading
MOST_BYTES = 20_000
REASONS = (
    "The text is cut off, or it is not the article",
    "It is no article: a list, a notice, a page of links",
    "I cannot read its language",
    "I have coded the same text before",
    "I know the people in it, or I am in it",
    "Something else",
)
_SIGNED_OUT = (
    "You were signed out before it arrived, so your answers on the last article were not saved. "
    "Sign in: the same article comes again."
)
_ONE_AT_A_TIME = threading.Lock()  # so that a double click finds the first one done
Endpoint = Callable[[Request], Awaitable[Response]]


def _for_coders(endpoint: Endpoint) -> Endpoint:
    """Take what coders send; whoever was signed out meanwhile is told what was lost."""
    guarded = allowed(*CODERS)(endpoint)

    @wraps(endpoint)
    async def taken(request: Request) -> Response:
        if await user_of(request) is None:
            return see_other(f"/desk/sign-in?next={HERE}", _SIGNED_OUT)
        return await guarded(request)

    return taken


@allowed("coder", "analyst")
async def show_task(request: Request) -> Response:
    """Show the next article to code, or the one that was asked for."""
    if not request.state.user.may(*CODERS):
        return see_other(f"{HERE}/samples")
    return await _coding_page(request, named=request.query_params.get("task", ""))


@_for_coders
async def take_code(request: Request) -> Response:
    """Keep a code, and go on to the next article; in training, to the right code first."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=MOST_BYTES)
    turn = await in_thread(_turn, desk, sent, request.state.user.name)
    code, wrong = read_code(sent, await in_thread(load_codebook, desk.study))
    if code is None or wrong:
        fault = " ".join(wrong)
        return await _coding_page(request, named=sent.get("task", ""), sent=sent, fault=fault)
    seconds = seconds_on_screen(sent, now=desk.now().timestamp())
    await in_thread(_keep, desk, turn, code, coder=request.state.user.name, seconds=seconds)
    if turn.task.purpose == TRAINING:
        return see_other(f"{HERE}/feedback?task={sent.get('task', '')}")
    return see_other(HERE)


@_for_coders
async def skip(request: Request) -> Response:
    """Leave an article uncoded, for a reason."""
    desk: Desk = request.app.state.desk
    sent = await read_form(request, most_bytes=MOST_BYTES)
    reason = sent.get("reason", "")
    if reason not in REASONS:
        return await _coding_page(
            request,
            named=sent.get("task", ""),
            fault="Choose why you skip the article; nothing was saved yet.",
        )
    await in_thread(_skip, desk, sent, reason, coder=request.state.user.name)
    return see_other(HERE, "The article before was skipped.")


@_for_coders
async def go_back(request: Request) -> Response:
    """Open the article again that was coded or skipped last, to correct it."""
    desk: Desk = request.app.state.desk
    await read_form(request, most_bytes=MOST_BYTES)
    coder = request.state.user.name
    task = await in_thread(undo_last, desk.study, coder=coder)
    if task is None:
        return see_other(HERE, "There is no article to go back to.")
    return see_other(f"{HERE}?task={task_name(coder, task.sample, task.url)}")


@allowed(*CODERS)
async def feedback(request: Request) -> Response:
    """Show in training what was right, by which rule, and how it goes so far."""
    desk: Desk = request.app.state.desk
    told = await in_thread(
        _feedback, desk, request.query_params.get("task", ""), coder=request.state.user.name
    )
    return page(request, "desk/coding_feedback.html", **told)


def seconds_on_screen(sent: Form, *, now: float) -> int:
    """Say how long an article was looked at: as the script counted, else since it was sent out."""
    text = sent.get("seconds", "")
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        shown = sent.get("shown", "")
        seconds = now - float(shown[:12]) if shown.isascii() and shown.isdigit() else 0
    return round(min(max(seconds, 0), LONGEST_SECONDS))


def _turn(desk: Desk, sent: Form, coder: str) -> Turn:
    return turn_named(desk.study, sent.get("task", ""), coder=coder)


def _keep(desk: Desk, turn: Turn, code: Code, *, coder: str, seconds: int) -> None:
    """Store a code; the same one sent a second time is stored already."""
    study, task = desk.study, turn.task
    with _ONE_AT_A_TIME:
        name = task_name(coder, task.sample, task.url)
        if turn_named(study, name, coder=coder).state == DONE:
            before = own_code(study, coder=coder, sample=task.sample, url=task.url)
            if before == code:
                return
        save_code(
            study,
            coder=coder,
            sample=task.sample,
            url=task.url,
            code=code,
            seconds=seconds,
            day=desk.today(study),
        )


def _skip(desk: Desk, sent: Form, reason: str, *, coder: str) -> None:
    task = _turn(desk, sent, coder).task
    skip_task(
        desk.study,
        coder=coder,
        sample=task.sample,
        url=task.url,
        reason=reason,
        day=desk.today(),
    )


async def _coding_page(
    request: Request, *, named: str, sent: Form | None = None, fault: str = ""
) -> Response:
    desk: Desk = request.app.state.desk
    coder = request.state.user.name
    told = await in_thread(_told, desk, named, coder=coder, sent=sent)
    template = "desk/coding.html" if told["task"] else "desk/coding_done.html"
    return page(request, template, 400 if fault else 200, fault=fault, **told)


def _told(desk: Desk, named: str, *, coder: str, sent: Form | None) -> dict[str, Any]:
    """Gather what the page shows; nothing of it tells a model's tone or why it was drawn."""
    study = desk.study
    task: Task | None
    day = ""
    if named:
        turn = turn_named(study, named, coder=coder)
        task, day = turn.task, turn.day
    else:
        task = next_task(study, coder=coder)
    if task is None:
        return {"task": None}
    before = own_code(study, coder=coder, sample=task.sample, url=task.url)
    values: Values = values_sent(sent) if sent else values_of(before)
    codebook = load_codebook(study)
    return {
        "task": task,
        "named": named or task_name(coder, task.sample, task.url),
        "training": task.purpose == TRAINING,
        "article": show_article(study, task.url),
        "questions": questions(codebook, values),
        "keys": keys_in_words(codebook),
        "agencies": agencies(study),
        "reasons": REASONS,
        "before": day if before is not None else "",
        "again": before is not None,
        "shown": int(desk.now().timestamp()),
    }


def _feedback(desk: Desk, named: str, *, coder: str) -> dict[str, Any]:
    study = desk.study
    task = turn_named(study, named, coder=coder).task
    code, told = training_feedback(study, coder=coder, sample=task.sample, url=task.url)
    codebook = load_codebook(study)
    named_rules = _named(told.why)
    return {
        "task": task,
        "told": told,
        "yours": in_words(code, codebook),
        "right": in_words(told.gold, codebook),
        "rules": [each for each in codebook.rules if each.id in named_rules],
        "score": training_score(study, coder=coder, sample=task.sample),
        "left": next_task(study, coder=coder, sample=task.sample) is not None,
    }


def _named(why: str) -> set[str]:
    """Find the rules that a reason names, as in "routine (T2)"."""
    return set(re.findall(r"\b[A-Z]\d{1,2}\b", why))


ROUTES = [
    Route(HERE, show_task, methods=["GET"]),
    Route(HERE, take_code, methods=["POST"]),
    Route(f"{HERE}/skip", skip, methods=["POST"]),
    Route(f"{HERE}/back", go_back, methods=["POST"]),
    Route(f"{HERE}/feedback", feedback, methods=["GET"]),
    *OVERVIEW,
    *ADJUDICATION,
]
