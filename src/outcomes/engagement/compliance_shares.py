"""Which share of the required walks was done and counted: one Estimate a place and type."""

import re
from collections import Counter
from collections.abc import Collection

import pandas as pd

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES

METHOD = "count against walk_rules.toml"
_UNCOUNTED = re.compile(r"^(\d+) (?!counted )(.*)$")
_UNANSWERED = re.compile(r", (?:late: |not counted: .* hours after, but (.*)$)")


def compliance_estimates(table: pd.DataFrame, *, leave_out: Collection[str] = ()) -> list[Estimate]:
    """Sum compliance up: which share of the required walks was done and counted?

    Args:
        table: What ``compliance`` returns.
        leave_out: Types that are no walks, such as the codes of other strategies.

    Returns:
        For each place one Estimate over all types, then one for each type that was required:
        the sum of min(counted, required) over the sum of required, so that a week with more
        walks than required does not make up for another. It is an exact count: ``se`` is 0.
        ``n`` is the number of required walks, ``dropped`` of walks done but not counted, and
        ``warnings`` say the main reasons.
    """
    estimates: list[Estimate] = []
    table = table[~table["type"].isin(list(leave_out))]
    for place, here in table.groupby("place", sort=True):
        asked = here[here.groupby("type")["required"].transform("sum") > 0]
        if asked.empty:
            continue
        estimates.append(_share(asked, str(place), code=""))
        estimates += [
            _share(rows, str(place), code=str(code))
            for code, rows in asked.groupby("type", sort=False)
        ]
    return estimates


def _share(rows: pd.DataFrame, place: str, *, code: str) -> Estimate:
    required = int(rows["required"].sum())
    value = float(rows[["counted", "required"]].min(axis=1).sum()) / required
    measure = f"walks_{code}" if f"walks_{code}" in MEASURES else "walks_counted"
    name = MEASURES[measure].name if measure != "walks_counted" else f"{code} walks".strip()
    return Estimate(
        term=f"{name if code else 'Walks of all types'} that were required and counted, {place}",
        value=value,
        se=0.0,
        low=value,
        high=value,
        n=required,
        dropped=int((rows["done"] - rows["counted"]).clip(lower=0).sum()),
        unit="share of required walks",
        method=METHOD,
        assumptions=("the log holds every walk that was done",),
        warnings=_main_reasons(rows),
        analysis="compliance",
        measure=measure,
        place=place,
        period="study",
    )


def _main_reasons(rows: pd.DataFrame, *, most: int = 4) -> tuple[str, ...]:
    """Say how many walks are missing, and the commonest reasons why walks did not count."""
    short = int(rows["short"].sum())
    if not short:
        return ()
    total = int(rows["required"].sum())
    numbers: Counter[str] = Counter()
    for cell in rows.loc[rows["done"] > rows["counted"], "reasons"]:
        for part in str(cell).split("; "):
            if found := _UNCOUNTED.match(re.sub(r" \([^)]*\)", "", part)):
                numbers[found[2]] += int(found[1])
            elif found := _UNANSWERED.search(part):
                numbers[found[1] or "later after an incident than allowed"] += 1
    lines = [f"{short} of {total} required walks are missing"]
    if numbers:
        commonest = ", ".join(f"{number} {text}" for text, number in numbers.most_common(most))
        lines.append(f"walks that did not count: {commonest}")
    return tuple(lines)
