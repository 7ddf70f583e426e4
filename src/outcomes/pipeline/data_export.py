"""Answers from the study's store as a dataset for other programs, within the rules."""

import secrets
from collections.abc import Mapping, Sequence

import pandas as pd

from outcomes.errors import FileError
from outcomes.pipeline.answer_export import collected_answers, finished_days
from outcomes.pipeline.audit import record
from outcomes.pipeline.data_asking import (
    Ask,
    finished,
    link_of,
    require_publishable,
    scored,
    texts_at_hand,
    weight_text,
)
from outcomes.settings import AGENCY
from outcomes.study import Study, study_key
from outcomes.surveys.data_files import AboutData, Code, Dataset, Part
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.wording import form_words, language_tag

__all__ = ["Ask", "export_data", "record_export"]

_WHOLE_AGENCY = {"en": "the agency as a whole", "es": "toda la agencia"}


def export_data(study: Study, waves: Sequence[str], ask: Ask) -> Dataset:
    """Give the answers of waves as one dataset, one row a respondent and wave.

    Args:
        study: The study; finished forms of the waves are collected first.
        waves: Their labels.
        ask: What is asked for.

    Returns:
        With ``link_id``, a keyed hash that is the same for a person in every wave and every
        export of this study, and is not the one in the store. No time is finer than a day; a
        public file has no day either. Rows stand in the order of the hash.

    Raises:
        DataError: A wave is not known or holds no answers; or what is asked for may not be public.
        FileError: An earlier text is not sound.

    Source:
        Issue 5, 10; requirements A10 and B5.
    """
    require_publishable(ask)
    waves = tuple(dict.fromkeys(waves))
    found = {wave: collected_answers(study, wave) for wave in waves}
    texts = texts_at_hand([instrument for instrument, _ in found.values()], ask)
    secret, sealed = _link_secret(study)
    parts = [
        _part(study, wave, rows, texts=texts, secret=secret)
        for wave, (_, answers) in found.items()
        for _, rows in answers.groupby("instrument_hash", sort=False)
    ]
    known = list(texts)
    parts.sort(key=lambda each: known.index(content_hash(each.instrument))
               if each.instrument else len(known))  # fmt: skip
    return finished(
        [scored(each) if ask.scores else each for each in parts],
        ask,
        about=_about(study, waves, [each.instrument for each in parts if each.instrument]),
        name=waves[0] if len(waves) == 1 else "answers",
        codes=_codes(study, waves, parts, tuple(texts.values())),
        floor=study.settings.publish.smallest_cell,
        notes=sealed,
    )


def _link_secret(study: Study) -> tuple[bytes, list[str]]:
    try:
        return study_key(study), []
    except FileError:
        return secrets.token_bytes(32), [
            "The study is sealed: link_id joins the waves of this file, but not this file with "
            "another export."
        ]


def _part(
    study: Study, wave: str, rows: pd.DataFrame, *, texts: Mapping[str, Instrument], secret: bytes
) -> Part:
    first = rows.iloc[0]
    instrument = texts.get(first["instrument_hash"])
    days = finished_days(study, wave)
    table = pd.DataFrame(
        {
            "link": [link_of(secret, each) for each in rows["respondent"]],
            "wave": wave,
            "version": f"{first['instrument']} {first['instrument_version']}",
            "place": rows["place"].to_list(),
            "day": [days.get(each, "") for each in rows["respondent"]],
            "weight": [weight_text(each) for each in rows["weight"]],
        }
    )
    answers = pd.DataFrame(list(rows["answers"]), dtype=object)
    names = (
        [item.name for item in instrument.items if item.asked]
        if instrument
        else [name for name in answers.columns if not name.startswith("code.")]
    )
    items = answers.reindex(columns=names).fillna("").astype(str)
    return Part(
        instrument=instrument,
        version=first["instrument_version"],
        about=table,
        answers=items,
    )


def _about(study: Study, waves: Sequence[str], instruments: Sequence[Instrument]) -> AboutData:
    settings = study.settings
    dated = [study.wave(wave) for wave in waves]
    same = len({each.id for each in instruments}) == 1
    languages = dict.fromkeys(each for one in instruments for each in one.languages)
    return AboutData(
        title=instruments[0].title if same else dict.fromkeys(languages, settings.study.name),
        agency=settings.study.agency,
        study=settings.study.name,
        generated=settings.study.generated,
        first=min(each.opens for each in dated).isoformat(),
        last=max(each.closes for each in dated).isoformat(),
        places=tuple(each.name for each in settings.places),
    )


def _codes(
    study: Study, waves: Sequence[str], parts: Sequence[Part], texts: Sequence[Instrument]
) -> dict[str, list[Code]]:
    """Name waves and places for those who do not know their codes."""
    languages = list(dict.fromkeys(each for text in texts for each in text.languages))
    held = {place for part in parts for place in part.about["place"]}
    places = [
        Code(code=each.code, label=dict.fromkeys(languages, each.name), missing=False)
        for each in study.settings.places
        if each.code in held
    ]
    if AGENCY in held:
        label = {
            each: _WHOLE_AGENCY.get(language_tag(each), _WHOLE_AGENCY["en"]) for each in languages
        }
        places.append(Code(code=AGENCY, label=label, missing=False))
    rounds = [
        Code(
            code=wave,
            label={
                each: f"{wave} ({form_words(each)[study.wave(wave).occasion]})"
                for each in languages
            },
            missing=False,
        )
        for wave in waves
    ]
    return {"wave": rounds, "place": places}


def record_export(
    study: Study, dataset: Dataset, ask: Ask, *, user: str, waves: Sequence[str]
) -> None:
    """Write into the audit log who took which answers, and what of them could say who answered."""
    person = sum(each.privacy == "describes the person" for each in dataset.variables)
    texts = sum(each.privacy == "free text" for each in dataset.variables)
    purpose = ", to be published" if ask.public else ""
    record(
        study.store,
        user=user,
        action="exported answers",
        about=", ".join(waves),
        detail=f"{len(dataset.table)} rows{purpose}; {person} columns that describe the person, "
        f"{texts} of free text",
    )
