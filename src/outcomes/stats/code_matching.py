"""Which records of two occasions are the same person's? Cards first, then codes with slips."""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.agreement_weight import Codes, Pairs, agreement_weight, compared
from outcomes.stats.assignment import one_to_one
from outcomes.stats.candidate_pairs import candidate_pairs, least_shared
from outcomes.stats.match_weights import match_weights
from outcomes.stats.slip_counts import SlipRates, pattern_log_chance

CARD_TRUE = 0.995  # share of equal cards that are the same person's: cards get swapped and shared
DOUBTFUL = 0.5  # pairs below it are not even doubtful
RULES = ("reviewed", "card", "exact", "one-off", "weights")
_Rows = tuple[np.ndarray, np.ndarray]
_NONE: _Rows = (np.empty(0, dtype=int), np.empty(0, dtype=int))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMatches:
    """Pairs that may be the same person, likeliest partner of each, or found by a plain rule."""

    pairs: Pairs
    rule: np.ndarray  # (pairs,) place in RULES: the plainest rule that finds the pair
    probability: np.ndarray  # (pairs,)
    chosen: np.ndarray  # (pairs,) whether both are each other's best partner, above DOUBTFUL
    rates: SlipRates


def match_codes(
    codes: Codes,
    *,
    cards: _Rows | None = None,
    same: _Rows = _NONE,
    different: _Rows = _NONE,
) -> CodeMatches:
    """Find who is who on the second occasion, each record once.

    Equal cards come first. All others are weighed by their codes: how many elements agree, how
    rare the answers are, how people slip, how many are left without a partner, and who else could
    be meant. A code that two people share links nobody unless something separates them.

    Args:
        codes: Self-made codes; with no element, cards alone are used.
        cards: Card of each record before and after, whole numbers, -1 where there is none.
        same: Rows that somebody reviewed and found to be the same person.
        different: Rows that somebody reviewed and found to be two persons.

    Returns:
        The pairs, each with its rule and its probability.

    Raises:
        DataError: The blocks or cards do not fit the codes, a record is reviewed as the same person
            as two others, or a pair is reviewed as both.
    """
    _require_fit(codes, cards)
    _require_consistent(same, different)
    reviewed = compared(codes, *same)
    taken = [np.zeros(len(codes.before), dtype=bool), np.zeros(len(codes.after), dtype=bool)]
    _take(taken, reviewed)
    carded = compared(codes, *_equal_cards(codes, cards, taken=taken, different=different))
    plain = SlipRates(odds=np.ones(codes.elements))
    carded = carded.only(_card_probability(codes, carded, rates=plain) >= DOUBTFUL)
    _take(taken, carded)
    known = compared(
        codes,
        np.concatenate([reviewed.before, carded.before]),
        np.concatenate([reviewed.after, carded.after]),
    )
    coded, rates = _coded(codes, taken=taken, different=different, known=known)
    by_card = _card_probability(codes, carded, rates=rates)
    sure = (_sure(reviewed, "reviewed"), _sure(carded, "card", probability=by_card))
    return _together((*sure, coded), rates=rates)


def _coded(
    codes: Codes, *, taken: list[np.ndarray], different: _Rows, known: Pairs
) -> tuple["_Part", SlipRates]:
    """Weigh the codes of all records that have no partner yet."""
    least = least_shared(codes.elements)
    pairs = _free_pairs(codes, taken=taken, different=different, least=least)
    free = (
        np.bincount(codes.block_before[~taken[0]], minlength=codes.blocks),
        np.bincount(codes.block_after[~taken[1]], minlength=codes.blocks),
    )
    weighed = match_weights(codes, pairs, free=free, least=least, known=known)
    rule, probability = _rule_of(pairs), weighed.probability
    best = one_to_one(
        probability, (pairs.before, pairs.after), sizes=(len(codes.before), len(codes.after))
    )
    chosen = np.zeros(rule.size, dtype=bool)
    chosen[best] = probability[best] >= DOUBTFUL
    kept = chosen | (rule < RULES.index("weights"))
    part = _Part(
        pairs=pairs.only(kept), rule=rule[kept], probability=probability[kept], chosen=chosen[kept]
    )
    return part, weighed.rates


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Pairs found in one way, as in CodeMatches."""

    pairs: Pairs
    rule: np.ndarray
    probability: np.ndarray
    chosen: np.ndarray


def _sure(pairs: Pairs, rule: str, *, probability: np.ndarray | None = None) -> _Part:
    size = pairs.before.size
    return _Part(
        pairs=pairs,
        rule=np.full(size, RULES.index(rule)),
        probability=np.ones(size) if probability is None else probability,
        chosen=np.ones(size, dtype=bool),
    )


def _together(parts: tuple[_Part, ...], *, rates: SlipRates) -> CodeMatches:
    return CodeMatches(
        pairs=Pairs(
            before=np.concatenate([part.pairs.before for part in parts]),
            after=np.concatenate([part.pairs.after for part in parts]),
            agree=np.vstack([part.pairs.agree for part in parts]),
            given=np.vstack([part.pairs.given for part in parts]),
        ),
        rule=np.concatenate([part.rule for part in parts]),
        probability=np.concatenate([part.probability for part in parts]),
        chosen=np.concatenate([part.chosen for part in parts]),
        rates=rates,
    )


def _require_fit(codes: Codes, cards: _Rows | None) -> None:
    if codes.before.ndim != 2 or codes.after.shape[1:] != codes.before.shape[1:]:
        raise DataError(
            "both occasions must have the same code elements, one column each; got shapes "
            f"{codes.before.shape} and {codes.after.shape}"
        )
    sizes = (len(codes.before), len(codes.after))
    beside = [(codes.block_before, codes.block_after), *([cards] if cards else [])]
    for before, after in beside:
        if (before.size, after.size) != sizes:
            raise DataError(
                f"one block and one card a record are needed: {sizes[0]} records before and "
                f"{sizes[1]} after, got {before.size} and {after.size}"
            )


def _require_consistent(same: _Rows, different: _Rows) -> None:
    for rows, side in zip(same, ("before", "after"), strict=True):
        if np.unique(rows).size < rows.size:
            raise DataError(
                f"a record {side} is reviewed as the same person as two others. Keep one of the two"
            )
    if both := set(zip(*same, strict=True)) & set(zip(*different, strict=True)):
        raise DataError(f"{len(both)} pair(s) are reviewed as same and as different. Keep one")


def _take(taken: list[np.ndarray], pairs: Pairs) -> None:
    taken[0][pairs.before] = True
    taken[1][pairs.after] = True


def _equal_cards(
    codes: Codes, cards: _Rows | None, *, taken: list[np.ndarray], different: _Rows
) -> _Rows:
    """Pair equal cards of a block; a card that two people hold on one occasion pairs nobody."""
    if cards is None:
        return _NONE
    sides = []
    for card, block, gone in zip(
        cards, (codes.block_before, codes.block_after), taken, strict=True
    ):
        rows = np.flatnonzero((card >= 0) & ~gone)
        key = card[rows].astype(np.int64) * max(codes.blocks, 1) + block[rows]
        _, first, times = np.unique(key, return_index=True, return_counts=True)
        once = first[times == 1]
        sides.append((key[once], rows[once]))
    _, left, right = np.intersect1d(sides[0][0], sides[1][0], return_indices=True)
    before, after = sides[0][1][left], sides[1][1][right]
    apart = _among(before, after, different, width=len(codes.after))
    return before[~apart], after[~apart]


def _among(before: np.ndarray, after: np.ndarray, rows: _Rows, *, width: int) -> np.ndarray:
    return np.isin(before * width + after, rows[0] * width + rows[1])


def _card_probability(codes: Codes, pairs: Pairs, *, rates: SlipRates) -> np.ndarray:
    """Weigh an equal card with what the codes say: on swapped cards nearly all elements differ."""
    chance = pattern_log_chance(rates, agree=pairs.agree, given=pairs.given)
    odds = CARD_TRUE / (1 - CARD_TRUE) * np.exp(chance + agreement_weight(codes, pairs))
    probability: np.ndarray = odds / (1 + odds)
    return probability


def _free_pairs(codes: Codes, *, taken: list[np.ndarray], different: _Rows, least: int) -> Pairs:
    """Find the pairs that come into question among records without a partner."""
    rows = [np.flatnonzero(~gone) for gone in taken]
    if not codes.elements or not (rows[0].size and rows[1].size):
        return compared(codes, *_NONE)
    left, right = candidate_pairs(
        codes.before[rows[0]],
        codes.after[rows[1]],
        least=least,
        block=(codes.block_before[rows[0]], codes.block_after[rows[1]]),
    )
    before, after = rows[0][left], rows[1][right]
    apart = _among(before, after, different, width=len(codes.after))
    return compared(codes, before[~apart], after[~apart])


def _rule_of(pairs: Pairs) -> np.ndarray:
    """Name the plainest rule that finds each pair: exact, one-off, or only weights.

    A plain rule must find one pair alone: whoever has two partners by it has none.
    """
    rule = np.full(pairs.before.size, RULES.index("weights"))
    open_ = np.ones(rule.size, dtype=bool)
    for differ, name in enumerate(("exact", "one-off")):
        near = open_ & (pairs.differ <= differ)
        alone = near & _once(pairs.before, near) & _once(pairs.after, near)
        rule[alone] = RULES.index(name)
        linked = (pairs.before[alone], pairs.after[alone])
        open_ &= ~np.isin(pairs.before, linked[0]) & ~np.isin(pairs.after, linked[1])
    return rule


def _once(rows: np.ndarray, among: np.ndarray) -> np.ndarray:
    times = np.bincount(rows[among], minlength=int(rows.max(initial=0)) + 1)
    once: np.ndarray = times[rows] == 1
    return once
