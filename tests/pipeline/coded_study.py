"""A small study with news, for the tests of coding them by hand."""

import json
import shutil
from datetime import date
from pathlib import Path

from outcomes.media.coding_design import Design
from outcomes.media.coding_shares import Coding
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.coding_samples import Assigned, draw_series_sample
from outcomes.study import Study, open_study

DAY = date(2026, 4, 2)
_STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-02-28

[[outlets]]
name = "Courier"
scope = "local"

[[outlets]]
name = "Wire"
scope = "national"
"""
_TEXTS = (
    "Police said a man was killed on Weaver Street.",
    "An officer used excessive force, according to a lawsuit against the police.",
    "Police officers were honored for rescuing a girl.",
    "A woman was arrested by police on Friday.",
)


def add_articles(study: Study, first: int, last: int, *, month: int = 0) -> None:
    """Store articles, in turns of January and February, or all of one month, and classify them."""
    rows = [
        {
            "url": f"https://x.example/{k}",
            "outlet": ("Courier", "Wire")[k // 2 % 2],
            "published": f"2026-0{month or 1 + k % 2}-10",
            "title": f"Title {k}",
            "text": _TEXTS[k // 4 % 4],
        }
        for k in range(first, last)
    ]
    path = study.root / f"articles-{first}.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    import_archive(study, path)
    classify_articles(study)


def study_with_news(folder: Path, *, articles: int = 40) -> Study:
    """Make a study with so many articles, half of them of each of two months."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(_STUDY, encoding="utf-8")
    study = open_study(folder)
    add_articles(study, 0, articles)
    return study


def copy_of(study: Study, folder: Path) -> Study:
    """Copy a study that several tests start from, so that it is made once."""
    shutil.copytree(study.root, folder)
    return open_study(folder)


def draw(study: Study, name: str = "first", *, per_month: int = 4, **coding: object) -> Assigned:
    """Draw a random sample for Ana and Ben, who code all of it unless something else is said."""
    people = Coding(**{"coders": ("ana", "ben"), "everyone": True, **coding})  # type: ignore[arg-type]
    return draw_series_sample(
        study, name, design=Design(per_month=per_month), coding=people, day=DAY
    )
