"""The history of an article: what was stored of it, when, and from which source."""

from typing import TYPE_CHECKING

from outcomes.errors import DataError
from outcomes.media.identity import page_name
from outcomes.pipeline.importing import store_key
from outcomes.store import articles as store

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine

_COLUMNS = (
    "version", "stored", "step", "published", "published_note", "title", "text_from", "words",
    "url", "outlet", "summary", "text",
)  # fmt: skip


def read_history(engine: "Engine", url: str) -> "pd.DataFrame":
    """Read all versions of an article, oldest first: nothing that was stored is overwritten.

    Args:
        engine: The store.
        url: An address of the article, any that leads to its page.

    Returns:
        One row a version: version, stored (when, UTC), step (the command that brought it),
        published and published_note (why the date is unknown, or what was assumed), title,
        text_from (feed, page, archive; empty where not told), words (of the text), and url,
        outlet, summary and text.

    Raises:
        DataError: No article with that address is stored.

    Source:
        Issue 6, 4: edits are kept as versions.
    """
    import pandas as pd

    from outcomes.store.engine import reading

    with reading(engine) as connection:
        name = page_name(url.strip())
        found = store.find_articles(connection, kind="page", outlet="", names=[name.digest])
        keys = [*found.get(name.digest, ()), store_key(url.strip())]  # old ones have no names yet
        versions = store.article_versions(connection, keys)
    rows = next((versions[key] for key in keys if key in versions), None)
    if rows is None:
        raise DataError(
            f"no article with the address {url!r} is stored. Addresses stand in the column url of "
            "results/articles.csv, which this command writes: outcomes run"
        )
    told = [
        {**row, "stored": row["at"], "words": len(row["text"].split()), **_empty(row)}
        for row in rows
    ]
    return pd.DataFrame(told, columns=list(_COLUMNS))


def _empty(row: dict[str, object]) -> dict[str, object]:
    names = ("text_from", "summary", "published_note")
    return {name: row[name] or "" for name in names}
