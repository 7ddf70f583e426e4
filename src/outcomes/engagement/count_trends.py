"""What a year of monthly counts says of a trend, in words that stay honest with small counts."""

from collections.abc import Sequence

from outcomes.errors import DataError
from outcomes.stats.count_change import count_change

WINDOW = 3  # months
ENOUGH = 10  # counted in six months: fewer cannot tell a change from chance
NO_RECORD = "no record"
_TURN = "in the last three months, {} in the three before"


def trend_in_words(values: Sequence[int | None], *, ambiguous: bool) -> str:
    """Say how the last three months compare with the three before.

    Args:
        values: One a month, oldest first; None where nothing is recorded, which is never 0.
        ambiguous: Whether a rise can be good or bad news (1E).

    Returns:
        Such as "6 in the last three months, 2 in the three before: too few to tell". A rise or a
        fall is claimed only where it is more than chance explains, given how far the months jump.
    """
    told = [value for value in values if value is not None]
    if not told:
        return NO_RECORD
    before, after = list(values[-2 * WINDOW : -WINDOW]), list(values[-WINDOW:])
    if all(value is None for value in (*before, *after)):
        return f"{NO_RECORD} in the last six months"
    said = f"{_sum_of(after)} {_TURN.format(_sum_of(before))}"
    absent = sum(value is None for value in (*before, *after)) + 2 * WINDOW - len(before + after)
    if absent:
        hold = "holds" if absent == 1 else "hold"
        return f"{said}: {absent} of the six months {hold} no record, so they cannot be compared"
    return f"{said}: {_verdict(values, ambiguous=ambiguous)}"


def standing_in_words(values: Sequence[int | None]) -> str:
    """Say the same of what goes on from month to month, such as initiatives: never added up."""
    if all(value is None for value in values):
        return NO_RECORD
    last = values[-1]
    earlier = values[-1 - WINDOW] if len(values) > WINDOW else None
    now = f"{NO_RECORD} in the last month" if last is None else f"{last} going on in the last month"
    then = NO_RECORD if earlier is None else str(earlier)
    return f"{now}, {then} three months earlier"


def _sum_of(values: Sequence[int | None]) -> str:
    told = [value for value in values if value is not None]
    return f"{sum(told):,}" if told else NO_RECORD


def _verdict(values: Sequence[int | None], *, ambiguous: bool) -> str:
    before = [value for value in values[-2 * WINDOW : -WINDOW] if value is not None]
    after = [value for value in values[-WINDOW:] if value is not None]
    if sum(before) + sum(after) < ENOUGH:
        return "too few to tell"
    try:
        found = count_change(before, after, term="trend", unit="", others=_earlier(values))
    except DataError:
        return "too few to tell"
    if not (found.low > 1 or found.high < 1):
        return "cannot tell a change from chance"
    word = "rose" if found.low > 1 else "fell"
    return f"{word} (can be good or bad news)" if ambiguous else word


def _earlier(values: Sequence[int | None]) -> list[list[int]]:
    """Cut what lies before into stretches of three months, those that are recorded whole."""
    older = list(values[: -2 * WINDOW])
    cut = [older[max(0, end - WINDOW) : end] for end in range(len(older), 0, -WINDOW)]
    stretches = [[value for value in part if value is not None] for part in cut]
    return [part for part in stretches if len(part) == WINDOW]
