"""Training samples: articles with known codes, from a file or from the codebook's examples."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.codebook import Code, Codebook, check_code, code_of
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_samples import Assigned, store_training_sample
from outcomes.sheets import Column, read_sheet
from outcomes.store import read_facts
from outcomes.study import Study

_COLUMNS = (
    Column(name="url"),
    Column(name="relevant", kind="integer", low=0, high=1),
    Column(name="tone", kind="integer", low=-1, high=1, blank=True),
    Column(name="why"),
    Column(name="mixed", kind="integer", low=0, high=1, needed=False, blank=True),
    Column(name="self_credit", kind="integer", low=0, high=1, needed=False, blank=True),
    Column(name="title", needed=False, blank=True),
    Column(name="text", needed=False, blank=True),
)


def draw_training_sample(
    study: Study, name: str, *, gold: Path | None, coders: Sequence[str], day: date
) -> Assigned:
    """Give coders articles with known codes to train on; none of them becomes part of a series.

    Args:
        study: The study.
        name: What to call the sample.
        gold: A sheet with the columns url, relevant, tone and why, and title and text where an
            article is none of the study; None: the examples of the codebook.
        coders: Who is trained.
        day: When it is made.

    Raises:
        DataError: The name is taken, or a coder is not right.
        FileError: The sheet breaks a rule.
    """
    codebook = load_codebook(study)
    rows = examples_as_gold(codebook) if gold is None else _read_gold(study, gold, codebook)
    return store_training_sample(study, name, gold=rows, coders=coders, day=day)


def examples_as_gold(codebook: Codebook) -> list[dict[str, Any]]:
    """Make training articles of a codebook's examples."""
    found = []
    for number, each in enumerate(codebook.examples, start=1):
        code = Code(
            relevant=each.relevant,
            tone=each.tone,
            mixed=each.mixed,
            self_credit=each.self_credit,
            confidence=3,
        )
        found.append(
            {
                "url": f"codebook:{codebook.version}/example-{number}",
                "code": asdict(code),
                "why": f"{each.rule}: {each.why}",
                "title": "",
                "text": each.text,
            }
        )
    return found


def _read_gold(study: Study, path: Path, codebook: Codebook) -> list[dict[str, Any]]:
    sheet = read_sheet(path, _COLUMNS, key=("url",))
    known = set(read_facts(study.store, "articles")["url"])
    table = sheet.table
    sheet.refuse(
        ~table["url"].isin(known) & (table["text"].fillna("") == ""),
        column="url",
        problem="{!r} is no article of this study, and the sheet has no text of it",
        mend="Import the article first, or write its title and text",
    )
    found = []
    for row in sheet.or_refuse(leave_out=False).table.to_dict("records"):
        cells = {str(name): value for name, value in row.items()}
        code = code_of({name: cells[name] for name in ("relevant", "tone", "mixed", "self_credit")})
        if problems := check_code(code, codebook):
            raise FileError(
                path, f"row {cells['row']}", problems[0].rstrip("."), "Correct the code"
            )
        texts = {name: str(cells[name] or "") for name in ("why", "title", "text")}
        found.append({"url": str(cells["url"]), "code": asdict(code), **texts})
    return found
