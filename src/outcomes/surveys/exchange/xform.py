"""An instrument as an XForm, compiled by pyxform: what ODK Collect runs and Python evaluates."""

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from outcomes.errors import DataError
from outcomes.surveys.exchange.xlsform import to_sheets
from outcomes.surveys.instrument import Instrument


def to_xform(instrument: Instrument) -> str:
    """Compile an instrument to an XForm.

    Raises:
        DataError: pyxform refuses it, for example because an expression names an unknown item.
    """
    sheets = to_sheets(instrument)
    headers = {  # pyxform looks for columns in the first 100 rows only, unless they are named
        f"{name}_header": [{column: None for row in rows for column in row}]
        for name, rows in sheets.items()
    }
    try:
        return str(convert(xlsform={**sheets, **headers}, validate=False).xform)
    except PyXFormError as error:
        raise DataError(f"{instrument.id}: {' '.join(str(error).split())}") from None
