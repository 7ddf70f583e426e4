"""What the search knows of articles beside their words: codes, relevance, places, copies."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from outcomes.media.codes import one_code_an_article
from outcomes.media.search_places import marks, short_hash
from outcomes.store import read_facts
from outcomes.study import Study

SCOPES = {"local": "l1", "national": "l2"}
TONES = {"negative": "t1", "neutral": "t2", "positive": "t3"}
_BY_NUMBER = {-1: "t1", 0: "t2", 1: "t3"}
_YES_NO = {"relevant": "r", "about_us": "u", "prompted": "p"}  # columns of results/articles.csv
_NAMES = {"places": "g", "agencies": "y"}  # columns that hold names, joined by "; "
Number = Callable[[str, str], int]  # kind and name -> its number, made where it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Marks and stories of articles, by a short hash of their url."""

    scopes: Mapping[str, str]  # outlet -> mark of its scope
    found: Mapping[int, tuple[str, ...]]
    stories: Mapping[int, int]  # only of articles that have copies

    def of(self, url: int, outlet: str) -> str:
        """Join the marks of one article."""
        return marks((*self.found.get(url, ()), self.scopes.get(outlet, "l0")))


def labels_state(study: Study, codes: Sequence[object]) -> str:
    """Say by which state of codes and results labels are made; another one: make them anew.

    Args:
        study: The study.
        codes: What changes with every code that people give.
    """
    state = [scopes(study), list(codes), [_mark(_table(study, name)) for name in _READ]]
    return json.dumps(state, sort_keys=True)


_READ = ("articles", "stories")


def labels_of(study: Study, number: Number) -> Labels:
    """Read the labels of all articles: people's codes first, then results/articles.csv."""
    found = dict(_from_results(study, number))
    for row in one_code_an_article(read_facts(study.store, "codes")).itertuples():
        url = short_hash(row.url)
        known = {mark for mark in found.get(url, ()) if not mark.startswith("r")}
        known.add(f"r{int(row.human_relevant)}")
        if not pd.isna(row.human_tone):
            known.add(_BY_NUMBER[int(row.human_tone)])
        found[url] = tuple(known)
    return Labels(
        scopes=scopes(study),
        found=found,
        stories=_stories(study),
    )


def scopes(study: Study) -> dict[str, str]:
    """Give the mark of each outlet's scope."""
    return {outlet.name: SCOPES[outlet.scope] for outlet in study.settings.outlets}


def _from_results(study: Study, number: Number) -> Iterable[tuple[int, tuple[str, ...]]]:
    table = _columns(_table(study, "articles"), ("url", *_YES_NO, *_NAMES))
    if table is None or "url" not in table:
        return
    there = [name for name in (*_YES_NO, *_NAMES) if name in table]
    known: dict[tuple[str, ...], tuple[str, ...]] = {}  # few combinations, many articles
    for url, *cells in zip(table["url"], *(table[name] for name in there), strict=True):
        told = known.get(tuple(cells))
        if told is None:
            pairs = dict(zip(there, cells, strict=True))
            told = known[tuple(cells)] = tuple(_told(pairs, number))
        yield short_hash(url), told


def _told(cells: Mapping[str, str], number: Number) -> list[str]:
    """Give the marks of what results/articles.csv says of an article."""
    told = []
    for column, letter in _YES_NO.items():
        if (cell := cells.get(column, "")[:1]) in {"0", "1"}:
            told.append(letter + cell)
    for column, letter in _NAMES.items():
        names = [name.strip() for name in cells.get(column, "").split(";")]
        told += [f"{letter}{number(column, name)}" for name in names if name]
    return told


def _stories(study: Study) -> dict[int, int]:
    columns = _columns(_table(study, "stories"), ("id", "story"))
    if columns is None or len(columns.columns) < 2:
        return {}
    copied = columns[columns.groupby("story")["story"].transform("size") > 1]
    return {short_hash(str(row.id)): short_hash(str(row.story)) or 1 for row in copied.itertuples()}


def _table(study: Study, name: str) -> Path:
    return study.results / f"{name}.csv"


def _mark(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


def _columns(path: Path, wanted: tuple[str, ...]) -> pd.DataFrame | None:
    """Read some columns of a result as text; None where it was not written yet."""
    try:
        return pd.read_csv(
            path, usecols=lambda name: name in wanted, dtype=str, keep_default_na=False
        )
    except (OSError, ValueError):
        return None
