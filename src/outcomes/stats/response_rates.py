"""Response, cooperation, refusal, contact and location rates, as AAPOR defines them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError, one_of

DISPOSITIONS = {  # code: what became of a case
    "I": "complete interview",
    "P": "partial interview",
    "R": "refusal or break-off",
    "NC": "not reached",
    "O": "other reason of an eligible case",
    "UH": "unknown whether there is an eligible household",
    "UO": "unknown for another reason",
    "NE": "not eligible",
}
_ELIGIBLE = ("I", "P", "R", "NC", "O")
_UNKNOWN = ("UH", "UO")
_TALKED = ("I", "P", "R", "O")
_TOP = {  # what stands above the line
    "RR1": ("I",),
    "RR2": ("I", "P"),
    "RR3": ("I",),
    "RR4": ("I", "P"),
    "RR5": ("I",),
    "RR6": ("I", "P"),
    "COOP1": ("I",),
    "COOP2": ("I", "P"),
    "COOP3": ("I",),
    "COOP4": ("I", "P"),
    "REF1": ("R",),
    "REF2": ("R",),
    "REF3": ("R",),
    "CON1": _TALKED,
    "CON2": _TALKED,
    "CON3": _TALKED,
    "LOC1": _ELIGIBLE,
    "LOC2": _ELIGIBLE,
}
Share = Literal["all", "e", "none"]  # of the unknown cases that count as eligible
_UNKNOWN_COUNT: dict[str, Share] = {
    **dict.fromkeys(("RR1", "RR2", "REF1", "CON1", "LOC1"), "all"),
    **dict.fromkeys(("RR3", "RR4", "REF2", "CON2", "LOC2"), "e"),
}
_COOPERATION = {
    "COOP1": _TALKED,
    "COOP2": _TALKED,
    "COOP3": ("I", "P", "R"),
    "COOP4": ("I", "P", "R"),
}
RATES = tuple(_TOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One rate: a share of cases, from 0 to 1."""

    name: str  # RR1 and so on
    value: float  # NaN where nobody stands below the line
    numerator: float  # cases, or their weights
    denominator: float


def count_dispositions(
    codes: Sequence[str], *, weights: ArrayLike | None = None
) -> dict[str, float]:
    """Count the cases of each disposition.

    Args:
        codes: One code a case, shape (n,), out of ``DISPOSITIONS``.
        weights: What each case counts, shape (n,), above 0; None counts each once.

    Raises:
        DataError: A code is none of them, or a weight is not above 0.
    """
    each = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=float)
    if each.shape != (len(codes),) or not (np.isfinite(each) & (each > 0)).all():
        raise DataError("each case needs one weight above 0")
    counts = dict.fromkeys(DISPOSITIONS, 0.0)
    for code, weight in zip(codes, each, strict=True):
        if code not in counts:
            raise DataError(
                f"{code!r} is not a disposition. {one_of(code, list(DISPOSITIONS))} "
                f"({'; '.join(f'{short}: {long}' for short, long in DISPOSITIONS.items())})"
            )
        counts[code] += float(weight)
    return counts


def eligible_share(counts: Mapping[str, float]) -> float:
    """Estimate e, the share of the unknown cases that are eligible, as CASRO does.

    It is the share of eligible cases among those whose eligibility is known: the unknown ones are
    taken to be like them.

    Raises:
        DataError: The eligibility of no case is known.

    Source:
        AAPOR (2023), Standard Definitions, 10th edition: proportional allocation (CASRO).
    """
    known = sum(counts.get(code, 0) for code in (*_ELIGIBLE, "NE"))
    if not known:
        raise DataError("e cannot be estimated: it is known of no case whether it is eligible")
    return sum(counts.get(code, 0) for code in _ELIGIBLE) / known


def response_rates(counts: Mapping[str, float], *, e: float | None = None) -> tuple[Rate, ...]:
    """Say what share of the cases answered, refused, or was reached.

    Args:
        counts: Cases of each disposition; see :func:`count_dispositions`.
        e: The share of unknown cases that are eligible, 0 to 1. None leaves out the rates that
            rest on it: RR3, RR4, REF2, CON2 and LOC2.

    Returns:
        The rates in the order of ``RATES``; a rate whose denominator is 0 is NaN.

    Raises:
        DataError: A disposition is unknown, a count is negative, or ``e`` lies outside 0 to 1.

    Source:
        AAPOR (2023), Standard Definitions, 10th edition. Agrees with ``outcomerate`` of R.
    """
    for code, count in counts.items():
        if code not in DISPOSITIONS:
            raise DataError(f"{code!r} is not a disposition. {one_of(code, list(DISPOSITIONS))}")
        if not (np.isfinite(count) and count >= 0):
            raise DataError(f"the count of {code} must be 0 or more, got {count}")
    if e is not None and not 0 <= e <= 1:
        raise DataError(f"e is a share from 0 to 1, got {e:g}")
    return tuple(
        _rate(name, counts, e=e)
        for name in RATES
        if e is not None or _UNKNOWN_COUNT.get(name) != "e"
    )


def _rate(name: str, counts: Mapping[str, float], *, e: float | None) -> Rate:
    unknown = {"all": 1.0, "e": e or 0.0, "none": 0.0}[_UNKNOWN_COUNT.get(name, "none")]
    numerator = sum(counts.get(code, 0) for code in _TOP[name])
    denominator = sum(counts.get(code, 0) for code in _COOPERATION.get(name, _ELIGIBLE))
    if name not in _COOPERATION:
        denominator += unknown * sum(counts.get(code, 0) for code in _UNKNOWN)
    value = numerator / denominator if denominator else float("nan")
    return Rate(name=name, value=value, numerator=numerator, denominator=denominator)
