"""What stands beside the leading slope on a dose: lags, leads, other tests, other models."""

from dataclasses import replace

import numpy as np
from scipy import stats

from outcomes.analyses.dose_grid import DoseGrid
from outcomes.analyses.dose_response import Asked, Response, as_ratio, response, slopes
from outcomes.errors import DataError
from outcomes.estimate import Estimate, without
from outcomes.stats.overdispersed_counts import negative_binomial_fixed_effects
from outcomes.stats.slopes_by_place import slopes_by_place

SMALLEST = float(np.finfo(float).tiny)  # a p is never 0
QUASI, BINOMIAL, PLAIN = "5 to 21", "19", "8 to 41"  # false alarms in % where months go together


def before(lag: int) -> str:
    """Say how long before."""
    return "the same period" if lag == 0 else f"{_periods(lag)} before"


def _periods(number: int) -> str:
    return "1 period" if number == 1 else f"{number} periods"


def by_lag(grid: DoseGrid, asked: Asked) -> list[Estimate]:
    """Tell the lags apart, where several were added up."""
    if len(grid.lags) < 2:
        return []
    window = grid.window()
    columns = np.stack([grid.shifted(lag, window=window) for lag in grid.lags], axis=2)
    terms = [
        f"{asked.term} (only the dose of {before(lag)}, the other lags held equal)"
        for lag in grid.lags
    ]
    return _together(grid, columns, window=window, terms=terms, asked=asked)


def by_lead(grid: DoseGrid, asked: Asked) -> list[Estimate]:
    """Ask whether the outcome goes with doses that were yet to come, which it cannot follow."""
    if not grid.leads:
        return []
    window = grid.window(leads=True)
    ahead = [grid.shifted(-lead, window=window) for lead in grid.leads]
    columns = np.stack([*ahead, grid.together(window=window)], axis=2)
    terms = [f"{asked.term} (check: the dose of {_periods(lead)} after)" for lead in grid.leads]
    return _together(grid, columns, window=window, terms=terms, asked=asked)


def by_place(made: Response, asked: Asked) -> list[Estimate]:
    """Give the mean of one slope a place, as a check that leans on less."""
    if made.ratio:
        return []  # logarithms of single counts would not do
    return [
        slopes_by_place(
            made.values,
            made.regressors[:, :, 0],
            term=f"{asked.term} (one slope a place)",
            unit=asked.unit,
            level=asked.level,
        )
    ]


def by_counts(made: Response, asked: Asked) -> list[Estimate]:
    """Give what count models say by their own errors, with how often these raise false alarms."""
    if made.fit is None:
        return []
    fit = made.fit
    slope, error = float(fit.slope[0]), float(fit.model_se[0])
    spread = float(np.sqrt(max(fit.dispersion, 1.0)))
    common = Estimate(
        term=asked.term,
        value=0.0,
        low=0.0,
        high=0.0,
        level=asked.level,
        n=len(made.values),
        unit=asked.unit,
        method="count model",
        assumptions=("each period of each place is new evidence by itself",),
    )
    plain = _model(common, "Poisson", value=slope, error=error, df=fit.df, alarms=PLAIN)
    name = f"quasi-Poisson (dispersion {fit.dispersion:.2f})"
    quasi = _model(common, name, value=slope, error=error * spread, df=fit.df, alarms=QUASI)
    try:
        jumping = negative_binomial_fixed_effects(
            fit.counts, made.regressors[:, :, 0], exposure=fit.exposure
        )
    except DataError as reason:  # counts jump no more than chance, or places are many
        return [plain, without(quasi, "a negative binomial", reason)]
    name = f"negative binomial (theta {jumping.theta:.1f})"
    own = jumping.model_se
    more = _model(common, name, value=jumping.slope, error=own, df=fit.df, alarms=BINOMIAL)
    return [plain, quasi, more]


def _together(
    grid: DoseGrid,
    columns: np.ndarray,
    *,
    window: slice,
    terms: list[str],
    asked: Asked,
) -> list[Estimate]:
    return slopes(response(grid, columns, window=window), asked, terms=terms)


def _model(
    common: Estimate, name: str, *, value: float, error: float, df: int, alarms: str
) -> Estimate:
    margin = float(stats.t.ppf((1 + common.level) / 2, df)) * error
    found = replace(
        common,
        term=f"{common.term} (by the model's own errors: {name.split(' (', maxsplit=1)[0]})",
        value=value,
        low=value - margin,
        high=value + margin,
        p=max(2 * float(stats.t.sf(abs(value) / error, df)), SMALLEST),
        method=f"{name} within places and periods, t({df})",
        warnings=(
            f"for comparison only: of studies without any change, such errors called {alarms} % "
            "real in simulations in which months of a place go together",
        ),
    )
    return as_ratio(found)
