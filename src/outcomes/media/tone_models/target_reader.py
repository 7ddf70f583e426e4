"""The model of tone that reads articles as coders do: what their sentences say of the police."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.media.lexicon import ArticleTone, Probabilities
from outcomes.media.tone_models.article_features import (
    FEATURES,
    NEUTRAL,
    feature_row,
    without_each,
)
from outcomes.media.tone_models.article_head import ArticleHead, read_article_head
from outcomes.media.tone_models.chosen_sentences import ReadArticle, read_article
from outcomes.media.tone_models.model_folder import ModelFolder
from outcomes.media.tone_models.target_encoder import TargetEncoder

SHOWN = 3  # sentences that are said to have decided
_ARTICLES_AT_ONCE = 1024  # bounds memory; no answer depends on it


class TargetReader:
    """A model folder at work on articles; opened at the first article."""

    def __init__(self, folder: ModelFolder, *, threads: int = 1) -> None:
        self.folder = folder
        self.name = folder.title
        self.encoder = TargetEncoder(folder, threads=threads)
        self._head: ArticleHead | None = None

    @property
    def head(self) -> ArticleHead:
        """The last step, from sentences to the article; read once."""
        if self._head is None:
            self._head = read_article_head(self.folder.article)
        return self._head

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Say of each article whether it is about law enforcement, and how it reflects on it.

        Args:
            titles: Headlines, n of them; may be empty.
            texts: The bodies, as many.

        Returns:
            One verdict an article, in their order, whatever stands beside it. ``deciding`` are the
            sentences without which the verdict would change most, the most telling first; where
            law enforcement is only a source, those, which count as neutral.

        Raises:
            FileError: The model folder is damaged.
        """
        verdicts: list[ArticleTone] = []
        for at in range(0, len(texts), _ARTICLES_AT_ONCE):
            here = slice(at, at + _ARTICLES_AT_ONCE)
            pairs = zip(titles[here], texts[here], strict=True)
            verdicts += self._verdicts([read_article(title, text) for title, text in pairs])
        return verdicts

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Say how each text reflects on what stands from start to end; shape (n, 3)."""
        return self.encoder.probabilities(texts, starts, ends)

    def _verdicts(self, articles: Sequence[ReadArticle]) -> list[ArticleTone]:
        odds = iter(self._leanings(articles))
        leanings = [[next(odds) for _ in article.chosen] for article in articles]
        rows: list[list[float]] = []
        for article, leaning in zip(articles, leanings, strict=True):
            if article.relevant:
                rows.append(feature_row(article, leaning))
                rows += without_each(article, leaning)
        features = np.array(rows).reshape(len(rows), len(FEATURES))
        logits = iter(self.head.logits(features).tolist())
        chances = iter(self.head.probabilities(features).tolist())
        verdicts = []
        for article, leaning in zip(articles, leanings, strict=True):
            scored = _Scored(article=article, leanings=leaning)
            if article.relevant:
                many = 1 + len(article.chosen)
                verdicts.append(
                    scored.verdict(
                        [next(logits) for _ in range(many)], [next(chances) for _ in range(many)]
                    )
                )
            else:
                verdicts.append(ArticleTone(relevant=False, probabilities=None, deciding=()))
        return verdicts

    def _leanings(self, articles: Sequence[ReadArticle]) -> list[Probabilities]:
        chosen = [sentence for article in articles for sentence in article.chosen]
        if not chosen:
            return []
        found = self.encoder.probabilities(
            [each.text for each in chosen],
            [each.start for each in chosen],
            [each.end for each in chosen],
        )
        return [(low, middle, high) for low, middle, high in found.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """An article about law enforcement, and how its chosen sentences lean."""

    article: ReadArticle
    leanings: Sequence[Probabilities]

    def verdict(
        self, logits: Sequence[Sequence[float]], chances: Sequence[Sequence[float]]
    ) -> ArticleTone:
        """Say the tone.

        Args:
            logits: Of the article, then of it without each of its sentences.
            chances: The same as probabilities; only the first is used.
        """
        negative, neutral, positive = chances[0]
        chosen = self.article.chosen
        if not chosen:
            shown = self.article.found[:SHOWN]
            return ArticleTone(
                relevant=True,
                probabilities=(negative, neutral, positive),
                deciding=shown,
                leanings=(NEUTRAL,) * len(shown),
            )
        moved = [_distance(logits[0], other) for other in logits[1:]]
        order = sorted(range(len(chosen)), key=lambda each: (-moved[each], each))[:SHOWN]
        return ArticleTone(
            relevant=True,
            probabilities=(negative, neutral, positive),
            deciding=tuple(chosen[each].sentence for each in order),
            leanings=tuple(self.leanings[each] for each in order),
        )


def _distance(here: Sequence[float], there: Sequence[float]) -> float:
    """Say by how much the odds of blame and of credit, each against neutral, lie apart."""
    moves = [(here[tone] - here[1]) - (there[tone] - there[1]) for tone in (0, 2)]
    return abs(moves[0]) + abs(moves[1])
