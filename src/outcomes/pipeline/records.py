"""Record steps: import dated counts, and give them as measures."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.refusing import left_out_note, refuse_forbidden
from outcomes.records.counts import count_rows, measure_rows, missing_months, read_counts
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.study import Study


def import_counts(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import counts by place and month into the store, all rows or none.

    Raises:
        DataError: A count is stored already with another value, and this is no amendment.
        FileError: The file breaks a rule, or a column looks like what is never kept (A6, A10).
        RowsRefused: Some rows break a rule and may not be left out.
    """
    sheet = read_counts(
        path,
        study.place_codes(),
        months=study.months(),
        reading=reading,
    )
    refuse_forbidden(sheet, reading=reading, counts=True)
    imported = store_sheet(
        study,
        sheet,
        count_rows(sheet.table),
        table="counts",
        step="records import",
        amend=amend,
    )
    counts = imported.new + imported.known
    notes = _absent(study, set(sheet.table["measure"]))
    if counts + len(imported.refusals) != imported.read:
        notes.insert(0, f"The rows hold {counts} counts, each of one measure, place and month.")
    return replace(imported, notes=(*imported.notes, *left_out_note(reading), *notes))


def _absent(study: Study, measures: set[str]) -> list[str]:
    """Say which months have no count, up to the last one that has."""
    stored = read_facts(study.store, "counts")
    stored = stored[stored["measure"].isin(measures)]
    if stored.empty:
        return []
    last = stored["month"].max()
    months = [month for month in study.months() if month <= last]
    absent = missing_months(stored, study.place_codes(), months)
    if absent.empty:
        return []
    first = [f"{row.measure} in {row.place}, {row.month}" for row in absent.head(3).itertuples()]
    more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
    return [
        f"No count yet up to {last}: {', '.join(first)}{more}. "
        "A month without a row is missing, not zero: write 0 where nothing happened."
    ]


def count_measures(study: Study) -> pd.DataFrame:
    """Give every stored count as a row of the measures table."""
    return measure_rows(read_facts(study.store, "counts"))
