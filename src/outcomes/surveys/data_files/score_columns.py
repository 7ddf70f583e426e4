"""Scores of scales as columns beside the answers, those of different scales never in one column."""

from collections.abc import Iterator, Sequence

import pandas as pd

from outcomes.surveys.data_files.columns import version_end
from outcomes.surveys.data_files.dataset import Variable, versions_of
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Scale

_Found = list[tuple[Instrument, Scale, str]]


def score_variables(
    parts: Sequence[tuple[Instrument | None, pd.DataFrame]],
) -> Iterator[tuple[Variable, pd.Series]]:
    """Give one column a scale, ``score_`` before its name.

    A scale of the same name that another version built of other items has a column of its own.

    Args:
        parts: Instrument and scores of each part, in the order of the rows, each
            one column a scale.
    """
    known: _Found = []
    frames = []
    for instrument, scores in parts:
        named = (
            {name: _column(known, instrument, name) for name in scores.columns}
            if instrument
            else {}
        )
        frames.append(scores.rename(columns=named).map(_written).reset_index(drop=True))
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    for instrument, scale, name in known:
        low, high = instrument.score_range(_scale_name(instrument, scale))
        turned = f"; reversed: {', '.join(scale.reversed)}" if scale.reversed else ""
        yield (
            Variable(
                name=name,
                kind="number",
                role="score",
                label=dict.fromkeys(
                    instrument.languages, f"Score: {scale.label} ({low} to {high})"
                ),
                decimals=2,
                versions=versions_of([instrument]),
                how=f"mean of {', '.join(scale.items)}{turned}; {scale.needed} must be answered",
            ),
            table[name],
        )


def _column(known: _Found, instrument: Instrument, scale_name: str) -> str:
    scale = instrument.scales[scale_name]
    own = f"score_{scale_name}"
    same = [each for each in known if _scale_name(each[0], each[1]) == scale_name]
    for first, other, name in same:
        if first.id == instrument.id and other == scale:
            return name
    name = own if not same else own + version_end(instrument, same[0][0])
    known.append((instrument, scale, name))
    return name


def _scale_name(instrument: Instrument, scale: Scale) -> str:
    return next(name for name, each in instrument.scales.items() if each is scale)


def _written(score: float) -> str:
    return "" if pd.isna(score) else repr(round(float(score), 10))
