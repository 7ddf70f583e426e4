"""All files of one format: the data, in each language asked for, and the codebook beside them."""

from collections.abc import Sequence
from typing import Literal

from outcomes.errors import DataError, one_of
from outcomes.surveys.data_files.csv_file import csv_file
from outcomes.surveys.data_files.data_codebook import codebook_files
from outcomes.surveys.data_files.dataset import Dataset, Written
from outcomes.surveys.data_files.ddi import ddi_files
from outcomes.surveys.data_files.r_script import r_files
from outcomes.surveys.data_files.spss import spss_file
from outcomes.surveys.data_files.stata import stata_file

Format = Literal["csv", "spss", "stata", "r", "ddi"]
ENDINGS: dict[Format, str] = {
    "csv": ".csv",
    "spss": ".sav",
    "stata": ".dta",
    "r": ".R",
    "ddi": ".xml",
}
_IN_ONE_LANGUAGE = {"spss": spss_file, "stata": stata_file, "r": r_files}


def dataset_files(
    dataset: Dataset, to: Format, *, languages: Sequence[str] = (), stem: str = ""
) -> Written:
    """Write a dataset in a format, with its codebook.

    SPSS, Stata and R hold labels in one language, so there is a file for each; CSV and DDI hold
    none or all.

    Args:
        dataset: What to write.
        to: The format.
        languages: Of the labels; none: all of the dataset.
        stem: What the files are called; by default as the dataset.

    Returns:
        The files by name, and what the format could not hold.

    Raises:
        DataError: The dataset has no such language.
    """
    stem = stem or dataset.name
    for language in languages:
        if language not in dataset.languages:
            raise DataError(
                f"the data have no labels in {language!r}. {one_of(language, dataset.languages)}"
            )
    chosen = tuple(languages) or dataset.languages
    found = [codebook_files(dataset, stem=stem)]
    if to == "csv":
        found.append(csv_file(dataset, stem=stem))
    elif to == "ddi":
        found.append(ddi_files(dataset, stem=stem))
    else:
        write = _IN_ONE_LANGUAGE[to]
        for language in chosen:
            end = f"-{_file_word(language)}" if len(chosen) > 1 else ""
            found.append(write(dataset, language=language, stem=stem, end=end))
    return Written(
        files={name: content for each in found for name, content in each.files.items()},
        notes=tuple(dict.fromkeys(note for each in found for note in each.notes)),
    )


def _file_word(language: str) -> str:
    return "".join(each if each.isalnum() or each == "-" else "_" for each in language)
