"""Step: classify a file of articles of any length; a run that was broken off goes on."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from outcomes.errors import DataError, FileError
from outcomes.media.article_batches import ARTICLES, TARGETS, Batch, read_batches
from outcomes.media.classify import reading_mark
from outcomes.pipeline.batch_reading import Job, job_model, read_parts
from outcomes.pipeline.classified_parts import Parts, as_row, open_parts, put_together

ENDINGS = (".csv", ".parquet", ".json", ".jsonl")
_BETWEEN = 2.0  # seconds between two lines of progress
Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Account:
    """What became of a file."""

    model: str
    rows: int = 0
    before: int = 0  # rows that an earlier run had done
    refused: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """Tell it."""
        told = [f"{self.rows} rows classified by the model {self.model}."]
        if self.before:
            told.append(f"{self.before} of them were done before: the run went on behind them.")
        if self.refused:
            told.append(f"{len(self.refused)} rows were left out. The first: {self.refused[0]}.")
        return told


def classify_file(job: Job, out: Path, *, say: Say, progress: bool = False) -> Account:
    """Classify a file of any length into another.

    What is done lies in a folder named FILE.parts beside the result until all is done; the same
    command goes on with it. The result is the same whatever the number of processes, and is
    written whole or not at all.

    Args:
        job: What, by which model, and how.
        out: The file to write: .csv, .parquet, .json or .jsonl.
        say: Tells what is going on.
        progress: Tell also how far it is, every few seconds.

    Raises:
        DataError: No model has that name, or the file to write has another ending.
        FileError: The file cannot be read, or a row breaks a rule and may not be left out.
    """
    if out.suffix.lower() not in ENDINGS:
        raise DataError(f"--out {out}: the ending must be one of {', '.join(ENDINGS)}")
    judge = job_model(job)
    about = _about(job, model=judge.name)
    parts, told = open_parts(out.with_name(out.name + ".parts"), about)
    if told:
        say(told)
    account = Account(model=judge.name, before=parts.rows)
    pace = _Pace(say=say, before=parts.rows)
    try:
        for batch, part in read_parts(job, _left(job, parts), judge=judge):
            parts.add(batch, part)
            if progress:
                pace.tell(parts.rows, done=batch.done)
    except BaseException:
        if not parts.done:  # nothing to go on with: a file that was refused leaves no folder
            parts.remove()
        raise
    account.rows, account.refused = parts.rows, parts.refused
    put_together(parts, job, model=judge.name, out=out)
    parts.remove()
    return account


def classify_rows(job: Job) -> tuple[list[dict[str, Any]], Account]:
    """Classify a file that is short enough to be shown.

    Args:
        job: What, by which model, and how.

    Returns:
        The rows of the result, and what became of the file.

    Raises:
        DataError: No model has that name.
        FileError: As ``classify_file``.
    """
    judge = job_model(job)
    account, parts = Account(model=judge.name), {}
    allowed = (_allowed(job, batch) for batch in _batches(job))
    for batch, part in read_parts(job, allowed, judge=judge):
        parts[batch.number] = part
        account.refused += batch.refused
    whole = all(part.whole_ids for part in parts.values())
    rows = []
    for number in sorted(parts):
        for line in parts[number].lines.splitlines():
            cells = json.loads(line)
            cells[0] = int(cells[0]) if whole else cells[0]
            rows.append(as_row(cells, job=job, model=judge.name))
    account.rows = len(rows)
    return rows, account


def _about(job: Job, *, model: str) -> dict[str, Any]:
    """Say on what the result rests: if any of it changes, nothing done before may be used."""
    if job.workers < 1:
        raise DataError(f"--workers {job.workers}: there must be 1 process or more")
    return {
        "input": _sum(job.path),
        "model": model,
        "way of reading": reading_mark(job.model, root=job.study),
        "command": [job.task, job.explain, job.leave_out_refused, job.batch],
    }


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
        raise FileError(path, "", problem, "Close it in other programs, then repeat") from None


def _batches(job: Job) -> Iterator[Batch]:
    wanted = ARTICLES if job.task == "articles" else TARGETS
    return read_batches(job.path, wanted, size=job.batch)


def _left(job: Job, parts: Parts) -> Iterator[Batch]:
    """Give the batches that are not done yet."""
    return (_allowed(job, batch) for batch in _batches(job) if batch.number not in parts.done)


def _allowed(job: Job, batch: Batch) -> Batch:
    """Refuse a batch with bad rows, unless they may be left out."""
    if batch.refused and not job.leave_out_refused:
        place, _, problem = batch.refused[0].partition(": ")
        raise FileError(
            job.path, place, problem, "Mend it, or leave such rows out: --leave-out-refused"
        )
    return batch


class _Pace:
    """Tells how far a run is, and how long it will take."""

    def __init__(self, *, say: Say, before: int) -> None:
        self._say, self._before = say, before
        self._began = self._said = monotonic()

    def tell(self, rows: int, *, done: float) -> None:
        now = monotonic()
        if now - self._said < _BETWEEN and done < 1:
            return
        self._said = now
        each = max(now - self._began, 1e-6) / max(rows - self._before, 1)
        left = round(each * rows * (1 / done - 1) / 60) if done else 0
        time = f"about {left} minutes left" if left else "less than a minute left"
        self._say(f"{rows:,} articles, {1 / each:,.0f} a second, {time}")
