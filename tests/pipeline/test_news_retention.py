"""Texts go when their time is over; what was found in them, and that they were there, stays."""

import sqlite3
import string
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from outlet_pages import NEWS, NOW, OUTLET, entry, from_feed, news_study
from sqlalchemy import insert, select

from outcomes.cli.media_texts import COMMANDS
from outcomes.media.sightings import Sighting
from outcomes.pipeline import tone_scores
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.news_retention import forget_texts, overdue_texts
from outcomes.pipeline.pages_due import pages_due
from outcomes.pipeline.search_index import index_path, update_index
from outcomes.pipeline.stories import find_stories
from outcomes.store import fingerprint, read_facts
from outcomes.store.engine import reading
from outcomes.store.news_erasing import erased_urls, kept_results
from outcomes.store.news_tables import TEXT_ERASURES
from outcomes.store.schema import ARTICLES, IMPORTS
from outcomes.study import Study, open_study

SECRET = "The captain of the night shift said that the zebra had been found in Millrow."
TODAY = date(2027, 4, 2)  # a year and more after most of what is here


def url(number: int) -> str:
    return f"https://courier.example/{number}"


def archived(number: int, *, day: str = "2026-03-31", text: str = SECRET) -> Sighting:
    return Sighting(
        outlet=OUTLET,
        url=url(number),
        title=f"The zebra of Millrow, part {number}",
        summary=f"{SECRET} In brief.",
        text=f"{text} Part {number}.",
        text_from="archive",
        published=day,
    )


@pytest.fixture(scope="module", autouse=True)
def word_list_by_default():
    """The word list reads where no model is named: it is fast, and its tones are known here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tone_scores, "DEFAULT_MODEL", "lexicon")
        yield


@pytest.fixture
def study(study_folder: Path) -> Study:
    study = news_study(study_folder)
    from_feed(study, archived(1), archived(2), archived(3, day="2026-05-31"))
    classified(study, 1, 2, 3)
    return study


def classified(study: Study, *numbers: int) -> None:
    """Write results/articles.csv as a classification would."""
    rows = [
        {"url": url(n), "outlet": OUTLET, "month": "2026-03", "relevant": 1, "tone": n - 2,
         "p_negative": 0.25, "prompted": None, "model": "lexicon"}
        for n in numbers
    ]  # fmt: skip
    study.write_table("articles", pd.DataFrame(rows).astype({"tone": "Int64"}))


def forget(study: Study, today: date = TODAY) -> list[str]:
    return forget_texts(study, overdue_texts(study, today=today), today=today)


def texts(study: Study) -> dict[str, str]:
    table = read_facts(study.store, "articles")
    return dict(zip(table["url"], table["text"], strict=True))


def on_disk(study: Study) -> bytes:
    return b"".join(path.read_bytes() for path in (study.root / "data").glob("study.db*"))


def test_a_text_is_kept_to_its_last_day_and_goes_the_day_after(study: Study):
    assert overdue_texts(study, today=date(2027, 3, 31)).articles == ()
    assert overdue_texts(study, today=date(2027, 4, 1)).urls == (url(1), url(2))
    assert overdue_texts(study, today=date(2027, 6, 1)).urls == (url(1), url(2), url(3))


def test_only_text_and_summary_go_in_all_versions_and_from_the_disk(study: Study):
    from_feed(study, archived(1, text="The zebra was found again, and this is its later text."))
    said = forget(study)
    assert said[0] == "2 texts were erased. Titles, addresses, dates and codes stay."
    assert texts(study)[url(1)] == ""
    assert texts(study)[url(3)].startswith(SECRET)
    with reading(study.store) as connection:
        rows = list(connection.execute(select(ARTICLES).where(ARTICLES.c.url == url(1))))
    assert len(rows) == 2
    for row in rows:
        assert (row.text, row.summary or "") == ("", "")
        assert (row.title, row.published) == ("The zebra of Millrow, part 1", "2026-03-31")
    forget(study, today=date(2027, 6, 2))
    assert b"night shift" not in on_disk(study)
    assert b"part 3" in on_disk(study)


def test_a_long_text_leaves_no_trace_though_another_program_holds_the_store_open(study: Study):
    marks = [f"mark{number:05}" for number in range(20_000)]
    from_feed(study, archived(4, text=" ".join(marks)))
    classified(study, 1, 2, 3, 4)
    with closing(sqlite3.connect(study.root / "data" / "study.db")) as other:
        other.execute("SELECT count(*) FROM articles").fetchall()
        assert b"mark10000" in on_disk(study)
        forget(study)
        assert b"mark1" not in on_disk(study)


def test_the_erasure_is_on_record_with_day_and_reason(study: Study):
    forget(study)
    with reading(study.store) as connection:
        found = list(connection.execute(select(TEXT_ERASURES)))
    assert [(row.day, row.reason) for row in found] == [
        ("2027-04-02", "older than text_months of study.toml")
    ] * 2
    assert erased_urls(study.store) == {url(1), url(2)}


def test_what_the_results_say_of_an_erased_text_outlives_the_results(study: Study):
    study.write_table("targets", pd.DataFrame({"url": [url(2), url(3)], "target": ["own", "own"]}))
    study.write_table("stories", pd.DataFrame({"id": [url(1)], "story": [url(1)]}))
    forget(study)
    for path in study.results.glob("*.csv"):
        path.unlink()
    kept = kept_results(open_study(study.root).store, "articles")
    assert [(row["url"], row["tone"], row["model"]) for row in kept] == [
        (url(1), -1, "lexicon"),
        (url(2), 0, "lexicon"),
    ]
    assert kept[0]["prompted"] is None
    assert kept_results(study.store, "targets") == [{"url": url(2), "target": "own"}]
    assert kept_results(study.store, "stories") == [{"id": url(1), "story": url(1)}]
    assert kept_results(study.store, "prompted") == []


def test_the_copies_of_a_story_stay_linked_when_their_texts_are_gone(study: Study):
    wire = " ".join(f"{word}ing" for word in string.ascii_letters + string.digits)
    other = {"outlet": "Northgate Star", "url": "https://star.example/9"}
    first = replace(archived(8), text=wire)
    from_feed(study, first, replace(first, **other, published="2026-04-01"))
    classified(study, 1, 2, 3, 8)
    find_stories(study)
    before = study.read_table("stories").set_index("id")
    assert before.loc["https://star.example/9", "story"] == url(8)
    forget(study)
    find_stories(study)
    after = study.read_table("stories").set_index("id")
    assert erased_urls(study.store) == {url(1), url(2), url(8)}
    pd.testing.assert_frame_equal(after.loc[[url(8)]], before.loc[[url(8)]])


def test_an_erased_text_is_neither_judged_anew_nor_lost_to_the_classification(study: Study):
    classify_articles(study)
    before = study.read_table("articles").set_index("url")
    forget(study)
    (study.results / "articles.csv").unlink()
    said = classify_articles(study)
    after = study.read_table("articles").set_index("url")
    assert "the text of 2 was let go: 2 of them keep their former row" in said
    pd.testing.assert_frame_equal(after, before, check_dtype=False)


def test_a_text_that_no_model_has_judged_waits_and_is_told(study: Study):
    classified(study, 1)
    overdue = overdue_texts(study, today=TODAY)
    assert (overdue.urls, overdue.waiting) == ((url(1),), 1)
    assert "Run outcomes evaluate" in overdue.sentences(erased=False)[-1]
    (study.results / "articles.csv").unlink()
    assert overdue_texts(study, today=TODAY).waiting == 2
    forget(study)
    assert erased_urls(study.store) == set()


def test_a_page_that_is_no_article_is_never_judged_and_so_does_not_wait(study: Study):
    from_feed(study, entry(url(9), title="A wall of cookies", day="2026-03-30"))
    with study.store.begin() as connection:
        connection.execute(ARTICLES.update().where(ARTICLES.c.url == url(9)).values(article=0))
    assert url(9) in overdue_texts(study, today=TODAY).urls


def test_an_erased_text_does_not_come_back_with_its_file_or_its_feed(study: Study):
    forget(study)
    from_feed(study, archived(1), archived(2, text="An edited text."), entry(url(1)))
    assert texts(study)[url(1)] == texts(study)[url(2)] == ""
    assert b"An edited text" not in on_disk(study)
    assert url(1) not in {each.url for each in pages_due(study, now=NOW)}


def test_erasing_again_finds_nothing_and_changes_no_fingerprint(study: Study):
    before = fingerprint(study.store)
    forget(study)
    assert fingerprint(study.store) == before  # results rest on the same facts as before
    assert forget(study) == ["No text is older than study.toml allows. There is nothing to erase."]


def test_the_words_of_an_erased_text_leave_the_search_with_it(study: Study):
    update_index(study)
    path = index_path(study)
    assert path.exists()
    forget(study)
    assert not path.exists()
    update_index(study)
    held = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert b"zebra" in held  # the titles, and the text that is kept, are found again


def test_an_outlet_has_a_time_of_its_own(study_folder: Path):
    study = news_study(study_folder, outlet="\ntext_months = 1", news="\n[news]\n")
    from_feed(study, archived(1))
    classified(study, 1)
    assert overdue_texts(study, today=date(2026, 4, 30)).articles == ()
    assert overdue_texts(study, today=date(2026, 5, 1)).outlets == {OUTLET: 1}


def test_without_a_time_nothing_is_ever_erased(study_folder: Path):
    study = news_study(study_folder, news="\n[news]\n")
    from_feed(study, archived(1))
    classified(study, 1)
    assert "study.toml sets no end" in forget(study, today=date(2099, 1, 1))[0]
    assert texts(study)[url(1)].startswith(SECRET)


def test_an_undated_text_counts_from_when_it_was_first_seen(study: Study):
    from_feed(study, archived(7, day=""), now=NOW + timedelta(days=30))
    classified(study, 1, 2, 3, 7)
    assert url(7) not in overdue_texts(study, today=date(2027, 5, 1)).urls
    assert url(7) in overdue_texts(study, today=date(2027, 5, 2)).urls


def test_the_day_is_cut_in_the_time_zone_of_the_study(study: Study):
    from_feed(study, archived(8, day="2026-04-01T02:00:00+00:00"))  # March 31 in New York
    classified(study, 1, 2, 3, 8)
    assert url(8) in overdue_texts(study, today=date(2027, 4, 1)).urls


def test_more_articles_than_one_transaction_holds_all_go(study: Study):
    numbers = range(100, 1250)
    from_feed(study, *(archived(number) for number in numbers))
    classified(study, *numbers)
    assert forget(study)[0].startswith("1150 texts were erased")
    assert len(erased_urls(study.store)) == 1150


def test_files_that_still_hold_the_texts_are_named(study: Study):
    with study.store.begin() as connection:
        connection.execute(
            insert(IMPORTS).values(
                id=99, step="media import", file="articles.jsonl", sha256="", at="2026-03-31",
                read=1, new=1, known=0, refused=0,
            )
        )  # fmt: skip
        connection.execute(ARTICLES.update().where(ARTICLES.c.url == url(1)).values(import_id=99))
    assert any("came from: articles.jsonl" in line for line in forget(study))


def run(study: Study, *words: str) -> str:
    command = next(each for each in COMMANDS if each.name == "forget-texts")
    done = CliRunner().invoke(command, [*words, "--study", str(study.root)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_only_says_what_would_go_in_a_dry_run(study_folder: Path):
    study = news_study(study_folder, news=NEWS.replace("12", "1"))
    from_feed(study, archived(1, day="2020-01-01"))
    classified(study, 1)
    assert "1 text would be erased; nothing was" in run(study, "--dry-run")
    assert texts(study)[url(1)].startswith(SECRET)
    assert "1 text was erased." in run(study)
    assert texts(study)[url(1)] == ""
    assert "nothing to erase" in run(study)
