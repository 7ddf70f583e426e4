"""The last step from sentences to the article."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.article_features import FEATURES
from outcomes.media.tone_models.article_head import ArticleHead, read_article_head

TWO: dict[str, Any] = {
    "version": 1,
    "features": ["title_positive", "title_negative"],
    "mean": [0.0, 0.5],
    "scale": [1.0, 0.5],
    "coefficients": [[0, 2], [0, 0], [1, 0]],
    "intercept": [-1, 0, -2],
}


def written(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({**TWO, **changes}), encoding="utf-8")
    return path


def row(**values: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([[values.get(name, 0.0) for name in FEATURES]])


def test_the_probabilities_are_those_of_the_regression(tmp_path: Path):
    head = read_article_head(written(tmp_path / "article.json"))
    found = head.probabilities(row(title_negative=1.0, title_positive=0.25))
    odds = np.exp([-1 + 2 * 1, 0, -2 + 0.25])
    assert found[0] == pytest.approx(odds / odds.sum())


def test_a_feature_far_outside_counts_no_further(tmp_path: Path):
    head = read_article_head(written(tmp_path / "article.json"))
    far, farther = (head.probabilities(row(title_negative=value)) for value in (2.5, 80.0))
    assert (far == farther).all()


def test_an_article_gets_the_same_answer_alone_and_among_others(tmp_path: Path):
    head = read_article_head(written(tmp_path / "article.json"))
    many = np.random.default_rng(1).random((257, len(FEATURES)))
    alone = np.vstack([head.probabilities(each[None, :]) for each in many])
    assert (alone == head.probabilities(many)).all()


def test_what_is_written_is_read_back(tmp_path: Path):
    head = read_article_head(written(tmp_path / "article.json"))
    (tmp_path / "again.json").write_text(head.to_json(), encoding="utf-8")
    again = read_article_head(tmp_path / "again.json")
    assert again.features == FEATURES
    assert (again.coefficients == head.coefficients).all()
    assert again.to_json() == head.to_json()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "version 2 is not known"),
        ({"features": ["title_negative", "mayor"]}, "does not read: mayor"),
        ({"features": ["title_negative", "title_negative"]}, "named twice"),
        ({"scale": [1.0, 0.0]}, "a scale is not above 0"),
        ({"mean": [0.0]}, "do not fit 2 features"),
        ({"intercept": [0.0, 0.0]}, "do not fit"),
        ({"mean": [0.0, float("nan")]}, "no head of a model of tone"),
        ({"coefficients": "many"}, "no head of a model of tone"),
    ],
)
def test_a_damaged_head_is_refused_in_one_sentence(
    tmp_path: Path, changes: dict[str, object], said: str
):
    with pytest.raises(FileError, match=said):
        read_article_head(written(tmp_path / "article.json", **changes))


def test_a_missing_head_is_refused(tmp_path: Path):
    with pytest.raises(FileError, match="cannot be read"):
        read_article_head(tmp_path / "article.json")


@pytest.mark.parametrize("coefficients", [[[0, -2], [0, 0], [1, 0]], [[0, 2], [0, 0], [1, 3]]])
def test_a_head_for_which_blame_makes_an_article_better_is_refused(
    tmp_path: Path, coefficients: list[list[int]]
):
    head: ArticleHead = read_article_head(
        written(tmp_path / "article.json", coefficients=coefficients)
    )
    with pytest.raises(DataError, match="weight of title_negative has the wrong sign"):
        head.require_monotone()


def test_a_head_with_right_signs_is_let_through(tmp_path: Path):
    read_article_head(written(tmp_path / "article.json")).require_monotone()
