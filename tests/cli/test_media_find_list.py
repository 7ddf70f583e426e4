"""What is found is printed in a few lines an article, and as a table only where that is asked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from outcomes.cli.media import media
from outcomes.errors import DataError
from outcomes.study import open_study

LONG = "Officers walked through the park with residents of the street. " * 5
ROWS = (
    ("https://courier.example/walk", "2025-03-31", "Officers walk", LONG),
    ("https://courier.example/calm", "", "A calm officer", "A calm officer"),
)


@pytest.fixture
def study(study_folder: Path) -> Path:
    outlet = open_study(study_folder).settings.outlets[0].name
    lines = [
        json.dumps({"url": url, "outlet": outlet, "published": day, "title": title, "text": text})
        for url, day, title, text in ROWS
    ]
    (study_folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = media_says("import", study_folder / "articles.jsonl", study=study_folder)
    assert done.exit_code == 0, done.exception
    return study_folder


def media_says(*words: object, study: Path) -> Result:
    return CliRunner().invoke(media, [*map(str, words), "--study", str(study)])


def test_each_article_stands_in_lines_that_fit_on_a_screen(study: Path):
    lines = media_says("find", "officer", study=study).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    begin = lines.index("    https://courier.example/walk")
    assert lines[begin - 2].endswith("  Officers walk")
    assert lines[begin - 1].endswith(", 2025-03-31")
    assert lines[begin + 1].startswith("    Officers walked through the park")
    assert any(line.endswith(", no date is known") for line in lines)
    assert sum("A calm officer" in line for line in lines) == 1


@pytest.mark.parametrize("how", [(), ("--months",)])
def test_where_nothing_is_found_one_sentence_is_all(study: Path, how: tuple[str, ...]):
    assert media_says("find", "jail", *how, study=study).output == "No article matches.\n"


def test_articles_without_a_date_are_counted_as_such(study: Path):
    assert "no date         1" in media_says("find", "--months", study=study).stdout


def test_programs_get_the_same_columns_as_before(study: Path):
    found = json.loads(media_says("find", "walk", "--format", "json", study=study).stdout)
    assert [list(each) for each in found] == [["url", "outlet", "published", "title", "snippet"]]


def test_signs_alone_are_nothing_to_look_for(study: Path):
    for typed in (")(", "AND OR", '"'):
        done = media_says("find", typed, study=study)
        assert isinstance(done.exception, DataError)
        assert "holds no word to look for" in str(done.exception)
