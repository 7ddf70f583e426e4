"""The stages of sampling: which unit each row belongs to, and what was drawn from where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.lonely_psu import LonelyRule, lonely_units

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Columns = Sequence[ArrayLike]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of sampling: which unit each row belongs to, and each unit's stratum."""

    unit: Codes | None  # (rows,) index of the row's unit; None where each row is one
    stratum: Codes  # (units,) index of the unit's stratum
    sizes: NDArray[np.int64]  # (strata,) units drawn
    fractions: Floats  # (strata,) share of the stratum's units that was drawn; 0: not known
    share: Floats  # (strata,) product of the earlier stages' fractions; 1 at the first stage
    lonely: NDArray[np.bool_]  # (strata,) one unit drawn, and not the only one there is


def sampling_stages(
    weights: Floats,
    *,
    strata: ArrayLike | None,
    clusters: Columns,
    populations: Columns,
    nest: bool,
    lonely: LonelyRule,
) -> tuple[Stage, ...]:
    """Tell which unit of each stage a row belongs to, and what was drawn from where.

    Args:
        weights: Shape (rows,); 0 means that the row is not in the sample.
        strata: As ``survey_design`` takes it.
        clusters: As ``survey_design`` takes it.
        populations: As ``survey_design`` takes it.
        nest: As ``survey_design`` takes it.
        lonely: As ``survey_design`` takes it.

    Raises:
        DataError: A cluster lies in two strata, a population differs within a stratum or is below
            its sample, or a stratum holds one cluster and no rule says what to do.
    """
    sampled = weights > 0
    whole = bool(sampled.all())
    row_stratum, names = _factorized(strata, "strata") if strata is not None else (None, ["all"])
    share = np.ones(len(names))
    found: list[Stage] = []
    for number in range(1, max(1, len(populations)) + 1):
        unit, unit_names = None, None
        if clusters:
            unit, unit_names = _factorized(clusters[number - 1], "clusters")
        unit, stratum = _nested(
            unit, row_stratum, names=unit_names, nest=nest or number > 1, rows=weights.size
        )
        unit, stratum = _sampled_units(unit, stratum, sampled=None if whole else sampled)
        sizes = np.bincount(stratum, minlength=len(names)).astype(np.int64)
        fractions = np.zeros(sizes.size)
        if populations:
            column = np.asarray(populations[number - 1], dtype=float)
            fractions = _fractions(column, row_stratum, sampled, sizes=sizes, names=names)
        rule = lonely if strata is not None or number > 1 else "remove"  # one sample: too few, then
        alone = lonely_units(sizes, fractions, rule=rule, names=names, stage=number)
        stage = Stage(
            unit=unit,
            stratum=stratum,
            sizes=sizes,
            fractions=fractions,
            share=share,
            lonely=alone,
        )
        found.append(stage)
        if number < len(populations):  # within each unit the next stage draws anew
            row_stratum = np.arange(weights.size, dtype=np.intp) if unit is None else unit
            share = (share * fractions)[stratum]
            names = _names(unit, stratum.size, sampled, column=clusters[number - 1])
    return tuple(found)


def _names(
    unit: Codes | None, units: int, sampled: NDArray[np.bool_], *, column: ArrayLike
) -> list[str]:
    """Name the units of a stage as their column does; the next stage draws within them."""
    if unit is None:
        return [str(at) for at in range(units)]
    rows = np.zeros(units, dtype=np.intp)
    rows[unit[sampled]] = np.flatnonzero(sampled)
    return [str(each) for each in np.asarray(column)[rows]]


def _factorized(column: ArrayLike, what: str) -> tuple[Codes, list[str]]:
    codes, names = pd.factorize(np.asarray(column) if not hasattr(column, "array") else column)
    if (codes < 0).any():
        row = int(np.flatnonzero(codes < 0)[0]) + 1
        raise DataError(f"the {what} are missing in entry {row}. Fill it, or drop the row")
    return codes.astype(np.intp, copy=False), [str(name) for name in names]


def _nested(
    unit: Codes | None,
    stratum: Codes | None,
    *,
    names: list[str] | None,
    nest: bool,
    rows: int,
) -> tuple[Codes | None, Codes]:
    """Give each unit its one stratum; a unit in two is a mistake unless numbered anew."""
    if unit is None or names is None:
        return None, np.zeros(rows, dtype=np.intp) if stratum is None else stratum
    if stratum is None:
        return unit, np.zeros(len(names), dtype=np.intp)
    of_unit = np.zeros(len(names), dtype=np.intp)
    of_unit[unit] = stratum
    elsewhere = of_unit[unit] != stratum
    if not elsewhere.any():
        return unit, of_unit
    if not nest:
        name = names[unit[np.flatnonzero(elsewhere)[0]]]
        raise DataError(
            f"the cluster {name!r} lies in two strata. Correct it; or, if clusters are numbered "
            "anew in each stratum, say so (--nest)"
        )
    anew, pairs = pd.factorize(stratum.astype(np.int64) * len(names) + unit)
    return anew.astype(np.intp, copy=False), (pairs // len(names)).astype(np.intp)


def _sampled_units(
    unit: Codes | None, stratum: Codes, *, sampled: NDArray[np.bool_] | None
) -> tuple[Codes | None, Codes]:
    """Leave out units that have only rows of weight 0: they were not drawn."""
    if sampled is None:
        return unit, stratum
    if unit is None:
        return np.maximum(np.cumsum(sampled) - 1, 0), stratum[sampled]
    there = np.bincount(unit[sampled], minlength=stratum.size) > 0
    anew = np.maximum(np.cumsum(there) - 1, 0)  # rows not sampled land anywhere, with weight 0
    return anew[unit], stratum[there]


def _fractions(
    column: Floats,
    row_stratum: Codes | None,
    sampled: NDArray[np.bool_],
    *,
    sizes: NDArray[np.int64],
    names: list[str],
) -> Floats:
    values = column[sampled]
    if not (values > 0).all():
        raise DataError("every population (fpc) must be a number above 0")
    of_stratum = np.zeros(sizes.size)
    codes = np.zeros(column.size, np.intp) if row_stratum is None else row_stratum
    codes = codes[sampled]
    of_stratum[codes] = values
    if (differs := of_stratum[codes] != values).any():
        name = names[codes[np.flatnonzero(differs)[0]]]
        raise DataError(f"the population (fpc) differs within {name!r}; it must be one number")
    if (values <= 1).all():
        return of_stratum
    drawn = np.divide(sizes, of_stratum, out=np.zeros(sizes.size), where=of_stratum > 0)
    if (drawn > 1).any():
        at = int(np.flatnonzero(drawn > 1)[0])
        raise DataError(
            f"{names[at]!r}: the sample ({sizes[at]}) is larger than its population "
            f"({of_stratum[at]:g})"
        )
    return drawn


def weights_of(stages: tuple[Stage, ...], *, size: int) -> Floats:
    """Give the weights that follow from the shares drawn at every stage."""
    weights = np.ones(size)
    for stage in stages:
        of_unit = 1 / stage.fractions[stage.stratum]
        weights = weights * (of_unit if stage.unit is None else of_unit[stage.unit])
    return weights
