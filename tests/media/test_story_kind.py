"""Of which kind articles are: style, topics and words as numbers."""

import numpy as np
import pytest

from outcomes.media.story_kind import NAMED, STYLE, TOPICS, kind_distances, story_kinds

COURT = "A jury convicted the driver. The judge set a hearing.\n\nHis lawyer will appeal."
FEAST = 'Neighbors thanked volunteers at the picnic. "It was a fine day," said Ms. Ray in 2025.'


def named(text, title=""):
    row = story_kinds([title], [text]).named[0]
    return dict(zip(NAMED, row, strict=True))


def test_topics_are_told_by_their_words():
    court, feast = named(COURT), named(FEAST)
    assert court["courts"] > feast["courts"] == 0
    assert feast["community"] > court["community"] == 0


def test_the_headline_counts_for_topics_and_words_and_not_for_the_length():
    assert named(FEAST, "Jury verdict today")["courts"] > 0
    assert named(FEAST, "Jury verdict today")["length"] == named(FEAST)["length"]


def test_style_is_told_from_the_text():
    court, feast = named(COURT), named(FEAST)
    assert court["length"] == pytest.approx(np.log(len(COURT)))
    assert court["sentences"] == pytest.approx(np.log(14 / 3))
    assert feast["quotes"] == pytest.approx(20 / len(FEAST))
    assert feast["figures"] == pytest.approx(4 / len(FEAST))
    assert feast["sources"] > court["sources"] == 0
    assert court["paragraphs"] < court["length"]
    assert feast["paragraphs"] == feast["length"]


def test_nothing_breaks_where_there_is_no_text():
    kinds = story_kinds(["", "A title"], ["", ""])
    assert np.isfinite(kinds.named).all()
    assert not kinds.words[0].any()
    empty = story_kinds([], [])
    assert empty.named.shape == (0, len(STYLE) + len(TOPICS))
    assert empty.words.shape[0] == 0


def test_words_are_numbers_that_many_words_share():
    words = story_kinds(["", ""], [COURT, COURT.upper()]).words
    assert words[0] == pytest.approx(words[1])
    assert np.linalg.norm(words[0]) == pytest.approx(1)


def test_articles_of_one_kind_lie_closer_than_those_of_two():
    texts = [COURT, FEAST, COURT.replace("driver", "clerk"), FEAST.replace("fine", "good")]
    apart = kind_distances(story_kinds([""] * 4, texts))
    assert apart == pytest.approx(apart.T)
    assert max(apart[0, 2], apart[1, 3]) < min(apart[0, 1], apart[2, 3], apart[0, 3])


def test_articles_that_are_all_the_same_do_not_lie_apart():
    assert kind_distances(story_kinds([""] * 3, [COURT] * 3)) == pytest.approx(0, abs=1e-6)
