"""Links articles that are copies of one story: the same page, the same text, or an edited copy.

Nothing is deleted. A story that thirty outlets carry is read thirty times (exposure) and written
once (content): whoever counts must be able to count both.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.media.near_duplicates import near_duplicates
from outcomes.media.shingles import shingle_sets, words_of
from outcomes.media.story_articles import StoryArticles, story_articles
from outcomes.media.story_groups import UNKNOWN, StoryGroups

COLUMNS = ("id", "story", "first_outlet", "method", "score")
ONLY, FIRST = "only", "first"
SAME_PAGE, SAME_TEXT, NEAR_COPY = "same page", "same text", "near copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRules:
    """What counts as a copy."""

    days: int = 7  # all articles of a story lie within so many days
    containment: float = 0.6  # least share of the shorter text that stands in the longer one
    fewest_words: int = 48  # of the longer text of two; shorter ones are too alike to tell apart
    seed: int = 1  # of the search for candidates

    def __post_init__(self) -> None:
        """Refuse rules that make no sense."""
        if self.days < 0:
            raise DataError(f"days is {self.days}, but must be 0 or more")
        if not 0.3 <= self.containment <= 1:
            raise DataError(
                f"containment is {self.containment}, but must lie between 0.3 and 1: texts that "
                "share less are not found reliably, and are seldom copies"
            )
        if self.fewest_words < 5:
            raise DataError(f"the fewest words are {self.fewest_words}, but must be 5 or more")
        if self.seed < 0:
            raise DataError(f"seed is {self.seed}, but must be 0 or more")


USUAL_RULES = CopyRules()
EXCERPT = 0.5  # of the fewest words: a shorter text may still be the beginning of a longer one
WHOLLY = 0.9  # containment that an excerpt must have
_MOST_HEADS = 200  # stories of one text that are tried: a pay wall's notice may have thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """Which article belongs to which story."""

    table: pd.DataFrame  # COLUMNS, a row an article, in the order given
    kept_apart: int  # articles with the words of another one of the same outlet and day
    undated: int
    short: int  # articles with fewer words than the rules ask for

    def sentences(self) -> list[str]:
        """Say in words what was found, and what could not be told."""
        lines = [f"{len(self.table)} articles tell {self.table['story'].nunique()} stories."]
        if self.kept_apart:
            lines.append(
                f"{self.kept_apart} articles have the same words as another one of the same "
                "outlet and day. The same words are no proof there, so they are kept apart."
            )
        if self.undated:
            lines.append(
                f"{self.undated} articles have no date. They may be linked to a text of any day, "
                "and count as the first of a story only if none of its articles has a date."
            )
        if self.short:
            lines.append(
                f"{self.short} articles are very short. They are linked by their address, or where "
                "they stand wholly in a longer article; not with each other."
            )
        return lines


def link_stories(
    articles: pd.DataFrame, rules: CopyRules = USUAL_RULES, *, time_zone: str = "UTC"
) -> Stories:
    """Find which articles are copies of one story, and who published it first.

    Args:
        articles: id (unique) and text; perhaps url, outlet, published (ISO date or moment, empty
            where unknown). What is unknown neither links nor parts two articles.
        rules: What counts as a copy.
        time_zone: In which days are cut, such as ``America/Chicago``.

    Returns:
        For each article its story (the id of the article that came first), the outlet of that
        one, by which method it was linked (only, first, same page, same text, near copy) and with
        which score: the share of the shorter text that stands in the longer one; missing for an
        article that was not linked to an earlier one. Among articles of one day, those with a
        time of day come first.

    Raises:
        DataError: An id is missing or stands twice, or a date cannot be read.

    Source:
        Requirement B14: a month's tone must not rest unseen on one text counted thirty times.
    """
    known = story_articles(articles, fewest_words=rules.fewest_words, time_zone=time_zone)
    groups = StoryGroups(known.outlet_codes, known.days, span=rules.days)
    _join_pages(groups, known)
    heads = _join_bodies(groups, known)
    scores = _join_near(groups, known, heads=heads, rules=rules)
    return Stories(
        table=_described(groups, known, heads=heads, scores=scores),
        kept_apart=_kept_apart(groups, known),
        undated=int((known.days == UNKNOWN).sum()),
        short=int((known.lengths < rules.fewest_words).sum()),
    )


def monthly_counts(linked: pd.DataFrame) -> pd.DataFrame:
    """Count by month how many articles were read, and how many stories were written.

    Args:
        linked: story, month (such as ``2026-03``, empty where unknown) and perhaps relevant (0 or
            1); a row an article.

    Returns:
        month, articles (each copy, in the month of that copy), stories (each once, in the month in
        which it was first published); with ``relevant`` also articles_relevant and
        stories_relevant: stories of which at least one copy is.
    """
    dated = linked[linked["month"] != ""]
    firsts = dated.groupby("story")["month"].min()
    counts = {"articles": dated["month"].value_counts(), "stories": firsts.value_counts()}
    if "relevant" in dated:
        relevant = dated[dated["relevant"] == 1]
        counts["articles_relevant"] = relevant["month"].value_counts()
        stories = firsts[firsts.index.isin(relevant["story"])]
        counts["stories_relevant"] = stories.value_counts()
    table = pd.DataFrame(counts).fillna(0).astype(int).sort_index()
    return table.rename_axis("month").reset_index()


def _join_pages(groups: StoryGroups, known: StoryArticles) -> None:
    firsts: dict[str, int] = {}
    for place in known.order:
        if page := known.pages[place]:
            groups.join_page(firsts.setdefault(page, place), place)


def _join_bodies(groups: StoryGroups, known: StoryArticles) -> dict[int, int]:
    """Join equal texts, and give for each article the earliest one that it was joined with so.

    Where dates or outlets forbid one story for all, there are several with the same text.
    """
    heads: dict[int, int] = {}
    of_body: dict[bytes, list[int]] = {}
    for place in known.order:
        if not known.bodies[place]:
            continue
        earlier = of_body.setdefault(known.bodies[place], [])
        latest = earlier[-_MOST_HEADS:]
        joined = (head for head in latest if groups.join_text(head, place))
        heads[place] = next(joined, place)
        if heads[place] == place:
            earlier.append(place)
    return heads


def _join_near(
    groups: StoryGroups, known: StoryArticles, *, heads: dict[int, int], rules: CopyRules
) -> dict[int, float]:
    """Join edited copies, best first; give each text's best score with one of its story."""
    enough = known.lengths >= rules.fewest_words * EXCERPT
    places = np.array(
        [place for place in known.order if enough[place] and heads.get(place, place) == place],
        dtype=np.int64,
    )
    texts = [known.texts[place] for place in places]
    outlets, days = known.outlet_codes[places], known.days[places]
    short = known.lengths[places] < rules.fewest_words

    def may_pair(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        dated = (days[one] != UNKNOWN) & (days[other] != UNKNOWN)
        near = np.abs(days[one] - days[other]) <= rules.days
        same_day = dated & (days[one] == days[other])
        same_issue = same_day & (outlets[one] == outlets[other]) & (outlets[one] != UNKNOWN)
        allowed: NDArray[np.bool_] = (near | ~dated) & ~same_issue & ~(short[one] & short[other])
        return allowed

    pairs = near_duplicates(
        texts,
        shingle_sets(words_of(text) for text in texts),
        thresholds=np.where(short, max(WHOLLY, rules.containment), rules.containment),
        seed=rules.seed,
        may_pair=may_pair,
    )
    scores: dict[int, float] = {}
    for one, other, share in zip(
        places[pairs.one].tolist(),
        places[pairs.other].tolist(),
        pairs.containment.tolist(),
        strict=True,
    ):
        if groups.join_text(one, other):
            scores.setdefault(one, share)
            scores.setdefault(other, share)
    return scores


def _kept_apart(groups: StoryGroups, known: StoryArticles) -> int:
    """Count the articles whose words another one of the same outlet and day has."""
    firsts: dict[tuple[bytes, int, int], int] = {}
    apart = 0
    for place in known.order:
        body, outlet, day = known.bodies[place], known.outlet_codes[place], known.days[place]
        if body and UNKNOWN not in {outlet, day}:
            first = firsts.setdefault((body, int(outlet), int(day)), place)
            apart += groups.story_of(first) != groups.story_of(place)
    return apart


def _described(
    groups: StoryGroups, known: StoryArticles, *, heads: dict[int, int], scores: dict[int, float]
) -> pd.DataFrame:
    stories = [groups.story_of(place) for place in range(len(known.ids))]
    sizes = np.bincount(stories, minlength=len(stories)) if stories else np.empty(0)
    firsts: dict[int, int] = {}
    seen: set[tuple[int, object]] = set()
    rows: dict[int, tuple[object, ...]] = {}
    for place in known.order:
        story, page, body = stories[place], known.pages[place], known.bodies[place]
        first = firsts.setdefault(story, place)
        method, score = NEAR_COPY, scores.get(heads.get(place, place), np.nan)
        if first == place:
            method, score = (FIRST if sizes[story] > 1 else ONLY), np.nan
        elif page and (story, page) in seen:
            method, score = SAME_PAGE, 1.0
        elif body and (story, body) in seen:
            method, score = SAME_TEXT, 1.0
        seen |= {(story, page), (story, body)}
        rows[place] = (known.ids[place], known.ids[first], known.outlets[first], method, score)
    return pd.DataFrame([rows[place] for place in range(len(rows))], columns=list(COLUMNS))
