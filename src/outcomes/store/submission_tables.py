"""The table of submissions: what respondents, tablets and keyed paper forms sent, as it was sent.

One respondent's form is an *instance*; it arrives in *parts*. A page of the web form is a part of
its own (``page/NAME``), and so are the start, the end, a whole form from a tablet or from paper
(``form``), a correction and a withdrawal. A part that is sent again with other content is a new
version; nothing is updated. Only the day is kept of a time, and no address of a computer.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from outcomes.store.schema import METADATA

SUBMISSIONS = Table(
    "submissions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wave", String(40), nullable=False),
    Column("place", String(40), nullable=False),  # "agency" where the link names none
    Column("instance", String(64), nullable=False),  # uuid: of one respondent's form in one wave
    Column("part", String(80), nullable=False),  # start, page/NAME, end, form, correction, ...
    Column("version", Integer, nullable=False),
    Column("respondent", String(80), nullable=False),  # keyed hash of the code; "" for a part
    Column("body", Text, nullable=False),  # JSON; "" once it was erased
    Column("digest", String(64), nullable=False),  # of what was sent; says whether it came before
    Column("way", String(20), nullable=False),  # web, kiosk, tablet, paper
    Column("language", String(20), nullable=False),
    Column("instrument", String(40), nullable=False),
    Column("instrument_version", String(20), nullable=False),
    Column("instrument_hash", String(64), nullable=False),
    Column("day", String(10), nullable=False),  # received, in the study's time zone
    Column("seconds", Integer, nullable=True),  # spent on the part, to ten seconds, where known
    Column("editor", String(60), nullable=False),  # who keyed or corrected it; "" for respondents
    Column("reason", Text, nullable=False),  # of a correction or an erasure; "" otherwise
    UniqueConstraint("instance", "part", "version"),
    Index("submissions_of_wave", "wave", "part"),
)
