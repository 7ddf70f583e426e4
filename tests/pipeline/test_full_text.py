"""The pages behind a feed are read once, politely, and nothing that they do loses an article."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from outlet_pages import (
    NEWS,
    NOW,
    OUTLET,
    PAYWALL,
    Site,
    article_page,
    entry,
    from_feed,
    news_study,
    web_site,
)
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from outcomes.cli.media_texts import COMMANDS
from outcomes.errors import DataError, OutcomesError
from outcomes.media.politeness import HostTurns
from outcomes.pipeline.asking_agent import asking_agent
from outcomes.pipeline.full_text import fetch_texts
from outcomes.pipeline.page_account import TextsRead
from outcomes.pipeline.pages_due import pages_due
from outcomes.pipeline.polling_lock import only_poll
from outcomes.store import read_facts, read_imports
from outcomes.store.engine import reading
from outcomes.store.news_tables import ARTICLE_NAMES, PAGE_READS
from outcomes.store.schema import ARTICLES
from outcomes.study import Study, open_study

HOUR = timedelta(hours=1)


@pytest.fixture
def site():
    with web_site() as found:
        yield found


@pytest.fixture
def study(study_folder: Path) -> Study:
    return news_study(study_folder)


def fetched(study: Study, *, now=NOW, **options) -> TextsRead:
    return fetch_texts(study, now=now, turns=HostTurns(gap=0), **options)


def rows(study: Study, table=PAGE_READS) -> list:
    with reading(study.store) as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def article(study: Study, url: str):
    found = read_facts(study.store, "articles").set_index("url")
    return found.loc[url]


def test_the_text_of_the_page_stands_beside_the_summary_of_the_feed(study: Study, site: Site):
    url = f"{site.url}/news/walk-1"
    site.says("/news/walk-1", article_page())
    from_feed(study, entry(url))
    account = fetched(study)
    row = article(study, url)
    assert "Part 5 of report 1." in row["text"]
    assert row["summary"] == "In brief: Walk in Eastbank."
    assert (row["text_from"], row["article"], row["flags"]) == ("page", 1, [])
    assert row["extractor"].startswith("trafilatura ")
    assert row["title"] == "Walk in Eastbank"
    assert (row["published"], row["published_from"]) == ("2026-03-31", "feed")
    assert account.sentences() == [
        "1 page asked: 1 read, 0 without an article, 0 failed, 0 not allowed by robots.txt."
    ]
    (read,) = rows(study)
    assert (read.outcome, read.reason, read.status, read.version) == ("read", "", 200, 2)
    assert site.asked == ["/robots.txt", "/news/walk-1"]


def test_a_second_run_asks_for_nothing_and_changes_nothing(study: Study, site: Site):
    site.says("/a/walk", article_page())
    from_feed(study, entry(f"{site.url}/a/walk"))
    fetched(study)
    before = (rows(study), rows(study, ARTICLES), rows(study, ARTICLE_NAMES))
    site.asked.clear()
    assert fetched(study, now=NOW + 2 * HOUR).sentences() == ["No page is due: nothing was asked."]
    assert site.asked == []
    assert (rows(study), rows(study, ARTICLES), rows(study, ARTICLE_NAMES)) == before


def test_a_paywall_leaves_the_summary_and_a_flag_and_is_no_article(study: Study, site: Site):
    url = f"{site.url}/budget"
    site.says("/budget", PAYWALL)
    from_feed(study, entry(url, title="Chief speaks of the budget"))
    account = fetched(study)
    row = article(study, url)
    assert (row["article"], row["text_from"]) == (0, "feed")
    assert row["text"] == row["summary"] == "In brief: Chief speaks of the budget."
    assert "paywall" in row["flags"]
    assert rows(study)[0].outcome == "not-article"
    assert "Without an article: paywall 1." in account.sentences()[1]
    assert pages_due(study, now=NOW + 48 * HOUR) == []


def test_a_page_that_is_closed_now_does_not_take_the_text_back(study: Study, site: Site):
    url = f"{site.url}/walk"
    site.says("/walk", article_page())
    from_feed(study, entry(url))
    fetched(study)
    site.says("/walk", PAYWALL)
    from_feed(study, entry(url, title="Walk in Eastbank, corrected"), now=NOW + HOUR)
    fetched(study, now=NOW + 2 * HOUR)
    row = article(study, url)
    assert "Part 5" in row["text"]
    assert (row["article"], row["title"]) == (1, "Walk in Eastbank, corrected")
    assert [read.outcome for read in rows(study)] == ["read", "not-article"]


def test_an_edited_headline_makes_the_page_due_once_more_and_only_once(study: Study, site: Site):
    url = f"{site.url}/walk"
    site.says("/walk", article_page(1))
    from_feed(study, entry(url))
    fetched(study)
    from_feed(study, entry(url, title="Walk in Eastbank: what came of it"), now=NOW + HOUR / 2)
    assert pages_due(study, now=NOW + HOUR / 2) == []  # not so soon after the last reading
    site.says("/walk", article_page(2))
    fetched(study, now=NOW + 2 * HOUR)
    row = article(study, url)
    assert "Part 5 of report 2." in row["text"]
    assert row["title"] == "Walk in Eastbank: what came of it"
    assert pages_due(study, now=NOW + 48 * HOUR) == []
    texts = [each.text for each in rows(study, ARTICLES)]
    assert len(texts) == 4
    assert "report 1." in texts[1]  # the first reading is kept


def test_a_page_that_fails_is_tried_three_times_an_hour_and_a_day_later(study: Study, site: Site):
    from_feed(study, entry(f"{site.url}/gone"))
    asked = []
    for hours in (0, 0.5, 1, 2, 24.5, 25, 30, 60):
        before = len(rows(study))
        fetched(study, now=NOW + hours * HOUR)
        asked += [hours] * (len(rows(study)) - before)
    assert asked == [0, 1, 25]
    assert {(read.outcome, read.reason, read.status) for read in rows(study)} == {
        ("failed", "status-404", 404)
    }
    assert len(rows(study, ARTICLES)) == 1


def test_what_robots_txt_forbids_is_not_asked_for(study: Study, site: Site):
    site.says("/robots.txt", "User-agent: *\nDisallow: /private\n")
    site.says("/private/a", article_page())
    site.says("/open", "", status=302, Location="/private/a")
    from_feed(study, entry(f"{site.url}/private/a"), entry(f"{site.url}/open", title="Other"))
    account = fetched(study)
    assert account.not_allowed == 2
    assert "/private/a" not in site.asked
    assert site.asked.count("/robots.txt") == 1
    assert sorted(read.reason for read in rows(study)) == ["forbidden", "not-followed"]


def test_a_site_that_asks_for_patience_is_left_alone_in_this_run(study: Study, site: Site):
    for name in "abcd":
        site.says(f"/{name}", "later", status=429)
    from_feed(study, *(entry(f"{site.url}/{name}", title=f"Walk {name}") for name in "abcd"))
    account = fetched(study)
    assert [path for path in site.asked if path != "/robots.txt"] == ["/a"]
    assert (account.failed["status-429"], account.left) == (1, 3)
    assert account.sentences()[-1] == "Left for the next run: 3 pages."


def test_the_date_of_the_page_counts_where_the_feed_gives_none(study: Study, site: Site):
    url = f"{site.url}/walk"
    site.says("/walk", article_page(day="2026-03-30"))
    from_feed(study, entry(url, day=""))
    fetched(study)
    row = article(study, url)
    assert row["published"] == "2026-03-30T14:00:00-04:00"  # in the study's zone
    assert row["published_from"] == "page"


@pytest.mark.parametrize(("day", "noted"), [("2026-03-27", False), ("2026-03-26", True)])
def test_the_feeds_date_stands_and_a_far_other_one_is_noted(
    study: Study, site: Site, day: str, noted: bool
):
    url = f"{site.url}/walk"
    site.says("/walk", article_page(day=day))
    from_feed(study, entry(url, day="2026-03-30"))
    account = fetched(study)
    row = article(study, url)
    assert row["published"] == "2026-03-30"
    note = f"the page says {day}; the feed's 2026-03-30 stands"
    assert (row["published_note"] == note) is noted
    assert account.dates_differ == noted


def test_a_page_has_the_names_that_it_leads_to_and_calls_its_own(study: Study, site: Site):
    site.says("/short", "", status=301, Location="/news/walk?utm_source=x")
    site.says(
        "/news/walk?utm_source=x", article_page(head="<link rel='canonical' href='/2026/walk'>")
    )
    from_feed(study, entry(f"{site.url}/short"))
    fetched(study)
    from_feed(study, entry(f"{site.url}/2026/walk", title="Another headline"), now=NOW + HOUR)
    assert list(read_facts(study.store, "articles")["url"]) == [f"{site.url}/short"]
    assert sum(name.kind == "page" for name in rows(study, ARTICLE_NAMES)) == 3


def test_a_page_that_calls_itself_another_outlets_keeps_to_its_own_name(study: Study, site: Site):
    own = "<link href='https://wire.example/story/9' rel=canonical>"
    site.says("/copy", article_page(head=own))
    from_feed(study, entry(f"{site.url}/copy"))
    fetched(study)
    from_feed(study, entry("https://wire.example/story/9", title="The wire's own headline"))
    assert len(read_facts(study.store, "articles")) == 2


def test_two_articles_that_lead_to_one_page_both_stay_and_it_is_noted(study: Study, site: Site):
    site.says("/news/walk", article_page())
    site.says("/old-name", "", status=301, Location="/news/walk")
    from_feed(
        study,
        entry(f"{site.url}/news/walk"),
        entry(f"{site.url}/old-name", title="Yesterday's headline was this", day="2026-03-30"),
    )
    account = fetched(study)
    assert account.known_pages == 1
    assert len(read_facts(study.store, "articles")) == 2
    assert [read.reason for read in rows(study)].count("known-page") == 1


def test_only_articles_of_a_feed_of_these_days_and_of_outlets_with_texts_are_due(
    study_folder: Path, site: Site
):
    study = news_study(study_folder, outlet="\nfull_text = true\n\n[[outlets]]\nname = 'Terse'\n"
                       "scope = 'local'\nfull_text = false")  # fmt: skip
    old = NOW - timedelta(days=20)
    from_feed(study, entry(f"{site.url}/old", day="2026-03-01"), now=old)
    from_feed(study, entry(f"{site.url}/new"), entry("", title="It has no address at all"))
    assert [each.url for each in pages_due(study, now=NOW)] == [f"{site.url}/new"]
    assert len(pages_due(study, now=NOW, days=40)) == 2
    with pytest.raises(DataError, match="full_text = false"):
        pages_due(study, now=NOW, outlet="Terse")
    with pytest.raises(DataError, match="Did you mean 'Terse'"):
        pages_due(study, now=NOW, outlet="Terser")


def test_only_so_many_pages_are_asked_the_oldest_first(study: Study, site: Site):
    for day in (29, 30, 31):
        site.says(f"/{day}", article_page(day))
        from_feed(
            study,
            entry(f"{site.url}/{day}", title=f"The walk of March {day}", day=f"2026-03-{day}"),
            now=NOW - timedelta(days=32 - day),
        )
    account = fetched(study, most=2)
    assert [path for path in site.asked if path != "/robots.txt"] == ["/29", "/30"]
    assert (account.read, account.left) == (2, 1)
    with pytest.raises(DataError, match="1 or more"):
        fetched(study, most=0)


def test_whatever_a_page_holds_the_run_goes_on(study: Study, site: Site):
    bad = ["", "no page", "%PDF-1.7 \x00\x01", "<html></html>", "<p>" * 20_000, "\x00" * 9000]
    for number, body in enumerate(bad):
        site.says(f"/{number}", body)
        from_feed(study, entry(f"{site.url}/{number}", title=f"Walk number {number}"))
    site.says("/good", article_page())
    from_feed(study, entry(f"{site.url}/good", title="Other"))
    account = fetched(study)
    assert account.read == 1
    assert account.not_articles.total() == len(bad)
    assert article(study, f"{site.url}/0")["text"] == "In brief: Walk number 0."


def test_without_a_contact_nobody_is_asked(study_folder: Path, site: Site):
    study = news_study(study_folder, news="\n[news]\nallow_private = true\n")
    from_feed(study, entry(f"{site.url}/walk"))
    with pytest.raises(DataError, match="names no contact"):
        fetched(study)
    assert site.asked == []


def test_the_agent_names_the_study_in_plain_letters(study: Study):
    assert "(Walks in Marlow Falls; +desk@marlow.example)" in asking_agent(study)
    settings = study.root / "study.toml"
    text = settings.read_text(encoding="utf-8").replace("Walks in Marlow", "Paseos por Peñón 市")
    settings.write_text(text, encoding="utf-8")
    assert "(Paseos por Penon  Falls; +desk@" in asking_agent(open_study(study.root))


def test_addresses_that_were_generated_are_never_asked(study_folder: Path, site: Site):
    settings = study_folder / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[plan]", 'generated = "It is."\n\n[plan]', 1), "utf-8")
    study = news_study(study_folder)
    from_feed(study, entry(f"{site.url}/walk"))
    assert "no page was asked" in fetched(study).sentences()[0]
    assert site.asked == []


def test_a_second_run_at_the_same_time_is_told_to_wait(study: Study, site: Site):
    from_feed(study, entry(f"{site.url}/walk"))
    with (
        only_poll(study, now=NOW, what="fetch"),
        pytest.raises(OutcomesError, match="another fetch is running since 2026-04-01 12:00"),
    ):
        fetched(study)
    assert site.asked == []
    fetched(study)
    assert "/walk" in site.asked


def test_private_machines_are_not_asked_unless_study_toml_says_so(study_folder: Path, site: Site):
    study = news_study(study_folder, news=NEWS.replace("allow_private = true", ""))
    site.says("/walk", article_page())
    from_feed(study, entry(f"{site.url}/walk"))
    account = fetched(study)
    assert site.asked == []
    assert account.not_allowed == 1  # its robots.txt cannot be read


def test_each_stored_text_is_in_the_log_of_imports(study: Study, site: Site):
    site.says("/walk", article_page())
    from_feed(study, entry(f"{site.url}/walk"), entry(f"{site.url}/gone", title="Gone"))
    fetched(study)
    log = read_imports(study.store)
    ours = log[log["step"] == "media fetch-texts"]
    assert ours[["read", "new", "known", "refused"]].to_numpy().tolist() == [[1, 1, 0, 0]]


DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from outcomes.media.politeness import HostTurns
from outcomes.pipeline import full_text, page_keeping
from outcomes.study import open_study

root, where = sys.argv[1:]
count = 0

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

keep, log = full_text.keep_read, page_keeping._log

def after(*words, **named):
    global count
    kept = keep(*words, **named)
    count += 1
    if count == 2:
        die()
    return kept

def inside(*words, **named):
    global count
    log(*words, **named)
    count += 1
    if count == 2:
        die()

if where == "between":
    full_text.keep_read = after
else:
    page_keeping._log = inside
full_text.fetch_texts(
    open_study(Path(root)), now=datetime.fromisoformat("2026-04-01T12:00:00+00:00"),
    turns=HostTurns(gap=0),
)
"""


@pytest.mark.parametrize(("where", "kept"), [("inside", 1), ("between", 2)])
def test_a_run_that_is_killed_goes_on_where_it_was(study: Study, site: Site, where: str, kept: int):
    for number in range(4):
        site.says(f"/{number}", article_page(number))
        from_feed(study, entry(f"{site.url}/{number}", title=f"The walk of report {number}"))
    died = subprocess.run(
        [sys.executable, "-c", DIES, str(study.root), where], check=False, env=os.environ
    )
    assert died.returncode == -signal.SIGKILL
    again = open_study(study.root)
    assert len(rows(again)) == kept
    assert sum(row.text_from == "page" for row in rows(again, ARTICLES)) == kept
    fetched(again)
    texts = read_facts(again.store, "articles")["text"]
    assert sorted(texts.str.extract(r"Part 5 of report (\d)")[0]) == ["0", "1", "2", "3"]
    assert len(rows(again)) == 4
    assert len(rows(again, ARTICLES)) == 8
    assert sum(path in {"/0", "/1", "/2", "/3"} for path in site.asked) <= 4 + 4 - kept


def test_the_command_says_what_it_did(study: Study, site: Site):
    command = next(each for each in COMMANDS if each.name == "fetch-texts")
    done = CliRunner().invoke(command, ["--study", str(study.root), "--outlet", OUTLET])
    assert done.exit_code == 0
    assert done.output == "No page is due: nothing was asked.\n"


def test_a_store_that_is_held_by_another_program_is_told_in_words(
    study: Study, site: Site, monkeypatch: pytest.MonkeyPatch
):
    def held(*_words: object, **_named: object) -> None:
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr("outcomes.pipeline.full_text.pages_due", held)
    command = next(each for each in COMMANDS if each.name == "fetch-texts")
    done = CliRunner().invoke(command, ["--study", str(study.root)])
    assert "cannot be written (database is locked)" in str(done.exception)
    assert isinstance(done.exception, OutcomesError)
