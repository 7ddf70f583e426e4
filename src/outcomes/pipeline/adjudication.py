"""Coding articles by hand: what coders saw differently, and the code that settles it."""

import hashlib
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.media.codebook import Code, check_code, code_of
from outcomes.pipeline.audit import record
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import DONE, OPEN, SERIES, STEP
from outcomes.pipeline.importing import store_key
from outcomes.store import Source, append, read_facts
from outcomes.store.coding_tables import (
    ADJUDICATED,
    CODING_ITEMS,
    CODING_SAMPLES,
    CODING_TASKS,
)
from outcomes.store.engine import reading
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An article of which coders disagree whether it is relevant, or in its tone."""

    sample: str
    url: str
    codes: tuple[tuple[str, Code], ...]  # "A", "B" …: whose they are is not said


def adjudication_queue(study: Study) -> list[Disagreement]:
    """List the articles that wait to be settled: all their coders are done, and they disagree."""
    codes = read_facts(study.store, "codes")
    known: dict[tuple[str, str], Code] = {}
    settled: set[str] = set()
    for row in codes.to_dict("records"):
        if row["coder"] == ADJUDICATED:
            settled.add(row["url"])
        else:
            known[row["url"], row["coder"]] = code_of({str(k): v for k, v in row.items()})
    found = []
    for (sample, url), coders in _finished(study).items():
        given = [(coder, known[url, coder]) for coder in coders if (url, coder) in known]
        if url not in settled and len({_verdict(code) for _, code in given}) > 1:
            mixed = sorted((_shuffled(url, coder), k) for k, (coder, _) in enumerate(given))
            labelled = tuple(
                (chr(65 + k), code) for k, code in enumerate(given[n][1] for _, n in mixed)
            )
            found.append(Disagreement(sample=sample, url=url, codes=labelled))
    return found


def adjudicate(study: Study, *, user: str, sample: str, url: str, code: Code, day: date) -> None:
    """Settle what coders saw differently; doing it again is a correction, as a new version.

    Args:
        study: The study.
        user: Who settled it, for the audit log.
        sample: Of which sample.
        url: The article.
        code: What was settled on.
        day: When.

    Raises:
        DataError: The code breaks a rule, or the article is not of that sample.
    """
    codebook = load_codebook(study)
    if problems := check_code(code, codebook):
        raise DataError(" ".join(problems))
    item = select(CODING_ITEMS.c.probability).where(
        CODING_ITEMS.c.sample == sample, CODING_ITEMS.c.url == url
    )
    with reading(study.store) as connection:
        probability = connection.execute(item).scalar()
    if probability is None:
        raise DataError(f"{url} is no article of the sample {sample!r}. Choose one from the queue")
    row = {
        **asdict(code),
        "key": store_key(ADJUDICATED, url),
        "url": url,
        "coder": ADJUDICATED,
        "probability": float(probability),
        "sample": sample,
        "codebook": codebook.version,
        "seconds": None,
        "coded_on": day.isoformat(),
    }
    append(study.store, "codes", [row], source=Source(step=STEP, read=1), amend=True)
    record(study.store, user=user, action="settled a code", about=sample, detail=url)


def _finished(study: Study) -> dict[tuple[str, str], list[str]]:
    """Find who coded each article of which no task is open any more."""
    tasks = CODING_TASKS.c
    query = (
        select(tasks.sample, tasks.url, tasks.coder, tasks.state)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == tasks.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES)
        .order_by(CODING_SAMPLES.c.made_on, tasks.sample, tasks.id)
    )
    coders: dict[tuple[str, str], list[str]] = {}
    waiting = set()
    with reading(study.store) as connection:
        for sample, url, coder, state in connection.execute(query):
            if state == OPEN:
                waiting.add((sample, url))
            if state == DONE:
                coders.setdefault((sample, url), []).append(coder)
    return {one: names for one, names in coders.items() if one not in waiting}


def _verdict(code: Code) -> Hashable:
    return (code.relevant, code.tone)


def _shuffled(url: str, coder: str) -> str:
    """Put the coders of each article in another order, so that no letter is always the same one."""
    return hashlib.sha256(f"{url}\n{coder}".encode()).hexdigest()
