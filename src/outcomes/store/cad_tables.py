"""The tables of CAD: what call types mean, which extracts were read, and visits found in them.

Of a call only what is named here is kept (A10, D19): no address, no officer, no disposition.
"""

from sqlalchemy import JSON, Column, Float, String, Text

from outcomes.store.schema import FACTS, facts_table

CAD_CODES = facts_table(  # confirmed by a person, who is not asked for
    "cad_codes",
    Column("call_type", Text, nullable=False),  # as the extract writes it
    Column("means", String(40), nullable=False),  # code of a walk type, walk, community, not a walk
    Column("day", String(10), nullable=False),  # on which it was confirmed
)
CAD_EXTRACTS = facts_table(
    "cad_extracts",
    Column("first", String(10), nullable=False),  # day of its first call, of whatever type
    Column("last", String(10), nullable=False),
    Column("places", JSON, nullable=False),  # places of the study that its beats lie in
)
CAD_VISITS = facts_table(  # only calls whose type was confirmed as a walk or other engagement
    "cad_visits",
    Column("call", String(80), nullable=False),  # its number
    Column("call_type", Text, nullable=False),  # "": the call was amended and is no visit now
    Column("place", String(40), nullable=False),
    Column("start", String(32), nullable=False),  # local clock time, ISO
    Column("minutes", Float, nullable=True),  # empty where the extract gives no end
    Column("gps_minutes", Float, nullable=True),
    Column("units", JSON, nullable=False),  # keyed hashes of unit labels, never the labels
)
FACTS.update({table.name: table for table in (CAD_CODES, CAD_EXTRACTS, CAD_VISITS)})
