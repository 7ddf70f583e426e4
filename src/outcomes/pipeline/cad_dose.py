"""The verified dose: typed walks beside walks in CAD, minutes that both confirm, and outliers."""

from dataclasses import dataclass

import pandas as pd

from outcomes.engagement.cad import COMMUNITY
from outcomes.engagement.cad_matching import (
    CAD_ONLY,
    MATCHED,
    TYPED_ONLY,
    VISITS,
    community_visits,
    covered_months,
    dose_table,
    match_walks,
    walk_visits,
)
from outcomes.engagement.cad_outliers import outliers
from outcomes.measures import check, join
from outcomes.store import read_facts
from outcomes.study import Study

MEASURE, COMMUNITY_MEASURE = "walk_minutes_verified", "cad_community_visits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What CAD says of the walks."""

    table: pd.DataFrame  # by place and month
    outliers: pd.DataFrame
    measures: pd.DataFrame
    sentences: tuple[str, ...]


def verify_dose(study: Study) -> Dose | None:
    """Match the typed walks with those in CAD, and write results/cad_dose.csv and cad_outliers.csv.

    Visits that are other engagement are counted beside them, where a call type was confirmed to
    mean it: nobody types those.

    Returns:
        The table, the outliers and the measures; None where no extract was ever imported.

    Source:
        Requirements D2, D3; pitfall 16 of research/domain.md.
    """
    extracts = read_facts(study.store, "cad_extracts")
    if extracts.empty:
        return None
    zone = study.settings.study.time_zone
    stored, codes = (read_facts(study.store, name) for name in ("cad_visits", "cad_codes"))
    visits = walk_visits(stored, codes)
    matches = match_walks(
        read_facts(study.store, "walks"),
        visits,
        within=study.settings.engagement.cad.match_minutes,
        time_zone=zone,
    )
    places, months = study.place_codes(), study.months()
    table = dose_table(matches, months=months, places=places)
    if codes["means"].eq(COMMUNITY).any():
        table = table.merge(community_visits(stored, codes), how="left", on=["place", "period"])
        table = table.assign(**{VISITS: table[VISITS].fillna(0).astype(int)})
    covered = {place: set(covered_months(extracts, place, months=months)) for place in places}
    table["cad_covers"] = [row.period in covered[row.place] for row in table.itertuples()]
    odd = outliers(matches, visits, time_zone=zone)
    study.write_table("cad_dose", table)
    study.write_table("cad_outliers", odd)
    return Dose(
        table=table,
        outliers=odd,
        measures=_measures(table),
        sentences=tuple(_sentences(matches, table, odd)),
    )


def verified_measures(study: Study) -> pd.DataFrame:
    """Give what CAD shows as rows of measures; none without an extract.

    They are minutes of walks that CAD or GPS confirms, and visits that are other engagement.
    """
    dose = verify_dose(study)
    return join([]) if dose is None else dose.measures


def _measures(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the months that an extract covers wholly; minutes, if every matched walk has a time.

    Any other month would be short without saying so: it is missing, not 0.
    """
    whole = table[table["cad_covers"]]
    told = [(MEASURE, whole[whole["without_time"] == 0], "minutes_verified")]
    if VISITS in table:
        told.append((COMMUNITY_MEASURE, whole, VISITS))
    return check(
        pd.concat(
            pd.DataFrame(
                {
                    "stream": "engagement",
                    "unit": rows["place"],
                    "place": rows["place"],
                    "period": rows["period"],
                    "measure": measure,
                    "value": rows[column].astype(float),
                    "se": float("nan"),
                    "n": 1,
                }
            )
            for measure, rows, column in told
        )
    )


def _sentences(matches: pd.DataFrame, table: pd.DataFrame, odd: pd.DataFrame) -> list[str]:
    count = matches["result"].value_counts()
    lines = [
        f"{count.get(MATCHED, 0)} walks stand in the log and in CAD, {count.get(TYPED_ONLY, 0)} "
        f"in the log only, {count.get(CAD_ONLY, 0)} in CAD only: results/cad_dose.csv.",
        f"{len(odd)} things to look at: results/cad_outliers.csv.",
    ]
    missing = int((~table["cad_covers"]).sum())
    if missing:
        lines.append(
            f"In {missing} of {len(table)} months of a place no extract holds every day: "
            "their verified minutes are missing, not 0."
        )
    without = int(table["without_time"].sum())
    if without:
        lines.append(
            f"{without} matched walks have no time in CAD or by GPS: the verified minutes of "
            "their months are missing."
        )
    return lines
