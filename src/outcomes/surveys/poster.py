"""A poster that invites to a survey: what it is, that it is voluntary, and the way to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from outcomes.errors import DataError
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.typesetting import fonts_for, page_count, qr_drawing, typeset
from outcomes.surveys.wording import in_language, language_tag

_ENGLISH = {
    "invited": "You are invited to a survey",
    "by": "A survey by {agency}.",
    "free": "You choose whether to take part. You can skip any question. We do not ask for your "
    "name.",
    "how": "Point the camera of your phone at the square pattern, or type the address below it.",
    "when": "You can answer from {opens} until {closes}.",
    "card": "You need the card with your code.",
    "date": "{month} {day}, {year}",
    "months": "January February March April May June July August September October November "
    "December",
    "qr": "Square pattern that holds the address of the survey: {link}",
}
_SPANISH = {
    "invited": "Le invitamos a una encuesta",
    "by": "Una encuesta de {agency}.",
    "free": "Participar es voluntario. Puede dejar sin contestar cualquier pregunta. No le pedimos "
    "su nombre.",
    "how": "Apunte la cámara de su teléfono al dibujo cuadrado, o escriba la dirección que está "
    "debajo.",
    "when": "Puede contestar desde el {opens} hasta el {closes}.",
    "card": "Necesita la tarjeta con su código.",
    "date": "{day} de {month} de {year}",
    "months": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "qr": "Dibujo cuadrado que contiene la dirección de la encuesta: {link}",
}
_WORDS: dict[str, Mapping[str, str]] = {"en": _ENGLISH, "es": _SPANISH}


def poster_pdf(
    instrument: Instrument,
    *,
    agency: str,
    link: str,
    opens: date,
    closes: date,
    with_card: bool = False,
    place: str = "",
) -> bytes:
    """Print a poster of one US Letter page, in the languages of the instrument.

    Args:
        instrument: What is asked; its title stands on the poster.
        agency: Who asks.
        link: The address of the survey, in print and as a QR code.
        opens: The first day on which one can answer.
        closes: The last one.
        with_card: Whether people need a code card to answer.
        place: The name of the neighborhood that the link is for; "" for all.

    Returns:
        A tagged PDF; the same content gives the same bytes.

    Raises:
        DataError: The link is no web address, or the texts do not fit on a page.
    """
    if not link.startswith(("http://", "https://")) or any(each.isspace() for each in link):
        raise DataError(
            f"{link!r} is not a web address. Write it as https://survey.example.org/s/spring-pre"
        )
    title = in_language(instrument.title, instrument.languages[0])
    languages = [
        {
            "lang": language_tag(language),
            "title": in_language(instrument.title, language) + (f" · {place}" if place else ""),
            "words": _said(language, agency=agency, dates=(opens, closes), with_card=with_card),
        }
        for language in instrument.languages
    ]
    content: dict[str, Any] = {
        "title": title,
        "languages": languages,
        "link": link,
        "drawing": qr_drawing(link),
        "alt": _words(instrument.languages[0])["qr"].format(link=link),
    }
    fonts = fonts_for("poster.typ", content)
    pages = page_count("poster.typ", content, fonts=fonts)
    if pages > 1:
        raise DataError(
            f"the poster of {instrument.id} fills {pages} pages: its titles are too long, or it "
            "has too many languages for one. Shorten the title in the instrument"
        )
    return typeset("poster.typ", content, fonts=fonts)


def _said(
    language: str, *, agency: str, dates: tuple[date, date], with_card: bool
) -> dict[str, str]:
    words = _words(language)
    opens, closes = (written_date(day, language) for day in dates)
    return {
        "invited": words["invited"],
        "by": words["by"].format(agency=agency),
        "free": words["free"],
        "how": words["how"],
        "when": words["when"].format(opens=opens, closes=closes),
        "card": words["card"] if with_card else "",
    }


def written_date(day: date, language: str) -> str:
    """Write a day in words, as people of a language write it: March 5, 2026."""
    words = _words(language)
    month = words["months"].split()[day.month - 1]
    return words["date"].format(day=day.day, month=month, year=day.year)


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language_tag(language), _ENGLISH)
