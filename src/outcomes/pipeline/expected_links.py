"""Before fielding: how well will a planned code link a class of this size?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError, FileError
from outcomes.simulate.codes import NEWCOMERS, RETURN, coded_class, collision, shares
from outcomes.stats.agreement_weight import Codes
from outcomes.stats.code_matching import RULES, match_codes
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.linking.link_plan import MOST_ELEMENTS, USUAL_THRESHOLD
from outcomes.surveys.parts import CodeElement

PEOPLE = 4000  # simulated people over all classes, so that shares are known to about 1 %
FEWEST_CLASSES, MOST_CLASSES = 3, 100
LARGEST = 10_000
SEED = 1989
_CALENDAR = (9, 12, 31, 99)  # highest answers to digits, months and days: all about as likely
ENOUGH, FALSE_ENOUGH = 0.85, 0.003
WAYS = ("exact", "one-off", "weights")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLinks:
    """What a code is expected to do."""

    table: pd.DataFrame  # way, correct (share of those who return), false (share of links)
    elements: tuple[tuple[str, str], ...]  # name of each element, and how it was taken
    people: int
    collision: float  # chance that two people have the same code
    same_code: float  # expected pairs of people with the same code
    classes: int  # simulated

    def sentences(self) -> list[str]:
        """Say what to expect, and advise."""
        by = self.table.set_index("way")
        best = by.loc["weights"]
        taken = ", ".join(f"{name} as {kind}" for name, kind in self.elements)
        lines = [
            f"Elements: {taken}.",
            f"Two people have the same code by chance once in {1 / self.collision:,.0f} pairs: "
            f"{self.same_code:.2g} such pairs are expected among {self.people:,} people.",
            "Errors as published (71 % of people repeat 7 elements exactly, 88 % miss one at most) "
            f"were tried out on {self.classes} simulated classes.",
        ]
        return [*lines, self._advice(best["correct"], best["false"])]

    def _advice(self, correct: float, false: float) -> str:
        if correct >= ENOUGH and false <= FALSE_ENOUGH:
            return "Advice: this code is good enough for so many people."
        return (
            "Advice: too weak for so many people in one block. Link within smaller blocks (class, "
            "site), add an element that does not change and has many answers, or hand out code "
            "cards and keep the code for those who lose theirs."
        )


def expected_links(
    elements: Sequence[tuple[str, str]], *, people: int, back: float = RETURN
) -> ExpectedLinks:
    """Try a code out on simulated classes of one size.

    Args:
        elements: Name and kind of each element; kinds as in ``simulate.codes.shares``.
        people: How many there are in one block on the first occasion.
        back: Share of them who come back.

    Returns:
        Correct and false links of three ways to link.

    Raises:
        DataError: There is no such kind, no element or too many, or a number is out of range.
    """
    kinds = [kind for _, kind in elements]
    if not 1 <= len(kinds) <= MOST_ELEMENTS:
        raise DataError(f"a code has 1 to {MOST_ELEMENTS} elements, got {len(kinds)}")
    for kind in kinds:
        shares(kind)
    if not 2 <= people <= LARGEST:
        raise DataError(f"--people must be 2 to {LARGEST:,}, got {people:,}")
    if not 0 < back <= 1:
        raise DataError(f"--return is a share from above 0 to 1, such as 0.75; got {back:g}")
    classes = int(np.clip(PEOPLE // people, FEWEST_CLASSES if people <= 2000 else 1, MOST_CLASSES))
    rng = np.random.default_rng(SEED)
    counts = np.zeros((len(WAYS), 2))
    returned = 0
    for _ in range(classes):
        right, wrong, there = _tried(kinds, people, back=back, rng=rng)
        counts += np.column_stack([right, wrong])
        returned += there
    links = counts.sum(axis=1)
    table = pd.DataFrame(
        {
            "way": WAYS,
            "correct": counts[:, 0] / max(returned, 1),
            "false": np.divide(counts[:, 1], links, out=np.zeros(len(WAYS)), where=links > 0),
        }
    )
    chance = collision(kinds)
    return ExpectedLinks(
        table=table.round(5),
        elements=tuple(elements),
        people=people,
        collision=chance,
        same_code=chance * people * (people - 1) / 2,
        classes=classes,
    )


def _tried(
    kinds: list[str], people: int, *, back: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    generated = coded_class(kinds, people, rng=rng, back=back, newcomers=NEWCOMERS)
    found = match_codes(
        Codes(
            before=generated.before,
            after=generated.after,
            block_before=np.zeros(len(generated.before), dtype=int),
            block_after=np.zeros(len(generated.after), dtype=int),
        )
    )
    right = generated.truth[found.pairs.after] == found.pairs.before
    made = np.array(
        [
            found.rule <= RULES.index("exact"),
            found.rule <= RULES.index("one-off"),
            found.chosen & (found.probability >= USUAL_THRESHOLD),
        ]
    )
    returned = int((generated.truth >= 0).sum())
    return (made & right).sum(axis=1), (made & ~right).sum(axis=1), returned


def planned_elements(text: str) -> list[tuple[str, str]]:
    """Read the planned elements: an instrument's file, or kinds with commas.

    Raises:
        FileError: The file cannot be read, or its instrument asks for no code.
    """
    if not text.lower().endswith((".yaml", ".yml")):
        kinds = [part.strip() for part in text.split(",") if part.strip()]
        return [(f"element {number}", kind) for number, kind in enumerate(kinds, start=1)]
    path = Path(text)
    instrument = read_instrument(path)
    if instrument.code is None:
        raise FileError(
            path, "code", "the instrument asks for no code", "Add one, or list its elements"
        )
    return [(element.name, _kind(element)) for element in instrument.code.elements]


def _kind(element: CodeElement) -> str:
    """Guess how answers spread: letters as first names; months and days even; counts as siblings.

    What was guessed is shown beside the result, for a school's or a town's letter is less varied.
    """
    if element.kind == "letter":
        place = any(word in element.name for word in ("school", "street", "town", "city", "birth"))
        return "place" if place else "letter"
    low, high = element.low or 0, element.high
    if high is None or (low == 0 and high not in _CALENDAR):
        return "siblings"
    return f"number:{high - max(low, 1) + 1 if high in _CALENDAR[1:3] else high - low + 1}"
