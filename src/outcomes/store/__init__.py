"""The store: facts collected one by one, append-only, through transactions that survive kill -9."""

from outcomes.store.articles import begin_import, end_import, new_version
from outcomes.store.engine import open_store
from outcomes.store.erasing import Erased, erase
from outcomes.store.facts import (
    Appended,
    Source,
    append,
    append_together,
    fingerprint,
    read_facts,
    read_imports,
    sha256,
)
from outcomes.store.group_writer import GroupWriter
from outcomes.store.schema import FACTS, IMPORTS
from outcomes.store.submissions import (
    Counts,
    NotSaved,
    Stored,
    Submission,
    Verdict,
    count_instances,
    parts_of,
    read_submissions,
)

__all__ = [
    "FACTS",
    "IMPORTS",
    "Appended",
    "Counts",
    "Erased",
    "GroupWriter",
    "NotSaved",
    "Source",
    "Stored",
    "Submission",
    "Verdict",
    "append",
    "append_together",
    "begin_import",
    "count_instances",
    "end_import",
    "erase",
    "fingerprint",
    "new_version",
    "open_store",
    "parts_of",
    "read_facts",
    "read_imports",
    "read_submissions",
    "sha256",
]
