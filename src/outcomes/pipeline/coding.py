"""Media step: import the codes that people gave to articles."""

from pathlib import Path

import pandas as pd

from outcomes.media.codes import read_codes
from outcomes.pipeline.importing import Imported, store_key, store_sheet
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.study import Study


def import_codes(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import a coding sheet that people filled in, all rows or none.

    Raises:
        DataError: A coder's code is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    urls = set(read_facts(study.store, "articles")["url"])
    sheet = read_codes(path, urls=urls, reading=reading).or_refuse(
        leave_out=reading.leave_out_refused
    )
    rows = [
        {
            "key": store_key(str(row["coder"]), str(row["url"])),
            "url": row["url"],
            "coder": row["coder"],
            "relevant": int(row["relevant"]),
            "tone": None if pd.isna(row["tone"]) else int(row["tone"]),
            "probability": float(row["probability"]),
        }
        for row in sheet.table.to_dict("records")
    ]
    return store_sheet(study, sheet, rows, table="codes", step="media import-codes", amend=amend)
