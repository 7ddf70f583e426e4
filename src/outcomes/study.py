"""Study: one folder on disk. Names, paths, settings and the store; opened in this one place."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from outcomes.errors import FileError, OutcomesError
from outcomes.estimate import TEXT_FIELDS, Estimate, tidy, untidy
from outcomes.settings import AGENCY, Place, Settings, Wave, read_settings

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine

__all__ = [
    "AGENCY",
    "FOLDERS",
    "SEALED",
    "KeyState",
    "Study",
    "key_state",
    "open_study",
    "study_key",
    "write_key",
]

KeyState = Literal["here", "absent", "sealed", "not drawn"]

_TEXT_COLUMNS = ("respondent", "url", "outlet", "scope", "month", "model")  # of results
SEALED = "sealed"  # stands in the place of a key that was destroyed
FOLDERS = ("surveys", "data/raw", "results", "reports", "notebooks")


@dataclass(frozen=True)
class Study:
    """One study folder and what its study.toml says."""

    root: Path
    settings: Settings

    @cached_property
    def store(self) -> "Engine":
        """The store of collected facts, made when it is first needed."""
        from sqlalchemy import URL

        from outcomes.store import open_store

        database = self.root / "data" / "study.db"
        database.parent.mkdir(parents=True, exist_ok=True)
        return open_store(URL.create("sqlite", database=str(database)))

    @property
    def raw(self) -> Path:
        """Where files lie as they were received; never edited."""
        return self.root / "data" / "raw"

    @property
    def results(self) -> Path:
        """Where commands write tables; may be deleted at any time."""
        return self.root / "results"

    @property
    def reports(self) -> Path:
        """Where commands write reports; may be deleted at any time."""
        return self.root / "reports"

    @property
    def key_path(self) -> Path:
        """Where the study key lies: outside the store, so that one may be given without it.

        study.toml may name another place, such as a stick that somebody outside the agency keeps.
        """
        named = self.settings.study.key_file
        return self.root / (named or "keys/study.key")

    @property
    def key_mark_path(self) -> Path:
        """Where a mark of the key lies, by which another key is told from the right one."""
        return self.root / "data" / "study.key.mark"

    def instrument_path(self, name: str) -> Path:
        """Say where the instrument of a name lies."""
        return self.root / "surveys" / f"{name}.yaml"

    @property
    def rules_path(self) -> Path:
        """Where the walk rules lie."""
        return self.root / self.settings.walks.rules

    def place_codes(self) -> tuple[str, ...]:
        """List the codes of all places, in the order of study.toml."""
        return tuple(place.code for place in self.settings.places)

    def places(self, role: str) -> list[Place]:
        """List the places of one role, "focus" or "comparison"."""
        return [place for place in self.settings.places if place.role == role]

    def wave(self, label: str) -> Wave:
        """Find a wave by its label; a wrong label is answered with the right ones."""
        from outcomes.errors import DataError, one_of

        for wave in self.settings.waves:
            if wave.label == label:
                return wave
        known = [wave.label for wave in self.settings.waves]
        raise DataError(f"study.toml dates no wave {label!r}. {one_of(label, known)}")

    def months(self) -> list[str]:
        """List the whole months of the study as 2026-03."""
        import pandas as pd

        about = self.settings.study
        months = pd.period_range(about.first, about.last, freq="M")
        return [
            str(month)
            for month in months
            if month.start_time.date() >= about.first and month.end_time.date() <= about.last
        ]

    def write_table(self, name: str, table: "pd.DataFrame") -> Path:
        """Write a table of results, whole or not at all."""
        from outcomes.sheets.csv_text import csv_text

        path = self.results / f"{name}.csv"
        write_whole(path, csv_text(table))
        return path

    def read_table(self, name: str) -> "pd.DataFrame":
        """Read a table of results back.

        Raises:
            FileError: No command has written it yet.
        """
        import pandas as pd

        path = self.results / f"{name}.csv"
        if not path.exists():
            raise FileError(path, "", "this result does not exist yet", "Run: outcomes run")
        text = dict.fromkeys((*TEXT_FIELDS, *_TEXT_COLUMNS), str)
        table = pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
        return table.fillna({name: "" for name in text if name in table})

    def write_estimates(self, estimates: list[Estimate]) -> Path:
        """Write the estimates that reports show."""
        return self.write_table("estimates", tidy(estimates))

    def read_estimates(self) -> list[Estimate]:
        """Read the estimates that reports show."""
        return untidy(self.read_table("estimates"))


def open_study(start: Path | None = None) -> Study:
    """Open the study in a folder, or the one whose folder holds the current one.

    Raises:
        OutcomesError: There is no study.toml there or above.
        FileError: study.toml breaks a rule; says the line and the mend.
    """
    here = (start or Path.cwd()).resolve()
    candidates = [here] if start is not None else [here, *here.parents]
    for folder in candidates:
        if (folder / "study.toml").exists():
            return Study(root=folder, settings=read_settings(folder / "study.toml"))
    raise OutcomesError(
        f"{here} is not in a study folder (there is no study.toml). "
        "Make one with: outcomes new FOLDER, or say which with --study FOLDER"
    )


def study_key(study: Study) -> bytes:
    """Read the key that codes are hashed with; it is drawn by chance when it is first needed.

    Whoever has both the key and the store can try out codes; without the key, the stored hashes
    say nothing. So the key lies in a folder of its own, readable by its owner only. It is drawn
    once: where it is gone, another one would quietly make strangers of those who answered before.

    Raises:
        FileError: It was destroyed, is not here, is no key or that of another study, or cannot be
            made there.
    """
    path = study.key_path
    if not study.key_mark_path.exists():
        with suppress(FileExistsError):
            write_key(path, secrets.token_bytes(32))
    key = _read_key(path)
    mark = hashlib.sha256(b"mark of the study key/" + key).hexdigest()
    if not study.key_mark_path.exists():
        write_whole(study.key_mark_path, mark + "\n")
    elif study.key_mark_path.read_text(encoding="ascii", errors="replace").strip() != mark:
        raise FileError(
            path,
            "",
            "this is not the key that this study began with",
            "Put the key of this study back from its copy",
        )
    return key


def key_state(study: Study) -> KeyState:
    """Say whether the study key is here, was destroyed, is elsewhere, or is not drawn yet."""
    path = study.key_path
    if not path.exists():
        return "absent" if study.key_mark_path.exists() else "not drawn"
    text = path.read_text(encoding="ascii", errors="replace").strip()
    return "sealed" if text == SEALED else "here"


def _read_key(path: Path) -> bytes:
    if not path.exists():
        raise FileError(
            path,
            "",
            "the study key is not here, so codes can be neither read nor compared with new ones",
            "Put it back, or ask whoever holds it. If it is lost, start a new study for new waves",
        )
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if text == SEALED:
        raise FileError(
            path,
            "",
            "the study key was destroyed when the study was sealed",
            "Codes of this study can no longer be read; start a new study for new waves",
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise FileError(
            path, "", "this is not a study key", "Put the key of this study back from its copy"
        )
    return key


def write_key(path: Path, key: bytes) -> None:
    """Write a key where there is no file yet, readable by its owner only, and see it on the disk.

    Raises:
        FileExistsError: There is a file.
        FileError: It cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except OSError as error:
        problem = f"the study key cannot be written ({error.strerror})"
        raise FileError(path, "", problem, "Make that folder writable for you") from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a half.

    Raises:
        FileError: It cannot be written there; the old file, if any, is as it was.
    """
    part = path.with_name(path.name + ".part")
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        problem = f"it cannot be written ({error.strerror})"
        raise FileError(
            path, "", problem, "Choose a folder that is there and open to you"
        ) from None
