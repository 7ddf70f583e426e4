"""Beside the change of few treated places: mixes of others, and what analysts usually compute."""

from dataclasses import replace

import numpy as np
from scipy import stats

from outcomes.analyses.few_treated_grid import Few, Floats
from outcomes.estimate import Estimate
from outcomes.stats.inference_choice import fewest_untreated
from outcomes.stats.rate_ratio import rate_ratio
from outcomes.stats.synthetic_control import ROUNDING, PlaceboTest, placebo_test
from outcomes.stats.synthetic_difference import (
    left_out_differences,
    placebo_differences,
    synthetic_difference,
)
from outcomes.stats.weighted_displacement import BeforeAfter, weighted_displacement

FEWEST_OTHERS = 4  # places of a mix that is tried on places without the engagement
FEWEST_BEFORE = 3  # periods
HALVED = 0.5  # a result of which leaving a place out takes away more than this part


def mixed_controls(few: Few, *, level: float) -> list[Estimate]:
    """Compare each treated place with a mix of others that had followed it, and all with one.

    Places with a missing value are left out of mixes, and counted. Without three periods before
    the start and four other places there is no mix, and nothing is given; nor where every other
    place is met by its mix to the last digit, which leaves no spread to judge chance by.
    """
    known = np.asarray(np.isfinite(few.values).all(axis=1))
    others = few.values[known & ~few.chosen]
    own = few.values[known & few.chosen]
    if len(others) < FEWEST_OTHERS or not len(own) or few.before < FEWEST_BEFORE:
        return []
    names = [name for name, whole in zip(few.treated, known, strict=False) if whole]
    dropped = int((~known).sum())
    found = [
        _control(few, name, placebo_test(row, others, before=few.before), level=level)
        for name, row in zip(names, own, strict=True)
    ]
    found.append(_difference(few, own, others, level=level))
    least = ROUNDING * float(np.abs(others).max())  # of placebos that tell something of chance
    return [replace(one, dropped=dropped) for one in found if one.se > least]


def naive_counts(few: Few, *, level: float) -> list[Estimate]:
    """Work out what takes all events for independent; each says how often it errs."""
    areas, lengths = _areas(few)
    if not min(lengths):
        return []
    told = f"{few.panel.name}: change of {few.place} beyond the others"
    found = []
    if any(area.before + area.after for area in areas):
        found.append(
            weighted_displacement(
                areas[0],
                areas[1],
                lengths=lengths,
                term=f"{told}, as the weighted displacement difference",
                unit=f"{few.panel.unit} a {few.panel.when} in each {few.panel.whole}",
                level=level,
            )
        )
    if all(area.before + area.after for area in areas):
        term = f"{told}, as a rate ratio of four counts"
        found.append(rate_ratio(*areas, term=term, unit=few.panel.unit, level=level))
    return found


def _areas(few: Few) -> tuple[list[BeforeAfter], tuple[int, int]]:
    """Add up the periods that all places reported, and count them before and after."""
    counts = few.values if few.counts is None else few.counts
    known = np.asarray(np.isfinite(counts).all(axis=0))
    first = known & (np.arange(known.size) < few.before)
    behind = np.nanmean(few.exposure, axis=1)
    behind = behind / behind[few.chosen].mean()  # a treated place's usual exposure is size 1
    areas = [
        BeforeAfter(
            before=float(counts[side][:, first].sum()),
            after=float(counts[side][:, known & ~first].sum()),
            size=float(behind[side].sum()),
        )
        for side in (few.chosen, ~few.chosen)
    ]
    return areas, (int(first.sum()), int((known & ~first).sum()))


def _control(few: Few, name: str, test: PlaceboTest, *, level: float) -> Estimate:
    mix, places = test.control, len(test.placebos)
    low, high = test.left_out
    # each place's mix is made of the others, so that one gap follows from the rest: one df less
    margin = float(stats.t.ppf((1 + level) / 2, places - 1)) * test.se
    return Estimate(
        term=f"{few.panel.name}: {name} beyond a mix of others that had followed it",
        value=mix.change,
        se=test.se,
        low=mix.change - margin,
        high=mix.change + margin,
        level=level,
        p=test.p,
        n=places + 1,
        unit=f"{few.panel.unit} a {few.panel.when}",
        method=f"synthetic control of {int((mix.weights > 0).sum())} places, placebo rank among "
        f"{places + 1}, limits of t({places - 1}) on the placebo spread, without one place of the "
        f"mix {low:.4g} to {high:.4g}",
        assumptions=(
            "without the engagement, the place would have gone on as the mix that had followed it",
            "any of the places could as well have been the treated one",
        ),
        warnings=tuple(_mix_warnings(few, name, test, level=level)),
        place=name,
    )


def _mix_warnings(few: Few, name: str, test: PlaceboTest, *, level: float) -> list[str]:
    mix, found = test.control, []
    if test.smallest_p > 1 - level + 1e-9:
        found.append(_no_rank(test.smallest_p, level=level))
    own = few.values[few.treated.index(name), : few.before]
    if mix.fit > own.std():
        found.append(
            f"the mix does not follow {name} before the start: it misses it by {mix.fit:.3g} on "
            f"average, more than the {own.std():.3g} by which {name} moved itself, so what comes "
            "after says little"
        )
    if len(test.placebos) >= few.before:
        found.append(
            f"a mix of {len(test.placebos)} places can follow {few.before} {few.panel.when}s by "
            "accident: as many before the start as there are places, and better more, are needed"
        )
    low, high = test.left_out
    if mix.change and min(low / mix.change, high / mix.change) < HALVED:
        found.append(
            f"the result hangs on one place of the mix: without it, it would be between {low:.3g} "
            f"and {high:.3g}"
        )
    if (many := len(few.treated)) > 1:
        found.append(
            f"each of {many} treated places is judged by itself: multiply the smallest p by {many} "
            "before it is taken for a sign"
        )
    return found


def _difference(few: Few, own: Floats, others: Floats, *, level: float) -> Estimate:
    many, places = len(own), len(others)
    value = synthetic_difference(own, others, before=few.before).value
    tried = min(many, places - 2)
    placebos = placebo_differences(others, before=few.before, many=tried)
    # a placebo is mixed from fewer places than the treated one
    fewer = (1 / many + 1 / places) / (1 / tried + 1 / (places - tried))
    se = float(np.sqrt((placebos**2).mean() * fewer))
    # placebos of single places share their mixes and so tell less: measured, benchmarks/README.md
    df = (places + 1) / 2 if many == 1 else places - 1
    margin = float(stats.t.ppf((1 + level) / 2, df)) * se
    p, warnings = None, []
    if many == 1 and places == len(placebos):
        apart = np.abs(left_out_differences(own, others, before=few.before))
        p = (1 + int((np.abs(placebos) >= apart * (1 - ROUNDING)).sum())) / (1 + places)
        if 1 / (1 + places) > 1 - level + 1e-9:
            warnings.append(_no_rank(1 / (1 + places), level=level))
    return Estimate(
        term=f"{few.panel.name}: change of {few.place} beyond a mix of others that ran parallel",
        value=value,
        se=se,
        low=value - margin,
        high=value + margin,
        level=level,
        p=p,
        n=many + places,
        unit=f"{few.panel.unit} a {few.panel.when} in each {few.panel.whole}",
        method=f"synthetic difference in differences, limits of t({df:g}) on the placebo spread"
        + (", placebo rank" if p is not None else ""),
        assumptions=(
            "without the engagement, the treated places would have gone on parallel to the mix",
            "untreated places drift from their mixes as far as treated ones would",
        ),
        warnings=tuple(warnings),
    )


def _no_rank(least: float, *, level: float) -> str:
    return (
        f"cannot tell by placebo ranks: the smallest p they can reach here is {least:.3f}, above "
        f"{1 - level:.2g}, however clear the difference. {fewest_untreated(1, level=level)} places "
        "without the engagement are the fewest that can reach it"
    )
