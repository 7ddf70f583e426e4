"""Step: list the models of tone that can be named here, and what each of them takes."""

from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.classify import DEFAULT_MODEL, MODELS
from outcomes.media.tone_models.model_folder import (
    CARD,
    read_model_folder,
    shipped_folder,
)
from outcomes.media.tone_models.outside_models import (
    OutsideModel,
    describe_outside_models,
)
from outcomes.pipeline.tone_scores import models_folder, named_model
from outcomes.study import Study

COLUMNS = ("name", "version", "kind", "stands", "size", "offline", "leaves", "used")


def list_models(study: Study | None) -> pd.DataFrame:
    """List every model that can stand behind --model; asks nobody and loads none.

    Args:
        study: Whose own models, and whose models of others, are listed too.

    Returns:
        Columns name, version, kind, stands (where it is), size (in MB, empty where it is not here
        or is a list of words), offline (yes where it works without the network), leaves (what
        leaves this machine), used (whether it reads where none is named).
    """
    rows = []
    if (shipped_folder() / CARD).is_file():
        rows.append(_own(shipped_folder(), kind="comes with outcomes"))
    rows += [_words(name) for name in MODELS]
    if study is not None:
        folders = sorted(path.parent for path in models_folder(study).glob(f"*/{CARD}"))
        rows += [_own(folder, kind="of the study", name=folder.name) for folder in folders]
        rows += [
            _outside(each) for each in describe_outside_models(study.settings, root=study.root)
        ]
    used = DEFAULT_MODEL if study is None else named_model(study)
    for row in rows:
        row["used"] = "by default" if row["name"] == used else ""
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _own(folder: Path, *, kind: str, name: str = "") -> dict[str, Any]:
    try:
        model = read_model_folder(folder)
    except FileError as error:
        return _row(name or folder.name, version="damaged", kind=kind, stands=str(error))
    size = sum((folder / each).stat().st_size for each in model.files)
    found = _row(name or model.name, version=model.version, kind=kind, stands=str(folder))
    return found | {"size": _megabytes(size)}


def _words(name: str) -> dict[str, Any]:
    return _row(name, version="", kind="a list of words", stands="comes with outcomes")


def _row(name: str, *, version: str, kind: str, stands: str) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "kind": kind,
        "stands": stands,
        "size": "",
        "offline": "yes",
        "leaves": "nothing",
    }


def _outside(model: OutsideModel) -> dict[str, Any]:
    found = _row(model.name, version=model.version, kind=model.kind, stands=model.stands)
    return found | {
        "size": "" if model.size is None else _megabytes(model.size),
        "offline": "yes" if model.offline else "no",
        "leaves": model.leaves,
    }


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
