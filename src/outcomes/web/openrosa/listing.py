"""What tablets ask for: the list of forms, a form, and the list of its media (there are none)."""

from xml.sax.saxutils import escape

from sqlalchemy.exc import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from outcomes.errors import OutcomesError
from outcomes.surveys.exchange.tablet_form import TabletForm
from outcomes.web.openrosa.replies import PREFIX, Refused, as_xml, in_words, refusal
from outcomes.web.openrosa.shelf import shelf_of
from outcomes.web.pages import in_thread

_LIST = "http://openrosa.org/xforms/xformsList"
_WAIT = {"Retry-After": "30"}
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' ?>\n"


async def form_list(request: Request) -> Response:
    """List the forms of the waves that are open now."""
    shelf = shelf_of(request)
    try:
        await shelf.sign_in.user(request)
        forms = await in_thread(shelf.listed, request.query_params.get("formID", ""))
    except Refused as error:
        return refusal(error)
    except DatabaseError:
        return in_words(503, "The store does not answer. Try again.", headers=_WAIT)
    root = _root(request)
    listed = "".join(_entry(form, root=root) for form in forms)
    return as_xml(f'{_DECLARATION}<xforms xmlns="{_LIST}">{listed}</xforms>')


def _root(request: Request) -> str:
    """Say where the other addresses are, as the tablet itself sees this server."""
    path = request.url.path.rpartition("/")[0]
    desk = shelf_of(request).desk
    scheme = "https" if desk.secure else request.url.scheme
    return f"{scheme}://{request.url.netloc}{path or PREFIX}"


async def form_xml(request: Request) -> Response:
    """Give out a form, also where its wave is closed: a tablet may need it to show old answers."""
    try:
        return as_xml((await _form(request)).xml)
    except Refused as error:
        return refusal(error)


async def manifest(request: Request) -> Response:
    """List the media of a form: none."""
    try:
        await _form(request)
    except Refused as error:
        return refusal(error)
    return as_xml(f'{_DECLARATION}<manifest xmlns="{_MANIFEST}"></manifest>')


async def _form(request: Request) -> TabletForm:
    shelf = shelf_of(request)
    await shelf.sign_in.user(request)
    fielded = shelf.find(request.path_params["form_id"])
    if fielded is None:
        raise Refused(404, "there is no form of that name. Fetch the list of forms again")
    try:
        return await in_thread(shelf.form, fielded)
    except OutcomesError as error:
        raise Refused(503, str(error), headers=_WAIT) from None


def _entry(form: TabletForm, *, root: str) -> str:
    address = escape(f"{root}/forms/{form.form_id}")
    return (
        f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.name)}</name>"
        f"<version>{escape(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{address}.xml</downloadUrl>"
        f"<manifestUrl>{address}/manifest</manifestUrl></xform>"
    )
