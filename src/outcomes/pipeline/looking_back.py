"""What people of a class say afterwards of how they were before, from the stored answers (B5)."""

from collections.abc import Iterator

import pandas as pd

from outcomes.analyses.response_shift import LookedBack
from outcomes.pipeline.wave_answers import answers_of_wave
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import Wave
from outcomes.study import Study
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.looking_back import LookingBack, looking_back
from outcomes.surveys.scoring import item_numbers, reverse


def looked_back(study: Study, pair: tuple[Wave, Wave]) -> Iterator[tuple[str, LookedBack]]:
    """Read what one class answered to questions that look back.

    Args:
        study: The study.
        pair: The waves of the class before and after.

    Yields:
        For each item that the instrument declares with ``looks_back_on``, and that somebody
        answered: the measure of its scale, and the answers. They stand in no table of measures.
    """
    pre, post = pair
    if pre.instrument != post.instrument:  # then no question was asked twice
        return
    instrument = wave_instrument(study, post.label)
    asked = looking_back(instrument)
    if not asked:
        return
    tables = {wave.label: _answers(study, wave) for wave in pair}
    for each in asked:
        then = _values(tables[post.label], instrument, each, item=each.item)
        true = [
            _values(tables[wave.label], instrument, each, item=each.on).assign(period=wave.label)
            for wave in pair
        ]
        if len(then):
            yield (
                each.measure,
                LookedBack(
                    question=each.question,
                    answers=pd.concat(true, ignore_index=True),
                    looking_back=then.assign(period=post.label),
                ),
            )


def _answers(study: Study, wave: Wave) -> pd.DataFrame:
    rows = answers_of_wave(study, wave.label)
    items = pd.DataFrame([row.answers for row in rows], dtype=str)
    return items.assign(respondent=[row.respondent for row in rows])


def _values(
    answers: pd.DataFrame, instrument: Instrument, asked: LookingBack, *, item: str
) -> pd.DataFrame:
    """Read one item as numbers, turned as its scale has it; nobody who did not answer it."""
    if item not in answers.columns:
        return pd.DataFrame({"unit": pd.Series(dtype=str), "value": pd.Series(dtype=float)})
    values = item_numbers(answers, instrument, items=[item])[:, 0]
    if asked.turned:
        low, high = instrument.score_range(asked.scale)
        values = reverse(values, low=low, high=high)
    return pd.DataFrame({"unit": answers["respondent"].to_numpy(), "value": values}).dropna()
