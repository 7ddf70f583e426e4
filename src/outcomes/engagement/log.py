"""The walk log: what an agency sends about its walks, checked row by row (D2-D4).

Only counts of people by role are read, and two things about the walk where a log has them: the
label of its team, and whether it stayed inside the border. Columns with names, notes or anything
else are never stored.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from outcomes.engagement.local_time import to_local_clock
from outcomes.engagement.team_labels import LONGEST, why_no_label
from outcomes.engagement.walk_rules import COORDINATORS, REACHED, ROLES, WalkRules
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, distinct_rows, read_sheet

KEY = ("place", "type", "start", "coordinator")
PEOPLE = (*ROLES, REACHED)
COLUMNS = (*KEY[:3], "minutes", "coordinator", *PEOPLE)
# only in the table of a log that tells them; empty where a walk does not
BESIDE = ("team", "inside_border")


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
            An empty cell of these is 0. It may also have ``team``, the label of a squad, shift or
            beat such as squad 3 and never a name, and ``inside_border``, yes or no.
        rules: Say which types there are.
        places: The codes that may stand under place; empty: any.
        time_zone: In which times with an offset are turned into local time.
        reading: How the file is to be read.

    Returns:
        ``table`` with the columns of ``COLUMNS``: start as ISO text, minutes in minutes, people
        as whole numbers; and those of ``BESIDE`` that the log tells of any walk. A place, type,
        start and coordinator stand once.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.

    Source:
        Requirements D2 (types, number, people, time), D3, D4, D17 (borders), D19 (no field about
        a person).
    """
    columns = [
        Column(name="place", allowed=tuple(places), what="place of the study"),
        Column(name="type", allowed=rules.codes(), what="type of walk in the walk rules"),
        Column(name="start", kind="moment"),
        Column(name="minutes", kind="number", low=0, high=600),
        Column(name="coordinator", allowed=COORDINATORS, what="rank of a coordinator"),
        *(
            Column(
                name=name, kind="integer", needed=False, blank=True, empty=0, low=0, high=100_000
            )
            for name in PEOPLE
        ),
        Column(name="team", needed=False, blank=True),
        Column(
            name="inside_border",
            needed=False,
            blank=True,
            allowed=("yes", "no"),
            what="answer, yes or no",
        ),
    ]
    sheet = read_sheet(path, columns, key=KEY, reading=reading)
    to_local_clock(sheet, "start", time_zone=time_zone)
    _refuse_names_of_teams(sheet)
    sheet.table = _without_untold(sheet.table)
    return sheet


def _refuse_names_of_teams(sheet: Sheet) -> None:
    for label in sheet.table["team"].unique():
        if label and (problem := why_no_label(label)):
            sheet.refuse(
                sheet.table["team"] == label,
                column="team",
                # what may be a name is not repeated
                problem=problem if len(label) > LONGEST else f"the label {problem}",
                mend="Write a label such as squad 3 or day shift, never a name or a number of a "
                "person",
            )


def _without_untold(table: pd.DataFrame) -> pd.DataFrame:
    untold = [name for name in BESIDE if name in table and not (table[name] != "").any()]
    return table.drop(columns=untold)


def walk_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Lay a read log out in the columns of the store: counts of people that are 0 are left out.

    Walks with the same people share one dict: there are few different ones among millions.
    """
    crew, first = distinct_rows(table[list(PEOPLE)])
    crews = np.empty(len(first), dtype=object)
    for at, counts in enumerate(table[list(PEOPLE)].iloc[first].to_dict("records")):
        crews[at] = {str(name): int(number) for name, number in counts.items() if number}
    # put together at once: piece by piece, the text is copied with every piece
    parts = [pa.array(table[name].astype("str"), pa.large_string()) for name in KEY]
    between = pa.scalar("|", pa.large_string())
    key = pd.Series(pc.binary_join_element_wise(*parts, between), table.index, "str")
    beside = {name: table[name].where(table[name] != "") for name in BESIDE if name in table}
    return table[[*KEY, "minutes"]].assign(people=crews[crew], key=key, **beside)


def walk_table(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay walks of the store out as ``read_walks`` does: one column a role."""
    # walks that share a dict, as those of the store do, are laid out once
    crew, _ = pd.factorize(np.fromiter(map(id, facts["people"]), dtype=np.int64, count=len(facts)))
    first = np.flatnonzero(~pd.Series(crew).duplicated())
    people = pd.DataFrame(list(facts["people"].iloc[first])).reindex(columns=list(PEOPLE))
    people = people.astype(float).fillna(0).astype(int)
    columns = {name: facts[name] for name in (*KEY, "minutes")}
    columns |= {name: pd.Series(people[name].to_numpy()[crew], facts.index) for name in PEOPLE}
    for name in BESIDE:
        if name in facts and facts[name].notna().any():
            columns[name] = facts[name].astype("str").fillna("")
    table = pd.DataFrame(
        {name: columns[name] for name in (*COLUMNS, *BESIDE) if name in columns}, copy=False
    )
    return _without_untold(table)
