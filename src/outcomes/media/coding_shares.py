"""Who codes which articles of a sample, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.store.coding_tables import ADJUDICATED

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """Who codes a sample."""

    coders: tuple[str, ...]
    double: float = 0.2  # share of the articles that a second person codes too
    everyone: bool = False  # all coders code all articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One article that one coder is to code."""

    url: str
    coder: str
    place: int  # in the coder's own order


def check_coding(coding: Coding) -> None:
    """Refuse coders who cannot be told apart, or none at all.

    Raises:
        DataError: Says who is not right.
    """
    if not coding.coders:
        raise DataError("nobody is named who codes. Name one coder or more: --coders ana,ben")
    for coder in coding.coders:
        if not coder.strip() or len(coder) > LONGEST_NAME or coder == ADJUDICATED:
            raise DataError(
                f"{coder!r} cannot be a coder's name. Take 1 to {LONGEST_NAME} characters, and not "
                f"{ADJUDICATED!r}, which stands for what coders settled on"
            )
    if len(set(coding.coders)) < len(coding.coders):
        raise DataError("a coder is named twice. Name everybody once")
    if not 0 <= coding.double <= 1:
        raise DataError(f"the share that is coded twice lies from 0 to 1, got {coding.double:g}")


def share_out(
    urls: Sequence[str], coding: Coding, *, seed: Sequence[int], after: Mapping[str, int]
) -> list[Share]:
    """Give every article to a coder by chance, some to a second one; each in an own order.

    Coders get about equally many. Which articles are coded twice is up to chance alone, so what
    two people agree on among them tells how far they would agree on all.

    Args:
        urls: The articles.
        coding: Who codes.
        seed: The same seed shares out in the same way.
        after: The last place in each coder's order so far, where there is one.

    Raises:
        DataError: The coders are not right.
    """
    check_coding(coding)
    rng = np.random.default_rng(list(seed))
    coders = [coding.coders[k] for k in rng.permutation(len(coding.coders))]
    mixed = [urls[k] for k in rng.permutation(len(urls))]
    many = len(coders)
    twice = round(coding.double * len(mixed)) if many > 1 else 0
    # the articles are in an order by chance, so the first of them are a random sample
    given: dict[str, list[str]] = {coder: [] for coder in coders}
    for number, url in enumerate(mixed):
        given[coders[number % many]].append(url)
        if coding.everyone:
            for step in range(1, many):
                given[coders[(number + step) % many]].append(url)
        elif number < twice:
            step = 1 + (number // many) % (many - 1)  # so that every pair of coders meets
            given[coders[(number + step) % many]].append(url)
    found = []
    for coder, some in given.items():
        order = rng.permutation(len(some))
        start = after.get(coder, 0)
        found += [
            Share(url=some[k], coder=coder, place=start + place)
            for place, k in enumerate(order, start=1)
        ]
    return found
