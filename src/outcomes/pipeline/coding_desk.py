"""What the desk's coding pages ask of the store: a coder's tasks, training, and who may settle."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from outcomes.errors import DataError
from outcomes.media.codebook import Code, code_of
from outcomes.pipeline.adjudication import Disagreement, adjudicate, adjudication_queue
from outcomes.pipeline.audit import record
from outcomes.pipeline.coding_progress import OPEN, TRAINING
from outcomes.pipeline.coding_tasks import Feedback, Task
from outcomes.pipeline.users import ADMINISTRATOR, accounts
from outcomes.store.coding_tables import (
    ADJUDICATED,
    CODING_ITEMS,
    CODING_SAMPLES,
    CODING_TASKS,
    TRAINING_CODES,
)
from outcomes.store.engine import reading
from outcomes.store.schema import CODES
from outcomes.study import Study

SETTLES = ("analyst", ADMINISTRATOR)
READY = 0.8  # share as in the gold set from which a coder may begin
_ENOUGH = 10  # articles before that share says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One of a coder's tasks, and how it stands."""

    task: Task
    state: str  # open, done, skipped
    day: str  # when it was coded or skipped last; empty where it never was


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingScore:
    """How often a coder's first code of a training article was that of the gold set."""

    right: int
    coded: int
    total: int

    @property
    def ready(self) -> bool:
        """Whether enough was coded, and enough of that as in the gold set."""
        enough = min(_ENOUGH, self.total)
        return self.coded >= enough > 0 and self.right >= READY * self.coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What one person may settle."""

    open: tuple[Disagreement, ...]
    own: int  # left out: they coded these themselves, and somebody else can settle them
    alone: frozenset[tuple[str, str]]  # coded by themselves too, and nobody else could settle


def task_name(coder: str, sample: str, url: str) -> str:
    """Name a task on a page, in a way that tells neither outlet nor sample, for one coder only."""
    return hashlib.sha256(f"{coder}\n{sample}\n{url}".encode()).hexdigest()[:20]


def turn_named(study: Study, name: str, *, coder: str) -> Turn:
    """Find a coder's task by its name on a page.

    Raises:
        DataError: The coder has no such task, or its sample was closed.
    """
    tasks = CODING_TASKS.c
    query = (
        select(CODING_TASKS, CODING_SAMPLES.c.purpose, CODING_SAMPLES.c.closed_on)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == tasks.sample)
        .where(tasks.coder == coder)
    )
    with reading(study.store) as connection:
        rows = connection.execute(query).all()
    for row in rows:
        if task_name(coder, row.sample, row.url) != name:
            continue
        if row.closed_on:
            raise DataError(
                f"the sample {row.sample!r} was closed on {row.closed_on} and takes no more codes; "
                "nothing was saved. Go on with the next article"
            )
        same = [each.state for each in rows if each.sample == row.sample]
        task = Task(
            sample=row.sample,
            url=row.url,
            purpose=row.purpose,
            done=sum(state != OPEN for state in same),
            total=len(same),
        )
        return Turn(task=task, state=row.state, day=row.day or "")
    raise DataError(
        "this article is not, or no longer, among those that you are to code, and nothing was "
        "saved. Go on with the next article"
    )


def training_score(study: Study, *, coder: str, sample: str) -> TrainingScore:
    """Count how often a coder's first try was right; what was changed later does not count."""
    codes, tasks = TRAINING_CODES.c, CODING_TASKS.c
    mine = (codes.coder == coder) & (codes.sample == sample)
    firsts = select(func.min(codes.id)).where(mine).group_by(codes.url)
    given = select(func.count()).where(tasks.coder == coder, tasks.sample == sample)
    with reading(study.store) as connection:
        right = connection.execute(select(codes.right).where(codes.id.in_(firsts))).scalars().all()
        total = connection.execute(given).scalar_one()
    return TrainingScore(right=sum(right), coded=len(right), total=total)


def training_feedback(study: Study, *, coder: str, sample: str, url: str) -> tuple[Code, Feedback]:
    """Give a coder's newest code of a training article beside the right one.

    Raises:
        DataError: The coder has not coded it yet, or it is none for training.
    """
    codes, items = TRAINING_CODES.c, CODING_ITEMS.c
    newest = (
        select(codes.code, codes.right, items.gold)
        .join(CODING_ITEMS, (items.sample == codes.sample) & (items.url == codes.url))
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == codes.sample)
        .where(codes.coder == coder, codes.sample == sample, codes.url == url)
        .where(CODING_SAMPLES.c.purpose == TRAINING)
        .order_by(codes.id.desc())
        .limit(1)
    )
    with reading(study.store) as connection:
        row = connection.execute(newest).first()
    if row is None:
        raise DataError(
            "the right code is shown after you have coded the article in training. Code it first"
        )
    gold = row.gold or {}
    why = str(gold.get("why", ""))
    told = Feedback(right=bool(row.right), gold=code_of(gold["code"]), why=why)
    return code_of(row.code), told


def settling_queue(study: Study, *, user: str) -> Queue:
    """List the disagreements that somebody may settle.

    Whoever coded an article settles it only where no other analyst or administrator can, who did
    not code it: two people are not outvoted by one of them.
    """
    able = {
        each.name
        for each in accounts(study.store)
        if not each.shut and {*each.roles} & {*SETTLES} and each.name != user
    }
    shown, own, alone = [], 0, set()
    for each in adjudication_queue(study):
        coders = _coders(study, each.url)
        if user in coders and able - coders:
            own += 1
            continue
        shown.append(each)
        if user in coders:
            alone.add((each.sample, each.url))
    return Queue(open=tuple(shown), own=own, alone=frozenset(alone))


def settle(study: Study, named: str, *, user: str, code: Code, day: date) -> None:
    """Settle a disagreement that somebody may settle.

    Args:
        study: The study.
        named: Its name on the page.
        user: Who settles it.
        code: What was settled on.
        day: When.

    Raises:
        DataError: It is settled already or not theirs to settle, or the code breaks a rule.
    """
    queue = settling_queue(study, user=user)
    one = disagreement_named(queue, named, user=user)
    if one is None:
        raise DataError(
            "this article is settled already, or not yours to settle, and nothing was saved. Go on "
            "with the next one"
        )
    adjudicate(study, user=user, sample=one.sample, url=one.url, code=code, day=day)
    if (one.sample, one.url) in queue.alone:
        detail = "they had coded it too, and nobody else could settle it"
        record(
            study.store, user=user, action="settled an own code", about=one.sample, detail=detail
        )


def disagreement_named(queue: Queue, named: str, *, user: str) -> Disagreement | None:
    """Find a disagreement by its name on the page; None where it is not in the queue."""
    return next(
        (each for each in queue.open if task_name(user, each.sample, each.url) == named), None
    )


def _coders(study: Study, url: str) -> set[str]:
    query = select(CODES.c.coder).where(CODES.c.url == url, CODES.c.coder != ADJUDICATED)
    with reading(study.store) as connection:
        return set(connection.execute(query).scalars())
