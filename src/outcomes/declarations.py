"""Text that people write (study.toml, instruments, walk rules), read against a strict schema.

A mistake is answered with the line it stands on, the rule and the mend. Unknown keys are mistakes.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from outcomes.errors import FileError, one_of

Key = tuple[str | int, ...]


class Declaration(BaseModel):
    """A part of a file that a person writes: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, populate_by_name=True)


D = TypeVar("D", bound=Declaration)


def read_toml(path: Path, model: type[D]) -> D:
    """Read a TOML file that a person wrote.

    Raises:
        FileError: The file is missing, is not TOML, or breaks the schema; says line and mend.
    """
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place, problem = _toml_place(str(error))
        raise FileError(
            path, place, problem, 'Text needs quotes, "like this", and every [ needs its ]'
        ) from None
    return _validate(path, data, model=model, line_of=lambda key: toml_line(text, key))


def read_yaml(path: Path, model: type[D]) -> D:
    """Read a YAML file that a person wrote.

    Raises:
        FileError: The file is missing, is not YAML, has a key twice, or breaks the schema.
    """
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_double_keys(path, node)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or "this is not YAML")
        raise FileError(
            path, place, problem, "Check the indentation, the colons and the quotes there"
        ) from None
    if not isinstance(data, dict):
        raise FileError(path, "line 1", "this is not a list of `key: value` lines", "See surveys/")
    return _validate(path, data, model=model, line_of=lambda key: _yaml_line(node, key))


def toml_line(text: str, key: Key) -> int | None:
    """Find the line of a TOML document on which a key stands, or the table that should hold it."""
    header: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    best: tuple[int, int] | None = None  # (how many parts of the key match, line)
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if match := re.match(r"^(\[\[?)\s*([\w.\"'-]+)\s*\]\]?", stripped):
            header = [part.strip("\"'") for part in match[2].split(".")]
            if match[1] == "[[":
                name = tuple(header)
                counts[name] = counts.get(name, -1) + 1
                header.append(counts[name])
            best = _better(best, header, key=key, line=number)
        elif match := re.match(r"^([\w\"'.-]+)\s*=", stripped):
            path = [*header, *(part.strip("\"'") for part in match[1].split("."))]
            best = _better(best, path, key=key, line=number)
    return best[1] if best else None


def _better(
    best: tuple[int, int] | None, path: Sequence[str | int], *, key: Key, line: int
) -> tuple[int, int] | None:
    shared = min(len(path), len(key))
    if not shared or tuple(path[:shared]) != key[:shared]:
        return best
    return (shared, line) if best is None or shared > best[0] else best


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FileError(
            path, f"line {line}", "this is not UTF-8 text", "Save the file as UTF-8"
        ) from None


def _toml_place(message: str) -> tuple[str, str]:
    match = re.search(r"^(.*) \(at line (\d+), column \d+\)$", message)
    return (f"line {match[2]}", match[1].lower()) if match else ("last line", message.lower())


def _validate(path: Path, data: dict[str, Any], *, model: type[D], line_of: Any) -> D:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = min(
            error.errors(),
            key=lambda found: (found["type"] != "extra_forbidden", line_of(found["loc"]) or 0),
        )
        key = tuple(first["loc"])
        line = line_of(key)
        name = ".".join(str(part) for part in key if not isinstance(part, int))
        place = ", ".join(part for part in (f"line {line}" if line else "", name) if part)
        raise FileError(path, place, *_plain(first, model=model, key=key)) from None


def _plain(found: Any, *, model: type[BaseModel], key: Key) -> tuple[str, str]:
    """Say a schema error as problem and mend, in plain words."""
    kind, context = found["type"], found.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key[-1]!r} is not a key that is known here", one_of(key[-1], _keys(model, key))
    if kind == "missing":
        return f"{key[-1]!r} is missing", "Add it"
    if kind == "value_error":
        problem, _, mend = str(context["error"]).partition(". ")
        return problem, mend or "Change one or the other"
    if kind in {"literal_error", "enum"}:
        return f"{found['input']!r} is not allowed", f"Write one of: {context['expected']}"
    got = f", got {found['input']!r}" if not isinstance(found["input"], (dict, list)) else ""
    return found["msg"].replace("Input should", "this should") + got, "Change the value"


def _keys(model: type[BaseModel], key: Key) -> list[str]:
    """List the keys that the schema knows where an unknown one stands."""
    for part in key[:-1]:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _inner_model(model.model_fields[part].annotation)
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _inner_model(part):
            return found
    return None


def _refuse_double_keys(path: Path, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            if name.value in seen:
                raise FileError(
                    path,
                    f"line {name.start_mark.line + 1}",
                    f"{name.value!r} stands twice in the same block",
                    "Remove or rename one of the two",
                )
            seen.add(name.value)
            _refuse_double_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(path, value)


def _yaml_line(node: yaml.Node | None, key: Key) -> int | None:
    line = None
    for part in key:
        if isinstance(node, yaml.MappingNode):
            pairs = {name.value: (name, value) for name, value in node.value}
            if str(part) not in pairs:
                break
            name, node = pairs[str(part)]
            line = name.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
