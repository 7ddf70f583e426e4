"""Cautions of a table with one row a month: which month each of them concerns, in few lines."""

import re
from collections.abc import Sequence

from outcomes.estimate import Estimate
from outcomes.report.words import month_name, sentence_case

_NUMBERS = re.compile(r"\d[\d,.]*(?: of \d[\d,.]*)?")


def month_cautions(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """Gather the warnings of monthly estimates, each once, with the months that it concerns.

    A warning of all months stands alone. Those that differ in their numbers alone become one line.

    Args:
        estimates: Of one table; ``period`` is the month.
    """
    concerned: dict[str, dict[str, None]] = {}
    for each in estimates:
        for warning in each.warnings:
            concerned.setdefault(warning, {})[month_name(each.period)] = None
    everywhere = len({each.period for each in estimates})
    alike: dict[str, dict[str, dict[str, None]]] = {}
    for warning, months in concerned.items():
        alike.setdefault(_NUMBERS.sub("#", warning), {})[warning] = months
    return tuple(
        line
        for group in alike.values()
        for line in (
            [_together(group)]
            if len(group) > 1
            else [_one(warning, months, everywhere) for warning, months in group.items()]
        )
    )


def _one(warning: str, months: dict[str, None], everywhere: int) -> str:
    if len(months) == everywhere:
        return sentence_case(warning)
    return f"{', '.join(months)}: {warning}"


def _together(group: dict[str, dict[str, None]]) -> str:
    """Say the first warning whole, and of the others their numbers."""
    first, *others = group.items()
    rest = "; ".join(f"{', '.join(months)}: {_told(warning)}" for warning, months in others)
    return f"{', '.join(first[1])}: {first[0]}. Likewise {rest}"


def _told(warning: str) -> str:
    return ", ".join(_NUMBERS.findall(warning))
