"""What people decided about doubtful pairs: kept append-only, and honoured by every later run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from outcomes.errors import DataError
from outcomes.pipeline.audit import record_with
from outcomes.store.desk_tables import LINK_DECISIONS
from outcomes.store.engine import reading
from outcomes.study import Study
from outcomes.surveys.linking.decisions import COLUMNS, DECISIONS

Decision = Literal["same", "different", "cannot tell"]
WORDS: dict[str, Decision] = {  # as a form sends them
    "same": "same",
    "different": "different",
    "cannot-tell": "cannot tell",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two respondents of two waves who may be the same person; both are keyed hashes."""

    pre_wave: str
    post_wave: str
    before: str
    after: str


def decide(study: Study, pair: Pair, *, decision: Decision, user: str, today: date) -> None:
    """Keep what somebody decided about a pair; the newest decision counts, all are kept.

    Raises:
        DataError: One of the two was decided to be the same person as somebody else.
    """
    with study.store.begin() as connection:
        newest = _newest(connection, pair.pre_wave, pair.post_wave)
        if decision == "same":
            _require_free(newest, pair)
        own = newest[(newest["before"] == pair.before) & (newest["after"] == pair.after)]
        version = int(own["version"].iloc[0]) + 1 if len(own) else 1
        connection.execute(
            insert(LINK_DECISIONS).values(
                pre_wave=pair.pre_wave,
                post_wave=pair.post_wave,
                before=pair.before,
                after=pair.after,
                version=version,
                decision=decision,
                day=today.isoformat(),
                user=user,
            )
        )
        record_with(
            connection,
            user=user,
            action="decided about a link",
            about=f"{pair.pre_wave} to {pair.post_wave}",
            detail=decision,
        )


def decisions_between(
    study: Study, pre: str, post: str, *, before: Iterable[str], after: Iterable[str]
) -> pd.DataFrame:
    """Read the decisions that bear on the matching of two waves.

    "Cannot tell" leaves a pair to the matching. Decisions about people whose answers were taken
    back or erased since bear on nobody.

    Returns:
        pre_id, post_id, decision (same or different) and reviewer.
    """
    with reading(study.store) as connection:
        newest = _newest(connection, pre, post)
    there = newest["before"].isin(list(before)) & newest["after"].isin(list(after))
    bear = newest[there & newest["decision"].isin(DECISIONS)]
    named = {"before": "pre_id", "after": "post_id", "user": "reviewer"}
    return bear.rename(columns=named)[list(COLUMNS)].reset_index(drop=True)


def decided_pairs(study: Study, pre: str, post: str) -> pd.DataFrame:
    """Read the newest decision about each pair: before, after, decision, day, user."""
    with reading(study.store) as connection:
        return _newest(connection, pre, post)


def decisions_kept(study: Study) -> int:
    """Count all decisions ever made, which only grows."""
    with reading(study.store) as connection:
        return int(
            connection.execute(select(func.count()).select_from(LINK_DECISIONS)).scalar_one()
        )


def _newest(connection: Connection, pre: str, post: str) -> pd.DataFrame:
    columns = LINK_DECISIONS.c
    wanted = (columns.before, columns.after, columns.version, columns.decision, columns.day)
    query = (
        select(*wanted, columns.user)
        .where(columns.pre_wave == pre, columns.post_wave == post)
        .order_by(columns.id)
    )
    rows = connection.execute(query).mappings().all()
    names = [column.name for column in (*wanted, columns.user)]
    table = pd.DataFrame(rows, columns=names)
    return table.drop_duplicates(["before", "after"], keep="last").reset_index(drop=True)


def _require_free(newest: pd.DataFrame, pair: Pair) -> None:
    same = newest[newest["decision"] == "same"]
    for side, other in (("before", "after"), ("after", "before")):
        taken = same[(same[side] == getattr(pair, side)) & (same[other] != getattr(pair, other))]
        if len(taken):
            raise DataError(
                f"the person {side} was decided to be the same as somebody else already, and can "
                "be linked once. Take that decision back first"
            )
