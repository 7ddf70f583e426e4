"""Strategies other than walks, judged by the same rules of number and time (D33)."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from outcomes.engagement.judging import Fault, in_words, outside, surplus
from outcomes.engagement.parts import as_category
from outcomes.engagement.periods import Coverage, is_workday, period_words
from outcomes.engagement.record_kinds import RecordKind, record_kind
from outcomes.engagement.walk_rules import RuleSettings, Strategy
from outcomes.errors import DataError, one_of

_WORDS = ("it is not planned", "it starts there")


def check_strategy(strategy: Strategy) -> RecordKind:
    """Find the kind of record that a strategy counts, and refuse what cannot be counted.

    Raises:
        DataError: There is no such kind or field, a number is asked of a field that is none, or
            the kind is a result, which nobody does and which no rule can therefore ask for (D14).
    """
    kind = record_kind(strategy.kind)
    if kind.has_result:
        raise DataError(
            f"the strategy {strategy.code!r} counts {kind.many}, which are results: what people "
            "do or say afterwards. A rule asks for what the agency does. Name another kind"
        )
    numbers = [field.name for field in kind.fields if field.kind == "count"]
    for names, known in ((strategy.at_least, numbers), (strategy.where, _fields(kind))):
        for name in names:
            if name not in known:
                raise DataError(
                    f"the strategy {strategy.code!r}: {kind.many} have no "
                    f"{'number' if known is numbers else 'field'} {name!r}. {one_of(name, known)}"
                )
    return kind


def strategy_starts(strategy: Strategy, coverage: Coverage) -> dict[str, date]:
    """Say in which places a strategy is due, and from which day on."""
    places: Iterable[str] = strategy.places or coverage.starts
    begun = {
        place: coverage.begins(place) if place in coverage.starts else coverage.first
        for place in places
    }
    return {
        place: max(strategy.first, coverage.first) if strategy.first else day
        for place, day in begun.items()
    }


def judge_records(
    records: pd.DataFrame, strategy: Strategy, settings: RuleSettings, *, coverage: Coverage
) -> pd.DataFrame:
    """Say of each record whether it counts for a strategy, and if not, what it lacks.

    Args:
        records: Engagement records: kind, day (ISO), place, body (fields by name). Others than
            those of the strategy are passed over.
        strategy: The strategy.
        settings: The week, the workdays, the holidays.
        coverage: Places with their first day, and the days covered.

    Returns:
        As ``judge_by_type``, without coordinator: start is the day, minutes are 0.

    Raises:
        DataError: As for ``check_strategy``.
    """
    check_strategy(strategy)
    chosen = records[[_is_one(row, strategy) for row in records[["kind", "body"]].itertuples()]]
    day = pd.to_datetime(chosen["day"]).astype("datetime64[us]")
    done = pd.DataFrame({"place": chosen["place"].astype("str").astype("category"), "day": day})
    done = done.reset_index(drop=True)
    starts = strategy_starts(strategy, coverage)
    faults = outside(done, coverage, starts=starts, words=_WORDS)
    if strategy.per == "workday" or (
        strategy.per == "work week" and not settings.weekend_walks_count
    ):
        off = ~is_workday(done["day"], settings).to_numpy()
        faults.append(("on a day that is no workday", off))
    faults += [_lacks(chosen, name, least) for name, least in strategy.at_least.items()]
    fault = as_category(in_words(faults, n=len(done)))
    none = as_category(in_words([], n=len(done)))
    period = as_category(period_words(done["day"], strategy.per, settings))
    done = done.assign(period=period, start=done["day"], minutes=0.0, team=none, note=none)
    done = done.assign(met=fault == "", fault=fault, logged=True)
    return done.assign(surplus=surplus(done, strategy))


def _fields(kind: RecordKind) -> list[str]:
    return [field.name for field in kind.fields]


def _is_one(row: tuple[object, str, dict[str, object]], strategy: Strategy) -> bool:
    _, kind, body = row
    return kind == strategy.kind and all(
        _holds(body.get(name), words) for name, words in strategy.where.items()
    )


def _holds(value: object, words: tuple[str, ...]) -> bool:
    """Say whether a field holds one of these words; a field of several choices holds several."""
    held = value if isinstance(value, list | tuple) else [value]
    return any(each in words for each in held)


def _lacks(records: pd.DataFrame, name: str, least: int) -> Fault:
    numbers = np.array([float(body.get(name) or 0) for body in records["body"]], dtype=float)
    return f"with fewer than {least} {name.replace('_', ' ')}", numbers < least
