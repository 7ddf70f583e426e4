"""One sheet of paper at the desk: which it is, who works on it, and how it comes to count."""

import asyncio
from typing import cast
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from outcomes.errors import DataError, one_of
from outcomes.pipeline.paper_entry import (
    keep_entry,
    read_sheet_entries,
    require_alone,
    require_counted,
    submission_of,
)
from outcomes.settings import AGENCY, Wave
from outcomes.surveys.double_entry import KeyedForm, sheet_number
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_sheets import Entry, Sheet, SheetName, Stage
from outcomes.surveys.parts import Occasion
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, see_other

KEYERS = ("interviewer", "coordinator")


class SheetAtDesk:
    """A sheet that somebody has open, with what its pages need."""

    def __init__(
        self, desk: Desk, user: str, *, wave: Wave, instrument: Instrument, sheet: Sheet
    ) -> None:
        self.desk, self.user, self.wave = desk, user, wave
        self.instrument, self.sheet = instrument, sheet
        self.language = sheet.language or instrument.languages[0]

    @property
    def occasion(self) -> Occasion:
        """The occasion of the wave, which says what is printed on the sheet."""
        return self.wave.occasion

    @property
    def address(self) -> str:
        """Where the sheet is keyed."""
        return f"{address_of(self.sheet.name)}?{urlencode({'language': self.language})}"

    @property
    def comparison(self) -> str:
        """Where its two entries are compared."""
        return f"{address_of(self.sheet.name)}/compare"

    @property
    def list_address(self) -> str:
        """Where the next sheet is picked, with the same place and language."""
        chosen = urlencode({"place": self.sheet.name.place, "language": self.language})
        return f"/desk/waves/{self.wave.label}/paper?{chosen}"

    async def read_again(self) -> None:
        """See how the sheet stands now."""
        self.sheet = await in_thread(
            read_sheet_entries,
            self.desk.study,
            self.sheet.name,
            instrument=self.instrument,
            wave=self.wave,
        )

    async def keep(
        self,
        stage: Stage,
        form: KeyedForm | None = None,
        *,
        instance: str = "",
        choices: dict[str, str] | None = None,
    ) -> None:
        """Keep what this person did with the sheet."""
        entry = Entry(
            user=self.user,
            stage=stage,
            form=form or KeyedForm(),
            language=self.language,
            day=self.desk.today().isoformat(),
            instance=instance,
        )
        await in_thread(keep_entry, self.desk.study, self.sheet, entry, choices=choices)


async def open_sheet(request: Request) -> SheetAtDesk:
    """Find the sheet that an address names."""
    desk: Desk = request.app.state.desk
    wave = desk.study.wave(request.path_params["wave"])
    instrument = await in_thread(desk.instrument, wave.label)
    name = SheetName(
        wave=wave.label,
        place=known_place(desk, request.path_params["place"]),
        sheet=sheet_number(request.path_params["sheet"]),
    )
    sheet = await in_thread(read_sheet_entries, desk.study, name, instrument=instrument, wave=wave)
    user = cast("str", request.state.user.name)
    found = SheetAtDesk(desk, user, wave=wave, instrument=instrument, sheet=sheet)
    asked = request.query_params.get("language", "")
    if asked in instrument.languages:
        found.language = asked
    return found


async def count_if_agreed(at: SheetAtDesk) -> Response:
    """Make an agreed sheet a form of the wave, through the same writer as every other form."""
    await at.read_again()
    if at.sheet.standing == "differing":
        return see_other(at.comparison)
    if at.sheet.standing == "agreed":
        submission = submission_of(
            at.sheet,
            key=at.desk.key,
            instrument=at.instrument,
            editor=at.user,
            day=at.desk.today(),
        )
        await in_thread(require_alone, at.desk.study, submission)
        verdict = await asyncio.wrap_future(at.desk.writer.submit(submission))
        require_counted(verdict, name=at.sheet.name)
        await at.keep("counted", instance=submission.instance)
    number = at.sheet.name.sheet
    return see_other(at.list_address, f"Sheet {number} is keyed twice, agrees, and counts now.")


def address_of(name: SheetName) -> str:
    """Give the address of a sheet's page."""
    return f"/desk/waves/{quote(name.wave)}/paper/{quote(name.place)}/{quote(name.sheet)}"


def known_place(desk: Desk, code: str) -> str:
    """Refuse a place that study.toml does not name."""
    known = (AGENCY, *desk.study.place_codes())
    if code not in known:
        raise DataError(f"study.toml names no place {code!r}. {one_of(code, known)}")
    return code


def place_name(desk: Desk, code: str) -> str:
    """Name a place for staff; one that study.toml has lost since is named by its code."""
    if code == AGENCY:
        return "the agency as a whole"
    return next((each.name for each in desk.study.settings.places if each.code == code), code)
