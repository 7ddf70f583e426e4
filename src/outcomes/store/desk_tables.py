"""The desk's tables: users, what was done by whom, waves, cards, paper forms, reviewed texts."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from outcomes.store.schema import METADATA

USERS = Table(  # the newest version of a name counts
    "users",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("roles", JSON, nullable=False),  # of ROLES; none: the account is shut
    Column("password", Text, nullable=False),  # argon2 hash
    UniqueConstraint("name", "version"),
)
ROLES = ("administrator", "coordinator", "interviewer", "analyst", "coder", "walker")

SESSIONS = Table(  # the one table whose rows go: when somebody signs out, or after a while
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    Column("user", String(60), nullable=False),
    Column("until", String(32), nullable=False),  # UTC
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),  # UTC, to the second: of staff, never respondents
    Column("user", String(60), nullable=False),
    Column("action", String(40), nullable=False),  # "signed in", "exported answers"
    Column("about", Text, nullable=False),  # a wave, a user, a file name
    Column("detail", Text, nullable=False),
    Column("chain", String(64), nullable=False),  # hash of this row and the chain before it
)

WAVE_EVENTS = Table(  # the newest event of a wave says how it stands
    "wave_events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("event", String(20), nullable=False),  # opened, closed, reopened, frozen
    Column("day", String(10), nullable=False),
    Column("user", String(60), nullable=False),
    Column("detail", JSON, nullable=False),  # frozen: how many answers, and their hash
    Index("wave_events_of_wave", "wave"),
)

CARDS = Table(
    "cards",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("group", String(40), nullable=False),  # the group of waves they are for
    Column("serial", Integer, nullable=False),  # printed on the card; says nothing about a person
    Column("respondent", String(80), nullable=False),  # keyed hash of the code, never the code
    Column("day", String(10), nullable=False),
    UniqueConstraint("group", "serial"),
    UniqueConstraint("group", "respondent"),
)

PAPER_ENTRIES = Table(  # nothing of them counts before two people's entries of a sheet agree
    "paper_entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("place", String(40), nullable=False),
    Column("sheet", String(40), nullable=False),  # the sheet number printed on the form
    Column("user", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),  # answers and keyed code hashes, as keyed
    Column("day", String(10), nullable=False),
    UniqueConstraint("wave", "sheet", "user", "version"),
)

ERASURES = Table(  # tombstones: what was taken out, when, by whom and why
    "erasures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("instance", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("user", String(60), nullable=False),  # "" where the respondent withdrew
    Column("reason", Text, nullable=False),
    UniqueConstraint("wave", "instance"),
)

TEXT_REVIEWS = Table(  # what staff decided of each text in people's own words; the newest counts
    "text_reviews",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("respondent", String(80), nullable=False),  # keyed hash
    Column("item", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("verdict", String(20), nullable=False),  # accepted, edited, withheld
    Column("text", Text, nullable=False),  # as it may be shown; "" where withheld or erased
    Column("digest", String(64), nullable=False),  # SHA-256 of the text that was looked at
    Column("day", String(10), nullable=False),
    Column("user", String(60), nullable=False),
    UniqueConstraint("wave", "respondent", "item", "version"),
)

TEXT_THEMES = Table(  # the list of themes of an item; the newest version of each counts
    "text_themes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("instrument", String(40), nullable=False),
    Column("item", String(60), nullable=False),
    Column("code", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("listed", Integer, nullable=False),  # 0: taken off the list
    Column("day", String(10), nullable=False),
    Column("user", String(60), nullable=False),
    UniqueConstraint("instrument", "item", "code", "version"),
)

TEXT_CODES = Table(  # which themes a coder found in a text; the newest of each coder counts
    "text_codes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("respondent", String(80), nullable=False),  # keyed hash
    Column("item", String(60), nullable=False),
    Column("user", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("themes", JSON, nullable=False),  # codes; none of them fits: an empty list
    Column("offered", JSON, nullable=False),  # the codes that were on the list then
    Column("digest", String(64), nullable=False),  # SHA-256 of the text as it was answered
    Column("day", String(10), nullable=False),
    UniqueConstraint("wave", "respondent", "item", "user", "version"),
)

LINK_DECISIONS = Table(  # what a person decided about two respondents; the newest counts
    "link_decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("pre_wave", String(40), nullable=False),
    Column("post_wave", String(40), nullable=False),
    Column("before", String(80), nullable=False),  # keyed hashes
    Column("after", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision", String(20), nullable=False),  # same, different, cannot tell
    Column("day", String(10), nullable=False),
    Column("user", String(60), nullable=False),
    UniqueConstraint("pre_wave", "post_wave", "before", "after", "version"),
)
