"""Renews what the search index knows of articles beside their words, once codes have changed."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace

from outcomes.media import search_index as index_file
from outcomes.media.search_index import Doc, writing
from outcomes.pipeline.search_labels import Labels, labels_of
from outcomes.pipeline.search_rows import stored_rows, words_of
from outcomes.study import Study


def read_labels(study: Study, index: sqlite3.Connection) -> Labels:
    """Read the labels of all articles; names that are new get a number in the index."""
    known: dict[str, dict[str, int]] = {}

    def number(kind: str, name: str) -> int:
        names = known.setdefault(kind, index_file.names_of(index, kind))
        if name not in names:
            names[name] = index_file.number_of(index, kind, name, make=True)
        return names[name]

    with writing(index):
        return labels_of(study, number)


def clear_if_most_change(index: sqlite3.Connection, labels: Labels, *, most: int) -> None:
    """Begin anew where most articles get other labels, which is faster than one by one.

    Args:
        index: The index.
        labels: The new ones.
        most: So many articles are always changed one by one.
    """
    outlets, after, changed = _outlets(index), 0, 0
    while docs := index_file.docs_from(index, after, most=10_000):
        changed += sum(_label_of(doc, labels, outlets) != doc.labels for doc in docs)
        after = docs[-1].doc
    if changed > max(most, index_file.how_many(index) // 2):
        with writing(index):
            index_file.clear(index, keep_names=True)


def relabel(
    study: Study,
    index: sqlite3.Connection,
    labels: Labels,
    *,
    at: Callable[[str], None],
    batch: int,
) -> None:
    """Give the articles that have other labels now new ones, in batches.

    Args:
        study: The study.
        index: The index.
        labels: The new ones.
        at: Called with "batch" before each batch is kept; for tests.
        batch: How many articles are looked at in one.
    """
    outlets, after = _outlets(index), 0
    while docs := index_file.docs_from(index, after, most=batch):
        after = docs[-1].doc
        fresh = [
            replace(
                doc, labels=_label_of(doc, labels, outlets), story=labels.stories.get(doc.url, 0)
            )
            for doc in docs
        ]
        moved = [(old, new) for old, new in zip(docs, fresh, strict=True) if old != new]
        if not moved:
            continue
        other = [(old, new) for old, new in moved if old.labels != new.labels]
        rows = stored_rows(study, [old.article for old, _ in other])
        with writing(index):
            index_file.set_story(index, {new.doc: new.story for _, new in moved})
            for old, new in other:
                words = words_of(rows[old.article])
                index_file.take_out(index, [(old, words)])
                index_file.add(index, [(new, words)])
            at("batch")


def _outlets(index: sqlite3.Connection) -> Mapping[str, str]:
    """Give the name of each outlet by its mark."""
    return {f"o{n}": name for name, n in index_file.names_of(index, "outlet").items()}


def _label_of(doc: Doc, labels: Labels, outlets: Mapping[str, str]) -> str:
    outlet = next((mark for mark in doc.base.split() if mark.startswith("o")), "")
    return labels.of(doc.url, outlets.get(outlet, ""))
