"""An instrument as an XForm, compiled by pyxform: what ODK Collect runs and Python evaluates."""

from threading import Lock

from outcomes.errors import DataError
from outcomes.surveys.exchange.xlsform import Sheets, to_sheets
from outcomes.surveys.instrument import Instrument

_ALONE = Lock()  # pyxform does not promise that two threads may compile at once


def to_xform(instrument: Instrument) -> str:
    """Compile an instrument to an XForm.

    Raises:
        DataError: pyxform refuses it, for example because an expression names an unknown item.
    """
    return compiled(to_sheets(instrument), about=instrument.id)


def compiled(sheets: Sheets, *, about: str) -> str:
    """Compile the sheets of an XLSForm; the same sheets, the same XForm.

    Args:
        sheets: survey, choices and settings, row by row.
        about: What they are, for the message.

    Raises:
        DataError: pyxform refuses them.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    headers = {  # pyxform looks for columns in the first 100 rows only, unless they are named
        f"{name}_header": [{column: None for row in rows for column in row}]
        for name, rows in sheets.items()
    }
    try:
        with _ALONE:
            return str(convert(xlsform={**sheets, **headers}, validate=False).xform)
    except PyXFormError as error:
        raise DataError(f"{about}: {' '.join(str(error).split())}") from None
