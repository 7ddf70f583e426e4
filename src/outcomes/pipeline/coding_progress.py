"""Samples of articles for people to code: how far each coder is, and their end."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from outcomes.errors import DataError, one_of
from outcomes.store.coding_tables import CODING_ITEMS, CODING_SAMPLES, CODING_TASKS
from outcomes.store.engine import reading
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

TRAINING, SERIES = "training", "series"
OPEN, DONE, SKIPPED = "open", "done", "skipped"
STEP = "desk coding"  # where a code came from, in the log of imports
_PROGRESS = (
    "sample", "purpose", "kind", "codebook", "made_on", "closed_on", "articles",
    "coder", "done", "skipped", "open",
)  # fmt: skip


def close_sample(study: Study, name: str, *, day: date) -> str:
    """End the coding of a sample: what is open stays uncoded.

    Returns:
        What was left, as a sentence.

    Raises:
        DataError: There is no such sample, or it is closed already.
    """
    sample = find_sample(study, name)
    if sample["closed_on"]:
        raise DataError(f"{name} was closed on {sample['closed_on']} already")
    still = select(func.count()).where(CODING_TASKS.c.sample == name, CODING_TASKS.c.state == OPEN)
    with study.store.begin() as connection:
        left = connection.execute(still).scalar_one()
        connection.execute(
            update(CODING_SAMPLES)
            .where(CODING_SAMPLES.c.name == name)
            .values(closed_on=day.isoformat())
        )
    return f"{name} is closed; {left} tasks were not done."


def samples(study: Study) -> "pd.DataFrame":
    """List the samples with the progress of every coder, one row a sample and coder.

    Returns:
        Columns sample, purpose, kind, codebook, made_on, closed_on, articles, coder, done,
        skipped and open.
    """
    import pandas as pd

    tasks = CODING_TASKS.c
    per_coder = select(tasks.sample, tasks.coder, tasks.state, func.count())
    per_coder = per_coder.group_by(tasks.sample, tasks.coder, tasks.state)
    items = select(CODING_ITEMS.c.sample, func.count()).group_by(CODING_ITEMS.c.sample)
    made = select(CODING_SAMPLES).order_by(CODING_SAMPLES.c.made_on, CODING_SAMPLES.c.name)
    with reading(study.store) as connection:
        known = connection.execute(made).mappings().all()
        articles = {row[0]: row[1] for row in connection.execute(items)}
        progress: dict[str, dict[str, dict[str, int]]] = {}
        for sample, coder, state, number in connection.execute(per_coder):
            progress.setdefault(sample, {}).setdefault(coder, {})[state] = number
    rows = [
        {
            **{name: sample[name] for name in ("purpose", "codebook", "made_on")},
            "sample": sample["name"],
            "kind": sample["design"].get("kind", ""),
            "closed_on": sample["closed_on"] or "",
            "articles": articles.get(sample["name"], 0),
            "coder": coder,
            **{state: states.get(state, 0) for state in (DONE, SKIPPED, OPEN)},
        }
        for sample in known
        for coder, states in sorted(progress.get(sample["name"], {}).items())
    ]
    return pd.DataFrame(rows, columns=list(_PROGRESS))


def find_sample(study: Study, name: str) -> dict[str, Any]:
    """Find a sample by its name; a wrong name is answered with the right ones."""
    with reading(study.store) as connection:
        rows = connection.execute(select(CODING_SAMPLES)).mappings().all()
    for row in rows:
        if row["name"] == name:
            return dict(row)
    raise DataError(f"no sample is called {name!r}. {one_of(name, [row['name'] for row in rows])}")


def drawn_chances(study: Study) -> dict[tuple[str, str], float]:
    """Say with which chance each article was drawn for a series, by sample and url."""
    columns = (CODING_ITEMS.c.sample, CODING_ITEMS.c.url, CODING_ITEMS.c.probability)
    query = (
        select(*columns)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == CODING_ITEMS.c.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES)
        .order_by(CODING_SAMPLES.c.made_on, CODING_SAMPLES.c.name)
    )
    with reading(study.store) as connection:
        return {(row[0], row[1]): float(row[2]) for row in connection.execute(query)}


def close_tasks(study: Study, coded: Collection[tuple[str, str]]) -> None:
    """Mark the open tasks of a series as done whose codes came in another way.

    Args:
        study: The study.
        coded: Pairs of url and coder.
    """
    wanted = set(coded)
    query = (
        select(CODING_TASKS.c.id, CODING_TASKS.c.url, CODING_TASKS.c.coder)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == CODING_TASKS.c.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES, CODING_TASKS.c.state == OPEN)
    )
    with study.store.begin() as connection:
        found = [row[0] for row in connection.execute(query) if (row[1], row[2]) in wanted]
        for one in found:
            connection.execute(
                update(CODING_TASKS).where(CODING_TASKS.c.id == one).values(state=DONE)
            )
