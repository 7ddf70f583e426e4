"""Polling: no article lost, none stored twice, every poll written down."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from outcomes.errors import DataError, OutcomesError
from outcomes.media.feed_worker import FeedReaders, ReadFeed
from outcomes.pipeline.polling import lines_of_plan, poll
from outcomes.pipeline.polling_lock import only_poll
from outcomes.pipeline.polling_plan import plan_round
from outcomes.pipeline.polling_words import PollRound, poll_log
from outcomes.store import read_facts, read_imports
from outcomes.store.engine import reading
from outcomes.store.news_tables import FEEDS, ROBOTS
from outcomes.study import Study, open_study
from polled_feeds import NOW, Outlets, answer, item, listed, means, outlets, rss

HOUR = timedelta(hours=1, minutes=10)


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=1) as found:
        yield found


@pytest.fixture
def server() -> Iterator[Outlets]:
    with outlets() as found:
        yield found


def rows(study: Study, table: Any) -> list[dict[str, Any]]:
    with reading(study.store) as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def articles(study: Study) -> pd.DataFrame:
    return read_facts(study.store, "articles")


def sums_hold(log: pd.DataFrame) -> bool:
    skipped = log["skipped"].map(lambda found: sum(found.values()))
    return bool((log["entries"] == log["stored"] + log["duplicate"] + skipped).all())


def test_a_feed_is_asked_and_its_articles_are_stored_once(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1), item(2), item(3, date="")), 'ETag: "a"'))
    study = listed(study_folder, [url])
    said: list[str] = []
    done = poll(study, means=means(readers=readers), say=said.append)
    assert said[0] == (
        f"Outlet 0, {url}: 3 entries: 3 new, 0 edited, 0 known before; 1 without a date."
    )
    stored = articles(study)
    assert list(stored["url"]) == [f"https://x.example/story-{n}" for n in (1, 2, 3)]
    assert list(stored["published"]) == [
        "2026-08-03T06:00:00-04:00", "2026-08-03T06:00:00-04:00", "",
    ]  # fmt: skip
    assert set(stored["first_seen"]) == {"2026-08-03T12:00:00+00:00"}
    assert set(stored["text_from"]) == {"feed"}
    assert (done.accounts[0].stored, done.all_failed) == (3, False)
    log = poll_log(study).iloc[-1]
    assert (log["outcome"], log["status"], log["undated"]) == ("new", 200, 1)
    assert (log["oldest"], log["newest"]) == ("2026-08-03T10:00:00+00:00",) * 2
    again = poll(study, means=means(NOW + timedelta(minutes=30), readers=readers))
    assert again.sentences() == ["No feed is due (1 are due later)."]
    assert server.count("one") == 1


def test_what_the_server_gave_is_shown_to_it_and_not_modified_is_no_failure(
    study_folder, server, readers
):
    url = server.puts("one", to=answer(rss(item(1)), 'ETag: "a"'))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    server.puts("one", to=answer(b"", 'ETag: "a"', status="304 Not Modified"))
    done = poll(study, means=means(NOW + HOUR, readers=readers))
    assert 'If-None-Match: "a"' in server.asked[-1][2]
    assert done.accounts[0].outcome == "unchanged"
    (stands,) = rows(study, FEEDS)
    assert (stands["etag"], stands["unchanged"]) == ('"a"', 1)
    assert len(read_imports(study.store)) == 1


def test_a_feed_whose_etag_never_changes_is_read_whole_after_ten_times(
    study_folder, server, readers
):
    url = server.puts("one", to=answer(rss(item(1)), 'ETag: "frozen"'))
    study = listed(study_folder, [url], news="every_minutes = 60")

    def frozen(line: Any, asked: str) -> None:
        same = "If-None-Match" in asked
        body = answer(b"", status="304 Not Modified") if same else answer(rss(item(2)))
        line.sendall(body)

    poll(study, means=means(readers=readers))
    server.puts("one", to=frozen)
    outcomes = [
        poll(study, means=means(NOW + n * HOUR, readers=readers)).accounts[0].outcome
        for n in range(1, 13)
    ]
    assert outcomes == ["unchanged"] * 10 + ["new", "unchanged"]
    assert len(articles(study)) == 2


def test_an_answer_not_modified_that_nobody_asked_for_is_a_failure(study_folder, server, readers):
    url = server.puts("one", to=answer(b"", status="304 Not Modified"))
    study = listed(study_folder, [url])
    done = poll(study, means=means(readers=readers))
    assert (done.accounts[0].outcome, done.accounts[0].reason) == ("failed", "not-asked")
    assert done.all_failed


def test_a_page_in_the_place_of_the_feed_never_counts_as_unchanged(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1)), 'ETag: "feed"'))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    server.puts("one", to=answer(b"<html>Just a moment</html>", 'ETag: "page"'))
    outcomes = [
        poll(study, means=means(NOW + n * 3 * HOUR, readers=readers)).accounts[0].outcome
        for n in (1, 2)
    ]
    assert outcomes == ["failed", "failed"]
    (stands,) = rows(study, FEEDS)
    assert stands["etag"] == '"feed"'
    (kept,) = (study.raw / "unreadable-feeds").iterdir()
    assert kept.read_bytes() == b"<html>Just a moment</html>"
    server.puts("one", to=answer(rss(item(1), item(2)), 'ETag: "feed2"'))
    assert poll(study, means=means(NOW + 30 * HOUR, readers=readers)).accounts[0].stored == 1


def test_edited_repeated_and_useless_entries_are_counted_and_none_is_lost(
    study_folder, server, readers
):
    first = rss(item(1), item(2), item(3))
    url = server.puts("one", to=answer(first))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    useless = "<item><link>https://x.example/empty</link></item>"
    lost = "<item><title>Nobody knows where and when</title></item>"
    again = rss(item(1, title="Edited headline of the story"), item(2), item(2), useless, lost)
    server.puts("one", to=answer(again))
    done = poll(study, means=means(NOW + HOUR, readers=readers)).accounts[0]
    assert (done.entries, done.stored, done.duplicate, done.edited) == (5, 0, 2, 1)
    assert dict(done.skipped) == {"listed-twice": 1, "no-words": 1, "no-address": 1}
    assert "1 left out, without a title and a summary" in done.sentence
    assert sums_hold(poll_log(study))


def test_ten_stories_with_one_guid_are_ten_stories(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(*(item(n, guid="same") for n in range(10)))))
    study = listed(study_folder, [url])
    assert poll(study, means=means(readers=readers)).accounts[0].stored == 10
    server.puts("one", to=answer(rss(*(item(n, guid="same") for n in range(11)))))
    done = poll(study, means=means(NOW + HOUR, readers=readers)).accounts[0]
    assert (done.stored, done.duplicate, done.edited) == (1, 10, 0)


def test_a_feed_of_which_nothing_was_known_has_rolled_over(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(*map(item, range(6)))))
    study = listed(study_folder, [url])
    assert not poll(study, means=means(readers=readers)).accounts[0].rolled_over
    server.puts("one", to=answer(rss(*map(item, range(5, 12)))))
    assert not poll(study, means=means(NOW + HOUR, readers=readers)).accounts[0].rolled_over
    server.puts("one", to=answer(rss(*map(item, range(20, 26)))))
    done = poll(study, means=means(NOW + 2 * HOUR, readers=readers)).accounts[0]
    assert done.rolled_over
    assert "others were probably missed" in done.sentence
    assert list(poll_log(study)["rolled_over"]) == [0, 0, 1]


def test_50000_entries_are_2000_and_the_rest_is_counted(study_folder, server, readers):
    short = "<item><title>Story {0}</title><link>https://x.example/{0}</link></item>"
    url = server.puts("one", to=answer(rss(*map(short.format, range(50_000)))))
    study = listed(study_folder, [url])
    done = poll(study, means=means(readers=readers)).accounts[0]
    assert (done.entries, done.stored, dict(done.skipped)) == (50_000, 2000, {"too-many": 48_000})
    assert sums_hold(poll_log(study))


def test_what_no_store_can_keep_costs_nothing(study_folder, server, readers):
    feed = (
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": '
        b'"https://x.example/1", "title": "Half a sign \\ud800 and\\u0000 zero"}]}'
    )
    url = server.puts("one", to=answer(feed))
    study = listed(study_folder, [url])
    assert poll(study, means=means(readers=readers)).accounts[0].stored == 1
    assert articles(study)["title"][0] == "Half a sign ? and zero"


FORBIDS = answer(b"User-agent: *\nDisallow: /feed\nCrawl-delay: 7\n")


def test_robots_txt_is_read_first_once_a_day_and_kept(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    server.puts("one", "/robots.txt", to=FORBIDS)
    study = listed(study_folder, [url])
    done = poll(study, means=means(readers=readers))
    assert done.accounts[0].outcome == "not-allowed"
    assert "line 2, 'Disallow: /feed'" in done.accounts[0].sentence
    poll(study, means=means(NOW + HOUR, readers=readers))
    assert [path for _, path, _ in server.asked] == ["/robots.txt"]
    assert rows(study, ROBOTS)[0]["answered"] == "rules"
    server.puts("one", "/robots.txt", to=answer(b"User-agent: *\nDisallow:\n"))
    assert poll(study, means=means(NOW + 24 * HOUR, readers=readers)).accounts[0].stored == 1


def test_a_person_may_decide_against_robots_txt(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    server.puts("one", "/robots.txt", to=FORBIDS)
    override = 'robots = { who = "A. Analyst", day = 2026-08-01, why = "the outlet links it" }'
    study = listed(study_folder, [url], more=override)
    done = poll(study, means=means(readers=readers)).accounts[0]
    assert done.stored == 1
    assert "A. Analyst decided on 2026-08-01 to fetch it all the same" in done.sentence


def test_a_redirect_is_followed_only_where_the_other_site_allows_it(study_folder, server, readers):
    there = server.puts("two", to=answer(rss(item(1))))
    server.puts("two", "/robots.txt", to=FORBIDS)
    url = server.puts("one", to=answer(b"", f"Location: {there}", status="302 Found"))
    override = 'robots = { who = "A. Analyst", day = 2026-08-01, why = "the outlet links it" }'
    study = listed(study_folder, [url], more=override)
    done = poll(study, means=means(readers=readers)).accounts[0]
    assert (done.outcome, server.count("two")) == ("not-allowed", 0)
    assert f"it leads to {there}" in done.sentence
    server.puts("two", "/robots.txt", to=answer(b"", status="404 Not Found"))
    assert poll(study, means=means(NOW + 30 * HOUR, readers=readers)).accounts[0].stored == 1


def test_a_site_whose_robots_txt_cannot_be_read_is_waited_for(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    server.puts("one", "/robots.txt", to=answer(b"", status="503 Service Unavailable"))
    study = listed(study_folder, [url])
    done = poll(study, means=means(readers=readers)).accounts[0]
    assert (done.outcome, done.reason, server.count("one")) == ("failed", "robots-unreadable", 0)


def test_a_host_is_asked_again_only_after_the_wait_that_it_wishes(study_folder, server, readers):
    server.puts("one", "/robots.txt", to=answer(b"User-agent: *\nCrawl-delay: 0.6\n"))
    urls = [server.puts("one", f"/{n}", to=answer(rss(item(n)))) for n in range(2)]
    study = listed(study_folder, urls)
    moments: list[float] = []
    poll(study, means=means(readers=readers), say=lambda line: moments.append(time.monotonic()))
    assert moments[1] - moments[0] > 0.5


def test_a_server_that_asks_to_wait_is_waited_for(study_folder, server, readers):
    busy = answer(b"", "Retry-After: 36000", status="503 Service Unavailable")
    url = server.puts("one", to=busy)
    study = listed(study_folder, [url])
    done = poll(study, means=means(readers=readers)).accounts[0]
    assert (done.outcome, done.reason) == ("failed", "status-503")
    assert rows(study, FEEDS)[0]["due"] == "2026-08-03T22:00:00+00:00"


def test_a_poll_that_was_due_and_not_made_is_seen_later(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    poll(study, means=means(NOW + timedelta(days=3), readers=readers))
    last = poll_log(study).iloc[-1]
    assert (last["due"][:16], last["at"][:16]) == ("2026-08-03T13:03", "2026-08-06T12:00")


def test_a_clock_that_was_set_back_silences_no_feed(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    server.puts("one", to=answer(rss(item(1), item(2)), at=NOW - timedelta(days=400)))
    done = poll(study, means=means(NOW - timedelta(days=400), readers=readers))
    assert done.accounts[0].stored == 1
    last = poll_log(study).iloc[-1]
    assert last["due"] <= last["at"]


DATES = ["Mon, 03 Aug 2026 10:00:00 GMT", "Wed, 05 Aug 2026 12:00:00 GMT"]  # one is to come


@pytest.mark.parametrize("days", [-3650, -1.5, 1.5, 3650])
def test_our_wrong_clock_neither_loses_good_dates_nor_takes_those_to_come(
    study_folder, server, readers, days
):
    feeds = [
        server.puts(
            f"h{n}", to=answer(rss(*(item(10 * n + k, date=d) for k, d in enumerate(DATES))))
        )
        for n in range(3)
    ]
    study = listed(study_folder, feeds)
    done = poll(study, means=means(NOW + timedelta(days=days), readers=readers))
    stored = articles(study).set_index("url")["published"]
    for n in range(3):
        assert stored[f"https://x.example/story-{10 * n}"] == "2026-08-03T06:00:00-04:00"
        assert stored[f"https://x.example/story-{10 * n + 1}"] == ""
    assert any("Most servers agree: this computer's clock is" in line for line in done.sentences())


@pytest.mark.parametrize("days", [-3650, 3650])
def test_the_wrong_clock_of_one_server_moves_no_dates(study_folder, server, readers, days):
    wrong = NOW + timedelta(days=days)
    feeds = [
        server.puts(
            f"h{n}",
            to=answer(
                rss(*(item(10 * n + k, date=d) for k, d in enumerate(DATES))),
                at=NOW if n else wrong,
            ),
        )
        for n in range(3)
    ]
    study = listed(study_folder, feeds)
    said: list[str] = []
    poll(study, means=means(readers=readers), say=said.append)
    stored = articles(study).set_index("url")["published"]
    assert stored["https://x.example/story-0"] == "2026-08-03T06:00:00-04:00"
    assert stored["https://x.example/story-1"] == ""
    assert sum("this computer's clock" in line for line in said) == 1


def test_only_the_feeds_of_one_outlet_are_asked_if_it_is_named(study_folder, server, readers):
    urls = [server.puts(name, to=answer(rss(item(1)))) for name in ("one", "two")]
    study = listed(study_folder, urls)
    done = poll(study, outlet="Outlet 1", means=means(readers=readers))
    assert [each.feed for each in done.accounts] == [urls[1]]
    with pytest.raises(DataError, match=r"'Outlet 7' is not an outlet of study\.toml\. Did you"):
        poll(study, outlet="Outlet 7", means=means(readers=readers))
    assert lines_of_plan(study, now=NOW) == [
        f"Outlet 0, {urls[0]}: would be asked now.",
        f"Outlet 1, {urls[1]}: not due before 2026-08-03 13:03 UTC.",
        "1 feeds are due, 1 are not. Nothing was asked.",
    ]
    assert server.count("one") == 0


def test_feeds_that_failed_wait_until_the_others_were_asked(study_folder, server, readers):
    bad, good = server.url("bad"), server.puts("good", to=answer(rss(item(1))))
    study = listed(study_folder, [bad, good])
    poll(study, means=means(readers=readers))
    plan = plan_round(study, now=NOW + timedelta(days=2))
    assert [task.url for task in plan.due] == [good, bad]


def test_a_feed_is_asked_from_its_first_day_to_its_last(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    for days in ("first = 2026-08-04", "last = 2026-08-02"):
        study = listed(study_folder, [url], more=days)
        assert poll(study, means=means(readers=readers)).accounts == ()
    study = listed(study_folder, [url], more="first = 2026-08-03\nlast = 2026-08-03")
    assert poll(study, means=means(readers=readers)).accounts[0].stored == 1


def test_without_feeds_or_a_contact_it_is_said_what_to_write(study_folder: Path):
    with pytest.raises(OutcomesError, match=r"lists no feeds.*outcomes media sources add"):
        poll(listed(study_folder, []), means=means())
    study = listed(study_folder, ["https://x.example/feed"])
    text = (study_folder / "study.toml").read_text().replace("desk@marlow.example", "")
    (study_folder / "study.toml").write_text(text)
    with pytest.raises(OutcomesError, match=r"names no contact.*below \[news\]: contact"):
        poll(open_study(study_folder), means=means())
    said = lines_of_plan(open_study(study_folder), now=NOW)
    assert said[-1].startswith("It could not poll yet: study.toml names no contact")
    assert not (study.root / "data" / "poll.lock").exists()


def test_two_polls_at_once_are_one_too_many(study_folder, server, readers):
    study = listed(study_folder, [server.puts("one", to=answer(rss(item(1))))])
    with (
        only_poll(study, now=NOW),
        pytest.raises(OutcomesError, match="another poll is running since 2026-08-03 12:00 UTC"),
    ):
        poll(study, means=means(readers=readers))
    assert poll(study, means=means(readers=readers)).accounts[0].stored == 1


def test_a_poll_that_is_stopped_finishes_the_feed_under_way(study_folder, server, readers):
    urls = [server.puts(f"h{n}", to=answer(rss(item(n)))) for n in range(4)]
    study = listed(study_folder, urls)
    stop = threading.Event()
    done = poll(
        study, stop=stop, means=replace(means(readers=readers), at_once=1),
        say=lambda line: stop.set(),
    )  # fmt: skip
    assert (len(done.accounts), done.not_asked) == (1, 3)
    assert "Stopped: 3 feeds were not asked; they stay due." in done.sentences()
    assert len(articles(study)) == 1
    assert len(poll(study, means=means(readers=readers)).accounts) == 3


def test_a_poll_goes_on_until_it_is_stopped_and_sees_new_feeds(study_folder, server, readers):
    urls = [server.puts(f"h{n}", to=answer(rss(item(n)))) for n in range(2)]
    study = listed(study_folder, urls[:1])
    stop, rounds = threading.Event(), []

    def say(line: str) -> None:
        if "feeds asked" in line or "No feed is due" in line:
            rounds.append(line)
            listed(study_folder, urls if len(rounds) == 1 else [])
            if len(rounds) == 3:
                stop.set()
        if "lists no feeds" in line:
            stop.set()

    with pytest.raises(OutcomesError, match="lists no feeds"):
        poll(
            study, every=timedelta(milliseconds=10), stop=stop, means=means(readers=readers),
            say=say,
        )  # fmt: skip
    assert len(articles(study)) == 2


def test_articles_that_cannot_be_stored_are_a_failure_of_that_feed_alone(
    study_folder, server, readers
):
    urls = [server.puts(f"h{n}", to=answer(rss(item(n)))) for n in range(3)]
    study = listed(study_folder, urls)
    broken = iter([ValueError("something no store can keep")])

    def at(moment: str) -> None:
        if moment == "after articles" and (error := next(broken, None)):
            raise error

    done: PollRound = poll(study, means=replace(means(readers=readers), at=at))
    assert sorted(each.reason for each in done.accounts) == ["", "", "not-stored"]
    assert len(articles(study)) == 2
    assert not done.all_failed


def test_what_nobody_foresaw_is_a_failure_of_that_feed_alone(study_folder, server, readers):
    urls = [server.puts(f"h{n}", to=answer(rss(item(n)))) for n in range(3)]
    study = listed(study_folder, urls)

    class Careless:
        def read(self, content: bytes, *, url: str, **how: Any) -> ReadFeed:
            if "h1.example" in url:
                raise RuntimeError
            return readers.read(content, url=url, **how)

    done = poll(study, means=replace(means(), readers=Careless()))  # type: ignore[arg-type]
    assert sorted(each.outcome for each in done.accounts) == ["failed", "new", "new"]
    assert "nobody foresaw (RuntimeError)" in " ".join(each.sentence for each in done.accounts)


def test_a_store_that_cannot_be_written_is_said_in_a_sentence(study_folder, server, readers):
    study = listed(study_folder, [server.puts("one", to=answer(rss(item(1))))])

    def at(moment: str) -> None:
        raise OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))

    with pytest.raises(OutcomesError, match=r"cannot be written \(database or disk is full\)"):
        poll(study, means=replace(means(readers=readers), at=at))
    assert not len(articles(study))


def test_the_log_of_polls_may_be_asked_for_an_outlet_of_earlier(study_folder, server, readers):
    url = server.puts("one", to=answer(rss(item(1))))
    study = listed(study_folder, [url])
    poll(study, means=means(readers=readers))
    assert len(poll_log(study, outlet="Outlet 0", last=1)) == 1
    other = listed(study_folder, [])
    assert len(poll_log(other, outlet="Outlet 0")) == 1
    with pytest.raises(DataError, match="not an outlet"):
        poll_log(other, outlet="Outlet 9")
