"""The steps that say whom and what articles are about, who prompted them, and check it."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import CLASSIFIED, classify_articles, draw_coding_sample
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.news_prompted import mark_prompted
from outcomes.pipeline.news_retention import forget_texts, overdue_texts
from outcomes.store import Source
from outcomes.store.schema import ARTICLES
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "Marlow Falls Police Department"
first = 2026-01-01
last = 2026-03-31

[[places]]
code = "eastbank"
name = "Eastbank"
role = "comparison"
known_as = ["Ferry Street"]

[[outlets]]
name = "Courier"
scope = "local"
county = "39901"
text_months = 1

[[outlets]]
name = "Wire"
scope = "national"

[[agencies]]
name = "Marlow Falls Police Department"
own = true
short = ["MFPD"]
counties = ["39901"]
"""
RELEASE = (
    "The department will open a second counter on Ferry Street on March 2, where residents may "
    "report a theft, pick up a found bicycle, or speak with Sgt. Owen Pratt about anything else "
    "that troubles them; it stays open until eight in the evening on Tuesdays and Thursdays."
)
ROWS = [
    ("Courier", "2026-01-05", "Fire on Ferry Street", "Police closed the street for two hours."),
    ("Wire", "2026-01-06", "Arrest in Gary", "Gary police arrested a man of 30 in Gary."),
    ("Wire", "2026-02-07", "A study of sleep", "Police sleep too little, says a study."),
    ("Courier", "2026-02-08", "Bake sale", "The bake sale raised $400."),
    ("Courier", "2026-03-02", "A counter for you", RELEASE + " The MFPD says so."),
    ("Courier", "2026-03-03", "New bicycles", "The MFPD bought six bicycles."),
]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(tmp_path)
    path = tmp_path / "archive.jsonl"
    lines = [
        {
            "url": f"https://x.example/{number}",
            "outlet": outlet,
            "published": published,
            "title": title,
            "text": text,
        }
        for number, (outlet, published, title, text) in enumerate(ROWS)
    ]
    lines[3]["prompted"] = 1
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    import_archive(study, path)
    return study


def add_release(study: Study) -> Path:
    folder = study.raw / "releases"
    folder.mkdir(parents=True)
    (folder / "2026-03-01-counter.txt").write_text(RELEASE, encoding="utf-8")
    return folder


def run(study: Study, *words: object) -> Result:
    return CliRunner().invoke(
        cli, ["media", *(str(word) for word in words), "--study", str(study.root)]
    )


def test_each_article_says_whether_it_is_about_us_and_which_places_it_names(study: Study) -> None:
    said = classify_articles(study)
    assert said == (
        "6 articles, 5 about law enforcement (model tone-small 5); 3 of them about Marlow Falls "
        "Police Department, 1 do not say whose police they mean"
    )
    table = study.read_table("articles")
    assert tuple(table.columns) == CLASSIFIED
    assert table["relevant"].tolist() == [1, 1, 1, 0, 1, 1]
    assert table["about_us"].fillna(-1).tolist() == [1, 0, -1, 0, 1, 1]
    assert table["agencies"].fillna("").tolist()[:4] == [
        "Marlow Falls Police Department",
        "Gary police",
        "",
        "",
    ]
    assert table["places"].fillna("").tolist() == ["eastbank", "", "", "", "eastbank", ""]
    assert table["tone"].notna().tolist() == [True, True, True, False, True, True]


def test_each_agency_of_an_article_has_a_row_with_how_sure_it_is(study: Study) -> None:
    classify_articles(study)
    found = study.read_table("targets")
    assert list(found.columns) == ["url", "agency", "own", "sure", "sentences"]
    assert list(zip(found["agency"], found["sure"], strict=True)) == [
        ("Marlow Falls Police Department", "outlet"),
        ("Gary police", "town"),
        ("unclear", "unclear"),
        ("Marlow Falls Police Department", "named"),
        ("Marlow Falls Police Department", "named"),
    ]
    assert found["own"].fillna(-1).tolist() == [1, 0, -1, 1, 1]


def test_a_page_that_is_no_article_is_left_out_and_counted(study: Study) -> None:
    with study.store.begin() as connection:
        connection.execute(
            update(ARTICLES).where(ARTICLES.c.url == "https://x.example/0").values(article=0)
        )
    assert "1 pages that are no articles were left out" in classify_articles(study)
    assert len(study.read_table("articles")) == 5
    assert "https://x.example/0" not in set(study.read_table("targets")["url"])


def test_an_article_whose_text_was_let_go_keeps_its_rows(study: Study) -> None:
    add_release(study)
    classify_articles(study)
    before = {name: study.read_table(name) for name in ("articles", "targets", "prompted")}
    forget_texts(study, overdue_texts(study, today=date(2026, 6, 1)), today=date(2026, 6, 1))
    said = classify_articles(study)
    assert "the text of 4 was let go: 4 of them keep their former row" in said
    for name, table in before.items():
        pd.testing.assert_frame_equal(study.read_table(name), table, check_dtype=False)


def test_an_erased_article_is_not_drawn_for_coding(study: Study) -> None:
    classify_articles(study)
    forget_texts(study, overdue_texts(study, today=date(2026, 6, 1)), today=date(2026, 6, 1))
    out = study.root / "codes.csv"
    draw_coding_sample(study, out, per_month=9, seed=1)
    assert set(pd.read_csv(out)["outlet"]) == {"Wire"}


def test_what_the_importer_said_comes_before_what_the_releases_tell(study: Study) -> None:
    classify_articles(study)
    assert study.read_table("articles")["prompted"].fillna(-1).tolist() == [-1, -1, -1, 1, -1, -1]
    folder = add_release(study)
    assert mark_prompted(study)[0] == (
        "6 articles compared with 1 press releases: 1 are mostly the words of a release, 0 build "
        "on one."
    )
    classify_articles(study)
    assert study.read_table("articles")["prompted"].tolist() == [0, 0, 0, 1, 1, 0]
    (folder / "2026-03-01-counter.txt").unlink()
    with pytest.raises(DataError, match="holds no press release"):
        mark_prompted(study)


def test_releases_are_compared_by_the_command(study: Study) -> None:
    folder = add_release(study)
    done = run(study, "prompted", "--releases", folder)
    assert done.exit_code == 0
    assert "1 are mostly the words" in done.output
    found = study.read_table("prompted")
    assert list(found.columns) == ["url", "release", "share", "verdict"]
    assert found["verdict"].fillna("").tolist() == ["", "", "", "", "release", ""]
    with pytest.raises(FileError, match="there is no such folder"):
        mark_prompted(study, study.root / "none")


def test_a_sheet_goes_out_and_comes_back(study: Study) -> None:
    out = study.root / "sheet.csv"
    done = run(study, "check-relevance", "--draw", 10, "--out", out)
    assert done.exit_code == 0, done.output
    assert "is it about Marlow Falls Police Department?" in done.output
    sheet = pd.read_csv(out)
    assert len(sheet) == 6
    sheet.to_csv(out, index=False)
    empty = run(study, "check-relevance", "--read", out)
    assert "every cell is empty" in str(empty.exception)
    sheet["relevant"] = ["no" if "Bake" in title else "yes" for title in sheet["title"]]
    sheet["about_us"] = ["yes" if each == "Courier" else "no" for each in sheet["outlet"]]
    sheet.loc[sheet["relevant"] == "no", "about_us"] = ""
    sheet.to_csv(out, index=False)
    done = run(study, "check-relevance", "--read", out)
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    assert "6 of 6 articles were judged." in done.output
    assert "100 % (100 to 100 %; recall, 6 judged)" in done.output
    assert study.read_table("relevance_check")["value"].tolist() == [1, 1, 1, 1]
    assert study.read_table("relevance_mistakes").empty


def test_a_sheet_is_not_overwritten(study: Study) -> None:
    out = study.root / "sheet.csv"
    out.write_text("judged", encoding="utf-8")
    done = run(study, "check-relevance", "--draw", 10, "--out", out)
    assert "the file is there already" in str(done.exception)
    assert out.read_text(encoding="utf-8") == "judged"


@pytest.mark.parametrize(
    "words", [(), ("--draw", 10), ("--out", "a.csv"), ("--draw", 10, "--read", "a.csv")]
)
def test_the_command_says_what_it_needs(words: tuple[object, ...], study: Study) -> None:
    done = run(study, "check-relevance", *words)
    assert done.exit_code != 0
    assert "Say either --draw NUMBER --out FILE" in str(done.exception)


def test_contacts_with_outlets_without_a_marked_article_are_told_beside_the_marks(
    study: Study,
) -> None:
    add_release(study)
    row = record_row("media_contact", key=["x"], day="2026-01-03", place="agency", body={})
    store_records(study, [row], source=Source(step="test", read=1))
    said = mark_prompted(study)
    assert any(line.startswith("The agency has contacts with news outlets") for line in said)
