"""The efficient estimator for places that start at dates drawn by lot, with its standard error."""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats
from outcomes.stats.group_time_effects import Contrasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficient:
    """Estimates of several contrasts, each shape (a,)."""

    value: Floats
    se: Floats  # with what earlier periods tell of how unlike the effects are
    neyman: Floats  # the conservative standard error, without that
    slope: Floats  # how much of the difference before the start is taken off


def efficient_staggered(
    panel: CohortPanel, contrasts: Contrasts, *, covariances: Floats, slope: float | None = None
) -> Efficient:
    """Take off as much of the difference before the start as makes the estimate most exact.

    A difference in differences takes it off whole (slope 1), a comparison of levels not at all
    (slope 0). Where dates were drawn by lot every slope is unbiased, and the best one follows
    from how strongly places' values hang together over time. Where they were not, only slope 1
    allows for places that differ in level.

    Args:
        panel: The places by cohort; all with two places or more.
        contrasts: What is estimated, as ``aggregated`` gives it.
        covariances: By cohort, as ``cohort_covariances`` gives them.
        slope: A fixed slope instead of the best: 1 gives the estimator of the contrasts.

    Returns:
        One estimate a contrast.

    Raises:
        DataError: A cohort has only one place, so its spread is unknown.

    Source:
        Roth & Sant'Anna (2023), J. Polit. Econ. Microecon. 1: 669-709, sections 3 and 4. Agrees
        with the R package staggered 1.2.3 (its ``se`` and ``se_neyman``).
    """
    if (panel.sizes < 2).any():
        raise DataError(
            f"cannot tell: {int((panel.sizes < 2).sum())} starting times have one place only, "
            "and the efficient estimator needs two places or more at each; use the group-time "
            "estimator instead"
        )
    unlike = _unlike(panel, contrasts, covariances=covariances)
    spread = covariances / panel.sizes[:, None, None]
    found = []
    for then, base, less in zip(contrasts.then, contrasts.base, unlike, strict=True):
        pairs = np.stack([then, base])  # (2, cohorts, periods)
        v = np.einsum("akt,kts,bks->ab", pairs, spread, pairs, optimize=True)
        taken = slope if slope is not None else v[0, 1] / v[1, 1] if v[1, 1] > 0 else 0.0
        variance = max(v[0, 0] - 2 * taken * v[0, 1] + taken**2 * v[1, 1], 0.0)
        value = ((then - taken * base) * panel.means).sum()
        found.append((value, max(variance - less, 0.0) ** 0.5, variance**0.5, taken))
    value, se, neyman, slopes = np.array(found).T
    return Efficient(value=value, se=se, neyman=neyman, slope=slopes)


def _unlike(panel: CohortPanel, contrasts: Contrasts, *, covariances: Floats) -> Floats:
    """Give the least variance of effects between places that earlier periods show, shape (a,).

    Effects that differ between places make the conservative variance too large by their own
    variance over n. It cannot be seen, but the part of it that earlier periods explain can. For
    checks before the start nothing is taken off.
    """
    found = np.zeros(len(contrasts.then))
    firsts = contrasts.then.any(axis=2).argmax(axis=1)  # the first cohort that counts
    since = panel.times[contrasts.then.any(axis=1).argmax(axis=1)]  # the first period that does
    after = since >= panel.starts[firsts]
    for first in np.unique(firsts[after]):
        early, later = panel.times < panel.starts[first], covariances[first:]
        inner = later[:, early][:, :, early]
        inverse, mean = np.linalg.pinv(inner, hermitian=True), inner.mean(axis=0)
        for row in np.flatnonzero(after & (firsts == first)):
            outer = np.einsum("kts,ks->kt", later[:, early], contrasts.then[row, first:])
            slopes = np.einsum("kts,ks->t", inverse, outer)
            found[row] = slopes @ mean @ slopes / panel.n
    return found
