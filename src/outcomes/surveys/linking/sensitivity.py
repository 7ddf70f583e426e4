"""Does the result hang on how sure a link must be? The same with stricter and looser links."""

from collections.abc import Callable
from math import nan

import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.code_matching import RULES
from outcomes.surveys.linking.links import Links

THRESHOLDS = (0.8, 0.9, 0.95, 0.97, 0.99)
Recompute = Callable[[pd.DataFrame], Estimate]


def sensitivity(links: Links, *, recompute: Recompute | None = None) -> pd.DataFrame:
    """Count the links by each rule and threshold, and recompute an estimate on each.

    Args:
        links: As found.
        recompute: What to estimate from pre_id and post_id of the links; none only counts.

    Returns:
        One row a way to link: ``links_by``, ``links``, ``expected_false``; and with ``recompute``
        also ``value``, ``low``, ``high``, ``n``, and ``note`` where nothing could be estimated.
    """
    pairs, rows = links.pairs, []
    for rule in ("exact", "one-off"):
        plain = pairs["rule"].isin(RULES[: RULES.index(rule) + 1])
        rows.append((_NAMES[rule], pairs[plain]))
    for threshold in sorted({*THRESHOLDS, links.plan.threshold}):
        sure = pairs["chosen"] & (pairs["probability"] >= threshold)
        used = " (used)" if threshold == links.plan.threshold else ""
        rows.append((f"probability from {threshold:g}{used}", pairs[sure]))
    return pd.DataFrame([_row(name, chosen, recompute) for name, chosen in rows])


_NAMES = {
    "exact": "all elements agree, or the card",
    "one-off": "all elements but one agree, or the card",
}


def _row(name: str, chosen: pd.DataFrame, recompute: Recompute | None) -> dict[str, object]:
    row: dict[str, object] = {
        "links_by": name,
        "links": len(chosen),
        "expected_false": round(float((1 - chosen["probability"]).sum()), 3),
    }
    if recompute is None:
        return row
    try:
        found = recompute(chosen[["pre_id", "post_id"]].reset_index(drop=True))
    except DataError as error:
        return row | {"value": nan, "low": nan, "high": nan, "n": 0, "note": str(error)}
    return row | {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "note": "",
    }
