"""A factor model of items: which loadings, variances and means are free, fixed or held equal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.item_moments import Floats

FIXED = ""  # the name of an entry that is not estimated
Names = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A matrix whose entries are parameters or fixed; two that share a parameter are equal."""

    parameter: NDArray[np.int64]  # the number of the parameter; -1 where the entry is fixed
    fixed: Floats

    def at(self, theta: Floats) -> Floats:
        """Fill the matrix with the values of the parameters."""
        return np.where(self.parameter >= 0, theta[self.parameter], self.fixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorModel:
    """How p items of one group of respondents rest on m factors."""

    loadings: Entries  # shape (p, m)
    factor_covariance: Entries  # shape (m, m), symmetric
    residual_covariance: Entries  # shape (p, p), symmetric
    intercepts: Entries  # shape (p,)
    factor_means: Entries  # shape (m,)

    def implied(self, theta: Floats) -> tuple[Floats, Floats]:
        """Give the covariances (p, p) and means (p,) that the model implies."""
        loadings = self.loadings.at(theta)
        covariance = loadings @ self.factor_covariance.at(theta) @ loadings.T
        covariance += self.residual_covariance.at(theta)
        return covariance, self.intercepts.at(theta) + loadings @ self.factor_means.at(theta)

    def derivatives(self, theta: Floats) -> tuple[Floats, Floats]:
        """Give how covariances (q, p, p) and means (q, p) move with each of the q parameters."""
        loadings, spread = self.loadings.at(theta), self.factor_covariance.at(theta)
        means, p = self.factor_means.at(theta), len(loadings)
        of_covariance, of_mean = np.zeros((len(theta), p, p)), np.zeros((len(theta), p))
        lines = loadings @ spread
        for (item, factor), at in _free(self.loadings):
            of_covariance[at, item] += lines[:, factor]
            of_covariance[at, :, item] += lines[:, factor]
            of_mean[at, item] += means[factor]
        for (one, other), at in _free(self.factor_covariance):  # both halves are visited
            of_covariance[at] += np.outer(loadings[:, one], loadings[:, other])
        for (one, other), at in _free(self.residual_covariance):
            of_covariance[at, one, other] += 1
        for (item,), at in _free(self.intercepts):
            of_mean[at, item] += 1
        for (factor,), at in _free(self.factor_means):
            of_mean[at] += loadings[:, factor]
        return of_covariance, of_mean


def _free(entries: Entries) -> list[tuple[tuple[int, ...], int]]:
    places = np.argwhere(entries.parameter >= 0)
    return [(tuple(place), int(entries.parameter[tuple(place)])) for place in places]


class Numbering:
    """Gives each name of a parameter its number, in the order in which names first occur."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def entries(self, names: object, *, fixed: object = 0.0) -> Entries:
        """Number a matrix of names; entries named ``FIXED`` take their value from ``fixed``."""
        words = np.asarray(names, dtype=object)
        numbers = [
            self.names.setdefault(word, len(self.names)) if word != FIXED else -1
            for word in words.ravel().tolist()
        ]
        values = np.broadcast_to(np.asarray(fixed, dtype=np.float64), words.shape).copy()
        return Entries(
            parameter=np.array(numbers, dtype=np.int64).reshape(words.shape), fixed=values
        )
