"""When do two texts say the same? Letter case, accents, spaces and punctuation do not count."""

import re
import unicodedata


def fold(text: str) -> str:
    """Write a question or an answer the one way in which it is compared; numbers stay as they are.

    Without that, -9 would be 9.
    """
    if re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*", text):
        return text.strip()
    plain = unicodedata.normalize("NFKD", re.sub(r"<[^<>]{1,200}>", " ", text))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    words = re.sub(r"[\W_]+", " ", plain).strip()
    return words or " ".join(text.split())  # of signs and pictures alone, nothing is left out


def fold_name(name: str) -> str:
    """Write a name the one way in which it is compared: ``Trust_1`` as ``trust1``."""
    return re.sub(r"[\W_]+", "", name).casefold()
