"""What a respondent is told of an answer that is missing or cannot stand."""

from typing import Literal

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item

Problem = Literal["", "required", "type", "choice", "constraint"]

_MESSAGES = {
    "en": {
        "required": "Please answer this question.",
        "integer": "Please write a whole number, such as 3.",
        "decimal": "Please write a number, such as 2.5.",
        "date": "Please write a date, such as 2025-04-14.",
        "choice": "Please choose one of the answers shown.",
        "constraint": "This answer cannot be right. Please check it.",
    },
    "es": {
        "required": "Por favor, conteste esta pregunta.",
        "integer": "Por favor, escriba un número entero, como 3.",
        "decimal": "Por favor, escriba un número, como 2.5.",
        "date": "Por favor, escriba una fecha, como 2025-04-14.",
        "choice": "Por favor, elija una de las respuestas que se muestran.",
        "constraint": "Esta respuesta no puede ser correcta. Por favor, revísela.",
    },
}


def message(instrument: Instrument, item: Item, *, problem: Problem, language: str = "") -> str:
    """Say a problem in a language: the instrument's own words for its constraint, or a plain one.

    Args:
        instrument: Where the item stands; its first language is used if none is said.
        item: The item that was answered.
        problem: What is wrong; nothing is said of "".
        language: Such as ``es``; a language without general messages is answered in English.
    """
    if not problem:
        return ""
    language = language or instrument.languages[0]
    if problem == "constraint" and language in item.constraint_message:
        return item.constraint_message[language]
    said = _MESSAGES.get(language, _MESSAGES["en"])
    return said[item.type if problem == "type" else problem]
