"""Disclosure blocks: the study's own records, told as AAPOR asks."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from outcomes.errors import DataError, FileError
from outcomes.pipeline.fielding import standing
from outcomes.pipeline.response_rates import fieldwork_of_wave
from outcomes.pipeline.wave_answers import StoredAnswers, answers_of_wave, imported_respondents
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import AGENCY, Wave
from outcomes.stats.design_effect import kish_design_effect
from outcomes.stats.survey_mean import survey_mean
from outcomes.store import count_instances
from outcomes.store.engine import reading
from outcomes.store.schema import IMPORTS
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import FINISHING, REPLACED, WITHDRAWN
from outcomes.study import Study, write_whole
from outcomes.surveys.disclosed_points import points
from outcomes.surveys.disclosure import Disclosure, as_json, as_text, parts
from outcomes.surveys.dispositions import Fieldwork
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.scoring import score
from outcomes.surveys.wave_record import OnRecord, Precision, Weights

ENDINGS = (".txt", ".json")


def disclosures(study: Study, *, today: date, wave: str = "") -> tuple[Disclosure, ...]:
    """Write what AAPOR asks to be told of a wave, or of each wave that somebody has answered.

    Every count passes the study's floor; what the study does not know is named as a gap.

    Args:
        study: The study.
        today: In its time zone.
        wave: The label of one wave; "" for all that hold forms or answers.

    Raises:
        DataError: There is no such wave, or nobody has answered any.
        FileError: An instrument breaks a rule.

    Source:
        AAPOR Code of Professional Ethics and Practices (2021), III.A; issue 5, 11.
    """
    waves = [study.wave(wave)] if wave else _answered(study)
    if not waves:
        raise DataError(
            "nobody has answered a wave of this study yet. Say which one is meant: --wave LABEL"
        )
    return tuple(_disclosure(study, each, today=today) for each in waves)


def method_lines(study: Study, *, today: date) -> list[tuple[str, list[str]]]:
    """Give the blocks for the method section of a report: of each wave its eleven lines.

    A study without surveys has none.
    """
    return [
        (each.label, _disclosure(study, each, today=today).lines()) for each in _answered(study)
    ]


def write_disclosures(found: Sequence[Disclosure], out: Path) -> None:
    """Write blocks to a file: ``.txt`` to read, ``.json`` with the questions word by word.

    Raises:
        FileError: The ending is another, or it cannot be written there.
    """
    if out.suffix.lower() not in ENDINGS:
        raise FileError(
            out, "", f"{out.suffix or 'no ending'} is not known here", "End it in .txt or .json"
        )
    text = as_json(found) if out.suffix.lower() == ".json" else as_text(found)
    write_whole(out, text + "\n")


def _answered(study: Study) -> list[Wave]:
    return [
        wave
        for wave in study.settings.waves
        if count_instances(study.store, wave.label).started or answers_of_wave(study, wave.label)
    ]


def _disclosure(study: Study, wave: Wave, *, today: date) -> Disclosure:
    instrument = wave_instrument(study, wave.label)
    about = study.settings.study
    found = _on_record(study, wave, instrument=instrument, today=today)
    return Disclosure(
        study=about.name,
        agency=about.agency,
        wave=wave.label,
        generated=about.generated,
        made=today.isoformat(),
        program=f"outcomes {version('outcomes')}",
        parts=parts(points(found)),
        questions=tuple(_question(instrument, name) for name in _asked(instrument, wave)),
    )


def _on_record(study: Study, wave: Wave, *, instrument: Instrument, today: date) -> OnRecord:
    label = wave.label
    counts, rows = count_instances(study.store, label), answers_of_wave(study, label)
    days = sorted(tally.day for tally in counts.finished_by)
    ways: Counter[str] = Counter()
    for tally, n in counts.finished_by.items():
        ways[tally.way] += n
    bears_place = {row.place for row in rows} | {tally.place for tally in counts.started_by}
    precision, unscored = _precision(rows, instrument)
    return OnRecord(
        about=study.settings.study,
        wave=wave,
        floor=study.settings.publish.smallest_cell,
        places=tuple(
            place.name
            for place in study.settings.places
            if place.code in bears_place and place.code != AGENCY
        ),
        instrument=instrument,
        text=content_hash(instrument)[:16],
        state=standing(study, label, today=today).state,
        started=counts.started,
        finished=counts.finished,
        withdrawn=counts.withdrawn,
        corrected=_corrected(study, label),
        ways=ways,
        languages=_languages(study, label),
        days=(days[0], days[-1]) if days else None,
        files=_files(study, label),
        people=len(rows),
        imported=len(imported_respondents(study, label)),
        precision=precision,
        unscored=unscored,
        weights=_weights(rows),
        cards=_cards(study, label, today=today),
    )


def _cards(study: Study, wave: str, *, today: date) -> Fieldwork | None:
    try:
        return fieldwork_of_wave(study, wave, today=today)
    except DataError:  # it has no response rate, and the block says so
        return None


def _precision(
    rows: Sequence[StoredAnswers], instrument: Instrument
) -> tuple[tuple[Precision, ...], str]:
    """Work out the interval of each scale's mean; or say why there are no scores."""
    if not rows or not instrument.scales:
        return (), ""
    items = [item.name for item in instrument.items if item.asked]
    table = pd.DataFrame([row.answers for row in rows], dtype=str).reindex(columns=items)
    try:
        found = score(table.fillna("").assign(respondent=[r.respondent for r in rows]), instrument)
    except DataError as error:  # answered with another text of the instrument
        return (), str(error)
    weights = _each_weight(rows)
    measured = []
    for name, scale in instrument.scales.items():
        values = found.table[name].to_numpy(dtype=float)
        low, high = instrument.score_range(name)
        measured.append(
            Precision(
                label=scale.label,
                n=int(np.isfinite(values).sum()),
                half_width=_half_width(values, weights, label=scale.label),
                low=low,
                high=high,
            )
        )
    return tuple(measured), ""


def _half_width(values: np.ndarray, weights: np.ndarray | None, *, label: str) -> float:
    try:
        mean = survey_mean(values, weights, term=label, unit="points")
    except DataError:  # fewer than two, or all alike
        return float("nan")
    return (mean.high - mean.low) / 2


def _each_weight(rows: Sequence[StoredAnswers]) -> np.ndarray | None:
    held = [row.weight for row in rows]
    if any(weight is None for weight in held):
        return None
    return np.array(held, dtype=float)


def _weights(rows: Sequence[StoredAnswers]) -> Weights | None:
    each = _each_weight(rows) if rows else None
    if each is None:
        return None
    return Weights(
        lowest=float(each.min()),
        highest=float(each.max()),
        design_effect=kish_design_effect(each),
    )


def _corrected(study: Study, wave: str) -> int:
    columns = SUBMISSIONS.c
    query = select(columns.instance).where(columns.wave == wave, columns.part == "correction")
    gone = _gone(study, wave)
    with reading(study.store) as connection:
        return len(set(connection.execute(query).scalars()) - gone)


def _languages(study: Study, wave: str) -> Counter[str]:
    """Count the finished forms by language, as ``count_instances`` counts them by way."""
    columns = SUBMISSIONS.c
    query = (
        select(columns.instance, columns.language)
        .where(columns.wave == wave, columns.part.in_(FINISHING))
        .order_by(columns.id.desc())
    )
    gone = _gone(study, wave)
    with reading(study.store) as connection:
        first = {row.instance: row.language for row in connection.execute(query)}
    return Counter(language for instance, language in first.items() if instance not in gone)


def _gone(study: Study, wave: str) -> set[str]:
    columns = SUBMISSIONS.c
    query = select(columns.instance).where(
        columns.wave == wave, columns.part.in_((WITHDRAWN, REPLACED))
    )
    with reading(study.store) as connection:
        return set(connection.execute(query).scalars())


def _files(study: Study, wave: str) -> list[tuple[int, int]]:
    query = (
        select(IMPORTS.c.read, IMPORTS.c.refused)
        .where(IMPORTS.c.step == f"survey import {wave}")
        .order_by(IMPORTS.c.id)
    )
    with reading(study.store) as connection:
        return [(row.read, row.refused) for row in connection.execute(query)]


def _asked(instrument: Instrument, wave: Wave) -> list[str]:
    return [
        item.name
        for item in instrument.items
        if item.asked and (not item.waves or wave.occasion in item.waves)
    ]


def _question(instrument: Instrument, name: str) -> dict[str, Any]:
    item = next(each for each in instrument.items if each.name == name)
    listed = instrument.choices.get(item.choice_list, ()) if item.choice_list else ()
    return {
        "name": item.name,
        "type": item.type.partition(" ")[0],
        "question": dict(item.label),
        "hint": dict(item.hint),
        "answers": [{"code": choice.name, "words": dict(choice.label)} for choice in listed],
    }
