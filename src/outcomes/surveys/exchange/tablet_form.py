"""The form that a tablet gets for a wave: the instrument as an XForm, with the code of the card.

ODK Collect and KoboCollect download it, work without a network, and send it back filled in.
"""

import hashlib
import re
from dataclasses import dataclass

from outcomes.settings import AGENCY, Place, Wave
from outcomes.surveys.code_cards import ALPHABET, CODE_LENGTH
from outcomes.surveys.exchange.xform import compiled
from outcomes.surveys.exchange.xlsform import Row, chain_of_groups, to_sheets
from outcomes.surveys.expressions import REFERENCE
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.parts import Item
from outcomes.surveys.wording import language_tag

CARD_NODE, WAVE_NODE, PLACE_NODE = "participant_code", "fielded_wave", "fielded_place"
_MEANT = "ILO"  # letters that stand in no code, but are written for these digits
_DIGITS = "110"
_PRIME = 31  # as in code_cards
_ENGLISH = {
    "card": "The code on your card",
    "card_hint": "Seven letters and digits, such as 7KM2-9Q4.",
    "card_open": "If there is no card, leave this empty.",
    "card_wrong": "This is not a code on a card. Please compare it with the card: one character "
    "may be wrong, or two may have changed places.",
}
_SPANISH = {
    "card": "El código de su tarjeta",
    "card_hint": "Siete letras y números, como 7KM2-9Q4.",
    "card_open": "Si no hay tarjeta, deje esto en blanco.",
    "card_wrong": "Este no es el código de una tarjeta. Compárelo con la tarjeta, por favor: puede "
    "haber un signo equivocado, o dos que cambiaron de lugar.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletForm:
    """A form as it is listed and downloaded."""

    form_id: str
    version: str
    name: str  # what the interviewer sees in the list of forms
    xml: bytes
    md5: str  # of the XML: how a tablet sees that its copy is old


def tablet_form_id(wave: str, place: str) -> str:
    """Name the form of a wave in a place, as tablets and their submissions call it."""
    return wave if place == AGENCY else f"{wave}--{place}"


def tablet_form_version(instrument: Instrument) -> str:
    """Name the version of a form: another one whenever a word of the instrument changes."""
    return f"{instrument.version}-{content_hash(instrument)[:8]}"


def tablet_form(instrument: Instrument, wave: Wave, *, place: Place | None = None) -> TabletForm:
    """Make the form of a wave for tablets.

    It shows the notice first (A10), then asks for the code of the card and for the self-made code,
    then for what the instrument asks on this occasion. The code's check character is worked out
    on the tablet, so that a slip of the pen is found while the card is still at hand.

    Args:
        instrument: What the wave asks.
        wave: Its occasion leaves items out; its ``entry`` says whether a card is needed.
        place: Where it is fielded; None: for the agency as a whole.

    Raises:
        DataError: pyxform refuses the instrument.
    """
    code = place.code if place else AGENCY
    form_id, version = tablet_form_id(wave.label, code), tablet_form_version(instrument)
    asked = for_occasion(instrument, wave)
    sheets = to_sheets(asked)
    name = f"{instrument.title[instrument.languages[0]]} ({wave.label})"
    if place:
        name = f"{place.name}: {name}"
    sheets["settings"][0] |= {"form_id": form_id, "version": version, "form_title": name}
    taken = {row["name"] for row in sheets["survey"]}
    hidden = ((WAVE_NODE, wave.label), (PLACE_NODE, code))
    sheets["survey"][1:1] = [
        *(
            {"type": "calculate", "name": _free(node, taken), "calculation": f"'{value}'"}
            for node, value in hidden
        ),
        _card_row(instrument, name=_free(CARD_NODE, taken), needed=wave.entry == "code card"),
    ]
    xml = compiled(sheets, about=f"{instrument.id} for {form_id}").encode()
    md5 = hashlib.md5(xml, usedforsecurity=False).hexdigest()
    return TabletForm(form_id=form_id, version=version, name=name, xml=xml, md5=md5)


def for_occasion(instrument: Instrument, wave: Wave) -> Instrument:
    """Leave out what is asked on other occasions only.

    An item whose name stands in some expression or text is kept, but never shown: what refers to
    it then reads an empty answer, as on every other way to answer.
    """
    named = set(REFERENCE.findall(instrument.model_dump_json()))
    shown = [item for item in instrument.items if not item.waves or wave.occasion in item.waves]
    names = {item.name for item in shown}
    open_groups = {group for item in shown for group in chain_of_groups(instrument, item)}
    return instrument.model_copy(
        update={
            "items": tuple(
                _tolerant(item, instrument) if item.name in names else _hidden(item)
                for item in instrument.items
                if item.name in names or item.name in named
            ),
            "groups": {
                name: group if name in open_groups else group.model_copy(update=_NEVER)
                for name, group in instrument.groups.items()
            },
        }
    )


_NEVER = {"relevant": "false()"}


def _hidden(item: Item) -> Item:
    empty = "''" if item.type == "calculate" else ""
    return item.model_copy(
        update={**_NEVER, "required": False, "constraint": "", "calculation": empty}
    )


def _tolerant(item: Item, instrument: Instrument) -> Item:
    """Let the codes that mean no answer pass every constraint, as ``flow.state`` does."""
    if not item.constraint or not instrument.missing:
        return item
    missing = " or ".join(f". = '{code}'" for code in instrument.missing if "'" not in code)
    return item.model_copy(update={"constraint": f"({item.constraint}) or {missing}"})


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _card_row(instrument: Instrument, *, name: str, needed: bool) -> Row:
    row = {"type": "text", "name": name, "constraint": card_constraint()}
    for language in instrument.languages:
        words = _SPANISH if language_tag(language) == "es" else _ENGLISH
        hint = words["card_hint"] if needed else f"{words['card_hint']} {words['card_open']}"
        row |= {
            f"label::{language}": words["card"],
            f"hint::{language}": hint,
            f"constraint_message::{language}": words["card_wrong"],
        }
    return row | {"required": "yes"} if needed else row


def card_constraint() -> str:
    """Write ``check_code`` as an XLSForm expression: the form of a code, and its check character.

    The characters are weighed 2, 3, 4 and so on, the check character 1; the sum must be divisible
    by 31. Small letters, spaces and hyphens do not matter; I and L stand for 1, O for 0.
    """
    letters = re.sub(r"\d", "", ALPHABET) + _MEANT
    given = letters.lower() + _MEANT + "- "
    meant = "".join(_meant(letter) for letter in letters) + _DIGITS
    tidy = f"translate(., '{given}', '{meant}')"
    weights = (*range(2, CODE_LENGTH + 2), 1)
    terms = (
        f"{weight} * string-length(substring-before('{ALPHABET}', substr({tidy}, {at}, {at + 1})))"
        for at, weight in enumerate(weights)
    )
    one = f"[0-9{letters}{letters.lower()}][- ]*"
    shape = f"regex(., '^[- ]*({one}){{{CODE_LENGTH + 1}}}$')"
    return f"{shape} and ({' + '.join(terms)}) mod {_PRIME} = 0"


def _meant(letter: str) -> str:
    return _DIGITS[_MEANT.index(letter)] if letter in _MEANT else letter
