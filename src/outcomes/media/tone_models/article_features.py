"""Turns what a model said of an article's sentences into numbers that stand for the article.

No word, no name and no place is among them: where a sentence stands, how it leans, who says it,
and how much of the article there is. So nothing can be learned about a town or a group.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from outcomes.media.lexicon import Probabilities
from outcomes.media.tone_models.chosen_sentences import ChosenSentence, ReadArticle

NEUTRAL: Probabilities = (0.0, 1.0, 0.0)
_BLAME = (  # each the larger, the more a sentence leans to the negative, and blind to the positive
    "title_negative",
    "lead_negative",
    "first_third_negative",
    "rest_negative",
    "strongest_negative",
    "second_negative",
    "mean_negative",
    "quoted_negative",
    "narrated_negative",
)
_CREDIT = tuple(name.replace("negative", "positive") for name in _BLAME)
_SETTING = (
    "title_cleared",
    "lead_cleared",
    "lead_names",
    "share_law_enforcement",
    "share_source_only",
    "log_law_enforcement",
    "log_read",
    "nothing_read",
)
FEATURES: tuple[str, ...] = (*_BLAME, *_CREDIT, *_SETTING)
BLAME, CREDIT = frozenset(_BLAME), frozenset(_CREDIT)
_MANY = 6  # sentences; beyond, an article about law enforcement is one, however long
_TITLE, _FIRST, _REST = 2.0, 1.5, 1.0  # weights of a mean: headline and first third rule


def article_features(
    article: ReadArticle, probabilities: Sequence[Sequence[float]]
) -> NDArray[np.float64]:
    """Describe an article by how its sentences lean, and by where they stand.

    Args:
        article: As ``read_article`` gives it, with m chosen sentences.
        probabilities: Negative, neutral and positive of these, shape (m, 3).

    Returns:
        The numbers named in ``FEATURES``, shape (k,). A part that is missing (a headline that
        does not name law enforcement) counts as neutral, as do sentences in which law
        enforcement is only the source.
    """
    return np.array(feature_row(article, probabilities))


def feature_row(article: ReadArticle, probabilities: Sequence[Sequence[float]]) -> list[float]:
    """Give the numbers of ``article_features`` as a list, which is faster for one article."""
    chosen = article.chosen
    negative = _leaning(article, [each[0] for each in probabilities])
    positive = _leaning(article, [each[2] for each in probabilities])
    found = max(len(article.found), len(chosen), 1)
    lead = [each for each in chosen if each.lead]
    setting = [
        float(article.title_cleared),
        float(any(each.cleared for each in lead)),
        float(bool(lead)),
        min(1.0, found / max(article.sentences, 1)),
        article.attributions / found,
        math.log(min(found, _MANY)),
        math.log1p(len(chosen)),
        float(not chosen),
    ]
    return [*negative, *positive, *setting]


def _leaning(article: ReadArticle, toward: list[float]) -> list[float]:
    """Describe one side, negative or positive: where it is strongest, and how strong on average."""
    chosen = article.chosen
    ranked = [*sorted(toward, reverse=True), 0.0, 0.0]
    return [
        _largest(toward, [each.part == "title" for each in chosen]),
        _largest(toward, [each.lead for each in chosen]),
        _largest(toward, [each.part == "text" and each.position * 3 <= 1 for each in chosen]),
        _largest(toward, [each.position * 3 > 1 for each in chosen]),
        ranked[0],
        ranked[1],
        _mean(chosen, toward, sources=article.attributions),
        _largest(toward, [each.quoted for each in chosen]),
        _largest(toward, [not each.quoted for each in chosen]),
    ]


def _largest(values: Sequence[float], where: Sequence[bool]) -> float:
    return max((value for value, here in zip(values, where, strict=True) if here), default=0.0)


def _mean(chosen: Sequence[ChosenSentence], toward: Sequence[float], *, sources: int) -> float:
    weights = [_weight(each) for each in chosen]
    total = sum(weights) + _REST * sources
    return sum(w * p for w, p in zip(weights, toward, strict=True)) / total if total else 0.0


def _weight(sentence: ChosenSentence) -> float:
    if sentence.part == "title":
        return _TITLE
    return _FIRST if sentence.position * 3 <= 1 else _REST


def without_each(
    article: ReadArticle, probabilities: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Describe the article once for each chosen sentence, with that sentence taken as neutral."""
    rows = [list(each) for each in probabilities]
    bounds = list(pairwise(range(len(rows) + 1)))
    return [
        feature_row(article, [*rows[:here], NEUTRAL, *rows[behind:]]) for here, behind in bounds
    ]
