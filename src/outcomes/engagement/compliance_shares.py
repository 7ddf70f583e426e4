"""Which share of the required walks was done and counted: one Estimate a place and type."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
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
    table = table[~table["type"].isin(list(leave_out))]
    place, places = pd.factorize(table["place"], sort=True)
    kind, kinds = pd.factorize(table["type"])
    group, known = pd.factorize(place * len(kinds) + kind)  # in the order of the table
    asked = np.bincount(group, table["required"], minlength=len(known)) > 0
    rows = asked[group]
    of_places = _shares(table[rows], place[rows], groups=len(places))
    of_types = _shares(table[rows], group[rows], groups=len(known))
    estimates: list[Estimate] = []
    last = -1
    for at in np.argsort(known // max(len(kinds), 1), kind="stable").tolist():
        where, which = divmod(int(known[at]), len(kinds))
        if not asked[at]:
            continue
        if where != last:
            estimates.append(_estimate(of_places[where], str(places[where]), code=""))
        estimates.append(_estimate(of_types[at], str(places[where]), code=str(kinds[which])))
        last = where
    return estimates


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """Sums over the rows of one place, or of one type in it."""

    required: int
    met: int  # of these, done and counted
    uncounted: int  # done, and not counted
    short: int
    reasons: tuple[str, ...]  # the commonest first


def _shares(rows: pd.DataFrame, group: np.ndarray, *, groups: int) -> list[_Share]:
    """Sum the rows of each group up; ``group`` says which one each row is of."""
    required, done, counted, short = (
        rows[name].to_numpy(dtype=np.int64) for name in ("required", "done", "counted", "short")
    )
    uncounted = (done - counted).clip(min=0)
    summed = (
        np.bincount(group, numbers, minlength=groups).astype(np.int64).tolist()
        for numbers in (required, np.minimum(counted, required), uncounted, short)
    )
    some = np.flatnonzero(uncounted)
    reasons = _main_reasons(rows["reasons"].take(some), group[some], groups=groups)
    return [
        _Share(required=asked, met=met, uncounted=lost, short=missing, reasons=tuple(said))
        for asked, met, lost, missing, said in zip(*summed, reasons, strict=True)
    ]


def _estimate(share: _Share, place: str, *, code: str) -> Estimate:
    value = share.met / share.required
    measure = f"walks_{code}" if f"walks_{code}" in MEASURES else "walks_counted"
    name = MEASURES[measure].name if measure != "walks_counted" else f"{code} walks".strip()
    return Estimate(
        term=f"{name if code else 'Walks of all types'} that were required and counted, {place}",
        value=value,
        se=0.0,
        low=value,
        high=value,
        n=share.required,
        dropped=share.uncounted,
        unit="share of required walks",
        method=METHOD,
        assumptions=("the log holds every walk that was done",),
        warnings=_warnings(share),
        analysis="compliance",
        measure=measure,
        place=place,
        period="study",
    )


def _warnings(share: _Share) -> tuple[str, ...]:
    if not share.short:
        return ()
    lines = [f"{share.short} of {share.required} required walks are missing"]
    if share.reasons:
        lines.append(f"walks that did not count: {', '.join(share.reasons)}")
    return tuple(lines)


def _main_reasons(
    cells: pd.Series, group: np.ndarray, *, groups: int, most: int = 4
) -> list[list[str]]:
    """Find the commonest reasons why walks of each group did not count; ties as they came.

    Args:
        cells: Reasons of some rows of the table of compliance; each different text is read once.
        group: Of which group each of them is, shape (n,).
        groups: How many there are.
        most: How many reasons are told.
    """
    which, texts = pd.factorize(cells)
    told = [_numbers(str(text)) for text in texts]
    numbered: dict[str, int] = {}
    word = np.array(
        [numbered.setdefault(reason, len(numbered)) for many in told for reason, _ in many],
        dtype=np.int64,
    )
    number = np.array([how_many for many in told for _, how_many in many], dtype=np.int64)
    sizes = np.array([len(many) for many in told], dtype=np.int64)
    # each row is taken as often as its text has reasons
    row = np.repeat(np.arange(len(which)), sizes[which])
    part = np.arange(len(row)) - np.repeat(np.cumsum(sizes[which]) - sizes[which], sizes[which])
    at = (np.cumsum(sizes) - sizes)[which[row]] + part
    pair, known = pd.factorize(group[row] * len(numbered) + word[at])
    totals = np.bincount(pair, number[at], minlength=len(known)).astype(np.int64)
    of, reason = np.divmod(known, max(len(numbered), 1))
    order = np.lexsort((-totals, of))  # stable: what came first stays first
    begins = np.searchsorted(of[order], np.arange(groups))
    words = list(numbered)
    found: list[list[str]] = [[] for _ in range(groups)]
    for here in order[np.arange(len(order)) - begins[of[order]] < most].tolist():
        found[of[here]].append(f"{totals[here]} {words[reason[here]]}")
    return found


def _numbers(cell: str) -> list[tuple[str, int]]:
    """Read which walks did not count from the reasons in one cell: reason and how many."""
    numbers = []
    for part in cell.split("; "):
        if found := _UNCOUNTED.match(re.sub(r" \([^)]*\)", "", part)):
            numbers.append((found[2], int(found[1])))
        elif found := _UNANSWERED.search(part):
            numbers.append((found[1] or "later after an incident than allowed", 1))
    return numbers
