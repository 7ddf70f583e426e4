"""How much do the values of two codes speak for one person? Rare values more than common ones."""

from dataclasses import dataclass

import numpy as np

BLOCK_WEIGHT = 20.0  # records that the answers of all blocks count for in one block
COMMONEST = 0.95  # share of one answer above which a difference says no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes of two occasions: whole numbers, -1 where an element is missing."""

    before: np.ndarray  # (n, k)
    after: np.ndarray  # (m, k)
    block_before: np.ndarray  # (n,) from 0
    block_after: np.ndarray  # (m,)

    @property
    def elements(self) -> int:
        """How many elements a code has."""
        return int(self.before.shape[1])

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        both = np.concatenate([self.block_before, self.block_after])
        return int(both.max(initial=-1)) + 1

    def sizes(self) -> tuple[np.ndarray, np.ndarray]:
        """Count the records of each block, before and after."""
        return (
            np.bincount(self.block_before, minlength=self.blocks),
            np.bincount(self.block_after, minlength=self.blocks),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of records, with what their codes have in common."""

    before: np.ndarray  # rows
    after: np.ndarray
    agree: np.ndarray  # (pairs, k) given twice and the same
    given: np.ndarray  # (pairs, k) given twice

    def only(self, chosen: np.ndarray) -> "Pairs":
        """Keep some pairs: a mask, or positions."""
        return Pairs(
            before=self.before[chosen],
            after=self.after[chosen],
            agree=self.agree[chosen],
            given=self.given[chosen],
        )

    @property
    def differ(self) -> np.ndarray:
        """How many elements do not agree: they differ, or are not given twice."""
        number: np.ndarray = self.agree.shape[1] - self.agree.sum(axis=1)
        return number


def compared(codes: Codes, before: np.ndarray, after: np.ndarray) -> Pairs:
    """Compare the codes of pairs: which elements agree, and which are given twice."""
    left, right = codes.before[before], codes.after[after]
    given = (left >= 0) & (right >= 0)
    return Pairs(before=before, after=after, agree=given & (left == right), given=given)


def agreement_weight(codes: Codes, pairs: Pairs) -> np.ndarray:
    """Say how much the values of pairs speak for the same person.

    An answer that everybody gives says little, a rare one much. A pair's own second mention does
    not make its answer more frequent. Elements that are not given twice say nothing.

    Returns:
        The logarithm of one over the chance of such values among strangers, shape (pairs,).

    Source:
        Fellegi & Sunter (1969), J. Am. Stat. Assoc. 64: 1183-1210, section 3.3.1: weights by the
        frequency of names.
    """
    weight = np.zeros(pairs.before.size)
    records = np.add(*codes.sizes()) + BLOCK_WEIGHT
    for column in range(codes.elements):
        usual = _shares(codes, column)
        left, right = codes.before[pairs.before, column], codes.after[pairs.after, column]
        block = codes.block_before[pairs.before]
        same = pairs.agree[:, column]
        own = 1 / records[block[same]]
        weight[same] -= np.log(np.maximum(usual[block[same], left[same]] - own, own))
        other = pairs.given[:, column] & ~same
        chance = usual[block[other], left[other]] + usual[block[other], right[other]]
        weight[other] -= np.log1p(-np.minimum(chance / 2, COMMONEST))
    return weight


def _shares(codes: Codes, column: int) -> np.ndarray:
    """Say how frequent each value is in each block, drawn a little towards all blocks."""
    value = np.concatenate([codes.before[:, column], codes.after[:, column]])
    block = np.concatenate([codes.block_before, codes.block_after])
    known = value >= 0
    counts = np.zeros((codes.blocks, int(value.max(initial=0)) + 1))
    np.add.at(counts, (block[known], value[known]), 1.0)
    everywhere = counts.sum(axis=0) / max(float(counts.sum()), 1.0)
    share: np.ndarray = (counts + BLOCK_WEIGHT * everywhere) / (
        counts.sum(axis=1, keepdims=True) + BLOCK_WEIGHT
    )
    return share
