"""Who may see which page of the desk."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from outcomes.web.cookies import SESSION, read_cookie
from outcomes.web.pages import in_thread, see_other
from outcomes.web.sessions import User, signed_in

__all__ = ["User", "allowed", "user_of"]

Endpoint = Callable[[Request], Awaitable[Response]]


def allowed(*roles: str) -> Callable[[Endpoint], Endpoint]:
    """Let a page be seen by these roles, and by administrators; by none named: by all of staff.

    Whoever is not signed in is sent to the sign-in page, and back afterwards; a wrong role gets a
    page that says which is needed. The endpoint finds who it is in ``request.state.user``.
    """

    def decorate(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            user = await user_of(request)
            if user is None:
                return _to_sign_in(request)
            if not user.may(*roles):
                raise HTTPException(
                    403,
                    f"You are signed in as {user.name}, and this page is for "
                    f"{_in_words(roles)}. Ask an administrator for that role",
                )
            return await endpoint(request)

        return guarded

    return decorate


async def user_of(request: Request) -> User | None:
    """Find who is signed in, and note it at ``request.state.user``."""
    desk = request.app.state.desk
    token = read_cookie(request, SESSION)
    user = None
    if token and desk.admits_staff(request):
        user = await in_thread(signed_in, desk.engine, token, now=desk.now())
    request.state.user = user
    return user


def _to_sign_in(request: Request) -> Response:
    if request.method in {"GET", "HEAD"}:
        return see_other(f"/desk/sign-in?next={quote(request.url.path)}")
    return see_other("/desk/sign-in", "You were signed out, and what you sent was not saved.")


def _in_words(roles: tuple[str, ...]) -> str:
    named = [f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in roles]
    return " or ".join(named)
