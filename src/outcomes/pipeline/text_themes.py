"""Themes of a wave's texts: the list of an item, the texts to code next, and the counts."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from outcomes.errors import DataError
from outcomes.pipeline.audit import record_with
from outcomes.pipeline.free_text import texts_of_wave
from outcomes.pipeline.wave_answers import require_answers
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store.desk_tables import TEXT_CODES, TEXT_THEMES
from outcomes.store.engine import reading
from outcomes.study import Study
from outcomes.surveys.free_text import Reviewed, require_text_item, text_items
from outcomes.surveys.text_themes import (
    COLUMNS,
    MOST_CODERS,
    MOST_THEMES,
    Coding,
    Theme,
    needs_coding,
    theme_code,
    theme_counts,
    themes_taken,
)

_MEANWHILE = "somebody else has changed this in the meantime. Look at it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCode:
    """A text to code, as it may be shown, and what the coder said of it before."""

    mark: str
    text: str
    before: tuple[str, ...]  # themes, by an earlier list
    left: int  # texts to code, this one among them


def themes_of(study: Study, instrument: str, item: str) -> list[Theme]:
    """List the themes of an item, in the order in which they were first written."""
    return [
        Theme(code=row.code, label=row.label)
        for row in _newest_themes(study, instrument, item)
        if row.listed
    ]


def add_theme(study: Study, wave: str, item: str, *, label: str, user: str, today: date) -> Theme:
    """Put a theme on the list of an item; it serves every wave of the instrument.

    Raises:
        DataError: It is there already, the list is full, or its label says nothing.
    """
    instrument = wave_instrument(study, wave)
    require_text_item(instrument, item)
    theme = Theme(code=theme_code(label), label=" ".join(label.split()))
    listed = themes_of(study, instrument.id, item)
    if theme.code in {each.code for each in listed}:
        raise DataError(f"{theme.label!r} is on the list already")
    if len(listed) >= MOST_THEMES:
        raise DataError(f"a list holds at most {MOST_THEMES} themes. Take one off first")
    _keep_theme(study, instrument.id, item, theme=theme, listed=True, user=user, today=today)
    return theme


def take_off(study: Study, wave: str, item: str, *, code: str, user: str, today: date) -> None:
    """Take a theme off the list: it is offered and counted no more; what was coded stays stored.

    Raises:
        DataError: It is not on the list.
    """
    instrument = wave_instrument(study, wave)
    for theme in themes_of(study, instrument.id, item):
        if theme.code == code:
            _keep_theme(
                study, instrument.id, item, theme=theme, listed=False, user=user, today=today
            )
            return
    raise DataError(f"{code!r} is not on the list of themes. Look at it again")


def next_to_code(study: Study, wave: str, item: str, *, coder: str) -> ToCode | None:
    """Find the next text for a coder, who sees neither who wrote it nor what another coder said.

    Texts come in an order drawn for each coder, so that two coders do not tire at the same ones.
    Only reviewed texts are coded; each by at most two people.
    """
    instrument = wave_instrument(study, wave)
    require_text_item(instrument, item)
    themes = themes_of(study, instrument.id, item)
    codings = _codings(study, wave, item)
    waiting = [
        each
        for each in _shown(study, wave, item)
        if needs_coding(codings.get(each.written.mark, ()), coder=coder, themes=themes)
    ]
    if not waiting or not themes:
        return None
    chosen = min(waiting, key=lambda each: random.Random(f"{coder}/{each.written.mark}").random())
    own = [each for each in codings.get(chosen.written.mark, ()) if each.coder == coder]
    return ToCode(
        mark=chosen.written.mark,
        text=chosen.shown,
        before=own[0].themes if own else (),
        left=len(waiting),
    )


def code_text(
    study: Study, wave: str, *, mark: str, ticked: Sequence[str], coder: str, today: date
) -> None:
    """Keep which themes a coder found in a text.

    Raises:
        DataError: The text is gone or not reviewed, two others have coded it, or what is ticked
            cannot be (see ``themes_taken``).
    """
    instrument = wave_instrument(study, wave)
    found = next((one for one in _shown(study, wave) if one.written.mark == mark), None)
    if found is None:
        raise DataError("this text is not to be coded any more. Take the next one")
    written = found.written
    themes = themes_of(study, instrument.id, written.item)
    taken = themes_taken(ticked, themes)
    others = [
        each for each in _codings(study, wave, written.item).get(mark, ()) if each.coder != coder
    ]
    if len(others) >= MOST_CODERS:
        raise DataError("two people have coded this text already. Take the next one")
    columns = TEXT_CODES.c
    own = (
        (columns.wave == wave)
        & (columns.respondent == written.respondent)
        & (columns.item == written.item)
        & (columns.user == coder)
    )
    try:
        with study.store.begin() as connection:
            require_answers(connection, wave, written.respondent)
            last = connection.execute(select(func.max(columns.version)).where(own)).scalar() or 0
            connection.execute(
                insert(TEXT_CODES).values(
                    wave=wave,
                    respondent=written.respondent,
                    item=written.item,
                    user=coder,
                    version=last + 1,
                    themes=list(taken),
                    offered=[theme.code for theme in themes],
                    digest=written.digest,
                    day=today.isoformat(),
                )
            )
    except IntegrityError:
        raise DataError(_MEANWHILE) from None


def count_themes(study: Study, wave: str, *, item: str = "") -> pd.DataFrame:
    """Count the texts of a wave by theme; small counts, and counts of all but few, are withheld.

    Args:
        study: The study.
        wave: The label of the wave.
        item: One item; "" for all that have a list of themes.

    Returns:
        As ``theme_counts`` gives them.

    Raises:
        DataError: There is no such wave or item.
    """
    instrument = wave_instrument(study, wave)
    items = [require_text_item(instrument, item)] if item else text_items(instrument)
    floor = study.settings.publish.smallest_cell
    tables = []
    for name in items:
        if themes := themes_of(study, instrument.id, name):
            codings = [each for own in _codings(study, wave, name).values() for each in own]
            tables.append(theme_counts(codings, themes, item=name, smallest=floor))
    if not tables:
        return pd.DataFrame(columns=[*COLUMNS, "withheld"])
    return pd.concat(tables, ignore_index=True)


def _shown(study: Study, wave: str, item: str = "") -> list[Reviewed]:
    return [
        each
        for each in texts_of_wave(study, wave)
        if each.shown and item in {"", each.written.item}
    ]


def _codings(study: Study, wave: str, item: str) -> dict[str, tuple[Coding, ...]]:
    """Read the newest coding of each coder, by text; of texts that were corrected since: none."""
    texts = {
        (each.written.respondent, each.written.digest): each.written.mark
        for each in _shown(study, wave, item)
    }
    columns = TEXT_CODES.c
    query = (
        select(TEXT_CODES).where(columns.wave == wave, columns.item == item).order_by(columns.id)
    )
    newest: dict[tuple[str, str], Coding] = {}
    with reading(study.store) as connection:
        for row in connection.execute(query):
            if mark := texts.get((row.respondent, row.digest)):
                newest[mark, row.user] = Coding(
                    text=mark,
                    coder=row.user,
                    themes=tuple(row.themes),
                    offered=tuple(row.offered),
                )
    by_text: dict[str, list[Coding]] = defaultdict(list)
    for coding in newest.values():
        by_text[coding.text].append(coding)
    return {mark: tuple(own) for mark, own in by_text.items()}


def _newest_themes(study: Study, instrument: str, item: str) -> list[Any]:
    columns = TEXT_THEMES.c
    query = (
        select(TEXT_THEMES)
        .where(columns.instrument == instrument, columns.item == item)
        .order_by(columns.id)
    )
    newest: dict[str, Any] = {}
    with reading(study.store) as connection:
        for row in connection.execute(query):
            newest[row.code] = row
    return list(newest.values())


def _keep_theme(
    study: Study,
    instrument: str,
    item: str,
    *,
    theme: Theme,
    listed: bool,
    user: str,
    today: date,
) -> None:
    columns = TEXT_THEMES.c
    same = (
        (columns.instrument == instrument) & (columns.item == item) & (columns.code == theme.code)
    )
    action = "added a theme" if listed else "took off a theme"
    try:
        with study.store.begin() as connection:
            last = connection.execute(select(func.max(columns.version)).where(same)).scalar() or 0
            connection.execute(
                insert(TEXT_THEMES).values(
                    instrument=instrument,
                    item=item,
                    code=theme.code,
                    version=last + 1,
                    label=theme.label,
                    listed=int(listed),
                    day=today.isoformat(),
                    user=user,
                )
            )
            about = f"{instrument}, {item}"
            record_with(connection, user=user, action=action, about=about, detail=theme.code)
    except IntegrityError:
        raise DataError(_MEANWHILE) from None
