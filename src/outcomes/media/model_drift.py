"""Are a month's articles still what the model was checked on? Month by month, with few alarms.

Three questions: is the model as sure, and does it read the same tones as often, as on the articles
that people coded; are the stories of the same kind; and is it right as often as before?
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.media.checked_on import CheckedOn, rounded_chances
from outcomes.media.story_kind import NAMED, StoryKinds, kind_distances
from outcomes.stats.beta_binomial import beta_binomial_p
from outcomes.stats.class_calibration import Floats
from outcomes.stats.energy_distance import pairwise_distances
from outcomes.stats.holm import holm
from outcomes.stats.largest_mean_shift import largest_mean_shift
from outcomes.stats.two_sample_shift import two_sample_shift

FEWEST = 30  # articles of a month, and coded ones of other months, from which a shift can be told
FEWEST_RIGHT = 10  # codes of a month from which its agreement can be told
FALSE_ALARM = 1 / 60  # chance that an ordinary month is called drifted: once in five years
MOST = 300  # articles compared of a month, and of the coded ones
EARLIER, OTHERS, OWN_CHECK = "earlier months", "other months", "the model's own check"
CONFIDENCE, KIND, AGREEMENT = "confidence", "kind", "agreement"
_ORDINARY = 3  # months from which it is known by how much months usually differ
_BEYOND = 2.0  # times as much as the usual month a drifted one must differ
_APART, _MEANS = "kinds apart", "kinds' means"
_SMALLEST = {CONFIDENCE: 0.01, _APART: 0.013, _MEANS: 0.2}  # effects; less matters little
_NEW_OUTLET = 0.1  # share of a month's articles from which a new outlet is named

Bools = NDArray[np.bool_]
Verdict = Literal["as before", "drifted", "drifted, coded", "too few", "nothing coded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftArticles:
    """Articles that one model read, each story of a month once; n rows in an order by chance."""

    month: NDArray[np.str_]  # 2025-03
    outlet: NDArray[np.str_]
    chances: Floats  # (n, 3): what the model says: negative, neutral, positive
    compared: Bools  # whether it stands for its month; at most MOST of a month do
    weight: Floats  # 1 / probability of being drawn and coded; NaN where not coded
    right: Floats  # whether the model's tone is the coders': 1, 0; NaN where that is not known
    kinds: StoryKinds  # of the rows that have a text, in their order
    text: Bools  # which rows these are


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDrift:
    """What was found of one month; NaN where it cannot be told."""

    month: str
    n: int  # articles compared, each story once
    n_coded: int  # of the month itself
    whence: str = ""  # what it was compared with: EARLIER, OTHERS, OWN_CHECK or nothing
    n_before: int = 0
    sure: float = nan  # mean of the largest of the three probabilities
    sure_before: float = nan
    tones: tuple[float, ...] = ()  # shares of likeliest tones, negative first, less those before
    confidence_shift: float = nan  # as energy_distance: 0 none, 1 most
    confidence_p: float = nan
    kind_shift: float = nan
    kind_p: float = nan
    named: Mapping[str, float] = field(default_factory=dict)  # of style and topics, largest first
    new_outlets: tuple[str, ...] = ()  # of which nothing was coded before
    right: float = nan
    right_of: int = 0
    right_before: float = nan
    right_p: float = nan
    found: tuple[str, ...] = ()  # of: CONFIDENCE, KIND, AGREEMENT
    verdict: Verdict = "as before"
    needed: int = 0  # codes that the month should have, where it drifted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    about: str
    effect: float  # of the order of a squared difference
    p: float
    name: str


def model_drift(
    articles: DriftArticles, *, months: Sequence[str], check: CheckedOn | None = None
) -> list[MonthDrift]:
    """Compare each month's articles with those on which the model was checked before.

    Those are the coded articles of earlier months; where fewer than 30 are, also those of the next
    months after it, until there are 30; and where too few are coded at all, the articles on which
    the model was checked when it was made. The month's own codes are never among them.

    A month is called drifted where a test finds a difference that an ordinary month shows once in
    60 (Holm over the tests of the month), and that is large enough to matter. News are never quite
    the same from month to month, so once three months before it are known, it must also be twice
    that of the middle one of them.

    Args:
        articles: Read by one model.
        months: Those to be judged, in order; ``articles`` may hold others.
        check: What the model's folder says of its own check, if it does.

    Returns:
        One finding a month, in order. ``too few``: fewer than 30 articles.

    Source:
        ``outcomes.stats.two_sample_shift``, ``largest_mean_shift``, ``beta_binomial`` and ``holm``.
        How often it errs and what it finds: benchmarks/tone_drift.py. Issue 8, point 7.
    """
    usual: dict[str, list[float]] = {}
    findings = []
    for month in months:
        found, tests = _compared(articles, month, check=check)
        if drifted := _told(tests, usual):
            found = replace(found, found=drifted, verdict="drifted")
        for each in tests:
            usual.setdefault(each.name, []).append(each.effect)
        findings.append(found)
    return findings


def _told(tests: Sequence[_Test], usual: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """Name what has drifted: significant after Holm, and more than months usually differ."""
    adjusted = holm([each.p for each in tests])
    told: dict[str, None] = {}
    for each, p in zip(tests, adjusted, strict=True):
        known = usual.get(each.name, ())
        least = _SMALLEST.get(each.name, -np.inf)
        if len(known) >= _ORDINARY and each.about != AGREEMENT:
            least = max(least, _BEYOND * float(np.median(known)))
        if p <= FALSE_ALARM and each.effect > least:
            told[each.about] = None
    return tuple(told)


def _compared(
    articles: DriftArticles, month: str, *, check: CheckedOn | None
) -> tuple[MonthDrift, list[_Test]]:
    here, coded = articles.month == month, ~np.isnan(articles.weight)
    now = np.flatnonzero(here & articles.compared)
    start = MonthDrift(month=month, n=len(now), n_coded=int((here & coded).sum()))
    whence, before = _before(articles.month, coded, month=month)
    tests: list[_Test] = []
    if whence and len(now) >= FEWEST:
        start = replace(start, whence=whence, n_before=len(before))
        start = replace(start, new_outlets=_new_outlets(articles.outlet, now, coded & ~here))
        weight = np.r_[articles.weight[before], np.ones(len(now))]
        start, tests = _confidence(start, articles.chances[before], articles.chances[now], weight)
        start, more = _kind(start, articles, before=before, now=now)
        tests += more
    elif check is not None and len(now) >= FEWEST:
        start = replace(start, whence=OWN_CHECK, n_before=len(check.chances))
        chances = rounded_chances(articles.chances[now])
        weight = np.ones(len(check.chances) + len(now))
        start, tests = _confidence(start, check.chances, chances, weight)
        start, more = _kind_of_check(start, articles, check=check, now=now)
        tests += more
    elif len(now) < FEWEST:
        start = replace(start, verdict="too few")
    else:
        start = replace(start, verdict="nothing coded")
    start, more = _agreement(start, articles, here=here)
    return start, tests + more


def _before(months: NDArray[np.str_], coded: Bools, *, month: str) -> tuple[str, NDArray[np.int64]]:
    """Choose the coded articles that a month is compared with, and say which they are."""
    chosen, whence = months < month, EARLIER
    later = iter(np.unique(months[months > month]))
    while int((coded & chosen).sum()) < FEWEST:
        if (another := next(later, None)) is None:
            return "", np.array([], dtype=np.int64)
        chosen, whence = chosen | (months == another), OTHERS
    return whence, np.flatnonzero(coded & chosen)[:MOST]


def _confidence(
    start: MonthDrift, before: Floats, now: Floats, weight: Floats
) -> tuple[MonthDrift, list[_Test]]:
    chances = np.vstack([before, now])
    sure = chances.max(axis=1)
    second = np.arange(len(chances)) >= len(before)
    found = two_sample_shift(
        pairwise_distances(np.column_stack([chances, sure])), second, weights=weight
    )
    likeliest = np.eye(3)[chances.argmax(axis=1)]
    was, is_now = (
        np.average(likeliest[rows], axis=0, weights=weight[rows]) for rows in (~second, second)
    )
    told = replace(
        start,
        sure=float(np.average(sure[second], weights=weight[second])),
        sure_before=float(np.average(sure[~second], weights=weight[~second])),
        tones=tuple(float(each) for each in is_now - was),
        confidence_shift=found.distance,
        confidence_p=found.p,
    )
    return told, [_Test(about=CONFIDENCE, effect=found.distance, p=found.p, name=CONFIDENCE)]


def _kind(
    start: MonthDrift, articles: DriftArticles, *, before: NDArray[np.int64], now: NDArray[np.int64]
) -> tuple[MonthDrift, list[_Test]]:
    """Compare the kinds of stories, of those whose text is still there."""
    place = np.cumsum(articles.text) - 1
    before, now = (rows[articles.text[rows]] for rows in (before, now))
    if min(len(before), len(now)) < FEWEST:
        return start, []
    kinds = articles.kinds.of(place[np.r_[before, now]])
    weight = np.r_[articles.weight[before], np.ones(len(now))]
    second = np.arange(len(weight)) >= len(before)
    apart = two_sample_shift(kind_distances(kinds), second, weights=weight)
    means = largest_mean_shift(kinds.named, second, weights=weight)
    tests = [
        _Test(about=KIND, effect=apart.distance, p=apart.p, name=_APART),
        _Test(about=KIND, effect=float((means.shifts**2).max()), p=means.p, name=_MEANS),
    ]
    p = min(1.0, 2 * min(apart.p, means.p))
    named = _in_order(means.shifts)
    return replace(start, kind_shift=apart.distance, kind_p=p, named=named), tests


def _kind_of_check(
    start: MonthDrift, articles: DriftArticles, *, check: CheckedOn, now: NDArray[np.int64]
) -> tuple[MonthDrift, list[_Test]]:
    """Compare the kinds of stories with the means that the model's folder brings."""
    from scipy.stats import norm

    place = np.cumsum(articles.text) - 1
    now = now[articles.text[now]]
    if len(now) < FEWEST:
        return start, []
    here = articles.kinds.of(place[now]).named
    error = np.sqrt(here.var(axis=0) / len(now) + check.spreads**2 / len(check.chances))
    error = np.where(error > 0, error, np.inf)
    difference = here.mean(axis=0) - check.means
    p = float(holm(2 * norm.sf(np.abs(difference) / error)).min())
    spread = np.where(check.spreads > 0, check.spreads, 1.0)
    named = _in_order(difference / spread)
    largest = next(iter(named.values())) ** 2
    test = _Test(about=KIND, effect=largest, p=p, name=_MEANS)
    return replace(start, kind_p=p, named=named), [test]


def _in_order(shifts: Floats) -> dict[str, float]:
    order = np.argsort(-np.abs(shifts), kind="stable")
    return {NAMED[at]: float(shifts[at]) for at in order}


def _new_outlets(outlet: NDArray[np.str_], now: NDArray[np.int64], coded: Bools) -> tuple[str, ...]:
    """Name outlets of which nothing was coded, and that have part in the month."""
    names, counts = np.unique(outlet[now], return_counts=True)
    known = set(outlet[coded].tolist())
    order = np.argsort(-counts, kind="stable")
    return tuple(
        str(names[at])
        for at in order
        if names[at] not in known and names[at] and counts[at] >= _NEW_OUTLET * len(now)
    )


def _agreement(
    start: MonthDrift, articles: DriftArticles, *, here: Bools
) -> tuple[MonthDrift, list[_Test]]:
    """Say whether the model is right less often than on the codes of earlier months."""
    known = ~np.isnan(articles.right)
    now, before = known & here, known & (articles.month < start.month)
    if int(now.sum()) < FEWEST_RIGHT or int(before.sum()) < FEWEST:
        return start, []
    share, of = _weighed(articles, now)
    share_before, of_before = _weighed(articles, before)
    whole = max(int(of + 1e-9), 1)
    p = beta_binomial_p(
        share * whole, whole, right_before=share_before * of_before, of_before=of_before
    )
    found = replace(start, right=share, right_of=int(now.sum()))
    found = replace(found, right_before=share_before, right_p=p)
    return found, [_Test(about=AGREEMENT, effect=share_before - share, p=p, name=AGREEMENT)]


def _weighed(articles: DriftArticles, rows: Bools) -> tuple[float, float]:
    """Give the weighed share that is right, and on how many equal codes it rests (Kish)."""
    weight = articles.weight[rows]
    share = float(np.average(articles.right[rows], weights=weight))
    return share, float(weight.sum() ** 2 / (weight**2).sum())
