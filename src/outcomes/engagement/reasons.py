"""Why walks did not count, in words and numbers, for many cells of a table at once."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.engagement.judging import TOO_SHORT

SURPLUS = "on a workday that had its walk already"
SURPLUS_RECORD = "on a workday that had its number already"
_SHOWN = 5  # lengths of walks that were too short, in one cell


class CellTexts:
    """Texts collected for the cells of a table, then joined in the order in which they came."""

    def __init__(self) -> None:
        """Start with none."""
        self._cells: list[np.ndarray] = []
        self._which: list[np.ndarray] = []
        self._texts: list[str] = []

    def add(self, cells: np.ndarray, which: np.ndarray, texts: Sequence[str]) -> None:
        """Say in some cells some of these texts: ``texts[which[i]]`` in ``cells[i]``."""
        self._cells.append(cells)
        self._which.append(which + len(self._texts))
        self._texts += texts

    def joined(self, size: int) -> tuple[np.ndarray, list[str]]:
        """Join each cell's texts by '; '.

        Returns:
            For cells 0 to size - 1 the number of their text, and the texts; the first is empty.
        """
        cells = np.concatenate([*self._cells, np.array([], dtype=np.int64)])
        which = np.concatenate([*self._which, np.array([], dtype=np.int64)])
        order = np.argsort(cells, kind="stable")
        groups, codes, texts = _join(cells[order], which[order], self._texts, between="; ")
        found = np.zeros(size, dtype=np.int64)
        found[groups] = codes + 1
        return found, ["", *texts]


def add_reasons(
    said: CellTexts, walks: pd.DataFrame, cells: np.ndarray, *, least_minutes: int | None
) -> None:
    """Say why walks did not count, and which counted and yet need a word.

    Args:
        said: Where to say it.
        walks: fault, note (categories), surplus, logged, start and minutes, n rows.
        cells: In which cell each walk is, shape (n,).
        least_minutes: From how many minutes on a walk was long enough; None: these are no walks.
    """
    failing = np.flatnonzero((walks["fault"] != "").to_numpy())
    if failing.size:
        _add_faults(said, walks.take(failing), cells[failing], least_minutes=least_minutes or 0)
    notes = walks["note"].cat.codes.to_numpy()
    for which, note in enumerate(walks["note"].cat.categories):
        if note:
            _add_number(said, cells[notes == which], f"counted {note}")
    _add_number(
        said,
        cells[walks["surplus"].to_numpy()],
        SURPLUS_RECORD if least_minutes is None else SURPLUS,
    )
    further = ~walks["logged"].to_numpy()
    _add_number(said, cells[further], "counted that were logged as another type")


def _add_number(said: CellTexts, cells: np.ndarray, words: str) -> None:
    there, numbers = np.unique(cells, return_counts=True)
    some, which = np.unique(numbers, return_inverse=True)
    said.add(there, which, [f"{number} {words}" for number in some])


def _add_faults(
    said: CellTexts, walks: pd.DataFrame, cells: np.ndarray, *, least_minutes: int
) -> None:
    """Number the faults of each cell: '2 too short (18, 15 of 20 minutes)'."""
    fault = walks["fault"].cat.codes.to_numpy().astype(np.int64)
    words = [str(word) for word in walks["fault"].cat.categories]
    group = cells * len(words) + fault
    groups, numbers = np.unique(group, return_counts=True)
    timed = np.flatnonzero(np.array([TOO_SHORT in word for word in words])[fault])
    there, codes, texts = _lengths(walks.take(timed), group[timed])
    length = np.zeros(len(groups), dtype=np.int64)
    length[np.searchsorted(groups, there)] = codes
    known, which = _distinct(np.column_stack([groups % len(words), numbers, length]))
    said.add(
        groups // len(words),
        which,
        [
            _fault_text(words[fault], number, texts[length], least_minutes=least_minutes)
            for fault, number, length in known.tolist()
        ],
    )


def _lengths(walks: pd.DataFrame, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """List the first lengths of each group's walks: '18, 15'; as ``_join`` does."""
    minutes, lengths = pd.factorize(walks["minutes"].to_numpy(), sort=True)
    # by start, so that the order of the log changes nothing
    order = np.lexsort((minutes, walks["start"].to_numpy(), group))
    group, minutes = group[order], minutes[order]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(group)) - np.repeat(begins, np.diff(begins, append=len(group)))
    shown = place < _SHOWN
    told = ["", *(f"{length:g}" for length in lengths)]
    return _join(group[shown], minutes[shown] + 1, told, between=", ")


def _fault_text(fault: str, number: int, lengths: str, *, least_minutes: int) -> str:
    more = ", …" if number > _SHOWN else ""
    detail = f"{TOO_SHORT} ({lengths}{more} of {least_minutes} minutes)"
    return f"{number} {fault.replace(TOO_SHORT, detail)}"


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the different rows of whole numbers, and which of them each row is."""
    key = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        key = key * (int(column.max()) + 1) + column
        _, key = np.unique(key, return_inverse=True)
    _, first = np.unique(key, return_index=True)
    return rows[first], key


def _join(
    groups: np.ndarray, items: np.ndarray, words: Sequence[str], *, between: str
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Join the words of each group; each different text is made once, however often it stands.

    Args:
        groups: Sorted, shape (m,).
        items: Numbers of words, shape (m,).
        words: The words.
        between: What stands between two.

    Returns:
        The different groups, the number of each one's text, and the texts.
    """
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(begins, append=len(groups))
    texts, codes = list(words), items[begins].astype(np.int64)
    for at in range(1, int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes > at)
        pairs = codes[longer] * len(words) + items[begins[longer] + at]
        known, which = np.unique(pairs, return_inverse=True)
        codes[longer] = len(texts) + which
        texts += [texts[p // len(words)] + between + words[p % len(words)] for p in known.tolist()]
    return groups[begins], codes, texts
