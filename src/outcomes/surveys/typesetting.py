"""Pages as PDF, set by typst from a template of ours and content that people wrote."""

import io
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import segno
import typst

from outcomes.errors import DataError

_CANNOT_SHOW = "could not be displayed"
_HERE = "outcomes.surveys"  # the package in which a template lies, if none is said


def fonts_for(template: str, content: Mapping[str, Any], *, package: str = _HERE) -> typst.Fonts:
    """Choose the fonts that can show a text.

    The fonts inside typst hold the Latin, Greek and Cyrillic scripts. Only if a text needs others
    are those of this machine used too.

    Raises:
        DataError: A letter is in no font of this machine.
    """
    for all_fonts in (False, True):
        fonts = typst.Fonts(include_system_fonts=all_fonts)
        try:
            typeset(template, content, fonts=fonts, package=package)
        except typst.TypstError as error:
            if _CANNOT_SHOW not in str(error):
                raise
            problem = str(error).partition("error: ")[2].partition(" with font")[0]
        else:
            return fonts
    raise DataError(
        f"no font of this machine can print {problem.removesuffix(_CANNOT_SHOW).strip()}. Install "
        "a font for that language, such as Noto, or take the character out"
    )


def typeset(
    template: str, content: Mapping[str, Any], *, fonts: typst.Fonts, package: str = _HERE
) -> bytes:
    """Set a template with content that can be written as JSON; the same content, the same bytes.

    The PDF is tagged, so that it can be read aloud (PDF/UA).

    Args:
        template: The name of a typst file; it reads ``sys.inputs.content``.
        content: What it is filled with. Texts are shown as they are, never run as typst.
        fonts: From :func:`fonts_for`.
        package: The package in which the template lies.
    """
    made = typst.compile(
        **_reading(template, content, package), font_paths=fonts, format="pdf", pdf_standards="ua-1"
    )
    return bytes(made)


def page_count(
    template: str, content: Mapping[str, Any], *, fonts: typst.Fonts, package: str = _HERE
) -> int:
    """Count the pages that a template marks as ``<pages>``, without making them."""
    found = typst.query(
        **_reading(template, content, package),
        selector="<pages>",
        field="value",
        one=True,
        font_paths=fonts,
    )
    return int(json.loads(found))


def _reading(template: str, content: Mapping[str, Any], package: str) -> dict[str, Any]:
    return {
        "input": files(package).joinpath(template).read_bytes(),
        "sys_inputs": {"content": json.dumps(content, ensure_ascii=False)},
    }


def qr_drawing(text: str) -> str:
    """Draw a text as a QR code (SVG), which survives the loss of about a seventh of its area."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, border=4, omitsize=True
    )
    return drawing.getvalue().decode()
