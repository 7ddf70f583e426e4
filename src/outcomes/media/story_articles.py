"""What linking copies needs to know of each article: who, when, where, and the words as a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.media.page_key import page_key
from outcomes.media.shingles import body_key, words_of
from outcomes.media.story_groups import UNKNOWN

_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticles:
    """Articles, one a place, in the order of the file."""

    ids: list[object]
    outlets: list[str]  # empty where unknown
    texts: list[str]
    outlet_codes: NDArray[np.int64]  # a number for each outlet, UNKNOWN where it is not said
    days: NDArray[np.int64]  # a number for each day, UNKNOWN where it is not said
    order: list[int]  # places by who published first, those without a date last
    pages: list[str]  # keys of their addresses, empty where there is none
    lengths: NDArray[np.int64]  # in words
    bodies: list[bytes]  # keys of their words, empty where there are too few to compare


def story_articles(articles: pd.DataFrame, *, fewest_words: int, time_zone: str) -> StoryArticles:
    """Read the columns that linking copies needs.

    Args:
        articles: id and text; perhaps url, outlet and published (ISO date or moment).
        fewest_words: Shorter texts get no key of their words.
        time_zone: In which days are cut; a moment without offset is local time there.

    Raises:
        DataError: An id is missing or stands twice, or a date cannot be read.
    """
    ids = _ids(articles)
    outlets = [name.strip() for name in _texts(articles, "outlet")]
    texts = _texts(articles, "text")
    lengths, bodies = _lengths_and_bodies(texts, fewest=fewest_words)
    days, seconds = _times(_texts(articles, "published"), time_zone=time_zone)
    return StoryArticles(
        ids=ids,
        outlets=outlets,
        texts=texts,
        outlet_codes=_codes(outlets),
        days=days,
        order=_by_time(days, seconds, ids=ids),
        pages=[page_key(url) for url in _texts(articles, "url")],
        lengths=lengths,
        bodies=bodies,
    )


def _ids(articles: pd.DataFrame) -> list[object]:
    ids: list[object] = articles["id"].tolist()
    if articles["id"].isna().any() or (articles["id"].astype(str) == "").any():
        raise DataError("the column id is empty in some row: every article needs an id of its own")
    twice = articles["id"][articles["id"].duplicated()]
    if len(twice):
        raise DataError(f"the id {twice.iloc[0]!r} stands twice: every article needs its own")
    return ids


def _texts(articles: pd.DataFrame, column: str) -> list[str]:
    if column not in articles:
        return [""] * len(articles)
    texts: list[str] = articles[column].astype(object).fillna("").astype(str).tolist()
    return texts


def _codes(names: Sequence[str]) -> NDArray[np.int64]:
    codes: dict[str, int] = {"": UNKNOWN}
    for name in names:
        codes.setdefault(name, len(codes))
    return np.array([codes[name] for name in names], dtype=np.int64)


def _lengths_and_bodies(
    texts: Sequence[str], *, fewest: int
) -> tuple[NDArray[np.int64], list[bytes]]:
    lengths = np.zeros(len(texts), dtype=np.int64)
    bodies = [b""] * len(texts)
    for place, text in enumerate(texts):
        words = words_of(text)
        lengths[place] = len(words)
        if len(words) >= fewest:
            bodies[place] = body_key(words)
    return lengths, bodies


def _times(
    published: Sequence[str], *, time_zone: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the day of each article, and the second of that day."""
    zone = _zone(time_zone)
    days = np.full(len(published), UNKNOWN, dtype=np.int64)
    seconds = np.full(len(published), _DAY, dtype=np.int64)  # unknown: after those that are known
    for place, cell in enumerate(published):
        written = cell.strip()
        if not written:
            continue
        try:
            moment = datetime.fromisoformat(written)
            moment = moment.astimezone(zone) if moment.tzinfo is not None else moment
        except (ValueError, OverflowError):
            raise DataError(
                f"article {place + 1}, column published: {written!r} is not a date. Write it as "
                "2026-03-31 or 2026-03-31T14:05; leave it empty if unknown"
            ) from None
        days[place] = moment.toordinal()
        if len(written) > len("2026-03-31"):
            seconds[place] = moment.hour * 3600 + moment.minute * 60 + moment.second
    return days, seconds


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise DataError(
            f"{name!r} is not a time zone. Write it as area and place, such as America/Chicago"
        ) from None


def _by_time(
    days: NDArray[np.int64], seconds: NDArray[np.int64], *, ids: Sequence[object]
) -> list[int]:
    day = np.where(days == UNKNOWN, np.iinfo(np.int64).max, days).tolist()
    second = seconds.tolist()
    return sorted(range(len(ids)), key=lambda k: (day[k], second[k], str(ids[k])))
