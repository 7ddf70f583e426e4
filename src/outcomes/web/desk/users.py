"""The users of the desk: add one, change roles, give a new password, shut an account."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.users import account, accounts, add_user, change_password, change_roles, shut
from outcomes.store.desk_tables import ROLES
from outcomes.web import passwords
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import Form, in_thread, page, read_form, see_other

MEANINGS = {
    "administrator": "looks after users, may do everything",
    "coordinator": "plans, opens and closes waves; prints posters and cards",
    "interviewer": "fields tablets and kiosks, keys paper forms",
    "analyst": "exports answers, corrects them",
    "coder": "reads and codes articles",
    "walker": "records walks, and corrects their own",
}


@allowed("administrator")
async def show_users(request: Request) -> Response:
    """List the users, and offer to add one."""
    return await _users_page(request)


@allowed("administrator")
async def add(request: Request) -> Response:
    """Add a user."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=20_000)
    try:
        made = await in_thread(_add, desk, form, by=request.state.user.name)
    except DataError as error:
        return await _users_page(
            request,
            status=400,
            fault=str(error),
            name=form.get("name", ""),
            chosen=form.getlist("roles"),
        )
    return see_other("/desk/users", f"{made} is a user now. Tell them their password in person.")


@allowed("administrator")
async def show_user(request: Request) -> Response:
    """Show one user, with what can be changed."""
    return await _user_page(request)


@allowed("administrator")
async def change(request: Request) -> Response:
    """Change one user: roles, password, or whether the account is open."""
    desk: Desk = request.app.state.desk
    form = await read_form(request, most_bytes=20_000)
    name, by = request.path_params["name"], request.state.user.name
    try:
        done = await in_thread(_change, desk, form, name=name, by=by)
    except DataError as error:
        return await _user_page(request, status=400, fault=str(error))
    return see_other("/desk/users", done)


ROUTES = [
    Route("/desk/users", show_users, methods=["GET"]),
    Route("/desk/users", add, methods=["POST"]),
    Route("/desk/users/{name}", show_user, methods=["GET"]),
    Route("/desk/users/{name}", change, methods=["POST"]),
]


async def _users_page(
    request: Request, *, status: int = 200, fault: str = "", **given: Any
) -> Response:
    known = await in_thread(accounts, request.app.state.desk.engine)
    content = {"name": "", "chosen": []} | given
    return page(
        request,
        "desk/users.html",
        status,
        users=known,
        roles=ROLES,
        meanings=MEANINGS,
        fault=fault,
        **content,
    )


async def _user_page(request: Request, *, status: int = 200, fault: str = "") -> Response:
    found = await in_thread(account, request.app.state.desk.engine, request.path_params["name"])
    if found is None:
        return see_other("/desk/users", "There is no such user.")
    return page(
        request,
        "desk/user.html",
        status,
        account=found,
        roles=ROLES,
        meanings=MEANINGS,
        fault=fault,
    )


def _add(desk: Desk, form: Form, *, by: str) -> str:
    name, password = form.get("name", ""), form.get("password", "")
    passwords.check_new(password, again=form.get("again", ""), name=name)
    made = add_user(
        desk.engine,
        name=name,
        roles=form.getlist("roles"),
        password=passwords.hashed(password),
        by=by,
    )
    return made.name


def _change(desk: Desk, form: Form, *, name: str, by: str) -> str:
    what = form.get("do", "")
    if what == "roles":
        change_roles(desk.engine, name, roles=form.getlist("roles"), by=by)
        return f"The roles of {name} are changed."
    if what == "password":
        password = form.get("password", "")
        passwords.check_new(password, again=form.get("again", ""), name=name)
        change_password(desk.engine, name, password=passwords.hashed(password), by=by)
        return f"{name} has a new password, and is signed out everywhere."
    if what == "shut":
        shut(desk.engine, name, by=by)
        return f"The account of {name} is shut."
    raise DataError("This form does not say what to change. Use the buttons of the page")
