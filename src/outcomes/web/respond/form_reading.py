"""What a posted page says: read from its fields, kept as it was typed."""

import json
import re
from collections.abc import Sequence
from typing import Protocol

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_codes import hashed_elements, tidy_element
from outcomes.surveys.parts import CodeElement, Item, SelfCode
from outcomes.web.respond.steps import Body, Step

NOT_SAY = "prefer not"  # with a space, which no code of an answer in use should have
LONGEST = 20_000  # characters of one answer
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # all but tab and line feed


class Fields(Protocol):
    """The fields of a posted form."""

    def get(self, name: str, default: str, /) -> str:
        """Give the value of a field, or what stands for none."""

    def getlist(self, name: str, /) -> Sequence[str]:
        """Give all values of a field."""


def read_page(instrument: Instrument, step: Step, *, fields: Fields) -> Body:
    """Read a page of questions; only items that the page showed are in what it says.

    An item that is marked "I prefer not to answer" is stored without an answer, whatever else was
    typed: the mark is the respondent's last word.
    """
    asked = set(fields.getlist("asked"))
    skips = set(fields.getlist("skip"))
    answers: dict[str, str] = {}
    skipped: list[str] = []
    for item in instrument.items:
        if item.name not in step.items or not item.asked or item.name not in asked:
            continue
        given = _given(item, fields)
        if item.name in skips or given == NOT_SAY:
            skipped.append(item.name)
            given = ""
        answers[item.name] = given
    return Body(answers=answers, skipped=tuple(skipped))


def read_elements(code: SelfCode, fields: Fields) -> dict[str, str]:
    """Read what was typed for a self-made code; it must be hashed at once and kept nowhere."""
    return {each.name: fields.get(f"code.{each.name}", "")[:40].strip() for each in code.elements}


def wrong_elements(code: SelfCode, typed: dict[str, str]) -> tuple[CodeElement, ...]:
    """List the elements in which something was typed that cannot be used."""
    return tuple(
        each
        for each in code.elements
        if typed[each.name] and not tidy_element(each, typed[each.name])
    )


def code_body(key: bytes, code: SelfCode, *, typed: dict[str, str], before: Body | None) -> Body:
    """Hash the elements; one that is left empty keeps what was given before."""
    given = hashed_elements(key, code, typed)
    earlier = before.code if before else {}
    return Body(code={name: seal or earlier.get(name, "") for name, seal in given.items()})


def as_json(body: Body) -> str:
    """Write a page as it is stored: the same page always gives the same text."""
    content: dict[str, object] = {"answers": dict(body.answers)}
    if body.skipped:
        content["skipped"] = list(body.skipped)
    if body.code:
        content["code"] = dict(body.code)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Body:
    """Read a page as it was stored; what is no page of this program's says nothing."""
    try:
        content = json.loads(text)
    except ValueError:
        return Body()
    if not isinstance(content, dict):
        return Body()
    return Body(
        answers=content.get("answers", {}),
        skipped=tuple(content.get("skipped", ())),
        code=content.get("code", {}),
    )


def _given(item: Item, fields: Fields) -> str:
    name = f"a.{item.name}"
    if item.many:
        return " ".join(dict.fromkeys(_plain(each) for each in fields.getlist(name)))
    return _plain(fields.get(name, "")).strip()


def _plain(text: str) -> str:
    """Write line breaks one way, and leave out signs that nobody types."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]
