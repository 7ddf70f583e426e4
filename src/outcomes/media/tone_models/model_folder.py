"""A model of tone as a folder of files: what it is, and that none of them has changed.

model.json says name, version, licence and material, and the sha256 of the others; encoder.onnx
leads from the tokens of one sentence to the tone toward its target; tokenizer.json from text to
tokens, with the marks [T] and [/T] around the target; article.json from sentences to the article.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outcomes.errors import FileError
from outcomes.media.tone_models.blinding import blinding_digest

FORMAT = 1
CARD, ENCODER, TOKENIZER, ARTICLE = "model.json", "encoder.onnx", "tokenizer.json", "article.json"
_COPY_AGAIN = "Copy the whole folder again from where it was made, or train the model anew"


class _Card(BaseModel):
    """What model.json must say; it may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$")
    made_on: str = ""
    base: str = ""
    licence: str = ""
    longest: int = Field(ge=8, le=512)
    temperature: float = Field(gt=0, lt=100)
    blinded: bool = False
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A model whose files are there and unchanged."""

    path: Path
    name: str
    version: str
    made_on: str  # ISO day
    base: str  # the encoder that it was trained from
    licence: str
    longest: int  # tokens scored of one sentence, marks and end tokens included
    temperature: float  # the logits are divided by it
    blinded: bool  # sentences are read without who and where: blinding.py
    files: dict[str, str]  # name -> sha256
    card: dict[str, Any]  # all of model.json: material, recipe, figures

    @property
    def title(self) -> str:
        """Name and version: what stands beside every score, as ``tone-small 1``."""
        return f"{self.name} {self.version}"

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that differ wherever a score can: of files, window, temperature.

        Of a blinded model also of the words that it does not get to read.
        """
        parts = [sorted(self.files.items()), self.longest, self.temperature]
        said = json.dumps([*parts, blinding_digest()] if self.blinded else parts)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def encoder(self) -> Path:
        """Where the weights are."""
        return self.path / ENCODER

    @property
    def tokenizer(self) -> Path:
        """Where the tokenizer is."""
        return self.path / TOKENIZER

    @property
    def article(self) -> Path:
        """Where the weights are that lead from sentences to the article; not there in a draft."""
        return self.path / ARTICLE


def shipped_folder() -> Path:
    """Say where the model is that comes with the package."""
    return Path(__file__).with_name("tone_small")


def read_model_folder(path: Path) -> ModelFolder:
    """Read a model folder, and hold each of its files to the sha256 that model.json gives.

    Args:
        path: The folder. ``article.json`` may be missing while a model is being made: then it
            can score sentences, but no articles.

    Returns:
        What the folder is, with the paths of its files; nothing heavy is loaded.

    Raises:
        FileError: The folder or a file is missing, a file is not the one that the model was made
            with, or model.json breaks a rule.
    """
    if not path.is_dir():
        raise FileError(
            path, "", "there is no such model folder", "Give a folder that holds model.json"
        )
    content = _read_card(path / CARD)
    card = _checked_card(path / CARD, content)
    for name in (ENCODER, TOKENIZER):
        if name not in card.files:
            raise FileError(path / CARD, "files", f"{name} is not among them", _COPY_AGAIN)
    for name, sha256 in card.files.items():
        _check_file(path, name, sha256=sha256)
    if ARTICLE not in card.files and (path / ARTICLE).exists():
        raise FileError(path / CARD, "files", f"{ARTICLE} is there but not listed", _COPY_AGAIN)
    known = card.model_dump(exclude={"format"})
    return ModelFolder(path=path, card=content, **known)


def sha256_of(path: Path) -> str:
    """Say the sha256 of a file in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_card(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except FileNotFoundError:
        raise FileError(
            path, "", "the file is missing", "A model folder holds model.json; give such a folder"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(path, "", f"this cannot be read as JSON: {error}", _COPY_AGAIN) from None
    if not isinstance(content, dict):
        raise FileError(path, "", "this is not a JSON object", _COPY_AGAIN)
    return content


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _checked_card(path: Path, content: dict[str, Any]) -> _Card:
    given = content.get("format")
    if given != FORMAT or isinstance(given, bool):
        raise FileError(
            path,
            "format",
            f"this program reads format {FORMAT}, and the model says {given!r}",
            "Install the version of outcomes that the model was made with, or train it anew",
        )
    try:
        card = _Card.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(part) for part in first["loc"])
        raise FileError(path, place, first["msg"], _COPY_AGAIN) from None
    if not math.isfinite(card.temperature):
        raise FileError(path, "temperature", "it must be a number above 0", _COPY_AGAIN)
    return card


def _check_file(folder: Path, name: str, *, sha256: str) -> None:
    if name != Path(name).name or name in {"", ".", "..", CARD} or "\\" in name:
        raise FileError(folder / CARD, f"files, {name}", "this is no file's name", _COPY_AGAIN)
    path = folder / name
    if not path.is_file():
        raise FileError(path, "", "this file of the model is missing", _COPY_AGAIN)
    try:
        found = sha256_of(path)
    except OSError as error:
        raise FileError(path, "", f"this cannot be read: {error.strerror}", _COPY_AGAIN) from None
    if found != sha256:
        raise FileError(
            path,
            "",
            "this is not the file that the model was made with (its sha256 is "
            f"{found[:12]}…, and model.json says {str(sha256)[:12]}…)",
            _COPY_AGAIN,
        )
