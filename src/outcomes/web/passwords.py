"""Passwords: which are refused, how they are hashed, and whether one is right."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from outcomes.errors import DataError

HASHER = PasswordHasher()  # argon2id by RFC 9106, 64 MiB of memory
SHORTEST = 12
LONGEST = 200
_AT_ONCE = threading.BoundedSemaphore(2)  # or a flood of sign-ins would take all the memory
_COMMON = (  # pieces of which the most common long passwords are made
    "password", "passwort", "contraseña", "contrasena", "letmein", "welcome", "iloveyou",
    "administrator", "admin", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t",
    "1qaz2wsx3edc", "abcdefghijklmnopqrstuvwxyz", "abc", "police", "sheriff", "changeme",
    "change", "secret", "default", "outcomes", "survey", "football", "baseball", "sunshine",
    "princess", "dragon", "monkey", "master", "trustno", "superman", "123456789012345678901234",
    "123456789", "12345678", "1234567", "123456", "12345", "1234", "123", "987654321",
)  # fmt: skip


def hashed(password: str) -> str:
    """Hash a password for the store."""
    with _AT_ONCE:
        return HASHER.hash(password)


def is_right(stored: str, password: str) -> bool:
    """Say whether a password is the one that was hashed."""
    with _AT_ONCE:
        try:
            return HASHER.verify(stored, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(stored)


def check_new(password: str, *, again: str, name: str) -> None:
    """See that a new password is long enough, and not one of the first that anybody would try.

    Raises:
        DataError: It is too short, common, or like the name; says the rule.

    Source:
        NIST SP 800-63B: length and a list of common ones, and no rules about kinds of characters.
    """
    if password != again:
        raise DataError("The two passwords differ. Type the same one twice")
    if len(password) < SHORTEST:
        raise DataError(
            f"The password has {len(password)} characters. Use at least {SHORTEST}; "
            "four words that have nothing to do with each other are easy to keep in mind"
        )
    if len(password) > LONGEST:
        raise DataError(f"The password is very long. Use at most {LONGEST} characters")
    if len(_uncommon(password, name)) < 5:
        raise DataError(
            "That password is one that others would try early. Use words, numbers or letters that "
            "are neither in a row nor repeated, and neither the name nor a common password"
        )


def _uncommon(password: str, name: str) -> set[str]:
    """Take out what is easily guessed; what is left is a set, for repeating adds nothing."""
    rest = password.casefold()
    for piece in (*name.casefold().split(), *_COMMON):
        rest = rest.replace(piece, "") if len(piece) > 1 else rest
    return {letter for letter in rest if letter.isalnum()}
