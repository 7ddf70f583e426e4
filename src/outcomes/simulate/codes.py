"""Generated classes that make up the same code twice, with the slips that people make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import betabinom

from outcomes.errors import DataError

ELEMENT_ERROR = 0.070  # mean share of elements that differ the second time (see `slips`)
CLUSTERING = 0.16  # how much slips gather in the same people: correlation of two elements
RETURN = 0.75  # share of those of the first occasion who are there on the second
NEWCOMERS = 0.05  # people who are there only on the second, for each of the first
LOCAL = 0.5  # share of a class that went to school, or was born, in the same town

# First letters of given names in the United States, in rounded percent, A to Z.
_INITIALS = (
    *(9.5, 5, 8, 6, 5, 1.5, 2, 2, 1, 11.5, 6.5, 7, 10.5),
    *(3, 0.7, 3, 0.2, 5.5, 8, 4.5, 0.2, 1.5, 1.5, 0.2, 0.7, 0.5),
)
# First letters of towns, schools and streets: more even, and led by S, B, C, M.
_PLACES = (
    *(6, 8, 10, 5.5, 5, 4.5, 5, 6, 2, 2, 3, 7, 8),
    *(5, 3, 7, 0.4, 6, 11, 4, 1, 3, 6, 0.1, 0.8, 0.2),
)
_SIBLINGS = (0.52, 0.30, 0.12, 0.06)  # none, one, two, three or more older brothers (or sisters)
NO_MIDDLE_NAME = 0.12


def shares(kind: str) -> np.ndarray:
    """Say how the answers to one element of a code are spread over people.

    Args:
        kind: ``letter`` (first letter of a name), ``place`` (first letter of a town or school, half
            the class the same), ``middle`` (of a middle name, if there is one), ``siblings`` (how
            many older brothers), or ``number:12`` (so many answers, all as likely).

    Returns:
        The share of people with each answer, which sum to 1.

    Raises:
        DataError: There is no such kind.
    """
    if kind == "letter":
        return _whole(_INITIALS)
    if kind == "place":
        spread = (1 - LOCAL) * _whole(_PLACES)
        spread[18] += LOCAL
        return spread
    if kind == "middle":
        return np.append((1 - NO_MIDDLE_NAME) * _whole(_INITIALS), NO_MIDDLE_NAME)
    if kind == "siblings":
        return _whole(_SIBLINGS)
    name, _, number = kind.partition(":")
    if name == "number" and number.isdecimal() and 2 <= int(number) <= 10_000:
        return np.full(int(number), 1 / int(number))
    raise DataError(
        f"{kind!r} is no kind of code element. Say letter, place, middle, siblings, or number:12 "
        "for a number with 12 possible answers (2 to 10,000)"
    )


# The two codes of the published comparison; the second has nothing that police files hold.
CODES: Mapping[str, tuple[str, ...]] = {
    "A7": ("letter", "middle", "place", "siblings", "siblings", "number:31", "letter"),
    "D7": ("letter", "letter", "place", "siblings", "siblings", "number:12", "place"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedClass:
    """One generated class on two occasions; -1 stands for an element left blank."""

    before: np.ndarray  # (n, k) answers to each element
    after: np.ndarray  # (m, k)
    truth: np.ndarray  # (m,) the row of `before` of the same person; -1 for a newcomer


def collision(elements: Sequence[str]) -> float:
    """Say how likely two people have the same code by chance."""
    return float(np.prod([np.sum(shares(kind) ** 2) for kind in elements]))


def slips(elements: int, *, mean: float = ELEMENT_ERROR, rho: float = CLUSTERING) -> np.ndarray:
    """Say how likely 0, 1, 2, ... elements of a person's code differ the second time.

    Returns:
        Probabilities, shape (elements + 1,).

    Source:
        Grube, Morgan & Kearney (1989), Addict. Behav. 14: 159-166: of 7 elements all agreed for
        71 % and all or all but one for 88 %, which a beta-binomial meets with the two defaults.
    """
    a, b = mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1)
    found: np.ndarray = betabinom.pmf(np.arange(elements + 1), elements, a, b)
    return found


def coded_class(
    elements: Sequence[str],
    people: int,
    *,
    rng: np.random.Generator,
    back: float = RETURN,
    newcomers: float = NEWCOMERS,
    blank: float = 0.0,
) -> CodedClass:
    """Generate the codes of one class before and after.

    Args:
        elements: Kinds of elements, as in :func:`shares`.
        people: How many there are on the first occasion.
        rng: Source of chance.
        back: Share who come back.
        newcomers: People who are new on the second occasion, for each of the first.
        blank: Share of elements left blank, on either occasion.
    """
    spreads = [shares(kind) for kind in elements]
    before = _drawn(spreads, people, rng=rng)
    returned = rng.permutation(np.flatnonzero(rng.random(people) < back))
    new = int(rng.poisson(newcomers * people))
    after = np.vstack([_again(before[returned], spreads, rng=rng), _drawn(spreads, new, rng=rng)])
    truth = np.append(returned, np.full(new, -1))
    order = rng.permutation(truth.size)
    after, truth = after[order], truth[order]
    for wave in (before, after):
        wave[rng.random(wave.shape) < blank] = -1
    return CodedClass(before=before, after=after, truth=truth)


def made_twice(
    elements: Sequence[str], people: int, *, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Let the same people make their code on two occasions, with slips.

    Returns:
        Answers to each element before and after, whole numbers from 0, shape (people, elements).
    """
    spreads = [shares(kind) for kind in elements]
    before = _drawn(spreads, people, rng=rng)
    return before, _again(before, spreads, rng=rng)


def _again(codes: np.ndarray, spreads: list[np.ndarray], *, rng: np.random.Generator) -> np.ndarray:
    """Let people make their code again; who slips once is likelier to slip twice."""
    scale = 1 / CLUSTERING - 1
    person = rng.beta(ELEMENT_ERROR * scale, (1 - ELEMENT_ERROR) * scale, len(codes))
    again = codes.copy()
    wrong = rng.random(codes.shape) < person[:, None]
    while wrong.any():  # drawn anew until it differs
        fresh = _drawn(spreads, len(codes), rng=rng)
        again[wrong] = fresh[wrong]
        wrong &= again == codes
    return again


def _drawn(spreads: list[np.ndarray], people: int, *, rng: np.random.Generator) -> np.ndarray:
    return np.column_stack([rng.choice(each.size, people, p=each) for each in spreads])


def _whole(parts: Sequence[float]) -> np.ndarray:
    weights = np.asarray(parts, dtype=float)
    spread: np.ndarray = weights / weights.sum()
    return spread
