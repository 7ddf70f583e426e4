"""The last step of an import: a draft becomes an instrument, checked, with its report."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from outcomes.surveys.exchange.form_draft import LOST, Draft, Head, legal_id
from outcomes.surveys.exchange.language_names import NOTICE, added_text, added_word
from outcomes.surveys.exchange.mapping import FormImport
from outcomes.surveys.faults import faults
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import SILENT_TYPES

_TEXT_KEYS = ("label", "hint", "constraint_message")
_UNCOVERED = 0.5  # a language with fewer of the texts than this is not taken


def finish(draft: Draft, *, path: Path, head: Head, keep_going: bool = False) -> FormImport:
    """Make the instrument of a draft, and the report.

    Args:
        draft: All parts, in the order of the form.
        path: The form's file, named as the source.
        head: Id, title, notice.
        keep_going: Give the instrument although there are errors, to be mended by hand.

    Returns:
        The import; its instrument is None where there are errors, unless ``keep_going``.
    """
    if not draft.items:
        draft.error("the form", "no question is left to ask. Check that it is the right file")
        return FormImport(tool=draft.tool, mapping=draft.mapping)
    if not head.own:  # a file of ours keeps even what is not used yet
        _drop_unused(draft)
    _check_grids(draft)
    _drop_checks(draft)
    languages = _take_languages(draft, head)
    _name_without_words(draft, languages[0])
    _add_messages(draft, languages)
    content = _content(draft, path=path, head=head, languages=languages)
    _fill_gaps(draft, content, languages=languages)
    instrument = None
    try:
        instrument = Instrument.model_validate(content)
    except ValidationError as error:
        for found in error.errors():
            place = ", ".join(str(part) for part in found["loc"])
            draft.error(place, f"{found['msg']}. Mend it in the form")
    if instrument is not None:
        said = _said_already(draft)
        for fault in faults(instrument):
            if fault.place not in said:
                draft.error(fault.place, f"{fault.problem}. {fault.mend}")
    sound = not any(each.fate == "error" for each in draft.mapping)
    kept = instrument if sound or keep_going else None
    return FormImport(tool=draft.tool, instrument=kept, mapping=draft.mapping)


def _content(draft: Draft, *, path: Path, head: Head, languages: Sequence[str]) -> dict[str, Any]:
    notice = {of: text for of, text in head.notice.items() if of in languages}
    if not notice:
        notice = added_text(NOTICE, languages)
        draft.dropped(
            "notice",
            "the form has none. A plain one was put in its place; write what respondents must know",
        )
    title = {of: text for of, text in head.title.items() if of in languages}
    title = title or dict.fromkeys(languages, path.stem)
    thanks = {of: text for of, text in head.thanks.items() if of in languages}
    return {
        "id": legal_id(head.id),
        "version": head.version,
        "title": title,
        "languages": list(languages),
        "population": "other",
        "source": {
            "construct": "not stated in the file",
            "items": f"imported from {path.name}; whose items these are is not known",
        },
        "licence": "not stated in the file",
        "notice": notice,
        "thanks": thanks,
        "choices": draft.choices,
        "groups": draft.groups,
        "items": draft.items,
        **head.own,
    }


def _drop_unused(draft: Draft) -> None:
    """Leave out lists that no question uses, and groups that no question stands in."""
    used = {item["type"].partition(" ")[2] for item in draft.items}
    for name in [name for name in draft.choices if name not in used]:
        del draft.choices[name]
        draft.dropped(f"list {name}", "no question that was taken uses it")
    held: set[str] = set()
    for item in draft.items:
        name = item.get("group", "")
        while name and name not in held:
            held.add(name)
            name = draft.groups[name].get("group", "")
    for name in [name for name in draft.groups if name not in held]:
        del draft.groups[name]
        draft.dropped(f"group {name}", "no question that was taken stands in it")


def _check_grids(draft: Draft) -> None:
    """Take the grid from a group whose questions do not share one list of choices."""
    for name, group in draft.groups.items():
        if group.get("appearance") != "matrix":
            continue
        types = {item["type"] for item in draft.items if item.get("group") == name}
        inner = any(each.get("group") == name for each in draft.groups.values())
        if len(types) != 1 or inner or not next(iter(types)).startswith("select_one "):
            group["appearance"] = ""
            draft.dropped(
                f"group {name}, appearance",
                "a grid needs questions that all take one answer from the same list; "
                "they stand one below the other",
            )


def _drop_checks(draft: Draft) -> None:
    """Take what judges an answer from items that nobody answers."""
    for item in draft.items:
        for key in ("required", "constraint"):
            if item.get(key) and item["type"] in SILENT_TYPES:
                del item[key]
                draft.dropped(f"item {item['name']}, {key}", "nobody answers it")
        if not item.get("constraint"):
            item.pop("constraint_message", None)


def _said_already(draft: Draft) -> set[str]:
    """Name the expressions that were lost, as the check names them; they are reported."""
    parts = [(f"item {item['name']}", item) for item in draft.items]
    parts += [(f"group {name}", group) for name, group in draft.groups.items()]
    return {
        f"{place}, {key}"
        for place, part in parts
        for key in ("relevant", "constraint", "calculation")
        if f"{LOST}(" in part.get(key, "")
    }


def _texts(draft: Draft) -> Iterator[dict[str, str]]:
    """Go through every text that has a language."""
    for part in (*draft.items, *draft.groups.values()):
        yield from (part[key] for key in _TEXT_KEYS if part.get(key))
    for listed in draft.choices.values():
        yield from (choice["label"] for choice in listed)


def _take_languages(draft: Draft, head: Head) -> list[str]:
    """Choose the languages that enough of the texts are in; the form's own stands first."""
    if "languages" in head.own:
        return list(head.own["languages"])
    texts = list(_texts(draft))
    counts = Counter(language for text in texts for language in text)
    for text in (head.title, head.notice, head.thanks):
        counts.update(dict.fromkeys((of for of in text if of not in counts), 0))
    if not sum(counts.values()):
        return [draft.language]
    most = counts.most_common(1)[0][0]
    first = draft.language if counts[draft.language] >= _UNCOVERED * counts[most] else most
    taken = [first]
    for language, count in counts.items():
        if language == first:
            continue
        if count >= _UNCOVERED * len(texts):
            taken.append(language)
        else:
            draft.dropped(
                f"language {language}",
                f"only {count} of {len(texts)} texts are in it, so respondents could not use it",
            )
    return taken


def _name_without_words(draft: Draft, language: str) -> None:
    """Let the name stand where a question has no words at all."""
    for item in draft.items:
        if not item.get("label") and item["type"] != "calculate":
            item["label"] = item.pop("hint", {}) or {language: item["name"]}
            draft.dropped(
                f"item {item['name']}, label",
                "the form has no words for it; its hint or its name stands there. Write the words",
            )


def _add_messages(draft: Draft, languages: Sequence[str]) -> None:
    for item in draft.items:
        if item.get("constraint") and not item.get("constraint_message"):
            item["constraint_message"] = added_word("check", languages)
            draft.mapped(
                f"item {item['name']}, constraint",
                "constraint_message",
                why="the form has no message for a wrong answer; a plain one was put",
            )


def _fill_gaps(draft: Draft, content: dict[str, Any], *, languages: Sequence[str]) -> None:
    """Drop texts in languages that are not taken; put the first one where a text is missing."""
    parts: list[tuple[str, dict[str, Any], tuple[str, ...]]]
    parts = [("the form", content, ("title", "notice", "thanks"))]
    parts += [(f"item {item['name']}", item, _TEXT_KEYS) for item in draft.items]
    parts += [(f"group {name}", group, _TEXT_KEYS) for name, group in draft.groups.items()]
    parts += [
        (f"choice {choice['name']} of {name}", choice, ("label",))
        for name, listed in draft.choices.items()
        for choice in listed
    ]
    for place, part, keys in parts:
        for key in keys:
            if not part.get(key):
                part.pop(key, None)
                continue
            texts = part[key]
            stand_in = texts.get(languages[0]) or next(iter(texts.values()))
            if missing := [each for each in languages if each not in texts]:
                draft.dropped(
                    f"{place}, {key}",
                    f"no text in {', '.join(missing)}; another language stands there. Translate it",
                )
            part[key] = {each: texts.get(each, stand_in) for each in languages}
