"""The folder FILE.parts, where a long run keeps what is done until the whole file is."""

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.article_batches import Batch
from outcomes.pipeline.batch_reading import Job, Part
from outcomes.study import write_whole

_ABOUT, _DONE = "about.json", "done.jsonl"
_ROWS_AT_ONCE = 20_000  # of a Parquet file that is put together


class Parts:
    """What is done: one file a batch, and a list that names those that are whole."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder, self.about = folder, about
        self.done: dict[int, dict[str, Any]] = {}

    @property
    def rows(self) -> int:
        """How many rows are classified."""
        return sum(int(each["rows"]) for each in self.done.values())

    @property
    def refused(self) -> list[str]:
        """Name the rows that were left out."""
        return [line for number in sorted(self.done) for line in self.done[number]["refused"]]

    def add(self, batch: Batch, part: Part) -> None:
        """Keep what was found in a batch; it counts from when the list names it."""
        write_whole(self.file(batch.number), part.lines)
        known = {"rows": part.rows, "whole": part.whole_ids, "refused": list(batch.refused)}
        with (self.folder / _DONE).open("a", encoding="utf-8") as file:
            file.write(json.dumps([batch.number, known]) + "\n")
        self.done[batch.number] = known

    def file(self, number: int) -> Path:
        """Say where the part of a batch lies."""
        return self.folder / f"{number:08}.jsonl"

    def cells(self) -> Iterator[list[Any]]:
        """Read all that was found, in the order of the batches."""
        whole = all(each["whole"] for each in self.done.values())
        for number in sorted(self.done):
            with self.file(number).open(encoding="utf-8") as file:
                for line in file:
                    row = json.loads(line)
                    yield [int(row[0]), *row[1:]] if whole else row

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)


def open_parts(folder: Path, about: dict[str, Any]) -> tuple[Parts, str]:
    """Open what an earlier run has done of the same work, or begin anew.

    Args:
        folder: FILE.parts.
        about: What the work is: the sum of the input, the model, and what else the result rests on.

    Returns:
        The parts, and a sentence where an earlier run cannot be gone on with.

    Raises:
        FileError: The folder cannot be written.
    """
    parts, told = Parts(folder, about), ""
    before = _read_about(folder)
    if before == about:
        parts.done = _read_done(parts)
    elif folder.exists():
        changed = [name for name in about if (before or {}).get(name) != about[name]]
        told = f"A run that was broken off is not gone on with: the {changed[0]} is another now."
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"it cannot be made ({error.strerror})"
        raise FileError(folder, "", problem, "Choose another --out") from None
    write_whole(folder / _ABOUT, json.dumps(about, indent=1))
    lines = (json.dumps([number, known]) + "\n" for number, known in parts.done.items())
    write_whole(folder / _DONE, "".join(lines))  # without a line that was broken off
    return parts, told


def _read_about(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _read_done(parts: Parts) -> dict[int, dict[str, Any]]:
    done: dict[int, dict[str, Any]] = {}
    with suppress(FileNotFoundError):
        for line in (parts.folder / _DONE).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):  # the last line may be broken off
                number, known = json.loads(line)
                if parts.file(number).exists():
                    done[number] = known
    return done


def put_together(parts: Parts, job: Job, *, model: str, out: Path) -> None:
    """Write the whole result, or nothing of it.

    Args:
        parts: All batches are in it.
        job: What the result is of.
        model: Its name with its version.
        out: .csv, .parquet, .json or .jsonl.

    Raises:
        FileError: It cannot be written there.
    """
    rows = (as_row(cells, job=job, model=model) for cells in parts.cells())
    part = out.with_name(out.name + ".part")
    writers = {".csv": _write_csv, ".parquet": _write_parquet, ".jsonl": _write_lines}
    try:
        writers.get(out.suffix.lower(), _write_list)(part, rows, job)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        problem = f"it cannot be written ({error.strerror})"
        raise FileError(out, "", problem, "Choose a folder that is there and open to you") from None


def as_row(cells: list[Any], *, job: Job, model: str) -> dict[str, Any]:
    """Give a row of the result its columns, in their order."""
    known = {**dict(zip(job.found, cells, strict=True)), "model": model}
    return {name: known[name] for name in job.columns}


def _write_csv(path: Path, rows: Iterator[dict[str, Any]], job: Job) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(job.columns)
        writer.writerows(row.values() for row in rows)


def _write_lines(path: Path, rows: Iterator[dict[str, Any]], _job: Job) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_list(path: Path, rows: Iterator[dict[str, Any]], _job: Job) -> None:
    with path.open("w", encoding="utf-8") as file:
        before = "["
        for row in rows:
            file.write(before + json.dumps(row, ensure_ascii=False))
            before = ",\n"
        file.write("]" if before != "[" else "[]")


def _write_parquet(path: Path, rows: Iterator[dict[str, Any]], job: Job) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = list(islice(rows, _ROWS_AT_ONCE))
    whole = all(isinstance(row["id"], int) for row in first)
    kinds = {"id": pa.int64() if whole else pa.string(), "model": pa.string()}
    kinds |= {"relevant": pa.int64(), "tone": pa.int64(), "because": pa.string()}
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in job.columns])
    with pq.ParquetWriter(path, schema) as writer:
        while first:
            if not whole:
                first = [{**row, "id": str(row["id"])} for row in first]
            writer.write_table(pa.Table.from_pylist(first, schema=schema))
            first = list(islice(rows, _ROWS_AT_ONCE))
