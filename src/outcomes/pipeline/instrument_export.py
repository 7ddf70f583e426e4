"""Write an instrument in the form of another tool, or on paper."""

import json
from pathlib import Path

from outcomes.errors import DataError, one_of
from outcomes.study import write_whole
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.parts import Occasion

ENDINGS = {
    "xlsform": ".xlsx",
    "xform": ".xml",
    "surveyjs": ".json",
    "paper": ".pdf",
}


def export_instrument(
    path: Path,
    to: str,
    *,
    out: Path,
    language: str | None = None,
    large: bool = False,
    occasion: Occasion | None = None,
) -> Path:
    """Write an instrument for another tool; the file is written whole or not at all.

    Args:
        path: The instrument, YAML.
        to: ``xlsform`` (.xlsx, which loses nothing), ``xform`` (.xml, for ODK Collect),
            ``surveyjs`` (.json) or ``paper`` (.pdf).
        out: The file to write, or a folder that is there: the file is then named after the
            instrument and its version.
        language: Of the paper form; none: the first language of the instrument. The other three
            hold every language.
        large: Whether the paper form is in large print.
        occasion: Only what is asked then, on paper and in SurveyJS; none: everything.

    Returns:
        The file that was written.

    Raises:
        FileError: The instrument cannot be read or breaks a rule, or the file cannot be written.
        DataError: The other tool cannot say a part of it (names the item and the expression), or
            the language is not one of the instrument.
    """
    if to not in ENDINGS:
        raise DataError(f"{to!r} is no form to write. {one_of(to, tuple(ENDINGS))}")
    instrument = read_instrument(path)
    if language is not None and language not in instrument.languages:
        raise DataError(
            f"{path.name} has no language {language!r}. {one_of(language, instrument.languages)}"
        )
    if occasion is not None and to in {"xlsform", "xform"}:
        raise DataError(
            f"{to} holds every occasion; choose one only for paper or surveyjs. Leave it out"
        )
    if out.is_dir():
        out = out / f"{instrument.id}-{instrument.version}{ENDINGS[to]}"
    content = _content(
        instrument, to, language=language or instrument.languages[0], large=large, occasion=occasion
    )
    write_whole(out, content)
    return out


def _content(
    instrument: Instrument,
    to: str,
    *,
    language: str,
    large: bool,
    occasion: Occasion | None,
) -> bytes:
    if to == "xlsform":
        from outcomes.surveys.exchange.xlsform_file import xlsform_workbook

        return xlsform_workbook(instrument)
    if to == "xform":
        from outcomes.surveys.exchange.xform import to_xform

        return to_xform(instrument).encode()
    if to == "surveyjs":
        from outcomes.surveys.exchange.surveyjs_out import to_surveyjs

        form = to_surveyjs(instrument, occasion=occasion)
        return (json.dumps(form, ensure_ascii=False, indent=2) + "\n").encode()
    from outcomes.surveys.paper import paper_pdf

    return paper_pdf(instrument, language=language, large=large, occasion=occasion)
