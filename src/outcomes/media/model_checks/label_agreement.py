"""How far the two coders of checked rows agree: no model can be better known than its rows."""

import numpy as np

from outcomes.errors import DataError
from outcomes.media.model_checks.checked_rows import CheckedRows
from outcomes.stats.krippendorff_alpha import krippendorff_alpha


def label_agreement(rows: CheckedRows) -> dict[str, float | int] | None:
    """Give Krippendorff's alpha of the two tones of each row, and the share that is equal.

    Args:
        rows: As read; those without two tones do not count.

    Returns:
        alpha (nominal), low, high, equal, n; None where no row has two, or all are the same.
    """
    if not rows.labels:
        return None
    codes = np.array(rows.labels)
    try:
        alpha = krippendorff_alpha(codes, term="tone", categories=(-1, 0, 1))
    except DataError:
        return None
    return {
        "alpha": round(alpha.value, 4),
        "low": round(alpha.low, 4),
        "high": round(alpha.high, 4),
        "equal": round(float((codes[:, 0] == codes[:, 1]).mean()), 4),
        "n": alpha.n,
    }
