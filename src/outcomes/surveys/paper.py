"""An instrument on paper: a form that a person fills in with a pen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, unquote

from outcomes.errors import DataError
from outcomes.surveys.form_layout import Block, FormLayout, Grid, lay_out, occasions_of
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Occasion
from outcomes.surveys.typesetting import fonts_for, page_count, qr_drawing, typeset
from outcomes.surveys.wording import form_words, language_tag

LARGE_POINTS = 18
SMALL_SHARE = 0.82  # of the letters' size: hints, the labels of grids, the foot of the page
LARGE_SHARE = 1.0  # no small print on large print
_LONGEST_SERIAL = 20
_PAGE_WIDTH = 525  # points of a US Letter page between its margins
_NARROWEST_QUESTION = 12.5  # em, beside the choices of a grid
_SHORT_CHOICES = 64  # letters of all labels that fit side by side at 11 points
_LONG_LIST = 14  # choices
_MARK = "OF1"  # outcomes form, first layout of the mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """What the square pattern on a page says."""

    form: str
    version: str
    page: int
    serial: str  # empty if the sheets are not numbered
    language: str
    occasion: str  # empty if the form is the same on each
    large: bool


def paper_pdf(
    instrument: Instrument,
    *,
    language: str,
    large: bool = False,
    occasion: Occasion | None = None,
    serials: Sequence[str] = (),
) -> bytes:
    """Print an instrument as a form on US Letter paper.

    Title and notice come first, then the boxes of the self-made code, the numbered questions with
    their conditions in words, and the thanks. Values that are worked out are not printed. Each
    page carries form, version, page, serial and a square pattern (QR) that holds them.

    Args:
        instrument: A sound instrument.
        language: One of its languages.
        large: Whether letters have 18 points, for people who see poorly.
        occasion: Which questions to print; needed if the instrument asks others on each.
        serials: One whole form for each, numbered so; without them one form without a number.
            With several, a form of odd length gets a blank last page, so that printing on both
            sides never puts two forms on one sheet.

    Returns:
        A tagged PDF; the same for the same arguments.

    Raises:
        DataError: No such language or occasion, a serial that stands twice or is longer than 20
            characters, or letters that no font can print.
    """
    _require_occasion(instrument, occasion)
    _require_serials(serials)
    layout = lay_out(instrument, language=language, occasion=occasion)
    points = max(LARGE_POINTS, instrument.paper.points) if large else instrument.paper.points
    content = {
        **_settings(instrument, language=language, points=points, large=large),
        **_written(layout, points=points, share=LARGE_SHARE if large else SMALL_SHARE),
        "foot": _foot(instrument, language=language, occasion=occasion),
        "copies": [{"serial": "", "marks": []}],
        "numbered": bool(serials),
    }
    fonts = fonts_for("paper.typ", content)
    pages = page_count("paper.typ", content, fonts=fonts)
    copies = []
    for serial in serials or ("",):
        marks = [
            PageMark(
                form=instrument.id,
                version=instrument.version,
                page=page,
                serial=serial,
                language=language_tag(language),
                occasion=occasion or "",
                large=large,
            )
            for page in range(1, pages + 1)
        ]
        drawn = [qr_drawing(page_mark_text(mark)) for mark in marks]
        copies.append({"serial": serial, "marks": drawn})
    return typeset("paper.typ", content | {"copies": copies}, fonts=fonts)


def page_mark_text(mark: PageMark) -> str:
    """Write the mark of a page as its pattern holds it: parts between slashes."""
    parts = (
        mark.form,
        mark.version,
        str(mark.page),
        mark.serial,
        mark.language,
        mark.occasion,
        "large" if mark.large else "",
    )
    return "/".join((_MARK, *(quote(part, safe="") for part in parts)))


def read_page_mark(text: str) -> PageMark:
    """Read the mark of a page, as a scanner gives it.

    Raises:
        DataError: It is not the mark of a form that was printed here.
    """
    parts = [unquote(part) for part in text.strip().split("/")]
    if len(parts) != 8 or parts[0] != _MARK or not parts[3].isdecimal():
        raise DataError(f"{text[:60]!r} is not the mark of a printed form. Scan the page again")
    form, version, page, serial, language, occasion, large = parts[1:]
    return PageMark(
        form=form,
        version=version,
        page=int(page),
        serial=serial,
        language=language,
        occasion=occasion,
        large=large == "large",
    )


def _require_occasion(instrument: Instrument, occasion: Occasion | None) -> None:
    known = occasions_of(instrument)
    if known and occasion is None:
        raise DataError(
            f"{instrument.id} asks other questions on each occasion. Say for which one to print: "
            f"{', '.join(known)}"
        )


def _require_serials(serials: Sequence[str]) -> None:
    seen: set[str] = set()
    for serial in serials:
        if not serial.strip() or len(serial) > _LONGEST_SERIAL:
            raise DataError(
                f"the serial {serial!r} cannot be printed. Use 1 to {_LONGEST_SERIAL} characters"
            )
        if serial in seen:
            raise DataError(f"the serial {serial!r} stands twice. Number each form once")
        seen.add(serial)


def _settings(instrument: Instrument, *, language: str, points: int, large: bool) -> dict[str, Any]:
    return {
        "words": dict(form_words(language)),
        "lang": language_tag(language),
        "points": points,
        "small": points * (LARGE_SHARE if large else SMALL_SHARE),
        "columns": instrument.paper.columns,
    }


def _foot(instrument: Instrument, *, language: str, occasion: Occasion | None) -> str:
    words = form_words(language)
    when = f", {words[occasion]}" if occasion and occasions_of(instrument) else ""
    return f"{instrument.id}, {words['version']} {instrument.version}{when}"


def _written(layout: FormLayout, *, points: int, share: float) -> dict[str, Any]:
    """Write a layout as the template reads it; grids have labels of that share of the size."""
    return {
        "title": layout.title,
        "notice": list(layout.notice),
        "code_intro": layout.code_intro,
        "code": [asdict(each) for each in layout.code],
        "blocks": [
            made for block in layout.blocks for made in _block(block, points=points, share=share)
        ],
        "thanks": layout.thanks,
    }


def _block(block: Block, *, points: int, share: float) -> list[dict[str, Any]]:
    """Write a block; a grid that is too wide for the page becomes single questions."""
    if not isinstance(block, Grid):
        made = asdict(block) | {"block": type(block).__name__.lower()}
        labels = [label for _, label in made.get("choices", ())]
        room = _SHORT_CHOICES * 11 / points
        made["columns"] = _list_columns(labels, points=points)
        made["side_by_side"] = bool(labels) and sum(len(label) + 5 for label in labels) <= room
        return [made]
    width = _choice_width([label for _, label in block.choices], share=share)
    if width * len(block.choices) + _NARROWEST_QUESTION > _PAGE_WIDTH / points:
        return [made for row in block.rows for made in _block(row, points=points, share=share)]
    return [asdict(block) | {"block": "grid", "width": width}]


def _list_columns(labels: Sequence[str], *, points: int) -> int:
    """Say in how many columns a long list of choices is set; 0 leaves it to the instrument."""
    if len(labels) <= _LONG_LIST:
        return 0
    widest = max(len(label) for label in labels) * 0.5 + 3.5  # em, with its tick box
    return max(1, min(8, int(_PAGE_WIDTH / points / widest)))


def _choice_width(labels: Sequence[str], *, share: float) -> float:
    """Say how wide, in em, the columns of a grid must be for the longest word of a choice."""
    longest = max(len(word) for label in labels for word in label.split())
    return max(0.52 * longest * share + 0.7, 3.0)
