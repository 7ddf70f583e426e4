"""Media step: the codebook that a study goes by."""

from outcomes.media.codebook import Codebook, read_codebook
from outcomes.study import Study


def load_codebook(study: Study) -> Codebook:
    """Read the codebook of a study: its own where study.toml names one, else the shipped one.

    Raises:
        FileError: The file that study.toml names is missing or breaks the schema.
    """
    named = study.settings.news.codebook
    return read_codebook(study.root / named if named else None)
