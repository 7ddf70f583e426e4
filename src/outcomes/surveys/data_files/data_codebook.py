"""The codebook of a dataset: each column, its codes, and what SPSS, Stata and R call it."""

import json
from collections.abc import Mapping
from typing import Any

from outcomes.surveys.codebook import codebook_content
from outcomes.surveys.data_files.dataset import CodeLabel, Dataset, Variable, Written
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.data_files.stata import stata_letters
from outcomes.surveys.preview import page_template
from outcomes.surveys.wording import language_tag


def codebook_files(dataset: Dataset, *, stem: str) -> Written:
    """Write the codebook as a page to read and as JSON for programs, texts in every language.

    Args:
        dataset: What it describes.
        stem: The files are called this, with -codebook.html and -codebook.json behind it.
    """
    content = data_codebook(dataset)
    page = page_template("data_codebook.html").render(
        **content, languages=[(each, language_tag(each)) for each in dataset.languages]
    )
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return Written(
        files={
            f"{stem}-codebook.html": page.encode(),
            f"{stem}-codebook.json": text.encode(),
        }
    )


def data_codebook(dataset: Dataset) -> dict[str, Any]:
    """Say what each column of a dataset means, in plain types for JSON and YAML.

    It holds no count of answers.
    """
    called = {program: legal_names(dataset.names(), program) for program in ("spss", "stata", "r")}
    letters = stata_letters(dataset)
    return {
        "name": dataset.name,
        "title": dict(dataset.about.title),
        "agency": dataset.about.agency,
        "study": dataset.about.study,
        "generated": dataset.about.generated,
        "notes": list(dataset.notes),
        "variables": [
            {
                "name": each.name,
                "called": {program: names[each.name] for program, names in called.items()},
                **_about(each),
                "label_set": each.label_set,
            }
            for each in dataset.variables
        ],
        "label_sets": {
            name: [
                {
                    "code": code.code,
                    "number": code.number,
                    "stata": _in_stata(code, letters),
                    "label": dict(code.label),
                    "missing": code.missing,
                }
                for code in labels.codes
            ]
            for name, labels in dataset.label_sets.items()
        },
        "instruments": [codebook_content(each) for each in dataset.instruments],
    }


def _in_stata(code: CodeLabel, letters: Mapping[str, str]) -> str:
    """Write a code as Stata shows it; "" where Stata has no value left for it."""
    if not code.missing:
        return str(code.number)
    return f".{letters[code.code]}" if code.code in letters else ""


def _about(variable: Variable) -> dict[str, Any]:
    return {
        "kind": variable.kind,
        "role": variable.role,
        "label": dict(variable.label),
        "item": variable.item,
        "privacy": variable.privacy if variable.role == "item" else "",
        "scales": list(variable.scales),
        "reversed_in": list(variable.reversed_in),
        "versions": list(variable.versions),
        "how": variable.how,
    }
