"""Models from Hugging Face: what is on this machine, and a download that says what it takes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from outcomes.errors import DataError, FileError

WANTED = (  # weights that hold numbers and no program, and the words of the model
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
)


def library(name: str) -> Any:
    """Load a large library that comes only with the extra for training.

    Raises:
        DataError: It is not installed; says the command that does it.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise DataError(
            f"models from Hugging Face need {name}, which this computer does not have. "
            "Run: pip install 'outcomes[training]'"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What a download would take."""

    files: int
    size: int  # bytes that are not here yet; 0 where the site does not tell

    @property
    def sentence(self) -> str:
        """How large it is, in words."""
        files = "1 file" if self.files == 1 else f"{self.files} files"
        size = f"{self.size / 1e6:,.1f} MB" if self.size else "of unknown size"
        return f"{files}, {size}"


class Hub(Protocol):
    """Where models come from."""

    place: str  # its address

    def cached(self, name: str, revision: str) -> Path | None:
        """Find the folder of a model that is on this machine; asks nobody."""

    def plan(self, name: str, revision: str) -> Download:
        """Ask how much a download would take."""

    def download(self, name: str, revision: str) -> Path:
        """Download a model into the cache of this machine."""


class HuggingFaceHub:
    """The site huggingface.co, and the cache that it shares with other programs."""

    def __init__(self, *, place: str = "https://huggingface.co", cache: Path | None = None) -> None:
        """Name the site and the folder of the cache; by default those of Hugging Face."""
        self.place, self._cache = place, cache

    def cached(self, name: str, revision: str) -> Path | None:
        """Find the folder of a model that is on this machine; asks nobody."""
        try:
            found = Path(self._snapshot(name, revision, local_files_only=True))
        except DataError:
            raise
        except Exception:  # the library has a dozen ways to say that it is not here
            return None
        return found if is_model_folder(found) else None

    def plan(self, name: str, revision: str) -> Download:
        """Ask how much a download would take.

        Raises:
            DataError: The site does not answer, or has no such model.
        """
        files = self._online(name, revision, dry_run=True)
        new = [each for each in files if each.will_download]
        return Download(files=len(new), size=sum(each.file_size or 0 for each in new))

    def download(self, name: str, revision: str) -> Path:
        """Download a model into the cache of this machine.

        Raises:
            DataError: The site does not answer, or has no such model.
        """
        return Path(self._online(name, revision))

    def _online(self, name: str, revision: str, **how: Any) -> Any:
        try:
            return self._snapshot(name, revision, **how)
        except DataError:
            raise
        except Exception as error:  # of the network, the site or the disk
            raise DataError(
                f"{name} in the version {revision[:12]} cannot be had from {self.place} "
                f"({type(error).__name__}). Check the name, the revision and the network; nothing "
                "was changed here"
            ) from None

    def _snapshot(self, name: str, revision: str, **how: Any) -> Any:
        hub: Any = library("huggingface_hub")
        hub.utils.disable_progress_bars()
        return hub.snapshot_download(
            name,
            revision=revision,
            cache_dir=self._cache,
            allow_patterns=list(WANTED),
            token=False,  # nobody's access goes with the question
            endpoint=self.place,
            **how,
        )


def is_model_folder(folder: Path) -> bool:
    """Say whether a folder holds a model in the form of Hugging Face."""
    return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))


def folder_version(folder: Path) -> str:
    """Name the version of a model by all that its answers rest on: twelve letters and digits.

    Raises:
        FileError: A file cannot be read.
    """
    whole = hashlib.sha256()
    for path in _parts(folder):
        try:
            with path.open("rb") as file:
                whole.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            problem = f"it cannot be read ({error.strerror})"
            raise FileError(path, "", problem, "Make it readable for you") from None
    return whole.hexdigest()[:12]


def _parts(folder: Path) -> Sequence[Path]:
    return sorted({path for pattern in WANTED for path in folder.glob(pattern)})


def folder_size(folder: Path) -> int:
    """Say how large a model on this machine is, in bytes."""
    return sum(path.stat().st_size for path in _parts(folder))
