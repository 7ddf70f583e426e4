"""The numbers that stand for an article."""

import numpy as np
import pytest

from outcomes.media.tone_models.article_features import (
    BLAME,
    CREDIT,
    FEATURES,
    article_features,
    without_each,
)
from outcomes.media.tone_models.chosen_sentences import read_article

TITLE = "Lawsuit accuses officer of beating"
TEXT = (
    "A lawsuit filed on Monday accuses an officer of beating a man. "
    "The man had asked for directions to the fair, it says, and nothing more than that. "
    "The fair was open. It was a sunny afternoon with many people on the green. "
    "The police chief praised the officer's record. It rained in the evening, witnesses recall."
)
ODDS = [(0.9, 0.1, 0.0), (0.8, 0.2, 0.0), (0.1, 0.2, 0.7)]


def named(title: str, text: str, odds: list[tuple[float, float, float]]) -> dict[str, float]:
    values = article_features(read_article(title, text), odds)
    return dict(zip(FEATURES, values.tolist(), strict=True))


def test_title_beginning_and_rest_are_told_apart():
    found = named(TITLE, TEXT, ODDS)
    assert found["title_negative"] == 0.9
    assert found["lead_negative"] == 0.8
    assert found["first_third_negative"] == 0.8
    assert found["rest_negative"] == 0.1
    assert (found["strongest_negative"], found["second_negative"]) == (0.9, 0.8)
    assert found["strongest_positive"] == found["rest_positive"] == 0.7
    assert found["nothing_read"] == 0
    assert found["mean_negative"] == pytest.approx((2 * 0.9 + 1.5 * 0.8 + 0.1) / 4.5)


def test_police_who_only_speak_count_as_neutral():
    odds = [(0.9, 0.1, 0.0)]
    said = named("", "Police officers beat him. The road is closed, police said.", odds)
    alone = named("", "Police officers beat him. The road is closed, he said.", odds)
    assert said["mean_negative"] < alone["mean_negative"]
    assert said["share_source_only"] == 0.5
    assert alone["share_source_only"] == 0


def test_an_article_with_nothing_to_read_has_numbers_too():
    found = named("", "A man was shot, police said.", [])
    assert found["nothing_read"] == 1
    assert {found[name] for name in BLAME | CREDIT} == {0.0}
    assert np.isfinite(list(found.values())).all()


def test_more_blame_never_lowers_a_number_of_blame_nor_moves_one_of_credit():
    rng = np.random.default_rng(4)
    article = read_article(TITLE, TEXT)
    for _ in range(50):
        low = rng.dirichlet([1, 1, 1], size=3)
        high = low.copy()
        which = rng.integers(3)
        moved = high[which, 1] * rng.random()
        high[which] += [moved, -moved, 0]
        before, after = (article_features(article, odds.tolist()) for odds in (low, high))
        for name, one, other in zip(FEATURES, before, after, strict=True):
            if name in BLAME:
                assert other >= one - 1e-12
            else:
                assert other == pytest.approx(one)


def test_no_name_and_no_place_is_among_the_numbers():
    other = TEXT.replace("officer", "deputy").replace("police chief", "sheriff's captain")
    one, two = named(TITLE, TEXT, ODDS), named(TITLE, other, ODDS)
    assert {name: value for name, value in one.items() if value != two[name]} == {}


def test_without_a_sentence_its_leaning_is_neutral():
    article = read_article(TITLE, TEXT)
    rows = without_each(article, ODDS)
    assert len(rows) == 3
    assert rows[0][FEATURES.index("title_negative")] == 0
    assert rows[2][FEATURES.index("strongest_positive")] == 0
    assert rows[2][FEATURES.index("title_negative")] == 0.9
