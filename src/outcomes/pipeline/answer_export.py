"""Collected answers of a wave as a table for other programs, with no more than was asked for."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.pipeline.collecting import collect_answers, fielded_waves
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store import read_facts
from outcomes.store.engine import reading
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import FINISHING
from outcomes.study import Study
from outcomes.surveys.instrument import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A table to give away, and what is left out of it."""

    table: pd.DataFrame
    people: int
    left_out: tuple[str, ...]  # items


def export_answers(study: Study, wave: str, *, describing: bool = False) -> Exported:
    """Give the answers of a wave, one row a respondent.

    What people wrote in their own words is left out: it stands in a table of its own. So are, if
    they are not asked for, the items that describe the person, which could say who it was.

    Args:
        study: The study.
        wave: The label of the wave; its finished forms are collected first.
        describing: Whether the items that describe the person are in it.

    Returns:
        Columns ``respondent`` (a keyed hash, the same in every wave, from which nobody finds the
        code without the study key), ``place``, ``day`` (on which the form was finished; empty for
        imported answers), ``weight`` where there are weights, and the items. Rows stand in the
        order of the hash, which says nothing of who came first.

    Raises:
        DataError: There is no such wave, or it holds no answers.

    Source:
        Issue 4, 2 (no time finer than a day); requirement A10.
    """
    instrument, rows = collected_answers(study, wave)
    left_out = _items(instrument, "free text")
    if not describing:
        left_out |= _items(instrument, "describes the person")
    names = [item.name for item in instrument.items if item.asked and item.name not in left_out]
    answers = pd.DataFrame(list(rows["answers"]), index=rows.index).reindex(columns=names)
    days = finished_days(study, wave)
    table = rows[["respondent", "place"]].assign(
        day=[days.get(each, "") for each in rows["respondent"]]
    )
    if rows["weight"].notna().any():
        table = table.assign(weight=rows["weight"])
    table = pd.concat([table, answers.fillna("")], axis=1)
    return Exported(table=table, people=len(table), left_out=tuple(sorted(left_out)))


def collected_answers(study: Study, wave: str) -> tuple[Instrument, pd.DataFrame]:
    """Give the instrument and the stored answers of a wave, what is new collected first.

    Returns:
        The instrument as surveys/ holds it now, and the rows of the store, by respondent.

    Raises:
        DataError: There is no such wave, or it holds no answers.
    """
    instrument = wave_instrument(study, wave)
    if wave in fielded_waves(study):
        collect_answers(study, wave)
    answers = read_facts(study.store, "answers")
    rows = answers[answers["wave"] == wave].sort_values("respondent").reset_index(drop=True)
    if rows.empty:
        raise DataError(
            f"the wave {wave} holds no answers yet. Wait until a form is finished, or import some"
        )
    return instrument, rows


def _items(instrument: Instrument, privacy: str) -> set[str]:
    return {item.name for item in instrument.items if item.asked and item.privacy == privacy}


def finished_days(study: Study, wave: str) -> dict[str, str]:
    """Say on which day each respondent finished the form; imported answers have no day."""
    columns = SUBMISSIONS.c
    query = (
        select(columns.respondent, columns.day)
        .where(columns.wave == wave, columns.part.in_(FINISHING), columns.body != "")
        .order_by(columns.id.desc())  # of a card that was used twice, the form finished first
    )
    with reading(study.store) as connection:
        return {row.respondent: row.day for row in connection.execute(query)}
