"""What is known of the files that models of tone are trained and checked with."""

from pathlib import Path

from outcomes.declarations import Declaration, read_toml

_UNKNOWN = "not recorded: ask the person who made the model"


class KnownFile(Declaration):
    """One file, or the codes of a study."""

    name: str
    what: str = _UNKNOWN
    licence: str = _UNKNOWN
    labelled: str = _UNKNOWN
    language: str = _UNKNOWN
    speakers: str = _UNKNOWN
    invented: bool = False


class _KnownFiles(Declaration):
    """All of them: known_material.toml."""

    files: tuple[KnownFile, ...]


def known_file(name: str) -> KnownFile:
    """Say what is known of a file by its name; of most files that is nothing, and it says so."""
    known = read_toml(Path(__file__).with_name("known_material.toml"), _KnownFiles)
    return next((each for each in known.files if each.name == name), KnownFile(name=name))
