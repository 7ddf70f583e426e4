"""What a respondent's address and cookies say: wave, place, language, form."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from outcomes.settings import Wave
from outcomes.store.submissions import Submission
from outcomes.study import AGENCY
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.keyed_codes import sealed_digest
from outcomes.surveys.wording import language_tag
from outcomes.web.desk_state import Desk

ANSWERING = "answering"  # the cookie that holds the form that is being filled in, and nothing else
LANGUAGE = "language"
KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that respondents are given: of a wave, or of a wave and a place."""

    wave: Wave
    place: str
    instrument: Instrument
    kiosk: bool  # whether this device was put into kiosk mode for it

    @property
    def front(self) -> str:
        """Where the notice stands."""
        return f"/s/{self.wave.label}" + ("" if self.place == AGENCY else f"/{self.place}")

    @property
    def base(self) -> str:
        """What the addresses of the pages begin with."""
        return f"/s/{self.wave.label}/{self.place}"

    @property
    def way(self) -> str:
        """How answers come in here."""
        return "kiosk" if self.kiosk else "web"


def link_of(request: Request) -> Link | None:
    """Find the wave and the place of an address; None where there is none.

    Raises:
        FileError: The instrument of the wave is missing or breaks a rule.
    """
    desk: Desk = request.app.state.desk
    label = request.path_params["wave"]
    place = request.path_params.get("place", AGENCY)
    wave = next((wave for wave in desk.study.settings.waves if wave.label == label), None)
    if wave is None or place not in (AGENCY, *desk.study.place_codes()):
        return None
    return Link(
        wave=wave,
        place=place,
        instrument=desk.instrument(label),
        kiosk=kiosk_of(request) == f"{label}/{place}",
    )


def language_of(request: Request, instrument: Instrument) -> str:
    """Choose the language: as the respondent chose it, or else as their browser asks for it."""
    chosen = request.query_params.get("language") or unquote(request.cookies.get(LANGUAGE, ""))
    known = {language: language for language in instrument.languages}
    tags = {language_tag(language): language for language in reversed(instrument.languages)}
    if found := known.get(chosen) or tags.get(language_tag(chosen) if chosen else ""):
        return found
    for wanted in request.headers.get("accept-language", "").split(","):
        tag = wanted.partition(";")[0].partition("-")[0].strip().lower()
        if tag in tags:
            return tags[tag]
    return instrument.languages[0]


def keep_language(response: Response, desk: Desk, language: str) -> None:
    """Remember the language for the pages of respondents."""
    response.set_cookie(
        LANGUAGE, quote(language), path="/s", httponly=True, samesite="strict", secure=desk.secure
    )


def instance_in(request: Request) -> str:
    """Read which form is being filled in on this device; "" where none is."""
    return request.cookies.get(ANSWERING, "")


def keep_instance(response: Response, desk: Desk, link: Link, *, instance: str) -> None:
    """Remember the form on this device, for the pages of its wave and until the browser is shut."""
    response.set_cookie(
        ANSWERING,
        instance,
        path=f"/s/{link.wave.label}",
        httponly=True,
        samesite="strict",
        secure=desk.secure,
    )


def forget_instance(response: Response, desk: Desk, link: Link) -> None:
    """Let this device know of no form any more."""
    response.delete_cookie(
        ANSWERING,
        path=f"/s/{link.wave.label}",
        httponly=True,
        samesite="strict",
        secure=desk.secure,
    )


def kiosk_of(request: Request) -> str:
    """Read for which wave and place this device is a kiosk, as ``WAVE/PLACE``; "" for none."""
    about, _, seal = request.cookies.get(KIOSK, "").rpartition(".")
    desk: Desk = request.app.state.desk
    return about if about and hmac.compare_digest(seal, sealed(desk, f"kiosk/{about}")) else ""


def sealed(desk: Desk, text: str) -> str:
    """Seal a text that a browser keeps, so that it cannot be changed there unseen."""
    return hmac.new(desk.key, b"sealed/" + text.encode(), hashlib.sha256).hexdigest()[:32]


def known_hash(instrument: Instrument) -> str:
    """Hash an instrument's content once, not on each page."""
    known = _HASHES.get(id(instrument))
    if known is None or known[0] is not instrument:
        if len(_HASHES) > 64:  # versions of long ago
            _HASHES.clear()
        known = _HASHES[id(instrument)] = (instrument, content_hash(instrument))
    return known[1]


_HASHES: dict[int, tuple[Instrument, str]] = {}


def part_of(  # noqa: PLR0913 (a submission has as many sides)
    desk: Desk,
    link: Link,
    *,
    part: str,
    body: str,
    instance: str,
    respondent: str,
    place: str,
    language: str,
    seconds: int | None = None,
) -> Submission:
    """Write one part of a form as it is handed to the writer."""
    return Submission(
        wave=link.wave.label,
        place=place,
        instance=instance,
        part=part,
        respondent=respondent,
        body=body,
        digest=sealed_digest(desk.key, f"{part}\n{body}".encode()),
        way=link.way,
        language=language,
        instrument=link.instrument.id,
        instrument_version=link.instrument.version,
        instrument_hash=known_hash(link.instrument),
        day=desk.today().isoformat(),
        seconds=seconds,
    )
