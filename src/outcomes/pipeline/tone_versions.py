"""Media step: the tone of news told in other ways: by whom, about whom, by story, without prompts.

All of them rest on the outlets and months of the fixed panel, as the series that leads does.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from outcomes.estimate import Estimate
from outcomes.media.hand_codes import human_shares, uncovered
from outcomes.media.pooled_shares import can_be_pooled
from outcomes.media.rolling_tone import ROLLING, rolling_tone
from outcomes.media.tone import monthly_tone
from outcomes.pipeline.tone_base import ToneBase, standing_for
from outcomes.study import Study

STORIES, UNPROMPTED = "tone, stories", "tone without prompted"
PLACES, AGENCIES = "tone by place", "tone by agency"
SCOPE_MONTHS, AGENCY_MONTHS = "tone by scope and month", "tone by agency and month"
OURS, OTHERS = "about us", "about other agencies"
MONTHLY = (STORIES, UNPROMPTED, ROLLING)
_LEVEL = 0.95


def tone_versions(study: Study, base: ToneBase) -> list[Estimate]:
    """Estimate the further versions of the tone of news, as far as there are codes for them.

    Args:
        study: The study.
        base: From ``tone_base``.

    Returns:
        Estimates with ``analysis`` "tone, rolling" (three months at a time), "tone, stories" (a
        story that several outlets carry counts once, where it was first), "tone without prompted"
        (without what the agency's own releases prompted, if anything is known to be), "tone by
        place" (of the outlet) and "tone by agency" (about us, or about others), whole study; and
        the latter and the scopes by month where there are codes enough.
    """
    rows = base.rows(base.panel)
    if rows.empty:
        return []
    return [
        *rolling_tone(rows, months=base.panel.months, level=_LEVEL),
        *_by_story(study, rows),
        *_without_prompted(rows),
        *_parts(rows, _places(study, rows), analysis=PLACES),
        *_parts(rows, _agencies(rows), analysis=AGENCIES),
        *_monthly_parts(rows, _agencies(rows), analysis=AGENCY_MONTHS),
        *_monthly_parts(rows, _scopes(rows), analysis=SCOPE_MONTHS),
    ]


def _by_story(study: Study, rows: pd.DataFrame) -> list[Estimate]:
    """Take the first article of each story in each month."""
    if not (study.results / "stories.csv").exists():
        return []
    stories = study.read_table("stories").set_index("id")["story"]
    story = rows["url"].map(stories).fillna(rows["url"])
    later = story.duplicated()
    leads = story == rows["url"]  # a story is named by its first article
    first = leads | (~later & ~story.isin(story[leads]))
    if first.all():
        return []
    return _named(standing_for(rows, first), analysis=STORIES, told="one article a story")


def _without_prompted(rows: pd.DataFrame) -> list[Estimate]:
    """Leave out what the agency's own releases prompted (A8, E9)."""
    prompted = pd.to_numeric(rows["prompted"]) == 1
    if not prompted.any():
        return []
    chosen = standing_for(rows, ~prompted)
    return _named(chosen, analysis=UNPROMPTED, told="without articles that the agency prompted")


def _named(rows: pd.DataFrame, *, analysis: str, told: str) -> list[Estimate]:
    return [
        replace(each, analysis=analysis, term=f"{each.term}, {told}")
        for each in monthly_tone(rows, level=_LEVEL)
    ]


_Parts = Iterator[tuple[str, pd.Series]]  # the name of each part, and which articles belong to it


def _places(study: Study, rows: pd.DataFrame) -> _Parts:
    place = rows["outlet"].map({each.name: each.place for each in study.settings.outlets})
    for code in sorted(set(place.dropna()) - {""}):
        yield str(code), place == code


def _agencies(rows: pd.DataFrame) -> _Parts:
    about = pd.to_numeric(rows["about_us"])
    if (about == 1).any() and (about == 0).any():
        yield OURS, about == 1
        yield OTHERS, about == 0


def _scopes(rows: pd.DataFrame) -> _Parts:
    for scope in sorted(set(rows["scope"]) - {""}):
        yield str(scope), rows["scope"] == scope


def _parts(rows: pd.DataFrame, parts: _Parts, *, analysis: str) -> Iterator[Estimate]:
    """Estimate the shares of each part over the whole study, from the codes alone."""
    for name, chosen in parts:
        part = standing_for(rows, chosen)
        for each in human_shares(part, about=name, level=_LEVEL):
            warnings = (*each.warnings, *uncovered(part))
            yield replace(each, analysis=analysis, place=name, warnings=warnings)


def _monthly_parts(rows: pd.DataFrame, parts: _Parts, *, analysis: str) -> Iterator[Estimate]:
    """Estimate the monthly shares of each part of which enough was coded."""
    for name, chosen in parts:
        part = standing_for(rows, chosen)
        if not can_be_pooled(part):
            continue
        for each in monthly_tone(part, level=_LEVEL):
            yield replace(each, analysis=analysis, place=name, term=f"{each.term}, {name}")
