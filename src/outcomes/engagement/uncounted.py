"""Which walks did not count, one by one, each with everything that it lacked."""

import pandas as pd

from outcomes.engagement.judging import TOO_SHORT, judge_walks
from outcomes.engagement.periods import Coverage
from outcomes.engagement.reasons import SURPLUS
from outcomes.engagement.walk_rules import WalkRules

COLUMNS = ("place", "type", "start", "minutes", "coordinator", "period", "counted", "reason")


def walk_reasons(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
    every: bool = False,
) -> pd.DataFrame:
    """List walks that did not count for the type they were logged as, and say why.

    Args:
        walks: The columns of ``log.COLUMNS``, one row a walk; and, each if there is one, those
            of ``log.BESIDE``.
        rules: The walk rules.
        coverage: Focus places with their first day of walks, and the days covered.
        incidents: What ``read_incidents`` reads, or None where there is no such list.
        every: Also those that counted.

    Returns:
        The columns of ``COLUMNS``, and ``team`` after ``type`` where the log tells it; by place,
        start, type and coordinator. ``counted`` is yes or no; ``reason`` says all that a walk
        lacked, or of one that counted what is only reported.

    Raises:
        DataError: As for ``compliance``.

    Source:
        Requirements C1-C11, D24 (done, and done correctly?).
    """
    judged = judge_walks(walks, rules, coverage=coverage, incidents=incidents)
    judged = judged[judged["logged"]]
    counts = judged["met"] & ~judged["surplus"]
    reason = judged["fault"].where(judged["fault"] != "", judged["note"])
    reason = reason.mask(judged["met"] & judged["surplus"], SURPLUS)
    short = judged["fault"].str.contains(TOO_SHORT, regex=False)
    least = judged["type"].map({kind.code: rules.least_minutes(kind) for kind in rules.types})
    lengths = [
        text.replace(TOO_SHORT, f"{TOO_SHORT} ({minutes:g} of {asked} minutes)")
        for text, minutes, asked in zip(
            reason[short], judged["minutes"][short], least[short], strict=True
        )
    ]
    reason = reason.astype(object)
    reason[short] = lengths
    table = judged.assign(
        counted=counts.map({True: "yes", False: "no"}),
        reason=reason.astype("str"),
        start=judged["start"].dt.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    if not every:
        table = table[~counts]
    columns = list(COLUMNS)
    if "team" in table:
        columns.insert(2, "team")
    return table.sort_values(["place", "start", "type", "coordinator"])[columns].reset_index(
        drop=True
    )
