"""Follow-up: is what changed from before to after still there some time later? (B5)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.analyses.prepost import (
    METHOD,
    NO_COMPARISON,
    paired_scores,
    pairing_warnings,
    partners,
    require_linked,
)
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome, select
from outcomes.stats.partially_matched import three_changes

KEPT, SINCE = "follow-up", "follow-up since"  # names of analyses
FEWEST_WITH_ALL = 3  # people with all three scores, to say what was kept of their change
CLEAR = 2.0  # standard errors, below which a first change is no whole of which a part is kept


def follow_up(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, str, str],
    group: str,
    links: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare the same people before, after and some time later.

    Two questions, each with its own interval: how far people are from where they began (leads),
    and how far they moved since the end of the class. "Not significantly lower" alone would not
    show that a change lasted.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: Labels of the waves before, after and later.
        group: What the class is called.
        links: As in ``prepost``, from the wave before to each of the others; who was linked to
            nobody before cannot be followed from after to later. None links those of one name.
        level: Confidence level.

    Returns:
        The change from before to later, and from after to later.

    Raises:
        DataError: As ``prepost``, for any two of the three waves.
    """
    registered = require_outcome(measure)
    pre, post, later = waves
    whole = paired_scores(measures, measure, pre=pre, post=later, links=links)
    since = paired_scores(
        measures, measure, pre=post, post=later, links=_through(links, pre, post, later)
    )
    spans = (
        (KEPT, whole, "from before to some time later", (pre, later)),
        (SINCE, since, "from after to some time later", (post, later)),
    )
    found = []
    for analysis, pairs, words, (start, end) in spans:
        require_linked(pairs, about=registered.name)
        change = three_changes(
            *pairs.T,
            term=f"{registered.name}: change {words}, {group}",
            unit=registered.unit,
            level=level,
        ).partially_matched
        if np.isnan(pairs).any():
            change = replace(change, method=METHOD)
        warnings = (*change.warnings, *_short(pairs, measure), NO_COMPARISON)
        period = f"{start} to {end}"
        found.append(replace(change, analysis=analysis, period=period, warnings=warnings))
    kept = _kept(measures, measure, waves=waves, links=links)
    found[0] = replace(found[0], warnings=(*kept, *found[0].warnings))
    return [replace(each, measure=measure, place=group) for each in found]


def _short(pairs: np.ndarray, measure: str) -> tuple[str, ...]:
    return tuple(text for text in pairing_warnings(pairs, measure=measure) if "no room" not in text)


def _through(links: pd.DataFrame | None, pre: str, post: str, later: str) -> pd.DataFrame | None:
    """Link after with later through who both were before."""
    if links is None:
        return None
    after, last = partners(links, pre, post), partners(links, pre, later)
    who = {before: name for name, before in after.items()}
    both = [(who[before], name) for name, before in last.items() if before in who]
    return pd.DataFrame(
        [
            {
                "pre_wave": post,
                "post_wave": later,
                "pre_respondent": one,
                "post_respondent": other,
            }
            for one, other in both
        ],
        columns=["pre_wave", "post_wave", "pre_respondent", "post_respondent"],
    )


def _kept(
    measures: pd.DataFrame, measure: str, *, waves: tuple[str, str, str], links: pd.DataFrame | None
) -> tuple[str, ...]:
    """Say in words what was left of the first change, among those with all three scores."""
    pre, post, later = waves
    rows = select(measures, measure, periods=waves)
    scores = {
        wave: dict(zip(own["unit"], own["value"], strict=True))
        for wave, own in rows.groupby("period")
    }
    if links is None:
        to_post = {name: name for name in scores[pre]}
        to_later = to_post
    else:
        to_post = {before: name for name, before in partners(links, pre, post).items()}
        to_later = {before: name for name, before in partners(links, pre, later).items()}
    three = np.array(
        [
            (score, scores[post][to_post[who]], scores[later][to_later[who]])
            for who, score in scores[pre].items()
            if to_post.get(who) in scores[post] and to_later.get(who) in scores[later]
        ]
    )
    if len(three) < FEWEST_WITH_ALL:
        return (f"only {len(three)} people have all three scores",)
    first, last = three[:, 1] - three[:, 0], three[:, 2] - three[:, 0]
    se = float(first.std(ddof=1)) / np.sqrt(len(three))
    told = (
        f"among the {len(three)} people with all three scores the change was {first.mean():+.2f} "
        f"from before to after, and {last.mean():+.2f} from before to later"
    )
    if abs(first.mean()) < CLEAR * se:
        return (f"{told}, and the first is too uncertain to say what part of it was kept",)
    return (told,)


def follow_ups(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, str, tuple[str, ...]],
    group: str,
    links: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare each of several later waves with the waves before and after.

    Raises:
        DataError: As ``follow_up``, or there is no later wave.
    """
    pre, post, later = waves
    if not later:
        raise DataError(f"{group} has no later wave. Add one with occasion = 'follow-up'")
    return [
        estimate
        for wave in later
        for estimate in follow_up(
            measures, measure, waves=(pre, post, wave), group=group, links=links, level=level
        )
    ]
