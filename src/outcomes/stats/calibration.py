"""Calibration: weights near the given ones with which the sample meets known totals of anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.sampling_stages import Floats

Distance = Literal["linear", "raking", "logit"]
ROUNDS = 200
TOLERANCE = 1e-10  # of a total
_HALVINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsCalibration:
    """Known totals of some variables, and how far weights may go to meet them."""

    variables: Floats  # (rows, variables)
    totals: Floats  # (variables,)
    names: tuple[str, ...]
    distance: Distance
    bounds: tuple[float, float] | None

    def reweight(self, weights: Floats) -> Floats:
        """Calibrate weights.

        Raises:
            DataError: The totals cannot be met; the message names the worst.
        """
        slopes = np.zeros(self.totals.size)
        scale = np.maximum(np.abs(self.totals), 1.0)
        factor, steep = self._factor(self.variables @ slopes)
        missing = self.totals - self.variables.T @ (weights * factor)
        for _ in range(ROUNDS):
            if np.abs(missing / scale).max() <= TOLERANCE:
                return weights * factor
            normal = self.variables.T @ (self.variables * (weights * steep)[:, None])
            step = np.linalg.lstsq(normal, missing, rcond=None)[0]
            for _ in range(_HALVINGS):  # shorter steps until it comes nearer
                factor, steep = self._factor(self.variables @ (slopes + step))
                left = self.totals - self.variables.T @ (weights * factor)
                if np.abs(left / scale).max() < np.abs(missing / scale).max():
                    break
                step = step / 2
            else:
                break
            slopes, missing = slopes + step, left
        self._refuse(np.abs(missing / scale))
        return weights

    def residual(self, influence: Floats, base: Floats) -> Floats:
        """Take out of an influence what the variables explain: their weighted regression."""
        root = np.sqrt(base)
        slopes = np.linalg.lstsq(self.variables * root[:, None], influence * root, rcond=None)[0]
        found: Floats = influence - self.variables @ slopes
        return found

    def _factor(self, along: Floats) -> tuple[Floats, Floats]:
        """Give the factor of each weight, and how steeply it answers."""
        if self.distance == "raking":
            grown = np.exp(np.minimum(along, 500))
            return grown, grown
        if self.distance == "linear":
            low, high = self.bounds or (-np.inf, np.inf)
            free = (1 + along > low) & (1 + along < high)
            return np.clip(1 + along, low, high), free.astype(float)
        low, high = self.bounds or (0.0, np.inf)
        pull = (high - low) / ((1 - low) * (high - 1))
        grown = np.exp(np.clip(pull * along, -500, 500))
        under = (high - 1) + (1 - low) * grown
        factor = (low * (high - 1) + high * (1 - low) * grown) / under
        steep = (high - low) ** 2 * grown / under**2
        return factor, steep

    def _refuse(self, off: Floats) -> None:
        at = int(off.argmax())
        limits = f" with factors of {self.bounds[0]:g} to {self.bounds[1]:g}" if self.bounds else ""
        raise DataError(
            f"the known totals cannot all be met{limits}: {self.names[at]} still differs from "
            f"{self.totals[at]:g} by {100 * off[at]:.2g} %. Widen the limits, or use fewer totals"
        )


def calibration(
    variables: ArrayLike,
    totals: ArrayLike,
    *,
    names: Sequence[str],
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
) -> TotalsCalibration:
    """Say which totals the weighted sample must meet.

    Args:
        variables: Shape (rows, variables); a column of ones for the number of people.
        totals: Their totals in the population, shape (variables,).
        names: Of the variables.
        distance: How weights move: ``linear`` (may go below 0 without bounds), ``raking``
            (never does), ``logit`` (stays within the bounds, smoothly).
        bounds: Lowest and highest factor on a weight; needed for ``logit``, cuts off ``linear``.

    Raises:
        DataError: Shapes differ, a value is missing, or the bounds do not hold 1 between them.

    Source:
        Deville and Sarndal (1992), JASA 87: 376-382. Agrees with ``calibrate`` of R's survey.
    """
    x, wanted = np.asarray(variables, dtype=float), np.asarray(totals, dtype=float)
    if x.ndim != 2 or wanted.shape != (x.shape[1],) or len(names) != wanted.size:
        raise DataError("calibration needs one column, one total and one name a variable")
    if not np.isfinite(x).all() or not np.isfinite(wanted).all():
        raise DataError("calibration needs every value and every total; none may be missing")
    if distance == "logit" and bounds is None:
        raise DataError("calibration by logit needs bounds, such as 0.5 and 2")
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise DataError(f"bounds on the factors must hold 1 between them, got {bounds}")
    if distance == "raking" and bounds is not None:
        raise DataError("calibration by raking takes no bounds; choose logit or linear")
    return TotalsCalibration(
        variables=x, totals=wanted, names=tuple(names), distance=distance, bounds=bounds
    )
