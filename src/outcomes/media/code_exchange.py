"""Codes of articles on their way to other coding programs and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import FileError, one_of
from outcomes.media.codebook import Code
from outcomes.sheets import decode_text

TONE_WORDS = {-1: "negative", 0: "neutral", 1: "positive"}
YES, NO = "yes", "no"
CHOICES = ("relevant", "tone", "mixed", "self_credit", "prompted", "confidence")
TEXTS = ("target", "note")
KEPT = ("sample", "codebook", "seconds", "coded_on")  # about the coding; the programs keep it
_ALLOWED: Mapping[str, Mapping[str, int]] = {
    **{name: {YES: 1, NO: 0} for name in ("relevant", "mixed", "self_credit", "prompted")},
    "tone": {word: tone for tone, word in TONE_WORDS.items()},
    "confidence": {"1": 1, "2": 2, "3": 3},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a coder reads in another program: no model's tone, no chance of being drawn."""

    url: str
    title: str
    text: str
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """One coder's code of one article, with what is known about the coding."""

    url: str
    coder: str
    code: Code
    sample: str = ""
    codebook: str = ""
    seconds: int | None = None
    coded_on: str = ""
    place: str = ""  # in the file it was read from


def word(name: str, value: int) -> str:
    """Say an answer as the files of other programs have it."""
    return next(text for text, number in _ALLOWED[name].items() if number == value)


def codes_by_url(codes: Sequence[GivenCode]) -> dict[str, list[GivenCode]]:
    """Group codes by their article, in their order."""
    found: dict[str, list[GivenCode]] = {}
    for each in codes:
        found.setdefault(each.url, []).append(each)
    return found


def kept_about(given: GivenCode) -> dict[str, Any]:
    """Give what is known about the coding, for a program to keep beside the code."""
    return {name: getattr(given, name) for name in KEPT if getattr(given, name)}


def given_code(
    path: Path, place: str, *, about: Mapping[str, Any], coder: str, answers: Mapping[str, Any]
) -> GivenCode:
    """Put a code together from the answers of a file.

    Args:
        path: The file, and ``place`` in it, for messages.
        place: Such as ``"line 3"``.
        about: ``url``, and perhaps what ``KEPT`` names.
        coder: Who coded.
        answers: In words, by the name of the question; what is missing has its default.

    Raises:
        FileError: The url or the coder is missing, or an answer is not one that is known.
    """
    for name, value, mend in (
        ("url", about.get("url"), "Export with the data that the tasks came with"),
        ("coder", coder, "Say who coded: --coder NAME"),
    ):
        if not isinstance(value, str) or not value.strip():
            raise FileError(path, place, f"the {name} is missing", mend)
    if "relevant" not in answers and "tone" not in answers:
        raise FileError(
            path, place, "neither relevance nor tone is answered", "Code it, or take it out"
        )
    numbers = {
        name: _number(path, place, name, answers[name]) for name in CHOICES if name in answers
    }
    relevant = numbers.pop("relevant", 1)
    code = Code(
        relevant=relevant,
        tone=numbers.pop("tone", None),
        target=str(answers.get("target", "")),
        note=str(answers.get("note", "")),
        **numbers,
    )
    seconds = about.get("seconds") or about.get("lead_time")
    return GivenCode(
        url=str(about["url"]),
        coder=coder.strip(),
        code=code,
        sample=str(about.get("sample") or ""),
        codebook=str(about.get("codebook") or ""),
        seconds=round(float(seconds)) if isinstance(seconds, int | float) else None,
        coded_on=str(about.get("coded_on") or about.get("created_at") or "")[:10],
        place=place,
    )


def read_json(path: Path, text: str, *, place: str) -> Any:
    """Read JSON, and say where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        raise FileError(path, place, "this is not JSON", "Export it again") from None


def read_text(path: Path) -> str:
    """Read a file of text.

    Raises:
        FileError: It is not there, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise FileError(path, "", "there is no file that can be read", "Check the name") from None
    return decode_text(path, content, encoding="utf-8-sig", numbered="line")


def _number(path: Path, place: str, name: str, value: Any) -> int:
    allowed, text = _ALLOWED[name], str(value).strip().lower()
    if text not in allowed:
        problem = f"{value!r} is no answer to {name}"
        raise FileError(path, place, problem, one_of(text, list(allowed)))
    return allowed[text]
