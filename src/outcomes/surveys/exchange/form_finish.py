"""The end of an import: conditions are translated, languages judged, the instrument is checked."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    Pending,
    Texts,
    own_word,
    report,
    same_in_all,
)
from outcomes.surveys.exchange.formulas import NotTranslatable, both
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.mapping import FormImport
from outcomes.surveys.faults import faults
from outcomes.surveys.instrument import Instrument

NOBODY = "false()"  # stands where a condition was lost: shown to nobody until somebody mends it


_NAMED = 3  # so many parts are named where many share one remark


_TEXT_KEYS = ("label", "hint", "constraint_message")


def finish(form: Assembly, *, form_id: str, version: str = "1", keep_going: bool) -> FormImport:
    """Translate what waits, put the instrument together and check it.

    Args:
        form: What was read.
        form_id: The form's own id or title.
        version: The form's own version; ``1`` where it has none.
        keep_going: Whether an instrument is wanted although parts of the form were lost. What
            lost its condition is then shown to nobody (``false()``) until somebody mends it.

    Returns:
        The account of every part; the instrument is None where a part is an error, unless
        ``keep_going``, and where nothing sound remains.
    """
    for waiting in form.pending:
        _translate(form, waiting)
    _drop_unused(form)
    _drop_messages(form)
    if not form.notice:
        why = "the form has no notice to respondents; a plain one stands there: write your own"
        report(form, "notice to respondents", "dropped by rule", why=why)
        form.notice = own_word(form, "notice")
    if not form.title:
        form.title = same_in_all(form, "Untitled survey")
    _judge_languages(form)
    instrument = _instrument(form, form_id=form_id, version=version)
    done = FormImport(tool=form.tool, instrument=instrument, mapping=form.mapping)
    if done.count("error") and not keep_going:
        done.instrument = None
    return done


def _translate(form: Assembly, waiting: Pending) -> None:
    owner, key = waiting.owner, waiting.key
    try:
        written = waiting.write()
    except NotTranslatable as error:
        why = f"{error}. Write it anew as an XLSForm expression"
        report(form, waiting.part, "error", why=why)
        if key == "relevant":
            owner[key] = NOBODY
        return
    if not written:
        report(form, waiting.part, "mapped", became="nothing: it always holds")
        return
    owner[key] = written if key == "calculation" else both(owner.get(key, ""), written)
    if key == "constraint" and not owner.get("constraint_message"):
        owner["constraint_message"] = own_word(form, "check")
    report(form, waiting.part, "mapped", became=f"{key}: {written}")


def _drop_unused(form: Assembly) -> None:
    """Leave out groups in which no question is left, and lists that nobody chooses from."""
    while True:
        used = {item["group"] for item in form.items}
        used |= {group.get("group", "") for group in form.groups.values()}
        empty = [name for name in form.groups if name not in used]
        for name in empty:
            del form.groups[name]
            why = "no question of it is left"
            report(form, f"group {name}", "dropped by rule", why=why)
        if not empty:
            break
    chosen = {item["type"].partition(" ")[2] for item in form.items}
    form.choices = {name: rows for name, rows in form.choices.items() if rows and name in chosen}


def _drop_messages(form: Assembly) -> None:
    """Leave out messages that explain no rule."""
    for item in form.items:
        if not item.get("constraint") and item.pop("constraint_message", None):
            why = "there is no rule about the answer that it could explain"
            report(form, f"item {item['name']}, message", "dropped by rule", why=why)


def _judge_languages(form: Assembly) -> None:
    """Report what is not translated; a language with less than half of the texts is dropped."""
    base = form.languages[0]
    for language, parts in form.untranslated.items():
        named = ", ".join(parts[:_NAMED]) + (", …" if len(parts) > _NAMED else "")
        if language != base and 2 * len(parts) > form.texts:
            why = f"{len(parts)} of {form.texts} texts are missing, so nobody could use it"
            report(form, f"language {language}", "dropped by rule", why=why)
            _forget(form, language)
            continue
        report(
            form,
            f"language {language}, {len(parts)} empty texts ({named})",
            "dropped by rule",
            why="an empty text cannot be shown; that in another language stands there until it "
            "is translated",
        )
    for language in (each for each in form.languages if each in form.own_words):
        named = ", ".join(sorted(form.own_words[language]))
        why = "words that the tool itself shows are not known here in this language; English stands"
        report(form, f"language {language}, {named}", "dropped by rule", why=f"{why} there")


def _forget(form: Assembly, language: str) -> None:
    form.languages = tuple(each for each in form.languages if each != language)
    for texts in _all_texts(form):
        texts.pop(language, None)


def _all_texts(form: Assembly) -> Iterator[Texts]:
    yield from (form.title, form.notice, form.thanks)
    parts = [*form.items, *form.groups.values()]
    parts += [choice for rows in form.choices.values() for choice in rows]
    for part in parts:
        yield from (part[key] for key in _TEXT_KEYS if key in part)


def _instrument(form: Assembly, *, form_id: str, version: str) -> Instrument | None:
    if not form.items:
        report(form, "the form", "error", why="no question is left that can be asked here")
        return None
    made = {
        "id": _code(form_id, form.tool),
        "version": version.strip() or "1",
        "title": form.title,
        "languages": list(form.languages),
        "population": "other",
        "source": {
            "construct": "not stated in the file",
            "items": f"imported from {form.tool}; whose items these are is not known",
        },
        "licence": "not stated in the file",
        "notice": form.notice,
        "thanks": form.thanks,
        "choices": form.choices,
        "groups": form.groups,
        "items": form.items,
    }
    try:
        instrument = Instrument.model_validate(made)
    except ValidationError as error:
        for found in error.errors():
            place = ".".join(map(str, found["loc"]))
            report(form, place, "error", why=f"{found['msg']}. Change it in {form.tool}")
        return None
    for fault in faults(instrument):
        report(form, fault.place, "error", why=f"{fault.problem}. {fault.mend}")
    return instrument


def _code(text: str, tool: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "-", plain_text(text).lower()).strip("-")[:40].strip("-")
    return code or tool.lower()
