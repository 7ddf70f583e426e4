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
    drawn: int  # articles that samples of the desk drew
    lacking: int  # those of them that have no settled code

    def sentences(self) -> tuple[str, ...]:
        """Say what is left out."""
        lines = []
        if self.unsettled:
            many = len(self.unsettled)
            articles = "1 article is" if many == 1 else f"{many} articles are"
            lines.append(
                f"{articles} left out because the coders disagree and nobody has settled it yet: "
                "settle it at the desk, or in a sheet with the coder 'adjudicated'"
            )
        if self.lacking:
            lines.append(
                f"{self.lacking} of {self.drawn} drawn articles have no settled code yet, and "
                "others of the same month that were drawn in the same way stand for them"
            )
        return tuple(lines)


def settled_codes(study: Study, *, months: Mapping[str, str]) -> SettledCodes:
    """Settle on one code an article, and say with which chance each was drawn.

    The chances are those that hold now. A sample that was enlarged since has other ones than when
    its first codes were given. Where part of a stratum was not coded, or is not settled, the rest
    of that stratum stands for it: every coder's order is one by chance. And where two samples drew
    from a month, they share it.

    Args:
        study: The study.
        months: The month of each article by its url; "" where unknown.
    """
    facts = read_facts(study.store, "codes")
    items, skipped = _drawn(study)
    kept = [pair not in skipped for pair in zip(facts["url"], facts["coder"], strict=True)]
    facts = facts[pd.Series(kept, index=facts.index, dtype=bool)]
    settled = one_code_an_article(facts)
    here = items["url"].isin(settled["url"])
    known = items[here].assign(probability=_coded_chance(items, here)[here])
    if len(known):
        sheets = facts.loc[facts["sample"].fillna("") == "", ["url", "probability"]]
        sheets = sheets[sheets["url"].isin(settled["url"])].drop_duplicates("url")
        drawn = pd.concat([known, sheets.assign(sample="")])
        drawn = drawn.assign(month=[months.get(url, "") for url in drawn["url"]])
        chance = combined_probabilities(drawn).set_index("url")["probability"]
        now = settled["url"].map(chance).fillna(settled["probability"])
        settled = settled.assign(probability=now)
    return SettledCodes(
        codes=settled,
        unsettled=tuple(unsettled_articles(facts)),
        drawn=items["url"].nunique(),
        lacking=items.loc[~here, "url"].nunique(),
    )


def _coded_chance(items: pd.DataFrame, here: "pd.Series[bool]") -> "pd.Series[float]":
    """The chance to be drawn and to have a settled code, taken as equal within a stratum."""
    part = here.groupby([items["sample"], items["stratum"]]).transform("mean")
    return items["probability"] * part


def _drawn(study: Study) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Read what samples of the series drew, and who skipped what in the end."""
    names = ("url", "sample", "stratum", "probability")
    columns = (CODING_ITEMS.c[name] for name in names)
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
    return pd.DataFrame(rows, columns=list(names)), skipped
