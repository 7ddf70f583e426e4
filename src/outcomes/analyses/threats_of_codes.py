"""What the codes behind a count say against it: one begins, stops, or takes another share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.change_point import change_point

Kind = Literal["begins", "stops", "rises", "falls"]

RARE = 0.01  # chance of a false warning, over all codes of a count
MOVED = 0.20  # of all calls: a fifth under another code makes two counts no longer comparable
NEW = 0.10  # of all calls, from which a code that begins or stops matters
NONE = 0.02  # of all calls, up to which a code is as good as not used: a slip now and then
FEWEST = 8  # periods with calls, below which nothing can be told


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """One code whose share of the calls changed for good."""

    code: str
    kind: Kind
    period: str  # the first one after the change
    before: float  # share of the calls
    after: float

    def words(self) -> str:
        """Say it in short: 'FOOT PATROL' stops from 2025-10 on (48% of calls before, 0% after)."""
        shares = f"{self.before:.0%} of calls before, {self.after:.0%} after"
        return f"{self.code!r} {self.kind} from {self.period} on ({shares})"


def code_changes(counts: pd.DataFrame) -> list[CodeChange]:
    """Find the codes of a count that begin, stop or take another share at some time.

    Shares are looked at and not numbers: more walks under the same codes change no share, another
    way of coding does. Each code's shares are tested for one change at an unknown time, by dealing
    them out anew to the periods, and the chance of a false alarm is divided among the codes.

    Args:
        counts: One row a code, one column a period in order: how many calls, 0 for none. Periods
            without any call are left out.

    Returns:
        The changes in the order of their time; none where there is one code only, or fewer than
        ``FEWEST`` periods with calls.

    Raises:
        DataError: A count is missing or below 0.

    Source:
        Pitfall 16 of research/domain.md; test: ``change_point``.
    """
    numbers = counts.to_numpy(dtype=float)
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise DataError("a count of calls is missing or below 0; leave out what was not recorded")
    there = numbers.sum(axis=0) > 0
    used = numbers[:, there]
    if len(counts) < 2 or used.shape[1] < FEWEST:
        return []
    periods = [str(label) for label, kept in zip(counts.columns, there, strict=True) if kept]
    total = used.sum(axis=0)
    found = [
        _change(calls, total, code=str(code), periods=periods, among=len(counts))
        for code, calls in zip(counts.index, used, strict=True)
    ]
    return sorted(filter(None, found), key=lambda each: (periods.index(each.period), each.code))


def _change(
    calls: np.ndarray, total: np.ndarray, *, code: str, periods: Sequence[str], among: int
) -> CodeChange | None:
    tested = change_point(np.arange(total.size), calls / total)
    if tested.p > RARE / among:
        return None
    at = int(tested.time)
    before, after = (
        float(calls[side].sum() / total[side].sum()) for side in (slice(at), slice(at, None))
    )
    kind: Kind = "rises" if after > before else "falls"
    if before <= NONE < after:
        kind = "begins"
    elif after <= NONE < before:
        kind = "stops"
    if abs(after - before) < (NEW if kind in ("begins", "stops") else MOVED):
        return None
    return CodeChange(code=code, kind=kind, period=periods[at], before=before, after=after)


def other_codes(counts: pd.DataFrame, *, name: str) -> tuple[str, ...]:
    """Warn where the codes that make up a count changed within the time compared.

    Args:
        counts: As for ``code_changes``.
        name: What is counted, in words.
    """
    found = code_changes(counts)
    if not found:
        return ()
    told = ", ".join(each.words() for each in found)
    return (
        f"the codes behind {name[:1].lower()}{name[1:]} changed in this time, so that the same may "
        f"now be counted under another name, or not at all [{told}]",
    )
