"""Find the parameters under which answers are likeliest, by Fisher scoring."""

from collections.abc import Callable

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats

_STEPS = 500
_CLOSE = 1e-18  # of the last step, squared and in standard errors: far below any digit shown
_CLOSE_ENOUGH = 1e-10  # taken where rounding lets no step improve the fit further
_SMALLEST_PART = 2.0**-30  # of a step, before it is given up
_NOT_TOLD_APART = 1e13  # condition of the information above which a parameter is a guess

Misfit = Callable[[Floats], float]
Slope = Callable[[Floats], tuple[Floats, Floats]]


def fisher_scoring(misfit: Misfit, slope: Slope, *, start: Floats) -> tuple[Floats, float, Floats]:
    """Climb to the best fit from where ``start`` stands.

    Args:
        misfit: Minus the log likelihood of parameters, shape (q,); infinite where impossible.
        slope: The gradient (q,) and the expected information (q, q) of the log likelihood.
        start: Where to begin, shape (q,).

    Returns:
        The parameters, their misfit, and the expected information there.

    Raises:
        DataError: The start is impossible, the parameters cannot be told apart, or no best fit
            was found.
    """
    theta, here = np.array(start, dtype=np.float64), misfit(start)
    if not np.isfinite(here):
        raise DataError("no fit can start from these answers: items repeat each other")
    for _ in range(_STEPS):
        gradient, information = slope(theta)
        step = _solved(information, gradient)
        still = float(gradient @ step)
        if still < _CLOSE:
            return theta, here, information
        part, there = _part_of_step(misfit, theta=theta, step=step, here=here)
        if part == 0:
            if still < _CLOSE_ENOUGH:
                return theta, here, information
            break
        theta, here = theta + part * step, there
    raise DataError("no best fit was found: the model does not suit these answers")


def _solved(information: Floats, gradient: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(scale, scale)
    if not np.isfinite(scaled).all() or np.linalg.cond(scaled) > _NOT_TOLD_APART:
        raise DataError("the answers do not tell the parameters of the model apart")
    step: Floats = np.linalg.solve(scaled, gradient / scale) / scale
    return step


def _part_of_step(
    misfit: Misfit, *, theta: Floats, step: Floats, here: float
) -> tuple[float, float]:
    """Find how much of a step improves the fit; 0 where nothing does."""
    part = 1.0
    while part > _SMALLEST_PART:
        there = misfit(theta + part * step)
        if there < here:
            return part, there
        part /= 2
    return 0.0, here
