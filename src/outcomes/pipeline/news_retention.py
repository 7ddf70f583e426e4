"""Step: erase the texts of news that the study keeps no longer; what was found in them stays."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.pipeline.retention import months_after
from outcomes.pipeline.search_index import index_path
from outcomes.store.news_erasing import (
    Results,
    article_ages,
    erase_article_texts,
    erased_urls,
    import_files,
    kept_results,
)
from outcomes.study import Study

__all__ = ["Overdue", "erased_urls", "forget_texts", "kept_results", "overdue_texts"]

# What is computed from texts and can never be computed again; all name an article by its address.
KEPT = ("articles", "targets", "prompted", "stories")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """The texts that may be kept no longer, on one day."""

    articles: tuple[str, ...]  # keys of those that can be erased
    urls: tuple[str, ...]  # their addresses, in the same order
    outlets: dict[str, int]  # of each outlet how many
    waiting: int  # not classified yet: their tone would be lost
    has_end: bool  # whether study.toml says how long texts are kept

    def sentences(self, *, erased: bool) -> list[str]:
        """Say it in words, one line each."""
        if not self.has_end:
            return [
                "study.toml sets no end for texts: nothing is erased. Write text_months = 24 "
                "under [news], or with an outlet, to keep them that long."
            ]
        number = len(self.articles)
        if not number and not self.waiting:
            return ["No text is older than study.toml allows. There is nothing to erase."]
        were = "was erased" if number == 1 else "were erased"
        done = were if erased else "would be erased; nothing was"
        lines = [f"{_texts(number)} {done}. Titles, addresses, dates and codes stay."]
        lines += [f"{name}: {count}." for name, count in sorted(self.outlets.items())]
        if self.waiting:
            lines.append(
                f"Overdue, but not classified yet: {_texts(self.waiting)}. Their tone would be "
                "lost. Run outcomes evaluate, then this again."
            )
        return lines


def overdue_texts(study: Study, *, today: date) -> Overdue:
    """Find the texts that are older than study.toml allows.

    A text is overdue once its article is older than the outlet's ``text_months``, else those of
    [news]; it counts from the day of publication or, where that is unknown, the day on which it
    was first seen. An article that no model has judged yet waits, for it would never be judged.

    Args:
        study: The study.
        today: In its time zone.

    Source:
        Issue 6, 11: text is kept for analysis, as long as the study says, by source.
    """
    months = _months(study)
    other = study.settings.news.text_months
    going, waiting = [], 0
    if other or any(months.values()):
        zone = zone_of_outlet(study)
        old = [
            row
            for row in article_ages(study.store)
            if _is_over(row, months.get(row.outlet, other), today=today, zone=zone(row.outlet))
        ]
        judged = {row["url"] for row in _rows(study, "articles") if "url" in row} if old else set()
        going = [row for row in old if row.article == 0 or row.url in judged]
        waiting = len(old) - len(going)
    outlets: defaultdict[str, int] = defaultdict(int)
    for row in going:
        outlets[row.outlet] += 1
    return Overdue(
        articles=tuple(row.key for row in going),
        urls=tuple(row.url for row in going),
        outlets=dict(outlets),
        waiting=waiting,
        has_end=bool(other or any(months.values())),
    )


def forget_texts(study: Study, overdue: Overdue, *, today: date) -> list[str]:
    """Erase texts and summaries that are overdue, and keep what results/ says of their articles.

    Args:
        study: The study.
        overdue: From ``overdue_texts``.
        today: In the study's time zone.

    Returns:
        What was done, and where copies of the texts may still lie, as sentences.
    """
    if not overdue.articles:
        return overdue.sentences(erased=True)
    files = import_files(study.store, overdue.articles)
    results = _results(study, overdue.urls)
    erase_article_texts(
        study.store,
        {
            key: results.get(url, {})
            for key, url in zip(overdue.articles, overdue.urls, strict=True)
        },
        day=today.isoformat(),
        reason="older than text_months of study.toml",
    )
    _drop_index(study)
    lines = overdue.sentences(erased=True)
    lines.append(
        "Copies of data/study.db made before still hold them, and so do the coding sheets that "
        "were drawn (outcomes media sample)."
    )
    if files:
        shown = ", ".join(files[:5]) + (", …" if len(files) > 5 else "")
        lines.append(f"So do the files that they came from: {shown}. Remove what you may not keep.")
    return lines


def _drop_index(study: Study) -> None:
    """Remove the index of words, which is made anew from what the store still holds."""
    path = index_path(study)
    for each in (path, *path.parent.glob(f"{path.name}-*")):
        each.unlink(missing_ok=True)


def _months(study: Study) -> dict[str, int | None]:
    """How long the texts of each outlet are kept; None: without end."""
    usual = study.settings.news.text_months
    return {outlet.name: outlet.text_months or usual for outlet in study.settings.outlets}


def _is_over(article: Row[Any], months: int | None, *, today: date, zone: str) -> bool:
    if months is None:
        return False
    began = article.published or article.first_seen or article.stored
    moment = datetime.fromisoformat(began)
    day = (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()
    return today > months_after(day, months)


def _results(study: Study, urls: Sequence[str]) -> dict[str, Results]:
    """The rows of the tables of results that speak of these articles, by address."""
    wanted = set(urls)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in KEPT:
        for row in _rows(study, name):
            url = row.get("url", row.get("id"))
            if url in wanted:
                found.setdefault(str(url), {}).setdefault(name, []).append(row)
    return dict(found)


def _rows(study: Study, name: str) -> list[dict[str, Any]]:
    if not (study.results / f"{name}.csv").exists():
        return []
    table = study.read_table(name)
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


def _texts(number: int) -> str:
    return "1 text" if number == 1 else f"{number} texts"
