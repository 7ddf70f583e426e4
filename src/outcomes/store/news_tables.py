"""The tables of collecting news: names of articles, polls, where each feed stands, robots.txt."""

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from outcomes.store.schema import METADATA

# The names by which an article was met: an article has many, and a bad feed gives one to many.
ARTICLE_NAMES = Table(
    "article_names",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),  # guid, page, title
    Column("outlet", Text, nullable=False),  # whose name it is; empty for pages, which are public
    Column("name", String(64), nullable=False),  # SHA-256 of the name
    Column("article", String(200), nullable=False, index=True),  # its key in the articles
    Column("first_seen", String(32), nullable=False),  # UTC
    UniqueConstraint("kind", "outlet", "name", "article"),
)

# One row a poll, kept for ever: coverage is counted from these.
# Always: entries = stored + duplicate + the sum of skipped.
POLLS = Table(
    "polls",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("feed", Text, nullable=False),  # its address in study.toml
    Column("due", String(32), nullable=False),  # UTC; when it was to be asked
    Column("at", String(32), nullable=False, index=True),  # UTC; when it was asked
    Column("outcome", String(12), nullable=False),  # new, unchanged, failed, not-allowed
    Column("reason", String(40), nullable=False),  # of a failure, one word; else empty
    Column("sentence", Text, nullable=False),  # the same in words
    Column("status", Integer, nullable=False),  # of the last answer; 0 where there was none
    Column("seconds", Float, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("entries", Integer, nullable=False),  # seen in the feed
    Column("stored", Integer, nullable=False),  # new articles
    Column("duplicate", Integer, nullable=False),  # known articles, edited ones among them
    Column("edited", Integer, nullable=False),  # known, with a new version
    Column("skipped", JSON, nullable=False),  # reason -> how many
    Column("undated", Integer, nullable=False),  # of the stored, those without a date
    Column("rolled_over", Integer, nullable=False),  # 1: no entry of the last poll was left in it
    Column("oldest", String(32), nullable=False),  # ISO; of the dated entries
    Column("newest", String(32), nullable=False),
    Column("clock_off", Float, nullable=True),  # seconds, ours minus the server's
    Column("import_id", ForeignKey("imports.id"), nullable=True),
    Index("polls_by_feed", "feed", "at"),
)

# Where a feed stands between two polls: rewritten at each one, in the transaction of its poll.
FEEDS = Table(
    "feeds",
    METADATA,
    Column("feed", Text, primary_key=True),  # its address in study.toml
    Column("due", String(32), nullable=False),
    Column("polled", String(32), nullable=False),
    Column("setbacks", Float, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("read_at", String(32), nullable=False),
    Column("unchanged", Integer, nullable=False),
)
ROBOTS = Table(
    "robots",
    METADATA,
    Column("address", Text, primary_key=True),  # of the robots.txt
    Column("answered", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("read_at", String(32), nullable=False),
    Column("until", String(32), nullable=False),
)

# The attempts to read the page of an article, oldest first.
PAGE_READS = Table(
    "page_reads",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("article", String(200), nullable=False, index=True),  # its key in the articles
    Column("at", String(32), nullable=False),
    Column("outcome", String(12), nullable=False),  # read, not-article, failed, not-allowed
    Column("reason", String(40), nullable=False),
    Column("status", Integer, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("version", Integer, nullable=True),  # of the article that this read led to, or was for
)

# Texts that were let go, because the study keeps them no longer; title, address and date stay.
TEXT_ERASURES = Table(
    "news_erasures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("article", String(200), nullable=False, unique=True),
    Column("day", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("results", JSON, nullable=True),  # what results/ said of it then: table -> its rows
)
