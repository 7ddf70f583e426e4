"""One thing that is wrong with an instrument: its place, the problem and the mend."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.errors import FileError

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument

_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "vi": "Vietnamese", "zh": "Chinese"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with an instrument."""

    place: str  # "item trust_3, label"
    problem: str
    mend: str

    def at(self, path: Path) -> FileError:
        """Say it as an error about a file."""
        return FileError(path, self.place, self.problem, self.mend)


def language_faults(
    instrument: "Instrument", texts: Mapping[str, str], *, place: str
) -> Iterator[Fault]:
    """Find the languages in which a text is missing, or should not be."""
    known = instrument.languages
    part = place.rpartition(", ")[2]
    for language in known:
        if language not in texts:
            yield Fault(
                place=place,
                problem=f"no {_LANGUAGES.get(language, language)} text; "
                f"languages are {', '.join(known)}",
                mend=f"Add {part}::{language} or remove {language} from languages",
            )
    for language in texts:
        if language not in known:
            yield Fault(
                place=place,
                problem=f"{part}::{language} is not in a language of this instrument; "
                f"languages are {', '.join(known)}",
                mend=f"Add {language} to languages or remove the text",
            )
