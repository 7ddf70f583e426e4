import feedparser
import numpy as np
import pandas as pd
import pytest

from outcomes.simulate.news import NEWSLETTER, archive, feed, true_shares, written_articles

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
OUTLETS = {
    "local": ["Marlow Falls Courier", "Teal County Ledger", "WTLC News 9", NEWSLETTER],
    "national": ["National Wire Desk"],
}


def printed(*, seed: int = 1, months: list[str] = MONTHS) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return archive(months=months, outlets=OUTLETS, time_zone="America/New_York", rng=rng)


@pytest.fixture(scope="module")
def articles() -> pd.DataFrame:
    return printed()


def test_there_are_enough_invented_articles_of_the_right_length() -> None:
    """The issue asks for at least 150, with bodies of 80 to 400 words."""
    written = pd.DataFrame(written_articles())
    assert (written["scope"] == "local").sum() >= 150
    assert written["text"].str.split().str.len().between(80, 400).all()
    assert written["id"].is_unique
    assert written["title"].is_unique


def test_there_are_articles_that_must_not_be_taken_for_news_of_the_police() -> None:
    written = pd.DataFrame(written_articles())
    assert {"wire", "obituary", "blotter", "opinion"} <= set(written["kind"])
    assert (written["relevant"] == 0).sum() >= 30
    assert written["tone"].notna().equals(written["relevant"] == 1)
    assert written.loc[written["relevant"] == 1, "tone"].value_counts().min() >= 30


def test_every_article_is_printed_inside_the_study(articles: pd.DataFrame) -> None:
    assert set(articles["month"]) <= set(MONTHS)
    assert set(articles["id"]) == {article["id"] for article in written_articles()}
    assert articles["published"].str[:7].equals(articles["month"])


def test_some_articles_are_printed_again_word_for_word_elsewhere(articles: pd.DataFrame) -> None:
    copies = articles.groupby("id")
    assert 10 < (copies.size() > 1).sum() < 45
    assert copies.size().max() == 2
    assert (copies["text"].nunique() == 1).all()
    assert (copies["outlet"].nunique() == copies.size()).all()
    assert articles["url"].is_unique


def test_a_copy_follows_its_original_within_thirty_hours(articles: pd.DataFrame) -> None:
    at = pd.to_datetime(articles["published"], utc=True)
    apart = at.groupby(articles["id"]).agg(lambda times: times.max() - times.min())
    assert apart.max() <= pd.Timedelta(hours=31)  # one more where the clocks change


def test_an_article_appears_in_an_outlet_of_its_own_kind(articles: pd.DataFrame) -> None:
    scope = {article["id"]: article["scope"] for article in written_articles()}
    first = articles.drop_duplicates("id")
    national = first["id"].map(scope) == "national"
    assert set(first.loc[national, "outlet"]) == {"National Wire Desk"}
    assert "National Wire Desk" not in set(first.loc[~national, "outlet"])


def test_troubled_months_are_more_negative_than_the_others() -> None:
    shares = [true_shares(printed(seed=seed)) for seed in range(6)]
    negative = pd.concat(each["tone_negative"] for each in shares)
    troubled = negative.index.isin(["2025-09", "2025-10"])
    assert negative[troubled].mean() > negative[~troubled].mean() + 0.2


def test_the_true_shares_of_a_month_sum_to_one_and_count_relevant_articles_only(
    articles: pd.DataFrame,
) -> None:
    shares = true_shares(articles)
    assert np.allclose(shares.sum(axis=1), 1)
    assert list(shares.columns) == ["tone_negative", "tone_neutral", "tone_positive"]
    march = articles[(articles["month"] == "2025-03") & (articles["relevant"] == 1)]
    assert shares.loc["2025-03", "tone_positive"] == pytest.approx((march["tone"] == 1).mean())


def test_the_same_seed_gives_the_same_archive(articles: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(articles, printed())
    assert not articles.equals(printed(seed=2))


def test_a_feed_is_read_back_as_it_was_written(articles: pd.DataFrame) -> None:
    some = articles.head(20)
    read = feedparser.parse(feed(some, title="Eastbank & Co").encode())
    assert not read.bozo
    assert read.feed.title == "Eastbank & Co (generated example)"
    assert [entry.title for entry in read.entries] == some["title"].tolist()
    assert [entry.link for entry in read.entries] == some["url"].tolist()
    at = pd.to_datetime(some["published"], utc=True)
    assert [tuple(e.published_parsed[:5]) for e in read.entries] == [
        (t.year, t.month, t.day, t.hour, t.minute) for t in at
    ]
