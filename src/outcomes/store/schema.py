"""The tables of facts: what is collected one by one, append-only, each fact with its versions.

Every table of facts carries a natural ``key`` and a ``version``: an amended fact is a new row with
a higher version, and readers see the newest. Nothing is updated in place, nothing is deleted.
Where one import brings very many facts, they stand as a block in ``BLOCKS`` instead of as rows.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()
# A column that files may lack: where it is empty, the content of a fact is what it was without it.
LATER = {"later": True}
_OWN = {"id", "version", "content", "import_id"}  # columns that every table of facts has

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("step", String(40), nullable=False),  # "survey import academy-pre"
    Column("file", Text, nullable=False),  # name only, never a path
    Column("sha256", String(64), nullable=False),
    Column("at", String(32), nullable=False),  # UTC
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)


def facts_table(name: str, *columns: Column[Any]) -> Table:
    """Make a table of facts: its own columns, and those that every such table has."""
    return Table(
        name,
        METADATA,
        Column("id", Integer, primary_key=True),
        Column("key", String(200), nullable=False),
        Column("version", Integer, nullable=False),
        Column("content", String(64), nullable=False),  # SHA-256 of the columns below, see LATER
        Column("import_id", ForeignKey("imports.id"), nullable=False),
        *columns,
        # an index, which a big import can leave off until all its rows are there
        Index(f"{name}_key_version", "key", "version", unique=True),
    )


def facts_columns(facts: Table) -> list[Column[Any]]:
    """List the columns of a table of facts that say something of the fact."""
    return [column for column in facts.c if column.name not in _OWN]


ANSWERS = facts_table(
    "answers",
    Column("wave", String(40), nullable=False),
    Column("instrument", String(40), nullable=False),
    Column("instrument_version", String(20), nullable=False),
    Column("instrument_hash", String(64), nullable=False),
    Column("respondent", String(80), nullable=False),
    Column("place", String(40), nullable=False),
    Column("weight", Float, nullable=True),
    Column("answers", JSON, nullable=False),  # item name -> answer as text
)
ARTICLES = facts_table(
    "articles",
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("published", String(32), nullable=False),  # ISO; empty where unknown
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("prompted", Integer, nullable=True),  # 1 where the agency prompted it (A8)
    # The rest is empty where an article came from a plain table.
    Column("summary", Text, nullable=True),  # what the feed said of it
    Column("text_from", String(10), nullable=True),  # feed, page, archive: whose text it is
    Column("published_raw", Text, nullable=True),  # as its source wrote it
    Column("published_from", String(20), nullable=True),  # feed, page, archive
    Column("published_note", Text, nullable=True),  # why it is unknown, or what was assumed
    Column("flags", JSON, nullable=True),  # of its page: paywall, consent …
    Column("article", Integer, nullable=True),  # 0: its page is none, and is not classified
    Column("extractor", String(60), nullable=True),  # which program and version read the page
    Column("first_seen", String(32), nullable=True),  # UTC
)
CODES = facts_table(
    "codes",
    Column("url", Text, nullable=False),
    Column("coder", String(40), nullable=False),
    Column("relevant", Integer, nullable=False),
    Column("tone", Integer, nullable=True),
    Column("probability", Float, nullable=False),  # with which the article was drawn
    # The rest is empty where a code came from a plain table.
    Column("mixed", Integer, nullable=True),  # 1: clearly good and clearly bad
    Column("confidence", Integer, nullable=True),  # 1 low, 2 medium, 3 high
    Column("target", Text, nullable=True),  # the agency that it is mostly about
    Column("prompted", Integer, nullable=True),  # 1: the agency prompted the article (A8)
    Column("self_credit", Integer, nullable=True),  # 1: credit comes from the police alone
    Column("note", Text, nullable=True),
    Column("sample", String(40), nullable=True),
    Column("codebook", String(20), nullable=True),  # its version
    Column("seconds", Integer, nullable=True),  # on the screen
    Column("coded_on", String(10), nullable=True),  # the day
)
WALKS = facts_table(
    "walks",
    Column("place", String(40), nullable=False),
    Column("type", String(40), nullable=False),
    Column("start", String(32), nullable=False),  # local clock time, ISO
    Column("minutes", Float, nullable=False),
    Column("coordinator", String(40), nullable=False),
    Column("people", JSON, nullable=False),  # role -> how many
    Column("team", String(40), nullable=True, info=LATER),  # of a squad or shift, never a name
    Column("inside_border", String(3), nullable=True, info=LATER),  # yes, no; empty: not told
)
INCIDENTS = facts_table(
    "incidents",
    Column("place", String(40), nullable=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("reported", String(32), nullable=True, info=LATER),  # local clock time, if known
)
RECORDS = facts_table(  # of engagement that is no walk, and what is known of a walk beside its log
    "engagement_records",
    Column("kind", String(40), nullable=False),  # one of engagement.record_kinds
    Column("day", String(10), nullable=False),  # ISO, local
    Column("place", String(40), nullable=False),  # of the study, or "agency"
    Column("community", String(40), nullable=False),  # "" where none is named
    Column("body", JSON, nullable=False),  # the fields of its kind
    Column("by", String(60), nullable=False),  # staff who wrote it; "" where a file brought it
)
COUNTS = facts_table(
    "counts",
    Column("place", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("measure", String(60), nullable=False),
    Column("value", Integer, nullable=False),
)
FACTS = {
    table.name: table for table in (ANSWERS, ARTICLES, CODES, WALKS, INCIDENTS, RECORDS, COUNTS)
}
# Facts of which one import may bring millions; outcomes.store.blocks says how they are kept then.
# All their columns are always filled, but for those that are LATER.
IN_BLOCKS = {WALKS.name}
BLOCKS = Table(
    "fact_blocks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("facts", String(40), nullable=False),  # the name of their table
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("version", Integer, nullable=False),  # of each fact in it
    Column("held", Integer, nullable=False),  # how many facts
    Column("parquet", LargeBinary, nullable=False),  # their columns, as a Parquet file
    Index("fact_blocks_of_facts", "facts"),
)
