"""Reading batches of articles with a model of tone, in this process or in several beside it."""

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Literal

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.article_batches import BATCH, Batch
from outcomes.media.classify import (
    P_COLUMNS,
    ToneClassifier,
    classify,
    classify_targets,
    find_model,
)
from outcomes.pipeline.tone_scores import study_model
from outcomes.study import open_study

Task = Literal["articles", "targets"]
_COLUMNS: dict[Task, tuple[str, ...]] = {
    "articles": ("id", "relevant", "tone", *P_COLUMNS),
    "targets": ("id", "tone", *P_COLUMNS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be classified, by what, and how."""

    path: Path
    task: Task = "articles"
    model: str = ""
    explain: bool = False
    study: Path | None = None  # whose own models may be named
    workers: int = 1  # processes
    leave_out_refused: bool = False
    batch: int = BATCH  # rows that are read at once
    agreed: bool = False  # that texts may leave this machine, or a model come to it (--yes)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the result."""
        return (*_COLUMNS[self.task], "model", *(("because",) if self.explain else ()))

    @property
    def found(self) -> tuple[str, ...]:
        """The columns that differ from row to row."""
        return tuple(name for name in self.columns if name != "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was found in one batch."""

    lines: str  # a JSON list for each row: the columns ``found``
    rows: int
    whole_ids: bool  # every id is a whole number, however the file writes it


def job_model(job: Job) -> ToneClassifier:
    """Make the model of a job: of the study, where there is one."""
    if job.study is None:
        return find_model(job.model, agreed=job.agreed)
    return study_model(open_study(job.study), job.model, agreed=job.agreed)


def read_parts(
    job: Job, batches: Iterable[Batch], *, judge: ToneClassifier
) -> Iterator[tuple[Batch, Part]]:
    """Classify batches; with several processes they come as they are done, not in order.

    Args:
        job: How. With more than one worker, each makes the model for itself.
        batches: Only a few of them are held at a time.
        judge: The model, for the case that this process does it alone.

    Raises:
        DataError: A process ended before its time.
    """
    if job.workers == 1:
        yield from ((batch, read_part(job, batch, judge=judge)) for batch in batches)
        return
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(
            job.workers, mp_context=spawn, initializer=_begin, initargs=(job,)
        ) as pool:
            yield from _as_done(pool, batches, most=2 * job.workers)
    except BrokenProcessPool:
        raise DataError(
            "a process that read articles ended, perhaps for want of memory. What was done is "
            "kept: give the same command again, with fewer --workers"
        ) from None


def _as_done(
    pool: ProcessPoolExecutor, batches: Iterable[Batch], *, most: int
) -> Iterator[tuple[Batch, Part]]:
    waiting: dict[Future[Part], Batch] = {}
    try:
        for batch in batches:
            waiting[pool.submit(_read, batch)] = batch
            while len(waiting) >= most:
                yield from _done(waiting)
        while waiting:
            yield from _done(waiting)
    finally:
        for future in waiting:
            future.cancel()


def _done(waiting: dict[Future[Part], Batch]) -> list[tuple[Batch, Part]]:
    done = wait(waiting, return_when=FIRST_COMPLETED).done
    return [(waiting.pop(future), future.result()) for future in done]


_WORKER: list[tuple[Job, ToneClassifier]] = []  # what a worker process was started for


def _begin(job: Job) -> None:
    """Prepare a worker process."""
    Thread(target=_end_with_parent, daemon=True).start()
    _WORKER[:] = [(job, job_model(job))]


def _end_with_parent() -> None:
    """End when the process that started this one does, even where that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(batch: Batch) -> Part:
    job, judge = _WORKER[0]
    return read_part(job, batch, judge=judge)


def read_part(job: Job, batch: Batch, *, judge: ToneClassifier) -> Part:
    """Classify one batch."""
    if not batch.rows:
        return Part(lines="", rows=0, whole_ids=True)
    if job.task == "articles":
        table = classify(batch.table, judge, explain=job.explain)
    else:
        table = classify_targets(batch.table, judge)
    columns = [_cells(table[name]) for name in job.found]
    rows = list(zip(*columns, strict=True))
    return Part(
        lines="".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows),
        rows=len(rows),
        whole_ids=all(_is_whole(row[0]) for row in rows),
    )


def _cells(column: pd.Series) -> list[object]:
    return [None if pd.isna(cell) else cell for cell in column.tolist()]


def _is_whole(name: object) -> bool:
    text = str(name)
    return text.isascii() and text.isdecimal() and str(int(text)) == text and len(text) < 19
