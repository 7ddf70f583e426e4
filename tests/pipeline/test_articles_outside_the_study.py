"""News with dates outside the study: what a newcomer is told, whose study.toml has other dates."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.media.classify import classify
from outcomes.media.coding_design import Design
from outcomes.media.coding_shares import Coding
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles, draw_coding_sample
from outcomes.pipeline.coding_plan import corpus_of
from outcomes.pipeline.coding_samples import draw_series_sample
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/New_York"

[[outlets]]
name = "Courier"
scope = "local"
"""


def study_with(folder: Path, *days: str) -> Study:
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    lines = [
        json.dumps(
            {
                "url": f"https://x.example/{number}",
                "outlet": "Courier",
                "published": day,
                "title": "A fire",
                "text": f"Police closed street number {number}.",
            }
        )
        for number, day in enumerate(days)
    ]
    path = folder / "articles.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    study = open_study(folder)
    import_archive(study, path)
    return study


def test_articles_of_other_years_are_counted_beside_the_dates_of_the_study(tmp_path: Path) -> None:
    study = study_with(tmp_path, "2025-02-03", "2025-02-04", "2026-02-05", "")
    told = classify_articles(study)
    assert "2 are dated outside the whole months from 2026-01-01 to 2026-03-31" in told
    assert "first, last in study.toml" in told


def test_nothing_is_said_of_dates_where_all_lie_inside(tmp_path: Path) -> None:
    assert "dated outside" not in classify_articles(study_with(tmp_path, "2026-02-05", ""))


def test_a_draw_from_articles_of_other_years_points_to_the_dates(tmp_path: Path) -> None:
    study = study_with(tmp_path, "2025-02-03", "2025-02-04")
    classify_articles(study)
    with pytest.raises(DataError, match=r"first and last in study\.toml"):
        draw_coding_sample(study, tmp_path / "sheet.csv", per_month=2, seed=1)
    with pytest.raises(DataError, match=r"first and last in study\.toml"):
        draw_series_sample(
            study, "one", design=Design(kind="random", per_month=2),
            coding=Coding(coders=("ana",)), day=date(2026, 4, 1),
        )  # fmt: skip
    assert "in the months of the study" in corpus_of(study)[1]


def test_a_table_made_for_the_import_can_be_classified_as_it_is() -> None:
    table = pd.DataFrame({"url": ["u"], "title": ["A fire"], "text": ["Police closed a street."]})
    assert classify(table)["id"].tolist() == ["u"]
    assert classify(table.assign(id="other"))["id"].tolist() == ["other"]
