"""Learns the last step, from the sentences of an article to its tone, from coded articles.

A multinomial logistic regression with a ridge. Its signs are held: more blame in a sentence never
makes an article less negative. The tones are weighed as they come in real news, not as often as
they stand in the material, which holds more blame and credit than news does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.media.tone_models.article_features import BLAME, CREDIT, FEATURES, feature_row
from outcomes.media.tone_models.article_head import FAR, ArticleHead
from outcomes.media.tone_models.chosen_sentences import ReadArticle, read_article
from outcomes.media.tone_training.material import TonedArticle
from outcomes.stats.macro_f1 import accuracy, confusion_counts, f1, macro_f1

# Real local articles, coded by the codebook, are 22 % negative, 75 % neutral and 3 % positive.
# Credit weighs as if it were 8 %: at 3 %, the head overlooked most of it (cross-validated).
PRIOR = (0.22, 0.70, 0.08)
STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # of the ridge
FOLDS = 5
_TINY = 1e-9  # a probability below it costs no more
FEWEST = 5  # articles of each tone in which law enforcement is found
Matrix = NDArray[np.float64]


class Encoder(Protocol):
    """What reads sentences: ``TargetEncoder``."""

    def probabilities(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> Matrix:
        """Say how each text reflects on its target; shape (n, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedArticles:
    """Coded articles as numbers; those in which no law enforcement is found are left out."""

    features: Matrix  # (n, k)
    tones: NDArray[np.int_]  # (n,): -1, 0, 1
    groups: tuple[str, ...]  # articles of one group tell of one event
    places: tuple[int, ...]  # of each among the articles that were given


def describe_articles(articles: Sequence[TonedArticle], encoder: Encoder) -> DescribedArticles:
    """Read coded articles with the model that reads sentences."""
    read = [read_article(each.title, each.text) for each in articles]
    places = tuple(place for place, each in enumerate(read) if each.relevant)
    return DescribedArticles(
        features=describe([read[place] for place in places], encoder),
        tones=np.array([articles[place].tone for place in places], dtype=int),
        groups=tuple(articles[place].group for place in places),
        places=places,
    )


def describe(read: Sequence[ReadArticle], encoder: Encoder) -> Matrix:
    """Give the features of articles, shape (n, k)."""
    chosen = [sentence for article in read for sentence in article.chosen]
    odds = encoder.probabilities(
        [each.text for each in chosen],
        [each.start for each in chosen],
        [each.end for each in chosen],
    ).tolist()
    rows, at = [], 0
    for article in read:
        behind = at + len(article.chosen)
        rows.append(feature_row(article, odds[at:behind]))
        at = behind
    return np.array(rows, dtype=float).reshape(len(rows), len(FEATURES))


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedHead:
    """A head, and how well such heads read articles that they never saw."""

    head: ArticleHead
    figures: dict[str, dict[str, float]]  # of "articles", and of "briefs" where there are some


def fit_article_head(
    articles: Sequence[TonedArticle],
    encoder: Encoder,
    *,
    briefs: Sequence[TonedArticle] = (),
    seed: int = 0,
) -> LearnedHead:
    """Learn how the sentences of an article make its tone.

    Args:
        articles: Coded articles about law enforcement, some of each tone.
        encoder: The model that reads their sentences.
        briefs: News of one sentence, to learn from as well.
        seed: Decides which groups stand together in cross-validation.

    Returns:
        The head whose strength of the ridge did best on groups that it had not seen. The figures
        are a little kind, for the strength was chosen by them.

    Raises:
        DataError: There are too few articles of a tone.

    Source:
        Le Cessie & van Houwelingen (1992), Applied Statistics 41(1): 191-201, for the ridge;
        the signs are held by bounds. Requirement B14.
    """
    described = describe_articles([*articles, *briefs], encoder)
    strength, unseen = cross_validate(described, seed=seed)
    head = fit_head(described.features, described.tones, strength=strength)
    head.require_monotone()
    whole = np.array(described.places) < len(articles)
    parts = {"articles": whole, "briefs": ~whole}
    return LearnedHead(
        head=head,
        figures={
            name: _figures(described.tones[here], unseen[here])
            for name, here in parts.items()
            if here.any()
        },
    )


def _figures(tones: NDArray[np.int_], odds: Matrix) -> dict[str, float]:
    """Judge unseen articles, as they are and weighed as the tones come in real news."""
    cells = confusion_counts(tones + 1, odds.argmax(axis=1), classes=3)
    plain, weighed = cells.sum(axis=0), tone_weights(tones) @ cells
    return {
        "n": len(tones),
        **{
            f"{name}{kind}": round(float(value), 4)
            for kind, counts in (("", plain), ("_weighed", weighed))
            for name, value in (
                ("accuracy", accuracy(counts)),
                ("macro_f1", macro_f1(counts)),
                ("negative_f1", f1(counts)[0]),
            )
        },
    }


def cross_validate(described: DescribedArticles, *, seed: int = 0) -> tuple[float, Matrix]:
    """Choose the strength of the ridge, and say what articles get from heads that never saw them.

    Args:
        described: Coded articles.
        seed: Decides which groups stand together.

    Returns:
        The strength with the least weighed log loss, and the probabilities (n, 3) at it.

    Raises:
        DataError: There are too few articles of a tone.
    """
    _require_enough(described.tones)
    folds = _folds(described.groups, seed=seed)
    weights = tone_weights(described.tones)
    tried = []
    for strength in sorted(STRENGTHS, reverse=True):  # of equals, the stronger one is taken
        found = _unseen(described, folds, strength=strength)
        hit = found[np.arange(len(folds)), described.tones + 1]
        tried.append((float(-(weights * np.log(np.maximum(hit, _TINY))).mean()), strength, found))
    _, strength, found = min(tried, key=lambda each: round(each[0], 6))
    return strength, found


def _unseen(described: DescribedArticles, folds: NDArray[np.int_], *, strength: float) -> Matrix:
    """Judge each fold by a head that was fitted to the others."""
    found = np.empty((len(folds), 3))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any():
            head = fit_head(described.features[~held], described.tones[~held], strength=strength)
            found[held] = head.probabilities(described.features[held])
    return found


def tone_weights(tones: NDArray[np.int_], *, prior: Sequence[float] = PRIOR) -> Matrix:
    """Weigh articles so that the shares of the tones are those of real news; the mean is 1."""
    counts = np.array([(tones == tone).sum() for tone in (-1, 0, 1)])
    return np.asarray((np.array(prior) * len(tones) / np.maximum(counts, 1))[tones + 1])


def fit_head(features: Matrix, tones: NDArray[np.int_], *, strength: float) -> ArticleHead:
    """Fit the regression for one strength of the ridge.

    Args:
        features: Shape (n, k), in the order of ``FEATURES``.
        tones: -1, 0 or 1, shape (n,).
        strength: Of the ridge on the weights of standardised features.
    """
    from scipy.optimize import Bounds, minimize

    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale < 1e-6] = 1.0  # a column that never varies
    spread = np.clip((features - mean) / scale, -FAR, FAR)
    k = features.shape[1]
    low, high = _signs()
    task = _Task(
        design=np.column_stack([spread, np.ones(len(spread))]),
        tones=tones,
        weights=tone_weights(tones),
        ridge=np.append(np.full(k, strength), 0.0),
    )
    found = minimize(
        task.loss,
        np.zeros(2 * (k + 1)),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(low, high),
        options={"maxiter": 2000, "ftol": 1e-9, "gtol": 1e-6},
    )
    against, favour = found.x.reshape(2, k + 1)
    return ArticleHead(
        features=FEATURES,
        mean=mean,
        scale=scale,
        coefficients=np.vstack([against[:k], np.zeros(k), favour[:k]]),
        intercept=np.array([against[k], 0.0, favour[k]]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    design: Matrix  # (n, k + 1), the last column 1
    tones: NDArray[np.int_]
    weights: Matrix
    ridge: Matrix  # (k + 1,)

    def loss(self, flat: Matrix) -> tuple[float, Matrix]:
        """Give the weighed negative log-likelihood with the ridge, and its gradient."""
        pair = flat.reshape(2, -1)  # negative and positive, each against neutral
        scores = self.design @ pair.T
        logits = np.column_stack([scores[:, 0], np.zeros(len(scores)), scores[:, 1]])
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        odds /= odds.sum(axis=1, keepdims=True)
        hit = odds[np.arange(len(odds)), self.tones + 1]
        loss = -(self.weights * np.log(np.maximum(hit, 1e-300))).sum()
        loss += 0.5 * (self.ridge * pair**2).sum()
        miss = odds - np.eye(3)[self.tones + 1]
        slope = (miss * self.weights[:, None])[:, [0, 2]].T @ self.design
        return float(loss), (slope + self.ridge * pair).ravel()


def _signs() -> tuple[Matrix, Matrix]:
    """Give the bounds of the weights: blame only toward negative, credit only toward positive."""
    low = np.full((2, len(FEATURES) + 1), -np.inf)
    high = np.full((2, len(FEATURES) + 1), np.inf)
    for number, name in enumerate(FEATURES):
        if name in BLAME:
            low[0, number], high[1, number] = 0.0, 0.0
        if name in CREDIT:
            high[0, number], low[1, number] = 0.0, 0.0
    return low.ravel(), high.ravel()


def _require_enough(tones: NDArray[np.int_]) -> None:
    for tone, word in ((-1, "negative"), (0, "neutral"), (1, "positive")):
        if (there := int((tones == tone).sum())) < FEWEST:
            raise DataError(
                f"only {there} of the articles are {word}; at least {FEWEST} of each tone are "
                "needed to learn from. Code more articles"
            )


def _folds(groups: Sequence[str], *, seed: int) -> NDArray[np.int_]:
    """Deal the groups out evenly; a group is never parted."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[place]: number % FOLDS for number, place in enumerate(order)}
    return np.array([fold[group] for group in groups])
