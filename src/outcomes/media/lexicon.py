"""The honest baselines: NLTK's VADER, with the field's own word list and without it.

Neither is calibrated: the three probabilities are a fixed function of the score, which orders
articles but is no frequency of anything. Publish shares only after correction by human codes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants
from numpy.typing import NDArray
from pydantic import Field, field_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.media.relevance import Sentence, find_law_enforcement

Probabilities = tuple[float, float, float]  # negative, neutral, positive


class _Weighs(Declaration):
    """Words of one weight."""

    weight: float = Field(ge=-4, le=4)
    words: tuple[str, ...]

    @field_validator("words")
    @classmethod
    def _stars_stand_last(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if "*" in word[:-1]:
                raise ValueError(f"{word!r} has a star inside. Write * at the end, or not at all")
        return words


class ToneWords(Declaration):
    """The field's word list: tone_words.toml."""

    version: str
    general: float = Field(ge=0, le=1)
    nothing: tuple[str, ...]
    weighs: tuple[_Weighs, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTone:
    """What a model says of one article."""

    relevant: bool  # speaks of law enforcement
    probabilities: Probabilities | None  # None where not relevant
    deciding: tuple[Sentence, ...]  # the sentences it rests on, the most telling first
    leanings: tuple[Probabilities, ...] = ()  # of these, where the model reads sentences

    @property
    def tone(self) -> int | None:
        """-1, 0 or 1, the likeliest; None where the article is not relevant."""
        return None if self.probabilities is None else likeliest(self.probabilities)


def likeliest(probabilities: Probabilities) -> int:
    """Name the likeliest tone, -1, 0 or 1; between equals the one nearer to neutral."""
    negative, neutral, positive = probabilities
    if neutral >= max(negative, positive):
        return 0
    return -1 if negative > positive else 1


def ordered_probabilities(score: float, *, cut: float, softness: float) -> Probabilities:
    """Turn a score into three probabilities: uncalibrated, ordered logit with fixed cuts.

    Args:
        score: -1 to 1.
        cut: Beyond which, on either side, a score is not neutral.
        softness: How gradually one tone gives way to the next; at most 0.9 of the cut, so that
            the likeliest tone changes exactly at the cut.
    """
    negative = float(1 / (1 + np.exp((score + cut) / softness)))
    positive = float(1 / (1 + np.exp((cut - score) / softness)))
    return negative, 1 - negative - positive, positive


class _Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]
    """NLTK's analyzer with a word list that is given, not downloaded."""

    def __init__(self, lexicon: dict[str, float]) -> None:
        self.lexicon = lexicon
        self.constants = VaderConstants()


@cache
def _general_words() -> dict[str, float]:
    """Read VADER's words as the package vaderSentiment ships them."""
    text = (files("vaderSentiment") / "vader_lexicon.txt").read_text(encoding="utf-8")
    rows = (line.split("\t")[:2] for line in text.splitlines() if line.strip())
    return {word: float(weight) for word, weight in rows}


@cache
def read_tone_words(path: Path | None = None) -> ToneWords:
    """Read the field's word list, the shipped one unless another is named."""
    return read_toml(path or Path(__file__).with_name("tone_words.toml"), ToneWords)


_OFFICER = r"(?:Officer|Deputy|Trooper|Detective|Det\.|Sgt\.|Lt\.|Capt\.|Chief|Sheriff|Agent)"
_ACCUSED = re.compile(  # an officer as the one who is arrested or charged
    rf"(?:\b{_OFFICER}\s(?:[A-Z][\w'.-]*\s?){{1,4}}(?:,[^,.]{{1,60}},\s?)?|"
    r"\b(?:police\sofficer|deputy|trooper|detective)s?\s(?:(?:who|from|with|in|of)\s[^,.]{1,80}\s)?)"
    r"\s?(?:is|was|were|are|has\sbeen|have\sbeen)\s(?:also\s|since\sbeen\s)?"
    r"(?:arrested|charged|accused|indicted|convicted|sentenced|found\sguilty|fired|suspended)\b"
)


class VaderArticle:
    """Plain VADER over the whole article: what others do, shown so that its errors are seen."""

    name = "vader-article"
    cut, softness = 0.05, 0.04

    @cached_property
    def _analyzer(self) -> Any:
        return _Analyzer(_general_words())

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Score title and text of each article as one; relevance as for every model."""
        return [self._article(title, text) for title, text in zip(titles, texts, strict=True)]

    def _article(self, title: str, text: str) -> ArticleTone:
        sentences = find_law_enforcement(text, title=title)
        if not sentences:
            return ArticleTone(relevant=False, probabilities=None, deciding=())
        score = self._analyzer.polarity_scores(f"{title}. {text}" if title else text)["compound"]
        odds = ordered_probabilities(score, cut=self.cut, softness=self.softness)
        return ArticleTone(relevant=True, probabilities=odds, deciding=sentences)

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Score each whole sentence, wherever the target stands; shape (n, 3)."""
        scores = [self._analyzer.polarity_scores(text)["compound"] for text in texts]
        odds = [ordered_probabilities(s, cut=self.cut, softness=self.softness) for s in scores]
        return np.array(odds, dtype=np.float64).reshape(-1, 3)


class Lexicon:
    """VADER on the sentences that speak of law enforcement, with the field's word list."""

    name = "lexicon"
    cut, softness = 0.05, 0.04
    window = 8  # words on either side of a target

    @cached_property
    def _words(self) -> tuple[dict[str, float], re.Pattern[str]]:
        return _field_words(read_tone_words())

    @cached_property
    def _analyzer(self) -> Any:
        return _Analyzer(self._words[0])

    def score(self, sentence: str) -> float:
        """Score one sentence from -1 to 1."""
        words, phrases = self._words
        sentence = _ACCUSED.sub(lambda found: f"{found[0]} misconduct", sentence)
        joined = phrases.sub(lambda found: _known(found[0], words=words), sentence)
        return float(self._analyzer.polarity_scores(joined)["compound"])

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Average the sentences about law enforcement; headline and first third count more."""
        return [self._article(title, text) for title, text in zip(titles, texts, strict=True)]

    def _article(self, title: str, text: str) -> ArticleTone:
        sentences = find_law_enforcement(text, title=title)
        if not sentences:
            return ArticleTone(relevant=False, probabilities=None, deciding=())
        weights = [_weight(sentence, length=len(text)) for sentence in sentences]
        scores = [self.score(sentence.text) for sentence in sentences]
        telling = sorted(range(len(scores)), key=lambda k: -abs(scores[k]) * weights[k])
        return ArticleTone(
            relevant=True,
            probabilities=self._odds(float(np.average(scores, weights=weights))),
            deciding=tuple(sentences[k] for k in telling),
            leanings=tuple(self._odds(scores[k]) for k in telling),
        )

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Score the words around each target; shape (n, 3)."""
        odds = [
            self._odds(self.score(self._around(text, start, end)))
            for text, start, end in zip(texts, starts, ends, strict=True)
        ]
        return np.array(odds, dtype=np.float64).reshape(-1, 3)

    def _around(self, text: str, start: int, end: int) -> str:
        before, after = text[:start].split()[-self.window :], text[end:].split()[: self.window]
        return " ".join([*before, text[start:end], *after])

    def _odds(self, score: float) -> Probabilities:
        return ordered_probabilities(score, cut=self.cut, softness=self.softness)


def _weight(sentence: Sentence, *, length: int) -> float:
    """Weigh as the codebook does, where headline and first third decide what dominates."""
    if sentence.part == "title":
        return 2.0
    return 1.5 if sentence.start < length / 3 else 1.0


def _field_words(words: ToneWords) -> tuple[dict[str, float], re.Pattern[str]]:
    """Merge the general words with the field's, and give the pattern that finds its phrases."""
    merged = {word: weight * words.general for word, weight in _general_words().items()}
    stems = tuple(word[:-1] for word in words.nothing if word.endswith("*"))
    for word in merged:
        if word.startswith(stems) or word in words.nothing:
            merged[word] = 0.0
    phrases = []
    for group in words.weighs:
        for word in group.words:
            if " " in word:
                phrases.append(word)
            for form in _forms(word):
                merged[form.replace(" ", "_")] = group.weight
    pattern = "|".join(
        re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w{0,3}")
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return merged, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


def _known(phrase: str, *, words: dict[str, float]) -> str:
    """Write a phrase as the one word that the list holds."""
    joined = "_".join(phrase.lower().split())
    while joined not in words and joined:
        joined = joined[:-1]
    return joined or phrase


_ENDINGS = (
    "",
    "s",
    "es",
    "d",
    "ed",
    "ing",
    "e",
    "er",
    "ers",
    "ly",
    "y",
    "ion",
    "ions",
    "al",
    "ity",
)


def _forms(word: str) -> list[str]:
    stem = word[:-1] if word.endswith("*") else None
    return [word] if stem is None else [stem + ending for ending in _ENDINGS]
