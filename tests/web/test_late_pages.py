"""Pages that are loaded late: the server starts without what only the desk of staff needs."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, NoMatchFound, Route
from starlette.testclient import TestClient

from outcomes.web.late_pages import LatePages

HEAVY = ("pandas", "scipy", "pyxform", "matplotlib", "sklearn")


def test_a_server_starts_without_what_only_the_desk_of_staff_needs() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, outcomes.web.serve, outcomes.pipeline.wave_instrument\n"
            f"print(*[name for name in {HEAVY!r} if name in sys.modules])",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.split() == []


async def here(request: Request) -> Response:
    return PlainTextResponse(f"{request.url.path} {request.path_params}")


class Loaded:
    """Routes, and how often they were asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[BaseRoute]:
        self.times += 1
        return [Route("/desk", here), Route("/desk/waves/{label}", here, methods=["POST"])]


def browser(load: Callable[[], list[BaseRoute]]) -> TestClient:
    return TestClient(Starlette(routes=[Route("/", here), LatePages("/desk", load)]))


def test_pages_are_loaded_when_the_first_of_them_is_asked_for_and_only_once() -> None:
    load = Loaded()
    pages = browser(load)
    assert (pages.get("/").status_code, pages.get("/desks").status_code) == (200, 404)
    assert load.times == 0
    with ThreadPoolExecutor(8) as people:
        replies: list[Any] = list(people.map(lambda _: pages.get("/desk"), range(8)))
    assert {reply.text for reply in replies} == {"/desk {}"}
    assert pages.post("/desk/waves/spring").text == "/desk/waves/spring {'label': 'spring'}"
    assert load.times == 1


def test_an_address_that_is_no_page_and_one_that_takes_another_method_are_told_apart() -> None:
    pages = browser(Loaded())
    assert pages.get("/desk/nowhere").status_code == 404
    assert pages.get("/desk/waves/spring").status_code == 405


def test_pages_that_come_late_have_no_names() -> None:
    with pytest.raises(NoMatchFound):
        LatePages("/desk", Loaded()).url_path_for("front")
