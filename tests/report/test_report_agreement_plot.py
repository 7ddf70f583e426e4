import re

import numpy as np

from outcomes.report.agreement_plot import (
    MOST_PAIRS,
    confusion_caption,
    draw_confusion,
    shown_pairs,
)

ANSWERS = ("not about law enforcement", "negative", "neutral", "positive")
COUNTS = [[10, 0, 3, 0], [0, 12, 2, 0], [1, 15, 40, 1], [0, 0, 2, 6]]


def test_one_pair_and_many_pairs_are_drawn_and_the_same_data_give_the_same_picture():
    one = draw_confusion({"A and B": COUNTS}, answers=ANSWERS)
    assert one.startswith("<svg")
    assert one == draw_confusion({"A and B": COUNTS}, answers=ANSWERS)
    many = draw_confusion({f"A and {name}": COUNTS for name in "BCDE"}, answers=ANSWERS)
    assert (one.count("<image"), many.count("<image")) == (1, 4)


def test_the_picture_is_gray_so_that_print_loses_nothing():
    picture = draw_confusion({"A and B": COUNTS}, answers=ANSWERS)
    colors = {color.lower() for color in re.findall(r"#[0-9a-fA-F]{6}", picture)}
    assert colors
    assert all(color[1:3] == color[3:5] == color[5:7] for color in colors)


def test_a_pair_without_any_article_is_drawn_too():
    assert draw_confusion({"A and B": np.zeros((4, 4), int).tolist()}, answers=ANSWERS)


def test_the_pairs_with_most_articles_are_shown_and_the_caption_says_how_many_are_not():
    pairs = {f"A and {n}": [[n + 1, 0], [0, 1]] for n in range(MOST_PAIRS + 2)}
    assert shown_pairs(pairs) == [f"A and {n}" for n in range(2, MOST_PAIRS + 2)]
    assert "2 others stand in" in confusion_caption(pairs)
    assert "others" not in confusion_caption({"A and B": COUNTS})
