"""Media step: import the codes that people gave to articles, in a sheet or another program."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.code_exchange import GivenCode
from outcomes.media.codebook import check_code
from outcomes.media.codes import EXTRAS, read_codes
from outcomes.media.doccano import read_doccano
from outcomes.media.label_studio import read_label_studio
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import close_tasks, drawn_chances
from outcomes.pipeline.importing import Imported, store_key, store_sheet
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import Source, append, read_facts
from outcomes.study import Study

STEP = "media import-codes"
PROGRAMS: Mapping[str, Callable[..., list[GivenCode]]] = {
    "label-studio": read_label_studio,
    "doccano": read_doccano,
}
_PLAIN = ("url", "coder", "relevant", "tone", "probability")
_NUMBERS = ("mixed", "confidence", "prompted", "self_credit", "seconds")


def import_codes(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import a coding sheet that people filled in, all rows or none.

    Codes of a sample of the desk (they name it in the column ``sample``) end its tasks.

    Raises:
        DataError: A coder's code is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    stored = read_facts(study.store, "codes")
    chances = _chances(study, stored)
    sheet = read_codes(path, urls=_urls(study), chances=chances, reading=reading).or_refuse(
        leave_out=reading.leave_out_refused
    )
    rows = [_row(row) for row in sheet.table.to_dict("records")]
    fresh = _fresh(rows, stored)
    account = store_sheet(study, sheet, fresh, table="codes", step=STEP, amend=amend)
    close_tasks(study, [(row["url"], row["coder"]) for row in rows])
    return replace(account, known=account.known + len(rows) - len(fresh))


def import_program_codes(
    study: Study, path: Path, *, program: str, coder: str = "", amend: bool = False
) -> Imported:
    """Import what people coded in another program, all of it or nothing.

    Args:
        study: The study.
        path: What the program exported.
        program: A name in ``PROGRAMS``.
        coder: Who coded all of it; empty: whom the file names.
        amend: Whether codes that are known with other content are corrections.

    Raises:
        DataError: A coder's code is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule, or an article of it was never drawn.
    """
    stored = read_facts(study.store, "codes")
    given = PROGRAMS[program](path, coder=coder)
    rows = _drawn_rows(study, path, given, stored=stored)
    fresh = _fresh(rows, stored)
    source = Source(step=STEP, file=path, read=len(given))
    appended = append(study.store, "codes", fresh, source=source, amend=amend)
    close_tasks(study, [(row["url"], row["coder"]) for row in rows])
    known = appended.known + len(rows) - len(fresh)
    return Imported(file=path.name, read=len(given), new=appended.new, known=known)


def _drawn_rows(
    study: Study, path: Path, given: Sequence[GivenCode], *, stored: pd.DataFrame
) -> list[dict[str, Any]]:
    codebook, urls, chances = load_codebook(study), _urls(study), _chances(study, stored)
    of_url = {url: sample for sample, url in drawn_chances(study)}
    rows: list[dict[str, Any]] = []
    seen = set()
    for each in given:
        sample = each.sample or of_url.get(each.url, "")
        chance = chances.get((sample, each.url))
        problem, mend = "; ".join(check_code(each.code, codebook)), "Correct it there, export again"
        if each.url not in urls:
            problem, mend = f"{each.url!r} is no article of this study", "Import the archive first"
        elif chance is None:
            problem = f"no sample of this study drew {each.url}, so its chance is not known"
            mend = "Draw a sample first: outcomes media draw-sample"
        elif (each.url, each.coder) in seen:
            problem = f"{each.coder} has coded {each.url} twice"
            mend = "Remove one of the two"
        if problem or chance is None:
            raise FileError(path, each.place, problem.removesuffix("."), mend)
        seen.add((each.url, each.coder))
        about = {name: getattr(each, name) or None for name in ("codebook", "seconds", "coded_on")}
        about = {**about, "sample": sample or None, "url": each.url, "coder": each.coder}
        rows.append(_row({**about, **asdict(each.code), "probability": chance}))
    return rows


def _row(cells: Mapping[Any, Any]) -> dict[str, Any]:
    """Lay a code out for the store; empty cells are missing."""
    row: dict[str, Any] = {
        name: None if _empty(cells.get(name)) else cells[name] for name in (*_PLAIN, *EXTRAS)
    }
    numbers = {name: int(row[name]) for name in ("tone", *_NUMBERS) if row[name] is not None}
    row.update(numbers, relevant=int(row["relevant"]), probability=float(row["probability"]))
    if row["coded_on"] is not None:
        row["coded_on"] = str(row["coded_on"])[:10]
    return {"key": store_key(str(row["coder"]), str(row["url"])), **row}


def _empty(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))


def _fresh(rows: Sequence[dict[str, Any]], stored: pd.DataFrame) -> list[dict[str, Any]]:
    """Leave out what is stored already, cell for cell, and the columns that no row fills.

    Plain sheets have five columns, and are stored with those.
    """
    names = (*_PLAIN, *EXTRAS)
    known = {
        tuple(None if _empty(cell) else cell for cell in row)
        for row in stored[list(names)].itertuples(index=False, name=None)
    }
    fresh = [row for row in rows if tuple(row[name] for name in names) not in known]
    if any(row[name] is not None for row in fresh for name in EXTRAS):
        return fresh
    return [{name: row[name] for name in ("key", *_PLAIN)} for row in fresh]


def _urls(study: Study) -> set[str]:
    return set(read_facts(study.store, "articles")["url"])


def _chances(study: Study, stored: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Say with which chance each article of a sample was drawn, by sample and url.

    Where a code is stored already its chance is the one it came with, so that a file that comes
    again is known again, although its sample was enlarged since.
    """
    named = stored[stored["sample"].notna()]
    known = zip(named["sample"], named["url"], named["probability"], strict=True)
    return {
        **drawn_chances(study),
        **{(sample, url): float(chance) for sample, url, chance in known},
    }
