"""Outcome and dose of each place and period as full grids; what is left out is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.treated_series import period_numbers
from outcomes.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseGrid:
    """What the dose design uses, a row a place and a column a period."""

    outcome: Floats  # NaN where not observed
    dose: Floats  # in the step asked for; no NaN
    exposure: Floats | None
    se: Floats | None  # 0 where known exactly
    labels: tuple[str, ...]
    lags: tuple[int, ...]
    leads: tuple[int, ...]
    dropped: int  # places left out
    warnings: tuple[str, ...]

    def window(self, *, leads: bool = False) -> slice:
        """The periods for which every lag, and every lead where asked for, is known."""
        last = self.dose.shape[1] - (max(self.leads) if leads else 0)
        return slice(max(self.lags), last)

    def shifted(self, by: int, *, window: slice) -> Floats:
        """The dose of so many periods before (or after, where negative), for the window."""
        return self.dose[:, window.start - by : window.stop - by]

    def together(self, *, window: slice) -> Floats:
        """The doses of all lags added up, for the window."""
        added: Floats = np.sum([self.shifted(lag, window=window) for lag in self.lags], axis=0)
        return added

    def sofar(self) -> Floats:
        """The dose of all periods up to each."""
        return np.cumsum(self.dose, axis=1)


def dose_grid(
    panel: PanelTable,
    dose: pd.DataFrame,
    *,
    lags: Sequence[int] = (0,),
    leads: Sequence[int] = (),
    step: float = 1.0,
) -> DoseGrid:
    """Put outcome and dose side by side, and leave out what cannot be used, counting it.

    A place's path of doses can only be compared where it is whole: where doses are not recorded,
    either those places or those periods are left out, whichever loses fewer values.

    Raises:
        DataError: A lag or lead is no whole number, periods are missing in between although
            lags are asked for, a dose is negative or not recorded anywhere, or too little is left.
    """
    _checked(lags, leads, step=step)
    given = dose.reindex(index=panel.outcome.index, columns=panel.outcome.columns)
    paths = given.to_numpy(dtype=float)
    if (paths < 0).any():
        raise DataError("a dose is below 0; give how much each place got, 0 where it got none")
    outcome = panel.outcome.to_numpy(dtype=float).copy()
    exposure = _same(panel, panel.exposure)
    if exposure is not None:
        outcome[np.isnan(exposure)] = np.nan
    rows, columns, warnings = _kept(outcome, paths, panel=panel)
    kept = np.ix_(rows, columns)
    labels = [name for name, keep in zip(panel.periods, columns, strict=True) if keep]
    leads = _even(labels, lags=lags, leads=leads, warnings=warnings, when=panel.when)
    if columns.sum() - max(lags) < 2 or rows.sum() < 2:
        raise DataError(
            f"cannot tell: {int(rows.sum())} places and {int(columns.sum())} periods with a dose "
            "are too few to compare, lags allowed for"
        )
    errors = _same(panel, panel.se)
    return DoseGrid(
        outcome=outcome[kept],
        dose=paths[kept] / step,
        exposure=None if exposure is None else exposure[kept],
        se=None if errors is None else np.nan_to_num(errors)[kept],
        labels=tuple(map(str, labels)),
        lags=tuple(lags),
        leads=tuple(leads),
        dropped=int((~rows).sum()),
        warnings=tuple(warnings),
    )


def _checked(lags: Sequence[int], leads: Sequence[int], *, step: float) -> None:
    if not lags or min(lags) < 0 or len(set(lags)) < len(lags):
        raise DataError("lags are numbers of periods of 0 or more, each once: 0 is the same period")
    if leads and (min(leads) < 1 or len(set(leads)) < len(leads)):
        raise DataError("leads are numbers of periods of 1 or more, each once")
    if not step > 0:
        raise DataError(f"the step of the dose must be above 0, got {step}")


def _same(panel: PanelTable, table: pd.DataFrame | None) -> Floats | None:
    if table is None:
        return None
    like = table.reindex(index=panel.outcome.index, columns=panel.outcome.columns)
    numbers: Floats = like.to_numpy(dtype=float)
    return numbers


def _kept(outcome: Floats, paths: Floats, *, panel: PanelTable) -> tuple[Flags, Flags, list[str]]:
    """Say which places and periods can be used."""
    warnings = []
    missing = np.isnan(paths)
    rows: Flags = np.ones(len(paths), dtype=bool)
    columns: Flags = np.ones(paths.shape[1], dtype=bool)
    if missing.all():
        raise DataError("no dose is recorded anywhere")
    if missing.any():
        whole: Flags = np.asarray(missing.any(axis=1))
        full: Flags = np.asarray(missing.any(axis=0))
        by_place = whole.sum() * paths.shape[1] <= full.sum() * len(paths)
        rows, columns = (~whole, columns) if by_place else (rows, ~full)
        what = f"{int(whole.sum())} of {len(paths)} places"
        if not by_place:
            what = f"{int(full.sum())} of {paths.shape[1]} periods"
        warnings.append(f"{what} are left out, for which the dose is not recorded throughout")
    silent = rows & ~np.isfinite(outcome[:, columns]).any(axis=1)
    if silent.any():
        rows &= ~silent
        warnings.append(f"{int(silent.sum())} places without any {panel.name} are left out")
    unknown = int(np.isnan(outcome[np.ix_(rows, columns)]).sum())
    if unknown:
        warnings.append(f"{unknown} values are missing, and are not taken for zero")
    return rows, columns, warnings


def _even(
    labels: Sequence[object],
    *,
    lags: Sequence[int],
    leads: Sequence[int],
    warnings: list[str],
    when: str,
) -> Sequence[int]:
    """See that the period before is the period before; give the leads that can be looked at."""
    numbers, unknown = period_numbers(labels)
    even = unknown or bool((np.diff(numbers) == 1).all())
    if max(lags) > 0 and not even:
        raise DataError(
            f"the {when}s do not follow each other without a gap, so that the dose of the one "
            "before is not known everywhere; leave lags out, or complete the record"
        )
    room = len(labels) - max(lags) - max(leads, default=0) >= 3
    if leads and not (even and room):
        warnings.append(
            f"whether the outcome moves before the dose could not be checked: the {when}s have "
            "gaps or are too few"
        )
        return ()
    return leads
