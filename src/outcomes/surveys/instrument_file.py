"""Read an instrument from its file, and refuse one that does not make sense as a whole."""

from pathlib import Path

from outcomes.declarations import read_yaml
from outcomes.surveys.faults import faults, first_fault
from outcomes.surveys.instrument import Instrument


def read_instrument(path: Path) -> Instrument:
    """Read an instrument that may be fielded: it keeps the schema and makes sense as a whole.

    Raises:
        FileError: The file breaks the schema (says the line) or a part contradicts another (says
            the item or scale, and how many more faults there are).
    """
    instrument = read_yaml(path, Instrument)
    if found := faults(instrument):
        raise first_fault(path, found)
    return instrument
