"""Write a dataset into a folder or a file, as the files of one program, and its codebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from outcomes.errors import OutcomesError
from outcomes.study import write_whole
from outcomes.surveys.data_files import ENDINGS, Dataset, Format, dataset_files


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFiles:
    """What was written."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]  # what the reader must know, of the data and of the format


def write_data(
    dataset: Dataset, *, to: Format, out: Path, languages: Sequence[str] = ()
) -> DataFiles:
    """Write a dataset and its codebook, each file whole or not at all.

    Args:
        dataset: What to write.
        to: The format.
        out: A file with the ending of the format, and the others lie beside it; or a folder. With
            a file and no language named, labels are in the dataset's first language; with a
            folder there is a file for each language.
        languages: Of the labels.

    Raises:
        OutcomesError: The ending belongs to another format.
        DataError: The dataset has no such language.
        FileError: A file cannot be written.
    """
    folder, stem = folder_and_stem(out, to)
    if stem and not languages:
        languages = dataset.languages[:1]
    written = dataset_files(dataset, to, languages=languages, stem=stem or dataset.name)
    paths = []
    for name, content in written.files.items():
        write_whole(folder / name, content)
        paths.append(folder / name)
    return DataFiles(paths=tuple(paths), notes=(*dataset.notes, *written.notes))


def folder_and_stem(out: Path, to: Format) -> tuple[Path, str]:
    """Find the folder and what the files are called; "" where only the folder is named.

    Raises:
        OutcomesError: The ending belongs to another format, or the folder's name to a file.
    """
    if out.is_file() and not out.suffix:
        raise OutcomesError(
            f"--out {out}: this is a file. Name a folder, or end it in {ENDINGS[to]}"
        )
    ending = ENDINGS[to]
    if out.is_dir() or not out.suffix:
        return out, ""
    if out.suffix.lower() != ending.lower():
        raise OutcomesError(
            f"--out {out}: a file for {to} ends in {ending}. Write that, or name a folder"
        )
    return out.parent, out.stem
