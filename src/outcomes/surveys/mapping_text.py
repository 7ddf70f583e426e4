"""A mapping as a text file that people read and edit, with what is left to decide as comments."""

import json
from collections.abc import Iterator, Mapping, Sequence

from outcomes.surveys.answer_codes import Undecided
from outcomes.surveys.answer_files import TITLES
from outcomes.surveys.answer_mapping import NOT_TICKED, TICKED, AnswerMapping, ItemSource
from outcomes.surveys.mapping_proposal import Proposal

_HEAD = """\
# How the columns of {file} become answers of the instrument {instrument}.
# Made by outcomes; read it, and change what is wrong. Lines that begin with # do nothing:
# where something is to be decided, they say what is likely. Take the # away to use them.
# Columns that say who answered (names, addresses, devices) are never stored, whatever stands here.
"""


def mapping_text(proposal: Proposal) -> str:
    """Write a proposal as TOML; a line for each decision, and comments for the open ones.

    A proposal without one sure item is written too, to be completed by hand.
    """
    head = _HEAD.format(file=proposal.file.path.name, instrument=proposal.instrument.id)
    blocks = ["".join(f"{line}\n" for line in block) for block in _blocks(proposal)]
    return "\n".join([head, *blocks])


def _blocks(proposal: Proposal) -> Iterator[Sequence[str]]:
    mapping = proposal.mapping
    yield [
        f"kind = {_text(proposal.file.kind)}  # {TITLES[proposal.file.kind]}",
        f"instrument = {_text(proposal.instrument.id)}",
        *([f"weight = {_text(mapping.weight)}"] if mapping and mapping.weight else []),
    ]
    if mapping:
        yield from _roles(mapping)
    yield from _events(proposal.events)
    if mapping:
        yield from ([f"[items.{_key(n)}]", *_item(source)] for n, source in mapping.items.items())
    for name, each in proposal.undecided.items():
        yield _to_decide(name, each, separator=proposal.file.parsed.separator)
    if mapping and mapping.code:
        pairs = [f"{_key(name)} = {_text(column)}" for name, column in mapping.code.items()]
        yield ["[code]  # hashed when they are read; what was typed is not stored", *pairs]
    yield from _open_columns(proposal)
    ignored = {each.column: each.why for each in proposal.fates if each.fate == "ignored"}
    if ignored:
        yield ["[ignored]", *(f"{_key(name)} = {_text(why)}" for name, why in ignored.items())]


def _events(found: Mapping[str, Sequence[str]]) -> Iterator[Sequence[str]]:
    for column, events in found.items():
        if len(events) > 1:
            yield [
                "# The file holds several occasions. Keep the rows of this wave's:",
                "# [[rows]]",
                f"# column = {_text(column)}",
                f"# keep = [{_text(events[0])}]  # in the file: {', '.join(map(_text, events))}",
                '# why = "it belongs to another occasion"',
            ]


def _roles(mapping: AnswerMapping) -> Iterator[Sequence[str]]:
    if mapping.respondent:
        yield [
            '[respondent]  # holds: "card code", "own id", or "response id" (of the tool, hashed)',
            f"column = {_text(mapping.respondent.column)}",
            f"holds = {_text(mapping.respondent.holds)}",
        ]
    else:
        yield ["# No column tells respondents apart: each row is taken for somebody else."]
    if mapping.place:
        place = mapping.place
        one = f"column = {_text(place.column)}" if place.column else f"place = {_text(place.place)}"
        answers = [f"answers = {_table(place.answers)}"] if place.answers else []
        yield ["[place]", one, *answers]
    if mapping.date:
        yield [
            '[date]  # not stored; outside: "say", or "leave out" rows outside the wave\'s days',
            f"column = {_text(mapping.date.column)}",
            f"order = {_text(mapping.date.order)}",
            f"outside = {_text(mapping.date.outside)}",
        ]
    for rule in mapping.rows:
        words = [f"{name} = {_list(getattr(rule, name))}" for name in ("keep", "drop")]
        listed = words[0] if rule.keep else words[1]
        yield ["[[rows]]", f"column = {_text(rule.column)}", listed, f"why = {_text(rule.why)}"]


def _item(source: ItemSource) -> Iterator[str]:
    if source.columns:
        yield f"columns = {_table(source.columns)}"
        if source.ticked != TICKED:
            yield f"ticked = {_list(source.ticked)}"
        if source.not_ticked != NOT_TICKED:
            yield f"not_ticked = {_list(source.not_ticked)}"
    else:
        yield f"column = {_text(source.column)}"
        table = isinstance(source.answers, Mapping)
        yield f"answers = {_table(source.answers) if table else _text(str(source.answers))}"  # type: ignore[arg-type]
    if source.separator != " ":
        yield f"separator = {_text(source.separator)}"
    if source.empty:
        yield f"empty = {_list(source.empty)}"
    if source.otherwise:
        yield f"otherwise = {_text(source.otherwise)}"


def _to_decide(name: str, each: Undecided, *, separator: str) -> Sequence[str]:
    lines = [
        f"# To decide: {each.why}.".replace("\n", " "),
        f"# [items.{_key(name)}]",
        f"# column = {_text(each.column)}",
        f"# answers = {_table(each.table)}",
    ]
    if separator != " ":
        lines.append(f"# separator = {_text(separator)}")
    if each.empty:
        lines.append(f"# empty = {_list(each.empty)}")
    return lines


def _open_columns(proposal: Proposal) -> Iterator[Sequence[str]]:
    waiting = {each.column for each in proposal.undecided.values()}
    for fate in proposal.fates:
        if fate.fate != "open" or fate.column in waiting:
            continue
        similar = proposal.similar.get(fate.column, ())
        if not similar:
            yield [f"# Open, and not stored: column {_text(fate.column)}; no item is like it."]
            continue
        yield [
            f"# Open, and not stored until you decide; perhaps {', '.join(similar)}:",
            f"# [items.{_key(similar[0])}]",
            f"# column = {_text(fate.column)}",
            '# answers = "value"  # or "label"',
        ]


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    bare = name.isascii() and bool(name) and all(x.isalnum() or x in "_-" for x in name)
    return name if bare else _text(name)


def _list(words: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, words)) + "]"


def _table(pairs: Mapping[str, str]) -> str:
    if not pairs:
        return "{}"
    return "{ " + ", ".join(f"{_text(one)} = {_text(other)}" for one, other in pairs.items()) + " }"
