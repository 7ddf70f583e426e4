"""An instrument in the making, while a form of another tool is read part by part."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.form_words import english, word_in
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.mapping import Fate, Mapped
from outcomes.surveys.parts import META_COLUMNS

Texts = dict[str, str]


_RESERVED = {*META_COLUMNS, "notice_text", "meta", "instanceid", "instancename", "data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A condition or formula that waits until every name of the form is known."""

    part: str
    owner: dict[str, Any]  # the item or group that it is about
    key: str  # "relevant", "constraint" or "calculation"
    write: Callable[[], str]  # gives the XLSForm expression, or raises NotTranslatable


@dataclass(slots=True, kw_only=True)
class Assembly:
    """What is known so far of the instrument, and what became of the parts read."""

    tool: str
    languages: tuple[str, ...]  # the first is the one that others fall back on
    inserted: str = ""  # regular expression of what the tool puts into texts while they are shown
    title: Texts = field(default_factory=dict)
    notice: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    mapping: list[Mapped] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # taken, in small letters
    texts: int = 0  # parts that have a text in some language
    untranslated: dict[str, list[str]] = field(default_factory=dict)  # language -> parts
    own_words: dict[str, set[str]] = field(default_factory=dict)  # language -> words left English


def report(form: Assembly, part: str, fate: Fate, *, became: str = "", why: str = "") -> None:
    """Note what became of one part of the form."""
    part = " ".join(part.split())
    part = part if len(part) <= 200 else f"{part[:197]}…"
    form.mapping.append(Mapped(part=part, fate=fate, became=became, why=why))


def free_name(form: Assembly, wanted: str, *, part: str) -> str:
    """Give an item or a group a name that is allowed and free, and report it if it changed."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted.strip())[:50] or "item"
    name = name if re.match(r"[A-Za-z_]", name) else f"q{name}"
    found, times = name, 1
    while found.lower() in form.names or found.lower() in _RESERVED:
        times += 1
        found = f"{name}_{times}"
    form.names.add(found.lower())
    if found != wanted:
        why = f"{wanted!r} is taken or not allowed as a name here; it is {found} now, also in "
        report(form, f"{part}, name", "dropped by rule", became=found, why=f"{why}expressions")
    return found


def complete(form: Assembly, raw: Mapping[str, str], *, part: str, instead: str = "") -> Texts:
    """Turn the texts of one part into plain words in every language.

    A language without a text shows that of the first language, and one remark says so; with no
    text at all ``instead`` stands there.
    """
    texts = {language: _shown(form, raw.get(language) or "", part) for language in form.languages}
    base = next((text for text in texts.values() if text), "")
    if not base and instead:
        report(
            form,
            f"{part}, text",
            "dropped by rule",
            became=instead,
            why=f"it holds no words (only a picture, a script, or nothing); {instead!r} stands "
            "in its place",
        )
        return same_in_all(form, instead)
    form.texts += bool(base)
    for language, text in texts.items():
        if base and not text:
            form.untranslated.setdefault(language, []).append(part)
    return {language: text or base for language, text in texts.items()} if base else {}


def _shown(form: Assembly, raw: str, part: str) -> str:
    if re.search(r"<\s*script\b|\bon(error|load|click|mouseover)\s*=|javascript:", raw, re.I):
        why = "a script is never run or kept"
        report(form, f"{part}, script in its text", "dropped by rule", why=why)
    text = plain_text(raw)
    if form.inserted and (found := re.search(form.inserted, text)):
        text = re.sub(form.inserted, "[…]", text)
        said = found[0] if len(found[0]) < 60 else f"{found[0][:57]}…"
        why = "texts are the same for everybody here; […] stands where something is inserted"
        report(form, f"{part}, {said} in its text", "dropped by rule", why=why)
    return text.replace("${", "$ {")


def own_word(form: Assembly, word: str) -> Texts:
    """Say a word that the tool puts on the form itself, in every language of the form."""
    for language in form.languages:
        if word_in(word, language) is None:
            form.own_words.setdefault(language, set()).add(english(word))
    return {language: word_in(word, language) or english(word) for language in form.languages}


def same_in_all(form: Assembly, text: str) -> Texts:
    """Let a text that is the same in every language, such as a number, stand in each."""
    return dict.fromkeys(form.languages, text)


def add_choices(
    form: Assembly, wanted: str, rows: Sequence[tuple[str, Texts]], *, part: str
) -> tuple[str, dict[str, str]]:
    """Add a list of choices, or find one that says the same.

    Returns:
        The name of the list, empty if no choice is left, and what each code is called here.
    """
    codes: dict[str, str] = {}
    listed: list[dict[str, Any]] = []
    for code, label in rows:
        name = re.sub(r"\s+", "_", code.strip())
        if code in codes or not name or name in codes.values():
            why = "the code is empty or stands twice; give each choice its own code"
            report(form, f"{part}, choice {code!r}", "error", why=why)
            continue
        if name != code:
            why = f"a code may hold no space; it is {name} now, also in expressions"
            report(form, f"{part}, choice {code!r}", "dropped by rule", became=name, why=why)
        codes[code] = name
        listed.append({"name": name, "label": label})
    if not listed:
        return "", codes
    for known, others in form.choices.items():
        if others == listed:
            return known, codes
    plain = re.sub(r"[^A-Za-z0-9_]", "_", wanted) or "choices"
    found, times = plain, 1
    while found in form.choices:
        times += 1
        found = f"{plain}_{times}"
    form.choices[found] = listed
    return found, codes


def add_item(form: Assembly, *, group: str = "", **keys: Any) -> dict[str, Any]:
    """Add an item at the end of the form."""
    item = {"group": group, **keys}
    form.items.append(item)
    return item


def add_group(form: Assembly, name: str, **keys: Any) -> dict[str, Any]:
    """Add a group; its items follow."""
    form.groups[name] = {key: value for key, value in keys.items() if value}
    return form.groups[name]


def later(
    form: Assembly, owner: dict[str, Any], key: str, *, part: str, write: Callable[[], str]
) -> None:
    """Translate a condition or formula when every name is known."""
    form.pending.append(Pending(part=part, owner=owner, key=key, write=write))
