"""What to do with a stratum from which only one cluster was drawn, so that it shows no spread."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError

LonelyRule = Literal["refuse", "remove", "adjust", "average"]
LONELY_RULES: tuple[LonelyRule, ...] = ("refuse", "remove", "adjust", "average")


def lonely_units(
    sizes: NDArray[np.int64],
    fractions: NDArray[np.float64],
    *,
    rule: LonelyRule,
    names: Sequence[str],
    stage: int = 1,
) -> NDArray[np.bool_]:
    """Find the strata that show no spread, and see that a rule says what becomes of them.

    A stratum that was taken whole (fraction 1) needs none: it has no sampling error.

    Args:
        sizes: Clusters drawn from each stratum, shape (strata,).
        fractions: Share of the stratum's clusters that was drawn, 0 where not known.
        rule: ``refuse``; ``remove``: it adds nothing to the variance, which is then too small;
            ``adjust``: its distance from the mean of all clusters stands for its spread, which is
            cautious; ``average``: it adds what the other strata add on average.
        names: Of the strata, for the message.
        stage: Of the sampling, counted from 1.

    Returns:
        Whether each stratum is one of them, shape (strata,).

    Raises:
        DataError: There is one and the rule is ``refuse``, or there are no others to average.

    Source:
        As ``options(survey.lonely.psu)`` of R's survey; Lumley (2010), Complex Surveys, 3.2.1.
    """
    lonely: NDArray[np.bool_] = (sizes == 1) & (fractions < 1)
    if not lonely.any():
        return lonely
    at = np.flatnonzero(lonely)
    if rule == "refuse":
        more = f" (and {at.size - 1} more like it)" if at.size > 1 else ""
        where = "stratum" if stage == 1 else f"stage {stage} of cluster"
        raise DataError(
            f"{where} {names[at[0]]!r} holds only one sampled cluster{more}, so its spread cannot "
            "be told. Join it with a stratum like it, or say what becomes of it (--lonely): "
            "remove, adjust or average"
        )
    if rule == "average" and lonely.all():
        raise DataError(
            "every stratum holds only one sampled cluster, so there is nothing to average. "
            "Join strata, or choose the rule adjust"
        )
    return lonely
