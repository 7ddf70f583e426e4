"""Months of made-up articles: which of them are no longer what the model was checked on?"""

from dataclasses import replace

import numpy as np
import pytest

from outcomes.media.checked_on import checked_on, summary_of_check
from outcomes.media.coding_plan import Corpus
from outcomes.media.drift_words import caution, codes_for_month, sentence, what_drifted
from outcomes.media.model_drift import (
    AGREEMENT,
    CONFIDENCE,
    EARLIER,
    FALSE_ALARM,
    KIND,
    OTHERS,
    OWN_CHECK,
    DriftArticles,
    MonthDrift,
    model_drift,
)
from outcomes.media.story_kind import story_kinds

USUAL = (
    "Police were called to Mill Street. A man was hurt in a fight.",
    "Two cars collided on the highway. Traffic was slow for an hour, police said.",
    "Officers arrested a woman after a theft. She took three coats from a store.",
    "The council spoke of the budget for police. A vote comes in May.",
    'Neighbors met officers in the park. "It was good to talk," said Ana Ray.',
    "A boy was missing for a day. Officers found him near the river.",
)
COURT = (
    "A jury heard testimony in the trial. The judge spoke to the lawyers about the verdict.",
    "The lawsuit goes to court. Attorneys for the family want a hearing, and the judge agreed.",
)
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")


def months_of(
    *, sizes=(80, 80, 80, 80), codes=25, sure=6.0, now=6.0, court=0.0, wrong=0.0, outlet="", seed=1
):
    """Make months alike, and the last with another certainty, other stories or more mistakes."""
    rng = np.random.default_rng(seed)
    month = np.repeat(MONTHS, sizes)
    last = month == MONTHS[-1]
    chances = np.array([rng.dirichlet((1, now if here else sure, 0.5)) for here in last])
    pick = rng.random(len(month)) < court * last
    texts = [
        " ".join(rng.choice(COURT if one else USUAL, 2, replace=False)) for one in pick.tolist()
    ]
    weight, right = np.full(len(month), np.nan), np.full(len(month), np.nan)
    for each in MONTHS:
        rows = np.flatnonzero(month == each)
        drawn = rng.choice(rows, min(codes, len(rows)), replace=False)
        weight[drawn] = len(rows) / max(len(drawn), 1)
        right[drawn] = rng.random(len(drawn)) >= (wrong if each == MONTHS[-1] else 0.1)
    return DriftArticles(
        month=month,
        outlet=np.where(last & (rng.random(len(month)) < 0.5) & bool(outlet), outlet, "Courier"),
        chances=chances,
        compared=np.ones(len(month), dtype=bool),
        weight=weight,
        right=right,
        kinds=story_kinds([""] * len(texts), texts),
        text=np.ones(len(month), dtype=bool),
    )


def last_of(**how):
    return model_drift(months_of(**how), months=MONTHS)[-1]


def test_a_month_like_the_others_is_left_alone():
    found = model_drift(months_of(wrong=0.1), months=MONTHS)
    assert [each.verdict for each in found] == ["as before"] * 4
    assert [each.whence for each in found] == [OTHERS, OTHERS, EARLIER, EARLIER]
    assert found[-1].n_before == 75
    assert found[0].n_before == 50


def test_a_less_certain_model_is_said_so():
    found = last_of(now=0.8, wrong=0.1)
    assert found.found == (CONFIDENCE,)
    assert found.sure < found.sure_before - 0.1
    assert what_drifted(found) == "the model is less sure than on the articles that people coded"


def test_a_month_of_court_stories_is_said_so():
    found = last_of(court=0.6, wrong=0.1)
    assert found.found == (KIND,)
    assert "courts" in list(found.named)[:3]
    told = what_drifted(found)
    assert told.startswith("the stories are of another kind than the articles that people coded (")
    assert "more about courts and lawsuits" in told


def test_more_mistakes_than_before_are_said_so():
    found = last_of(wrong=0.6)
    assert found.found == (AGREEMENT,)
    assert found.right_of == 25
    assert "gives the tone that people give less often than before" in what_drifted(found)
    assert f"{100 * found.right:.0f}% of 25 codes" in what_drifted(found)
    assert "%" not in what_drifted(found, public=True)


def test_a_new_outlet_is_named_but_not_to_the_public():
    found = replace(last_of(outlet="Gazette", court=0.6, wrong=0.1), verdict="drifted")
    assert found.new_outlets == ("Gazette",)
    assert "nothing of Gazette was coded before" in what_drifted(found)
    assert "Gazette" not in caution(found)


def test_an_outlet_that_was_coded_before_or_is_small_is_not_new():
    assert last_of(court=0.6, wrong=0.1).new_outlets == ()
    articles = months_of(outlet="Gazette")
    few = np.where(np.cumsum(articles.outlet == "Gazette") <= 4, articles.outlet, "Courier")
    assert model_drift(replace(articles, outlet=few), months=MONTHS)[-1].new_outlets == ()


def test_a_small_month_says_that_it_is_too_few():
    found = last_of(sizes=(80, 80, 80, 29), codes=9, now=0.1, court=1.0)
    assert found.verdict == "too few"
    assert np.isnan(found.confidence_p)
    told = sentence(found, articles=29, coded=9)
    assert told == "2026-04: 29 stories are too few to tell (30 are needed)."


def test_without_codes_there_is_nothing_to_compare_with():
    found = last_of(codes=0)
    assert found.verdict == "nothing coded"
    assert "Code 25 articles of this month: outcomes media draw-sample" in sentence(
        found, articles=80, coded=0
    )


def test_without_codes_the_models_own_check_is_compared_with():
    usual, other = months_of(seed=2), months_of(now=0.8, court=0.6, codes=0)
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(USUAL, 2, replace=False)) for _ in usual.month]
    before = usual.month != MONTHS[-1]
    summary = summary_of_check(
        usual.chances[before],
        titles=[""] * int(before.sum()),
        texts=[text for text, one in zip(texts, before, strict=True) if one],
    )
    check = checked_on({"checked_on": summary})
    found = model_drift(other, months=MONTHS, check=check)
    assert [each.whence for each in found] == [OWN_CHECK] * 4
    assert [each.verdict for each in found] == [*["as before"] * 3, "drifted"]
    assert found[-1].found == (CONFIDENCE, KIND)
    assert "on which the model was checked when it was made" in what_drifted(found[-1])


def test_a_summary_of_the_check_holds_no_text_and_is_read_back():
    chances = np.array([[0.72, 0.18, 0.1], [0.0, 1.0, 0.0], [0.0, 0.97, 0.03]])
    summary = summary_of_check(chances, titles=["A title"] * 3, texts=["Police came."] * 3)
    assert summary["articles"] == 3
    assert summary["said"] == [[0, 0, 2], [7, 1, 1]]
    assert "Police" not in str(summary)
    back = checked_on({"checked_on": summary})
    assert back is not None
    assert back.chances == pytest.approx(np.array([[0, 1, 0], [0, 1, 0], [0.7, 0.2, 0.1]]))


@pytest.mark.parametrize(
    "card", [{}, {"checked_on": 3}, {"checked_on": {"said": [[0, 0, 2]], "kinds": {"length": [1]}}}]
)
def test_a_model_that_says_nothing_of_its_check_is_no_reference(card):
    assert checked_on(card) is None


def test_articles_whose_text_was_let_go_are_judged_by_what_the_model_said():
    articles = months_of(now=0.8, court=0.6, wrong=0.1)
    gone = np.zeros(len(articles.month), dtype=bool)
    none = articles.kinds.of(np.flatnonzero(gone))
    found = model_drift(replace(articles, text=gone, kinds=none), months=MONTHS)[-1]
    assert found.found == (CONFIDENCE,)
    assert np.isnan(found.kind_p)


def test_kinds_go_with_their_articles_where_some_texts_are_gone():
    articles = months_of(court=0.6, wrong=0.1)
    kept = np.arange(len(articles.month)) % 8 != 3
    part = replace(articles, text=kept, kinds=articles.kinds.of(np.flatnonzero(kept)))
    found = model_drift(part, months=MONTHS)
    assert found[-1].found == (KIND,)
    assert [each.verdict for each in found[:-1]] == ["as before"] * 3


def test_codes_count_by_how_many_articles_they_stand_for():
    """Of earlier months the unsure articles were coded four times as often."""
    rng, found = np.random.default_rng(5), []
    for weighed in (True, False):
        articles = months_of(codes=0, sizes=(150, 150, 150, 150), sure=1.5, now=1.5, seed=9)
        chance = np.where(articles.chances.max(axis=1) < 0.6, 0.6, 0.1)
        drawn = rng.random(len(chance)) < chance
        weight = np.where(drawn, 1 / chance if weighed else 1.0, np.nan)
        found.append(model_drift(replace(articles, weight=weight), months=MONTHS)[-1])
    assert found[0].confidence_p > FALSE_ALARM > found[1].confidence_p


def test_a_month_must_differ_more_than_ordinary_months_do():
    """Months that all differ from each other are what is usual here."""
    rng = np.random.default_rng(6)
    months = [f"2026-{number:02d}" for number in range(1, 13)]
    month = np.repeat(months, 60)
    level = {each: rng.uniform(0.5, 8) for each in months}
    chances = np.array([rng.dirichlet((1, level[each], 0.5)) for each in month])
    coded = np.arange(len(month)) % 60 < 15
    usual = months_of()
    articles = replace(
        usual,
        month=month,
        outlet=np.full(len(month), "Courier"),
        chances=chances,
        compared=np.ones(len(month), dtype=bool),
        weight=np.where(coded, 4.0, np.nan),
        right=np.full(len(month), np.nan),
        kinds=usual.kinds.of(np.array([], dtype=np.int64)),
        text=np.zeros(len(month), dtype=bool),
    )
    found = model_drift(articles, months=months)
    unlikely = [each for each in found if each.confidence_p <= FALSE_ALARM]
    told = [each for each in found if each.verdict == "drifted"]
    assert len(told) < len(unlikely)


def test_only_the_months_asked_for_are_judged():
    found = model_drift(months_of(court=0.6), months=MONTHS[-1:])
    assert [each.month for each in found] == [MONTHS[-1]]


def drifted(**more):
    start = MonthDrift(month="2026-04", n=80, n_coded=25, found=(CONFIDENCE,), verdict="drifted")
    return replace(start, sure=0.6, sure_before=0.8, tones=(0.1, -0.1, 0.0), needed=60, **more)


def test_the_sentence_says_what_to_do():
    assert sentence(drifted(), articles=120, coded=25) == (
        "2026-04: the model is less sure than on the articles that people coded. 25 of its 120 "
        "articles are coded, and 60 are needed for the month to speak for itself. Code 35 articles "
        "of this month: outcomes media draw-sample drift-2026-04 --month 2026-04 --per-month 35 "
        "--coders NAMES"
    )


def test_a_month_with_codes_enough_asks_for_nothing_and_warns_of_nothing():
    found = replace(drifted(), verdict="drifted, coded")
    assert sentence(found, articles=120, coded=61).endswith(
        "61 of its 120 articles are coded, which is enough."
    )
    assert caution(found) == ""


@pytest.mark.parametrize(
    ("sure", "tones", "said"),
    [
        (0.9, (0.0, 0.0, 0.0), "the model is surer"),
        (0.8, (0.2, -0.15, -0.05), "the model calls more articles negative"),
        (0.8, (0.1, -0.15, 0.05), "the model calls fewer articles neutral"),
    ],
)
def test_how_certainty_changed_is_told_in_plain_words(sure, tones, said):
    assert what_drifted(replace(drifted(), sure=sure, tones=tones)).startswith(said)


def test_a_caution_holds_no_count():
    told = caution(drifted(new_outlets=("Gazette",)))
    assert told == (
        "the model is less sure than on the articles that people coded, and too few of its "
        "articles are coded yet"
    )
    assert not any(letter.isdigit() for letter in told)


def test_a_larger_month_asks_for_as_many_codes_as_the_plan_says():
    usual = Corpus()
    few, many = codes_for_month(40, usual), codes_for_month(400, usual)
    assert few <= 40
    assert few < many <= 100
    assert codes_for_month(8, usual) == 8
