"""Pages that are loaded when they are first asked for, so that a server answers soon.

What respondents and tablets need is small. The desk of staff reaches everything that computes, and
loading that takes longer than everything else together.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Router
from starlette.types import Receive, Scope, Send

from outcomes.web.pages import in_thread


class LatePages(BaseRoute):
    """All addresses under one beginning, as a list of routes that is made later.

    Args:
        prefix: How the addresses begin, such as ``/desk``.
        routes: Imports what is needed, and gives the routes, with their whole addresses.
    """

    def __init__(self, prefix: str, routes: Callable[[], Sequence[BaseRoute]]) -> None:
        self._prefix, self._routes = prefix, routes
        self._lock = threading.Lock()
        self._router: Router | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take what begins so; the routes themselves say later whether there is such a page."""
        path = scope["path"]
        ours = path == self._prefix or path.startswith(f"{self._prefix}/")
        return (Match.FULL if ours and scope["type"] == "http" else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Find no page by its name: ours are found by their address."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        router = self._router
        if router is None:
            router = await in_thread(self.load)
        await router(scope, receive, send)

    def load(self) -> Router:
        """Load the pages, once, from whatever thread."""
        with self._lock:
            if self._router is None:
                self._router = Router(routes=self._routes())
            return self._router
