"""One series out of a panel: the treated places together or one of them, less the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

FEWEST_COUNTED = 5  # events a period on average, below which logarithms of counts mislead
MONTH, WEEK = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"(\d{4})-W(\d{2})")
QUARTER, DAY = re.compile(r"(\d{4})-?Q([1-4])"), re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedSeries:
    """What a series is made of, a value a period that every place reported."""

    values: Floats  # (n,); logarithms of rates where `logs`
    times: Floats  # (n,): whole numbers; a period that is not there leaves a gap
    labels: tuple[Any, ...]  # (n,): what the periods are called
    start: float  # the first time that counts as after
    places: tuple[str, ...]
    others: tuple[str, ...]  # whose mean was taken off
    logs: bool
    noise: float  # mean variance of a value that is counting or measurement error; 0 if unknown
    counts: Floats | None  # (n,): of the treated places, where it is a count
    exposure: Floats | None  # (n,)
    left_out: int  # values of places that were missing, and took their period with them
    unevenly_named: bool  # periods whose names tell no distance


def treated_series(
    panel: PanelTable, places: Sequence[str], *, control: bool, phase_in: int, counts: bool
) -> TreatedSeries:
    """Make one series of treated places that start together.

    Args:
        panel: The outcome by place and period.
        places: Treated places, one or more.
        control: Take the mean of the untreated places off, where there are any.
        phase_in: How many periods from the start on are left out.
        counts: The outcome is a count: its logarithm is taken, or a rate where counts are small.

    Raises:
        DataError: The places start at different times or outside the periods, ``phase_in`` is
            negative, a count is no whole number, or no period is left.
    """
    if phase_in < 0:
        raise DataError(f"phase_in counts periods that are left out, so 0 or more, got {phase_in}")
    others = panel.untreated if control else []
    rows, many = [*places, *others], len(places)
    needed, behind = _grids(panel, rows, counts=counts)
    times, unevenly = period_numbers(panel.periods)
    start = times[panel.periods.index(_common_start(panel, places))] + phase_in
    known = np.isfinite(needed) & np.isfinite(behind)
    kept = known.all(axis=0) & ((times < start - phase_in) | (times >= start))
    if not kept.any():
        raise DataError(f"no {panel.when} has a value of every {panel.whole}")
    needed, behind = needed[:, kept], behind[:, kept]
    if counts:
        _check_counts(needed, behind)
    values, logs = _values(needed, behind, many=many, counts=counts)
    noise = 0.0
    if counts:
        noise = _counting_noise(needed, behind, many=many, logs=logs)
    elif panel.se is not None:
        noise = _measuring_noise(panel.se.loc[rows].to_numpy(dtype=float)[:, kept], many=many)
    labels = tuple(name for name, keep in zip(panel.periods, kept, strict=True) if keep)
    return TreatedSeries(
        values=values,
        times=times[kept],
        labels=labels,
        start=float(start),
        places=tuple(places),
        others=tuple(others),
        logs=logs,
        noise=noise,
        counts=needed[:many].sum(axis=0) if counts else None,
        exposure=behind[:many].sum(axis=0) if counts else None,
        left_out=int((~known).sum()),
        unevenly_named=unevenly,
    )


def period_numbers(periods: Sequence[Any]) -> tuple[Floats, bool]:
    """Number periods by their distance, so that one that is missing leaves a gap.

    Whole numbers, years, 2026-03, 202603, 2026-Q1, 2026-W14 and 2026-03-09 tell their distance.
    Others are numbered 1, 2, 3, ..., and the second answer says so.
    """
    numbers = [_number(period) for period in periods]
    found = [number for number in numbers if number is not None]
    if len(found) < len(numbers) or len(found) < 2:
        return np.arange(1, len(numbers) + 1.0), True
    if all(190_000 < number < 210_013 and 1 <= number % 100 <= 12 for number in found):
        found = [12 * (number // 100) + number % 100 for number in found]  # 202603
    away = np.array(found) - found[0]
    if (np.diff(away) < 1).any():
        return np.arange(1, len(numbers) + 1.0), True
    return away / np.gcd.reduce(np.diff(away)) + 1.0, False


def _number(period: Any) -> int | None:
    if isinstance(period, int | float | np.integer | np.floating):
        return int(period) if float(period).is_integer() else None
    text = str(period)
    try:
        if found := DAY.fullmatch(text):
            return date(*map(int, found.groups())).toordinal()
        if found := WEEK.fullmatch(text):
            return date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal()
    except ValueError:
        return None
    for kind, many in ((MONTH, 12), (QUARTER, 4)):
        if found := kind.fullmatch(text):
            return many * int(found[1]) + int(found[2])
    return int(text) if text.isdigit() else None


def _common_start(panel: PanelTable, places: Sequence[str]) -> Any:
    starts = {panel.start[place] for place in places}
    if len(starts) > 1:
        shown = ", ".join(sorted(map(str, starts)))
        raise DataError(
            f"the treated places start at {len(starts)} times ({shown}); one common start is "
            "needed for one series: ask for each place by itself, or for the staggered design"
        )
    start = starts.pop()
    if start not in panel.periods:
        raise DataError(
            f"the start {start} is none of the {panel.when}s, which run from {panel.periods[0]} to "
            f"{panel.periods[-1]}: a series needs {panel.when}s before and after its start"
        )
    return start


def _grids(panel: PanelTable, rows: Sequence[str], *, counts: bool) -> tuple[Floats, Floats]:
    """Give values and what is behind them, shape (rows, periods) each."""
    needed: Floats = panel.outcome.loc[rows].to_numpy(dtype=float)
    if counts and panel.exposure is not None:
        return needed, panel.exposure.loc[rows].to_numpy(dtype=float)
    return needed, np.ones_like(needed)


def _values(needed: Floats, behind: Floats, *, many: int, counts: bool) -> tuple[Floats, bool]:
    """Give the treated places' mean less the others', or the logarithm of the ratio of rates."""
    parts = [slice(0, many), slice(many, None)][: 2 if len(needed) > many else 1]
    sums = [needed[part].sum(axis=0) for part in parts]
    usual = behind[:many].mean()  # rates are told at the exposure a treated place has on average
    rates = [
        found / behind[part].sum(axis=0) * usual for found, part in zip(sums, parts, strict=True)
    ]
    logs = counts and all(one.min() > 0 and one.mean() >= FEWEST_COUNTED for one in sums)
    if logs:
        rates = [np.log(rate) for rate in rates]
    return rates[0] - rates[1] if len(rates) > 1 else rates[0], logs


def _counting_noise(needed: Floats, behind: Floats, *, many: int, logs: bool) -> float:
    """The variance a value of the series has because events are counted, on average."""
    total = 0.0
    for part in (slice(0, many), slice(many, None)):
        found, people = needed[part].sum(axis=0), behind[part].sum(axis=0)
        if found.size and people.all():
            own = 1 / found if logs else found / people**2 * behind[:many].mean() ** 2
            total += float(own.mean())
    return total


def _measuring_noise(errors: Floats, *, many: int) -> float:
    """The variance a value of the series has because each place's value is an estimate."""
    total = 0.0
    for part in (errors[:many], errors[many:]):
        if len(part):
            total += float((np.nan_to_num(part) ** 2).sum(axis=0).mean()) / len(part) ** 2
    return total


def _check_counts(needed: Floats, behind: Floats) -> None:
    if not ((needed >= 0) & (needed == np.round(needed))).all():
        raise DataError("counts must be whole numbers of 0 or more")
    if not (behind > 0).all():
        raise DataError("the exposure behind each count must be above 0")
