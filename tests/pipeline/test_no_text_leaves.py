"""Nothing that leaves a study quotes more than a few words of any article (issue 6, 11)."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from outcomes.store import read_facts
from outcomes.study import Study

LONGEST_QUOTE = 25  # words
READ = {".html", ".csv", ".json", ".jsonl", ".txt", ".typ", ".md"}


def words_of(text: str) -> list[str]:
    """The words of a text, or of a page without its tags, in small letters."""
    plain = html.unescape(re.sub(r"<[^<>]*>", " ", text))
    return re.findall(r"\w+", plain.casefold())


def runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Every run of words that is one longer than may be quoted."""
    for start in range(len(words) - LONGEST_QUOTE):
        yield tuple(words[start : start + LONGEST_QUOTE + 1])


def quoted(path: Path, known: set[tuple[str, ...]]) -> str:
    """The first run of words in a file that is one of an article; empty where there is none."""
    words = words_of(path.read_text(encoding="utf-8", errors="replace"))
    return next((" ".join(run) for run in runs(words) if run in known), "")


@pytest.fixture(scope="module")
def known(example: Study) -> set[tuple[str, ...]]:
    articles = read_facts(example.store, "articles")
    texts = [*articles["text"], *articles["summary"].dropna()]
    return {run for text in texts for run in runs(words_of(text))}


def leaving(study: Study) -> list[Path]:
    """What a study gives away: its reports, and the tables that go with them."""
    folders = (study.results, study.reports, study.root / "exports")
    files = (path for folder in folders for path in folder.rglob("*"))
    return sorted(path for path in files if path.suffix in READ)


def test_no_report_and_no_table_holds_more_than_a_short_quote(example: Study, known):
    assert len(known) > 1000  # else there would be nothing to find
    files = leaving(example)
    names = {path.name for path in files}
    assert {"evaluation.html", "evaluation-public.html", "articles.csv"} <= names
    found = {path.name: run for path in files if (run := quoted(path, known))}
    assert found == {}


@pytest.mark.parametrize("ending", [".html", ".csv"])
def test_a_longer_quote_would_be_found_and_a_short_one_not(
    example: Study, known, tmp_path: Path, ending: str
):
    texts = read_facts(example.store, "articles")["text"]
    words = max((text.split() for text in texts), key=len)
    path = tmp_path / f"report{ending}"
    short = re.findall(r"\w+", " ".join(words))[:LONGEST_QUOTE]
    path.write_text(f"<p>It says:</p> {' '.join(short)}", encoding="utf-8")
    assert quoted(path, known) == ""
    path.write_text(f"<p>It says:</p> <b>{' </b>'.join(words[:40])}", encoding="utf-8")
    assert quoted(path, known) != ""
