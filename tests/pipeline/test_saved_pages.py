"""Pages that somebody saved become articles, once, with their dates and what to beware of."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from outlet_pages import NOW, OUTLET, PAYWALL, article_page, entry, from_feed, news_study
from sqlalchemy import select

from outcomes.cli.media_texts import COMMANDS
from outcomes.errors import DataError, FileError
from outcomes.pipeline.saved_pages import PagesImported, import_pages
from outcomes.store import fingerprint, read_facts, read_imports
from outcomes.store.engine import reading
from outcomes.store.schema import ARTICLES
from outcomes.study import Study


@pytest.fixture
def study(study_folder: Path) -> Study:
    return news_study(study_folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages" / "march").mkdir(parents=True)
    return tmp_path / "pages"


def own(number: int) -> str:
    return f"<link rel='canonical' href='https://courier.example/news/walk-{number}'>"


def taken(study: Study, folder: Path, **options) -> PagesImported:
    return import_pages(study, folder, outlet=OUTLET, now=NOW, **options)


def articles(study: Study):
    return read_facts(study.store, "articles").set_index("url")


def test_each_page_is_an_article_with_its_own_address_date_and_text(study: Study, folder: Path):
    (folder / "march" / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    (folder / "b.html.gz").write_bytes(gzip.compress(article_page(2, head=own(2)).encode()))
    account = taken(study, folder)
    assert account.sentences() == ["2 pages read: 2 stored, 0 already known, 0 left out."]
    found = articles(study)
    assert sorted(found.index) == [f"https://courier.example/news/walk-{n}" for n in (1, 2)]
    row = found.loc["https://courier.example/news/walk-2"]
    assert "Part 5 of report 2." in row["text"]
    assert (row["text_from"], row["article"], row["flags"]) == ("page", 1, [])
    assert row["published"] == "2026-03-31T14:00:00-04:00"
    assert row["published_from"] == "page"
    assert row["title"] == "Walk 2 through Eastbank ends well"


def test_a_saved_page_is_one_version_of_its_article(study: Study, folder: Path):
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    taken(study, folder)
    with reading(study.store) as connection:
        (row,) = connection.execute(select(ARTICLES)).all()
    assert (row.version, row.article, row.flags) == (1, 1, [])


def test_a_paywall_marks_the_article_that_a_feed_gave(study: Study, folder: Path):
    url = "https://courier.example/news/budget"
    from_feed(study, entry(url))
    closed = PAYWALL.replace("</head>", f"<link rel='canonical' href='{url}'></head>")
    (folder / "a.html").write_text(closed, "utf-8")
    taken(study, folder)
    row = articles(study).loc[url]
    assert (row["article"], row["text"]) == (0, "In brief: Walk in Eastbank.")
    assert "paywall" in row["flags"]


def test_importing_again_changes_nothing(study: Study, folder: Path):
    for number in range(3):
        (folder / f"{number}.html").write_text(article_page(number, head=own(number)), "utf-8")
    (folder / "paywall.html").write_text(PAYWALL, "utf-8")
    taken(study, folder)
    before = fingerprint(study.store)
    assert taken(study, folder).sentences()[0] == (
        "4 pages read: 0 stored, 4 already known, 0 left out."
    )
    assert fingerprint(study.store) == before


def test_the_text_of_a_saved_page_takes_the_place_of_a_feeds_summary(study: Study, folder: Path):
    url = "https://www.courier.example/news/walk-1?utm_source=rss"
    from_feed(study, entry(url))
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    assert taken(study, folder).new == 1
    row = articles(study).loc[url]
    assert "Part 5 of report 1." in row["text"]
    assert (row["summary"], row["article"]) == ("In brief: Walk in Eastbank.", 1)


def test_a_paywall_is_stored_without_text_and_is_not_for_classifying(study: Study, folder: Path):
    url = "https://courier.example/news/budget"
    closed = PAYWALL.replace("</head>", f"<link rel='canonical' href='{url}'></head>")
    (folder / "a.html").write_text(closed, "utf-8")
    taken(study, folder)
    row = articles(study).loc[url]
    assert (row["article"], row["title"]) == (0, "Chief speaks of the budget")
    assert "paywall" in row["flags"]
    assert "Subscribe" not in row["text"]


def test_a_paywall_takes_no_text_away_that_is_known(study: Study, folder: Path):
    url = "https://courier.example/news/walk-1"
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    taken(study, folder)
    (folder / "a.html").write_text(PAYWALL.replace("</head>", own(1) + "</head>"), "utf-8")
    taken(study, folder, amend=True)
    row = articles(study).loc[url]
    assert "Part 5 of report 1." in row["text"]
    assert row["article"] == 1


def test_what_holds_no_article_is_left_out_and_counted_by_kind(study: Study, folder: Path):
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    (folder / "b.html").write_text("%PDF-1.7", "utf-8")
    wall = "<html lang='en'><title>Just a moment...</title><p>Checking your browser.</p></html>"
    (folder / "c.html").write_text(wall, "utf-8")
    account = taken(study, folder)
    assert account.sentences() == [
        "3 pages read: 1 stored, 0 already known, 2 left out.",
        "Left out, as they hold no article: challenge 1, unreadable 1.",
    ]
    assert len(articles(study)) == 1


def test_a_page_without_an_address_is_known_again_by_its_file(study: Study, folder: Path):
    (folder / "march" / "a.html").write_text(article_page(1), "utf-8")
    taken(study, folder)
    (url,) = articles(study).index
    assert url.startswith("urn:outcomes:")
    page = article_page(1).replace("Walk 1 through", "The walk through")
    (folder / "march" / "a.html").write_text(page, "utf-8")
    assert taken(study, folder).known == 1
    assert len(articles(study)) == 1


def test_a_page_that_was_saved_again_is_a_new_version_only_where_that_is_asked_for(
    study: Study, folder: Path
):
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    taken(study, folder)
    later = article_page(1, head=own(1)).replace("Part 5", "Part five")
    (folder / "a.html").write_text(later, "utf-8")
    assert taken(study, folder).known == 1
    assert taken(study, folder, amend=True).new == 1
    (row,) = articles(study).to_dict("records")
    assert "Part five" in row["text"]
    with reading(study.store) as connection:
        texts = connection.execute(select(ARTICLES.c.text).order_by(ARTICLES.c.id)).scalars()
        assert "Part 5" in next(iter(texts))


def test_no_article_is_dated_after_the_day_on_which_it_was_saved(study: Study, folder: Path):
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    account = taken(study, folder, seen=datetime(2026, 2, 1))
    (row,) = articles(study).to_dict("records")
    assert row["published"] == ""
    assert "lies ahead" in row["published_note"]
    assert account.sentences()[1].startswith("1 articles have no date")


def test_many_pages_are_stored_a_hundred_at_a_time_and_the_log_adds_up(study: Study, folder: Path):
    for number in range(104):
        page = f"<title>Report {number}</title><p>Officers walked the {number}th street.</p>"
        (folder / f"{number}.html").write_text(own(number) + page, "utf-8")
    account = taken(study, folder)
    assert account.new + account.known + account.left_out.total() == account.pages == 104
    log = read_imports(study.store)
    assert (log["read"] == log["new"] + log["known"]).all()


def test_wrong_outlets_and_folders_are_answered_with_what_would_be_right(
    study: Study, folder: Path
):
    with pytest.raises(DataError, match="Did you mean 'Marlow Falls Courier'"):
        import_pages(study, folder, outlet="Marlow Falls Curier", now=NOW)
    with pytest.raises(FileError, match="no such folder"):
        taken(study, folder / "april")
    with pytest.raises(FileError, match="no page is in the folder"):
        taken(study, folder)


def test_the_command_imports_a_folder(study: Study, folder: Path):
    (folder / "a.html").write_text(article_page(1, head=own(1)), "utf-8")
    command = next(each for each in COMMANDS if each.name == "import-pages")
    words = [str(folder), "--outlet", OUTLET, "--study", str(study.root)]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert "1 pages read: 1 stored" in done.output
    assert datetime.now(UTC) > NOW
