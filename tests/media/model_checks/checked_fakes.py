"""Models that answer what a test says, and rows for them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from outcomes.media.lexicon import ArticleTone

SURE = {-1: (0.8, 0.15, 0.05), 0: (0.1, 0.8, 0.1), 1: (0.05, 0.15, 0.8)}


class Speaking:
    """A model that finds the tone by the first of some words in the text, or in the target."""

    name = "speaking 1"

    def __init__(self, words: dict[str, int], *, silent: str = "weather") -> None:
        self.words, self.silent = words, silent

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        return [
            ArticleTone(relevant=False, probabilities=None, deciding=())
            if self.silent in text
            else ArticleTone(relevant=True, probabilities=self._odds(text), deciding=())
            for text in texts
        ]

    def classify_targets(self, texts, starts, ends):
        return np.array([self._odds(text) for text in texts]).reshape(-1, 3)

    def _odds(self, text: str) -> tuple[float, float, float]:
        return SURE[next((tone for word, tone in self.words.items() if word in text), 0)]


def write_lines(path: Path, rows: Sequence[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def sentence(text: str, tone: int, **more: object) -> dict:
    """A sentence whose target is its first word."""
    return {"text": text, "from": 0, "to": len(text.split(maxsplit=1)[0]), "tone": tone, **more}
