"""The step and the command that link copies, in a study folder and from file to file."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, update

from outcomes.cli.media_stories import COMMANDS
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.stories import find_stories, stories_of_file
from outcomes.store.news_tables import TEXT_ERASURES
from outcomes.store.schema import ARTICLES
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

[[outlets]]
name = "Herald"
scope = "local"
"""
TEXT = (
    "Police in Marlow Falls said on Monday that officers will walk Weaver Street with 4 neighbors "
    "every week until June. Chief Dana Ortiz told the Courier that the walks begin at 6 p.m. near "
    "the library and that everybody may come. The Harbor Club brings coffee. Lee Chen, who has "
    "lived there for 30 years, said that she had waited for this since the mill closed in 1998."
)


def articles() -> list[dict[str, object]]:
    return [
        {
            "url": f"https://{outlet.lower()}.example/{number}",
            "outlet": outlet,
            "published": published,
            "title": "Walks begin",
            "text": text,
        }
        for number, (outlet, published, text) in enumerate(
            [
                ("Courier", "2026-01-31T20:00:00-05:00", TEXT),
                ("Herald", "2026-02-02", TEXT),
                ("Herald", "2026-02-03", "The library opens at nine."),
            ]
        )
    ]


def file_of(rows: list[dict[str, object]], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return open_study(tmp_path)


@pytest.fixture
def full(study: Study) -> Study:
    import_archive(study, file_of(articles(), study.root / "archive.jsonl"))
    return study


def run(*words: object) -> Result:
    (stories,) = COMMANDS
    return CliRunner().invoke(stories, [str(word) for word in words])


def test_a_study_gets_its_stories_and_both_counts(full: Study) -> None:
    said = find_stories(full)
    assert said[0] == "3 articles tell 2 stories."
    linked = full.read_table("stories")
    assert linked["story"].tolist()[:2] == ["https://courier.example/0"] * 2
    assert linked["month"].tolist() == ["2026-01", "2026-02", "2026-02"]
    counts = full.read_table("story_counts")
    assert counts["articles"].tolist() == [1, 2]
    assert counts["stories"].tolist() == [1, 1]
    assert "stories_relevant" not in counts


def test_after_classifying_relevant_articles_and_stories_are_counted_too(full: Study) -> None:
    classify_articles(full)
    find_stories(full)
    counts = full.read_table("story_counts")
    assert counts["articles_relevant"].tolist() == [1, 1]
    assert counts["stories_relevant"].tolist() == [1, 0]


def test_an_article_whose_text_was_let_go_keeps_its_story(full: Study) -> None:
    classify_articles(full)
    find_stories(full)
    before = full.read_table("story_counts")
    (key,) = erase_text(full, "https://herald.example/1")
    classify_articles(full)
    find_stories(full)
    pd.testing.assert_frame_equal(full.read_table("story_counts"), before)
    linked = full.read_table("stories").set_index("id")
    assert linked.loc["https://herald.example/1", "story"] == "https://courier.example/0", key


def erase_text(study: Study, url: str) -> list[str]:
    """Let the text of an article go, as the step that keeps no longer than agreed does."""
    with study.store.begin() as connection:
        of_url = ARTICLES.c.url == url
        keys = list(connection.execute(select(ARTICLES.c.key).where(of_url)).scalars())
        connection.execute(update(ARTICLES).where(of_url).values(text=""))
        day = {"day": "2026-06-01", "reason": "kept long enough"}
        connection.execute(insert(TEXT_ERASURES), [{"article": key, **day} for key in keys])
    return keys


def test_a_page_that_is_no_article_tells_no_story(full: Study) -> None:
    with full.store.begin() as connection:
        is_last = ARTICLES.c.url == "https://herald.example/2"
        connection.execute(update(ARTICLES).where(is_last).values(article=0))
    assert find_stories(full)[0] == "2 articles tell 1 stories."


def test_linking_twice_writes_the_same_and_changes_no_article(full: Study) -> None:
    find_stories(full)
    before = (full.results / "stories.csv").read_bytes()
    find_stories(full)
    assert (full.results / "stories.csv").read_bytes() == before


def test_results_hold_no_text_of_an_article(full: Study) -> None:
    find_stories(full)
    assert "Marlow" not in (full.results / "stories.csv").read_text(encoding="utf-8")


def test_a_study_without_articles_says_what_to_do(study: Study) -> None:
    with pytest.raises(DataError, match="outcomes media import"):
        find_stories(study)


def test_the_command_goes_from_file_to_file(tmp_path: Path) -> None:
    source, out = file_of(articles(), tmp_path / "articles.jsonl"), tmp_path / "stories.csv"
    result = run(source, "--out", out, "--time-zone", "America/New_York")
    assert result.exit_code == 0, result.output
    assert "3 articles tell 2 stories." in result.stderr
    table = pd.read_csv(out)
    assert table.columns.tolist() == ["id", "story", "first_outlet", "method", "score"]
    assert table["method"].tolist() == ["first", "same text", "only"]


def test_an_id_of_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "articles.csv"
    pd.DataFrame({"id": [7, 8], "text": [TEXT, TEXT]}).to_csv(path, index=False)
    found = stories_of_file(path)
    assert found.table["story"].tolist() == [7, 7]


def test_the_rules_can_be_chosen(tmp_path: Path) -> None:
    source = file_of(articles(), tmp_path / "articles.jsonl")
    result = run(source, "--format", "json", "--days", 0)
    assert [row["method"] for row in json.loads(result.stdout)] == ["only", "only", "only"]


@pytest.mark.parametrize("column", ["text", "url"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    rows = [{k: v for k, v in row.items() if k != column} for row in articles()]
    with pytest.raises(FileError, match=f"no column .*{column}"):
        stories_of_file(file_of(rows, tmp_path / "articles.jsonl"))


def test_an_id_that_stands_twice_is_refused_with_the_file(tmp_path: Path) -> None:
    rows = [{**row, "id": "x"} for row in articles()]
    with pytest.raises(FileError, match=r"articles\.jsonl.*'x' stands twice"):
        stories_of_file(file_of(rows, tmp_path / "articles.jsonl"))


def test_the_command_links_a_study(full: Study) -> None:
    result = run("--study", full.root)
    assert result.exit_code == 0, result.output
    assert "results/story_counts.csv" in result.output


@pytest.mark.parametrize(
    "words", [["--format", "json"], ["--out", "x.csv"], ["articles.jsonl", "--study", "."]]
)
def test_a_file_and_a_study_are_not_mixed(words: list[str]) -> None:
    result = run(*words)
    assert isinstance(result.exception, OutcomesError)
    assert "ARTICLES" in str(result.exception)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv")
    assert isinstance(done.exception, OutcomesError)
    assert "no such file" in str(done.exception)
