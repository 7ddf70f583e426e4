"""Labels as other programs take them: on one line, and no longer than they can hold."""

import unicodedata

_CUT = "…"  # shows that a label goes on; the codebook holds the whole of it


def one_line(text: str) -> str:
    """Put a label on one line, without control characters."""
    return " ".join(_printable(text, keep="\n\t\r").split())


def plain_cell(text: str) -> str:
    """Take out of a cell what no file format can hold; line breaks stay."""
    return _printable(text, keep="\n\t")


def within_characters(text: str, most: int) -> str:
    """Cut a label that has more characters than a program takes, where a word ends if it can."""
    return text if len(text) <= most else _cut(text[: most - 1], at_least=most // 2)


def within_bytes(text: str, most: int) -> str:
    """Cut a label that has more bytes (UTF-8) than a program takes, never inside a letter."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    kept = whole[: most - len(_CUT.encode())].decode(errors="ignore")
    return _cut(kept, at_least=len(kept) // 2)


def _cut(text: str, *, at_least: int) -> str:
    end = text.rfind(" ")
    return (text[:end] if end >= at_least else text).rstrip() + _CUT


def _printable(text: str, *, keep: str) -> str:
    return "".join(
        each for each in text if each in keep or unicodedata.category(each) not in {"Cc", "Cs"}
    )
