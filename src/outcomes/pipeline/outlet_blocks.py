"""Write outlets, feeds and decisions into the text of study.toml, and leave every other byte."""

import copy
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from outcomes.errors import FileError, OutcomesError
from outcomes.settings import read_settings
from outcomes.study import Study, open_study, write_whole

_AS_BLOCKS = (
    "study.toml writes its outlets in a way that nothing can be put behind. Write each outlet as a "
    "block, [[outlets]], and each of its feeds as [[outlets.feeds]]"
)
_NOT_THERE = (  # what an unexpected way of writing ends in
    tomllib.TOMLDecodeError,
    tomlkit.exceptions.TOMLKitError,
    AttributeError,
    LookupError,
    TypeError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """A header or a line of a TOML document, perhaps of several lines."""

    end: int  # how many lines of the document it and all before it take
    header: tuple[str, ...]  # ("outlets", "feeds") of [[outlets.feeds]]; empty if it is none


def outlet_lines(values: Mapping[str, Any]) -> list[str]:
    """Write an outlet as an ``[[outlets]]`` block, with a block for each of its feeds."""
    lines = ["[[outlets]]", *_pairs({k: v for k, v in values.items() if k != "feeds"})]
    for feed in values.get("feeds", ()):
        lines += ["", *feed_lines(feed)]
    return lines


def feed_lines(values: Mapping[str, Any]) -> list[str]:
    """Write a feed as an ``[[outlets.feeds]]`` block."""
    return ["[[outlets.feeds]]", *_pairs(values)]


def with_outlets(text: str, outlets: Sequence[Mapping[str, Any]]) -> str:
    """Put new outlets behind the last one, or at the end of the file.

    Raises:
        OutcomesError: The file writes its outlets in a way that no block can be put behind.
    """

    def change(text: str) -> str:
        count = len(tomllib.loads(text).get("outlets", []))
        end = _end_of(text, count - 1) if count else text.rstrip("\n").count("\n") + 1
        return _put(text, end, [line for each in outlets for line in ("", *outlet_lines(each))])

    return _changed(text, change, lambda data: data.setdefault("outlets", []).extend(outlets))


def with_feed(text: str, outlet: int, values: Mapping[str, Any]) -> str:
    """Put a new feed behind the others of an outlet.

    Args:
        text: study.toml.
        outlet: Which of its outlets, from 0.
        values: Of the feed.

    Raises:
        OutcomesError: The file writes its outlets in a way that no feed can be put there.
    """

    def change(text: str) -> str:
        feeds = tomllib.loads(text)["outlets"][outlet].get("feeds", [])
        if feeds and not _feed_ends(text, outlet):  # feeds = [{ url = "…" }]
            document: Any = tomlkit.parse(text)
            row = tomlkit.inline_table()
            row.update(values)
            document["outlets"][outlet]["feeds"].append(row)
            return tomlkit.dumps(document)
        return _put(text, _end_of(text, outlet), ["", *feed_lines(values)])

    return _changed(
        text, change, lambda data: data["outlets"][outlet].setdefault("feeds", []).append(values)
    )


def with_feed_value(text: str, outlet: int, feed: int, *, name: str, value: Any) -> str:
    """Set one value of a feed: ``last``, or ``robots``.

    Args:
        text: study.toml.
        outlet: Which of its outlets, from 0.
        feed: Which of the outlet's feeds, from 0.
        name: The key.
        value: What it is set to; a mapping is written in one line.

    Raises:
        OutcomesError: The file writes its outlets in a way that the value cannot be put there.
    """

    def change(text: str) -> str:
        ends = _feed_ends(text, outlet)
        known = tomllib.loads(text)["outlets"][outlet]["feeds"][feed]
        if name not in known and feed < len(ends):
            return _put(text, ends[feed], _pairs({name: value}))
        document: Any = tomlkit.parse(text)
        row = document["outlets"][outlet]["feeds"][feed]
        row[name] = _inline(value) if isinstance(value, Mapping) else value
        return tomlkit.dumps(document)

    def same(data: dict[str, Any]) -> None:
        data["outlets"][outlet]["feeds"][feed][name] = value

    return _changed(text, change, same)


def rewrite(study: Study, change: Callable[[str], str]) -> Study:
    """Change study.toml: whole, valid, and never over a change that somebody else made meanwhile.

    Args:
        study: The study.
        change: Gives the new text for the old one.

    Returns:
        The study with its new settings.

    Raises:
        FileError: The new text breaks a rule, or the file changed meanwhile; nothing was written.
    """
    path = study.root / "study.toml"
    draft = path.with_name(f"study.toml.{os.getpid()}.draft")
    before = path.read_bytes()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    after = mark + change(before.decode("utf-8-sig")).encode("utf-8")
    try:
        write_whole(draft, after)
        _check(draft, path)
        if path.read_bytes() != before:
            raise FileError(
                path, "", "somebody changed it meanwhile, so nothing was written", "Try it again"
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return open_study(study.root)


def _check(draft: Path, path: Path) -> None:
    try:
        read_settings(draft)
    except FileError as error:
        _, _, key = error.place.rpartition(", ")
        raise FileError(path, key, f"{error.problem}, so nothing was written", error.mend) from None


def _changed(
    text: str, change: Callable[[str], str], same: Callable[[dict[str, Any]], None]
) -> str:
    """Change a text, and compare what it says now with what it should say."""
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    plain = text.replace("\r\n", "\n") if windows else text
    wanted = copy.deepcopy(tomllib.loads(plain))
    try:
        same(wanted)
        made = change(plain)
        sound = tomllib.loads(made) == wanted
    except _NOT_THERE:
        sound = False
    if not sound:
        raise OutcomesError(_AS_BLOCKS)
    return made.replace("\n", "\r\n") if windows else made


def _put(text: str, end: int, lines: list[str]) -> str:
    """Put lines behind the first ``end`` lines of a text."""
    rows = text.split("\n")
    head, tail = rows[:end], rows[end:]
    if not any(tail):
        tail = [""]
    return "\n".join((*head, *lines, *tail))


def _statements(text: str) -> list[_Statement]:
    """Cut a document into its statements; TOML's own parser finds where each ends."""
    found, waiting = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        waiting.append(line)
        try:
            data = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue  # a text or a list that goes on in the next line
        if data:
            opens = waiting[0].lstrip().startswith("[")
            found.append(_Statement(end=number, header=_header(data) if opens else ()))
        waiting = []
    return found


def _header(data: Any) -> tuple[str, ...]:
    path: tuple[str, ...] = ()
    while data:
        if isinstance(data, list):
            data = data[0]
            continue
        name, data = next(iter(data.items()))
        path = (*path, name)
    return path


def _end_of(text: str, outlet: int) -> int:
    """Say how many lines an outlet's block and all before it take."""
    blocks = _outlet_statements(text)
    if outlet >= len(blocks):
        raise LookupError
    return blocks[outlet][-1].end


def _feed_ends(text: str, outlet: int) -> list[int]:
    """Say for each feed block of an outlet where its own values end, before tables in it."""
    ends: list[int] = []
    inside = False
    blocks = _outlet_statements(text)
    for statement in blocks[outlet] if outlet < len(blocks) else []:
        if statement.header == ("outlets", "feeds"):
            ends.append(statement.end)
        if statement.header:
            inside = statement.header == ("outlets", "feeds")
        elif inside:
            ends[-1] = statement.end
    return ends


def _outlet_statements(text: str) -> list[list[_Statement]]:
    """The statements of each outlet's block, its header first."""
    blocks: list[list[_Statement]] = []
    inside = False
    for statement in _statements(text):
        if statement.header:
            inside = statement.header[0] == "outlets"
        if statement.header == ("outlets",):
            blocks.append([])
        if inside and blocks:
            blocks[-1].append(statement)
    return blocks


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_item(value)}" for name, value in values.items()]


def _item(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    text: str = tomlkit.item(value).as_string()
    return text


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table
