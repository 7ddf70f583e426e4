"""The application: every room's pages in one frame, and the writer that runs while it does."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from outcomes.store.group_writer import nothing
from outcomes.study import Study
from outcomes.web import openrosa, respond, sign_in
from outcomes.web.desk_state import Desk
from outcomes.web.error_pages import HANDLERS, Faults
from outcomes.web.late_pages import LatePages
from outcomes.web.pages import HERE, in_thread
from outcomes.web.security_headers import SecurityHeaders

FRONT: tuple[BaseRoute, ...] = (*respond.ROUTES, *openrosa.ROUTES, *sign_in.ROUTES)


def _desk_routes() -> tuple[BaseRoute, ...]:
    from outcomes.web.desk.routes import ROUTES

    return ROUTES


def make_app(
    study: Study,
    *,
    at: Callable[[str], None] = nothing,
    secure: bool = False,
    behind_proxy: bool = False,
    trusted_network: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """Make the application of one study.

    Args:
        study: What is administered; its study.toml is read again whenever it changes.
        at: Called at the writer's failpoints; for tests.
        secure: Whether browsers reach it through https.
        behind_proxy: Whether a proxy passes requests on.
        trusted_network: Whether staff may sign in from other computers without https.
        now: The clock, in UTC.

    Returns:
        An ASGI application; its ``state.desk`` is the :class:`Desk`, its ``state.desk_pages`` are
        the pages that are loaded when they are first asked for. The writer runs from the start of
        its lifespan to the end, and stores what waits before it ends.
    """
    desk = Desk(
        study,
        at=at,
        secure=secure,
        behind_proxy=behind_proxy,
        trusted_network=trusted_network,
        now=now,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        desk.writer.start()
        try:
            yield
        finally:
            await in_thread(desk.writer.stop)

    desk_pages = LatePages("/desk", _desk_routes)
    app = Starlette(
        routes=[*FRONT, desk_pages, Mount("/static", StaticFiles(directory=HERE / "static"))],
        middleware=[
            Middleware(SecurityHeaders, desk=desk),
            Middleware(Faults),
            Middleware(openrosa.SubmissionDoor),
        ],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.state.desk, app.state.desk_pages = desk, desk_pages
    return app
