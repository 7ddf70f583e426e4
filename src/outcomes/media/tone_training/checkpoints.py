"""Where a run stands after each epoch, so that one that was killed can go on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import FileError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of one network after some epochs."""

    digest: str  # of what is trained, from what, and how
    epochs: int  # done
    losses: tuple[float, ...]  # the mean of each epoch
    cpu_seconds: float
    peak_megabytes: float
    network: Any  # its weights
    optimizer: Any


def keep_checkpoint(path: Path, state: Checkpoint) -> None:
    """Write a checkpoint over the one before, whole or not at all."""
    import torch

    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: getattr(state, name) for name in Checkpoint.__slots__}, part)
    part.replace(path)


def find_checkpoint(path: Path, *, digest: str) -> Checkpoint | None:
    """Read the last checkpoint of a run, or nothing where there is none yet.

    Raises:
        FileError: It belongs to a run of other material, another recipe or another seed, or it
            cannot be read.
    """
    import torch

    if not path.is_file():
        return None
    mend = f"Delete the folder {path.parent.name} beside the model, and train without --resume"
    try:
        held = torch.load(path, weights_only=True)
        found = Checkpoint(**{**held, "losses": tuple(held["losses"])})
    except Exception as error:  # the library raises many kinds for a broken file
        problem = f"this checkpoint cannot be read ({type(error).__name__})"
        raise FileError(path, "", problem, mend) from None
    if found.digest != digest:
        problem = "this run was begun with other material, another recipe, base, seed or threads"
        raise FileError(path, "", problem, f"Give the same again. Or: {mend}")
    return found
