"""The store: facts collected one by one, append-only, through transactions that survive kill -9."""

from outcomes.store.engine import open_store
from outcomes.store.facts import (
    Appended,
    Source,
    append,
    fingerprint,
    read_facts,
    read_imports,
    sha256,
)
from outcomes.store.schema import FACTS, IMPORTS

__all__ = [
    "FACTS",
    "IMPORTS",
    "Appended",
    "Source",
    "append",
    "fingerprint",
    "open_store",
    "read_facts",
    "read_imports",
    "sha256",
]
