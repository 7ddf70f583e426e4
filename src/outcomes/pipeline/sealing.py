"""Seal a study: link what can be linked, then destroy the key, so that no code can be tried out."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.errors import DataError, FileError
from outcomes.pipeline.audit import record
from outcomes.pipeline.collecting import collect_answers, fielded_waves
from outcomes.pipeline.fielding import standing
from outcomes.pipeline.link_account import sentences_of, write_links
from outcomes.pipeline.study_links import study_links
from outcomes.pipeline.surveys import CODE, score_waves
from outcomes.sheets.files import read_cells
from outcomes.store import read_imports, sha256
from outcomes.study import SEALED, Study, key_state, study_key, write_key

OVER = (
    "Nobody can come back to an unfinished form by code.",
    "Nobody can take answers back by receipt.",
    "No new wave can be linked to these, and no new answers with codes can be taken in.",
)
STAYS = (
    "Answers, links and reports stay, and outcomes run goes on working: stored codes are only "
    "compared with one another, which needs no key.",
    "The stored hashes need not be replaced: without the key nobody can tell which code gave them.",
)
AFTERWARDS = (
    "Copies of the key, in backups or with somebody else, must be destroyed by whoever has them.",
    "A desk that is running still holds the key in its memory: stop outcomes serve.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPlan:
    """What sealing would do."""

    key_file: Path
    linked: tuple[str, ...]  # how waves are linked, in sentences
    plain: tuple[str, ...]  # files under data/raw that hold codes in plain text

    def sentences(self) -> list[str]:
        """Say it, one line each."""
        lines = [*self.linked, f"The key in {self.key_file} is overwritten and destroyed.", *OVER]
        lines += [*STAYS, *AFTERWARDS]
        if self.plain:
            lines.append(
                f"These files hold codes as they were typed, and stay as they are: "
                f"{', '.join(self.plain)}. Delete them, or their columns with codes, yourself."
            )
        return lines


def seal_plan(study: Study, *, today: date) -> SealPlan:
    """Say what sealing would do, and change nothing.

    Raises:
        DataError: A wave is open or planned, or no key was ever drawn.
        FileError: The key was destroyed already, or is not here.
    """
    _require_over(study, today=today)
    if key_state(study) == "not drawn":
        raise DataError(
            "there is nothing to seal: no code was ever hashed in this study, so it has no key"
        )
    study_key(study)
    return SealPlan(
        key_file=study.key_path,
        linked=tuple(line for each in study_links(study) for line in sentences_of(each)),
        plain=tuple(_plain_files(study)),
    )


def seal(study: Study, *, user: str, today: date) -> SealPlan:
    """Link everything, write the links, and destroy the key for good.

    An HMAC cannot be worked out again without its key, so nothing in the store is replaced.

    Raises:
        DataError: As for ``seal_plan``.
        FileError: As for ``seal_plan``, or the key cannot be overwritten; it is then still there.

    Source:
        Issue 5, 1: the study key is destroyed once answers are linked.
    """
    _require_over(study, today=today)
    for wave in fielded_waves(study):
        collect_answers(study, wave)
    plan = seal_plan(study, today=today)
    write_links(study, study_links(study), score_waves(study))
    record(
        study.store,
        user=user,
        action="sealed the study",
        about="study key",
        detail=f"links.csv SHA-256 {sha256(study.results / 'links.csv')}",
    )
    _destroy(study.key_path)
    return plan


def copy_key(study: Study, path: Path) -> None:
    """Write a copy of the study key for somebody else to hold.

    Raises:
        FileError: There is a file of that name, or the key is not here.
    """
    try:
        write_key(path, study_key(study))
    except FileExistsError:
        raise FileError(
            path, "", "there is a file of this name already", "Name one that does not exist"
        ) from None


def is_locked(study: Study, step: str, path: Path) -> bool:
    """Say whether a file of answers was imported before and, with the key gone, need not be read.

    Args:
        study: The study.
        step: The name of its import in the log.
        path: The file.
    """
    if not step.startswith("survey import") or key_state(study) not in {"sealed", "absent"}:
        return False
    imports = read_imports(study.store)
    return bool(((imports["step"] == step) & (imports["sha256"] == sha256(path))).any())


def _require_over(study: Study, *, today: date) -> None:
    waiting = [
        f"{wave.label} is {how.state}"
        for wave in study.settings.waves
        if (how := standing(study, wave.label, today=today)).state in {"planned", "open"}
    ]
    if waiting:
        raise DataError(
            f"the study cannot be sealed while people may still answer: {', '.join(waiting)}. "
            "Close these waves, or take them out of study.toml"
        )


def _plain_files(study: Study) -> list[str]:
    """Find raw files of answers whose columns hold codes as people typed them."""
    found = []
    for path in sorted((study.raw / "answers").glob("*")):
        if path.suffix.lower() not in {".csv", ".xlsx"}:
            continue
        with suppress(FileError, pd.errors.ParserError):
            cells = read_cells(path, encoding="utf-8-sig")
            if any(str(name).startswith(CODE) for name in cells.columns):
                found.append(path.relative_to(study.root).as_posix())
    return found


def _destroy(path: Path) -> None:
    """Overwrite the key with chance, see that on the disk, and leave a word in its place."""
    try:
        with path.open("r+b") as file:
            length = len(file.read())
            for content in (secrets.token_bytes(length), SEALED.encode() + b"\n"):
                file.seek(0)
                file.write(content)
                file.truncate(len(content))
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise FileError(
            path,
            "",
            f"the study key cannot be destroyed ({error.strerror})",
            "Make the file writable for you, and seal again",
        ) from None
