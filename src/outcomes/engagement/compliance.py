"""Compliance with the walk rules: required, done, counted, short, and why walks did not count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from outcomes.engagement.incident_answers import answers
from outcomes.engagement.judging import Judged, judge_by_type
from outcomes.engagement.parts import Part, Words, in_order_of_places, part_of
from outcomes.engagement.periods import Coverage, due
from outcomes.engagement.reasons import CellTexts, add_reasons
from outcomes.engagement.strategies import judge_records, strategy_starts
from outcomes.engagement.teams import Owing, teams_in
from outcomes.engagement.walk_rules import Frequency, RuleSettings, WalkRules

COLUMNS = ("place", "type", "period", "required", "done", "counted", "short", "reasons")
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
    tables = _Tables(settings=rules.settings, coverage=coverage, made={})
    parts = [
        _of_type(judged, rules, tables, incidents)
        for judged in judge_by_type(walks, rules, coverage=coverage, incidents=incidents)
    ]
    if records is not None:
        parts += _of_strategies(records, rules, tables)
    columns = list(COLUMNS)
    if rules.settings.frequency_per == "coordinator":
        columns.insert(2, "team")
    return in_order_of_places(parts, columns)


def strategy_compliance(
    records: pd.DataFrame, rules: WalkRules, *, coverage: Coverage
) -> pd.DataFrame:
    """Check strategies other than walks by themselves: the rows that ``compliance`` has of them.

    Args:
        records: Engagement records (kind, day, place, body).
        rules: The walk rules.
        coverage: Focus places with their first day of walks, and the days covered.

    Returns:
        The columns of ``COLUMNS``; no rows where the rules have no strategies.

    Source:
        Requirement D33.
    """
    tables = _Tables(settings=rules.settings, coverage=coverage, made={})
    parts = _of_strategies(records, rules, tables)
    return in_order_of_places(parts, COLUMNS) if parts else pd.DataFrame(columns=list(COLUMNS))


def _of_strategies(records: pd.DataFrame, rules: WalkRules, tables: "_Tables") -> list[Part]:
    coverage, parts = tables.coverage, []
    for strategy in rules.strategies:
        counted = judge_records(records, strategy, rules.settings, coverage=coverage)
        starts = strategy_starts(strategy, coverage)
        parts.append(tables.of(counted, strategy, starts=starts, owing={}, least_minutes=None))
    return parts


def _of_type(
    judged: Judged, rules: WalkRules, tables: "_Tables", incidents: pd.DataFrame | None
) -> Part:
    kind, coverage = judged.kind, tables.coverage
    if kind.per == "incident" and incidents is not None:
        settings = rules.settings
        part = answers(judged.walks, incidents, kind, settings=settings, coverage=coverage)
        return part_of(part.assign(team=""))
    starts = {place: coverage.begins(place) for place in coverage.starts}
    least = rules.least_minutes(kind)
    return tables.of(judged.walks, kind, starts=starts, owing=judged.owing, least_minutes=least)


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
        row, column = ({word: at for at, word in enumerate(words)} for words in (places, teams))
        unit_of = np.zeros(len(places) * len(teams), dtype=np.int64)
        known = [row[place] * len(teams) + column[team] for place, team in self.units]
        unit_of[known] = np.arange(len(known))
        place, team = _numbered(done["place"], places), _numbered(done["team"], teams)
        period = _numbered(done["period"], self.periods)
        return np.asarray(unit_of[place * len(teams) + team] * len(self.periods) + period)

    def names(self, cells: np.ndarray) -> dict[str, Words]:
        """Name the place, team and period of some cells."""
        unit, period = np.divmod(cells, max(len(self.periods), 1))
        return {
            "place": (unit, [place for place, _ in self.units]),
            "team": (unit, [team for _, team in self.units]),
            "period": (period, self.periods),
        }


def _numbered(words: pd.Series, known: list[str]) -> np.ndarray:
    """Say which of the known words stands in each row of a category."""
    which = pd.Index(known, dtype="str").get_indexer(words.cat.categories.astype("str"))
    found: np.ndarray = which[words.cat.codes.to_numpy()]
    return found.astype(np.int64)
