"""Media steps: how well coders agree, and what must stand beside the shares because of it (B14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from outcomes.media.agreement import SCALES, Scale, agreement_table
from outcomes.media.agreement_file import read_agreement_file
from outcomes.media.agreement_words import agreement_sentences, agreement_warning_of
from outcomes.media.coder_drift import coders_table, compared_codes, months_table
from outcomes.media.coder_pairs import ANSWERS, confusion_table, pairs_table
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.store.coding_tables import ADJUDICATED
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All that is known of how well coders agree."""

    table: pd.DataFrame  # of all coders together
    pairs: pd.DataFrame
    confusion: pd.DataFrame
    coders: pd.DataFrame  # each over time
    months: pd.DataFrame  # each month by month
    sentences: list[str]


def find_agreement(study: Study) -> Agreement:
    """Say how well the coders of a study agree; write it to results/.

    Written are agreement.csv, agreement_pairs.csv, agreement_confusion.csv, agreement_coders.csv
    and agreement_months.csv. Codes that settle a disagreement are no coder's; codes of training
    samples are not among them.
    """
    found = _agreement(read_facts(study.store, "codes"), scales=SCALES)
    study.write_table("agreement", found.table)
    study.write_table("agreement_pairs", found.pairs)
    study.write_table("agreement_confusion", found.confusion)
    study.write_table("agreement_coders", found.coders)
    study.write_table("agreement_months", found.months)
    return found


def agreement_of_file(
    path: Path, *, scales: Sequence[Scale] = SCALES, reading: Reading = AS_IT_IS
) -> Agreement:
    """Say how well the coders of a file agree; write nothing.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    sheet = read_agreement_file(path, reading=reading)
    sheet = sheet.or_refuse(leave_out=reading.leave_out_refused)
    return _agreement(sheet.table, scales=scales)


def agreement_warning(study: Study) -> str:
    """Give the sentence that stands beside every published share, empty where none is needed.

    It stands where alpha is below 0.667, of tone (nominal) or of relevance, or is not known. No
    setting turns it off.
    """
    return agreement_warning_of(_of_coders(read_facts(study.store, "codes")))


def confusion_counts(study: Study) -> dict[str, list[list[int]]]:
    """Count, for each pair ("A and B"), how often one gave which answer where the other gave which.

    Returns:
        Counts of articles, 4 rows (first coder) of 4 (second), in the order of ``ANSWERS``; empty
        where no article was coded by two people.
    """
    table = confusion_table(_of_coders(read_facts(study.store, "codes")))
    counts = {}
    for pair, rows in table.groupby("pair", sort=False):
        square = rows.pivot(index="code_1", columns="code_2", values="articles")
        counts[str(pair)] = square.loc[list(ANSWERS), list(ANSWERS)].astype(int).to_numpy().tolist()
    return counts


def _of_coders(codes: pd.DataFrame) -> pd.DataFrame:
    return codes[codes["coder"] != ADJUDICATED]


def _agreement(codes: pd.DataFrame, *, scales: Sequence[Scale]) -> Agreement:
    settled = codes[codes["coder"] == ADJUDICATED]
    codes = _of_coders(codes)
    pairs, confusion = pairs_table(codes), confusion_table(codes)
    compared = compared_codes(codes, settled)
    coders = coders_table(codes, compared)
    return Agreement(
        table=agreement_table(codes, scales=scales),
        pairs=pairs,
        confusion=confusion,
        coders=coders,
        months=months_table(compared),
        sentences=agreement_sentences(codes, pairs=pairs, confusion=confusion, coders=coders),
    )
