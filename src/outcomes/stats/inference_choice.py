"""Choose, before looking at results, the test that holds for a design and its number of places."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

from outcomes.errors import DataError
from outcomes.stats.path_arrangements import count_arrangements
from outcomes.stats.permutation import DRAWS, MOST, smallest_p

Design = Literal["did", "staggered", "dose"]
Method = Literal["collapsed change", "collapsed log ratio", "path permutation"]
FEWEST = 5  # places below which nothing is said at all
MANY = 40  # places from which ordinary clustered errors are as good as any

# False alarms in percent of simulated studies without any change (12 months, going together at 0.6
# within a place), by number of places on the smaller side and in all: plain errors, errors
# clustered by place with the normal distribution, with t(G-1).
FALSE_ALARMS = {
    (1, 8): (25, 47, 41),
    (2, 8): (25, 17, 12),
    (3, 8): (25, 10, 7),
    (4, 8): (25, 9, 6),
    (3, 6): (25, 11, 6),
    (6, 12): (26, 7, 6),
    (10, 20): (25, 6, 5),
    (2, 20): (24, 25, 24),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceChoice:
    """Which test leads, why, and what no reader should be shown instead."""

    method: Method
    reason: str  # in plain words
    also: tuple[str, ...]  # tests to show beside it
    avoid: tuple[str, ...]  # common tests that would mislead here, with their false alarms
    smallest_p: float  # the smallest p that swapping places can reach
    can_reach: bool  # whether that is small enough for the level asked for
    warnings: tuple[str, ...] = ()


def choose_inference(
    *,
    design: Design,
    treated: int,
    untreated: int,
    periods: int,
    alike: Sequence[int] = (),
    counts: bool = False,
    level: float = 0.95,
) -> InferenceChoice:
    """Choose the test for a comparison of places by design and number of places alone.

    Args:
        design: ``"did"``: all treated places start together. ``"staggered"``: at different
            times. ``"dose"``: places differ in how much they got.
        treated: How many places are treated at some time.
        untreated: How many never are.
        periods: How many periods there are.
        alike: How many places share a path: for ``"staggered"`` the numbers of places by start
            (the untreated are added), for ``"dose"`` the numbers with the same doses. Left out,
            all treated paths differ.
        counts: Whether the outcome is a count; with a common start its log ratio is compared.
        level: Confidence level; 1 - level is what p must reach.

    Returns:
        The choice. ``can_reach`` is false where the interval rests on the t distribution alone,
        because swapping places cannot confirm it.

    Raises:
        DataError: Cannot tell: no comparison, fewer than five places, or no test of the design
            can reach 1 - level; with the smallest numbers of places that could.
    """
    _checked(design, treated=treated, untreated=untreated, periods=periods, alike=alike)
    groups = _groups(design, treated=treated, untreated=untreated, alike=alike)
    if len(groups) < 2:
        raise DataError(
            "cannot tell: all places went the same way, so there is nothing to compare with. "
            "Places without the engagement, or with another start, would be needed"
        )
    if design == "did" or (design == "staggered" and len(groups) == 2 and untreated):
        return _common_start(treated=treated, untreated=untreated, counts=counts, level=level)
    return _paths(design, groups=groups, level=level)


def fewest_untreated(treated: int, *, level: float = 0.95) -> int:
    """Say how many untreated places so many treated ones need for a p of 1 - level (5 %)."""
    untreated = 1
    while smallest_p(treated=treated, untreated=untreated) > 1 - level + 1e-9:
        untreated += 1
    return untreated


def fewest_places(treated: int, *, level: float) -> str:
    """Say in words how many places could reach a p of 1 - level by being swapped."""
    options = [f"{number} against {fewest_untreated(number, level=level)}" for number in (2, 3)]
    own = f"{treated} against {fewest_untreated(treated, level=level)}"
    if own not in options:
        options.insert(0, own)
    return f"The fewest places that can reach {1 - level:.2g} are {_or(options)}"


def _common_start(*, treated: int, untreated: int, counts: bool, level: float) -> InferenceChoice:
    places = treated + untreated
    least = smallest_p(treated=treated, untreated=untreated)
    needed = fewest_places(treated, level=level)
    if places < FEWEST:
        raise DataError(
            f"cannot tell: with {treated} against {untreated} places there is no test. Even the "
            f"clearest difference would arise by chance with probability {least:.2f}. {needed}"
        )
    can_reach = least <= 1 - level + 1e-9
    reason = (
        "all treated places start together, so each place is reduced to one change (after minus "
        f"before) and the changes are compared with t({places - 2}): in simulations this raised "
        "false alarms in 5 % of studies, as it should"
    )
    warnings = []
    if min(treated, untreated) == 1:
        reason += ". With one place on a side, errors clustered by place must not be used"
        warnings.append(
            "one place stands for its side: the interval asks how unusual its change is among "
            "the others, and holds only if changes of places are near normal and equally spread"
        )
    if not can_reach:
        warnings.append(
            f"swapping places cannot confirm this: the smallest p it can reach with {treated} "
            f"against {untreated} places is {least:.3f}. {needed}"
        )
    return InferenceChoice(
        method="collapsed log ratio" if counts else "collapsed change",
        reason=reason,
        also=(f"permutation over assignments, smallest p {least:.2g}",),
        avoid=_misleading(min(treated, untreated), places),
        smallest_p=least,
        can_reach=can_reach,
        warnings=tuple(warnings),
    )


def _misleading(side: int, places: int) -> tuple[str, ...]:
    """Say how often common tests raise false alarms, as measured nearest to so many places."""
    if side >= MANY // 2:
        return ("months of a place as independent evidence: false alarms in 25 % of studies",)
    cell = min(
        FALSE_ALARMS, key=lambda each: 2 * abs(log(each[0] / side)) + abs(log(each[1] / places))
    )
    plain, normal, student = FALSE_ALARMS[cell]
    where = f"measured at {cell[0]} of {cell[1]} places"
    return (
        f"months of a place as independent evidence: false alarms in {plain} % of studies",
        f"errors clustered by place: false alarms in {normal} % of studies with the normal "
        f"distribution, {student} % with t(G-1), {where}",
    )


def _paths(design: Design, *, groups: list[int], level: float) -> InferenceChoice:
    places, least = sum(groups), _smallest_of_paths(groups)
    what = "dates of the starts" if design == "staggered" else "whole paths of doses"
    if least > 1 - level + 1e-9:
        raise DataError(
            f"cannot tell: with {places} places there are too few ways to swap {what}. Even the "
            f"clearest pattern would arise by chance with probability {least:.2f}. "
            f"{_needed_paths(level)}"
        )
    kind = "start at different times" if design == "staggered" else "got different doses"
    reason = (
        f"places {kind}, so the {what} are swapped among places: in simulations this raised false "
        "alarms in 4 to 6 % of studies, also where months of a place go together"
    )
    also = ["CR2 errors clustered by place with Satterthwaite degrees of freedom (4 to 5 %)"]
    if places >= MANY:
        also = ["errors clustered by place with t(G-1), which hold with so many places"]
    shown = (
        "two-way fixed effects with plain errors: false alarms in 12 to 18 % of studies"
        if design == "staggered"
        else "correlating raw places and months: false alarms in 18 to 32 % of studies"
    )
    return InferenceChoice(
        method="path permutation",
        reason=reason,
        also=tuple(also),
        avoid=(shown, "errors clustered by place with the normal: 8 to 11 %")
        if places < MANY
        else (shown,),
        smallest_p=least,
        can_reach=True,
    )


def _checked(
    design: str, *, treated: int, untreated: int, periods: int, alike: Sequence[int]
) -> None:
    if design not in ("did", "staggered", "dose"):
        raise DataError(f"the design must be did, staggered or dose, got {design!r}")
    if min(treated, untreated) < 0 or any(size < 1 for size in alike):
        raise DataError("numbers of places cannot be negative, nor groups of alike ones empty")
    if periods < 2:
        raise DataError("cannot tell: a period before and one after are needed at least")
    if treated < 1:
        raise DataError("cannot tell: no place is treated, so there is nothing to compare")
    if design == "did" and untreated < 1:
        raise DataError(
            "cannot tell: every place is treated from the same period on. A place without the "
            "engagement, or with a later start, would be needed"
        )


def _groups(design: Design, *, treated: int, untreated: int, alike: Sequence[int]) -> list[int]:
    """Give how many places share each path."""
    if design == "did":
        return [treated, untreated]
    if design == "dose":
        groups = list(alike) or [1] * treated + [untreated] * (untreated > 0)
        if sum(groups) != treated + untreated:
            raise DataError(f"the groups hold {sum(groups)} places, not {treated + untreated}")
        return groups
    groups = list(alike) or [1] * treated
    if sum(groups) != treated:
        raise DataError(f"the starts are of {sum(groups)} places, but {treated} are treated")
    return groups + [untreated] * (untreated > 0)


def _smallest_of_paths(groups: list[int]) -> float:
    mirrored = len(groups) == 2 and groups[0] == groups[1]
    ways = count_arrangements(groups)
    least = (2 if mirrored else 1) / ways
    return least if ways <= MOST else max(least, 1 / (1 + DRAWS))


def _needed_paths(level: float) -> str:
    places = 2
    while 1 / count_arrangements([1] * places) > 1 - level + 1e-9:
        places += 1
    return f"{places} places that all differ are the fewest that can reach {1 - level:.2g}"


def _or(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
