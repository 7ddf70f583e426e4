"""A made-up panel of 8 places and 12 months on which R's few-cluster programs were run.

Drawn with a seed by the team. R 4.2.2 ran fixest 0.12.2, clubSandwich 0.6.0, summclust and
fwildclusterboot 0.14.3 on it; their numbers stand in the tests.
"""

import numpy as np

OUTCOME = np.array(
    [
        [
            1.319671,
            1.869757,
            1.644468,
            2.997309,
            1.194421,
            1.582657,
            -0.019551,
            -0.277161,
            0.666744,
            0.005926,
            0.155051,
            -0.88988,
        ],
        [
            -2.188327,
            -0.323934,
            0.39243,
            0.920841,
            0.507101,
            1.631317,
            0.198301,
            -0.941915,
            -1.905716,
            -2.040192,
            -1.952968,
            -2.548073,
        ],
        [
            0.59566,
            1.325938,
            1.438423,
            1.569618,
            1.156101,
            1.325215,
            0.310077,
            -0.782173,
            0.118124,
            -1.513385,
            -0.926572,
            -1.493376,
        ],
        [
            1.013796,
            1.698344,
            2.391333,
            0.939793,
            2.101552,
            3.099497,
            2.53626,
            0.722478,
            -0.166594,
            -0.736306,
            0.722885,
            0.272218,
        ],
        [
            1.136717,
            2.02505,
            2.85118,
            2.783293,
            3.128654,
            2.13372,
            0.824666,
            0.58946,
            1.378144,
            0.965879,
            1.820109,
            1.721142,
        ],
        [
            2.758846,
            2.737354,
            2.213608,
            2.009431,
            1.411051,
            0.850989,
            0.765726,
            2.500447,
            0.497531,
            0.135215,
            0.682762,
            0.253805,
        ],
        [
            2.726154,
            2.301305,
            4.527803,
            4.645008,
            3.665442,
            2.698468,
            2.031196,
            2.019728,
            1.13837,
            1.92457,
            1.498313,
            0.736307,
        ],
        [
            2.314158,
            2.239807,
            2.495005,
            2.545987,
            2.664032,
            3.340978,
            3.880799,
            2.7563,
            2.209498,
            2.656756,
            2.094491,
            1.896283,
        ],
    ]
)
DOSE = np.array(
    [
        [5.71, 6.48, 4.94, 4.94, 2.96, 3.46, 1.85, 4.31, 6.12, 5.41, 5.27, 7.58],
        [2.82, 3.55, 3.15, 2.16, 3.06, 2.16, 2.67, 4.52, 1.77, 2.69, 2.36, 3.13],
        [2.07, 3.76, 3.58, 5.79, 7.09, 4.12, 3.35, 3.89, 3.59, 2.25, 2.64, 2.45],
        [0.0, 0.0, 0.58, 0.35, 1.51, 2.19, 1.81, 4.51, 4.51, 4.81, 4.49, 0.0],
        [2.37, 0.0, 0.0, 0.0, 2.04, 5.3, 5.95, 3.61, 3.25, 4.46, 2.31, 3.17],
        [1.69, 1.69, 1.81, 0.79, 1.49, 3.06, 0.03, 0.92, 2.63, 1.31, 3.01, 3.13],
        [2.19, 0.9, 1.15, 2.12, 2.65, 5.3, 5.4, 4.26, 4.31, 4.9, 5.84, 4.47],
        [2.95, 5.86, 5.16, 3.02, 3.47, 4.54, 4.5, 3.87, 4.29, 3.49, 4.53, 5.62],
    ]
)
PLACE, MONTH = (grid.ravel() for grid in np.indices((8, 12)))
TREATED = ((PLACE < 4) & (MONTH >= 6)).astype(float).reshape(8, 12)


def treated_places(number: int) -> np.ndarray:
    """The same panel with another number of treated places, as rows of 0 and 1."""
    return ((number > PLACE) & (MONTH >= 6)).astype(float)


def drifting(rng: np.random.Generator, *, together: float, size: tuple[int, int]) -> np.ndarray:
    """Places that differ, months that all share, and errors that go together within a place."""
    places, months = size
    errors = np.empty(size)
    errors[:, 0] = rng.normal(size=places)
    for month in range(1, months):
        fresh = rng.normal(size=places) * np.sqrt(1 - together**2)
        errors[:, month] = together * errors[:, month - 1] + fresh
    return errors + rng.normal(size=(places, 1)) + 0.5 * rng.normal(size=months)
