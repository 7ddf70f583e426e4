"""Audit the joins of what is stored to the study's places and months, table by table."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.records.join_audit import JoinAudit, audit_join
from outcomes.store import read_facts, read_imports
from outcomes.study import Study

_JOINED = "Joined to places and months"
_WHEN = ("month", "start", "at", "day")  # what a sheet calls the time of its rows
COLUMNS = ("table", "rows", "matched", "unmatched_place", "unmatched_month", "duplicated",
           "dropped")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """One table of the store, and how its rows are laid out for the audit."""

    words: str
    steps: tuple[str, ...]  # beginnings of the steps that import it, for what they refused
    laid_out: Callable[[pd.DataFrame], pd.DataFrame]


def _walks(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay out walks: one that was told twice may be told with other minutes, or other people."""
    return facts[["place", "type", "start"]].assign(month=facts["start"].str[:7])


def _incidents(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[["place", "at", "kind"]].assign(month=facts["at"].str[:7])


def _counts(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[["place", "month", "measure"]]


def _records(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay out records of counted kinds; others, such as judgements of a level, join to nothing."""
    kept = facts[facts["kind"].isin(list(shipped_kinds()))]
    told = kept["body"].map(lambda body: json.dumps(body, sort_keys=True)).astype(object)
    columns = ["kind", "day", "place", "community"]
    return kept[columns].assign(body=told, month=kept["day"].str[:7])


_TABLES = {
    "counts": _Stored(words="counts", steps=("records import",), laid_out=_counts),
    "walks": _Stored(
        words="walks", steps=("engagement import-walks", "engagement import-cad"), laid_out=_walks
    ),
    "incidents": _Stored(
        words="incidents", steps=("engagement import-incidents",), laid_out=_incidents
    ),
    "engagement_records": _Stored(
        words="engagement records", steps=("engagement import-records",), laid_out=_records
    ),
}


def audit_table(study: Study, name: str) -> JoinAudit:
    """Say what becomes of the rows of one stored table when they are joined to places and months.

    Args:
        study: The study.
        name: counts, walks, incidents or engagement_records.
    """
    stored = _TABLES[name]
    imports = read_imports(study.store)
    own = imports["step"].str.startswith(stored.steps) if len(imports) else []
    return audit_join(
        stored.laid_out(read_facts(study.store, name)),
        of=stored.words,
        places=study.place_codes(),
        months=study.months(),
        dropped=int(imports.loc[own, "refused"].sum()) if len(imports) else 0,
    )


def audit_joins(study: Study) -> list[JoinAudit]:
    """Audit every stored table that is joined to places and months."""
    return [audit_table(study, name) for name in _TABLES]


def audit_rows(audits: list[JoinAudit]) -> pd.DataFrame:
    """Lay the audits out as a table, one row each."""
    rows = [[getattr(each, name) for name in COLUMNS] for each in audits]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def join_sentence(study: Study, table: pd.DataFrame, *, known: int, refused: int) -> str:
    """Say what becomes of the rows of a file just imported when they are joined to months.

    Args:
        study: The study.
        table: The rows that were kept, whose places the study has; with a column month, start, at
            or day. Of a table without any of them, nothing is said.
        known: How many were stored before, word for word.
        refused: How many rows of the file were refused.
    """
    when = next((name for name in _WHEN if name in table), "")
    if not when or "place" not in table:
        return ""
    months = pd.PeriodIndex(study.months(), freq="M")
    dated = pd.api.types.is_datetime64_any_dtype(table[when])
    # the first seven characters of a time in ISO form are its month: few differ, and are read once
    told = table[when] if dated else table[when].astype("str").str[:7]
    which, read = pd.factorize(told, use_na_sentinel=False)
    times = pd.Series(pd.to_datetime(read, errors="coerce"))
    within = pd.Series(False, index=times.index)
    if len(months):
        within = (times >= months[0].start_time) & (times <= months[-1].end_time)
    outside = sorted({f"{time:%Y-%m}" for time in times[~within].dropna()})
    inside = within.to_numpy()[which]
    where = f" (in no whole month of the study: {', '.join(outside[:5])})" if outside else ""
    return (
        f"{_JOINED}: {int(inside.sum())} matched, {int((~inside).sum())} unmatched{where}, "
        f"{known} duplicated (stored before), {refused} dropped (refused)."
    )


def lost_nothing(line: str) -> bool:
    """Say whether a line is that sentence of a file whose rows all joined.

    How many were stored before, the account of the file says anyhow.
    """
    whole = ", 0 unmatched, " in line and line.endswith(" 0 dropped (refused).")
    return line.startswith(_JOINED) and whole
