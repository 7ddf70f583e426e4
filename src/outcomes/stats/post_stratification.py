"""Post-stratification: weights with which the sample meets the known size of each cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.raking import Margin, Raking, rake, raking
from outcomes.stats.sampling_stages import Floats


def post_stratification(cells: Margin) -> Raking:
    """Lay out cells whose sizes are all known: raking to one margin, which takes one round.

    Source:
        Holt and Smith (1979), JRSS A 142: 33-46. Weights and standard errors agree with
        ``postStratify`` of R's survey.
    """
    return raking([cells], by_weight=True)


def post_stratify(weights: ArrayLike, cells: Margin) -> Floats:
    """Weigh up the rows of each cell to its known size.

    Raises:
        DataError: As ``raking``.
    """
    return rake(weights, [cells])


def crossed(margins: Sequence[Margin], totals: ArrayLike) -> Margin:
    """Cross several columns into cells.

    Args:
        margins: The columns; their own totals do not matter.
        totals: Known sizes, one dimension a column.

    Raises:
        DataError: The shape of the totals is not that of the columns.
    """
    shape = tuple(len(margin.labels) for margin in margins)
    sizes = np.asarray(totals, dtype=float)
    if sizes.shape != shape:
        raise DataError(f"the known sizes have the shape {sizes.shape}, the columns {shape}")
    cells = [",".join(margins[at].labels[k] for at, k in enumerate(i)) for i in np.ndindex(shape)]
    return Margin(
        name=",".join(margin.name for margin in margins),
        codes=np.ravel_multi_index([margin.codes for margin in margins], shape).astype(np.intp),
        labels=tuple(cells),
        totals=sizes.ravel(),
    )
