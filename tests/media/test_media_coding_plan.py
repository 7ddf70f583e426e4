"""How many codes a month buy how true a share."""

from dataclasses import replace

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.media.coding_plan import Corpus, _scores, plan_codes, plan_in_words

SMALL = Corpus(articles=80, months=12)


def test_more_codes_buy_a_narrower_interval_and_a_model_helps() -> None:
    plan = plan_codes(SMALL, per_month=(6, 12, 24))
    assert plan["codes"].tolist() == [72, 144, 288]
    assert plan["by_hand"].is_monotonic_decreasing
    assert plan["with_model"].is_monotonic_decreasing
    assert (plan["with_model"] < plan["by_hand"]).all()


def test_a_better_model_helps_more() -> None:
    widths = [
        plan_codes(replace(SMALL, accuracy=right), per_month=(12,))["with_model"].item()
        for right in (0.55, 0.75, 0.95)
    ]
    assert widths == sorted(widths, reverse=True)


def test_too_few_codes_for_a_model_are_said_so() -> None:
    plan = plan_codes(replace(SMALL, months=4), per_month=(5,))
    assert np.isnan(plan["with_model"]).all()
    (line,) = plan_in_words(plan)
    assert line.startswith("5 a month (20 in all): too few codes in all for a model to help")


def test_where_every_article_is_coded_nothing_is_left_to_chance() -> None:
    plan = plan_codes(Corpus(articles=20, months=4), per_month=(30,))
    assert plan_in_words(plan) == [
        "30 a month (80 in all): every article is coded, so nothing is left to chance."
    ]


def test_the_made_up_model_is_right_as_often_as_said() -> None:
    rng = np.random.default_rng(4)
    truth = rng.choice(3, 4000, p=[0.8, 0.15, 0.05])
    scores = _scores(truth, accuracy=0.75, rng=rng)
    assert (scores.argmax(axis=1) == truth).mean() == pytest.approx(0.75, abs=0.01)
    assert scores.sum(axis=1) == pytest.approx(np.ones(4000))


@pytest.mark.parametrize(
    ("corpus", "per_month", "said"),
    [
        (replace(SMALL, accuracy=0.2), (12,), "accuracy lies between"),
        (replace(SMALL, articles=1), (12,), "two articles a month"),
        (replace(SMALL, months=0), (12,), "one month or more"),
        (replace(SMALL, negative=0.0), (12,), "above 0"),
        (replace(SMALL, negative=0.7, positive=0.4), (12,), "add up below 1"),
        (SMALL, (1,), "two codes a month"),
    ],
)
def test_a_plan_for_what_cannot_be_is_refused(
    corpus: Corpus, per_month: tuple[int, ...], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        plan_codes(corpus, per_month=per_month)
