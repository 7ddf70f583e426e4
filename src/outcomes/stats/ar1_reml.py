"""Regression of one series whose errors depend on the error before (AR(1)), fitted by REML."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

LOWEST, HIGHEST = -0.8, 0.98  # correlations of neighboring errors that are tried
STEPS = np.linspace(LOWEST, HIGHEST, 90)
ROUNDING = 1e-20  # of the values' sum of squares: a smaller rest comes from binary fractions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ar1Regression:
    """The coefficients of a series with AR(1) errors, and how far each may be off."""

    coefficients: Floats  # (k,)
    covariance: Floats  # (k, k); of the REML fit, taking phi as known
    phi: float  # correlation of an error with the error one period before
    sd: float  # of an error
    df: int  # values less coefficients
    log_likelihood: float  # restricted or not, as nlme counts it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ar1Fits:
    """Many series on one design: phi, and estimate over standard error of each contrast."""

    phi: Floats  # (r,)
    sd: Floats  # (r,): of an error
    ratios: Floats  # (q, r)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Products:
    """Sums of products of a value with itself and with the one before, by length of the gap.

    With them the likelihood of any phi costs as much for a long series as for a short one.
    """

    gaps: Floats  # (d,): distinct distances to the value before, in periods
    many: Floats  # (d,): how many values have it
    first: tuple[Floats, Floats, Floats]  # design x design, design x series, series x series
    own: tuple[Floats, Floats, Floats]  # each (d, ...)
    crossed: tuple[Floats, Floats, Floats]
    before: tuple[Floats, Floats, Floats]

    def at(self, phi: float) -> tuple[Floats, Floats, Floats]:
        """Weigh the sums as errors of this phi ask for: (k, k), (k, r) and (r,)."""
        carried = phi**self.gaps
        fresh = 1 / (1 - carried**2)
        found = [
            start
            + _weighed(fresh, own)
            - _weighed(fresh * carried, crossed)
            + _weighed(fresh * carried**2, before)
            for start, own, crossed, before in zip(
                self.first, self.own, self.crossed, self.before, strict=True
            )
        ]
        return found[0], found[1], found[2]

    def log_determinant(self, phi: float) -> float:
        """Of the correlation matrix of the errors."""
        return float(self.many @ np.log1p(-(phi ** (2 * self.gaps))))


def ar1_reml(
    values: ArrayLike,
    design: ArrayLike,
    *,
    times: ArrayLike | None = None,
    restricted: bool = True,
) -> Ar1Regression:
    """Fit a regression whose errors are correlated from period to period.

    Periods without a value are simply left out of ``values``, ``design`` and ``times``: errors two
    periods apart are then correlated by phi squared, and so on. Nothing is filled in.

    Args:
        values: One a period, shape (n,), no NaN.
        design: One row a period, one column a coefficient, shape (n, k).
        times: Whole numbers that rise, shape (n,); 1, 2, 3, ... where None.
        restricted: By REML; with False by plain maximum likelihood, whose phi is too low in short
            series, for comparison with other programs.

    Returns:
        Coefficients with the covariance of the fit. It takes phi for known, so that with fewer
        than about 100 periods its t ratios call too many changes real: judge them by
        ``simulated_critical_values``.

    Raises:
        DataError: Shapes differ, a number is missing, times do not rise, there are fewer than two
            values more than coefficients, the columns depend on one another, or the design fits
            every value, which leaves no spread to judge chance by.

    Source:
        Patterson & Thompson (1971), Biometrika 58: 545-554; Cheang & Reinsel (2000), JASA 95:
        1173-1184. Agrees with ``gls(correlation = corAR1(), method = "REML")`` of R's nlme, and
        with ``method = "ML"``.
    """
    series, columns, when = _checked(values, design, times)
    basis, triangle = _basis(columns)
    rest = series - basis @ (basis.T @ series)
    if rest @ rest <= ROUNDING * max(float(series @ series), 1e-300):
        raise DataError("the series lies exactly on its trend: no spread to judge chance by")
    products = _products(basis, rest[:, None], when)
    df = len(series) - columns.shape[1]
    counted = df if restricted else len(series)

    def against(phi: float) -> float:
        return -float(_profile(products, phi, counted=counted, restricted=restricted)[0][0])

    start = int(np.argmin([against(phi) for phi in STEPS]))
    reach = (float(STEPS[max(start - 1, 0)]), float(STEPS[min(start + 1, len(STEPS) - 1)]))
    phi = float(optimize.minimize_scalar(against, bounds=reach, options={"xatol": 1e-10}).x)
    found, shift, left, inverse = _profile(products, phi, counted=counted, restricted=restricted)
    back = np.linalg.inv(triangle)
    variance = float(left[0]) / df
    return Ar1Regression(
        coefficients=back @ (basis.T @ series + shift[:, 0]),
        covariance=variance * back @ inverse @ back.T,
        phi=phi,
        sd=float(np.sqrt(variance)),
        df=df,
        log_likelihood=float(found[0])
        - 0.5 * counted * float(np.log(2 * np.pi) + 1 - np.log(counted))
        - (float(np.log(np.abs(np.diag(triangle))).sum()) if restricted else 0.0),
    )


def ar1_reml_many(series: Floats, design: Floats, *, times: Floats, contrasts: Floats) -> Ar1Fits:
    """Fit many series on one design at once, phi to the nearest 0.02.

    Args:
        series: One a column, shape (n, r).
        design: Shape (n, k).
        times: Whole numbers that rise, shape (n,).
        contrasts: Weights of the coefficients, shape (q, k).
    """
    basis, triangle = _basis(design)
    rest = series - basis @ (basis.T @ series)
    products = _products(basis, rest, times)
    wanted = contrasts @ np.linalg.inv(triangle)
    direct = wanted @ (basis.T @ series)
    df = len(series) - design.shape[1]
    best = np.full(series.shape[1], -np.inf)
    phis, sds = np.zeros(series.shape[1]), np.zeros(series.shape[1])
    ratios = np.zeros((len(contrasts), series.shape[1]))
    for phi in STEPS:
        found, shift, left, inverse = _profile(products, float(phi), counted=df)
        better = found > best
        best[better], phis[better] = found[better], phi
        sds[better] = np.sqrt(left[better] / df)
        spread = np.einsum("qk,kl,ql->q", wanted, inverse, wanted)
        error = np.sqrt(np.outer(spread, left[better] / df))
        ratios[:, better] = (direct[:, better] + wanted @ shift[:, better]) / error
    return Ar1Fits(phi=phis, sd=sds, ratios=ratios)


def ar1_likelihoods(series: Floats, design: Floats, *, times: Floats) -> Floats:
    """Give the greatest log likelihood of each series, shape (r,), up to one constant for all.

    By plain maximum likelihood, which alone may be compared between designs.
    """
    basis, _ = _basis(design)
    products = _products(basis, series - basis @ (basis.T @ series), times)
    best = np.full(series.shape[1], -np.inf)
    for phi in STEPS[::4]:
        found = _profile(products, float(phi), counted=len(series), restricted=False)[0]
        best = np.maximum(best, found)
    return best


def ar1_errors(times: Floats, *, phi: float, many: int, rng: np.random.Generator) -> Floats:
    """Draw errors of variance 1 at the given times, shape (n, many)."""
    fresh = rng.standard_normal((len(times), many))
    for row, gap in enumerate(np.diff(times), start=1):
        carried = phi**gap
        fresh[row] = carried * fresh[row - 1] + np.sqrt(1 - carried**2) * fresh[row]
    return fresh


def _profile(
    products: _Products, phi: float, *, counted: int, restricted: bool = True
) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood (r,) up to a constant, shift (k, r), squares left (r,) and inverse (k, k)."""
    square, mixed, own = products.at(phi)
    inverse: Floats = np.asarray(np.linalg.inv(square), dtype=np.float64)
    shift: Floats = inverse @ mixed
    left: Floats = np.maximum(own - (mixed * shift).sum(axis=0), 1e-300)
    constant = products.log_determinant(phi)
    if restricted:
        constant += float(np.linalg.slogdet(square)[1])
    found: Floats = -0.5 * (counted * np.log(left) + constant)
    return found, shift, left, inverse


def _products(basis: Floats, rest: Floats, times: Floats) -> _Products:
    gaps, kind = np.unique(np.diff(times), return_inverse=True)
    own: tuple[list[Floats], ...] = ([], [], [])
    crossed: tuple[list[Floats], ...] = ([], [], [])
    before: tuple[list[Floats], ...] = ([], [], [])
    for number in range(len(gaps)):
        now = np.flatnonzero(kind == number) + 1
        x, y, x0, y0 = basis[now], rest[now], basis[now - 1], rest[now - 1]
        one = x.T @ x0
        for into, parts in (
            (own, (x.T @ x, x.T @ y, (y * y).sum(axis=0))),
            (crossed, (one + one.T, x.T @ y0 + x0.T @ y, 2 * (y * y0).sum(axis=0))),
            (before, (x0.T @ x0, x0.T @ y0, (y0 * y0).sum(axis=0))),
        ):
            for where, part in zip(into, parts, strict=True):
                where.append(part)
    start, rest0 = basis[0], rest[0]
    return _Products(
        gaps=gaps.astype(float),
        many=np.bincount(kind).astype(float),
        first=(np.outer(start, start), np.outer(start, rest0), rest0 * rest0),
        own=_stacked(own),
        crossed=_stacked(crossed),
        before=_stacked(before),
    )


def _weighed(weights: Floats, parts: Floats) -> Floats:
    """Add up parts, (d, ...), by weights, (d,): nearly always one, and tensordot costs more."""
    total: Floats = weights[0] * parts[0]
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        total += weight * part
    return total


def _stacked(parts: tuple[list[Floats], ...]) -> tuple[Floats, Floats, Floats]:
    return np.array(parts[0]), np.array(parts[1]), np.array(parts[2])


def _basis(design: Floats) -> tuple[Floats, Floats]:
    """Give an orthonormal basis and its triangle, so that no column's size hurts the digits."""
    basis, triangle = np.linalg.qr(design)
    size = np.abs(np.diag(triangle))
    if size.min() <= 1e-10 * np.linalg.norm(design, axis=0).max():
        raise DataError(
            "the columns of the design depend on one another, so their shares cannot be told "
            "apart; leave one out, or use a longer series"
        )
    return basis, triangle


def _checked(
    values: ArrayLike, design: ArrayLike, times: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    series, columns = np.asarray(values, dtype=float), np.asarray(design, dtype=float)
    n = series.size
    when = np.arange(1, n + 1.0) if times is None else np.asarray(times, dtype=float)
    if series.ndim != 1 or columns.ndim != 2 or len(columns) != n or when.shape != (n,):
        raise DataError(
            f"one row of the design and one time a value are needed, got {series.shape}, "
            f"{columns.shape} and {when.shape}"
        )
    if not all(np.isfinite(part).all() for part in (series, columns, when)):
        raise DataError("a number is missing; leave that period out of values, design and times")
    if n < columns.shape[1] + 2:
        raise DataError(
            f"{columns.shape[1]} coefficients need {columns.shape[1] + 2} values or more, got {n}"
        )
    if (np.diff(when) < 1).any() or (when != np.round(when)).any():
        raise DataError("times must be whole numbers that rise from value to value")
    return series, columns, when
