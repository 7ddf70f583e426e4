"""Real saved pages of local outlets come in as articles, once, and the dates do not change."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from outcomes.pipeline.saved_pages import import_pages
from outcomes.store import fingerprint, read_facts
from outcomes.study import open_study

PAGES = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds" / "police_local_html"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="the folder of reference data is absent"),
]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_folder_of_police_news_is_imported_once(study_folder: Path):
    study = open_study(study_folder)
    first = import_pages(study, PAGES, outlet="Marlow Falls Courier", now=NOW)
    assert first.new + first.known + first.left_out.total() == first.pages
    assert first.pages >= 20
    assert first.left_out.total() <= 2
    table = read_facts(study.store, "articles")
    assert len(table) == first.new
    assert table["url"].is_unique
    assert (table["text"].str.split().str.len() > 50).mean() > 0.9
    assert (table["published"] != "").sum() >= len(table) - 2
    before = fingerprint(study.store)
    again = import_pages(study, PAGES, outlet="Marlow Falls Courier", now=NOW)
    assert (again.new, again.known) == (0, first.new + first.known)
    assert fingerprint(study.store) == before
