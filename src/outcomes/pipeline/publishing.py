"""Which estimates the public may see: none on few people, and none that gives few people away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outcomes.estimate import Estimate, tidy
from outcomes.pipeline.ledger import Ledger
from outcomes.report.tables import NOT_TOLD
from outcomes.report.words import as_shown
from outcomes.stats.derived_counts import share_tells_few, shown_counts
from outcomes.stats.suppression import Sensitive, suppress
from outcomes.stats.table_totals import Total, known_totals
from outcomes.store.publications import Publication

OF_PEOPLE = ("prepost", "place means")  # analyses whose n, shares and warnings count respondents
OF_PLACES = {"panel": "series", "crossection": "place means"}  # n is places; on whom they rest
INSIDE = (
    *("prepost paired", "prepost unpaired", "linking", "linking threshold", "combination"),
    *("prepost ordinal", "prepost moved", "follow-up", "follow-up since", "ceiling"),
    *("waitlist", "waitlist, other form", "worth having", "response shift"),
    *("response shift, as answered", "response shift, seen afterwards"),
    *("staggered", "interrupted", "dose", "few treated", "place changes"),
)
# Beside the change that leads, these would tell of the few who could not be linked, or of an
# outcome that is withheld by itself, or how few answered twice: never public.
ALL = {"prepost": "all classes"}  # the row that holds the total over the others
FEW = "counts of few people are withheld here"
_COUNT = re.compile(r"(?<![\d.])\d+(?![\d.%])")  # a whole number, no share and no decimal
_SHARE = re.compile(r"(?<![\d.])(\d+)%")
_BRACKETS = re.compile(r" \[[^\]]*\]")
_LEFT = "than those who left"  # says how few people answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is left of the estimates for the public."""

    estimates: list[Estimate]
    people: list[int]  # behind each, exactly; for the ledger only
    withheld: int
    as_before: int  # shown as they were published before, for fewer than the floor have changed


def publishable(estimates: Sequence[Estimate], *, smallest: int, start: str = "") -> list[Estimate]:
    """Take the estimates that may be published by a study that has published nothing yet."""
    ledger = Ledger(smallest=smallest, earlier={})
    return published(estimates, ledger=ledger, start=start).estimates


def published(estimates: Sequence[Estimate], *, ledger: Ledger, start: str = "") -> Published:
    """Take the estimates that may be published, as they may be shown.

    Args:
        estimates: What results/estimates.csv holds.
        ledger: The floor, and what the study has published.
        start: The month in which walks began, such as 2026-03: counts by month add up to known
            totals before and after it, since the change between both is published.

    Returns:
        Those that rest on enough people and give no others away. Their values are rounded to what
        is shown, and counts of people who answered several questions are lowered to the smallest
        of those that differ by fewer than the floor. Where fewer than the floor have come or gone
        since an estimate was published, it is what was published then.
    """
    estimates = [_for_outside(each) for each in estimates if each.analysis not in INSIDE]
    people = _people_behind(estimates)
    hidden = _withheld(estimates, people, ledger=ledger, start=start)
    found: list[Estimate | None] = [None] * len(estimates)
    kept = np.flatnonzero(~hidden)
    rounded = _left_out_hidden([_as_shown(estimates[row]) for row in kept], ledger.smallest)
    lowered = _lowered(rounded, smallest=ledger.smallest)
    for row, each in zip(kept, lowered, strict=True):
        found[row] = _without_few(each, estimates[row], smallest=ledger.smallest)
    again = 0
    for row in np.flatnonzero(hidden):
        before = ledger.last(estimates[row])
        if before is not None:
            found[row] = _before(estimates[row], before, smallest=ledger.smallest)
            people[row], again = before.people, again + 1
    return Published(
        estimates=[each for each in found if each is not None],
        people=[n for each, n in zip(found, people, strict=True) if each is not None],
        withheld=found.count(None),
        as_before=again,
    )


def _for_outside(estimate: Estimate) -> Estimate:
    """Take out figures in square brackets: those of single places, which would tell theirs."""
    return replace(
        estimate,
        warnings=tuple(_BRACKETS.sub("", text) for text in estimate.warnings),
        assumptions=tuple(_BRACKETS.sub("", text) for text in estimate.assumptions),
    )


def _people_behind(estimates: Sequence[Estimate]) -> list[int]:
    """Say how many people (or cases) stand behind each; a change of places rests on theirs."""
    under: dict[tuple[str, str], int] = {}
    for each in estimates:
        key = (each.analysis, each.measure)
        under[key] = under.get(key, 0) + each.n
    return [
        under.get((OF_PLACES.get(each.analysis, ""), each.measure), each.n) for each in estimates
    ]


def _withheld(
    estimates: Sequence[Estimate], people: Sequence[int], *, ledger: Ledger, start: str
) -> np.ndarray:
    smallest = ledger.smallest
    behind = list(zip(estimates, people, strict=True))
    stale = np.array([ledger.changed_by_few(each, people=n) for each, n in behind], dtype=bool)
    table = tidy(estimates).assign(people=people)
    shown = suppress(
        table,
        count="people",
        values=["value", "se", "low", "high"],
        smallest=smallest,
        relations=_totals(table, start=start),
        sensitive=Sensitive(
            cells=stale | _few_in_share(table, smallest=smallest),
            public=np.array([ledger.stands(each, people=n) for each, n in behind], dtype=bool),
        ),
    )
    hidden = (shown["withheld"] != "").to_numpy()
    lost = set(zip(table.loc[hidden, "analysis"], table.loc[hidden, "measure"], strict=True))
    change = table["analysis"].eq("crossection").to_numpy()
    rests = [("place means", measure) in lost for measure in table["measure"]]
    return np.asarray(hidden | (change & np.array(rests, dtype=bool)), dtype=bool)


def _few_in_share(table: pd.DataFrame, *, smallest: int) -> np.ndarray:
    """Find shares of respondents that, with their n, give a count of few people away."""
    about = table["analysis"].eq("place means") & table["unit"].str.startswith("share")
    shares = table["value"].where(about & table["value"].between(0, 1)).astype(float)
    return share_tells_few(shares, table["people"], smallest=smallest)


def _totals(table: pd.DataFrame, *, start: str) -> tuple[Total, ...]:
    """Say which counts add up to what everybody can know."""
    when = table["period"].lt(start) if start else pd.Series(False, index=table.index)
    by_month = table["analysis"].isin(["series"])
    by_wave = table["analysis"].isin(["place means"])
    keyed = table.assign(
        of=table["place"].where(by_month, "") + table["period"].where(by_wave, ""),
        before=when.where(by_month, False),
    )
    found: list[Total] = []
    for each in known_totals(keyed, ["analysis", "measure", "unit", "of", "before"]):
        rows = keyed.iloc[list(each.parts)]
        if rows["analysis"].iloc[0] == "compliance":
            continue  # below: they add up over the types in a place
        over = rows["place"].eq(ALL.get(rows["analysis"].iloc[0], "")).to_numpy()
        parts = tuple(np.array(each.parts)[~over].tolist())
        end = np.array(each.parts)[over].tolist()
        adds_up = end and table["people"].iloc[list(parts)].sum() == table["people"].iloc[end[0]]
        found.append(Total(parts=parts, total=end[0]) if parts and adds_up else each)
    return (*found, *_walks_of_all_types(table))


def _walks_of_all_types(table: pd.DataFrame) -> list[Total]:
    """Walks of all types are those of each type together."""
    walks = table[table["analysis"] == "compliance"]
    found = []
    for rows in walks.groupby("place").groups.values():
        over = walks.loc[rows, "measure"].eq("walks_counted").to_numpy()
        parts, end = np.asarray(rows)[~over], np.asarray(rows)[over]
        adds_up = end.size and table["people"].loc[parts].sum() == table["people"].loc[end].sum()
        if parts.size:
            found.append(Total(parts=tuple(parts.tolist()), total=int(end[0]) if adds_up else None))
    return found


def _as_shown(estimate: Estimate) -> Estimate:
    """Round an estimate to what is shown; more digits would tell how many people answered."""
    value, se, low, high = (
        as_shown(number, estimate.unit)
        for number in (estimate.value, estimate.se, estimate.low, estimate.high)
    )
    p = None if estimate.p is None else round(estimate.p, 3)
    return replace(estimate, value=value, se=se, low=low, high=high, p=p)


def _left_out_hidden(estimates: Sequence[Estimate], smallest: int) -> list[Estimate]:
    """Hide how many were left out of a class where that would tell of few in another class."""
    changes = [row for row, each in enumerate(estimates) if each.analysis in ALL]
    found = list(estimates)
    if changes:
        table = tidy([estimates[row] for row in changes])
        by = ["analysis", "measure", "unit"]
        shown = suppress(table, count="dropped", values=[], groups=by, smallest=smallest)
        for row, gone in zip(changes, shown["withheld"].ne(""), strict=True):
            if gone and estimates[row].dropped >= smallest:
                found[row] = replace(estimates[row], dropped=NOT_TOLD)
    return found


def _lowered(estimates: Sequence[Estimate], *, smallest: int) -> list[Estimate]:
    """Lower the counts of the same people's answers to different questions to a common one."""
    together: dict[tuple[str, str, str], list[int]] = {}
    for row, each in enumerate(estimates):
        if each.analysis in OF_PEOPLE:
            together.setdefault((each.analysis, each.place, each.period), []).append(row)
    found = list(estimates)
    for rows in together.values():
        counts = shown_counts([found[row].n for row in rows], smallest=smallest)
        dropped = np.array([found[row].dropped for row in rows])
        many = dropped >= smallest
        dropped[many] = shown_counts(dropped[many], smallest=smallest)
        for row, n, left_out in zip(rows, counts, dropped, strict=True):
            found[row] = replace(found[row], n=int(n), dropped=int(left_out))
    return found


def _before(estimate: Estimate, then: Publication, *, smallest: int) -> Estimate:
    """Show what was published then; today's warnings may count people, so those that do go."""
    figures = replace(
        estimate,
        value=then.value,
        se=float("nan") if then.se is None else then.se,
        low=then.low,
        high=then.high,
        p=then.p,
        n=then.n,
        dropped=then.dropped,
    )
    return _without_few(figures, estimate, smallest=smallest)


def _without_few(shown: Estimate, whole: Estimate, *, smallest: int) -> Estimate:
    """Take warnings that count few people, or tell of few more than shown, out of an estimate."""
    if whole.analysis not in OF_PEOPLE:
        return shown
    lowered = (shown.n, shown.dropped) != (whole.n, whole.dropped)
    told = [
        FEW if _tells_few(warning, whole, lowered=lowered, smallest=smallest) else warning
        for warning in shown.warnings
    ]
    return replace(shown, warnings=tuple(dict.fromkeys(told)))


def _tells_few(warning: str, whole: Estimate, *, lowered: bool, smallest: int) -> bool:
    shares = [int(number) / 100 for number in _SHARE.findall(warning) if int(number) <= 100]
    of_share = share_tells_few(shares, [whole.n] * len(shares), smallest=smallest)
    # how many left stands in another warning; what is said of them rests on as many
    about = whole.warnings if _LEFT in warning else (warning,)
    few = any(_counts_few(each, smallest=smallest) for each in about)
    return few or bool(of_share.any()) or (lowered and bool(_COUNT.search(warning)))


def _counts_few(text: str, *, smallest: int) -> bool:
    return any(0 < int(number) < smallest for number in _COUNT.findall(text))


def without_few(text: str, *, smallest: int) -> str:
    """Take a sentence that counts few people out of what is told to the public."""
    return FEW if _counts_few(text, smallest=smallest) else text
