"""What agreement between coders means, in words; and the warning beside shares it is too low for.

The warning depends on nothing but the codes: no setting turns it off (issue 7, agreement).
"""

from collections.abc import Iterator
from math import floor

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.media.agreement import ENOUGH, RELEVANCE, TONE, CodedTwice, coded_twice, one_alpha
from outcomes.media.coder_pairs import ANSWERS
from outcomes.stats.percent_agreement import percent_agreement
from outcomes.stats.unit_codes import FEW

WHAT_ALPHA_MEANS = (
    "Two people who read the same article do not always say the same of it. Krippendorff's alpha "
    "says how far they agree beyond what guessing would give: 1 where they always agree, 0 where "
    "they agree no more often than if each had dealt out the same codes at random. From 0.8 on, "
    "codes are held to be reliable. From 0.667 on, they allow conclusions that are put with care. "
    "Below it, the codes say as much about who coded as about the articles, and every share "
    "carries a warning. Where nearly all articles have the same code, alpha can be low although "
    "coders hardly ever differ: a few differences are then all there is to learn from. So Gwet's "
    "AC1, which does not fall so, and the plain percentage of equal codes stand beside it. High "
    "agreement does not prove that a code is right: coders can share an error."
)
_SKEWED = 0.9  # share of one answer


def agreement_warning_of(codes: pd.DataFrame) -> str:
    """Say what must stand beside every share that rests on these codes, empty where nothing must.

    Args:
        codes: As ``outcomes.media.agreement.coded_twice``, without codes that settle others.

    Returns:
        A warning where alpha of tone (nominal) or of relevance is below 0.667 or is not known:
        fewer than 20 relevant articles were coded twice, or all of them have one tone.
    """
    tone, relevance = coded_twice(codes, TONE), coded_twice(codes, RELEVANCE)
    found = [_tone_warning(tone, relevance), _relevance_warning(relevance)]
    return " ".join(each for each in found if each)


def agreement_sentences(
    codes: pd.DataFrame,
    *,
    pairs: pd.DataFrame,
    confusion: pd.DataFrame,
    coders: pd.DataFrame,
) -> list[str]:
    """Say in words how well the coders agree, who differs from whom, and who changes.

    Args:
        codes: As ``outcomes.media.agreement.coded_twice``, and perhaps codebook, its version.
        pairs: From ``outcomes.media.coder_pairs.pairs_table``.
        confusion: From ``outcomes.media.coder_pairs.confusion_table``.
        coders: From ``outcomes.media.coder_drift.coders_table``.
    """
    found = [
        *_extent(codes),
        *_alphas(codes),
        *_where_they_differ(confusion),
        *(f"{row.coder_1} and {row.coder_2}: {row.reading}" for row in pairs.itertuples()),
        *(f"{row.coder} over time: {row.reading}" for row in coders.itertuples()),
    ]
    if warning := agreement_warning_of(codes):
        found.append(f"Beside every share will stand: {warning}")
    return found


def _tone_warning(tone: CodedTwice, relevance: CodedTwice) -> str:
    if not relevance.articles:
        return (
            "How far coders agree is not known: no article was coded by two people. Other coders "
            "might arrive at other shares."
        )
    if tone.articles < FEW:
        return (
            f"How far coders agree on tone is not known: two people coded the same "
            f"{_count(tone.articles, 'article')} about law enforcement, and at least {FEW} are "
            "needed. Other coders might arrive at other shares."
        )
    try:
        alpha = one_alpha(tone)
    except DataError:
        return (
            f"All coders gave the same tone to each of the {tone.articles} articles that were "
            "coded twice, so how well they tell tones apart is not known."
        )
    if alpha.value >= ENOUGH:
        return ""
    return (
        f"Coders agree too little on tone: {_alpha(alpha)} is below {ENOUGH}. Other coders might "
        "arrive at other shares."
    )


def _relevance_warning(relevance: CodedTwice) -> str:
    """Warn of low agreement on relevance; where it is not known, that of tone is not either."""
    if relevance.articles < FEW:
        return ""
    try:
        alpha = one_alpha(relevance)
    except DataError:  # all agree that all articles are relevant, or that none is
        return ""
    if alpha.value >= ENOUGH:
        return ""
    return (
        f"Coders agree too little on which articles are about law enforcement: {_alpha(alpha)} is "
        f"below {ENOUGH}.{_skewed(relevance)}"
    )


def _skewed(found: CodedTwice) -> str:
    """Explain a low alpha where nearly all articles have the same code."""
    relevant = float(np.nanmean(found.codes.to_numpy()))
    if max(relevant, 1 - relevant) < _SKEWED:
        return ""
    return (
        f" They do say the same of {100 * _same(found):.0f} of 100 articles: nearly all have one "
        "answer, so there is little from which to tell how well the others are found. Have more "
        "articles coded twice of which it is in doubt."
    )


def _same(found: CodedTwice) -> float:
    return percent_agreement(
        found.codes.to_numpy(),
        term=found.question,
        categories=found.categories,
        probability=found.probability,
    ).value


def _extent(codes: pd.DataFrame) -> Iterator[str]:
    relevance = coded_twice(codes, RELEVANCE)
    people = codes["coder"].nunique()
    yield (
        f"{_count(len(relevance.codes), 'article')} coded by {_count(people, 'person', 'people')}, "
        f"{relevance.articles} of them by two or more."
    )
    if relevance.articles < FEW:
        yield (
            f"Agreement needs at least {FEW} articles that two people coded: "
            f"{FEW - relevance.articles} more. With about 100, alpha is known to about 0.15 "
            "either way."
        )
    if "codebook" in codes and codes["codebook"].dropna().nunique() > 1:
        versions = ", ".join(sorted(codes["codebook"].dropna().astype(str).unique()))
        yield f"The codes follow different versions of the codebook ({versions})."


def _alphas(codes: pd.DataFrame) -> Iterator[str]:
    for question, words in (
        (RELEVANCE, "On whether an article is about law enforcement"),
        (TONE, "On tone"),
    ):
        found = coded_twice(codes, question)
        if not found.articles:
            continue
        try:
            yield (
                f"{words}, {_alpha(one_alpha(found))}, from {_count(found.articles, 'article')}. "
                f"They say the same of {100 * _same(found):.0f} of 100."
            )
        except DataError as error:
            yield f"{words}, {error}."


def _where_they_differ(confusion: pd.DataFrame) -> Iterator[str]:
    """Name the two answers that are most often taken for each other."""
    differ = confusion[confusion["code_1"] != confusion["code_2"]]
    total = int(differ["articles"].sum())
    if total < 2:
        return
    two = [
        tuple(sorted(pair, key=ANSWERS.index))
        for pair in zip(differ["code_1"], differ["code_2"], strict=True)
    ]
    often = differ.groupby(pd.Series(two, index=differ.index))["articles"].sum()
    first, second = often.idxmax()
    yield (
        f"Of {total} disagreements, {int(often.max())} are between {first} and {second}: there "
        "the rules of the codebook need the most practice."
    )


def _alpha(alpha: Estimate) -> str:
    """Write alpha so that one below a limit never reads as if it reached it."""
    value, low, high = (floor(1000 * each) / 1000 for each in (alpha.value, alpha.low, alpha.high))
    return f"Krippendorff's alpha of {value:.3f} (95% interval {low:.2f} to {high:.2f})"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
