"""The instrument of a wave, read from its file."""

from outcomes.errors import FileError
from outcomes.study import Study
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument


def wave_instrument(study: Study, wave: str) -> Instrument:
    """Read the instrument of a wave, and see that the file holds the one it is named after.

    Raises:
        DataError: study.toml dates no such wave.
        FileError: The file is missing, breaks a rule, or holds another instrument.
    """
    name = study.wave(wave).instrument
    path = study.instrument_path(name)
    instrument = read_instrument(path)
    if instrument.id != name:
        raise FileError(
            path,
            "id",
            f"the instrument calls itself {instrument.id!r}",
            f"Write id: {name}, or rename the file to {instrument.id}.yaml",
        )
    return instrument
