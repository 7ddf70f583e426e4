"""Where ``outcomes run`` and ``outcomes status`` look for raw files, and what imports each."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.pipeline import (
    answer_import,
    article_import,
    coding,
    engagement,
    record_importing,
    records,
)
from outcomes.pipeline.importing import Imported
from outcomes.study import Study

TABLES = (".csv", ".xlsx")
STATISTICS_FILES = (".sav", ".dta")


class Importer(Protocol):
    """A step that brings one file into the store."""

    def __call__(self, study: Study, path: Path, *, amend: bool = False) -> Imported:
        """Import the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One file that a study expects under data/raw."""

    what: str  # in words
    step: str  # the name of its import in the log
    stem: str  # path under data/raw, without the ending
    endings: tuple[str, ...]
    bring_in: Importer

    def find(self, study: Study) -> Path | None:
        """Find the file, whichever of its endings it has."""
        for ending in self.endings:
            path = study.raw / f"{self.stem}{ending}"
            if path.exists():
                return path
        return None

    def shown(self) -> str:
        """Say where the file belongs."""
        return f"data/raw/{self.stem}{self.endings[0]}"


def expected_files(study: Study) -> list[RawFile]:
    """List every raw file that this study could have, in the order of their import."""
    found = [
        RawFile(
            what=f"answers of {wave.label}",
            step=f"survey import {wave.label}",
            stem=f"answers/{wave.label}",
            endings=(*TABLES, *STATISTICS_FILES),
            bring_in=partial(answer_import.import_wave_file, wave=wave.label),
        )
        for wave in study.settings.waves
    ]
    found.append(
        _file("news archive", "media import", "articles", article_import.import_archive, jsonl=True)
    )
    found += [
        RawFile(
            what=f"feed of {outlet.name}",
            step="media import-feed",
            stem=f"feeds/{outlet.name.lower().replace(' ', '-')}",
            endings=(".xml", ".rss", ".atom"),
            bring_in=partial(article_import.import_feed, outlet=outlet.name),
        )
        for outlet in study.settings.outlets
    ]
    return [
        *found,
        _file("codes of articles", "media import-codes", "codes", coding.import_codes),
        _file("walk log", "engagement import-walks", "walks", engagement.import_walks),
        _file("incidents", "engagement import-incidents", "incidents", engagement.import_incidents),
        *_record_files(),
        _file("outcome counts", "records import", "counts", records.import_counts),
    ]


def _record_files() -> list[RawFile]:
    """List one file for each kind of engagement record, named by its code."""
    return [
        _file(
            kind.many,
            record_importing.STEP,
            f"engagement/{kind.code}",
            partial(record_importing.import_records, kind=kind.code),
        )
        for kind in shipped_kinds().values()
    ]


def _file(
    what: str,
    step: str,
    stem: str,
    bring_in: Importer,
    *,
    jsonl: bool = False,
) -> RawFile:
    endings = (".jsonl", *TABLES) if jsonl else TABLES
    return RawFile(what=what, step=step, stem=stem, endings=endings, bring_in=bring_in)
