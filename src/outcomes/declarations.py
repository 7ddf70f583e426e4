"""Text that people write (study.toml, instruments, walk rules), read against a strict schema.

A mistake is answered with the line it stands on, the rule and the mend. Unknown keys are mistakes.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from yaml.reader import Reader

from outcomes.errors import FileError, one_of

Key = tuple[str | int, ...]


class Declaration(BaseModel):
    """A part of a file that a person writes: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, populate_by_name=True)


D = TypeVar("D", bound=Declaration)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times faster in C


def read_toml(path: Path, model: type[D]) -> D:
    """Read a TOML file that a person wrote.

    Raises:
        FileError: The file is missing, is not TOML, or breaks the schema; says line and mend.
    """
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(path, *_toml_problem(str(error))) from None
    return _validate(path, data, model=model, line_of=lambda key: toml_line(text, key))


def read_yaml(path: Path, model: type[D]) -> D:
    """Read a YAML file that a person wrote.

    Raises:
        FileError: The file is missing, is not YAML, has a key twice, or breaks the schema.
    """
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=_LOADER)
        _refuse_double_keys(path, node)
        data = yaml.load(text, Loader=_LOADER)
    except ValueError as error:  # 2026-02-30 looks like a date and is none
        raise FileError(
            path, "", f"a date or a number is wrong: {error}", "Correct it, or put quotes around it"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        bad = Reader.NON_PRINTABLE.search(text)  # a character that no text may hold has no mark
        line = mark.line if mark else text[: bad.start()].count("\n") if bad else None
        place = "" if line is None else f"line {line + 1}"
        reason = getattr(error, "reason", "this is not YAML")
        problem = str(getattr(error, "problem", None) or reason)
        raise FileError(
            path, place, problem, "Check the indentation, the colons and the quotes there"
        ) from None
    if not isinstance(data, dict):
        raise FileError(path, "line 1", "this is not a list of `key: value` lines", "See surveys/")
    return _validate(path, data, model=model, line_of=lambda key: _yaml_line(node, key))


def toml_line(text: str, key: Key) -> int | None:
    """Find the line of a TOML document on which a key stands, or the table that should hold it."""
    table: Key = ()
    counts: dict[Key, int] = {}  # how many tables of an array there were, by its full key
    best: tuple[int, int] | None = None  # (how many parts of the key match, line)
    for line, statement, data in _toml_statements(text):
        if statement.startswith("["):
            table = _toml_table(data, counts, array=statement.startswith("[["))
            paths = [table]
        else:
            paths = [(*table, *path) for path in _toml_paths(data)]
        for path in paths:
            shared = min(len(path), len(key))
            if shared and path[:shared] == key[:shared] and (best is None or shared > best[0]):
                best = (shared, line)
    return best[1] if best else None


def _toml_statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Cut a document into its statements, each with its line; TOML's own parser finds the ends."""
    waiting: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        waiting.append(line)
        try:
            data = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue  # a text or a list that goes on in the next line
        if data:
            yield number - len(waiting) + 1, waiting[0].strip(), data
        waiting = []


def _toml_table(data: dict[str, Any], counts: dict[Key, int], *, array: bool) -> Key:
    """Say which table a header opens; inside an array of tables it is in the last one."""
    found: Key = ()
    inner: Any = data
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        found = (*found, name)
        opened = array and isinstance(inner, list)
        if opened:
            counts[found] = counts.get(found, -1) + 1
        if found in counts:
            found = (*found, counts[found])
    return found


def _toml_paths(data: Any) -> Iterator[Key]:
    """List the keys of a statement: one, or several where it holds an inline table."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in pairs:
        yield (name,)
        if isinstance(value, (dict, list)):
            yield from ((name, *path) for path in _toml_paths(value))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        problem = "this is no file that can be read" if path.exists() else "there is no such file"
        raise FileError(path, "", problem, "Check the name") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FileError(
            path, f"line {line}", "this is not UTF-8 text", "Save the file as UTF-8"
        ) from None


def _toml_problem(message: str) -> tuple[str, str, str]:
    """Say a syntax error as place, problem and mend."""
    match = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", message)
    problem = match[1] if match else message
    place = f"line {match[2]}" if match and match[2] else "last line"
    if any(words in problem for words in ("overwrite", "twice", "Duplicate")):
        return place, "a key or a table stands here for the second time", "Remove or rename it"
    mend = 'Text needs quotes, "like this", and every [ needs its ]'
    return place, problem[:1].lower() + problem[1:], mend


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
    waiting, done = [node], set()
    while waiting:
        node = waiting.pop()
        if id(node) in done:  # an alias may point to what holds it
            continue
        done.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            seen: set[str] = set()
            for name in (name for name, _ in node.value if isinstance(name, yaml.ScalarNode)):
                if name.value in seen:
                    raise FileError(
                        path,
                        f"line {name.start_mark.line + 1}",
                        f"{name.value!r} stands twice in the same block",
                        "Remove or rename one of the two",
                    )
                seen.add(name.value)


def _yaml_line(node: yaml.Node | None, key: Key) -> int | None:
    line = None
    for part in key:
        if isinstance(node, yaml.MappingNode):
            pairs = {str(name.value): (name, value) for name, value in node.value}
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
