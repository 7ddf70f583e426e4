"""An instrument as YAML text, laid out as a social scientist would write it by hand."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from outcomes.surveys.instrument import Instrument

_WIDTH = 100  # columns of a line
_BLOCKS = (  # keys that stand together; an empty line stands between blocks
    ("id", "version", "title", "languages", "population", "rank_groups"),
    ("source",),
    ("licence",),
    ("notice",),
    ("thanks",),
    ("code",),
    ("choices",),
    ("missing",),
    ("groups",),
    ("items",),
    ("scales",),
    ("paper",),
)
_ITEM = (
    *("name", "type", "label", "hint", "required", "relevant", "constraint"),
    *("constraint_message", "calculation", "appearance", "group", "waves", "privacy"),
    "looks_back_on",
)
_TEXTS = frozenset(("title", "notice", "thanks", "label", "hint", "intro", "constraint_message"))
_CODES = frozenset(("version", "missing"))  # values that may be written as bare numbers
_BARE = re.compile(r"[^\W_]|[_$(.¿¡]")  # what unquoted text may begin with
_ODD = re.compile(
    "[^\t\n -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"
)
_RESOLVER: Any = yaml.resolver.Resolver()
_STR = "tag:yaml.org,2002:str"


def to_yaml(instrument: Instrument) -> str:
    """Write an instrument as the YAML text that ``read_instrument`` reads.

    Keys stand in the order of the shipped instruments, texts as ``label::en``, long texts are
    folded, defaults are left out, and whatever YAML would change on the way (yes, 1.0, dates) is
    quoted.

    Returns:
        The text; read back, it gives an equal instrument with the same ``content_hash``.
    """
    content = instrument.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    languages = instrument.languages
    blocks = []
    for keys in _BLOCKS:
        lines = [
            line
            for key in keys
            if key in content
            for line in _block(key, content[key], languages=languages)
        ]
        if lines:
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _block(key: str, value: Any, *, languages: Sequence[str]) -> Iterator[str]:
    if key == "choices":
        yield "choices:"
        for name, choices in value.items():
            yield f"  {_scalar(name)}:"
            yield from _choices(choices, languages=languages)
    elif key in {"groups", "scales"}:  # their names are the author's, and may be `label` or `title`
        yield f"{key}:"
        for name, part in value.items():
            yield f"  {_scalar(name)}:" + ("" if part else " {}")
            for inner in part:
                yield from _entry(inner, part[inner], indent=4, languages=languages)
    elif key == "items":
        yield "items:"
        yield from _items(value, languages=languages)
    else:
        yield from _entry(key, value, indent=0, languages=languages)


def _choices(choices: Sequence[Mapping[str, Any]], *, languages: Sequence[str]) -> Iterator[str]:
    """Write each choice on one line, or all of them as blocks where one line is too short."""
    rows = []
    for choice in choices:
        label = _in_order(choice["label"], languages)
        parts = [f"name: {_code(choice['name'], flow=True)}"]
        parts += [f"{_key('label', of)}: {_scalar(text, flow=True)}" for of, text in label]
        rows.append("    - {" + ", ".join(parts) + "}")
    if all(len(row) <= _WIDTH for row in rows):
        yield from rows
        return
    for choice in choices:
        yield f"    - name: {_code(choice['name'])}"
        yield from _entry("label", choice["label"], indent=6, languages=languages)


def _items(items: Sequence[Mapping[str, Any]], *, languages: Sequence[str]) -> Iterator[str]:
    """Write the items, with an empty line wherever another group begins."""
    before = items[0].get("group")
    for item in items:
        if item.get("group") != before:
            yield ""
        before = item.get("group")
        yield from _listed(item, indent=2, languages=languages, order=_ITEM)


def _listed(
    part: Mapping[str, Any], *, indent: int, languages: Sequence[str], order: Sequence[str] = ()
) -> Iterator[str]:
    """Write one mapping of a list: a dash before its first line."""
    keys = [key for key in order if key in part] + [key for key in part if key not in order]
    lines = [
        line
        for key in keys
        for line in _entry(key, part[key], indent=indent + 2, languages=languages)
    ]
    yield " " * indent + "- " + lines[0][indent + 2 :]
    yield from lines[1:]


def _entry(key: str, value: Any, *, indent: int, languages: Sequence[str]) -> Iterator[str]:
    """Write one key with its value."""
    space = " " * indent
    if key in _TEXTS and isinstance(value, dict):
        for language, text in _in_order(value, languages):
            yield from _text(f"{space}{_key(key, language)}:", text, indent=indent + 2)
    elif isinstance(value, dict):
        yield f"{space}{_scalar(key)}:" + ("" if value else " {}")
        for name, inner in value.items():
            yield from _entry(name, inner, indent=indent + 2, languages=languages)
    elif isinstance(value, list):
        yield from _list(f"{space}{_scalar(key)}:", value, key=key, languages=languages)
    elif isinstance(value, str):
        if key in _CODES:
            yield f"{space}{key}: {_code(value)}"
        else:
            yield from _text(f"{space}{_scalar(key)}:", value, indent=indent + 2)
    else:
        yield f"{space}{_scalar(key)}: {json.dumps(value)}"


def _list(start: str, values: list[Any], *, key: str, languages: Sequence[str]) -> Iterator[str]:
    indent = len(start) - len(start.lstrip()) + 2
    if values and isinstance(values[0], dict):
        yield start
        for value in values:
            yield from _listed(value, indent=indent, languages=languages)
        return
    write = _code if key in _CODES else _scalar
    line = f"{start} [" + ", ".join(write(value, flow=True) for value in values) + "]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield start
    for value in values:
        yield " " * indent + f"- {write(value)}"


def _text(start: str, text: str, *, indent: int) -> Iterator[str]:
    """Write a text on its line, folded where it is long, as it is where it has several lines."""
    line = f"{start} {_scalar(text)}"
    space = " " * indent
    lines = text.split("\n")
    whole = not _ODD.search(text) and text == text.strip()
    if whole and len(lines) > 1 and all(each == each.strip() for each in lines):
        yield f"{start} |-"
        yield from (space + each if each else "" for each in lines)
    elif whole and len(line) > _WIDTH and _folds(text):
        yield f"{start} >-"
        wrapped = textwrap.wrap(
            text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False
        )
        yield from (space + each for each in wrapped)
    else:
        yield line


def _folds(text: str) -> bool:
    """Say whether single spaces are the only breaks, so that folding changes nothing."""
    return " ".join(re.split(r"[ \t\n\r\f\v]+", text)) == text


def _in_order(texts: Mapping[str, str], languages: Sequence[str]) -> list[tuple[str, str]]:
    known = [language for language in languages if language in texts]
    return [(each, texts[each]) for each in dict.fromkeys((*known, *texts))]


def _key(name: str, language: str) -> str:
    return _scalar(f"{name}::{language}", flow=True)


def _code(text: str, *, flow: bool = False) -> str:
    """Write an answer's code: a whole number bare, as a person would."""
    return text if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else _scalar(text, flow=flow)


@lru_cache(maxsize=4096)
def _scalar(text: str, *, flow: bool = False) -> str:
    """Write text bare where YAML reads it back as the same text, else in double quotes."""
    plain = (
        _BARE.match(text)
        and not text.endswith((":", " "))
        and not re.search(r": |:\t|\s#|[\n\r\t]", text)
        and not _ODD.search(text)
        and not (flow and re.search(r"[,?\[\]{}]|:[\"']", text))
        and _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == _STR
    )
    if plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", quoted)
