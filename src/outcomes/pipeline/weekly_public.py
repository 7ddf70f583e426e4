"""The weekly sheet for the public: no ranks, notes or reasons, and nothing that tells of few."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from outcomes.engagement.log import walk_table
from outcomes.engagement.periods import period_of
from outcomes.engagement.walk_rules import REACHED, RuleSettings
from outcomes.errors import DataError
from outcomes.estimate import Estimate, known_exactly
from outcomes.pipeline.ledger import open_ledger, record
from outcomes.pipeline.publishing import published
from outcomes.pipeline.week_span import Span, week_days
from outcomes.report.weekly_facts import PlaceSums, TypeRow, Week
from outcomes.settings import AGENCY
from outcomes.stats.suppression import suppress
from outcomes.store import read_facts
from outcomes.study import Study

_TOGETHER = "All walks asked for by the week"
_SHOWN = {"walks": "walks", "walk_minutes": "minutes", "people_reached": "reached"}


def require_publishable(span: Span, places: Sequence[str]) -> None:
    """Refuse a second public sheet of one week, for the two could be subtracted.

    Raises:
        DataError: Some places were chosen, or the week is not over.
    """
    why = "Two public sheets of one week could be subtracted from each other, and tell of few"
    if places:
        raise DataError(
            f"the public sheet is of all focus places together. {why}. Leave out the place"
        )
    if not span.is_over:
        raise DataError(
            f"the week {span.label} is not over: its last day is {span.last}. {why}. Choose a "
            "week that is over"
        )


def public_week(study: Study, week: Week, span: Span, *, settings: RuleSettings) -> Week:
    """Leave on the sheet what may be published, and note it in the study's ledger (E9).

    What rests on few walks or people is left out: single types, single ranks (ten times on a walk
    may be one captain), and places, save for the walks that are asked for anyway. So are notes,
    incidents, plans, and the questions, which are for those who lead.

    Args:
        study: The study.
        week: The whole sheet, of all focus places.
        span: Its days.
        settings: Say how weeks are cut.
    """
    ledger = open_ledger(study)
    found = published(_weekly_counts(study, span, settings=settings), ledger=ledger)
    mine = [
        (each, people)
        for each, people in zip(found.estimates, found.people, strict=True)
        if each.period == week.label
    ]
    record(
        study,
        [each for each, _ in mine],
        people=[people for _, people in mine],
        day=span.now.date(),
    )
    return Week(
        label=week.label,
        days=week.days,
        until=week.until,
        study=week.study,
        agency=week.agency,
        generated=week.generated,
        version=week.version,
        made=week.made,
        places=week.places,
        rows=_rows(week, ledger.smallest),
        walks_known=week.walks_known,
        incidents_known=week.incidents_known,
        sums=_sums({_SHOWN[each.measure]: round(each.value) for each, _ in mine}, week.places),
        events=week.events,
        floor=ledger.smallest,
    )


def _weekly_counts(study: Study, span: Span, *, settings: RuleSettings) -> list[Estimate]:
    """Count each week that is over: a week is safe only if no sum of weeks gives it away."""
    walks = walk_table(read_facts(study.store, "walks"))
    walks = walks[walks["place"].isin([place.code for place in study.places("focus")])]
    days = pd.to_datetime(walks["start"].astype(str).str[:10])
    weeks = period_of(days, "work week", settings).astype(str)
    sums = walks.assign(walks=1).groupby(weeks)[["walks", "minutes", REACHED]].sum()
    sums = sums.reindex(sorted({*sums.index, span.label}), fill_value=0)
    found = []
    for label, done, minutes, reached in sums.itertuples():
        if week_days(label, settings)[1] >= span.now.date():
            continue
        for measure, value, people in (
            ("walks", done, done),
            ("walk_minutes", minutes, done),
            ("people_reached", reached, reached),
        ):
            count = known_exactly(float(value), n=people, unit=measure)
            found.append(
                replace(count, analysis="weekly", measure=measure, place=AGENCY, period=label)
            )
    return found


def _rows(week: Week, smallest: int) -> tuple[TypeRow, ...]:
    """Add all types up that are asked for by the week; a place that is asked for few is left out.

    What rests on few is what is asked for, as in the report: the rules are public.
    """
    due = [each for each in week.rows if not (each.by_month or each.after_incidents)]
    by_place = {
        place: [each for each in due if each.place == place and each.required]
        for place in week.places
    }
    table = pd.DataFrame(
        [
            (place, sum(each.required for each in rows), sum(each.met for each in rows))
            for place, rows in by_place.items()
            if rows
        ],
        columns=["place", "required", "met"],
    )
    checked = suppress(table, count="required", values=["met"], smallest=smallest)
    return tuple(
        _together(row.place, int(row.required), int(row.met))
        if row.withheld == ""
        else replace(_together(row.place, 0, 0), withheld=True)
        for row in checked.itertuples()
    )


def _together(place: str, required: int, met: int) -> TypeRow:
    return TypeRow(place=place, code="", name=_TOGETHER, coordinator="", asked="",
                   required=required, done=met, counted=met)  # fmt: skip


def _sums(shown: dict[str, int], places: Sequence[str]) -> tuple[PlaceSums, ...]:
    if not places:
        return ()
    told = {name: shown.get(name, 0) for name in _SHOWN.values()}
    gone = frozenset(told) - set(shown)
    name = places[0] if len(places) == 1 else "All places together"
    return (PlaceSums(place=name, police=0, partners=0, withheld=gone, **told),)
