"""Link two files of answers by code or card."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.sheets import AS_IT_IS, Column, Reading, read_any, read_sheet
from outcomes.surveys.linking.decisions import COLUMNS
from outcomes.surveys.linking.link_plan import ROW, LinkPlan
from outcomes.surveys.linking.links import Links, link_tables
from outcomes.surveys.linking.unmatched import compare_unmatched


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedFiles:
    """The links of two files, and who could not be linked."""

    links: Links
    unmatched: pd.DataFrame | None  # baseline of linked and unlinked; None where not asked for


def link_files(
    pre: Path,
    post: Path,
    plan: LinkPlan,
    *,
    decisions: Path | None = None,
    baseline: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> LinkedFiles:
    """Link the rows of two files that are the same person's.

    Args:
        pre: A CSV, Excel or Parquet file, one row a person.
        post: The same on the second occasion.
        plan: Which columns link, and how sure a link must be.
        decisions: A file with what a person decided: pre_id, post_id, decision, reviewer.
        baseline: Columns of ``pre`` on which to compare linked and unlinked people.
        reading: How the files are to be read.

    Raises:
        FileError: A file cannot be read, or lacks a column.
        DataError: The tables cannot be linked; see ``link_tables``.
    """
    before, after = _read(pre, plan, reading=reading), _read(post, plan, reading=reading)
    decided = None
    if decisions is not None:
        columns = [Column(name=name, blank=True) for name in COLUMNS]
        decided = read_sheet(decisions, columns).table
    links = link_tables(before, after, plan, decisions=decided)
    compared = None
    if baseline:
        whole = read_any(pre, encoding=reading.encoding).rename(columns=dict(reading.rename))
        ids = before[plan.id].to_numpy() if plan.id != ROW else before.index.astype(str)
        linked = ~np.isin(ids, list(links.unmatched_before))
        compared = compare_unmatched(whole, list(linked), variables=baseline)
    return LinkedFiles(links=links, unmatched=compared)


def _read(path: Path, plan: LinkPlan, *, reading: Reading) -> pd.DataFrame:
    columns = [Column(name=name, blank=True) for name in plan.columns]
    table = read_sheet(path, columns, reading=reading).table
    return table.set_index("row")


def unmatched_sentences(table: pd.DataFrame) -> list[str]:
    """Say how those who could not be linked differ, one line a variable."""
    said = []
    for row in table.to_dict("records"):
        if row["withheld"] or pd.isna(row["mean_unlinked"]):
            said.append(f"{row['variable']}: not shown, too few people are linked or unlinked")
            continue
        apart = "" if pd.isna(row["difference_sd"]) else (
            f" ({row['difference_sd']:+.2f} SD, p = {row['p']:.3f})"
        )  # fmt: skip
        said.append(
            f"{row['variable']} before: linked {row['mean_linked']:.2f} "
            f"(n = {row['linked']:.0f}), not linked {row['mean_unlinked']:.2f} "
            f"(n = {row['unlinked']:.0f}){apart}"
        )
    return said
