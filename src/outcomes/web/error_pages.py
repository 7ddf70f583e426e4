"""Pages for what goes wrong: each says what happened, and whether anything was saved."""

import secrets
import sys
import traceback
from collections.abc import Sequence
from http import HTTPStatus

from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outcomes.errors import FileError, OutcomesError
from outcomes.store.submissions import NotSaved
from outcomes.web.pages import templates
from outcomes.web.rate_limits import TooManyTries

RETRY_SECONDS = 10
TITLES = {
    400: ("That did not work", "Eso no funcionó"),
    403: ("You cannot do that here", "Aquí no puede hacer eso"),
    404: ("This page does not exist", "Esta página no existe"),
    405: ("This page does not take that", "Esta página no acepta eso"),
    408: ("Not saved: it arrived too slowly", "No se guardó: llegó demasiado despacio"),
    413: ("Not saved: it is too large", "No se guardó: es demasiado grande"),
    415: ("Not saved: it is not a form", "No se guardó: no es un formulario"),
    429: ("Please wait", "Espere un momento"),
    500: ("Something broke here", "Algo falló aquí"),
    503: ("Not saved: keep this page", "No se guardó: deje abierta esta página"),
}
SPANISH = {  # what a respondent may come upon
    400: "No se guardó nada. Vuelva atrás e inténtelo otra vez.",
    403: "No se guardó nada. Vuelva atrás, cargue la página de nuevo y envíela otra vez.",
    404: "Compare la dirección con el cartel, o pregunte a quien le dio el enlace.",
    408: "No se guardó nada. Envíe la página otra vez.",
    413: "No se guardó nada. Escriba menos y envíe la página otra vez.",
    429: "Hubo demasiados intentos que no funcionaron. Espere unos minutos.",
    500: "No sabemos si se guardó esta página. Vuelva atrás y envíela otra vez.",
    503: "Espere un momento y envíela otra vez; guarde esta página abierta hasta entonces.",
}
_MISSING = "Compare the address with the poster, or ask whoever gave you the link"
_NOT_SAVED = (
    "The page could not be saved just now. Keep it open, wait a moment, and send it again with "
    "the reload button or the back button"
)
_OUT_OF_ORDER = (
    "The survey is out of order just now, and this page was not saved. Keep it open, and tell "
    "whoever gave you the link"
)
_BROKEN = (
    "We do not know whether the page was saved. Go back and send it again: nothing is stored "
    "twice. If it happens again, tell whoever runs this survey the number"
)


def error_page(scope: Scope, status: int, sentence: str, *, number: str = "") -> HTMLResponse:
    """Make a page for something that went wrong.

    Args:
        scope: The request; only its path is used.
        status: The HTTP status.
        sentence: What happened and what to do, in English, without the last full stop.
        number: Of a fault, to find it among the messages of the server.
    """
    english, spanish = TITLES.get(status, (HTTPStatus(status).phrase, ""))
    staff = _of_staff(scope)
    text = (
        templates()
        .get_template("error.html")
        .render(
            title=english,
            sentence=sentence.rstrip(".") + ".",
            title_es="" if staff else spanish,
            sentence_es="" if staff else SPANISH.get(status, ""),
            number=number,
            staff=staff,
        )
    )
    return HTMLResponse(text, status_code=status)


def _of_staff(scope: Scope) -> bool:
    return bool(scope["path"] == "/desk" or scope["path"].startswith("/desk/"))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer a refusal that has a status of its own."""
    if not isinstance(error, HTTPException):
        raise error
    plain = error.detail == HTTPStatus(error.status_code).phrase  # nobody wrote a sentence
    sentence = _MISSING if error.status_code == 404 and plain else error.detail
    response = error_page(request.scope, error.status_code, sentence)
    response.headers.update(error.headers or {})
    if error.status_code in {408, 413, 415}:
        response.headers["connection"] = "close"  # the rest of the body is not read
    return response


async def on_outcomes_error(request: Request, error: Exception) -> Response:
    """Answer a mistake that its sender can understand and mend."""
    if isinstance(error, NotSaved | OperationalError):
        response = error_page(request.scope, 503, _NOT_SAVED)
        response.headers["retry-after"] = str(RETRY_SECONDS)
        return response
    if isinstance(error, TooManyTries):
        response = error_page(request.scope, 429, str(error))
        response.headers["retry-after"] = str(error.wait)
        return response
    if isinstance(error, FileError) and not _of_staff(request.scope):
        return error_page(request.scope, 503, _OUT_OF_ORDER)  # it names a file of the server
    return error_page(request.scope, 400, str(error))


HANDLERS = {
    HTTPException: on_http_error,
    OutcomesError: on_outcomes_error,
    OperationalError: on_outcomes_error,
}


class Faults:
    """Turns whatever nobody foresaw into a page with a number, and logs where it happened.

    What a request held, and what an exception says (which may quote it), is not logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # there is nobody left to answer
        except Exception as error:
            number = secrets.token_hex(4)
            _log(number, error)
            if begun:
                return  # the server sees that the reply is not whole, and breaks the connection
            await error_page(scope, 500, _BROKEN, number=number)(scope, receive, send)


def _log(number: str, error: Exception) -> None:
    places = _places(traceback.extract_tb(error.__traceback__))
    print(f"fault {number}: {type(error).__name__}\n{places}", file=sys.stderr, flush=True)  # noqa: T201


def _places(frames: Sequence[traceback.FrameSummary]) -> str:
    return "\n".join(f"  {each.filename}:{each.lineno} in {each.name}" for each in frames[-12:])
