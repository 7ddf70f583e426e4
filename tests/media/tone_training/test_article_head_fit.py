"""Learning the last step from coded articles."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from outcomes.errors import DataError
from outcomes.media.tone_models.article_features import BLAME, FEATURES
from outcomes.media.tone_training.article_head_fit import (
    PRIOR,
    cross_validate,
    describe_articles,
    fit_article_head,
    fit_head,
    tone_weights,
)
from outcomes.media.tone_training.material import TonedArticle

SAID = {
    -1: "Police officers in Tern were accused of beating a man. The chief said little.",
    0: "Police officers in Tern closed the road. The chief asked for tips.",
    1: "Police officers in Tern were praised for a rescue. The chief was glad.",
}


class Reads:
    """An encoder that knows two words, and is now and then mistaken."""

    def probabilities(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        rows = np.full((len(texts), 3), [0.1, 0.8, 0.1])
        rows[["accused" in text for text in texts]] = [0.8, 0.15, 0.05]
        rows[["praised" in text for text in texts]] = [0.05, 0.15, 0.8]
        return rows


def coded(many: int, *, seed: int = 0) -> list[TonedArticle]:
    rng = np.random.default_rng(seed)
    tones = rng.choice([-1, 0, 1], size=many, p=[0.3, 0.4, 0.3])
    return [
        TonedArticle(
            title=f"Day {number}",
            text=SAID[int(tone) if rng.random() > 0.1 else 0],
            tone=int(tone),
            group=f"g{number // 2}",
        )
        for number, tone in enumerate(tones)
    ]


def test_a_head_learns_what_the_articles_tell():
    articles = coded(120)
    head = fit_article_head(articles, Reads()).head
    described = describe_articles(articles, Reads())
    found = head.probabilities(described.features).argmax(axis=1) - 1
    assert (found == described.tones).mean() > 0.85


def test_articles_in_which_no_police_are_found_are_left_out():
    articles = [
        *coded(20),
        TonedArticle(title="Bake sale", text="Bread was sold.", tone=0, group="x"),
    ]
    described = describe_articles(articles, Reads())
    assert described.places == tuple(range(20))
    assert described.features.shape == (20, len(FEATURES))


def test_the_tones_weigh_as_they_come_in_real_news():
    tones = np.array([-1] * 10 + [0] * 10 + [1] * 20)
    weights = tone_weights(tones)
    shares = [weights[tones == tone].sum() / weights.sum() for tone in (-1, 0, 1)]
    assert shares == pytest.approx(PRIOR)
    assert weights.mean() == pytest.approx(1)


def test_an_article_of_which_nothing_is_known_gets_the_shares_of_real_news():
    features = np.zeros((300, len(FEATURES)))
    tones = np.repeat([-1, 0, 1], 100)
    found = fit_head(features, tones, strength=1.0).probabilities(features[:1])
    assert found[0] == pytest.approx(PRIOR, abs=1e-3)


def test_without_held_signs_it_is_the_ridge_of_scikit_learn():
    # features that no sign is held for: the answer of another program is known
    rng = np.random.default_rng(3)
    free = [number for number, name in enumerate(FEATURES) if name.startswith(("share", "log"))]
    features = np.zeros((400, len(FEATURES)))
    features[:, free] = rng.normal(size=(400, len(free)))
    tones = np.clip(np.round(features[:, free[0]] + rng.normal(size=400)), -1, 1).astype(int)
    ours = fit_head(features, tones, strength=2.0).probabilities(features)
    spread = (features[:, free] - features[:, free].mean(axis=0)) / features[:, free].std(axis=0)
    # scikit-learn's ridge holds all three rows; neutral at zero, as here, is two rows of a pair
    theirs = LogisticRegression(C=1 / 2.0, max_iter=5000, tol=1e-9)
    theirs.fit(np.clip(spread, -4, 4), tones, sample_weight=tone_weights(tones))
    assert np.abs(ours - theirs.predict_proba(np.clip(spread, -4, 4))).max() < 0.02


def test_blame_never_speaks_for_credit_whatever_the_articles_say():
    rng = np.random.default_rng(5)
    features = rng.random((200, len(FEATURES)))
    at = FEATURES.index("title_negative")
    tones = np.where(features[:, at] > 0.5, 1, -1)  # the wrong way round
    tones[:40] = 0
    head = fit_head(features, tones, strength=0.3)
    head.require_monotone()
    for number, name in enumerate(FEATURES):
        if name in BLAME:
            assert head.coefficients[0, number] >= 0
            assert head.coefficients[2, number] <= 0


def test_a_group_is_never_on_both_sides_and_the_seed_decides_the_sides():
    described = describe_articles(coded(80), Reads())
    strength, found = cross_validate(described, seed=1)
    again = cross_validate(described, seed=1)
    assert strength == again[0]
    assert (found == again[1]).all()
    assert (found != cross_validate(described, seed=2)[1]).any()
    assert np.isfinite(found).all()


def test_too_few_articles_of_a_tone_are_refused():
    articles = [each for each in coded(60) if each.tone != 1]
    with pytest.raises(DataError, match="only 0 of the articles are positive"):
        fit_article_head(articles, Reads())
