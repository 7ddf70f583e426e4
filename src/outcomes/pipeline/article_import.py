"""Media steps: import archives and saved feeds as articles."""

from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.media.articles import read_archive
from outcomes.media.feeds import read_feed
from outcomes.pipeline.importing import Imported, store_key, store_sheet
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.study import Study


def import_archive(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import an archive of articles into the store, all rows or none.

    Raises:
        DataError: An article is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    outlets = [outlet.name for outlet in study.settings.outlets]
    sheet = read_archive(path, outlets=outlets, reading=reading).or_refuse(
        leave_out=reading.leave_out_refused
    )
    notes = _undated(sheet.table)
    return store_sheet(
        study,
        sheet,
        _article_rows(sheet.table),
        table="articles",
        step="media import",
        amend=amend,
        notes=notes,
    )


def import_feed(study: Study, path: Path, *, outlet: str, amend: bool = False) -> Imported:
    """Import the entries of a feed file as articles of one outlet.

    A feed gives a summary, not the article. An article whose url is stored already stays as it
    is, unless this is an amendment. Entries that cannot be used are left out and listed: nobody
    who reads a feed can mend it.

    Raises:
        DataError: The outlet is not one of study.toml.
        FileError: The file is no feed.
    """
    known = [each.name for each in study.settings.outlets]
    if known and outlet not in known:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, known)}")
    sheet = read_feed(path, outlet=outlet)
    stored = read_facts(study.store, "articles").set_index("url")
    rows = _article_rows(sheet.table)
    if not amend:
        rows = [
            _article_rows(stored.loc[[row["url"]]].reset_index())[0]
            if row["url"] in stored.index
            else row
            for row in rows
        ]
    notes = ("A feed holds summaries: the tone rests on the title and a sentence or two.",)
    return store_sheet(
        study,
        sheet,
        rows,
        table="articles",
        step="media import-feed",
        amend=amend,
        notes=notes + _undated(sheet.table),
    )


def _article_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "key": store_key(row["url"]),
            **{name: str(row[name]) for name in ("url", "outlet", "published", "title", "text")},
            "prompted": None if pd.isna(row["prompted"]) else int(row["prompted"]),
        }
        for row in table.to_dict("records")
    ]


def _undated(table: pd.DataFrame) -> tuple[str, ...]:
    undated = int((table["published"] == "").sum())
    if not undated:
        return ()
    return (f"{undated} articles have no date: they are stored, but belong to no month.",)
