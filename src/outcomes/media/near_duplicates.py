"""Finds the pairs of texts of which one holds most of the other: copies, cut or added to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from outcomes.media.name_guard import Named, can_tell, names_and_numbers, same_names
from outcomes.media.shingles import Shingles, mixed

BANDS = 42
ROWS = 3  # a pair that shares half of all shingles meets in some band with 99.6 %
NEIGHBOURS = 16  # so many texts of one bucket is each compared with: it bounds the work
MOST_REFUSED = 12  # for other names: a text that was refused so often is a form, filled in anew
SMALLEST_RATIO = 1 / 3  # of the sizes: a list of ten items is not a copy of each of them
SURE_WITHOUT_NAMES = 0.9  # containment, where a text has too few names and numbers to tell by
_CHUNK = 16_384  # shingles at a time, so that they stay in the processor's cache
_DEVIATIONS = 3

May = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPairs:
    """Pairs of texts that are copies of each other, best first."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    containment: NDArray[np.float64]  # share of the shorter text that stands in the longer one


def near_duplicates(
    texts: Sequence[str],
    shingles: Shingles,
    *,
    thresholds: NDArray[np.float64],
    seed: int = 1,
    may_pair: May | None = None,
) -> NearPairs:
    """Find which texts are copies of which, though edited.

    Candidates come from MinHash; each is then settled by the exact share of shingles, and by
    whether its names and numbers are kept.

    Args:
        texts: As they are, with capitals, shape (texts,).
        shingles: Of these texts, in the same order.
        thresholds: The least share of the shorter text that must stand in the longer one, shape
            (texts,); of the two texts of a pair the stricter one holds.
        seed: Of the random permutations.
        may_pair: Says for arrays of texts and their partners which pairs are to be looked at;
            all if it is not given.

    Returns:
        The pairs, each once.

    Source:
        Broder (1997), Compression and Complexity of Sequences, 21-29 (resemblance, containment);
        Leskovec, Rajaraman, Ullman (2020), Mining of Massive Datasets, chapter 3 (bands).
    """
    signatures = minhash(shingles, seed=seed)
    one, other = candidates(signatures)
    if may_pair is not None:
        allowed = may_pair(one, other)
        one, other = one[allowed], other[allowed]
    least = np.maximum(thresholds[one], thresholds[other])
    most = _most_containment(signatures, shingles, one=one, other=other)
    kept = np.flatnonzero(most >= least)
    kept = kept[np.argsort(-most[kept], kind="stable")]  # the likeliest first
    named = lru_cache(maxsize=100_000)(lambda text: names_and_numbers(texts[text]))
    refused = np.zeros(len(texts), dtype=np.int64)
    found = []
    for a, b, enough in zip(*(each[kept].tolist() for each in (one, other, least)), strict=True):
        if min(refused[a], refused[b]) >= MOST_REFUSED:
            continue
        share = shingles.containment(a, b)
        if share < enough:
            continue
        if _same_event(a, b, shingles=shingles, named=named, share=share):
            found.append((share, a, b))
        else:
            refused[[a, b]] += 1
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return NearPairs(
        one=np.array([a for _, a, _ in found], dtype=np.int64),
        other=np.array([b for _, _, b in found], dtype=np.int64),
        containment=np.array([share for share, _, _ in found], dtype=np.float64),
    )


def minhash(shingles: Shingles, *, seed: int = 1) -> NDArray[np.uint32]:
    """Sign each text so that two signatures agree in as many places as the texts share shingles.

    Args:
        shingles: Of the texts.
        seed: Of the permutations; signatures of different seeds cannot be compared.

    Returns:
        Shape (texts, 126). The share of equal places estimates the Jaccard similarity: shingles
        in both texts, over shingles in either. A text without shingles has the largest number
        throughout.
    """
    texts = len(shingles.sizes)
    signatures = np.full((texts, BANDS * ROWS), np.iinfo(np.uint32).max, dtype=np.uint32)
    multipliers = np.random.default_rng(seed).integers(
        0, 2**64, size=BANDS * ROWS, dtype=np.uint64
    ) | np.uint64(1)
    filled = np.flatnonzero(shingles.sizes)
    cuts = np.flatnonzero(np.diff(shingles.starts[filled] // _CHUNK)) + 1
    for chunk in np.split(filled, cuts):
        if not len(chunk):
            continue
        first = shingles.starts[chunk[0]]
        values = shingles.values[first : shingles.starts[chunk[-1] + 1]]
        starts = shingles.starts[chunk] - first
        for row, multiplier in enumerate(multipliers):
            least = np.minimum.reduceat(values * multiplier, starts)
            signatures[chunk, row] = least >> np.uint64(32)
    return signatures


def candidates(signatures: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs that agree in all rows of some band.

    A form that is filled in thousands of times fills a bucket with thousands of texts. Within a
    bucket the texts are therefore ordered by how else they agree, and each is compared with its
    nearest neighbours only.

    Args:
        signatures: From ``minhash``, shape (texts, 126).

    Returns:
        Two arrays, the smaller number of each pair in the first; each pair once.
    """
    texts = len(signatures)
    found = [np.empty(0, dtype=np.int64)]
    turned = np.concatenate([signatures, signatures[:, : 3 * ROWS]], axis=1)
    for band in range(BANDS):
        start = band * ROWS
        keys = np.zeros(texts, dtype=np.uint64)
        for row in range(start, start + ROWS):
            keys = mixed(keys + turned[:, row])
        tie_breaks = [turned[:, row] for row in range(start + 3 * ROWS - 1, start + ROWS - 1, -1)]
        order = np.lexsort((*tie_breaks, keys))
        ordered = keys[order]
        for step in range(1, NEIGHBOURS + 1):
            at = np.flatnonzero(ordered[step:] == ordered[:-step])
            if not len(at):
                break
            a, b = order[at], order[at + step]
            found.append(np.minimum(a, b) * texts + np.maximum(a, b))
    pairs = np.unique(np.concatenate(found))
    return pairs // max(texts, 1), pairs % max(texts, 1)


def _most_containment(
    signatures: NDArray[np.uint32],
    shingles: Shingles,
    *,
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Give what the containment may be at most, by the signatures; 0 for too unequal sizes."""
    sizes = shingles.sizes
    ratio = np.minimum(sizes[one], sizes[other]) / np.maximum(sizes[one], sizes[other])
    equal = np.empty(len(one), dtype=np.float64)
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        equal[part] = (signatures[one[part]] == signatures[other[part]]).mean(axis=1)
    rows = signatures.shape[1]
    likely = equal + _DEVIATIONS * (np.sqrt(equal * (1 - equal) / rows) + 1 / rows)
    containment = likely / (1 + likely) * (1 + 1 / ratio)
    return np.where(ratio >= SMALLEST_RATIO, containment, 0.0)


def _same_event(
    one: int, other: int, *, shingles: Shingles, named: Callable[[int], Named], share: float
) -> bool:
    small, large = sorted((one, other), key=lambda text: len(shingles.of(text)))
    few, many = named(small), named(large)
    if not can_tell(few, many) and share < SURE_WITHOUT_NAMES:
        return False
    return same_names(few, many)
