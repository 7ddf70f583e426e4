"""Links of a wave, and the posters that carry them."""

from dataclasses import dataclass

from outcomes.errors import DataError
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.study import Study
from outcomes.surveys.poster import poster_pdf


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address at which a wave is answered; no code of a person ever stands in it."""

    place: str  # a code of the study's places; "" for the agency as a whole
    name: str  # what to call it
    url: str


def wave_links(study: Study, wave: str, *, address: str) -> list[Link]:
    """List the links of a wave: one for everybody, and one for each place.

    Args:
        study: The study.
        wave: The label of the wave.
        address: Under which phones reach the desk, such as ``https://survey.example.org``.
    """
    label = study.wave(wave).label
    base = f"{address.rstrip('/')}/s/{label}"
    places = study.settings.places
    return [
        Link(place="", name="Everybody", url=base),
        *(Link(place=each.code, name=each.name, url=f"{base}/{each.code}") for each in places),
    ]


def wave_poster(study: Study, wave: str, *, url: str, place: str = "") -> bytes:
    """Print the poster of a wave, or of one of its places.

    Args:
        study: The study.
        wave: The label of the wave.
        url: The whole link.
        place: The code of a place, whose name is then on the poster.

    Raises:
        DataError: There is no such wave or place, or the link is no web address.
    """
    declared = study.wave(wave)
    names = {each.code: each.name for each in study.settings.places}
    if place and place not in names:
        raise DataError(f"study.toml has no place {place!r}. Allowed: {', '.join(names)}")
    return poster_pdf(
        wave_instrument(study, wave),
        agency=study.settings.study.agency,
        link=url,
        opens=declared.opens,
        closes=declared.closes,
        with_card=declared.entry == "code card",
        place=names.get(place, ""),
    )
