"""Codes and tasks out to a file: for a spreadsheet, Label Studio or doccano."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import select

from outcomes.errors import DataError, FileError, one_of
from outcomes.media.code_exchange import Article, GivenCode
from outcomes.media.codebook import Code, code_of
from outcomes.media.codes import EXTRAS
from outcomes.media.doccano import doccano_jsonl
from outcomes.media.label_studio import label_studio_form, label_studio_json
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import OPEN, SERIES, find_sample
from outcomes.pipeline.coding_screen import read_article
from outcomes.store import read_facts
from outcomes.store.coding_tables import CODING_TASKS
from outcomes.store.engine import reading
from outcomes.study import Study, write_whole

FORMS = ("csv", "label-studio", "doccano")
_CODES = ("url", "coder", "relevant", "tone", "probability", *EXTRAS)
_TASKS = (
    "url", "published", "title", "text", "coder", "sample",
    *(each.name for each in fields(Code)),
)  # fmt: skip


def export_codes(study: Study, out: Path, *, form: str = "csv", sample: str = "") -> str:
    """Write the codes that people gave, whole; what is written can be imported again.

    Args:
        study: The study.
        out: The file to write.
        form: One of ``FORMS``. Only the two programs' files hold the articles' texts.
        sample: Only of this one; empty for all.

    Returns:
        What was written, as a sentence.

    Raises:
        DataError: No sample or form has that name, or there are no codes.
        FileError: It cannot be written there.
    """
    codes = read_facts(study.store, "codes")
    if sample:
        codes = codes[codes["sample"] == find_sample(study, sample)["name"]]
    if codes.empty:
        raise DataError("nobody has coded an article of it yet, so there is nothing to write")
    if form == "csv":
        whole = ("relevant", "tone", "mixed", "confidence", "prompted", "self_credit", "seconds")
        table = codes[list(_CODES)].astype(dict.fromkeys(whole, "Int64"))
        write_whole(out, table.to_csv(index=False, lineterminator="\n"))
    else:
        given = [_given(row) for row in codes.to_dict("records")]
        urls = {each.url: each.sample for each in given}
        articles = [_article(study, url, sample=name) for url, name in urls.items()]
        _write(study, out, form=form, articles=articles, codes=given)
    return f"{len(codes)} codes of {codes['url'].nunique()} articles written to {out}"


def export_tasks(
    study: Study, out: Path, *, coder: str, form: str = "csv", sample: str = ""
) -> str:
    """Write what one coder still has to code, for work without the desk.

    The file holds nobody's codes, no model's tone, and not the chance of being drawn, which would
    tell what the model took an article for. Where the codes come back, the chance is looked up.

    Args:
        study: The study.
        out: The file to write.
        coder: For whom.
        form: One of ``FORMS``.
        sample: Only of this one; empty for all that are open.

    Returns:
        What was written, as a sentence.

    Raises:
        DataError: No sample or form has that name, or the coder has nothing left to do.
        FileError: The file is there already, or cannot be written.
    """
    if out.exists():
        raise FileError(out, "", "the file is there already", "Choose another name")
    urls = _open_urls(study, coder=coder, sample=sample)
    if not urls:
        raise DataError(f"{coder} has nothing left to code. See: outcomes media samples")
    articles = [_article(study, url, sample=name) for url, name in urls.items()]
    if form == "csv":
        _write_sheet(study, out, articles, coder=coder)
    else:
        _write(study, out, form=form, articles=articles, codes=[])
    return f"{len(articles)} articles for {coder} to code written to {out}"


def _write(
    study: Study, out: Path, *, form: str, articles: list[Article], codes: list[GivenCode]
) -> None:
    if form == "label-studio":
        write_whole(out, label_studio_json(articles, codes))
        write_whole(out.with_suffix(".xml"), label_studio_form(load_codebook(study)))
    elif form == "doccano":
        write_whole(out, doccano_jsonl(articles, codes))
    else:
        raise DataError(f"codes cannot be written as {form!r}. {one_of(form, FORMS)}")


def _write_sheet(study: Study, out: Path, articles: list[Article], *, coder: str) -> None:
    rows: list[dict[str, Any]] = []
    for each in articles:
        found = read_article(study, each.url)
        about = {name: _no_formula(cell) for name, cell in asdict(found).items()} if found else {}
        rows.append({**about, "url": each.url, "sample": each.sample, "coder": coder})
    table = pd.DataFrame(rows).reindex(columns=list(_TASKS))
    text = table.to_csv(index=False, lineterminator="\n")
    write_whole(out, "\ufeff" + text)  # so that Excel reads it as UTF-8


def _no_formula(cell: str) -> str:
    """Keep a spreadsheet from running a headline that a web page made look like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _article(study: Study, url: str, *, sample: str) -> Article:
    found = read_article(study, url)
    title, text = (found.title, found.text) if found else ("", "")
    return Article(url=url, title=title, text=text, sample=sample)


def _given(row: dict[Any, Any]) -> GivenCode:
    named = {name: "" if pd.isna(row[name]) else str(row[name]) for name in EXTRAS if name in _TEXT}
    seconds = row["seconds"]
    return GivenCode(
        url=row["url"],
        coder=row["coder"],
        code=code_of(row),
        seconds=None if pd.isna(seconds) else int(seconds),
        **named,
    )


_TEXT = ("sample", "codebook", "coded_on")


def _open_urls(study: Study, *, coder: str, sample: str) -> dict[str, str]:
    tasks = CODING_TASKS.c
    query = (
        select(tasks.url, tasks.sample)
        .where(tasks.coder == coder, tasks.state == OPEN)
        .order_by(tasks.sample, tasks.place)
    )
    with reading(study.store) as connection:
        rows = connection.execute(query).all()
    samples = {name: find_sample(study, name) for name in {sample or row[1] for row in rows}}
    fine = {
        name
        for name, each in samples.items()
        if each["purpose"] == SERIES and not each["closed_on"]
    }
    return {row[0]: row[1] for row in rows if row[1] in fine}
