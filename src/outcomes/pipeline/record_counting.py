"""Engagement records as measures, beside the counts that tables brought: never both of one."""

import pandas as pd

from outcomes.engagement.record_kinds import record_kind, shipped_kinds
from outcomes.engagement.record_measures import record_measures
from outcomes.errors import DataError
from outcomes.measures import find
from outcomes.pipeline.engagement_records import read_records
from outcomes.settings import AGENCY
from outcomes.study import Study


def engagement_record_measures(study: Study, *, counted: pd.DataFrame) -> pd.DataFrame:
    """Count the stored engagement records by place and month.

    Args:
        study: The study.
        counted: The measures that imported tables of counts gave.

    Returns:
        Rows of the measures table, as ``record_measures`` gives them.

    Raises:
        DataError: A measure comes both from records and from a table of counts, for the same
            place and month: added up, it would be counted twice.
    """
    records = read_records(study)
    table = record_measures(
        records, shipped_kinds(), months=study.months(), places=study.place_codes()
    )
    _refuse_both(study, table, counted)
    return table


def context_events(study: Study) -> list[tuple[str, str, str]]:
    """List the dated events on record that could move an outcome (D18, D32): name, day, place.

    The place is its name, or "" where the event belongs to the agency as a whole.
    """
    names = {place.code: place.name for place in study.settings.places}
    found = read_records(study, record_kind("event_log").code)
    return [
        (str(body["name"]), str(day), names.get(str(place), ""))
        for day, place, body in zip(found["day"], found["place"], found["body"], strict=True)
    ]


def _refuse_both(study: Study, table: pd.DataFrame, counted: pd.DataFrame) -> None:
    if table.empty or counted.empty:  # an empty table has columns of no particular kind
        return
    key = ["measure", "place", "period"]
    both = table[key].merge(counted[key], on=key)
    if both.empty:
        return
    measure, place, month = both.sort_values(key).iloc[0]
    names = {each.code: each.name for each in study.settings.places} | {AGENCY: "the agency"}
    kinds = [
        kind.many
        for kind in shipped_kinds().values()
        if any(one.measure == measure for one in kind.counted)
    ]
    more = f" (and {len(both) - 1} more)" if len(both) > 1 else ""
    raise DataError(
        f"{find(measure).name} ({measure}) in {names.get(place, place)}, {month}{more}, comes both "
        f"from records ({', '.join(kinds)}) and from an imported table of counts, and would count "
        f"twice. Keep one: withdraw these records at the desk, or leave {measure} out of the table"
    )
