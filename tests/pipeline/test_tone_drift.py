"""A study whose third month is cut short by a broken extractor: the series says so."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from coded_study import copy_of

from outcomes.estimate import Estimate
from outcomes.pipeline import coding
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles, draw_coding_sample
from outcomes.pipeline.collected_news import collected_news
from outcomes.pipeline.tone_drift import DRIFT, drift_cautions, drift_requests, find_drift
from outcomes.pipeline.tone_series import tone_shares
from outcomes.report.news import News, news_section
from outcomes.simulate.news import written_articles
from outcomes.store import read_facts
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31

[[outlets]]
name = "Courier"
scope = "local"
"""
CUT = "2026-03"


def add_news(study: Study) -> None:
    written = [each for each in written_articles() if each["relevant"]]
    rows = []
    for number, each in enumerate(written):
        month = f"2026-0{1 + number % 3}"
        rows.append(
            {
                "url": f"https://x.example/{number}",
                "outlet": "Courier",
                "published": f"{month}-10",
                "title": each["title"],
                "text": each["text"][:250] if month == CUT else each["text"],
            }
        )
    path = study.root / "articles.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    import_archive(study, path)
    classify_articles(study)


def code(study: Study, *, per_month: int = 32, of_cut: int = 12) -> None:
    """Code a sample as a person would; of the month that was cut only a part."""
    coded = set(read_facts(study.store, "codes")["url"])
    path = study.root / f"codes-{per_month}.csv"
    draw_coding_sample(study, path, per_month=per_month, seed=1)
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    here = sheet["published"].str.startswith(CUT)
    sheet = sheet[~sheet["url"].isin(coded) & (~here | (here.cumsum() <= of_cut))]
    tone = [("-1", "0", "0", "1")[number % 4] for number in range(len(sheet))]
    sheet.assign(relevant="1", tone=tone, coder="ann").to_csv(path, index=False)
    coding.import_codes(study, path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("drift") / "study"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(folder)
    add_news(study)
    code(study)
    find_drift(study)
    return study


@pytest.fixture
def study(made: Study, tmp_path: Path) -> Study:
    return copy_of(made, tmp_path / "study")


def test_each_month_has_its_row(made: Study) -> None:
    table = made.read_table("tone_drift").set_index("month")
    assert [table.index.name, *table.columns] == list(DRIFT)
    assert list(table.index) == ["2026-01", "2026-02", CUT]
    assert table["verdict"].to_dict() == {
        "2026-01": "as before",
        "2026-02": "as before",
        CUT: "drifted",
    }
    assert table.loc[CUT, "drifted"] == "kind"
    assert table.loc[CUT, "n_coded"] == 12
    assert table.loc[CUT, "compared_with"] == "earlier months"
    assert table.loc[CUT, "feature_p"] < 0.01 < table.loc["2026-02", "feature_p"]


def test_it_says_what_drifted_and_asks_for_codes(made: Study) -> None:
    (told,) = drift_requests(made).values()
    assert told.startswith(f"{CUT}: the stories are of another kind than the articles that people")
    assert "shorter articles" in told
    found = re.search(r"Code (\d+) articles of this month: outcomes media draw-sample", told)
    table = made.read_table("tone_drift").set_index("month")
    assert found
    assert int(found[1]) == table.loc[CUT, "codes_needed"] - 12 > 0
    assert find_drift(made) == [told]


def test_the_series_carries_the_caution_in_that_month_alone(made: Study) -> None:
    (warning,) = drift_cautions(made).values()
    monthly = [each for each in tone_shares(made) if each.analysis == "tone"]
    assert {each.period for each in monthly if warning in each.warnings} == {CUT}
    assert not re.search(r"\d", warning)


def test_a_month_that_was_coded_since_asks_for_nothing(study: Study) -> None:
    code(study, per_month=60, of_cut=60)
    assert find_drift(study) == []
    table = study.read_table("tone_drift").set_index("month")
    assert table.loc[CUT, "verdict"] == "drifted, coded"
    assert drift_cautions(study) == {}


def test_a_study_without_codes_says_that_nothing_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(tmp_path)
    add_news(study)
    assert find_drift(study) == []
    assert set(study.read_table("tone_drift")["verdict"]) == {"nothing coded"}


def test_a_study_without_articles_has_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(tmp_path)
    assert drift_cautions(study) == {}
    classify_articles(study)
    assert find_drift(study) == []
    assert study.read_table("tone_drift").empty
    assert drift_requests(study) == {}


def test_another_models_months_are_no_reference(study: Study) -> None:
    """The months before were read by another model: nothing of this one was checked there."""
    table = study.read_table("articles")
    table["model"] = table["model"].where(table["month"] == CUT, "another 1")
    study.write_table("articles", table)
    assert find_drift(study) == []
    found = study.read_table("tone_drift").set_index("month")
    assert found.loc[CUT, "verdict"] == "nothing coded"
    assert found.loc["2026-02", "model"] == "another 1"


def test_a_story_that_many_outlets_carry_counts_once(study: Study) -> None:
    table = study.read_table("articles")
    here = table[(table["month"] == "2026-02") & (table["relevant"] == 1)]
    copies = dict.fromkeys(here["url"].iloc[5:25], "one story")
    stories = pd.DataFrame({"id": table["url"], "story": table["url"].replace(copies)})
    study.write_table("stories", stories)
    find_drift(study)
    row = study.read_table("tone_drift").set_index("month").loc["2026-02"]
    assert row["n"] - row["n_compared"] == 19


def shares() -> list[Estimate]:
    return [
        Estimate(
            term="share", value=0.2, se=0.05, low=0.1, high=0.3, level=0.95, p=float("nan"), n=40,
            unit="share of articles", method="m", analysis="tone", period=CUT, measure=measure,
        )
        for measure in ("tone_negative", "tone_neutral", "tone_positive")
    ]  # fmt: skip


def test_both_reports_say_it_beside_the_figure_and_one_asks_for_codes(made: Study) -> None:
    news = News(drift=list(drift_cautions(made).items()), requests=["Code 20 articles"])
    section = news_section({"tone": shares()}, events=([], ""), news=news)
    assert section is not None
    assert "Mar 2026: the stories are of another kind" in section.figures[0][1]
    assert "Code 20 articles" in section.lead


def test_the_public_sees_no_request(made: Study) -> None:
    from outcomes.pipeline.coverage import find_coverage

    find_coverage(made)
    assert collected_news(made).requests
    public = collected_news(made, public=True)
    assert public.requests == ()
    assert [month for month, _ in public.drift] == [CUT]
