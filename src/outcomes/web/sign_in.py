"""Signing in and out, one's own password, and the set-up of the very first administrator."""

import hmac

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.audit import record
from outcomes.pipeline.users import account, anybody, change_password, hash_again, set_up
from outcomes.web import passwords
from outcomes.web.access import allowed, user_of
from outcomes.web.cookies import SESSION, drop_cookie, read_cookie, set_cookie
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, in_thread, page, read_form, see_other
from outcomes.web.rate_limits import address_of
from outcomes.web.sessions import end_session, start_session, stored_token

_WRONG = "This name and this password do not go together. Check both, and the capital letters"


async def front(request: Request) -> Response:
    """Lead staff to the desk; others need the address of their survey."""
    if not request.app.state.desk.admits_staff(request):
        raise HTTPException(404)
    return see_other("/desk")


async def show_sign_in(request: Request) -> Response:
    """Show the sign-in form, or the set-up where nobody is a user yet."""
    desk: Desk = request.app.state.desk
    if not await in_thread(anybody, desk.engine):
        return see_other("/desk/set-up")
    if await user_of(request) is not None:
        return see_other("/desk")
    return page(request, "desk/sign_in.html", fault="", name="", after=_after(request))


async def sign_in(request: Request) -> Response:
    """Check a name and a password, and begin a new session."""
    desk: Desk = request.app.state.desk
    request.state.user = None
    form = await read_form(request, most_bytes=10_000)
    name, password = form.get("name", "").strip()[:100], form.get("password", "")
    desk.limits.spend("sign-in address", address_of(request))
    desk.limits.spend("sign-in name", name.casefold())
    if not await in_thread(_is_right, desk, name, password):
        return page(
            request, "desk/sign_in.html", 401, fault=_WRONG, name=name, after=_after(request)
        )
    desk.limits.give_back("sign-in address", address_of(request))
    desk.limits.give_back("sign-in name", name.casefold())
    return await _begin_session(request, name, after=_after(request))


async def sign_out(request: Request) -> Response:
    """End the session here; others of the same user go on."""
    desk: Desk = request.app.state.desk
    if await user_of(request) is not None:
        await read_form(request, most_bytes=10_000)
        await in_thread(end_session, desk.engine, read_cookie(request, SESSION))
    response = see_other("/desk/sign-in", "You are signed out.")
    drop_cookie(response, desk, SESSION)
    return response


async def show_set_up(request: Request) -> Response:
    """Show the set-up, as long as there is no user."""
    desk: Desk = request.app.state.desk
    request.state.user = None
    if await in_thread(anybody, desk.engine):
        return see_other("/desk/sign-in", "This desk is set up already. Sign in.")
    return page(request, "desk/set_up.html", fault="", name="")


async def first_set_up(request: Request) -> Response:
    """Make the first administrator, for whoever can read what the server printed."""
    desk: Desk = request.app.state.desk
    request.state.user = None
    form = await read_form(request, most_bytes=10_000)
    name = form.get("name", "").strip()
    desk.limits.spend("set-up", address_of(request))
    try:
        await in_thread(_set_up, desk, form)
    except DataError as error:
        return page(request, "desk/set_up.html", 400, fault=str(error), name=name)
    return await _begin_session(request, name, after="/desk")


@allowed()
async def show_password(request: Request) -> Response:
    """Show the form for a new password of one's own."""
    return page(request, "desk/password.html", fault="")


@allowed()
async def new_password(request: Request) -> Response:
    """Change one's own password, and sign out everywhere else."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=10_000)
    name = request.state.user.name
    desk.limits.spend("sign-in name", name.casefold())
    try:
        await in_thread(_change_own, desk, form, name=name, token=read_cookie(request, SESSION))
    except DataError as error:
        return page(request, "desk/password.html", 400, fault=str(error))
    desk.limits.give_back("sign-in name", name.casefold())
    return see_other("/desk", "Your password is changed.")


ROUTES = [
    Route("/", front, methods=["GET"]),
    Route("/desk/sign-in", show_sign_in, methods=["GET"]),
    Route("/desk/sign-in", sign_in, methods=["POST"]),
    Route("/desk/sign-out", sign_out, methods=["POST"]),
    Route("/desk/set-up", show_set_up, methods=["GET"]),
    Route("/desk/set-up", first_set_up, methods=["POST"]),
    Route("/desk/password", show_password, methods=["GET"]),
    Route("/desk/password", new_password, methods=["POST"]),
]


def check_password(desk: Desk, name: str, password: str) -> bool:
    """Say whether a name and a password go together; it takes about as long for unknown names."""
    found = account(desk.engine, name)
    stored = found.password if found and not found.shut else _nobodys_password()
    right = passwords.is_right(stored, password[: passwords.LONGEST])
    return right and found is not None and not found.shut


_NOBODY: list[str] = []


def _nobodys_password() -> str:
    if not _NOBODY:
        _NOBODY.append(passwords.hashed("nobody's password"))
    return _NOBODY[0]


def _is_right(desk: Desk, name: str, password: str) -> bool:
    right = check_password(desk, name, password)
    found = account(desk.engine, name)
    if found is None:  # a name that nobody has may be a password in the wrong field: not noted
        return False
    action = "signed in" if right else "sign-in refused"
    record(desk.engine, user=found.name, action=action, about=found.name)
    if right and passwords.is_outdated(found.password):
        hash_again(desk.engine, found.name, password=passwords.hashed(password))
    return right


async def _begin_session(request: Request, name: str, *, after: str) -> Response:
    desk: Desk = request.app.state.desk
    found = await in_thread(account, desk.engine, name)
    if found is None:
        return see_other("/desk/sign-in")
    if old := read_cookie(request, SESSION):
        await in_thread(end_session, desk.engine, old)
    token = await in_thread(start_session, desk.engine, found.name, now=desk.now())
    response = RedirectResponse(after, status_code=303)
    set_cookie(response, desk, SESSION, token)
    return response


def _set_up(desk: Desk, form: Form) -> None:
    given = form.get("token", "").strip().replace("-", "").casefold()
    if not hmac.compare_digest(given.encode(), desk.set_up_token.encode()):
        raise DataError(
            "The set-up code is not the one that the server printed when it started. "
            "Look at the window in which it was started"
        )
    name, password = form.get("name", "").strip(), form.get("password", "")
    passwords.check_new(password, again=form.get("again", ""), name=name)
    set_up(desk.engine, name=name, password=passwords.hashed(password))


def _change_own(desk: Desk, form: Form, *, name: str, token: str) -> None:
    if not check_password(desk, name, form.get("old", "")):
        raise DataError("The password that you have now is another one. Type it again")
    password = form.get("password", "")
    passwords.check_new(password, again=form.get("again", ""), name=name)
    stored = passwords.hashed(password)
    change_password(desk.engine, name, password=stored, by=name, stay=stored_token(token))


def _after(request: Request) -> str:
    """Where to go after signing in: a page of the desk, never another site."""
    wanted = request.query_params.get("next", "")
    inside = wanted.startswith(("/desk", "/kiosk/")) and "//" not in wanted and "\\" not in wanted
    return wanted if inside and "sign-" not in wanted else "/desk"
