"""The audit log: who did what, and whether anybody changed it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.pipeline.audit import AuditRow, break_in, read_audit
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page

ROWS_ON_A_PAGE = 200


@allowed("administrator")
async def show_audit(request: Request) -> Response:
    """Show the newest rows first, all of them or only exports."""
    desk: Desk = request.app.state.desk
    rows = await in_thread(read_audit, desk.engine)
    only = request.query_params.get("only", "")
    shown = [row for row in reversed(rows) if _is_wanted(row, only)]
    start = _start(request)
    return page(
        request,
        "desk/audit.html",
        rows=shown[start : start + ROWS_ON_A_PAGE],
        start=start,
        step=ROWS_ON_A_PAGE,
        shown=len(shown),
        kept=len(rows),
        only=only,
        broken_at=await in_thread(break_in, rows),
        newest=rows[-1].chain if rows else "",
    )


ROUTES = [Route("/desk/audit", show_audit, methods=["GET"])]


def _is_wanted(row: AuditRow, only: str) -> bool:
    return only != "exports" or row.action.startswith("exported")


def _start(request: Request) -> int:
    text = request.query_params.get("start", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
