"""Coverage by outlet and month: from the log of polls, from archives, and against silence."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from outcomes.media.coverage import COLUMNS, OutletRecord, outlet_coverage
from outcomes.media.feed_readings import FeedLog
from outcomes.media.study_days import study_days

ZONE = "America/Chicago"
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
HOUR, DAY = 3600, 86400
LATER = datetime(2026, 2, 1, tzinfo=UTC)


def calendar(*, months=MONTHS, now=LATER, zone=ZONE):
    return study_days(months, time_zone=zone, now=now)


def second(text, zone=ZONE):
    return calendar(zone=zone).seconds(date.fromisoformat(text))


def moments(first, last, *, every=HOUR):
    """Moments of polls from the beginning of one day to the end of another."""
    return np.arange(second(first), second(last) + DAY, every)


def log(at, *, failed=(), rolled=(), **service):
    at = np.sort(np.asarray(at, dtype=float))
    found = at[::24]
    return FeedLog(
        at=at,
        failed_at=np.asarray(failed, dtype=float),
        rolled_at=np.asarray(rolled, dtype=float),
        found_at=found,
        entries=np.full(len(found), 20),
        stored=np.full(len(found), 2),
        undated=np.full(len(found), 1),
        **service,
    )


def months_of(feeds=(), *, published=(), archived=False, days=None, not_read=False):
    days = days or calendar()
    day = np.array([days.day_of(each) for each in published], dtype=np.int64)
    record = OutletRecord(
        name="Courier",
        panel=True,
        feeds=tuple(feeds),
        day=day,
        archived=np.full(len(day), archived),
        not_read=np.full(len(day), not_read),
    )
    table = outlet_coverage(record, days, smallest=0.8)
    assert list(table.columns) == list(COLUMNS)
    return table.set_index("month")


def daily(first, last, *, without=()):
    """Two articles a day, but for the days from one to another."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    gap = (np.datetime64(without[0]), np.datetime64(without[1])) if without else None
    return [str(day) for day in days if not gap or not gap[0] <= day <= gap[1]] * 2


def test_a_feed_read_every_hour_is_covered_and_clock_changes_count_real_hours():
    table = months_of([log(moments("2025-01-01", "2025-12-31"))])
    assert (table["coverage"] == 1).all()
    assert (table["mark"] == "").all()
    assert table.loc["2025-03", "polls_planned"] == 31 * 24 - 1  # 23 hours on 9 March
    assert table.loc["2025-11", "polls_planned"] == 30 * 24 + 1
    assert (table["polls_made"] == table["polls_planned"]).all()
    assert table["longest_silence_hours"].max() == 1
    assert (table["stored"] * 10 == table["entries"]).all()
    assert (table["undated"] * 2 == table["stored"]).all()


def test_days_are_those_of_the_outlets_clock():
    """A poll at 04:00 UTC on 1 February is one of 31 January in Chicago."""
    at = [datetime(2025, 2, 1, 4, tzinfo=UTC).timestamp()]
    table = months_of([log(at, first=date(2025, 1, 1))])
    assert table.loc["2025-01", "polls_made"] == 1
    assert table.loc["2025-02", "polls_made"] == 0
    assert calendar().day_of("2025-02-01T04:00:00+00:00") == 30
    assert calendar(zone="Europe/Berlin").day_of("2025-02-01T04:00:00+00:00") == 31
    assert calendar().day_of("2024-12-31") == calendar().day_of("") == -1


def test_days_without_a_good_reading_are_not_covered():
    at = moments("2025-01-01", "2025-12-31")
    failed = at[(at >= second("2025-06-06")) & (at < second("2025-06-21"))]
    table = months_of([log(at, failed=failed)])
    june = table.loc["2025-06"]
    assert june["coverage"] == pytest.approx(15 / 30, abs=1e-4)
    assert (june["polls_failed"], june["mark"]) == (15 * 24, "thin")
    assert june["longest_silence_hours"] == pytest.approx(15 * 24 + 1)
    assert (table.drop("2025-06")["coverage"] == 1).all()


def test_one_reading_a_day_is_enough():
    table = months_of([log(moments("2025-01-01", "2025-12-31", every=24 * HOUR), every=1440)])
    assert (table["coverage"] > 0.95).all()


def test_time_proven_lost_by_a_feed_that_rolled_over_counts_as_not_read():
    at = moments("2025-01-01", "2025-12-31", every=12 * HOUR)
    rolled = at[(at > second("2025-06-01")) & (at <= second("2025-06-11"))]
    table = months_of([log(at, rolled=rolled, every=720)])
    june = table.loc["2025-06"]
    lost = 9 + 13 / 24  # from midnight to the last of these readings, at 13:00 on 10 June
    assert june["coverage"] == pytest.approx(1 - lost / 30, abs=1e-4)
    assert (june["days_read"], june["days_lost"]) == (30, round(lost, 2))
    assert (june["rolled_over"], june["mark"]) == (20, "thin")


def test_a_gap_that_ends_with_a_roll_over_is_lost_once_and_not_twice():
    at = moments("2025-01-01", "2025-12-31")
    at = at[(at < second("2025-06-06")) | (at >= second("2025-06-16"))]
    rolled = [at[at >= second("2025-06-16")][0]]
    june = months_of([log(at, rolled=rolled)]).loc["2025-06"]
    assert june["coverage"] == pytest.approx(20 / 30, abs=0.002)  # and one hour of 5 June


def test_an_outlet_that_joins_is_covered_from_then_on():
    table = months_of([log(moments("2025-04-21", "2025-12-31"))])
    assert (table.loc[:"2025-03", "mark"] == "not collected").all()
    assert table.loc["2025-04", "coverage"] == pytest.approx(10 / 30, abs=1e-4)
    assert table.loc["2025-04", "mark"] == "thin"
    assert (table.loc["2025-05":, "coverage"] == 1).all()


def test_a_feed_that_study_toml_no_longer_names_ended_with_its_last_poll():
    table = months_of([log(moments("2025-01-01", "2025-05-31"), listed=False)])
    assert (table.loc[:"2025-05", "coverage"] == 1).all()
    assert (table.loc["2025-06":, "mark"] == "not collected").all()


def test_a_feed_that_was_replaced_is_marked_and_covered():
    old = log(moments("2025-01-01", "2025-06-14"), last=date(2025, 6, 14))
    new = log(moments("2025-06-15", "2025-12-31"), first=date(2025, 6, 15))
    table = months_of([old, new])
    assert (table["coverage"] == 1).all()
    assert table.loc["2025-06", ["feed_changes", "mark"]].tolist() == [2, "feed changed"]
    assert set(table.drop("2025-06")["mark"]) == {""}


def test_each_of_several_feeds_counts_for_its_share():
    whole, half = log(moments("2025-01-01", "2025-12-31")), log([], first=date(2025, 1, 1))
    table = months_of([whole, half])
    assert (table["coverage"] == 0.5).all()
    assert (table["longest_silence_hours"] >= 28 * 24).all()


def test_today_is_not_over_and_a_month_in_progress_says_so():
    days = calendar(now=datetime(2025, 6, 11, 15, tzinfo=UTC))
    table = months_of([log(moments("2025-01-01", "2025-06-11"))], days=days)
    assert table.index[-1] == "2025-06"
    assert table.loc["2025-06", ["days", "coverage", "mark"]].tolist() == [10, 1.0, "in progress"]
    assert table.loc["2025-05", "mark"] == ""


def test_the_first_day_of_a_study_gives_no_month():
    assert calendar(now=datetime(2025, 1, 1, 15, tzinfo=UTC)).count == 0
    assert study_days([], time_zone=ZONE, now=LATER).count == 0


def test_a_feed_of_which_no_day_is_over_says_nothing_of_the_months_before():
    today = calendar(now=datetime(2025, 11, 20, 15, tzinfo=UTC))
    feed = log(moments("2025-11-20", "2025-11-20")[:9], first=date(2025, 11, 20))
    table = months_of([feed], published=["2025-11-18", "2025-11-19"], days=today)
    assert set(table["coverage"]) == {0.0}
    assert set(table["mark"]) == {"not collected"}


def test_an_archive_is_covered_until_its_silence_speaks_against_it():
    table = months_of(published=daily("2025-01-01", "2025-12-31"), archived=True)
    assert (table["coverage"] == 1).all()
    assert set(table["mark"]) == {"archive only"}
    gap = daily("2025-01-01", "2025-12-31", without=("2025-06-05", "2025-06-25"))
    table = months_of(published=gap, archived=True)
    june = table.loc["2025-06"]
    assert (june["days_silent"], june["mark"]) == (21, "thin")
    assert june["coverage"] == pytest.approx(9 / 30, abs=1e-4)
    assert june["longest_silence_hours"] == 21 * 24
    assert set(table.drop("2025-06")["mark"]) == {"archive only"}


def test_an_archive_that_ends_early_is_not_collected_after_that():
    table = months_of(published=daily("2025-03-01", "2025-09-30"), archived=True)
    assert set(table.loc[["2025-01", "2025-02", "2025-10", "2025-12"], "mark"]) == {"not collected"}
    assert (table.loc["2025-03":"2025-09", "coverage"] == 1).all()


def test_an_archive_of_few_articles_is_not_doubted():
    table = months_of(published=["2025-02-03", "2025-07-09", "2025-07-30"], archived=True)
    assert set(table["mark"]) == {"archive only"}


def test_a_month_with_far_fewer_articles_than_usual_is_marked_with_its_chance():
    """A weekly paper of which three of four issues are absent: no silence is too long."""
    issues = [f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in (3, 10, 17, 24)]
    kept = [day for day in issues if day[:7] != "2025-06" or day.endswith("10")]
    june = months_of(published=kept * 20, archived=True).loc["2025-06"]
    assert june["days_silent"] == 0
    assert june["p_so_few"] < 0.001
    assert (june["articles"], june["mark"]) == (20, "unusually few")
    assert june["coverage"] == pytest.approx(20 / june["usual_articles"], abs=0.01)


def test_a_feed_that_answers_for_weeks_with_an_old_page_is_a_silent_gap():
    published = daily("2025-01-01", "2025-12-31", without=("2025-06-05", "2025-06-25"))
    june = months_of([log(moments("2025-01-01", "2025-12-31"))], published=published).loc["2025-06"]
    assert (june["days_read"], june["days_silent"]) == (30, 21)
    assert june["coverage"] == pytest.approx(9 / 30, abs=1e-4)


def test_an_archive_fills_the_gap_of_a_feed():
    at = moments("2025-01-01", "2025-12-31")
    at = at[(at < second("2025-06-06")) | (at >= second("2025-06-21"))]
    days = calendar()
    published = daily("2025-01-01", "2025-12-31")
    day = np.array([days.day_of(each) for each in published])
    inside = (day >= days.day_of("2025-06-06")) & (day < days.day_of("2025-06-21"))
    record = OutletRecord(
        name="Courier", panel=True, feeds=(log(at),), day=day, archived=inside, not_read=inside
    )
    june = outlet_coverage(record, days, smallest=0.8).set_index("month").loc["2025-06"]
    assert (june["coverage"], june["from_archive"], june["pages_not_read"]) == (1, 30, 30)


def test_one_old_article_of_an_archive_does_not_cover_the_months_around_it():
    days = calendar()
    record = OutletRecord(
        name="Courier",
        panel=True,
        feeds=(log(moments("2025-07-01", "2025-12-31")),),
        day=np.array([days.day_of("2025-03-05")]),
        archived=np.array([True]),
        not_read=np.array([False]),
    )
    table = outlet_coverage(record, days, smallest=0.8).set_index("month")
    assert set(table.loc[["2025-01", "2025-02", "2025-04", "2025-06"], "mark"]) == {"not collected"}
    assert table.loc["2025-03", "mark"] == "archive only"


def test_an_outlet_of_which_nothing_is_known_was_not_collected():
    table = months_of()
    assert set(table["mark"]) == {"not collected"}
    assert (table["coverage"] == 0).all()
