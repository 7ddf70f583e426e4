"""The last step from sentences to the article: a multinomial logistic regression, kept as text."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.article_features import BLAME, CREDIT, FEATURES

VERSION = 1
FAR = 4.0  # spreads from the mean beyond which a feature counts no further
_MEND = "Copy the whole model folder again, or train the model anew"


class _Stored(BaseModel):
    """What article.json holds."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    version: int
    features: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[tuple[float, ...], ...]
    intercept: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHead:
    """Weighs what is known of an article's sentences; rows: negative, neutral, positive."""

    features: tuple[str, ...]  # k names in the order of the columns: always all of FEATURES
    mean: NDArray[np.float64]  # (k,)
    scale: NDArray[np.float64]  # (k,)
    coefficients: NDArray[np.float64]  # (3, k), of standardised features
    intercept: NDArray[np.float64]  # (3,)

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the three scores of articles whose features are (n, k); shape (n, 3)."""
        spread = np.clip((features - self.mean) / self.scale, -FAR, FAR)
        # einsum and not @: a sum whose order does not depend on how many articles stand together
        return np.asarray(np.einsum("nk,ck->nc", spread, self.coefficients) + self.intercept)

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Say how probable each tone is: features (n, k) in, shape (n, 3) out, rows sum to 1."""
        logits = self.logits(features)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def require_monotone(self) -> None:
        """Refuse a head for which more blame in a sentence could make an article less negative.

        Raises:
            DataError: A feature of blame speaks against negative or for positive, or one of
                credit the other way round, always as compared with neutral.
        """
        negative, neutral, positive = self.coefficients
        slack = 1e-9
        for number, name in enumerate(self.features):
            against, favour = negative[number] - neutral[number], positive[number] - neutral[number]
            blamed = name in BLAME and (against < -slack or favour > slack)
            credited = name in CREDIT and (favour < -slack or against > slack)
            if blamed or credited:
                raise DataError(
                    f"the weight of {name} has the wrong sign: more blame must never make an "
                    "article less negative, nor more credit make it less positive. Fit it again "
                    "with more coded articles"
                )

    def to_json(self) -> str:
        """Write it as article.json holds it."""
        return (
            json.dumps(
                {
                    "version": VERSION,
                    "features": list(self.features),
                    "mean": _short(self.mean),
                    "scale": _short(self.scale),
                    "coefficients": [_short(row) for row in self.coefficients],
                    "intercept": _short(self.intercept),
                },
                indent=1,
            )
            + "\n"
        )


def _short(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.8g}") for value in values]


def read_article_head(path: Path) -> ArticleHead:
    """Read article.json of a model folder.

    Raises:
        FileError: It is missing or damaged, or weighs features that this version does not know.
    """
    try:
        stored = _Stored.model_validate_json(path.read_bytes())
    except OSError:
        raise FileError(path, "", "the file cannot be read", _MEND) from None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise FileError(path, where, "this is no head of a model of tone", _MEND) from None
    if stored.version != VERSION:
        raise FileError(
            path,
            "version",
            f"version {stored.version} is not known here, only {VERSION}",
            "Install the outcomes that made it",
        )
    if odd := sorted(set(stored.features) - set(FEATURES)):
        raise FileError(
            path,
            "features",
            f"it weighs what this outcomes does not read: {', '.join(odd)}",
            "Use the outcomes that made it, or train the model anew",
        )
    return _head(path, stored)


def _head(path: Path, stored: _Stored) -> ArticleHead:
    k = len(stored.features)
    lengths = {len(stored.mean), len(stored.scale), *(len(row) for row in stored.coefficients)}
    if lengths != {k} or len(stored.coefficients) != 3 or len(stored.intercept) != 3:
        raise FileError(path, "", f"its tables do not fit {k} features and three tones", _MEND)
    if len(set(stored.features)) != k:
        raise FileError(path, "features", "a feature is named twice", _MEND)
    if not all(scale > 0 for scale in stored.scale):
        raise FileError(path, "scale", "a scale is not above 0", _MEND)
    columns = [FEATURES.index(name) for name in stored.features]
    mean, scale = np.zeros(len(FEATURES)), np.ones(len(FEATURES))
    coefficients = np.zeros((3, len(FEATURES)))  # a feature that it does not name weighs nothing
    mean[columns], scale[columns] = stored.mean, stored.scale
    coefficients[:, columns] = stored.coefficients
    return ArticleHead(
        features=FEATURES,
        mean=mean,
        scale=scale,
        coefficients=coefficients,
        intercept=np.array(stored.intercept),
    )
