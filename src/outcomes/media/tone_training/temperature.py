"""The temperature by which a model's confidence is divided, so that 80 % means eight in ten."""

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError

LOWEST, HIGHEST = 0.25, 10.0


def fit_temperature(probabilities: NDArray[np.float64], tones: NDArray[np.int_]) -> float:
    """Find by which temperature a model's probabilities fit what people said best.

    Args:
        probabilities: Shape (n, 3): negative, neutral, positive, from a model of temperature 1.
        tones: Shape (n,): -1, 0 or 1. Rows that the model was not trained on.

    Returns:
        The temperature, 0.25 to 10: above 1 where the model is too sure of itself.

    Raises:
        DataError: There is no row.

    Source:
        Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, ICML.
    """
    from scipy.optimize import minimize_scalar

    if not len(tones):
        raise DataError("a temperature needs at least one held-out row")

    def surprise(log_temperature: float) -> float:
        found = with_temperature(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(found[np.arange(len(tones)), tones + 1]).mean())

    bounds = (np.log(LOWEST), np.log(HIGHEST))
    return round(float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x)), 3)


def with_temperature(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Make probabilities of temperature 1 ones of another temperature.

    Args:
        probabilities: Shape (n, 3).
        temperature: Above 1 makes them more even.
    """
    logits = np.log(np.clip(probabilities, 1e-12, 1.0)) / temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: NDArray[np.float64] = np.clip(odds / odds.sum(axis=1, keepdims=True), 1e-12, 1.0)
    return found


def calibration_error(
    probabilities: NDArray[np.float64], tones: NDArray[np.int_], *, bins: int = 10
) -> float:
    """Say how far a model's confidence lies from how often it is right, on average.

    Args:
        probabilities: Shape (n, 3).
        tones: Shape (n,): -1, 0 or 1.
        bins: Of equal width, from 0 to 1.

    Returns:
        The expected calibration error, 0 (perfect) to 1.

    Source:
        Naeini, Cooper & Hauskrecht (2015), AAAI: 2901-2907.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == tones + 1
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    many = np.bincount(place, minlength=bins)
    gap = np.bincount(place, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / max(many.sum(), 1))
