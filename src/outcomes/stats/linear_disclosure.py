"""What can be worked out of withheld cells from totals, and which others must go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from outcomes.stats.table_totals import Total, totals_matrix

SLACK = 1e-6  # of a person: closer than that counts as reached
MOST_TRIALS = 100  # attempts to show a cell again; more would cost more time than they give


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A table with blanks as somebody sees it who knows all totals and all that is shown.

    All arrays have shape (cells,).
    """

    values: np.ndarray  # the truth: people, or an amount
    least: np.ndarray  # what everybody knows a withheld cell to hold at least
    low: np.ndarray  # what must stay possible for a cell that is to be protected; NaN elsewhere
    high: np.ndarray
    public: np.ndarray  # cells that are known already, so that withholding them hides nothing
    totals: tuple[Total, ...]


def bounds(attack: Attack, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Work out between which values each withheld cell must lie.

    Two linear programs a cell, over all totals together.

    Args:
        attack: The table and what is known of it.
        hidden: Whether each cell is withheld, shape (cells,).

    Returns:
        The lowest and the highest possible value of each cell, shape (cells,) each; for a cell
        that is shown or public, twice its value; infinite where nothing bounds it.
    """
    low, high = attack.values.astype(float), attack.values.astype(float)
    for part in _parts(attack, candidates=hidden & ~attack.public):
        for cell in range(part.cells.size):
            for sign in (-1.0, 1.0):
                moved = part.furthest(cell, sign=sign)
                reached = part.start[cell] + moved
                if sign < 0:
                    low[part.cells[cell]] = reached
                else:
                    high[part.cells[cell]] = reached
    return low, high


def protect(attack: Attack, hidden: np.ndarray) -> np.ndarray:
    """Withhold further cells, as few people as possible, until no total gives one away.

    For each cell that is to be protected and each end of its interval, the cheapest other table
    is sought in which it holds that value and all totals stay; the cells that differ there are
    withheld too. Then those that turned out not to be needed are shown again.

    Args:
        attack: The table and what is known of it.
        hidden: Whether each cell is withheld already, shape (cells,).

    Returns:
        Whether each cell is withheld, shape (cells,). A cell that nothing can protect (its total
        is known and nobody else is in it) has all the protection that there is.

    Source:
        Castro (2012), European Journal of Operational Research 216(2): 257-269, and Kelly, Golden
        & Assad (1992), Networks 22: 397-417, describe the method.
    """
    chosen = hidden.copy()
    movable = ~attack.public & (hidden | (attack.values > 0))
    for part in _parts(attack, candidates=movable):
        needs = ~np.isnan(attack.low[part.cells]) & hidden[part.cells]
        if needs.any():
            chosen[part.cells] = _Search(part, attack, hidden=hidden).chosen()
    return chosen


def _parts(attack: Attack, *, candidates: np.ndarray) -> "Iterator[_Part]":
    """Cut the table into parts that share no total; a cell without a total is bounded by none."""
    matrix = totals_matrix(attack.totals, cells=attack.values.size)[:, np.flatnonzero(candidates)]
    cells = np.flatnonzero(candidates)
    linked = sparse.csgraph.connected_components(matrix.T @ matrix, directed=False)[1]
    order = np.argsort(linked, kind="stable")
    starts = np.flatnonzero(np.diff(linked[order], prepend=-1))
    for inside in np.split(order, starts[1:]) if cells.size else ():
        inner = matrix[:, inside].tocsr()
        own = inner[np.unique(inner.nonzero()[0])]
        yield _Part(
            cells=cells[inside],
            equations=own.tocsc(),
            start=attack.values[cells[inside]].astype(float),
            room=np.maximum((attack.values - attack.least)[cells[inside]].astype(float), 0.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Cells that hang together by totals, as changes from the truth that keep all totals."""

    cells: np.ndarray  # positions in the table
    equations: sparse.csc_matrix  # (totals, cells)
    start: np.ndarray  # the truth
    room: np.ndarray  # by how much each may be lower

    def furthest(self, cell: int, *, sign: float) -> float:
        """Say how far a cell can move down (-1) or up (1) while the totals stay."""
        if not self.equations.shape[0]:
            return float(-self.room[cell]) if sign < 0 else np.inf
        aim = np.zeros(self.cells.size)
        aim[cell] = -sign
        limits = np.column_stack([-self.room, np.full(self.room.size, np.inf)])
        found = linprog(
            aim, A_eq=self.equations, b_eq=np.zeros(self.equations.shape[0]), bounds=limits
        )
        if found.status == 3:  # unbounded: nothing is known of it
            return sign * np.inf
        return float(found.x[cell])

    def cheapest(self, cell: int, *, by: float, cost: np.ndarray) -> np.ndarray | None:
        """Find the change that moves a cell by so much at the least cost; None if there is none.

        Args:
            cell: A position in this part.
            by: How far, in the unit of the table; below zero is down.
            cost: Of moving each cell by one; infinite where it must not move, shape (cells,).
        """
        free = np.isfinite(cost)
        up, down = np.where(free, np.inf, 0.0), np.where(free, self.room, 0.0)
        up[cell], down[cell] = max(by, 0.0), max(-by, 0.0)
        limits = np.column_stack([np.zeros(2 * up.size), np.concatenate([up, down])])
        limits[cell, 0], limits[cell + up.size, 0] = up[cell], down[cell]
        price = np.where(free, cost, 0.0)
        found = linprog(
            np.concatenate([price, price]),
            A_eq=sparse.hstack([self.equations, -self.equations], format="csc"),
            b_eq=np.zeros(self.equations.shape[0]),
            bounds=limits,
        )
        if found.status != 0:
            return None
        moved: np.ndarray = found.x[: up.size] - found.x[up.size :]
        return np.where(np.abs(moved) < SLACK, 0.0, moved)


class _Search:
    """The search for cells to withhold in one part; other tables that were found are kept."""

    def __init__(self, part: _Part, attack: Attack, *, hidden: np.ndarray) -> None:
        self.part, self.given = part, hidden[part.cells]
        self.hidden: np.ndarray = self.given.copy()
        wanted_low, wanted_high = attack.low[part.cells], attack.high[part.cells]
        self.down = np.where(self.given, np.nan_to_num(part.start - wanted_low), 0.0)
        self.up = np.where(self.given, np.nan_to_num(wanted_high - part.start), 0.0)
        self.others = np.empty((0, part.cells.size))  # changes that keep all totals
        # small cells first; a little for each keeps the number of cells low too
        self.price = part.start + 0.1 * max(float(np.median(part.start)), 1.0)

    def chosen(self) -> np.ndarray:
        """Withhold until all is protected, then show again what need not be withheld."""
        if not self.part.equations.shape[0]:
            return self.hidden
        needy = np.flatnonzero((self.down > 0) | (self.up > 0))
        for cell in needy[np.argsort(-(self.up + self.down)[needy], kind="stable")]:
            for sign, need in ((1.0, self.up[cell]), (-1.0, self.down[cell])):
                if need > 0 and not self._reached(self.others)[sign][cell]:
                    self._move(cell, by=sign * need)
        self._show_again()
        return self.hidden

    def _move(self, cell: int, *, by: float) -> None:
        cost = np.where(self.hidden, 0.0, self.price)
        moved = self.part.cheapest(cell, by=by, cost=cost)
        if moved is None:  # as far as it can be
            most = self.part.furthest(cell, sign=np.sign(by))
            by = np.sign(by) * min(abs(by), abs(most))
            needs = self.up if by > 0 else self.down
            needs[cell] = max(abs(by) - SLACK, 0.0)
            moved = self.part.cheapest(cell, by=float(by), cost=cost) if abs(by) > SLACK else None
        if moved is not None:
            self.hidden |= moved != 0
            self._keep(moved)

    def _keep(self, moved: np.ndarray) -> None:
        """Keep a change, and the same change backwards as far as that goes."""
        rises = moved > 0
        back = min(1e6, float((self.part.room[rises] / moved[rises]).min())) if rises.any() else 0.0
        self.others = np.vstack([self.others, moved, -back * moved])

    def _reached(self, others: np.ndarray) -> dict[float, np.ndarray]:
        """Say for each cell whether the tables known so far reach both ends of its interval."""
        nothing = np.zeros((1, self.part.cells.size))
        ends = np.vstack([nothing, others])
        return {
            1.0: ends.max(axis=0) >= self.up - SLACK,
            -1.0: -ends.min(axis=0) >= self.down - SLACK,
        }

    def _show_again(self) -> None:
        added = np.flatnonzero(self.hidden & ~self.given)
        trials = 0
        for cell in added[np.argsort(-self.price[added], kind="stable")]:
            reached = self._reached(self.others[self.others[:, cell] == 0])
            lost = [
                (int(each), sign)
                for sign, done in reached.items()
                for each in np.flatnonzero(~done)
            ]
            if lost and trials + len(lost) > MOST_TRIALS:
                continue
            trials += len(lost)
            if self._all_without(cell, lost):
                self.hidden[cell] = False
                self.others = self.others[self.others[:, cell] == 0]

    def _all_without(self, cell: int, lost: Sequence[tuple[int, float]]) -> bool:
        """Say whether all cells stay protected although one is shown; keep the tables that do."""
        cost = np.where(self.hidden, 0.0, np.inf)
        cost[cell] = np.inf
        found = []
        for each, sign in lost:
            need = self.up[each] if sign > 0 else self.down[each]
            moved = self.part.cheapest(each, by=sign * need, cost=cost)
            if moved is None:
                return False
            found.append(moved)
        for moved in found:
            self._keep(moved)
        return True
