"""Compliance with the walk rules: required, done, counted, short, and why walks did not count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from outcomes.engagement.incidents import answers
from outcomes.engagement.judging import judge_walks
from outcomes.engagement.parts import Part, Words, in_order_of_places, part_of
from outcomes.engagement.periods import Coverage, due
from outcomes.engagement.reasons import CellTexts, add_reasons
from outcomes.engagement.strategies import judge_records, strategy_starts
from outcomes.engagement.teams import Owing, owing_teams, team_of, teams_in
from outcomes.engagement.walk_rules import Frequency, RuleSettings, WalkRules, WalkType

COLUMNS = ("place", "type", "period", "required", "done", "counted", "short", "reasons")
_OF_A_WALK = [
    *("place", "period", "day", "start", "minutes"),
    *("type", "team", "coordinator", "met", "fault", "note", "logged", "surplus"),
]
_REPEATED = ("place", "type", "period", "fault", "note")
_Made = dict[tuple[object, ...], pd.DataFrame]


def compliance(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
    records: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Check a walk log by the rules: what was required, done and counted, and why not more?

    Args:
        walks: The columns of ``log.COLUMNS``, one row a walk, in local time; and, each if there
            is one, those of ``log.BESIDE``. A walk belongs to the day on which it starts.
        rules: The walk rules.
        coverage: Focus places with their first day of walks, and the days covered.
        incidents: What ``read_incidents`` reads, or None where there is no such list.
        records: Engagement records (kind, day, place, body), for the strategies of the rules that
            are not walks; None where there are none, and then strategies have no rows.

    Returns:
        One row a place, type and week, month or quarter, and one an incident: ``required``;
        ``done``, walks logged as this type; ``counted``, those that met minutes, people, place
        and day (for a number per workday: at most that number on each workday); ``short``, what
        ``counted`` lacks of ``required``; ``reasons`` in words and numbers, joined by '; '.
        Types without a number, and places without planned walks, have rows where walks were done.
        With ``frequency_per = "coordinator"`` a column ``team`` stands after ``type``, and each
        team that owes walks has rows of its own. The rows of strategies have their code as type.

    Raises:
        DataError: A walk is of a type that the rules do not know, a strategy counts a kind of
            record that there is not, or an incident lacks the time that the rules count from.

    Source:
        Requirements C1-C7, C9-C11, D17, D33 and the readings named in the rules' settings.
    """
    judged = judge_walks(walks, rules, coverage=coverage, incidents=incidents)
    judged = judged.assign(surplus=surplus(judged, rules), team=team_of(judged))[_OF_A_WALK]
    judged = judged.astype(dict.fromkeys(_REPEATED, "category"))  # as in judging: few words
    tables = _Tables(settings=rules.settings, coverage=coverage, made={})
    parts = [
        _of_type(judged[(judged["type"] == kind.code).to_numpy()], kind, rules, tables, incidents)
        for kind in rules.types
    ]
    for strategy in rules.strategies if records is not None else ():
        counted = judge_records(records, strategy, rules.settings, coverage=coverage)
        starts = strategy_starts(strategy, coverage)
        parts.append(tables.of(counted, strategy, starts=starts, owing={}, least_minutes=None))
    columns = list(COLUMNS)
    if rules.settings.frequency_per == "coordinator":
        columns.insert(2, "team")
    return in_order_of_places(parts, columns)


def surplus(judged: pd.DataFrame, rules: WalkRules) -> np.ndarray:
    """Mark walks beyond the number of a workday: a second one does not stand for another day.

    Args:
        judged: What ``judge_walks`` returns, n rows.
        rules: The walk rules.

    Returns:
        Shape (n,).
    """
    found = np.zeros(len(judged), dtype=bool)
    by = ["place", "day", *(["team"] if _by_team(judged, rules) else [])]
    for kind in rules.types:
        if kind.per != "workday":
            continue
        mine = np.flatnonzero(judged["met"].to_numpy() & (judged["type"] == kind.code).to_numpy())
        met = judged.take(mine)
        order = np.lexsort((met["minutes"].to_numpy(), met["start"].to_numpy()))
        earlier = met.take(order).groupby(by, observed=True).cumcount().to_numpy()
        found[mine[order]] = earlier >= kind.times
    return found


def _by_team(judged: pd.DataFrame, rules: WalkRules) -> bool:
    return rules.settings.frequency_per == "coordinator" and "team" in judged


def _of_type(
    judged: pd.DataFrame,
    kind: WalkType,
    rules: WalkRules,
    tables: "_Tables",
    incidents: pd.DataFrame | None,
) -> Part:
    coverage = tables.coverage
    if kind.per == "incident" and incidents is not None:
        part = answers(judged, incidents, kind, settings=rules.settings, coverage=coverage)
        return part_of(part.assign(team=""))
    starts = {place: coverage.begins(place) for place in coverage.starts}
    owing = owing_teams(judged, kind, rules)
    least = rules.least_minutes(kind)
    return tables.of(judged, kind, starts=starts, owing=owing, least_minutes=least)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """Sets what was done in each week, month or quarter beside what was due."""

    settings: RuleSettings
    coverage: Coverage
    made: _Made  # types and places that share a frequency and a start share the weeks

    def of(
        self,
        done: pd.DataFrame,
        kind: Frequency,
        *,
        starts: Mapping[str, date],
        owing: Owing,
        least_minutes: int | None,
    ) -> Part:
        """Lay out one type: every place, team and period in which it was due or done."""
        if not owing:
            done = done.assign(team="")
        grids = {}
        if kind.per not in {None, "incident"}:
            grids = {begins: self._due(kind, begins) for begins in set(starts.values())}
        cells = _Cells.of(done, grids=grids, starts=starts, owing=owing)
        said = CellTexts()
        required = cells.lay_out(grids, starts=starts, owing=owing, said=said)
        at = cells.where(done)
        add_reasons(said, done, at, least_minutes=least_minutes)
        logged = done["logged"].to_numpy()
        counts = done["met"].to_numpy() & ~done["surplus"].to_numpy()
        size = len(required)
        present = np.flatnonzero((required >= 0) | (np.bincount(at, minlength=size) > 0))
        reasons, texts = said.joined(size)
        kinds = (np.zeros(len(present), dtype=np.int64), [kind.code])
        return Part(
            words=cells.names(present) | {"type": kinds, "reasons": (reasons[present], texts)},
            numbers={
                "required": required[present].clip(min=0),
                "done": np.bincount(at[logged], minlength=size)[present],
                "counted": np.bincount(at[counts], minlength=size)[present],
            },
        )

    def _due(self, kind: Frequency, begins: date) -> pd.DataFrame:
        known = (kind.per, kind.times, begins, type(kind))
        if known not in self.made:
            made = due(kind, self.settings, coverage=self.coverage, begins=begins)
            self.made[known] = made
        return self.made[known]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """The cells of one type: places and their teams down, periods across, numbered row by row."""

    units: list[tuple[str, str]]  # place and team, in alphabetical order
    periods: list[str]

    @classmethod
    def of(
        cls,
        done: pd.DataFrame,
        *,
        grids: Mapping[date, pd.DataFrame],
        starts: Mapping[str, date],
        owing: Owing,
    ) -> "_Cells":
        """Number every cell in which something was due or done."""
        units = set(done[["place", "team"]].drop_duplicates().itertuples(index=False, name=None))
        if grids:
            units |= {(place, team) for place in starts for team in teams_in(owing, place)}
        periods = set(done["period"].unique()).union(*(grid["period"] for grid in grids.values()))
        return cls(units=sorted(units), periods=sorted(periods))

    def lay_out(
        self,
        grids: Mapping[date, pd.DataFrame],
        *,
        starts: Mapping[str, date],
        owing: Owing,
        said: CellTexts,
    ) -> np.ndarray:
        """Say what is due in every cell; -1 where nothing is laid out. Notes are said."""
        required = np.full((len(self.units), len(self.periods)), -1, dtype=np.int64)
        rows_of: dict[date, list[int]] = {}
        for row, (place, team) in enumerate(self.units):
            if place in starts and team in teams_in(owing, place):
                rows_of.setdefault(starts[place], []).append(row)
        for begins, grid in grids.items():
            rows = np.array(rows_of.get(begins, []), dtype=np.int64)
            columns = np.searchsorted(self.periods, grid["period"].to_numpy(dtype=str))
            required[np.ix_(rows, columns)] = grid["required"].to_numpy(dtype=np.int64)
            noted = np.flatnonzero((grid["note"] != "").to_numpy())
            which, notes = pd.factorize(grid["note"].to_numpy(dtype=object)[noted])
            cells = rows[:, None] * len(self.periods) + columns[noted]
            said.add(cells.ravel(), np.tile(which, len(rows)), [str(note) for note in notes])
        return required.ravel()

    def where(self, done: pd.DataFrame) -> np.ndarray:
        """Say in which cell each walk or record is."""
        places = list(dict.fromkeys(place for place, _ in self.units))
        teams = sorted({team for _, team in self.units})
        known = [places.index(place) * len(teams) + teams.index(team) for place, team in self.units]
        place, team = _numbered(done["place"], places), _numbered(done["team"], teams)
        period = _numbered(done["period"], self.periods)
        unit = np.searchsorted(known, place * len(teams) + team)
        return np.asarray(unit * len(self.periods) + period)

    def names(self, cells: np.ndarray) -> dict[str, Words]:
        """Name the place, team and period of some cells."""
        unit, period = np.divmod(cells, max(len(self.periods), 1))
        return {
            "place": (unit, [place for place, _ in self.units]),
            "team": (unit, [team for _, team in self.units]),
            "period": (period, self.periods),
        }


def _numbered(words: pd.Series, known: list[str]) -> np.ndarray:
    """Say which of the known words stands in each row."""
    few = words.astype("category")
    which: np.ndarray = pd.Index(known, dtype="str").get_indexer(few.cat.categories.astype("str"))
    found: np.ndarray = np.append(which, -1)[few.cat.codes.to_numpy()]
    return found.astype(np.int64)
