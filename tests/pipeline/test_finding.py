"""Articles are found by their words and filters, in an index that follows the store."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert

from outcomes.cli.media import media
from outcomes.errors import DataError
from outcomes.media import search_beginnings, search_hits, search_months
from outcomes.media.identity import page_name
from outcomes.pipeline import finding, search_index
from outcomes.pipeline.article_reading import read_article
from outcomes.pipeline.finding import Search, find_articles
from outcomes.pipeline.search_index import (
    bring_up,
    index_path,
    opened_index,
    update_index,
)
from outcomes.store import append, begin_import, new_version
from outcomes.store.articles import NameRow, add_names
from outcomes.store.facts import Source
from outcomes.store.news_erasing import erase_article_texts
from outcomes.store.schema import ARTICLES
from outcomes.study import open_study

COURIER, HERALD = "Marlow Falls Courier", "Herald"
SOURCE = Source(step="test", read=0)
OUTLET = '\n[[outlets]]\nname = "Herald"\nscope = "national"\ntime_zone = "America/Los_Angeles"\n'
ARTICLE = {
    "outlet": COURIER, "published": "2025-03-31T23:30:00-04:00", "title": "", "text": "",
    "prompted": None, "summary": None, "text_from": "page", "article": 1,
}  # fmt: skip
ARTICLES_TOLD = (
    {"key": "patrol", "title": "Foot patrols begin", "text": "Officers walk on Main Street now."},
    {"key": "budget", "title": "Council passes budget", "text": "The police chief asked for more. "
     "Patrols will go on.", "prompted": 1},
    {"key": "cafe", "title": "A café opens", "text": "No news of the law here.", "published": ""},
    {"key": "wall", "title": "Chief named", "text": "Subscribe to read.", "article": 0,
     "text_from": "feed", "published": "2025-04-02", "summary": "A police captain rises."},
    {"key": "coast", "outlet": HERALD, "title": "Ports are busy", "text": "Nothing on patrol.",
     "published": "2025-04-01T05:30:00+00:00"},
)  # fmt: skip


@pytest.fixture
def study(study_folder):
    settings = study_folder / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + OUTLET, encoding="utf-8")
    study = open_study(study_folder)
    keep(study, *ARTICLES_TOLD)
    return study


def url(key):
    return f"https://news.example/{key}"


def keep(study, *told):
    rows = [{**ARTICLE, "url": url(each["key"]), **each} for each in told]
    append(study.store, "articles", rows, source=SOURCE)


def edit(study, key, **changes):
    with study.store.begin() as connection:
        number = begin_import(connection, SOURCE, now=datetime(2026, 1, 2, tzinfo=UTC))
        assert new_version(connection, key, changes, import_id=number)


def found(study, words="", **asked):
    return {each.key for each in find_articles(study, Search(words=words, **asked)).results}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("patrol", {"patrol", "budget", "coast"}),
        ("PATROLS police", {"budget"}),
        ('"police chief"', {"budget"}),
        ('"chief police"', set()),
        ("cafe", {"cafe"}),
        ("captain", {"wall"}),
        ("patrol -police -ports", {"patrol"}),
        ("captain OR café", {"wall", "cafe"}),
        ("-patrol", {"cafe", "wall"}),
        ("off*", {"patrol"}),
        ("", {"patrol", "budget", "cafe", "wall", "coast"}),
        ("marks:a0", set()),
        ('"', {"patrol", "budget", "cafe", "wall", "coast"}),
        ("patrol AND (", {"patrol", "budget", "coast"}),
    ],
)
def test_words_find_what_a_reader_expects(study, words, keys):
    assert found(study, words) == keys


def test_a_word_of_the_headline_counts_more_than_one_of_the_text(study):
    keep(study, {"key": "long", "title": "Chief of patrols", "text": "He said nothing. " * 30})
    answer = find_articles(study, Search(words="chief"))
    assert answer.hits.ranked
    assert answer.results[-1].key == "budget"


@pytest.fixture
def no_time(monkeypatch):
    """Only the newest month is looked through."""
    monkeypatch.setattr(search_months, "AT_ONCE", 1)
    monkeypatch.setattr(search_hits, "LOOK_SECONDS", -1)


def test_what_was_not_looked_through_for_want_of_time_is_said(study, no_time):
    answer = find_articles(study, Search(words="patrol"))
    assert answer.sentences() == [
        "No article matches since 2025-04; older ones were not looked through, because that takes "
        "longer."
    ]
    whole = find_articles(study, Search(words="patrol", count_all=True))
    assert whole.sentences() == ["3 articles match. The best come first."]
    assert {each.key for each in whole.results} == {"patrol", "budget", "coast"}


def test_the_command_looks_through_all_articles(study, no_time):
    found = CliRunner().invoke(media, ["find", "patrol", "--study", str(study.root)])
    assert found.exit_code == 0, found.output
    assert "3 articles match." in found.stderr
    assert "older ones" not in found.stderr


def test_a_beginning_of_very_many_words_is_told_with_what_to_do(study, monkeypatch):
    monkeypatch.setattr(search_beginnings, "SMALL", 0)
    monkeypatch.setattr(search_beginnings, "MOST_FORMS", 1)
    monkeypatch.setattr(finding, "MOST_FORMS", 1)
    keep(study, {"key": "zoo", "title": "Zebras and zebus", "text": "They walk."})
    answer = find_articles(study, Search(words="zeb* walk"))
    assert answer.sentences() == [
        "Nothing was looked through, because zeb* stands for more than 1 different words. Write "
        "more of its letters, or look through all articles."
    ]
    assert found(study, "zebr* walk") == {"zoo"}
    assert found(study, "zeb* walk", count_all=True) == {"zoo"}


def test_months_are_cut_on_the_outlets_own_calendar(study):
    assert found(study, first="2025-03", last="2025-03") == {"patrol", "budget", "coast"}
    assert found(study, first="2025-04") == {"wall"}
    answer = find_articles(study, Search(newest=True))
    assert answer.hits.months == (("", 1), ("2025-03", 3), ("2025-04", 1))
    assert answer.results[0].key == "wall"
    assert answer.results[-1].key == "cafe"
    assert {each.day for each in answer.results} == {"2025-04-02", "2025-03-31", ""}


def test_filters_of_source_text_and_prompting(study):
    assert found(study, outlet=HERALD) == {"coast"}
    assert found(study, scope="local", words="patrol") == {"patrol", "budget"}
    assert found(study, text_from="feed") == {"wall"}
    assert found(study, unread=True) == {"wall"}
    assert found(study, prompted="yes") == {"budget"}


def results(study, **columns):
    table = pd.DataFrame({"url": [url(each["key"]) for each in ARTICLES_TOLD], **columns})
    study.write_table("articles", table)


def code(study, key, *, coder="ann", relevant=1, tone=-1):
    row = {"key": f"{coder} {key}", "url": url(key), "coder": coder, "relevant": relevant,
           "tone": tone, "probability": 1.0}  # fmt: skip
    append(study.store, "codes", [row], source=SOURCE, amend=True)


def test_codes_and_results_filter_and_follow_their_changes(study):
    assert found(study, relevant="yes") == set()
    results(study, relevant=[1, 1, 0, 0, 1], about_us=[1, "", 0, 0, 0],
            places=["eastbank", "eastbank; northgate", "", "", ""])  # fmt: skip
    assert found(study, relevant="yes") == {"patrol", "budget", "coast"}
    assert found(study, about_us="yes") == {"patrol"}
    assert found(study, place="northgate") == {"budget"}
    code(study, "patrol")
    code(study, "budget", relevant=0, tone=None)
    assert found(study, tone="negative") == {"patrol"}
    assert found(study, relevant="yes") == {"patrol", "coast"}
    code(study, "patrol", tone=1)
    assert found(study, tone="negative") == set()
    assert found(study, tone="positive", words="officers") == {"patrol"}


def test_labels_of_most_articles_are_taken_over_by_making_the_index_anew(study, monkeypatch):
    monkeypatch.setattr(search_index, "BATCH", 2)
    assert found(study, "patrol", relevant="yes") == set()
    results(study, relevant=[1, 1, 0, 0, 1], places=["eastbank", "", "", "", ""])
    assert found(study, "patrol", relevant="yes") == {"patrol", "budget", "coast"}
    assert found(study, place="eastbank") == {"patrol"}


def test_a_filter_that_names_nothing_is_answered_with_what_there_is(study):
    with pytest.raises(DataError, match=r"'Heralds' is not one of the outlets\. Did you mean"):
        find_articles(study, Search(outlet="Heralds"))
    with pytest.raises(DataError, match="'2025-13' is not a month"):
        find_articles(study, Search(first="2025-13"))
    with pytest.raises(DataError, match="2025-04 comes after 2025-03"):
        find_articles(study, Search(first="2025-04", last="2025-03"))
    with pytest.raises(DataError, match="Allowed: negative, neutral, positive"):
        find_articles(study, Search(tone="sad"))


def test_an_edit_replaces_what_was_indexed_and_only_news_is_read_again(study):
    assert update_index(study).changed == len(ARTICLES_TOLD)
    edit(study, "patrol", title="Bike rides begin", text="Sergeants ride now.")
    assert update_index(study).changed == 1
    assert found(study, "officers") == set()
    assert found(study, "sergeants bike") == {"patrol"}
    assert update_index(study).changed == 0
    assert whole(study)


def whole(study):
    """FTS5's own check of the index, and every word of it counted over."""
    with opened_index(study) as index:
        index.execute("INSERT INTO words(words) VALUES ('integrity-check')")
        docs = index.execute("SELECT count(*), sum(doc > 0) FROM docs").fetchone()
        return docs[0] == find_articles(study, Search()).hits.counted


def test_erased_texts_are_found_no_longer_and_leave_no_word_in_the_file(study):
    keep(study, {"key": "secret", "title": "Plain", "text": "The word xylophonist stands here."})
    edit(study, "secret", text="The word is gone.")
    assert found(study, "plain") == {"secret"}
    long = " ".join(f"zyzzyva{number}" for number in range(4000))
    edit(study, "secret", text=f"The zyzzyva is here. {long}")
    update_index(study)
    assert b"zyzzyva" in index_path(study).read_bytes()
    erase_article_texts(study.store, {"secret": {}}, day="2026-01-03", reason="old")
    assert found(study, "zyzzyva") == set()
    assert found(study, "plain") == {"secret"}
    for path in index_path(study).parent.iterdir():
        content = path.read_bytes()
        assert b"zyzzyva" not in content
        assert b"xylophonist" not in content


def test_a_store_that_shrank_is_indexed_anew(study):
    update_index(study)
    with study.store.begin() as connection:
        connection.execute(delete(ARTICLES).where(ARTICLES.c.key == "patrol"))
    update_index(study)
    assert found(study, "patrol") == {"budget", "coast"}


def test_whoever_looked_at_the_store_too_early_does_not_empty_the_index(study, monkeypatch):
    update_index(study)
    look = search_index.store_now

    def then_others_go_on(of):
        now = look(of)
        monkeypatch.setattr(search_index, "store_now", look)
        keep(of, {"key": "meanwhile", "text": "Meanwhile."})
        update_index(of)
        return now

    monkeypatch.setattr(search_index, "store_now", then_others_go_on)
    with opened_index(study) as index:
        cleared = []
        monkeypatch.setattr(search_index.index_file, "clear", cleared.append)
        assert bring_up(study, index).articles == len(ARTICLES_TOLD) + 1
    assert cleared == []


def test_another_time_zone_makes_the_index_anew(study):
    update_index(study)
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    text = text.replace("America/Los_Angeles", "America/New_York")
    (study.root / "study.toml").write_text(text, encoding="utf-8")
    moved = open_study(study.root)
    assert found(moved, first="2025-04") == {"wall", "coast"}


def test_a_broken_or_removed_index_is_made_again(study):
    update_index(study)
    index_path(study).write_bytes(b"no index at all" * 500)
    assert found(study, "officers") == {"patrol"}
    index_path(study).unlink()
    assert found(study, "officers") == {"patrol"}


def test_the_index_holds_no_text(study):
    found(study, "officers")
    with sqlite3.connect(index_path(study)) as index:
        tables = [row[0] for row in index.execute("SELECT name FROM sqlite_master")]
    index.close()
    assert "words_content" not in tables


KILLED = """
import os, sys
from pathlib import Path
from outcomes.pipeline import search_index
from outcomes.study import open_study

search_index.GREAT_BATCH = 2
batches = []

def kill(point):
    batches.append(point)
    if len(batches) == 2:
        os.kill(os.getpid(), 9)

search_index.update_index(open_study(Path(sys.argv[1])), at=kill)
"""


def test_what_was_indexed_before_it_was_killed_is_not_done_again(study):
    run = subprocess.run([sys.executable, "-c", KILLED, study.root], check=False, timeout=60)
    assert run.returncode == -9
    with opened_index(study) as index:
        assert bring_up(study, index).changed == len(ARTICLES_TOLD) - 2
    assert len(found(study)) == len(ARTICLES_TOLD)
    assert whole(study)


def test_whoever_waits_gets_what_is_indexed_so_far_and_is_told(study, monkeypatch):
    monkeypatch.setattr(search_index, "BATCH", 2)
    answer = find_articles(study, Search(), seconds=-1)
    assert (len(answer.results), answer.indexed.waiting) == (2, 3)
    assert "3 newer articles or versions are not searched yet" in answer.sentences()[1]
    for _ in range(2):
        answer = find_articles(study, Search(), seconds=-1)
    assert (len(answer.results), answer.indexed.waiting) == (5, 0)


def test_many_articles_of_one_minute_and_without_date_all_have_their_place(study):
    keep(study, *({"key": f"day{k}", "title": "x", "published": "2025-05-01"} for k in range(1200)))
    keep(study, *({"key": f"none{k}", "title": "x", "published": ""} for k in range(1200)))
    assert find_articles(study, Search(words="x")).hits.months == (("", 1200), ("2025-05", 1200))
    keep(study, {"key": "late", "title": "x", "published": "2025-05-01"})
    answer = find_articles(study, Search(words="x", newest=True))
    assert answer.results[0].key == "late"


def test_passages_are_short_and_hold_what_was_found(study):
    keep(study, {"key": "long", "title": "Lead", "text": "word " * 200 + "needle " + "tail " * 99})
    (result,) = find_articles(study, Search(words="needles")).results
    assert "needle" in result.passage.plain
    assert len(result.passage.plain.split()) <= 25
    assert [piece.text for piece in result.passage.text if piece.found] == ["needle"]
    (result,) = find_articles(study, Search(words="lead", outlet=COURIER)).results
    assert result.passage.title[0].found
    assert len(result.passage.plain.split()) == 25


def test_pages_of_results_hold_every_article_once(study):
    keep(study, *({"key": f"k{n}", "title": "same", "text": "thing"} for n in range(50)))
    for newest in (True, False):
        asked = Search(words="thing", newest=newest)
        pages = [find_articles(study, asked, start=start) for start in (0, 20, 40)]
        keys = [each.key for page in pages for each in page.results]
        assert len(keys) == len(set(keys)) == 50
        assert [page.hits.more for page in pages] == [True, True, False]


def test_an_article_is_read_with_its_versions_and_copies(study):
    edit(study, "patrol", text="Officers walk on Main Street now. They greet people.", title="New")
    study.write_table(
        "stories",
        pd.DataFrame({"id": [url("patrol"), url("coast")], "story": [url("patrol")] * 2}),
    )
    update_index(study)
    name = NameRow(kind="page", outlet="", name=page_name(url("patrol")).digest, article="patrol")
    with study.store.begin() as connection:
        add_names(connection, [name], now=datetime(2026, 1, 2, tzinfo=UTC))
    article = read_article(study, url="http://www.news.example/patrol?utm_source=x")
    assert (article.key, article.title, article.day) == ("patrol", "New", "2025-03-31")
    newest, first = article.versions
    assert newest.changed == ("the title", "the text")
    assert newest.added == ("They greet people.",)
    assert (newest.removed, first.changed) == ((), ())
    assert [copy.key for copy in article.copies] == ["coast"]
    with pytest.raises(DataError, match="no article 'nothing' is stored"):
        read_article(study, key="nothing")


def test_an_article_that_was_erased_or_is_none_says_so(study):
    assert not read_article(study, key="wall").is_article
    erase_article_texts(study.store, {"patrol": {}}, day="2026-01-03", reason="old")
    article = read_article(study, key="patrol")
    assert (article.erased, article.text) == ("2026-01-03", "")


def test_an_article_without_address_date_and_known_outlet_is_found(study):
    with study.store.begin() as connection:
        connection.execute(
            insert(ARTICLES).values(
                {**ARTICLE, "key": "odd", "version": 1, "content": "x", "import_id": 1,
                 "url": "urn:outcomes:1", "outlet": "Unlisted", "published": "not a date"}
            )
        )  # fmt: skip
    assert found(study, outlet="Unlisted") == {"odd"}
    assert read_article(study, key="odd").link == ""
