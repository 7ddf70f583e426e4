"""The tables of coding articles by hand: samples, who codes what, skips, and training.

The codes themselves are facts (``CODES``). One whose coder is ``ADJUDICATED`` settles what two
coders saw differently.
"""

from sqlalchemy import (
    JSON,
    Column,
    Float,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from outcomes.store.schema import METADATA

ADJUDICATED = "adjudicated"  # the coder of a code that two people settled on

CODING_SAMPLES = Table(
    "coding_samples",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("purpose", String(12), nullable=False),  # series, training
    Column("design", JSON, nullable=False),  # kind, seed, sizes, strata: enough to draw it again
    Column("codebook", String(20), nullable=False),  # version at the time
    Column("made_on", String(10), nullable=False),
    Column("closed_on", String(10), nullable=True),
)
CODING_ITEMS = Table(
    "coding_items",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sample", String(40), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("probability", Float, nullable=False),  # with which it was drawn
    Column("stratum", Text, nullable=False),  # month, and outlet or place where it was stratified
    Column("gold", JSON, nullable=True),  # of a training sample: the right code, and why
    UniqueConstraint("sample", "url"),
)
CODING_TASKS = Table(  # who codes what, in which order; blind to what others do
    "coding_tasks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sample", String(40), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("coder", String(40), nullable=False),
    Column("place", Integer, nullable=False),  # in the coder's own random order
    Column("state", String(10), nullable=False),  # open, done, skipped
    Column("reason", Text, nullable=False),  # why it was skipped
    Column("turn", Integer, nullable=True),  # counts the coder's answers; the last may be undone
    Column("day", String(10), nullable=True),  # on which it was coded or skipped
    UniqueConstraint("sample", "url", "coder"),
)
TRAINING_CODES = Table(  # never part of a series
    "training_codes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sample", String(40), nullable=False),
    Column("url", Text, nullable=False),
    Column("coder", String(40), nullable=False),
    Column("code", JSON, nullable=False),
    Column("right", Integer, nullable=False),  # 1 where relevance and tone are those of the gold
    Column("codebook", String(20), nullable=False),
    Column("coded_on", String(10), nullable=False),
)
