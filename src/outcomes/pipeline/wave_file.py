"""Write the study, its places and its waves into study.toml from a form, and leave the rest."""

import hashlib
import threading
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from outcomes.declarations import toml_line
from outcomes.errors import FileError, OutcomesError
from outcomes.settings import read_settings
from outcomes.study import Study, open_study, write_whole

_FIELDS = ("opens", "closes", "start", "first", "last")
BLANK = ("Our evaluation", "Our Police Department")  # name and agency that nobody has filled in
RESERVED = ("new",)  # a label that is the address of another page of the desk
_ONE_AT_A_TIME = threading.Lock()  # two people at the desk; an editor beside it is seen by its mark

Change = Callable[[str], str]


class FormFault(OutcomesError):  # noqa: N818 (reads as what is wrong)
    """A field of a form that breaks a rule; the sentence stands beside the field."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field  # "" where no one field is to blame
        super().__init__(sentence)


def mark_of(study: Study) -> str:
    """Give the mark of study.toml as it is now: a form carries it, to see whether it changed."""
    return hashlib.sha256(_toml(study).read_bytes()).hexdigest()


def is_blank(study: Study) -> bool:
    """Say whether the study still has the name or the agency of the template."""
    about = study.settings.study
    return about.name == BLANK[0] or about.agency == BLANK[1]


def change_about(study: Study, fields: Mapping[str, str], *, mark: str) -> Study:
    """Write whose study this is: name, agency, first, last and time zone.

    Args:
        study: The study.
        fields: ``name``, ``agency``, ``first``, ``last``, ``time_zone``, as typed.
        mark: Of the file that the form was made from.

    Returns:
        The study with its new settings.

    Raises:
        FormFault: A field breaks a rule, or the file changed since; nothing was written.
    """
    values = {name: _value(name, fields) for name in ("name", "agency", "first", "last")}
    zone = _text("time_zone", fields)

    def change(text: str) -> str:
        document = tomlkit.parse(text)
        about: Any = document["study"]
        for name, value in (*values.items(), ("time_zone", zone)):
            if value != "":
                about[name] = value
        return tomlkit.dumps(document)

    return _rewrite(study, change, mark=mark, block="study")


def add_place(study: Study, fields: Mapping[str, str], *, mark: str) -> Study:
    """Add a place to study.toml: ``code``, ``name``, ``role`` and, for a focus place, ``start``.

    Raises:
        FormFault: A field breaks a rule, or the file changed since; nothing was written.
    """
    place = {name: _value(name, fields) for name in ("code", "name", "role")}
    if _text("start", fields):
        place["start"] = _value("start", fields)
    return _rewrite(
        study, lambda text: with_block(text, "places", place), mark=mark, block="places"
    )


def add_wave(study: Study, fields: Mapping[str, str], *, mark: str) -> Study:
    """Add a wave to study.toml.

    Args:
        study: The study.
        fields: As typed: ``label``, ``instrument``, ``group``, ``occasion``, ``respondents``,
            ``opens``, ``closes``, ``entry``; perhaps ``population`` and ``planned``.
        mark: Of the file that the form was made from.

    Returns:
        The study with its new settings.

    Raises:
        FormFault: A field breaks a rule, or the file changed since; nothing was written.
    """
    names = ("label", "instrument", "group", "occasion", "respondents", "opens", "closes")
    wave = {name: _value(name, fields) for name in names}
    if wave["label"] in RESERVED:
        raise FormFault("group", f"{wave['label']!r} is used by the desk itself. Use another name")
    if wave["label"] in {known.label for known in study.settings.waves}:
        raise FormFault("group", f"There is a wave {wave['label']} already. Use another name")
    _check_days(study, opens=wave["opens"], closes=wave["closes"])
    wave |= {name: text for name in ("population",) if (text := _text(name, fields))}
    if _text("planned", fields):
        wave["planned"] = _number("planned", fields)
    wave["entry"] = _value("entry", fields)
    return _rewrite(study, lambda text: with_block(text, "waves", wave), mark=mark, block="waves")


def change_wave(study: Study, label: str, fields: Mapping[str, str], *, mark: str) -> Study:
    """Change what may change of a wave: its dates, who is meant to answer, and how many.

    Raises:
        FormFault: A field breaks a rule, or the file changed since; nothing was written.
    """
    labels = [wave.label for wave in study.settings.waves]
    at = labels.index(study.wave(label).label)
    values: dict[str, Any] = {name: _value(name, fields) for name in ("opens", "closes")}
    _check_days(study, opens=values["opens"], closes=values["closes"])
    values["population"] = _text("population", fields)
    values["planned"] = _number("planned", fields) if _text("planned", fields) else ""

    def change(text: str) -> str:
        document: Any = tomlkit.parse(text)
        wave = document["waves"][at]
        for name, value in values.items():
            if value != "":
                wave[name] = value
            elif name in wave:
                del wave[name]
        return tomlkit.dumps(document)

    return _rewrite(study, change, mark=mark, block="waves")


def with_block(text: str, name: str, values: Mapping[str, Any]) -> str:
    """Put a new ``[[name]]`` block behind the last one of its kind; not a byte else is changed.

    Raises:
        FormFault: The file writes them in a way that no block can be put behind.
    """
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    if windows:
        return with_block(text.replace("\r\n", "\n"), name, values).replace("\n", "\r\n")
    before = tomllib.loads(text)
    rows = before.get(name, [])
    block = tomlkit.document()
    tables = tomlkit.aot()
    tables.append(tomlkit.item(dict(values)))
    block.append(name, tables)
    lines = text.split("\n")
    end = max(
        (toml_line(text, (name, len(rows) - 1, key)) or 0 for key in (rows[-1] if rows else ())),
        default=len(lines),
    )
    head, tail = "\n".join(lines[:end]).rstrip("\n"), "\n".join(lines[end:])
    new = "\n".join((head, "", tomlkit.dumps(block).rstrip("\n"), tail))
    if _parsed(new) != {**before, name: [*rows, dict(values)]}:
        raise FormFault(
            "", f"study.toml writes its {name} in one line. Write each as a block, [[{name}]]"
        )
    return new


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _rewrite(study: Study, change: Change, *, mark: str, block: str) -> Study:
    path = _toml(study)
    with _ONE_AT_A_TIME:
        if mark_of(study) != mark:
            raise FormFault(
                "",
                "Somebody changed study.toml while you filled this in, so nothing was written. "
                "Look at what is there now, and send the form again",
            )
        draft = path.with_name("study.toml.draft")
        text = path.read_bytes().decode("utf-8-sig")
        try:
            write_whole(draft, change(text))
            _check(draft, block=block)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return open_study(study.root)


def _check(draft: Path, *, block: str) -> None:
    """Hold the draft against the schema before it takes the place of the file."""
    try:
        read_settings(draft)
    except FileError as error:
        _, _, key = error.place.rpartition(", ")
        named, _, field = key.partition(".")
        first, _, _ = error.problem.partition(" ")  # of two fields, a rule names this one first
        field = field or (first if first in _FIELDS else "")
        problem = error.problem[:1].upper() + error.problem[1:]
        raise FormFault(field if named == block else "", f"{problem}. {error.mend}") from None


def _check_days(study: Study, *, opens: date, closes: date) -> None:
    """Say the rules of a wave's days in the words of the form, before the schema says its own."""
    about = study.settings.study
    if closes < opens:
        raise FormFault("closes", f"The last day ({closes}) lies before the first one ({opens})")
    if not about.first <= opens <= about.last:
        raise FormFault(
            "opens",
            f"This day ({opens}) lies outside the study, {about.first} to {about.last}. Correct "
            "it, or change the days of the study",
        )


def _toml(study: Study) -> Path:
    return study.root / "study.toml"


def _text(name: str, fields: Mapping[str, str]) -> str:
    return " ".join(fields.get(name, "").split())


def _value(name: str, fields: Mapping[str, str]) -> Any:
    """Take a field that must be filled in; a date where it is one."""
    text = _text(name, fields)
    if not text:
        raise FormFault(name, "This is empty. Fill it in")
    if name not in {"first", "last", "opens", "closes", "start"}:
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FormFault(name, f"{text!r} is not a date. Write it as 2026-03-31") from None


def _number(name: str, fields: Mapping[str, str]) -> int:
    text = _text(name, fields)
    if not text.isdecimal() or int(text) < 1:
        raise FormFault(name, f"{text!r} is not a whole number above 0. Write one, or leave it out")
    return int(text)
