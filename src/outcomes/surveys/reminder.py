"""A reminder that goes to everybody, for nobody knows who has answered."""

from datetime import date

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.poster import written_date
from outcomes.surveys.wording import in_language, language_tag

_ENGLISH = (
    "Reminder: {title}",
    "{agency} asks for your answers until {closes}. You choose whether to take part.",
    "We do not know who has answered, so this goes to everybody. If you have answered, thank you: "
    "there is nothing more to do.",
    "To answer, go to {link}",
    "If you began and did not finish, go there too and type your code: you go on where you "
    "stopped.",
)
_CARD_ENGLISH = "You need the card with your code. If you lost it, ask us for a new one."
_SPANISH = (
    "Recordatorio: {title}",
    "{agency} le pide sus respuestas hasta el {closes}. Participar es voluntario.",
    "No sabemos quién ya contestó, por eso este aviso va a todas las personas. Si ya contestó, "
    "muchas gracias: no tiene que hacer nada más.",
    "Para contestar, vaya a {link}",
    "Si empezó y no terminó, vaya también ahí y escriba su código: seguirá donde se quedó.",
)
_CARD_SPANISH = "Necesita la tarjeta con su código. Si la perdió, pídanos otra."


def reminder_text(
    instrument: Instrument,
    language: str,
    *,
    agency: str,
    link: str,
    closes: date,
    with_card: bool = False,
) -> str:
    """Write a reminder for an e-mail to all, or to read out, in a language of the instrument.

    Args:
        instrument: What is asked.
        language: English or Spanish; others get English words around the instrument's title.
        agency: Who asks.
        link: The address of the survey.
        closes: The last day.
        with_card: Whether people need a code card to answer.

    Returns:
        Paragraphs of plain text.
    """
    spanish = language_tag(language) == "es"
    lines = [*(_SPANISH if spanish else _ENGLISH)]
    if with_card:
        lines.insert(-1, _CARD_SPANISH if spanish else _CARD_ENGLISH)
    title = in_language(instrument.title, language)
    said = {
        "title": title,
        "agency": agency,
        "link": link,
        "closes": written_date(closes, language),
    }
    return "\n\n".join(line.format(**said) for line in lines)
