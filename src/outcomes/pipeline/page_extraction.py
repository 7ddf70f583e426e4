"""Saved web pages to articles, file to file: each page a title, a date, a text and its flags."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from outcomes.errors import DataError, FileError
from outcomes.media.extraction import Page
from outcomes.media.page_dates import Reading
from outcomes.media.page_markup import LARGEST
from outcomes.media.page_worker import DEADLINE, PageFile, PageWorker
from outcomes.study import write_whole

_NAMES = (".html", ".htm", ".xhtml")
ENDINGS = (".json", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The account of pages that were read."""

    pages: int
    articles: int
    undated: int
    flags: dict[str, int]

    def sentences(self) -> list[str]:
        """What came of the pages, as lines for a person."""
        lines = [f"{_pages(self.pages)} read, {self.articles} of them articles"]
        if self.undated:
            lines.append(f"{_pages(self.undated)} without a date: it stays unknown")
        flagged = ", ".join(f"{name} {n}" for name, n in sorted(self.flags.items()))
        return [*lines, *([f"Flags: {flagged}"] if flagged else [])]


def page_files(paths: Sequence[Path]) -> list[Path]:
    """List the pages that are named, and those in the folders that are named.

    Args:
        paths: Files, taken whatever their ending, and folders, of which .html, .htm and .xhtml
            are taken, also packed (.gz), from all folders inside.

    Returns:
        Each file once, those of a folder by name.

    Raises:
        FileError: There is no such file, or no page in a folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _is_page(each))
            if not inside:
                raise FileError(path, "", "no page is in the folder", f"Pages end in {_NAMES[0]}")
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path] = None
        else:
            raise FileError(path, "", "there is no such file", "Check the name")
    return list(found)


def extract_pages(
    files: Sequence[Path],
    *,
    out: Path,
    reading: Reading,
    url: str = "",
    deadline: float = DEADLINE,
) -> Extracted:
    """Read saved pages and write what was found on them.

    Args:
        files: The pages, from ``page_files``.
        out: .json for one page (an object), .jsonl for several (one object a line).
        reading: When they were fetched, and how dates are read.
        url: The address of the page, if it is one; else each page's own word is taken.
        deadline: Seconds after which the reading of one page is stopped.

    Returns:
        How many were read, and what they are. A page that cannot be read is a row too, flagged.

    Raises:
        DataError: An address for several pages, no web address, or no such ending.
        FileError: A page cannot be opened, or ``out`` cannot be written; nothing is written then.
    """
    _check(files, out=out, url=url)
    rows: list[str] = []
    articles = undated = 0
    flags: Counter[str] = Counter()
    with PageWorker(deadline=deadline) as worker:
        for path, page in _read(files, worker=worker, url=url, reading=reading):
            record = {"id": page.url or path.name, "file": str(path), **asdict(page)}
            indent = 2 if out.suffix.lower() == ".json" else None
            rows.append(json.dumps(record, ensure_ascii=False, indent=indent))
            articles, undated = articles + page.article, undated + (not page.published)
            flags.update(page.flags)
    write_whole(out, "\n".join(rows) + "\n")
    return Extracted(pages=len(rows), articles=articles, undated=undated, flags=dict(flags))


def _read(
    files: Sequence[Path], *, worker: PageWorker, url: str, reading: Reading
) -> Iterator[tuple[Path, Page]]:
    for path in files:
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)  # one byte more shows that it goes on
        except OSError as error:
            problem = f"it cannot be read ({error.strerror})"
            raise FileError(path, "", problem, "Check that you may open it") from None
        yield path, worker.read(PageFile(content=content, url=url, reading=reading))


def _check(files: Sequence[Path], *, out: Path, url: str) -> None:
    if out.suffix.lower() not in ENDINGS:
        raise DataError(f"--out {out}: the ending must be one of {', '.join(ENDINGS)}.")
    if len(files) > 1 and out.suffix.lower() == ".json":
        raise DataError(
            f"--out {out}: {len(files)} pages need the ending .jsonl: one object a line."
        )
    if url and len(files) > 1:
        raise DataError(f"--url names one page, but there are {len(files)}. Leave it out.")
    if url and not url.startswith(("http://", "https://")):
        raise DataError(f"--url {url!r} is no web address: it begins with https:// or http://.")
    if out.resolve() in {path.resolve() for path in files}:
        raise FileError(out, "", "it is one of the pages", "Give --out another name")


def _is_page(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(_NAMES) and path.is_file()


def _pages(number: int) -> str:
    return f"{number} page" if number == 1 else f"{number} pages"
