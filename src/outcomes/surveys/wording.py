"""What a form itself says, beside the instrument's own words: in English and in Spanish."""

import re
from collections.abc import Mapping

from outcomes.errors import DataError, one_of
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Texts

_ENGLISH = {
    "how": "Please use a pen. Where you see circles, mark one. "
    "Where you see squares, mark all that apply.",
    "mark_text": "The square pattern at the foot of each page tells us which form and which page "
    "this is. It says nothing about you.",
    "serial_text": "The square pattern at the foot of each page holds the form, the page and the "
    "sheet number beside it. It says nothing about you.",
    "page": "Page",
    "of": "of",
    "version": "version",
    "sheet": "Sheet",
    "next": "Please go on to the next page.",
    "blank": "This page is left blank.",
    "thanks": "Thank you.",
    "code": "Your code",
    "letter": "one letter",
    "number": "a number",
    "month": "month",
    "day": "day",
    "year": "year",
    "questions": "Questions {first} to {last}",
    "question": "Question {first}",
    "pre": "before",
    "post": "after",
    "follow-up": "later",
    "answer_to": "(your answer to question {number})",
    "card_serial": "Card {number}",
    "card_keep": "Keep this card and bring it next time.",
    "card_write": "Write this code on your form. It lets us match your forms.",
    "card_nobody": "The code was drawn by chance. Nobody knows who has which card.",
    "card_qr": "Square pattern that holds the code on this card",
    "page_qr": "Square pattern that holds the form, version, page and sheet number",
}
_SPANISH = {
    "how": "Use un bolígrafo, por favor. Donde vea círculos, marque uno solo. "
    "Donde vea cuadrados, marque todos los que correspondan.",
    "mark_text": "El dibujo cuadrado al pie de cada página nos dice qué formulario y qué página "
    "es. No dice nada sobre usted.",
    "serial_text": "El dibujo cuadrado al pie de cada página contiene el formulario, la página y "
    "el número de hoja que está a su lado. No dice nada sobre usted.",
    "page": "Página",
    "of": "de",
    "version": "versión",
    "sheet": "Hoja",
    "next": "Siga en la página siguiente, por favor.",
    "blank": "Esta página se deja en blanco.",
    "thanks": "Gracias.",
    "code": "Su código",
    "letter": "una letra",
    "number": "un número",
    "month": "mes",
    "day": "día",
    "year": "año",
    "questions": "Preguntas {first} a {last}",
    "question": "Pregunta {first}",
    "pre": "antes",
    "post": "después",
    "follow-up": "más tarde",
    "answer_to": "(su respuesta a la pregunta {number})",
    "card_serial": "Tarjeta {number}",
    "card_keep": "Guarde esta tarjeta y tráigala la próxima vez.",
    "card_write": "Escriba este código en su formulario. Nos permite unir sus formularios.",
    "card_nobody": "El código salió al azar. Nadie sabe quién tiene cada tarjeta.",
    "card_qr": "Dibujo cuadrado que contiene el código de esta tarjeta",
    "page_qr": "Dibujo cuadrado que contiene el formulario, la versión, la página y la hoja",
}
_WHEN_ENGLISH = {
    "only_if": "Only if {0}.",
    "depends_one": "Depends on your answer to question {0}.",
    "depends_many": "Depends on your answers to questions {0}.",
    "elsewhere": "Depends on an answer that is not on this form.",
    "sometimes": "Asked only in some cases.",
    "and": "and",
    "or": "or",
    "nor": "or",
    "chosen": "you answered {labels} to question {number}",
    "not chosen": "you did not answer {labels} to question {number}",
    "marked": "you marked {labels} in question {number}",
    "not marked": "you did not mark {labels} in question {number}",
    "marked only": "you marked only {labels} in question {number}",
    "answered": "you answered question {number}",
    "empty": "you left question {number} empty",
    "value": "your answer to question {number} is {value}",
    "count": "the number of answers you marked in question {number} is {value}",
    "=": "{0}",
    "!=": "not {0}",
    ">": "more than {0}",
    ">=": "{0} or more",
    "<": "less than {0}",
    "<=": "{0} or less",
}
_WHEN_SPANISH = {
    "only_if": "Solo si {0}.",
    "depends_one": "Depende de su respuesta a la pregunta {0}.",
    "depends_many": "Depende de sus respuestas a las preguntas {0}.",
    "elsewhere": "Depende de una respuesta que no está en este formulario.",
    "sometimes": "Se pregunta solo en algunos casos.",
    "and": "y",
    "or": "o",
    "nor": "ni",
    "chosen": "respondió {labels} a la pregunta {number}",
    "not chosen": "no respondió {labels} a la pregunta {number}",
    "marked": "marcó {labels} en la pregunta {number}",
    "not marked": "no marcó {labels} en la pregunta {number}",
    "marked only": "marcó solamente {labels} en la pregunta {number}",
    "answered": "respondió a la pregunta {number}",
    "empty": "dejó sin responder la pregunta {number}",
    "value": "su respuesta a la pregunta {number} es {value}",
    "count": "el número de respuestas que marcó en la pregunta {number} es {value}",
    "=": "{0}",
    "!=": "diferente de {0}",
    ">": "más de {0}",
    ">=": "{0} o más",
    "<": "menos de {0}",
    "<=": "{0} o menos",
}
_WORDS: dict[str, Mapping[str, str]] = {"en": _ENGLISH, "es": _SPANISH}
_WHEN: dict[str, Mapping[str, str]] = {"en": _WHEN_ENGLISH, "es": _WHEN_SPANISH}
_NAMES = {"english": "en", "spanish": "es", "español": "es", "espanol": "es", "castellano": "es"}


def language_tag(language: str) -> str:
    """Give the code of a language, however an instrument names it.

    Args:
        language: ``"es"``, ``"es-MX"``, ``"Español (es)"`` or ``"Spanish"``.

    Returns:
        Such as ``"es"``; ``"und"`` (undetermined) where the name is not known.
    """
    found = re.search(r"\(([A-Za-z]{2,3})(?:[-_]\w+)*\)", language) or re.fullmatch(
        r"([A-Za-z]{2,3})(?:[-_]\w+)*", language.strip()
    )
    if found:
        return found[1].lower()
    return _NAMES.get(language.strip().lower(), "und")


def language_name(language: str) -> str:
    """Name a language for staff: in English where only its code is known."""
    return {"en": "English", "es": "Spanish"}.get(language.strip(), language)


def form_words(language: str) -> Mapping[str, str]:
    """Find what a form says of itself; in English where there is no translation."""
    return _WORDS.get(language_tag(language), _ENGLISH)


def condition_words(language: str) -> Mapping[str, str]:
    """Find the parts of a sentence about a condition; in English where there is no translation."""
    return _WHEN.get(language_tag(language), _WHEN_ENGLISH)


def in_language(texts: Texts, language: str) -> str:
    """Choose a text; a text that lacks the language is shown in another rather than not at all."""
    return texts.get(language) or next(iter(texts.values()), "")


def require_language(instrument: Instrument, language: str) -> str:
    """Return the language if the instrument speaks it; otherwise say which ones it speaks."""
    if language not in instrument.languages:
        raise DataError(
            f"{instrument.id} has no language {language!r}. "
            f"{one_of(language, instrument.languages)}"
        )
    return language
