"""Coding articles by hand: the next task of a coder, saving and skipping it, taking the last back.

A coder sees neither another coder's codes, nor a model's tone, nor why an article was drawn.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from outcomes.errors import DataError
from outcomes.media.codebook import Code, check_code, code_of
from outcomes.pipeline.adjudication import Disagreement, adjudicate, adjudication_queue
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import DONE, OPEN, SKIPPED, STEP, TRAINING, samples
from outcomes.pipeline.coding_screen import ArticleText, own_code, read_article
from outcomes.pipeline.importing import store_key
from outcomes.store import Source, append
from outcomes.store.coding_tables import (
    CODING_ITEMS,
    CODING_SAMPLES,
    CODING_TASKS,
    TRAINING_CODES,
)
from outcomes.store.engine import reading
from outcomes.study import Study

__all__ = [
    "ArticleText",
    "Disagreement",
    "Feedback",
    "Saved",
    "Task",
    "adjudicate",
    "adjudication_queue",
    "load_codebook",
    "next_task",
    "own_code",
    "read_article",
    "samples",
    "save_code",
    "skip_task",
    "undo_last",
]

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One article that one coder is to code."""

    sample: str
    url: str
    purpose: str  # training or series
    done: int  # of the coder's tasks in this sample: coded or skipped
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a coder in training is told."""

    right: bool  # relevance and tone are those of the gold
    gold: Code
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a code; feedback in training only."""

    feedback: Feedback | None = None


def next_task(study: Study, *, coder: str, sample: str = "") -> Task | None:
    """Find a coder's next open task: training first, then the samples in the order of their making.

    Args:
        study: The study.
        coder: Who codes.
        sample: Only of this one; empty for any.

    Returns:
        The task, or None where nothing is left to do.
    """
    order = (
        (CODING_SAMPLES.c.purpose != TRAINING),
        CODING_SAMPLES.c.made_on,
        CODING_SAMPLES.c.name,
        CODING_TASKS.c.place,
    )
    wanted = _of_open_samples(coder).where(CODING_TASKS.c.state == OPEN).order_by(*order)
    if sample:
        wanted = wanted.where(CODING_TASKS.c.sample == sample)
    with reading(study.store) as connection:
        row = connection.execute(wanted.limit(1)).mappings().first()
        return None if row is None else _task(connection, dict(row))


def save_code(
    study: Study, *, coder: str, sample: str, url: str, code: Code, seconds: int, day: date
) -> Saved:
    """Store a coder's code of one article; saying it again is a correction, as a new version.

    Codes in training are kept apart and never become part of a series.

    Args:
        study: The study.
        coder: Who coded.
        sample: Of which sample.
        url: The article.
        code: What was decided.
        seconds: How long the article was on the screen.
        day: On which it was coded.

    Returns:
        With feedback where this was training.

    Raises:
        DataError: The code breaks a rule, the coder has no such task, or the sample is closed.
    """
    codebook = load_codebook(study)
    if problems := check_code(code, codebook):
        raise DataError(" ".join(problems))
    with reading(study.store) as connection:
        item = _item(connection, coder=coder, sample=sample, url=url)
    stamp = {
        "url": url,
        "coder": coder,
        "sample": sample,
        "codebook": codebook.version,
        "coded_on": day.isoformat(),
    }
    feedback = None
    if item["purpose"] == TRAINING:
        feedback = _train(study, item["gold"], code, values=stamp)
    else:
        row = {
            **stamp,
            **asdict(code),
            "key": store_key(coder, url),
            "probability": float(item["probability"]),
            "seconds": max(int(seconds), 0),
        }
        append(study.store, "codes", [row], source=Source(step=STEP, read=1), amend=True)
    _settle(study, coder=coder, sample=sample, url=url, state=DONE, day=day)
    return Saved(feedback=feedback)


def skip_task(study: Study, *, coder: str, sample: str, url: str, reason: str, day: date) -> None:
    """Leave an article uncoded, for a reason.

    Raises:
        DataError: No reason is given, the coder has no such task, or the sample is closed.
    """
    reason = reason.strip()
    if not reason:
        raise DataError("say why this article is skipped, such as: the text is cut off")
    with reading(study.store) as connection:
        _item(connection, coder=coder, sample=sample, url=url)
    reason = reason[:_LONGEST_REASON]
    _settle(study, coder=coder, sample=sample, url=url, state=SKIPPED, day=day, reason=reason)


def undo_last(study: Study, *, coder: str) -> Task | None:
    """Open the coder's last task again; the code stands until another one is saved in its place.

    Returns:
        That task, or None where there is nothing to take back.
    """
    last = (
        _of_open_samples(coder)
        .where(and_(CODING_TASKS.c.turn.is_not(None), CODING_TASKS.c.state != OPEN))
        .order_by(CODING_TASKS.c.turn.desc())
        .limit(1)
    )
    with study.store.begin() as connection:
        row = connection.execute(last).mappings().first()
        if row is None:
            return None
        one = CODING_TASKS.c.id == row["id"]
        connection.execute(update(CODING_TASKS).where(one).values(state=OPEN, reason=""))
        return _task(connection, dict(row))


def _of_open_samples(coder: str) -> Any:
    same = CODING_TASKS.c.sample == CODING_SAMPLES.c.name
    return (
        select(CODING_TASKS, CODING_SAMPLES.c.purpose)
        .join(CODING_SAMPLES, same)
        .where(CODING_TASKS.c.coder == coder, CODING_SAMPLES.c.closed_on.is_(None))
    )


def _mine(coder: str, sample: str, url: str) -> Any:
    return and_(
        CODING_TASKS.c.sample == sample, CODING_TASKS.c.url == url, CODING_TASKS.c.coder == coder
    )


def _task(connection: Connection, row: Mapping[str, Any]) -> Task:
    mine = (CODING_TASKS.c.sample == row["sample"]) & (CODING_TASKS.c.coder == row["coder"])
    by_state = select(CODING_TASKS.c.state, func.count()).where(mine)
    found = connection.execute(by_state.group_by(CODING_TASKS.c.state)).all()
    return Task(
        sample=row["sample"],
        url=row["url"],
        purpose=row["purpose"],
        done=sum(number for state, number in found if state != OPEN),
        total=sum(number for _, number in found),
    )


def _item(connection: Connection, *, coder: str, sample: str, url: str) -> Mapping[str, Any]:
    """Find what was drawn, if it is this coder's to code."""
    columns = (CODING_ITEMS.c.probability, CODING_ITEMS.c.gold)
    same = and_(
        CODING_TASKS.c.sample == CODING_ITEMS.c.sample, CODING_TASKS.c.url == CODING_ITEMS.c.url
    )
    wanted = (
        select(*columns, CODING_SAMPLES.c.purpose, CODING_SAMPLES.c.closed_on)
        .select_from(CODING_TASKS)
        .join(CODING_ITEMS, same)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == CODING_TASKS.c.sample)
        .where(_mine(coder, sample, url))
    )
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise DataError(
            f"{coder} has no task for {url} in the sample {sample!r}. Go on with the next task"
        )
    if row["closed_on"]:
        raise DataError(
            f"the sample {sample!r} was closed on {row['closed_on']} and takes no more codes. "
            "Draw another sample if more are wanted"
        )
    return dict(row)


def _train(
    study: Study, gold: Mapping[str, Any], code: Code, *, values: Mapping[str, Any]
) -> Feedback:
    right = code_of(gold["code"])
    same = (code.relevant, code.tone) == (right.relevant, right.tone)
    row = {**values, "code": asdict(code), "right": int(same)}
    with study.store.begin() as connection:
        connection.execute(insert(TRAINING_CODES).values(**row))
    return Feedback(right=same, gold=right, why=str(gold.get("why", "")))


def _settle(
    study: Study, *, coder: str, sample: str, url: str, state: str, day: date, reason: str = ""
) -> None:
    """Say how the coder's task stands now, and that it was the coder's last."""
    turn = select(func.coalesce(func.max(CODING_TASKS.c.turn), 0))
    with study.store.begin() as connection:
        last = connection.execute(turn.where(CODING_TASKS.c.coder == coder)).scalar_one()
        connection.execute(
            update(CODING_TASKS)
            .where(_mine(coder, sample, url))
            .values(state=state, reason=reason, turn=last + 1, day=day.isoformat())
        )
