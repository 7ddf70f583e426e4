"""Which rows of two tables are the same person's, how surely, and who stays without a partner."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.stats.code_matching import RULES, CodeMatches, match_codes
from outcomes.surveys.linking.decisions import decided_rows
from outcomes.surveys.linking.link_plan import Comparable, LinkPlan, comparable

AGREES, DIFFERS, MISSING = "agrees", "differs", "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The links of two tables. No answer and no code is in it."""

    table: pd.DataFrame  # link_id, pre_id, post_id, rule, probability: one row a link
    pairs: pd.DataFrame  # every pair found: pre_id, post_id, rule, probability, chosen, elements
    unmatched_before: tuple[str, ...]  # ids, in the order of the table
    unmatched_after: tuple[str, ...]
    plan: LinkPlan
    cautions: tuple[str, ...]  # sentences

    @property
    def expected_false(self) -> float:
        """How many of the links are expected to be wrong."""
        return float((1 - self.table["probability"]).sum())

    def sentences(self) -> list[str]:
        """Say what was linked, one line each."""
        made = len(self.table)
        ways = self.table["rule"].value_counts()
        parts = ", ".join(f"{ways[rule]} by {_BY[rule]}" for rule in RULES if rule in ways)
        lines = [
            f"{made} links; {len(self.unmatched_before)} rows before and "
            f"{len(self.unmatched_after)} after stay without one."
        ]
        if made:
            lines += [
                f"Found {parts}.",
                f"About {self.expected_false:.1f} of the {made} links are expected to be wrong.",
            ]
        return [*lines, *(f"Caution: {text}." for text in self.cautions)]


_BY = {
    "reviewed": "a person's review",
    "card": "card",
    "exact": "code (all elements agree)",
    "one-off": "code (all but one agree)",
    "weights": "weights (more differ, but nobody else fits as well)",
}


def link_tables(
    before: pd.DataFrame,
    after: pd.DataFrame,
    plan: LinkPlan,
    *,
    decisions: pd.DataFrame | None = None,
) -> Links:
    """Link the rows of two tables that are the same person's.

    Args:
        before: One row a person, with the columns of the plan; cells are text.
        after: The same columns on the second occasion.
        plan: Which columns link, and how sure a link must be.
        decisions: What a person decided about doubtful pairs: pre_id, post_id, decision (same or
            different), reviewer.

    Returns:
        The links, each row in one at most, and the rows without.

    Raises:
        DataError: A column or an id is missing or stands twice, a decision names no such row or
            contradicts another, or the code tells nobody apart.
    """
    sides = comparable(before, after, plan=plan)
    same, different = decided_rows(decisions, ids=sides.ids)
    found = match_codes(sides.codes, cards=sides.cards, same=same, different=different)
    pairs = _pair_table(found, ids=sides.ids, plan=plan)
    order = np.lexsort((found.pairs.after, found.pairs.before))
    pairs = pairs.iloc[order].reset_index(drop=True)
    made = pairs[pairs["chosen"] & (pairs["probability"] >= plan.threshold)]
    table = made[["pre_id", "post_id", "rule", "probability"]].reset_index(drop=True)
    width = max(4, len(str(len(table))))
    table.insert(0, "link_id", [f"L{number:0{width}}" for number in range(1, len(table) + 1)])
    linked = (set(table["pre_id"]), set(table["post_id"]))
    return Links(
        table=table,
        pairs=pairs,
        unmatched_before=tuple(each for each in sides.ids[0] if each not in linked[0]),
        unmatched_after=tuple(each for each in sides.ids[1] if each not in linked[1]),
        plan=plan,
        cautions=_cautions(sides, plan),
    )


def review_list(links: Links) -> pd.DataFrame:
    """List the doubtful pairs for a person to decide on.

    Returns:
        pre_id, post_id, probability, and for each element whether it agrees, differs or is
        missing: never an answer, never a code. ``decision`` and ``reviewer`` are to be filled in.
    """
    pairs = links.pairs
    doubtful = pairs[pairs["chosen"] & (pairs["probability"] < links.plan.threshold)]
    table = doubtful[["pre_id", "post_id", "probability", *links.plan.codes]]
    table = table.sort_values("probability", ascending=False).reset_index(drop=True)
    return table.assign(decision="", reviewer="")


def unmatched_list(links: Links) -> pd.DataFrame:
    """List the rows without a link: side (before, after) and id."""
    rows = [("before", each) for each in links.unmatched_before]
    rows += [("after", each) for each in links.unmatched_after]
    return pd.DataFrame(rows, columns=["side", "id"])


def _pair_table(
    found: CodeMatches, *, ids: tuple[np.ndarray, np.ndarray], plan: LinkPlan
) -> pd.DataFrame:
    states = np.where(
        found.pairs.agree, AGREES, np.where(found.pairs.given, DIFFERS, MISSING)
    ).astype(object)
    return pd.DataFrame(
        {
            "pre_id": ids[0][found.pairs.before],
            "post_id": ids[1][found.pairs.after],
            "rule": np.array(RULES, dtype=object)[found.rule],
            "probability": np.round(found.probability, 6),
            "chosen": found.chosen,
            **{name: states[:, column] for column, name in enumerate(plan.codes)},
        }
    )


def _cautions(sides: Comparable, plan: LinkPlan) -> tuple[str, ...]:
    """Say what in the tables makes linking harder."""
    said = []
    codes = sides.codes
    waves = (
        ("before", codes.before, codes.block_before),
        ("after", codes.after, codes.block_after),
    )
    for number, (side, code, block) in enumerate(waves):
        cards = sides.cards[number] if sides.cards else np.full(len(code), -1)
        without = (code < 0).all(axis=1) & (cards < 0)
        if without.any():
            said.append(f"{int(without.sum())} rows {side} have no code at all and link to nobody")
        if plan.codes and (shared := _shared(code[(code >= 0).all(axis=1)], block, code)):
            said.append(
                f"{shared} rows {side} share their whole code with another of their block, and are "
                "linked only where something else tells them apart"
            )
        if plan.card and (shared := _shared(cards[cards >= 0][:, None], block, cards[:, None])):
            said.append(f"{shared} rows {side} share their card with another, so it links neither")
    return tuple(said)


def _shared(values: np.ndarray, block: np.ndarray, whole: np.ndarray) -> int:
    """Count the rows whose complete value stands more than once in their block."""
    rows = np.column_stack([block[(whole >= 0).all(axis=1)], values])
    _, times = np.unique(rows, axis=0, return_counts=True)
    return int(times[times > 1].sum())
