"""The forms that tablets may have: one for each wave, and one for each of its places."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from outcomes.errors import OutcomesError
from outcomes.pipeline.fielding import standing
from outcomes.settings import AGENCY, Place, Settings, Wave
from outcomes.study import Study
from outcomes.surveys.exchange.tablet_form import (
    TabletForm,
    tablet_form,
    tablet_form_id,
    tablet_form_version,
)
from outcomes.surveys.exchange.tablet_submission import TabletQuestions, tablet_questions
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.web.openrosa.basic_sign_in import TabletSignIn

if TYPE_CHECKING:
    from outcomes.web.desk_state import Desk

_FRESH = 5.0  # seconds for which a wave is taken to stand as it stood
_BY_PLACE = ("residents", "event participants", "other")  # populations that live or meet somewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Fielded:
    """A wave in a place, as a form id names it."""

    wave: Wave
    place: Place | None  # None: the agency as a whole

    @property
    def place_code(self) -> str:
        """The code that submissions carry."""
        return self.place.code if self.place else AGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An instrument with what is slow to work out about it."""

    instrument: Instrument
    content_hash: str
    form_version: str
    questions: TabletQuestions


class Shelf:
    """The forms of one running desk, made when they are first asked for, and kept."""

    def __init__(self, desk: "Desk", *, clock: Callable[[], float] = time.monotonic) -> None:
        self.desk, self.sign_in = desk, TabletSignIn(desk)
        self._clock = clock
        self._lock = threading.Lock()
        self._settings: Settings | None = None
        self._fielded: dict[str, Fielded] = {}
        self._texts: dict[str, Text] = {}
        self._forms: dict[str, tuple[Instrument, Fielded, TabletForm]] = {}
        self._open: dict[str, tuple[float, bool]] = {}

    def find(self, form_id: str) -> Fielded | None:
        """Find the wave and the place that a form id names, open or not."""
        return self.find_in(self.desk.study, form_id)

    def find_in(self, study: Study, form_id: str) -> Fielded | None:
        """Find the same in a study that the desk gave a moment ago."""
        settings = study.settings
        if settings is not self._settings:
            self._fielded = dict(_fielded(settings))
            self._settings = settings
        return self._fielded.get(form_id)

    def text(self, wave: str, study: Study) -> Text:
        """Read what a wave asks now.

        Raises:
            FileError: Its instrument is missing or breaks a rule.
        """
        instrument = self.desk.instrument(wave, study)
        known = self._texts.get(wave)
        if known is None or known.instrument is not instrument:
            known = Text(
                instrument=instrument,
                content_hash=content_hash(instrument),
                form_version=tablet_form_version(instrument),
                questions=tablet_questions(instrument),
            )
            self._texts[wave] = known
        return known

    def form(self, fielded: Fielded) -> TabletForm:
        """Make the form of a wave in a place, once for each text of its instrument.

        Raises:
            OutcomesError: Its instrument is missing, breaks a rule, or pyxform refuses it.
        """
        instrument = self.desk.instrument(fielded.wave.label)
        form_id = tablet_form_id(fielded.wave.label, fielded.place_code)
        with self._lock:
            known = self._forms.get(form_id)
            if known is not None and known[0] is instrument and known[1] == fielded:
                return known[2]
            made = tablet_form(instrument, fielded.wave, place=fielded.place)
            self._forms[form_id] = (instrument, fielded, made)
            return made

    def listed(self, form_id: str = "") -> list[TabletForm]:
        """List the forms of the waves that are open now.

        A wave whose instrument cannot be read is left out: the others can go on.

        Args:
            form_id: Only this one; "" for all.
        """
        study = self.desk.study
        self.find_in(study, "")  # lays the forms out anew if study.toml changed
        found = []
        for known_id, fielded in self._fielded.items():
            if form_id not in {"", known_id} or not self.is_open(fielded.wave.label, fresh=True):
                continue
            try:
                population = self.text(fielded.wave.label, study).instrument.population
                if fielded.place is None or population in _BY_PLACE:
                    found.append(self.form(fielded))
            except OutcomesError:
                continue  # the desk's page of the wave says what is wrong
        return found

    def is_open(self, wave: str, *, fresh: bool = False) -> bool:
        """Say whether a wave is open, as it stood a moment ago, or right now."""
        now = self._clock()
        at, is_open = self._open.get(wave, (-_FRESH, False))
        if fresh or now >= at + _FRESH:
            found = standing(self.desk.study, wave, today=self.desk.today())
            is_open = found.state == "open"
            self._open[wave] = (now, is_open)
        return is_open

    def is_known_open(self, wave: str) -> bool | None:
        """Say the same without a look into the store; None where that was too long ago."""
        at, is_open = self._open.get(wave, (-_FRESH, False))
        return is_open if self._clock() < at + _FRESH else None


def shelf_of(connection: HTTPConnection) -> Shelf:
    """Find the shelf of the desk that runs."""
    state = connection.app.state
    shelf = getattr(state, "tablet_forms", None)
    if shelf is None:
        shelf = state.tablet_forms = Shelf(state.desk)
    return shelf


def _fielded(settings: Settings) -> Iterator[tuple[str, Fielded]]:
    for wave in settings.waves:
        for place in (None, *settings.places):
            code = place.code if place else AGENCY
            yield tablet_form_id(wave.label, code), Fielded(wave=wave, place=place)
