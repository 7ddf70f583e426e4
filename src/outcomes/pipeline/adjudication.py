"""Coding articles by hand: what coders saw differently, and the code that settles it."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd
from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.media.codebook import Code, check_code, code_of
from outcomes.media.codes import unsettled_articles
from outcomes.pipeline.audit import record
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import OPEN, SERIES, SKIPPED, STEP
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
    """An article of which coders disagree whether it is relevant or in its tone, undecidedly."""

    sample: str
    url: str
    codes: tuple[tuple[str, Code], ...]  # "A", "B" …: whose they are is not said


def adjudication_queue(study: Study) -> list[Disagreement]:
    """List the articles that wait to be settled: all who code them are done, and no code wins.

    Codes that came in a sheet count as well. An article that is of several samples is listed once.
    """
    codes = read_facts(study.store, "codes")
    of_sample, skipped = _finished(study)
    kept = [
        url in of_sample and (url, coder) not in skipped
        for url, coder in zip(codes["url"], codes["coder"], strict=True)
    ]
    codes = codes[pd.Series(kept, index=codes.index, dtype=bool)]
    found = []
    for url in unsettled_articles(codes):
        rows = codes[codes["url"] == url].to_dict("records")
        mixed = sorted(rows, key=lambda row: _shuffled(row["url"], row["coder"]))
        labelled = tuple(
            (chr(ord("A") + number), code_of({str(name): cell for name, cell in row.items()}))
            for number, row in enumerate(mixed)
        )
        found.append(Disagreement(sample=of_sample[url], url=url, codes=labelled))
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


def _finished(study: Study) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Find the sample of each article of which no task is open any more, and who skipped it."""
    tasks = CODING_TASKS.c
    query = (
        select(tasks.sample, tasks.url, tasks.coder, tasks.state, CODING_SAMPLES.c.closed_on)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == tasks.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES)
        .order_by(CODING_SAMPLES.c.made_on, tasks.sample, tasks.id)
    )
    of_sample: dict[str, str] = {}
    skipped, waiting = set(), set()
    with reading(study.store) as connection:
        for sample, url, coder, state, closed_on in connection.execute(query):
            of_sample.setdefault(url, sample)
            if state == OPEN and not closed_on:
                waiting.add(url)
            if state == SKIPPED:
                skipped.add((url, coder))
    return {url: name for url, name in of_sample.items() if url not in waiting}, skipped


def _shuffled(url: str, coder: str) -> str:
    """Put the coders of each article in another order, so that no letter is always the same one."""
    return hashlib.sha256(f"{url}\n{coder}".encode()).hexdigest()
