"""What the agency did beside walks, before and since they began, for the report (D14, D26, E9)."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from outcomes.engagement import walk_report
from outcomes.engagement.record_kinds import record_kind
from outcomes.measures import MEASURES
from outcomes.pipeline.engagement_public import NOTHING, PublicSums, public_measures
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.published_sums import Earlier, published_sums
from outcomes.report.recorded_work import Work
from outcomes.settings import AGENCY
from outcomes.study import Study

_NO_MEASURE = ("training", "notice")  # kinds that are counted into none
_COLUMNS = ["measure", "role", "place", "period", "value"]


def work_sums(study: Study, *, start: str, public: bool, renew: bool = False) -> PublicSums:
    """Add up what was recorded beside walks, by place, before and since the walks began.

    Args:
        study: The study; its measures are those of the last evaluation.
        start: The month in which the walks began; "" for one span.
        public: Whether anybody may see it. Then each cell is shown or withheld just as in the
            public export, so that the two together tell no more than one of them.
        renew: Whether to forget what was published, because it was wrong.
    """
    floor = study.settings.publish.smallest_cell if public else 0
    earlier = published_sums(study) if public and not renew else NOTHING
    found = [
        _added_up(each, start=start, floor=floor, earlier=earlier)
        for each in (_measures(study), _uncounted(study))
    ]
    return PublicSums(
        table=pd.concat([each.table for each in found], ignore_index=True),
        withheld=sum(each.withheld for each in found),
        as_before=sum(each.as_before for each in found),
        kept_back=pd.concat([each.kept_back for each in found], ignore_index=True),
    )


def recorded_work(study: Study, sums: PublicSums, *, start: str) -> list[Work]:
    """Lay sums out as the rows of the report."""
    names = {place.code: place.name for place in study.settings.places} | {AGENCY: "The agency"}
    rows = []
    for (measure, place), cells in sums.table.groupby(["measure", "place"], sort=False):
        by_span = dict(zip(cells["period"].ge(start), cells["value"].astype(float), strict=True))
        before, since = by_span.get(False, 0.0), by_span.get(True, 0.0)
        if before or since:  # a withheld one is no number, and stands there too
            known = MEASURES.get(str(measure))
            name = known.name if known else str(measure)
            where = names.get(str(place), str(place))
            rows.append(Work(name=name, place=where, before=before, since=since))
    return rows


def _measures(study: Study) -> pd.DataFrame:
    """Take the outputs of the last evaluation by month; of walks, other tables tell the rest."""
    table = study.read_table("measures")
    outputs = [code for code, known in MEASURES.items() if known.role == "output"]
    walks = table["measure"].str.startswith("walk") & table["measure"].ne("walk_people_partners")
    table = table[table["measure"].isin(outputs) & ~walks]
    return table.assign(role="output")[_COLUMNS]


def _uncounted(study: Study) -> pd.DataFrame:
    """Count what is no measure: trainings, notices to the community, and handouts on walks."""
    records, months = read_records(study, *_NO_MEASURE, walk_report.KIND), study.months()
    rows = [
        (what, "output", place, day[:7], n)
        for kind, day, place, body in zip(
            *(records[name] for name in ("kind", "day", "place", "body")), strict=True
        )
        for what, n in _told(kind, body)
        if day[:7] in months
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _told(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Say what one record adds to which count."""
    if kind in _NO_MEASURE:
        many = record_kind(kind).many
        yield f"{many[:1].upper()}{many[1:]}", 1
    if kind == "training":
        people = [f.name for f in record_kind(kind).fields if f.kind == "count"]
        yield "People at trainings", sum(body.get(one, 0) for one in people if one != "minutes")
    if kind == walk_report.KIND:
        yield "Handouts given on walks", int(body.get("handouts", 0))


def _added_up(table: pd.DataFrame, *, start: str, floor: int, earlier: Earlier) -> PublicSums:
    """Add months up to spans; what is below the floor, and what would tell of it, is withheld."""
    if floor and not table.empty:
        return public_measures(table, smallest=floor, start=start, earlier=earlier)
    since = table["period"].ge(start).map({True: start, False: ""})
    by = _COLUMNS[:-1]
    sums = table.assign(period=since).groupby(by, sort=False)["value"].sum().reset_index()
    return PublicSums(table=sums)
