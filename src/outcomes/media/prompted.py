"""Tells which articles the agency's own press releases prompted: copied, cut, or built upon."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import FileError
from outcomes.media.date_gate import published_moment
from outcomes.media.name_guard import Named, names_and_numbers
from outcomes.media.shingles import shingle_sets, words_of

Verdict = Literal["release", "builds on a release", ""]
ENDINGS = (".txt", ".md", ".html", ".htm", ".docx")
MOSTLY = 0.5  # of the article's own runs of five words stand in the release
SOME = 0.15
FEWEST = 25  # shared runs of five words: one quotation of two sentences stays below
SHORTEST_COPY = 12  # the same for an article that holds little else: a notice of two sentences
BOILERPLATE = 3  # days: what stands in releases of so many is "call the tip line", no news
COPIED_NAMES = 0.5  # of the names and numbers of the shorter text that stand in the other one
BUILT_NAMES = 0.25  # with fewer it is the agency's form, filled in for another event
DAYS = 14  # between the release and the article, either way round
_DATE_LINES = 6  # of a release: where its date stands
_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LARGEST = 5_000_000  # bytes: a release is a page or two
_EARLY = 1  # days by which an article may come before the release's date, for clocks and zones
COLUMNS = ("url", "release", "share", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A press release of the agency."""

    name: str  # of its file
    text: str
    day: date | None  # None where neither its name nor its first lines tell it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    release: int  # its number; -1 where none has a verdict
    share: float  # of the article's runs of five words that stand in the release
    verdict: Verdict


def read_releases(folder: Path, *, today: date) -> list[Release]:
    """Read the releases of a folder and those below it: .txt, .md, .html and .docx.

    Args:
        folder: The folder; other files in it are passed over.
        today: No release is dated later.

    Raises:
        FileError: There is no such folder, or a release cannot be read.
    """
    if not folder.is_dir():
        raise FileError(
            folder,
            "",
            "there is no such folder",
            "Put the agency's press releases there, or name another folder with --releases",
        )
    found = []
    for path in _release_files(folder):
        text = _text_of(path)
        if words_of(text):
            name = path.relative_to(folder).as_posix()
            found.append(Release(name=name, text=text, day=_day_of(path.stem, text, today=today)))
    return found


def holds_releases(folder: Path) -> bool:
    """Say whether a folder has press releases in it, here or below."""
    return folder.is_dir() and bool(_release_files(folder))


def _release_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS
        and path.is_file()
        and not path.name.startswith((".", "~"))
    )


def find_prompted(
    articles: pd.DataFrame, releases: Sequence[Release], *, days: int = DAYS
) -> pd.DataFrame:
    """Say which articles hold the words of which release.

    Args:
        articles: Columns url, title, text and published (ISO, empty where unknown).
        releases: The agency's releases.
        days: How far an article may lie from the release's day; no rule where one has no date.

    Returns:
        Columns url, release (the closest one), share (of the article's runs of five words that
        stand in it) and verdict: "release" where that is most of the article, "builds on a
        release" where it is a good part, or where most of the release stands in a longer article.
        Each article has a row, in its order; without a verdict, release is empty and share is
        the largest one that was found.

    Source:
        Broder (1997), Compression and Complexity of Sequences, 21-29 (containment).
        Requirements A8 and E9.
    """
    texts = articles["text"].fillna("").astype(str).tolist()
    index = _Index.of(releases)
    bodies = shingle_sets([words_of(text) for text in texts])
    rows = []
    for place, url in enumerate(articles["url"]):
        published = str(articles["published"].iloc[place])
        near = [_near(release.day, published, days=days) for release in releases]
        best = _closest(index, bodies.of(place), text=texts[place], near=near)
        name = releases[best.release].name if best.verdict else ""
        rows.append((url, name, round(best.share, 3), best.verdict))
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """The releases' runs of five words, ready to be looked up; their boilerplate is left out."""

    runs: NDArray[np.uint64]  # sorted
    release: NDArray[np.int64]  # which release each of them stands in
    sizes: NDArray[np.int64]  # of the releases
    common: NDArray[np.uint64]  # boilerplate
    named: tuple[Named, ...]

    @staticmethod
    def of(releases: Sequence[Release]) -> "_Index":
        """Index the releases."""
        found = shingle_sets([words_of(release.text) for release in releases])
        which = np.repeat(np.arange(len(releases)), found.sizes)
        days = [release.day or number for number, release in enumerate(releases)]
        codes = {day: code for code, day in enumerate(dict.fromkeys(days))}
        day_of = np.array([codes[day] for day in days], dtype=np.int64)
        pairs = np.unique(np.column_stack([found.values, day_of[which].astype(np.uint64)]), axis=0)
        runs, on_days = np.unique(pairs[:, 0], return_counts=True)
        common = runs[on_days >= BOILERPLATE]
        kept = ~np.isin(found.values, common)
        values, which = found.values[kept], which[kept]
        order = np.argsort(values, kind="stable")
        return _Index(
            runs=values[order],
            release=which[order],
            sizes=np.bincount(which, minlength=len(releases)),
            common=common,
            named=tuple(names_and_numbers(release.text) for release in releases),
        )

    def shared(self, runs: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Count how many of an article's runs stand in each release."""
        low = np.searchsorted(self.runs, runs, side="left")
        high = np.searchsorted(self.runs, runs, side="right")
        found = [self.release[a:b] for a, b in zip(low, high, strict=True) if b > a]
        flat = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
        return np.bincount(flat, minlength=len(self.sizes))


def _closest(
    index: _Index, runs: NDArray[np.uint64], *, text: str, near: Sequence[bool]
) -> _Compared:
    """Find the release that an article took most from."""
    runs = runs[~np.isin(runs, index.common)]
    best = _Compared(release=-1, share=0.0, verdict="")
    if not len(runs):
        return best
    shared = index.shared(runs)
    for release in np.argsort(-shared, kind="stable"):
        count = int(shared[release])
        if count == 0:
            break
        if not near[release]:
            continue
        verdict = _verdict(count, article=len(runs), release=int(index.sizes[release]))
        if verdict and not _same_event(text, index.named[release], verdict=verdict):
            verdict = ""
        share = count / len(runs)
        if verdict:
            return _Compared(release=int(release), share=share, verdict=verdict)
        best = max(best, _Compared(release=-1, share=share, verdict=""), key=lambda one: one.share)
    return best


def _verdict(shared: int, *, article: int, release: int) -> Verdict:
    """Judge by how many runs of five words are shared, and of how many."""
    if shared >= SHORTEST_COPY and shared / article >= MOSTLY:
        return "release"
    if shared < FEWEST:
        return ""
    return "builds on a release" if shared / article >= SOME or shared / release >= MOSTLY else ""


def _same_event(article: str, release: Named, *, verdict: Verdict) -> bool:
    """Refuse the agency's form filled in for another event: other names and numbers in it."""
    keys = names_and_numbers(article).keys
    fewer = min(len(keys), len(release.keys))
    least = COPIED_NAMES if verdict == "release" else BUILT_NAMES
    return len(keys & release.keys) >= least * fewer


def _near(day: date | None, published: str, *, days: int) -> bool:
    if day is None or not published:
        return True
    apart = (date.fromisoformat(published[:10]) - day).days
    return -_EARLY <= apart <= days


def _day_of(stem: str, text: str, *, today: date) -> date | None:
    if named := _IN_NAME.search(stem):
        try:
            return date(*(int(part) for part in named.groups()))
        except ValueError:
            return None
    seen = datetime.combine(today, time(), UTC) + timedelta(days=1)
    lines = [line.strip() for line in text.splitlines() if line.strip()][:_DATE_LINES]
    for line in lines:
        found = published_moment(line[:120], seen=seen, order="MDY").iso
        if found:
            return date.fromisoformat(found[:10])
    return None


def _text_of(path: Path) -> str:
    if path.stat().st_size > _LARGEST:
        raise FileError(
            path, "", "it is larger than 5 megabytes", "Keep the words alone: save it as .txt"
        )
    if path.suffix.lower() == ".docx":
        return _word_text(path)
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if path.suffix.lower() in {".html", ".htm"}:
        text = re.sub(r"</(?:p|div|h\d|li|tr)\s*>|<br\s*/?>", "\n", _HIDDEN.sub(" ", text))
        text = html.unescape(re.sub(r"<[^>]{0,2000}>", " ", text))
    return text


def _word_text(path: Path) -> str:
    import docx

    try:
        document = docx.Document(str(path))
    except Exception as error:  # python-docx lets through whatever a damaged file makes it raise
        raise FileError(
            path, "", f"it is no Word document that can be read ({type(error).__name__})",
            "Open it in Word and save it again, or save it as .txt",
        ) from None  # fmt: skip
    return "\n".join(paragraph.text for paragraph in document.paragraphs)
