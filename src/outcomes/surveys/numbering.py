"""Which number does a question have on a form?"""

import re
from collections.abc import Mapping

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item, Occasion
from outcomes.surveys.wording import form_words

# a reference to an item, or a quoted text, in which ${x} is no reference
REFERENCE = re.compile(r"\"[^\"]*\"|'[^']*'|\$\{\s*([^{}]+?)\s*\}")


def question_numbers(instrument: Instrument, occasion: Occasion | None = None) -> dict[str, int]:
    """Number the questions as respondents see them; notes and worked-out values have none.

    Args:
        instrument: The instrument.
        occasion: Count only what is asked on it; without it, everything.
    """
    asked = [item.name for item in asked_on(instrument, occasion) if item.asked]
    return {name: number for number, name in enumerate(asked, start=1)}


def asked_on(instrument: Instrument, occasion: Occasion | None) -> list[Item]:
    """List the items of an occasion, notes and worked-out values among them."""
    return [
        item
        for item in instrument.items
        if occasion is None or not item.waves or occasion in item.waves
    ]


def names_in(expression: str) -> list[str]:
    """List the items that an expression names, ``${like_this}``, each once."""
    found = (match[1] for match in REFERENCE.finditer(expression))
    return list(dict.fromkeys(name for name in found if name))


def with_numbers(text: str, numbers: Mapping[str, int], *, language: str) -> str:
    """Say ``${name}`` in a text as what a respondent can look up: the answer to a question."""
    words = form_words(language)["answer_to"]

    def said(match: re.Match[str]) -> str:
        number = numbers.get(match[1])
        return words.format(number=number) if number else "…"

    return re.sub(r"\$\{\s*([^{}]+?)\s*\}", said, text)
