"""The codebook to read and print, and how far every coder is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.pipeline.coding_desk import training_score
from outcomes.pipeline.coding_progress import TRAINING, samples
from outcomes.pipeline.coding_tasks import load_codebook
from outcomes.web.access import User, allowed
from outcomes.web.desk.coding_form import keys_in_words
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page

READERS = ("coder", "analyst")
_TONES = {-1: "negative", 0: "neutral", 1: "positive"}


@allowed(*READERS)
async def show_codebook(request: Request) -> Response:
    """Show the rules and the keys, to read beside the work or to print."""
    desk: Desk = request.app.state.desk
    codebook = await in_thread(load_codebook, desk.study)
    return page(
        request,
        "desk/coding_codebook.html",
        codebook=codebook,
        keys=keys_in_words(codebook),
        tones=_TONES,
    )


@allowed(*READERS)
async def show_samples(request: Request) -> Response:
    """Show how far everybody is; to a coder, only the own work."""
    desk: Desk = request.app.state.desk
    user: User = request.state.user
    rows = await in_thread(_progress, desk, user)
    return page(
        request,
        "desk/coding_samples.html",
        rows=rows,
        everybody=user.may("analyst"),
        codes=user.may("coder"),
    )


def _progress(desk: Desk, user: User) -> list[dict[str, Any]]:
    """List samples and coders; never how a sample was drawn."""
    rows = []
    for each in samples(desk.study).to_dict("records"):
        if not user.may("analyst") and each["coder"] != user.name:
            continue
        named = {"coder": str(each["coder"]), "sample": str(each["sample"])}
        training = each["purpose"] == TRAINING
        rows.append(
            {
                **named,
                "training": training,
                "done": int(each["done"]),
                "skipped": int(each["skipped"]),
                "open": int(each["open"]),
                "closed_on": each["closed_on"],
                "score": training_score(desk.study, **named) if training else None,
            }
        )
    return rows


ROUTES = [
    Route("/desk/coding/codebook", show_codebook, methods=["GET"]),
    Route("/desk/coding/samples", show_samples, methods=["GET"]),
]
