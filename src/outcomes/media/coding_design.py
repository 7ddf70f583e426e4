"""Which articles people should code, with which chance: the designs of a coding sample.

Every design is the same thing underneath: within a month the articles are put into strata, and of
each stratum some are drawn at random. So the chance of each article is known exactly, none has no
chance, and a sample can be made larger later without spoiling that.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of

Kind = Literal["random", "stratified", "model-assisted"]
Cell = Literal["outlet", "place"]
Allocation = Literal["proportional", "equal"]

FEWEST = 2  # of a stratum: one article says nothing about the spread
NO_PLACE, OTHERS = "(no place)", "others"
UNSURE_BELOW = 0.8  # a neutral article to whose neutrality the model gives less is an unsure one
RATES: Mapping[str, float] = {"negative": 3.0, "positive": 3.0, "unsure": 2.0, "neutral": 1.0}
_TONES = {-1: "negative", 0: "neutral", 1: "positive"}
_COLUMNS = ("url", "month", "relevant", "outlet", "places", "tone", "p_neutral")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a sample is drawn: enough to draw it again, or to draw more of it."""

    kind: Kind = "random"
    per_month: int
    by: Cell = "outlet"  # of a stratified one
    allocation: Allocation = "proportional"
    seed: int = 1
    cut_for: int = 0  # the size for which the strata were cut; 0: per_month
    strata: Mapping[str, "Stratum"] = field(default_factory=dict)  # as drawn

    def as_json(self) -> dict[str, Any]:
        """Lay it out for the store."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum as it was drawn from."""

    articles: int
    drawn: int
    frame: str  # a fingerprint of which articles these were


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was drawn: columns url, month, stratum and probability; and the design, filled in."""

    items: pd.DataFrame
    design: Design


def design_from_json(data: Mapping[str, Any]) -> Design:
    """Read a design back."""
    strata = {name: Stratum(**each) for name, each in data.get("strata", {}).items()}
    return Design(**{**data, "strata": strata})


def draw(articles: pd.DataFrame, design: Design) -> Drawn:
    """Draw articles for people to code.

    Args:
        articles: As in results/articles.csv: columns url, month, relevant, outlet, places, tone and
            p_neutral. Only dated articles that the model takes for relevant can be drawn.
        design: ``random`` gives every article of a month the same chance. ``stratified`` draws
            from each outlet or place, in proportion or the same number of each, two at least.
            ``model-assisted`` draws three times as often what the model calls negative or
            positive, and twice as often where it is unsure (``RATES``), since there the codes
            teach most. Where a month is too small for two articles of every stratum, its smallest
            strata are joined.

    Returns:
        The drawn articles; ``probability`` is how many of its stratum were drawn, divided by how
        many there were.

    Raises:
        DataError: A column is missing, fewer than two a month are asked for, or there is nothing
            to draw from.

    Source:
        Cochran (1977), Sampling Techniques, chapters 5 and 5A. Requirement B14.
    """
    frame = strata_of(articles, design)
    return _take(frame, design, before={})


def draw_more(
    articles: pd.DataFrame, before: Design, items: pd.DataFrame, *, per_month: int
) -> Drawn:
    """Enlarge a sample to so many articles a month, and draw in months that have come since.

    What is added to a stratum is drawn at random from those of its articles that were not drawn
    before, so both draws together are one random draw from it: the chance of each, also of those
    drawn before, is the number drawn altogether divided by the number there are.

    Args:
        articles: As for ``draw``, as they are now.
        before: The design as it was drawn.
        items: What was drawn: columns url and stratum.
        per_month: How many there are to be in a month altogether.

    Returns:
        All articles of the sample, old and new, with the probabilities that hold now.

    Raises:
        DataError: The articles of a month that was drawn from are not the same any more (some came
            later, or the model reads them in another way), so that the chances of both draws
            together cannot be told.
    """
    cut = before.cut_for or before.per_month
    design = Design(**{**_plain(before), "per_month": per_month, "cut_for": cut})
    frame = strata_of(articles, design)
    now = {str(name): _fingerprint(rows["url"]) for name, rows in frame.groupby("stratum")}
    months = sorted({_month(name) for name in before.strata})
    changed = [
        month
        for month in months
        if {n: s.frame for n, s in before.strata.items() if _month(n) == month}
        != {n: f for n, f in now.items() if _month(n) == month}
    ]
    if changed:
        raise DataError(
            f"the articles of {', '.join(changed)} are not those from which the sample was drawn: "
            "some were added or are classified in another way, so the chances of an enlarged "
            "sample cannot be told. Draw a sample with a new name; the series combines the two"
        )
    return _take(frame, design, before=dict(items.groupby("stratum")["url"].agg(list)))


def strata_of(articles: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Put every article that could be drawn into its stratum.

    Returns:
        Columns url, month, stratum (the month, and what it was cut by) and rate, how often an
        article of it is drawn relative to others.
    """
    _check(articles, design)
    inside = (articles["relevant"] == 1) & (articles["month"].fillna("") != "")
    frame = articles[inside].sort_values("url", kind="stable").reset_index(drop=True)
    if frame.empty:
        raise DataError(
            "no article about law enforcement is dated in the months to draw from. Look at first "
            "and last in study.toml, then run: outcomes run"
        )
    frame = frame.assign(cell=_cells(frame, design), rate=1.0)
    if design.kind == "model-assisted":
        frame["rate"] = frame["cell"].map(RATES)
    parts = []
    for month, rows in frame.groupby("month", sort=True):
        names = _joined(rows["cell"], size=design.cut_for or design.per_month)
        label = [f"{month} {names[cell]}".strip() for cell in rows["cell"]]
        parts.append(rows.assign(stratum=label))
    return pd.concat(parts)[["url", "month", "stratum", "rate"]]


def allocate(
    sizes: Mapping[str, int], *, weights: Mapping[str, float], total: int
) -> dict[str, int]:
    """Say how many articles to draw of each stratum.

    Args:
        sizes: How many articles each stratum has.
        weights: To which the numbers should be in proportion.
        total: How many to draw altogether.

    Returns:
        Two at least of each stratum, or all it has; beyond that in proportion to the weights, by
        largest remainders; never more than there are.
    """
    found = {name: min(FEWEST, size) for name, size in sizes.items()}
    goal = min(total, sum(sizes.values()))
    while (left := goal - sum(found.values())) > 0:
        open_ones = [name for name, size in sizes.items() if found[name] < size]
        whole = sum(weights[name] for name in open_ones)
        taken = {name: goal * weights[name] / whole - found[name] for name in open_ones}
        name = max(taken, key=lambda each: (taken[each], each))
        found[name] += min(left, max(1, int(taken[name])), sizes[name] - found[name])
    return found


def _take(frame: pd.DataFrame, design: Design, *, before: Mapping[str, Sequence[str]]) -> Drawn:
    rng = np.random.default_rng([design.seed, sum(len(urls) for urls in before.values())])
    parts, strata = [], {}
    for _, month in frame.groupby("month", sort=True):
        groups = {str(name): rows for name, rows in month.groupby("stratum", sort=True)}
        wanted = _wanted(groups, design)
        for name, rows in groups.items():
            known = set(before.get(name, ()))
            rest = rows[~rows["url"].isin(known)]
            more = max(min(wanted[name] - len(known), len(rest)), 0)
            chosen = np.sort(rng.choice(len(rest), size=more, replace=False))
            taken = pd.concat([rows[rows["url"].isin(known)], rest.iloc[chosen]])
            parts.append(taken.assign(probability=len(taken) / len(rows)))
            strata[name] = Stratum(
                articles=len(rows), drawn=len(taken), frame=_fingerprint(rows["url"])
            )
    items = pd.concat(parts)[["url", "month", "stratum", "probability"]].reset_index(drop=True)
    cut = design.cut_for or design.per_month
    whole = Design(**{**_plain(design), "strata": strata, "cut_for": cut})
    return Drawn(items=items, design=whole)


def _wanted(groups: Mapping[str, pd.DataFrame], design: Design) -> dict[str, int]:
    sizes = {name: len(rows) for name, rows in groups.items()}
    equal = design.kind == "stratified" and design.allocation == "equal"
    weights = {n: 1.0 if equal else float(rows["rate"].sum()) for n, rows in groups.items()}
    return allocate(sizes, weights=weights, total=design.per_month)


def _cells(frame: pd.DataFrame, design: Design) -> "pd.Series[str]":
    if design.kind == "random":
        return pd.Series("", index=frame.index)
    if design.kind == "model-assisted":
        unsure = (frame["tone"] == 0) & (frame["p_neutral"] < UNSURE_BELOW)
        return frame["tone"].astype(int).map(_TONES).mask(unsure, "unsure")
    if design.by == "place":
        first = frame["places"].astype(object).fillna("").astype(str).str.split("; ").str[0]
        return first.mask(first == "", NO_PLACE)
    return frame["outlet"].astype(str)


def _joined(cells: "pd.Series[str]", *, size: int) -> dict[str, str]:
    """Join the smallest cells of a month until two articles of every stratum fit into its size."""
    sizes = {str(name): int(n) for name, n in cells.value_counts().items()}
    members = {name: [name] for name in sizes}
    while len(sizes) > 1 and (FEWEST * len(sizes) > size or min(sizes.values()) < FEWEST):
        smallest = sorted(sizes.keys() - {OTHERS}, key=lambda name: (sizes[name], name))
        for name in smallest[: 1 if OTHERS in sizes else 2]:
            sizes[OTHERS] = sizes.get(OTHERS, 0) + sizes.pop(name)
            members[OTHERS] = members.get(OTHERS, []) + members.pop(name)
    return {cell: name for name, some in members.items() for cell in some}


def _check(articles: pd.DataFrame, design: Design) -> None:
    if missing := [name for name in _COLUMNS if name not in articles.columns]:
        raise DataError(
            f"the classified articles lack the column(s) {', '.join(missing)}. Run: outcomes run"
        )
    kinds = ("random", "stratified", "model-assisted")
    if design.kind not in kinds:
        raise DataError(
            f"no kind of sample is called {design.kind!r}. {one_of(design.kind, kinds)}"
        )
    if design.per_month < FEWEST:
        raise DataError(f"an interval needs two codes a month or more, got {design.per_month}")


def _plain(design: Design) -> dict[str, Any]:
    names = ("kind", "per_month", "by", "allocation", "seed", "cut_for")
    return {name: getattr(design, name) for name in names}


def _month(stratum: str) -> str:
    return stratum.partition(" ")[0]


def _fingerprint(urls: "pd.Series[str]") -> str:
    return hashlib.sha256("\n".join(sorted(urls)).encode()).hexdigest()[:16]
