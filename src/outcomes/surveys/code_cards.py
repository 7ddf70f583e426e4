"""Cards with a random code that link a person's answers across occasions, without a name."""

import hashlib
import random
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

from outcomes.errors import DataError
from outcomes.surveys.typesetting import fonts_for, qr_drawing, typeset
from outcomes.surveys.wording import form_words, language_tag

ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels: no words; no O, I, L: like 0 and 1
CODE_LENGTH = 6  # characters before the check character
MOST_CODES = 100_000
_PRIME = 31  # the smallest above the alphabet's 30 letters; a code with remainder 30 is not used
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_WORDLIKE = re.compile(  # what may be read as a word, an initialism or a hateful number
    r"[A-Z]{3}|[A-Z][0134]+[A-Z]|SS|14|69|88|666"
)


def make_codes(n: int, *, seed: int | None = None) -> tuple[str, ...]:
    """Draw codes by chance, each with a check character, all different.

    A code is six characters of 30 that are hard to confuse, and a seventh that shows a slip of the
    pen. Codes in which three letters stand together, or that could be read as a word, are drawn
    anew. Nothing about a person goes into a code.

    Args:
        n: How many, 1 to 100,000.
        seed: For an example or a test that must repeat; codes for people are drawn without.

    Returns:
        Such as ``7KM2-9Q4``, in the order in which they were drawn.

    Raises:
        DataError: ``n`` is out of range.
    """
    if not 1 <= n <= MOST_CODES:
        raise DataError(f"{n} codes cannot be drawn. Ask for 1 to {MOST_CODES:,}")
    source = secrets.SystemRandom() if seed is None else random.Random(seed)
    codes: dict[str, None] = {}
    while len(codes) < n:
        if code := _checked("".join(source.choice(ALPHABET) for _ in range(CODE_LENGTH))):
            codes[code] = None
    return tuple(codes)


def code_from_secret(secret: bytes) -> str:
    """Make a code of the same form out of a secret, always the same one: for receipts."""
    while True:
        secret = hashlib.sha256(secret).digest()
        number = int.from_bytes(secret[:8], "big")
        body = "".join(
            ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)]
            for place in range(CODE_LENGTH)
        )
        if code := _checked(body):
            return code


def _checked(body: str) -> str:
    """Add the check character, and leave out codes that have none or that read like a word."""
    remainder = _check_value(body)
    if remainder >= len(ALPHABET) or _WORDLIKE.search(body + ALPHABET[remainder]):
        return ""
    return shown(body + ALPHABET[remainder])


def check_code(text: str) -> str:
    """Read a code that somebody wrote, and say what is wrong with it if anything is.

    Spaces, hyphens and small letters do not matter; O is read as 0, I and L as 1. Every single
    wrong character is found, and every two characters that changed places.

    Returns:
        The code as it is printed, such as ``7KM2-9Q4``.

    Raises:
        DataError: It has another length, a letter that no code has, or a wrong check character.

    Source:
        A weighted sum modulo a prime, as in the check digit of ISBN-10 (ISO 2108:1992): with
        weights that differ and a prime above all values, both kinds of slips change the sum.
    """
    code = re.sub(r"[\s\-\u2010-\u2015]", "", text).upper().translate(_READ_AS)
    if len(code) != CODE_LENGTH + 1:
        raise DataError(
            f"the code {text!r} has {len(code)} characters, but a code has {CODE_LENGTH + 1}. "
            "Compare it with the card"
        )
    for character in code:
        if character not in ALPHABET:
            raise DataError(
                f"the code {text!r} has the character {character!r}, which stands in no code. "
                "Compare it with the card"
            )
    if ALPHABET.index(code[-1]) != _check_value(code[:-1]):
        raise DataError(
            f"the code {text!r} is not one that was printed: a character is wrong, or two have "
            "changed places. Compare it with the card"
        )
    return shown(code)


def shown(code: str) -> str:
    """Write a code as a card shows it, in two parts."""
    return f"{code[:4]}-{code[4:]}"


def cards_pdf(
    codes: Sequence[str], *, title: str, language: str, serials: Sequence[int] = ()
) -> bytes:
    """Print cards to cut apart, eight on a US Letter page, each with its code as text and as QR.

    Args:
        codes: From :func:`make_codes`.
        title: What the cards are for, on each card.
        language: English or Spanish, by code or name; others get English words.
        serials: A number for each card, to say which cards are left without saying a code; or
            none, and the cards carry no number.

    Raises:
        DataError: No code, a code that stands twice, one that is not sound, or more or fewer
            numbers than cards.
    """
    if not codes:
        raise DataError("there are no codes to print. Draw some first")
    checked = [check_code(code) for code in codes]
    code, times = Counter(checked).most_common(1)[0]
    if times > 1:
        raise DataError(f"the code {code} stands {times} times. Give each person another code")
    if serials and len(serials) != len(checked):
        raise DataError(f"{len(checked)} cards cannot carry {len(serials)} numbers. Give each one")
    words = form_words(language)
    numbers = [words["card_serial"].format(number=number) for number in serials]
    content: dict[str, Any] = {
        "title": title,
        "lang": language_tag(language),
        "words": dict(words),
        "cards": [
            {"code": code, "drawing": qr_drawing(code), "serial": serial}
            for code, serial in zip(checked, numbers or [""] * len(checked), strict=True)
        ],
    }
    fonts = fonts_for("code_cards.typ", content | {"cards": content["cards"][:1]})
    return typeset("code_cards.typ", content, fonts=fonts)


def _check_value(body: str) -> int:
    """Weigh the characters by 2, 3, 4 and so on, and take the remainder; the check weighs 1."""
    total = sum(weight * ALPHABET.index(each) for weight, each in enumerate(body, start=2))
    return -total % _PRIME
