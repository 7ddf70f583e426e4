"""Step: import the articles of web pages that people or a crawler saved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from outcomes.errors import DataError, FileError, one_of
from outcomes.media.extraction import Page
from outcomes.media.page_dates import Reading
from outcomes.media.page_markup import LARGEST
from outcomes.media.page_worker import PageFile, PageWorker
from outcomes.media.sightings import Sighting
from outcomes.pipeline.article_keeping import Kept, OnChange, keep_sightings
from outcomes.pipeline.full_text import outlet_reading
from outcomes.pipeline.page_extraction import page_files
from outcomes.store.articles import (
    begin_import,
    end_import,
    erased_texts,
    new_version,
    newest_articles,
)
from outcomes.store.facts import Source
from outcomes.study import Study

STEP = "media import-pages"
_AT_ONCE = 100  # pages in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """A saved page and what was found on it."""

    name: str  # its file, as seen from the folder
    page: Page


@dataclass(slots=True, kw_only=True)
class PagesImported:
    """The account of one import: pages = new + known + left out."""

    pages: int = 0
    new: int = 0  # articles stored now, and known ones with a new version
    known: int = 0
    undated: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # pages without an article, by kind

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        lines = [
            f"{self.pages} pages read: {self.new} stored, {self.known} already known, "
            f"{self.left_out.total()} left out."
        ]
        if self.left_out:
            counted = ", ".join(f"{kind} {n}" for kind, n in sorted(self.left_out.items()))
            lines.append(f"Left out, as they hold no article: {counted}.")
        if self.undated:
            lines.append(
                f"{self.undated} articles have no date: they are stored, but belong to no month."
            )
        return lines


def import_pages(
    study: Study,
    folder: Path,
    *,
    outlet: str,
    now: datetime,
    seen: datetime | None = None,
    amend: bool = False,
) -> PagesImported:
    """Import the articles of saved pages; pages that were imported before change nothing.

    The text of a page takes the place of a feed's summary. The pages are stored a hundred at a
    time: where the import is stopped, run it again.

    Args:
        study: The study.
        folder: Where the pages lie: .html, .htm and .xhtml, perhaps packed, also in folders.
        outlet: Whose they are.
        now: The present moment, with its offset.
        seen: The last day on which they were saved; by default today.
        amend: Whether a known page with other words is a new version of its article.

    Returns:
        The account. Left out are pages that hold no article; of a page behind a paywall title and
        date are stored, and it is not classified.

    Raises:
        DataError: The outlet is not one of study.toml.
        FileError: There is no such folder, no page in it, or one cannot be opened.

    Source:
        Issue 6, 5 and 6. Requirement B14.
    """
    known = [each.name for each in study.settings.outlets]
    if outlet not in known:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, known)}")
    if not folder.is_dir():
        raise FileError(folder, "", "there is no such folder", "Check the name")
    files = page_files([folder])
    whole_day = now if seen is None else seen.replace(tzinfo=UTC) + timedelta(days=1)
    reading = outlet_reading(study, outlet, now=min(now, whole_day))
    step = _Step(outlet=outlet, now=now, on_change="version" if amend else "refuse")
    account = PagesImported(pages=len(files))
    with PageWorker() as worker:
        for start in range(0, len(files), _AT_ONCE):
            some = files[start : start + _AT_ONCE]
            pages = list(_read(some, folder, worker=worker, reading=reading))
            _take(study, pages, step=step, account=account)
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    outlet: str
    now: datetime
    on_change: OnChange


def _take(study: Study, pages: list[_Saved], *, step: _Step, account: PagesImported) -> None:
    """Store the articles of some pages in one transaction, and count them."""
    good = [each for each in pages if _is_worth_keeping(each.page)]
    account.left_out.update(_why(each.page) for each in pages if not _is_worth_keeping(each.page))
    account.undated += sum(not each.page.published for each in good)
    new = _keep(study, good, step=step) if good else 0
    account.new, account.known = account.new + new, account.known + len(good) - new


def _read(
    files: Sequence[Path], folder: Path, *, worker: PageWorker, reading: Reading
) -> Iterator[_Saved]:
    for path in files:
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)  # one byte more shows that it goes on
        except OSError as error:
            problem = f"it cannot be read ({error.strerror})"
            raise FileError(path, "", problem, "Check that you may open it") from None
        page = worker.read(PageFile(content=content, reading=reading))
        yield _Saved(name=path.relative_to(folder).as_posix(), page=page)


def _is_worth_keeping(page: Page) -> bool:
    return bool(page.title or page.text) if page.article else _is_behind_paywall(page)


def _is_behind_paywall(page: Page) -> bool:
    return "paywall" in page.flags and bool(page.title)


def _why(page: Page) -> str:
    return next(iter(page.flags), "empty")


def _keep(study: Study, pages: Sequence[_Saved], *, step: _Step) -> int:
    """Store pages in one transaction; say of how many something was new."""
    with study.store.begin() as connection:
        number = begin_import(connection, Source(step=STEP, read=len(pages)), now=step.now)
        kept = keep_sightings(
            connection,
            [_sighting(each, outlet=step.outlet) for each in pages],
            now=step.now,
            import_id=number,
            on_change=step.on_change,
        )
        _flag_stubs(connection, pages, kept, import_id=number)
        new = sum(each.fate != "duplicate" for each in kept)
        end_import(connection, number, new=new, known=len(kept) - new)
    return new


def _sighting(saved: _Saved, *, outlet: str) -> Sighting:
    page = saved.page
    return Sighting(
        outlet=outlet,
        url=page.url,
        guid="" if page.url else saved.name,  # it must be known again when it is imported again
        title=page.title,
        text=page.text if page.article else "",
        text_from="page",
        published=page.published,
        published_raw=page.published_raw,
        published_from="page" if page.published else "",
        published_note=page.published_note,
        flags=page.flags,
        article=int(page.article),
        extractor=page.extractor,
    )


def _flag_stubs(
    connection: Connection, pages: Sequence[_Saved], kept: Sequence[Kept], *, import_id: int
) -> None:
    """Mark the articles of which a feed gave a summary, and whose page is behind a paywall."""
    stubs = {
        found.article: saved.page
        for saved, found in zip(pages, kept, strict=True)
        if not saved.page.article
    }
    newest, gone = newest_articles(connection, list(stubs)), erased_texts(connection, list(stubs))
    for article, page in stubs.items():
        if article in gone or newest[article]["text_from"] != "feed":
            continue  # a paywall takes no known text away
        about: dict[str, Any] = {
            "flags": list(page.flags),
            "article": 0,
            "extractor": page.extractor,
        }
        new_version(connection, article, about, import_id=import_id)
