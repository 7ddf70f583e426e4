"""One request of somebody who is filling in a form: whose it is, and what it hands to the store."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from outcomes.store.submissions import Submission
from outcomes.web.desk_state import Desk
from outcomes.web.error_pages import RETRY_SECONDS
from outcomes.web.pages import Form, in_thread, see_other
from outcomes.web.respond.entry import find_link
from outcomes.web.respond.links import (
    Link,
    instance_in,
    keep_language,
    language_of,
    part_of,
    sealed,
)
from outcomes.web.respond.showing import show, show_plain
from outcomes.web.respond.sitting import Sitting, find_sitting, wave_standing
from outcomes.web.respond.steps import Progress

LONGEST_PAGE = 3600  # seconds after which a page was left lying, and its time says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request of somebody who is filling in a form."""

    request: Request
    desk: Desk
    sitting: Sitting
    language: str

    @property
    def link(self) -> Link:
        """The wave and the place."""
        return self.sitting.link

    @property
    def progress(self) -> Progress:
        """How far the form has come."""
        return self.sitting.progress

    def to(self, where: object) -> Response:
        """Send the browser to another page of the form."""
        return see_other(f"{self.link.base}/{where}")

    def part(self, part: str, *, body: str, since: str = "") -> Submission:
        """Write a part of this form as it is handed to the writer."""
        return part_of(
            self.desk,
            self.link,
            part=part,
            body=body,
            instance=self.sitting.instance,
            respondent=self.sitting.respondent,
            place=self.sitting.place,
            language=self.language,
            seconds=seconds_since(self.desk, since),
        )

    def in_other_language(self, form: Form, *, where: object) -> Response | None:
        """Show a page in the language whose button was pressed; None where none was."""
        kind, _, language = form.get("do", "").partition(" ")
        if kind != "language" or language not in self.link.instrument.languages:
            return None
        response = self.to(where)
        keep_language(response, self.desk, language)
        return response


async def open_turn(request: Request) -> Turn | Response:
    """Find whose form a request is about; a page that says so where there is none."""
    desk: Desk = request.app.state.desk
    link = await find_link(request)
    if isinstance(link, Response):
        return link
    language = language_of(request, link.instrument)
    sitting = await in_thread(find_sitting, desk, link, instance_in(request), language=language)
    if sitting is None:
        if request.method != "POST":
            return see_other(link.front)
        return show(request, "lost.html", link, language=language, status=409)
    if sitting.merged.withdrawn:
        return show_plain(
            request, link, language=language, title="taken_back_title", text="taken_back"
        )
    standing = await in_thread(wave_standing, desk, link)
    may_go_on = standing.state in {"open", "closed"}  # who has begun may finish
    if not may_go_on and not sitting.merged.finished:
        return see_other(link.front)
    return Turn(request=request, desk=desk, sitting=sitting, language=language)


def next_open(progress: Progress) -> str:
    """Say where to go on: the first page that is not done, or else the one that sends."""
    step = progress.first_open()
    if step is None:
        return "send"
    return f"{step.number}?check=1" if step.part in progress.bodies else f"{step.number}"


def since_now(desk: Desk) -> str:
    """Note in a page when it was shown, sealed; the store gets only how long it took."""
    now = str(int(desk.now().timestamp()))
    return f"{now}.{sealed(desk, f'since/{now}')}"


def seconds_since(desk: Desk, since: str) -> int | None:
    """Work out how long a page took, to ten seconds; None where that is not known."""
    shown, _, seal = since.partition(".")
    if not hmac.compare_digest(seal.encode(), sealed(desk, f"since/{shown}").encode()):
        return None
    took = desk.now().timestamp() - int(shown)
    return round(took / 10) * 10 if 0 <= took <= LONGEST_PAGE else None


def not_saved(response: Response) -> Response:
    """Mark a page that says that nothing was saved, and that holds what was typed."""
    response.status_code = 503
    response.headers["retry-after"] = str(RETRY_SECONDS)
    return response
