"""Media step: one human code an article, with the chance with which it was drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select

from outcomes.media.codes import (
    combined_probabilities,
    one_code_an_article,
    unsettled_articles,
)
from outcomes.pipeline.coding_progress import SERIES, SKIPPED
from outcomes.store import read_facts
from outcomes.store.coding_tables import CODING_ITEMS, CODING_SAMPLES, CODING_TASKS
from outcomes.store.engine import reading
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledCodes:
    """What the series rests on, and what it cannot use."""

    codes: pd.DataFrame  # as one_code_an_article gives it
    unsettled: tuple[str, ...]  # articles about which coders disagree, and nobody has settled it

    def sentences(self) -> tuple[str, ...]:
        """Say what is left out."""
        many = len(self.unsettled)
        if not many:
            return ()
        articles = "1 article is" if many == 1 else f"{many} articles are"
        return (
            f"{articles} left out because the coders disagree and nobody has settled it yet: see "
            "the desk's page of disagreements",
        )


def settled_codes(study: Study, *, months: Mapping[str, str]) -> SettledCodes:
    """Settle on one code an article, and say with which chance each was drawn.

    The chances are those that hold now: a sample that was enlarged since has other ones than when
    its first codes were given, and where two samples drew from a month, they share it.

    Args:
        study: The study.
        months: The month of each article by its url; "" where unknown.
    """
    facts = read_facts(study.store, "codes")
    items, skipped = _drawn(study)
    kept = [pair not in skipped for pair in zip(facts["url"], facts["coder"], strict=True)]
    facts = facts[kept]
    settled = one_code_an_article(facts)
    if items.empty or settled.empty:
        return SettledCodes(codes=settled, unsettled=tuple(unsettled_articles(facts)))
    sheets = facts.loc[facts["sample"].fillna("") == "", ["url", "probability"]]
    sheets = sheets.drop_duplicates("url").assign(sample="")
    drawn = pd.concat([items, sheets])
    drawn = drawn[drawn["url"].isin(settled["url"])]
    drawn = drawn.assign(month=[months.get(url, "") for url in drawn["url"]])
    chance = combined_probabilities(drawn).set_index("url")["probability"]
    now = settled["url"].map(chance).fillna(settled["probability"])
    return SettledCodes(
        codes=settled.assign(probability=now), unsettled=tuple(unsettled_articles(facts))
    )


def _drawn(study: Study) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Read what samples of the series drew, and who skipped what in the end."""
    columns = (CODING_ITEMS.c.url, CODING_ITEMS.c.sample, CODING_ITEMS.c.probability)
    items = (
        select(*columns)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == CODING_ITEMS.c.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES)
    )
    tasks = CODING_TASKS.c
    skips = (
        select(tasks.url, tasks.coder)
        .join(CODING_SAMPLES, CODING_SAMPLES.c.name == tasks.sample)
        .where(CODING_SAMPLES.c.purpose == SERIES, tasks.state == SKIPPED)
    )
    with reading(study.store) as connection:
        rows = connection.execute(items).mappings().all()
        skipped = {(row[0], row[1]) for row in connection.execute(skips)}
    return pd.DataFrame(rows, columns=["url", "sample", "probability"]), skipped
