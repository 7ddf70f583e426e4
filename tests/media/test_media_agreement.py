"""How well made-up coders agree, who leans which way, and who changes."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from outcomes.media.agreement import (
    COLUMNS,
    RELEVANCE,
    TONE,
    agreement_table,
    coded_twice,
    reading_of_alpha,
)
from outcomes.media.agreement_words import (
    WHAT_ALPHA_MEANS,
    agreement_sentences,
    agreement_warning_of,
)
from outcomes.media.coder_drift import coders_table, compared_codes, months_table
from outcomes.media.coder_pairs import (
    ANSWERS,
    CONFUSION_COLUMNS,
    PAIR_COLUMNS,
    coder_letters,
    confusion_table,
    pairs_table,
)
from outcomes.stats.krippendorff_alpha import krippendorff_alpha
from outcomes.stats.resampled_units import Resampling

FEW_DRAWS = Resampling(draws=200)
FIRST = date(2025, 1, 6)


def code(url, coder, answer, *, day=None, **more):
    """One code; the answer is -1, 0, 1, or None where it is not about law enforcement."""
    return {
        "url": str(url),
        "coder": coder,
        "relevant": int(answer is not None),
        "tone": np.nan if answer is None else answer,
        "coded_on": "" if day is None else (FIRST + timedelta(days=int(day))).isoformat(),
        **more,
    }


def table(*codes):
    return pd.DataFrame(list(codes))


def both(answers, *, coders=("ann", "bob")):
    """Articles that two coders coded: pairs of answers."""
    return table(
        *(
            code(url, coder, answer)
            for url, pair in enumerate(answers)
            for coder, answer in zip(coders, pair, strict=True)
        )
    )


USUAL = [(-1, -1)] * 8 + [(0, 0)] * 24 + [(1, 1)] * 5 + [(None, None)] * 8 + [(0, -1), (None, 0)]


def value(found, question, statistic, *, level="", category=""):
    row = found[
        (found["question"] == question)
        & (found["statistic"] == statistic)
        & (found["level"] == level)
        & (found["category"] == category)
    ]
    assert len(row) == 1
    return row.iloc[0]


def test_tone_is_compared_only_where_both_call_the_article_relevant():
    found = agreement_table(both(USUAL), resampling=FEW_DRAWS)
    assert tuple(found.columns) == COLUMNS
    tone = value(found, TONE, "alpha", level="nominal")
    pairs = np.array([pair for pair in USUAL if None not in pair], dtype=float)
    assert tone["value"] == pytest.approx(krippendorff_alpha(pairs, term="t").value)
    assert (tone["articles"], tone["coders"]) == (38, 2)
    relevance = value(found, RELEVANCE, "percent agreement")
    assert (relevance["value"], relevance["articles"]) == (pytest.approx(46 / 47), 47)


def test_each_category_says_how_often_another_coder_says_it_too():
    found = agreement_table(both(USUAL), resampling=FEW_DRAWS)
    negative = value(found, TONE, "agreement on this category", category="negative")
    assert negative["value"] == pytest.approx(16 / 17)
    assert negative["reading"].startswith(
        "Where one coder says negative, another says so too for 9"
    )


def test_only_the_scale_asked_for_is_computed():
    found = agreement_table(both(USUAL), scales=["ordinal"], resampling=FEW_DRAWS)
    of_tone = found[(found["question"] == TONE) & (found["level"] != "")]
    assert list(of_tone["statistic"]) == ["alpha", "AC2"]
    assert set(of_tone["level"]) == {"ordinal"}


def test_a_statistic_that_cannot_be_computed_says_why_in_its_row():
    found = agreement_table(both([(0, 0)] * 25), resampling=FEW_DRAWS)
    alpha = value(found, TONE, "alpha", level="nominal")
    assert np.isnan(alpha["value"])
    assert alpha["reading"] == (
        "All coders gave the same code to everything: agreement is complete, alpha cannot be "
        "computed."
    )
    assert value(found, TONE, "AC1", level="nominal")["value"] == 1
    assert "nobody gave the code -1" in found["reading"].str.lower().str.cat()


def test_a_code_given_again_counts_once_and_the_last_time():
    codes = table(code(1, "ann", 0), code(1, "bob", -1), code(1, "ann", -1))
    found = coded_twice(codes, TONE)
    assert found.codes.loc["1"].tolist() == [-1, -1]


def test_sampling_probabilities_weigh_the_articles():
    codes = both(USUAL).assign(probability=1.0)
    codes.loc[codes["url"] == "45", "probability"] = 0.1  # the one in dispute stands for ten
    plain = agreement_table(both(USUAL), resampling=FEW_DRAWS)
    weighed = agreement_table(codes, resampling=FEW_DRAWS)
    name = {"question": TONE, "statistic": "percent agreement"}
    assert value(weighed, **name)["value"] == pytest.approx(37 / 47)
    assert value(plain, **name)["value"] == pytest.approx(37 / 38)


def test_three_coders_make_three_pairs_and_letters_stand_for_names():
    codes = pd.concat([both(USUAL), both(USUAL, coders=("ann", "cy"))]).drop_duplicates()
    found = pairs_table(codes, resampling=FEW_DRAWS)
    assert tuple(found.columns) == PAIR_COLUMNS
    assert found["pair"].tolist() == ["A and B", "A and C", "B and C"]
    assert found["articles"].tolist() == [47, 47, 47]
    assert coder_letters(codes) == {"ann": "A", "bob": "B", "cy": "C"}
    assert len(coder_letters(table(*(code(1, f"c{n:02}", 0) for n in range(30))))) == 30


def test_a_coder_who_sees_more_as_negative_is_named_and_no_one_else_is():
    leaning = [(0, -1)] * 12 + [(1, 0)] * 3 + [(0, 1)] + [(0, 0)] * 20 + [(None, 0)] * 6
    (row,) = pairs_table(both(leaning), resampling=FEW_DRAWS).to_dict("records")
    assert (row["more_negative_1"], row["more_negative_2"]) == (1, 15)
    assert row["p"] == pytest.approx(2 * 17 / 2**16)  # sign test: 1 or fewer of 16, twice
    assert row["reading"].startswith("bob sees more as negative: on 15 of the 16 articles")
    even = [(0, -1)] * 5 + [(-1, 0)] * 4 + [(0, 0)] * 20
    (row,) = pairs_table(both(even), resampling=FEW_DRAWS).to_dict("records")
    assert "neither is proven to see more as negative" in row["reading"]
    (row,) = pairs_table(both([(0, 0), (-1, -1)]), resampling=FEW_DRAWS).to_dict("records")
    assert row["reading"] == "They never differ in tone. Only 2 articles were compared."


def test_with_several_pairs_a_lean_must_be_clearer_to_count():
    leaning = [(0, -1)] * 6 + [(0, 0)] * 20  # p is 1 in 32 for each of two pairs
    codes = pd.concat([both(leaning), both([(0, 0)] * 26, coders=("cy", "dee"))])
    found = pairs_table(codes, resampling=FEW_DRAWS).set_index("pair")
    assert found.loc["A and B", "p"] == found.loc["B and C", "p"] == 1 / 32
    assert found.loc["A and B", "p_adjusted"] == 6 / 32  # of six pairs
    assert "neither is proven" in found.loc["A and B", "reading"]


def test_the_tests_of_drift_allow_for_how_many_they_are():
    codes = drifting(coders=("ann", "bob", "cy"), from_day=60)
    found = coders_table(codes, compared_codes(codes))
    plain = found[["p_same", "p_lean"]].to_numpy()
    adjusted = found[["p_same_adjusted", "p_lean_adjusted"]].to_numpy()
    np.testing.assert_allclose(adjusted.min(), plain.min() * 6)
    assert (adjusted >= plain).all()


def test_a_pair_that_never_agrees_on_relevance_has_no_tone_to_compare():
    (row,) = pairs_table(both([(0, None), (None, 1)]), resampling=FEW_DRAWS).to_dict("records")
    assert row["tone_articles"] == 0
    assert np.isnan([row["tone_same"], row["tone_alpha"], row["tone_alpha_ordinal"]]).all()


def test_the_confusion_table_counts_every_two_answers_zeros_included():
    found = confusion_table(both(USUAL))
    assert tuple(found.columns) == CONFUSION_COLUMNS
    assert len(found) == len(ANSWERS) ** 2
    counts = found.set_index(["code_1", "code_2"])["articles"]
    assert counts["neutral", "negative"] == 1
    assert counts["not about law enforcement", "neutral"] == 1
    assert counts["positive", "negative"] == 0
    assert counts.sum() == len(USUAL)


def drifting(*, coders, from_day, seed=1):
    """Coders of 120 articles, of whom bob calls half of the neutral ones negative after a day."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(120):
        truth = rng.choice([-1, 0, 1], p=[0.2, 0.7, 0.1])
        for coder in coders:
            answer = truth if rng.random() > 0.05 else rng.choice([-1, 0, 1])
            if coder == "bob" and number >= from_day and answer == 0 and rng.random() < 0.5:
                answer = -1
            rows.append(code(number, coder, int(answer), day=number))
    return table(*rows)


def test_a_coder_who_changes_is_found_among_three_and_the_others_are_not():
    codes = drifting(coders=("ann", "bob", "cy"), from_day=60)
    found = coders_table(codes, compared_codes(codes)).set_index("coder")
    bob = found.loc["bob"]
    assert "sees more as negative, compared with the others, than before" in bob["reading"]
    assert "which of the two changed" not in bob["reading"]
    assert abs((date.fromisoformat(bob["lean_from"]) - FIRST).days - 60) < 15
    assert bob["lean_after"] < bob["lean_before"] - 0.2
    assert found.loc["ann", "reading"].startswith("No drift is proven.")
    assert found.loc["cy", "reading"].startswith("No drift is proven.")


def test_with_two_coders_nobody_can_tell_which_of_them_changed():
    codes = drifting(coders=("ann", "bob"), from_day=60)
    found = coders_table(codes, compared_codes(codes))
    assert found["reading"].str.contains("which of the two changed cannot be told").all()


def test_settled_disagreements_tell_which_of_two_coders_changed():
    codes = drifting(coders=("ann", "bob", "truth"), from_day=60)
    settled, codes = codes[codes["coder"] == "truth"], codes[codes["coder"] != "truth"]
    found = coders_table(codes, compared_codes(codes, settled)).set_index("coder")
    assert "sees more as negative" in found.loc["bob", "reading"]
    assert found.loc["ann", "reading"].startswith("No drift is proven.")
    assert (found["compared_with_one"] == 0).all()


def test_steady_coders_seldom_seem_to_drift():
    seeming = 0
    for seed in range(10):
        codes = drifting(coders=("ann", "cy"), from_day=999, seed=seed)
        readings = coders_table(codes, compared_codes(codes))["reading"]
        seeming += not readings.str.startswith("No drift is proven").all()
    assert seeming <= 2  # one in twenty is expected


def test_too_few_codes_or_unknown_days_are_said_to_tell_nothing():
    few = both(USUAL[:10])
    readings = coders_table(few, compared_codes(few))["reading"]
    assert readings.str.contains("10 codes can be compared .* too few to tell").all()
    undated = both(USUAL)
    readings = coders_table(undated, compared_codes(undated))["reading"]
    assert readings.str.contains("not known, or it was a single day").all()
    assert months_table(compared_codes(undated)).empty


def test_months_of_a_coder_stand_one_below_the_other():
    codes = drifting(coders=("ann", "bob"), from_day=60)
    found = months_table(compared_codes(codes))
    bob = found[found["coder"] == "bob"].set_index("month")
    assert bob.index.tolist() == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
    assert bob.loc["2025-04", "lean"] < bob.loc["2025-01", "lean"]
    assert bob.loc["2025-01", "compared"] == 26


def test_others_who_are_divided_evenly_are_nothing_to_compare_with():
    codes = table(code(1, "ann", 0), code(1, "bob", -1), code(1, "cy", 0))
    found = compared_codes(codes).set_index("coder")
    assert found.index.tolist() == ["bob"]  # ann and cy each face one neutral and one negative
    assert found.loc["bob", "lean"] == -1


def test_good_agreement_needs_no_warning():
    assert agreement_warning_of(both(USUAL)) == ""


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (table(code(1, "ann", 0), code(2, "bob", -1)), "no article was coded by two people"),
        (both([(0, 0), (-1, -1)] * 9 + [(None, None)] * 9), "coded the same 18 articles about law"),
        (
            both([(0, 0)] + [(None, None)] * 30),
            "coded the same 1 article about law enforcement, and at least 20",
        ),
        (both([(0, 0)] * 25), "gave the same tone to each of the 25 articles"),
        (both([(0, 0)] * 20 + [(-1, 0)] * 6 + [(-1, -1)] * 4), "agree too little on tone"),
        (
            both(USUAL + [(None, 0)] * 6 + [(0, None)] * 6),
            "agree too little on which articles are about law enforcement",
        ),
    ],
)
def test_agreement_that_is_low_or_unknown_is_warned_of(codes, sentence):
    warning = agreement_warning_of(codes)
    assert sentence in warning
    assert "; " not in warning  # it becomes a warning of estimates
    assert warning.endswith(".")


def test_a_warning_never_shows_an_alpha_that_seems_to_reach_the_limit():
    # alpha is 0.66698...: rounded it would be 0.667
    rng = np.random.default_rng(1)
    for _ in range(3000):
        n = rng.integers(3, 40, 4)
        pairs = [(0, 0)] * n[0] + [(-1, -1)] * n[1] + [(0, -1)] * n[2] + [(1, 1)] * n[3]
        alpha = krippendorff_alpha(np.array(pairs), term="t", resampling=Resampling(draws=100))
        if 0.6665 <= alpha.value < 0.667:
            break
    else:
        pytest.fail("no table with such an alpha was found")
    assert "alpha of 0.666 " in agreement_warning_of(both(pairs))


def test_low_agreement_on_relevance_is_explained_where_nearly_everything_is_relevant():
    codes = both([(0, 0)] * 40 + [(-1, -1)] * 20 + [(None, 0), (0, None)])
    warning = agreement_warning_of(codes)
    assert "They do say the same of 97 of 100 articles: nearly all have one answer" in warning
    even = both([(0, 0)] * 15 + [(-1, -1)] * 10 + [(None, None)] * 20 + [(None, 0)] * 15)
    assert "nearly all have one answer" not in agreement_warning_of(even)


@pytest.mark.parametrize(
    ("alpha", "word"), [(0.8, "good"), (0.79, "fair"), (0.667, "fair"), (0.66, "too low")]
)
def test_alpha_is_read_by_the_usual_limits(alpha, word):
    assert reading_of_alpha(alpha).startswith(word)


def sentences(codes):
    pairs, confusion = pairs_table(codes, resampling=FEW_DRAWS), confusion_table(codes)
    coders = coders_table(codes, compared_codes(codes))
    found = agreement_sentences(codes, pairs=pairs, confusion=confusion, coders=coders)
    return " ".join(found)


def test_the_words_say_how_many_more_articles_are_needed():
    assert "2 people, 12 of them by two or more" in sentences(both(USUAL[:12]))
    assert "at least 20 articles that two people coded: 8 more" in sentences(both(USUAL[:12]))
    assert "at least 20" not in sentences(both(USUAL))


def test_the_words_name_what_is_most_often_taken_for_what_and_two_versions_of_the_codebook():
    codes = both(USUAL + [(-1, 0)] * 3).assign(codebook="1")
    assert "Of 5 disagreements, 4 are between negative and neutral" in sentences(codes)
    assert "versions" not in sentences(codes)
    codes.loc[3, "codebook"] = "2"
    assert "different versions of the codebook (1, 2)" in sentences(codes)


def test_what_alpha_means_is_said_without_terms_of_statistics():
    for term in ("coefficient", "bootstrap", "nominal", "variance", "null", "significan"):
        assert term not in WHAT_ALPHA_MEANS.lower()
    assert "0.667" in WHAT_ALPHA_MEANS
