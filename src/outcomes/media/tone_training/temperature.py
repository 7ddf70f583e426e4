"""The temperature by which a model's confidence is divided, so that 80 % means eight in ten."""

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.stats.calibration_error import calibration_parts, expected_calibration_error

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


def calibration_error(probabilities: NDArray[np.float64], tones: NDArray[np.int_]) -> float:
    """Say how far a model's confidence lies from how often it is right, on average.

    Args:
        probabilities: Shape (n, 3).
        tones: Shape (n,): -1, 0 or 1.

    Returns:
        The expected calibration error in ten bins, 0 (perfect) to 1: see
        ``outcomes.stats.calibration_error``.
    """
    right = probabilities.argmax(axis=1) == tones + 1
    parts = calibration_parts(np.clip(probabilities.max(axis=1), 0.0, 1.0), right)
    return float(expected_calibration_error(parts.sum(axis=0)))
