"""The model as a folder: its files, and model.json, which says what they are and how they do."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outcomes.media.tone_models.model_folder import (
    ARTICLE,
    CARD,
    ENCODER,
    FORMAT,
    TOKENIZER,
    ModelFolder,
    read_model_folder,
    sha256_of,
)
from outcomes.study import write_whole


def write_folder(
    folder: Path, *, encoder: Path, tokenizer: Path, card: Mapping[str, Any]
) -> ModelFolder:
    """Write a model folder without a reading of articles, and read it back.

    Args:
        folder: Where; made if need be.
        encoder: The ONNX file, which is moved there.
        tokenizer: The tokenizer's file, which is copied there.
        card: What model.json says beside format and files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if encoder != folder / ENCODER:
        encoder.replace(folder / ENCODER)
    shutil.copyfile(tokenizer, folder / TOKENIZER)
    return rewrite_card(folder, card=card)


def rewrite_card(folder: Path, *, card: Mapping[str, Any]) -> ModelFolder:
    """Write model.json of a folder whose files are all there, and read the folder back."""
    names = [name for name in (ENCODER, TOKENIZER, ARTICLE) if (folder / name).is_file()]
    files = {name: sha256_of(folder / name) for name in names}
    whole = {"format": FORMAT, **card, "files": files}
    write_whole(folder / CARD, json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    return read_model_folder(folder)


def put_in_place(folder: Path, out: Path) -> None:
    """Give a finished folder its name; a reader sees all of it or nothing."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder.replace(out)
