"""Pool the estimates of several imputed tables into one, by Rubin's rules."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

_MUCH_MISSING = 0.5  # fraction of missing information above which the result says so


def pooled_estimate(
    values: Sequence[float],
    errors: Sequence[float],
    *,
    df_complete: float,
    term: str,
    unit: str,
    n: int,
    level: float = 0.95,
) -> Estimate:
    """Pool one quantity that was estimated in each of m imputed tables.

    Args:
        values: The estimates, m of them, two or more.
        errors: Their standard errors.
        df_complete: Degrees of freedom that a table without gaps would have given.
        term: What was estimated, in words.
        unit: Of a value.
        n: Respondents in each table.
        level: Confidence level.

    Raises:
        DataError: Fewer than two tables, or a standard error of 0 in all of them.

    Source:
        Rubin (1987), Multiple Imputation for Nonresponse in Surveys; Barnard & Rubin (1999),
        Biometrika 86: 948-955. Agrees with ``mice::pool`` of R. Issue 5, scoring.
    """
    m = len(values)
    if m < 2 or len(errors) != m:
        raise DataError(f"pooling needs two imputed tables or more, got {m}")
    value = float(np.mean(values))
    within = float(np.mean(np.square(errors)))
    between = float(np.var(values, ddof=1)) * (1 + 1 / m)
    whole = within + between
    if within <= 0:
        raise DataError(f"{term}: the imputed tables leave no spread to judge chance by")
    df = barnard_rubin_df(between / whole, m=m, df_complete=df_complete)
    away = float(stats.t.ppf((1 + level) / 2, df)) * np.sqrt(whole)
    missing_information = (between / within + 2 / (df + 3)) / (between / within + 1)
    return Estimate(
        term=term,
        value=value,
        se=float(np.sqrt(whole)),
        low=value - away,
        high=value + away,
        level=level,
        n=n,
        unit=unit,
        method=f"{m} imputed tables, Rubin's rules, Barnard-Rubin df {df:.1f}",
        assumptions=(
            "whether an answer is missing depends only on answers that are there",
            "respondents answered independently of each other",
        ),
        warnings=(
            (f"{missing_information:.0%} of the information about it is missing",)
            if missing_information > _MUCH_MISSING
            else ()
        ),
    )


def barnard_rubin_df(share_between: float, *, m: int, df_complete: float) -> float:
    """Give the degrees of freedom of a pooled estimate.

    Args:
        share_between: Of the variance, the part that comes from the gaps, in [0, 1).
        m: Number of imputed tables.
        df_complete: As for ``pooled_estimate``.
    """
    share = max(share_between, 1e-12)
    of_tables = (m - 1) / share**2
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return of_tables * observed / (of_tables + observed)
