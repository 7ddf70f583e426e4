"""Print an instrument, draw code cards, write its preview and its codebook: each whole or not."""

from collections.abc import Mapping
from pathlib import Path

from outcomes.errors import DataError
from outcomes.study import write_whole
from outcomes.surveys.code_cards import cards_pdf, make_codes
from outcomes.surveys.codebook import codebook_html, codebook_json, codebook_yaml
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.paper import paper_pdf
from outcomes.surveys.parts import Occasion
from outcomes.surveys.preview import preview_html

MOST_SHEETS = 1000


def print_instrument(
    path: Path,
    *,
    out: Path,
    language: str = "",
    large: bool = False,
    occasion: Occasion | None = None,
    sheets: int = 0,
) -> Path:
    """Print the instrument of a file as a PDF form.

    Args:
        path: The instrument (YAML).
        out: The PDF.
        language: One of the instrument's; its first if none is named.
        large: Whether letters have 18 points.
        occasion: Which questions; needed if the instrument asks others on each.
        sheets: How many numbered forms, 0001 and so on; without it one form without a number.

    Raises:
        FileError: The instrument is not sound.
        DataError: It cannot be printed so; says why.
    """
    if not 0 <= sheets <= MOST_SHEETS:
        raise DataError(
            f"{sheets} numbered forms cannot be printed at once. Ask for 1 to {MOST_SHEETS:,}"
        )
    instrument = read_instrument(path)
    serials = [f"{number:04}" for number in range(1, sheets + 1)]
    pdf = paper_pdf(
        instrument,
        language=language or instrument.languages[0],
        large=large,
        occasion=occasion,
        serials=serials,
    )
    write_whole(out, pdf)
    return out


def print_cards(
    n: int,
    *,
    out: Path,
    codes_out: Path | None = None,
    title: str,
    language: str = "en",
    seed: int | None = None,
) -> tuple[str, ...]:
    """Draw codes by chance and print them as cards; perhaps list them in a file too.

    Args:
        n: How many cards.
        out: The PDF.
        codes_out: A CSV file with one column, ``code``; keep no names beside it.
        title: What the cards are for.
        language: Of the words on the cards.
        seed: For an example that must repeat; not for people.

    Returns:
        The codes.
    """
    codes = make_codes(n, seed=seed)
    pdf = cards_pdf(codes, title=title, language=language)
    if codes_out is not None:
        write_whole(codes_out, "\n".join(("code", *sorted(codes))) + "\n")
    write_whole(out, pdf)
    return codes


def write_preview(path: Path, *, out: Path, answers: Mapping[str, str] | None = None) -> Path:
    """Write a web page that shows the instrument of a file as its respondents will see it."""
    write_whole(out, preview_html(read_instrument(path), answers=answers))
    return out


def write_codebook(path: Path, *, out: Path) -> Path:
    """Write what each column of an instrument's answers and scores means.

    As a web page, or for programs where ``out`` ends in .json, .yaml or .yml.
    """
    write = _CODEBOOKS.get(out.suffix.lower(), codebook_html)
    write_whole(out, write(read_instrument(path)))
    return out


_CODEBOOKS = {".json": codebook_json, ".yaml": codebook_yaml, ".yml": codebook_yaml}
