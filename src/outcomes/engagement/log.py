"""The walk log: what an agency sends about its walks, checked row by row (D2-D4).

Only counts of people by role are read. Columns with names, notes or anything else are never stored.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.engagement.local_time import to_local_clock
from outcomes.engagement.walk_rules import COORDINATORS, REACHED, ROLES, WalkRules
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

KEY = ("place", "type", "start", "coordinator")
PEOPLE = (*ROLES, REACHED)
COLUMNS = (*KEY[:3], "minutes", "coordinator", *PEOPLE)


def read_walks(
    path: Path,
    rules: WalkRules,
    *,
    places: Sequence[str] = (),
    time_zone: str = "",
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read a walk log: which walks does it hold, and which rows break a rule of the log?

    Args:
        path: CSV or Excel with the columns place, type, start (local date and time), minutes
            (0 to 600) and coordinator (a rank); and, each if there is one, columns of whole
            numbers of people by role (``ROLES``) and ``reached``, community members spoken to.
            An empty cell of these is 0.
        rules: Say which types there are.
        places: The codes that may stand under place; empty: any.
        time_zone: In which times with an offset are turned into local time.
        reading: How the file is to be read.

    Returns:
        ``table`` with the columns of ``COLUMNS``: start as ISO text, minutes in minutes, people
        as whole numbers. A place, type, start and coordinator stand once.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.

    Source:
        Requirements D2 (types, number, people, time), D3, D4, D19 (no field about a person).
    """
    columns = [
        Column(name="place", allowed=tuple(places), what="place of the study"),
        Column(name="type", allowed=rules.codes(), what="type of walk in the walk rules"),
        Column(name="start", kind="moment"),
        Column(name="minutes", kind="number", low=0, high=600),
        Column(name="coordinator", allowed=COORDINATORS, what="rank of a coordinator"),
        *(
            Column(name=name, kind="integer", needed=False, blank=True, low=0, high=100_000)
            for name in PEOPLE
        ),
    ]
    sheet = read_sheet(path, columns, key=KEY, reading=reading)
    to_local_clock(sheet, "start", time_zone=time_zone)
    people = {name: sheet.table[name].fillna(0).astype(int) for name in PEOPLE}
    minutes = sheet.table["minutes"].astype(float)
    sheet.table = sheet.table.assign(minutes=minutes, **people)
    return sheet


def walk_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay a read log out as rows of the store: counts of people that are 0 are left out."""
    rows = []
    for walk in table[list(COLUMNS)].to_dict("records"):
        people = {name: int(walk[name]) for name in PEOPLE if walk[name]}
        fact = {name: walk[name] for name in (*KEY, "minutes")}
        rows.append({**fact, "people": people, "key": "|".join(walk[name] for name in KEY)})
    return rows


def walk_table(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay walks of the store out as ``read_walks`` does: one column a role."""
    people = pd.DataFrame(list(facts["people"]), index=facts.index).reindex(columns=list(PEOPLE))
    people = people.astype(float).fillna(0).astype(int)
    return pd.concat([facts.drop(columns="people"), people], axis=1)[list(COLUMNS)]
