"""What all pages of one running desk share: the study, its store, the writer, the clock."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection

from outcomes.errors import FileError
from outcomes.settings import read_settings
from outcomes.store.group_writer import GroupWriter, nothing
from outcomes.study import Study, study_key
from outcomes.web.rate_limits import RateLimits

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from outcomes.surveys.instrument import Instrument

Mark = tuple[int, int]  # when a file was last changed, and its size
_PASSED_ON = (
    b"x-forwarded-for",
    b"forwarded",
)  # headers of a proxy; ASGI has them in small letters


class Desk:
    """One running desk; pages find it at ``request.app.state.desk``.

    Args:
        study: The study that is administered.
        at: Called at the writer's failpoints; for tests.
        secure: Whether browsers reach the desk through https.
        behind_proxy: Whether a proxy passes requests on, and says where they come from.
        trusted_network: Whether staff may sign in from other computers without https.
        now: The clock.
    """

    def __init__(
        self,
        study: Study,
        *,
        at: Callable[[str], None] = nothing,
        secure: bool = False,
        behind_proxy: bool = False,
        trusted_network: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.secure = secure
        self.behind_proxy = behind_proxy
        self.trusted_network = trusted_network
        self.now = now
        self.engine: Engine = study.store
        self.writer = GroupWriter(self.engine, at=at)
        self.limits = RateLimits()
        self.addresses: tuple[str, ...] = ()  # under which phones reach this computer
        self.set_up_token = secrets.token_hex(8)  # for the very first administrator only
        self.settings_fault = ""  # what is wrong with study.toml since it was last read
        self._study = study
        self._settings_path = study.root / "study.toml"
        self._settings_mark = _mark(self._settings_path)
        # by wave, of one reading of the settings: joining paths takes its time
        self._paths: tuple[Study, dict[str, Path]] = (study, {})
        self._instruments: dict[Path, tuple[Mark, Instrument]] = {}
        self._lock = threading.Lock()

    @property
    def study(self) -> Study:
        """The study as study.toml tells it now.

        While the file breaks a rule, the last good one goes on, so that nobody who is answering
        is disturbed; ``settings_fault`` then says what is wrong.
        """
        with self._lock:
            mark = _mark(self._settings_path)
            if mark != self._settings_mark:
                self._settings_mark = mark
                self._read_again(self._settings_path)
            return self._study

    def _read_again(self, path: Path) -> None:
        try:
            fresh = replace(self._study, settings=read_settings(path))
        except (FileError, OSError) as error:
            self.settings_fault = str(error)
            return
        vars(fresh)["store"] = self.engine  # the store that is open already
        self._study, self.settings_fault = fresh, ""

    @cached_property
    def key(self) -> bytes:
        """The study key.

        Raises:
            FileError: It was destroyed, or cannot be read or made.
        """
        return study_key(self._study)

    def today(self, study: Study | None = None) -> date:
        """The day in the study's time zone; the only time that is kept of what people answer.

        Args:
            study: What ``study`` gave a moment ago, so that study.toml is not looked at again.
        """
        zone = (study or self.study).settings.study.time_zone
        return self.now().astimezone(ZoneInfo(zone)).date()

    def instrument(self, wave: str, study: Study | None = None) -> "Instrument":
        """Read the instrument of a wave, again only where its file changed.

        Args:
            wave: The label of the wave.
            study: As for ``today``.

        Raises:
            DataError: study.toml dates no such wave.
            FileError: The file is missing or breaks a rule.
        """
        from outcomes.pipeline.wave_instrument import wave_instrument

        study = study or self.study
        of, paths = self._paths
        if of is not study:
            self._paths = of, paths = study, {}
        path = paths.get(wave)
        if path is None:
            path = paths[wave] = study.instrument_path(study.wave(wave).instrument)
        mark = _mark(path)
        known = self._instruments.get(path)
        if known is None or known[0] != mark:
            known = (mark, wave_instrument(study, wave))
            self._instruments[path] = known
        return known[1]

    def admits_staff(self, connection: HTTPConnection) -> bool:
        """Say whether a password may travel from there to here.

        It may through https, from this computer itself, and from anywhere if whoever started the
        desk said that the network can be trusted.
        """
        if self.secure or self.trusted_network:
            return True
        passed_on = any(name in _PASSED_ON for name, _ in connection.scope["headers"])
        return not passed_on and connection.client is not None and _is_here(connection.client.host)

    def phone_address(self, connection: HTTPConnection) -> str:
        """Say under which address phones reach the pages for respondents, without a final /."""
        here = connection.client is not None and _is_here(connection.client.host)
        if here and self.addresses and not self.behind_proxy:
            return self.addresses[0]
        scheme = "https" if self.secure else connection.url.scheme
        return f"{scheme}://{connection.url.netloc}"


def _mark(path: Path) -> Mark:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _is_here(host: str) -> bool:
    if host == "127.0.0.1":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
