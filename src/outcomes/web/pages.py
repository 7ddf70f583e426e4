"""Pages out of templates, redirects, and work that must not hold up other people's pages."""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from outcomes.web.cookies import (
    FORM,
    MESSAGE,
    form_secret,
    new_secret,
    put_message,
    read_message,
    set_cookie,
)
from outcomes.web.forms import FIELD, Form, Upload, read_form
from outcomes.web.sessions import form_token

__all__ = ["Form", "Upload", "download", "in_thread", "page", "read_form", "see_other"]

HERE = Path(__file__).parent
P = ParamSpec("P")
R = TypeVar("R")
NAVIGATION = (  # words, address, who sees it
    ("Waves", "/desk", ()),
    ("Walks", "/desk/walks", ()),
    ("Week", "/desk/weekly", ()),
    ("Communities", "/desk/levels", ("coordinator", "analyst")),
    ("Records", "/desk/records", ("coordinator", "analyst")),
    ("Export", "/desk/engagement-export", ("coordinator", "analyst")),
    ("News", "/desk/news", ("analyst",)),
    ("Coding", "/desk/coding", ("coder", "analyst")),
    ("Users", "/desk/users", ("administrator",)),
    ("Audit log", "/desk/audit", ("administrator",)),
)


def page(request: Request, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """Render a page.

    Args:
        request: What it answers.
        template: A file under ``templates``.
        status: The HTTP status.
        **content: What the template shows, besides ``user``, ``study``, ``generated`` (what to
            say where the data were made up), ``navigation``, ``message`` and ``csrf_field()``.
    """
    desk = request.app.state.desk
    user = getattr(request.state, "user", None)
    secret = form_secret(request)
    fresh = "" if secret or user else new_secret()
    message = read_message(request)
    about = desk.study.settings.study
    told = {
        "request": request,
        "user": user,
        "study": about,
        "generated": about.generated,
        "settings_fault": desk.settings_fault,
        "navigation": _navigation(request),
        "message": message,
        "csrf": form_token(secret or fresh),
        "csrf_field": partial(_csrf_field, secret or fresh),
    }
    text = templates().get_template(template).render(told | content)
    response = HTMLResponse(text, status_code=status)
    if fresh:
        set_cookie(response, desk, FORM, fresh)
    if message:
        response.delete_cookie(MESSAGE, httponly=True, samesite="lax")
    return response


def see_other(url: str, message: str = "") -> Response:
    """Send the browser on after a form was taken, with a sentence for the next page to show.

    The sentence travels in a cookie: put no code and no answer into it.
    """
    response = RedirectResponse(url, status_code=303)
    if message:
        put_message(response, message)
    return response


def download(content: bytes, *, name: str, kind: str) -> Response:
    """Give a file to keep, such as a PDF to print.

    Args:
        content: The file.
        name: What to call it; letters, digits, dots and hyphens.
        kind: Its media type, such as ``application/pdf``.
    """
    tidy = "".join(each if each.isalnum() or each in ".-_" else "-" for each in name)
    tidy = tidy.encode("ascii", "ignore").decode()
    return Response(
        content,
        media_type=kind,
        headers={"content-disposition": f'attachment; filename="{tidy}"'},
    )


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do what waits for a disk, or takes long, in a thread, while other pages go on."""
    return await anyio.to_thread.run_sync(partial(work, *args, **kwargs))


@cache
def templates() -> Environment:
    """Open the templates; text is escaped, and a name that a page forgot is an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = static
    environment.filters["day"] = day_in_words
    return environment


@cache
def static(name: str) -> str:
    """Give the address of a static file; it changes with the file, so that it may be kept."""
    content = (HERE / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def day_in_words(day: date | str) -> str:
    """Write a day as 3 February 2025."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when.day} {when:%B %Y}"


def _csrf_field(secret: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, form_token(secret))


def _navigation(request: Request) -> list[dict[str, Any]]:
    user = getattr(request.state, "user", None)
    if user is None:
        return []
    path = request.url.path
    return [
        {"words": words, "address": address, "here": _is_here(path, address)}
        for words, address, roles in NAVIGATION
        if user.may(*roles)
    ]


def _is_here(path: str, address: str) -> bool:
    waves = address == "/desk" and path.startswith("/desk/waves")
    return path == address or waves or (address != "/desk" and path.startswith(address + "/"))
