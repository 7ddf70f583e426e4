"""Codes as keyed hashes: the one form in which a code is ever stored, shown or compared.

A code that somebody typed, from a card or made by themselves, becomes an HMAC under the study key
and is forgotten. The same code gives the same hash in every wave, so that answers can be linked;
without the key nobody can try codes out. Self-made codes are hashed element by element, so that
two codes that differ in one element can still be compared.
"""

import hashlib
import hmac
import re
import unicodedata
import uuid
from collections.abc import Mapping

from outcomes.surveys.code_cards import check_code, code_from_secret
from outcomes.surveys.parts import CodeElement, SelfCode


def respondent_of(key: bytes, code: str) -> str:
    """Hash a card's code: the same person's card in every wave, and nobody's name.

    Raises:
        DataError: The code is not one that was printed.
    """
    return _hash(key, "respondent", check_code(code))[:26]


def instance_of(key: bytes, *, wave: str, respondent: str) -> str:
    """Name the form that a respondent fills in one wave, the same from any device."""
    digest = _digest(key, "instance", f"{wave}/{respondent}")
    return str(uuid.UUID(bytes=digest[:16], version=4))


def receipt_of(key: bytes, instance: str) -> str:
    """Give the receipt of an instance: shown at the end, and typed to withdraw.

    It reads like a code on a card, check character and all, but cannot be confused with one.
    """
    return "R" + code_from_secret(_digest(key, "receipt", instance))


def hashed_elements(key: bytes, code: SelfCode, given: Mapping[str, str]) -> dict[str, str]:
    """Hash the elements of a self-made code, each by itself; an empty element stays empty."""
    return {
        element.name: _hash(key, f"element/{element.name}", tidy)[:26] if tidy else ""
        for element in code.elements
        if (tidy := tidy_element(element, given.get(element.name, ""))) is not None
    }


def tidy_element(element: CodeElement, text: str) -> str:
    """Write an element the one way in which it is compared: ``a`` as ``A``, ``é`` as ``E``.

    Returns:
        "" where nothing usable was given: no letter, no number, or a number out of range.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip().upper()
    if element.kind == "letter":
        found = re.search(r"[A-Z]", plain)
        return found[0] if found else ""
    if not re.fullmatch(r"\d{1,4}", plain):
        return ""
    number = int(plain)
    low, high = element.low, element.high
    fits = (low is None or number >= low) and (high is None or number <= high)
    return str(number) if fits else ""


def sealed_digest(key: bytes, content: bytes) -> str:
    """Hash what was sent, to know it again: keyed, for few answers could be found by trying."""
    return hmac.digest(key, b"content/" + content, "sha256").hex()


def _digest(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.new(key, f"{purpose}/{text}".encode(), hashlib.sha256).digest()


def _hash(key: bytes, purpose: str, text: str) -> str:
    return _digest(key, purpose, text).hex()
