"""Standard errors for staggered starts in few places: one spread for all, not one a cohort."""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats
from outcomes.stats.group_time_effects import Contrasts, sampling_covariance

# a smaller spread comes from binary fractions alone: of how far values lie apart, whose squares
# are taken off each other (the root of a last digit), and of the largest value
ROUNDING, LAST_DIGITS = 1e-7, 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What chance alone would move several contrasts by."""

    se: Floats  # (a,); NaN where nothing moves, so that chance cannot be judged
    df: Floats  # of the t of each, (a,)
    correlation: Floats  # (a, a)


def pooled_spread(panel: CohortPanel, overall: Contrasts, contrasts: Contrasts) -> Spread:
    """Judge chance by how all places move around the common course, effects taken off.

    A cohort of one or two places shows no spread of its own, and the usual standard error then
    takes it for known: false alarms in 14 % of studies with 4 of 8 places treated, in 54 % with
    1 of 8. Here every contrast is applied to the remainders of all places, as if each had stood
    in each cohort.

    The size and the steadiness of that spread follow from the design: the variance is divided by
    what it would be on average, were all values independent and equally spread, and so are its
    degrees of freedom found (as Satterthwaite's). Correlation over time changes both little,
    because it works alike on the estimate and on the remainders.

    Args:
        panel: The places by cohort.
        overall: The overall average, one contrast: it is taken off all treated periods.
        contrasts: What is estimated; where one of them estimates the change in some periods, its
            own estimate is taken off there.

    Returns:
        Standard errors, degrees of freedom and correlation. With one common start, those of the
        t test with equal variances on collapsed changes, with places - 2 degrees of freedom.

    Raises:
        DataError: Fewer than four places.

    Source:
        Donald & Lang (2007), Rev. Econ. Stat. 89: 221-233, for one start. For many, the variance
        over all assignments of the dates: Hoeffding (1951), Ann. Math. Stat. 22: 558-566, and
        the degrees of freedom of Satterthwaite (1946), Biometrics Bull. 2: 110-114.
    """
    if panel.n < 4:
        raise DataError(
            f"cannot tell: {panel.n} places are too few to see how far places drift apart by "
            "chance; 4 places at least would be needed, and 7 for a test"
        )
    within = _within(panel)
    mean_weights = overall.weights[0] / panel.sizes[:, None]  # of each place
    count = len(contrasts.value)
    se, df = np.empty(count), np.empty(count)
    for row in range(count):
        weights, own = contrasts.weights[row], contrasts.then[row] > 0
        cells = np.stack([own, panel.treated & ~own]).astype(float)
        effect = np.tensordot([contrasts.value[row], overall.value[0]], cells, axes=1)
        spread = _spread(panel, weights, _products(panel, effect, within))
        forms = np.stack([weights / panel.sizes[:, None], mean_weights])
        mean, df[row] = under_independence(panel, weights, cells=cells, forms=forms)
        true = ((weights**2).sum(axis=1) / panel.sizes).sum()
        se[row] = np.sqrt(max(spread, 0.0) * true / mean)
    common = _products(panel, np.where(panel.treated, overall.value[0], 0.0), within)
    covariance = np.einsum(
        "akt,ts,bks->ab",
        contrasts.weights / panel.sizes[:, None],
        common,
        contrasts.weights,
        optimize=True,
    )
    return judged(panel, se=se, df=df, covariance=covariance)


def cohort_spread(panel: CohortPanel, contrasts: Contrasts, *, covariances: Floats) -> Spread:
    """Judge chance by how places of one cohort differ, as it fits where there are many.

    Args:
        panel: The places by cohort.
        contrasts: What is estimated.
        covariances: By cohort, as ``cohort_covariances`` gives them.

    Returns:
        Standard errors (conservative, as Neyman's), the degrees of freedom of Welch, which are
        few where a small cohort counts for much, and the correlation.

    Source:
        Neyman (1923); Welch (1947), Biometrika 34: 28-35.
    """
    weights = contrasts.weights
    parts = np.einsum("akt,kts,aks->ak", weights, covariances, weights, optimize=True)
    parts = parts / panel.sizes
    variance = parts.sum(axis=1)
    steady = (parts**2 / np.maximum(panel.sizes - 1, 1)).sum(axis=1)
    df = np.divide(variance**2, steady, out=np.ones_like(variance), where=steady > 0)
    covariance = sampling_covariance(panel, contrasts, covariances=covariances, random_sizes=False)
    return judged(panel, se=np.sqrt(np.maximum(variance, 0.0)), df=df, covariance=covariance)


def judged(panel: CohortPanel, *, se: Floats, df: Floats, covariance: Floats) -> Spread:
    """Put a spread together; a standard error that is rounding only becomes NaN."""
    apart = float(np.abs(panel.outcome - panel.outcome.mean()).max())
    nothing = se <= max(ROUNDING * apart, LAST_DIGITS * float(np.abs(panel.outcome).max()), 1e-300)
    scale = np.where(nothing, np.inf, np.sqrt(np.abs(np.diag(covariance))))
    scale = np.where(scale > 0, scale, np.inf)
    return Spread(
        se=np.where(nothing, np.nan, se),
        df=df,
        correlation=covariance / np.outer(scale, scale),
    )


def _within(panel: CohortPanel) -> Floats:
    apart = panel.outcome - panel.means[panel.member]
    found: Floats = apart.T @ apart
    return found


def _products(panel: CohortPanel, effect: Floats, within: Floats) -> Floats:
    """Sum the products of remainders over places, periods by periods."""
    between = panel.means - effect
    between = between - panel.sizes @ between / panel.n
    found: Floats = within + (between * panel.sizes[:, None]).T @ between
    return found


def _spread(panel: CohortPanel, weights: Floats, products: Floats) -> float:
    return float(np.einsum("kt,ts,ks->", weights / panel.sizes[:, None], products, weights))


def under_independence(
    panel: CohortPanel, weights: Floats, *, cells: Floats, forms: Floats
) -> tuple[float, float]:
    """Give the mean of the spread, and its degrees of freedom, were all values independent.

    The spread is a sum of squares of u[k, j]: the weights of cohort k applied to the remainder
    of place j. Their covariance is ``own[k, l]`` for one and the same place, plus a part that
    hangs on the cohorts of the two places only, so that no table of places by places is needed.

    Args:
        panel: The places by cohort.
        weights: Of the cohort means, (cohorts, periods).
        cells: Where each of q estimates is taken off, (q, cohorts, periods).
        forms: The weights of each of these estimates for one place, (q, cohorts, periods).
    """
    size, n = panel.sizes, panel.n
    scaled = weights / np.sqrt(size)[:, None]
    own = scaled @ scaled.T
    apart = cells - np.einsum("c,qct->qt", size, cells)[:, None] / n
    taken = np.einsum("kt,qct->qkc", scaled, apart)  # what taking q off does to u[k, c]
    with_u = np.einsum("kt,qct->qkc", scaled, forms)  # covariance of the estimate and u[k, c]
    among = np.einsum("c,qct,rct->qr", size, forms, forms)
    cross = np.einsum("qkc,qld->kcld", taken, with_u)
    shared = np.einsum("qkc,qr,rld->kcld", taken, among, taken, optimize=True)
    shared = shared - cross - cross.transpose(2, 3, 0, 1) - own[:, None, :, None] / n
    same = np.einsum("kclc->ckl", shared)
    mean = (size * (np.trace(own) + np.einsum("ckk->c", same))).sum()
    square = np.einsum("c,d,kcld,kcld->", size, size, shared, shared)
    square += (size * (((own + same) ** 2) - same**2).sum(axis=(1, 2))).sum()
    return float(mean), float(mean**2 / square)
