"""Generated calls by place and month, with a change that is known: to try designs on."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

SHARED, OWN, LASTING = (
    1.5,
    1.5,
    0.4,
)  # SD of the months' ups and downs, of errors; what lasts of them


def generated_calls(
    starts: Mapping[str, int],
    *,
    change: float,
    months: int = 24,
    seed: int = 7,
    mean_hours: float = 0.0,
) -> pd.DataFrame:
    """Make up a table of calls in which a change was planted.

    Places lie at levels of their own, months go up and down for all together, and the errors of a
    place last from month to month, as they do in real counts.

    Args:
        starts: Month (1, 2, ...) from which each place has walks; 0 where it never has.
        change: Calls a month by which walks move a place from its start on, or by which ten walk
            hours move the month, where there are hours.
        months: How many.
        seed: Of the draws.
        mean_hours: Walk hours a month that each place gets on average, whatever its start.

    Returns:
        place, month, calls, began (the start), on (1 from the start on), hours; a row a place and
        month. All of it is generated.
    """
    draw = np.random.default_rng(seed)
    shared = draw.normal(0, SHARED, months)
    parts = []
    for place, start in starts.items():
        month = np.arange(1, months + 1)
        level, error = draw.normal(40, 6), np.zeros(months)
        hours = draw.gamma(2, mean_hours / 2, months) if mean_hours else np.zeros(months)
        for at, shock in enumerate(draw.normal(0, OWN, months)):
            error[at] = LASTING * error[at - 1] + shock if at else shock
        on = ((month >= start) & bool(start)).astype(int)
        calls = level + shared + error + change * (hours / 10 if mean_hours else on)
        parts.append(
            {
                "place": place,
                "month": month,
                "calls": calls,
                "began": start,
                "on": on,
                "hours": hours,
            }
        )
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
