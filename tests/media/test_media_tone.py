"""Relevance, the first models of tone, and the shares that human codes make."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError, FileError
from outcomes.media.classify import MODELS, classify, classify_targets
from outcomes.media.coded import prepare_coded
from outcomes.media.lexicon import Lexicon, ordered_probabilities, read_tone_words
from outcomes.media.relevance import find_law_enforcement, split_sentences
from outcomes.media.sample import coding_sheet, draw_sample
from outcomes.media.tone import (
    UNCORRECTED,
    model_accuracy,
    monthly_shares,
    share_by_scope,
    share_table,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Police said the road was closed.",
        "The sheriff's office released a statement.",
        "Two deputies and a trooper came.",
        "Officers responded to Canal Street at 6:15 a.m.",
        "We walked with Officer Quill on Sunday.",
        "FBI agents searched the warehouse.",
        "A detective called her back.",
        "Sgt. Owen Pratt declined to comment.",
        "Law-enforcement agencies met on Monday.",
    ],
)
def test_law_enforcement_is_found(sentence: str):
    assert [found.text for found in find_law_enforcement(sentence)] == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "The loan officer approved her request.",
        "A correctional officer and a probation officer testified.",
        "The club's new officers were elected on Tuesday.",
        "Chief Executive Officer Brent Sayles apologized.",
        "Prosecutors asked the court for a new date.",
        "The county jail is full.",
        "The policy and the policies were changed.",
        "The deputy mayor opened the fair.",
        "Fire Chief Ana Ruiz said the cause is unknown.",
        "He never read a detective novel.",
        "It is an arresting photograph.",
    ],
)
def test_what_only_sounds_like_police_is_not(sentence: str):
    assert find_law_enforcement(sentence) == ()


def test_a_title_alone_makes_an_article_relevant():
    (found,) = find_law_enforcement("It was late.", title="Police close Mill Road")
    assert found.part == "title"


def test_spans_point_into_the_text():
    text = (
        "It rained at 5 p.m. on St. Mary Ave.\nThen Lt. Greg Salazar of the police spoke. He left."
    )
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
    (found,) = find_law_enforcement(text)
    assert found.text == "Then Lt. Greg Salazar of the police spoke."


def one(title: str, text: str, model: str = "lexicon") -> pd.Series:
    table = pd.DataFrame([{"id": "a", "title": title, "text": text}])
    return classify(table, model=model).iloc[0]


def test_a_grim_event_is_not_negative_about_the_police():
    grim = "Police said a man was shot and killed on Weaver Street. No suspect has been arrested."
    assert one("Man killed in shooting, police say", grim)["tone"] == 0
    assert one("Man killed in shooting, police say", grim, model="vader-article")["tone"] == -1


def test_misconduct_is_negative_and_rescue_is_positive():
    bad = "An officer used excessive force, according to a lawsuit against the police department."
    good = "Police officers were honored for rescuing a girl, and her mother thanked them."
    assert one("Lawsuit accuses officer of excessive force", bad)["tone"] == -1
    assert one("Officers praised for rescue", good)["tone"] == 1


def test_praise_of_others_in_an_article_without_police_is_not_relevant():
    found = one("Bake sale a success", "Everyone praised the heroes of the bake sale.")
    assert found["relevant"] == 0
    assert pd.isna(found["tone"])
    assert np.isnan(found["p_neutral"])


@pytest.mark.parametrize("model", list(MODELS))
def test_probabilities_add_up_and_agree_with_the_tone(model: str):
    texts = ["Police failed.", "Police said so.", "Police saved him. Thanks!", "Rain."]
    table = pd.DataFrame({"id": range(4), "title": "", "text": texts})
    found = classify(table, model=model)
    odds = found.loc[found["relevant"] == 1, ["p_negative", "p_neutral", "p_positive"]]
    assert odds.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-3)
    tones = found.loc[found["relevant"] == 1, "tone"].to_numpy(dtype=int)
    assert (odds.to_numpy().argmax(axis=1) - 1 == tones).all()
    assert found["id"].tolist() == [0, 1, 2, 3]


def test_the_likeliest_tone_changes_at_the_cut():
    for cut, softness in ((0.05, 0.04), (0.1, 0.08)):
        below = ordered_probabilities(cut - 1e-6, cut=cut, softness=softness)
        above = ordered_probabilities(cut + 1e-6, cut=cut, softness=softness)
        assert below[1] > below[2] or below[2] < 0.5
        assert above[2] >= max(above[:2])


def test_a_target_is_judged_by_the_words_around_it():
    text = "The mayor praised the officers " + "and so it went on and on " * 4 + "a corrupt clerk."
    start = text.index("officers")
    lines = pd.DataFrame([{"id": 1, "text": text, "from": start, "to": start + 8}])
    assert classify_targets(lines)["tone"].tolist() == [1]


def test_a_target_outside_its_text_is_refused():
    with pytest.raises(DataError, match="lies outside its text"):
        classify_targets(pd.DataFrame([{"id": "q7", "text": "abc", "from": 2, "to": 9}]))


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match="lexicon, vader-article"):
        classify(pd.DataFrame({"id": [1], "title": [""], "text": [""]}), model="gpt")


def test_a_star_inside_a_word_of_the_list_is_refused(tmp_path: Path):
    path = tmp_path / "words.toml"
    path.write_text(
        'version = "1"\ngeneral = 0.2\nnothing = []\n[[weighs]]\nweight = 1\nwords = ["a* b"]\n'
    )
    with pytest.raises(FileError, match="has a star inside"):
        read_tone_words(path)


def test_every_phrase_of_the_list_is_scored_and_ends():
    words = read_tone_words()
    model = Lexicon()
    for group in words.weighs:
        for word in group.words:
            score = model.score(f"The {word.removesuffix('*')}")
            assert np.sign(score) == np.sign(group.weight), word


def test_an_empty_table_gives_an_empty_one():
    assert classify(pd.DataFrame({"id": [], "title": [], "text": []})).empty


def archive(months: int = 2, size: int = 20) -> pd.DataFrame:
    month = np.repeat([f"2026-{m + 1:02d}" for m in range(months)], size)
    table = pd.DataFrame({"url": [f"u{k}" for k in range(len(month))], "month": month})
    return table.assign(outlet="C", published=month, title="t", text="x", relevant=1)


def test_a_sample_is_the_same_for_the_same_seed_and_keeps_its_probability():
    drawn = draw_sample(archive(), per_month=5, seed=3)
    assert drawn.equals(draw_sample(archive(), per_month=5, seed=3))
    assert drawn.groupby("month").size().tolist() == [5, 5]
    assert set(drawn["probability"]) == {0.25}


def test_a_small_month_is_coded_whole():
    drawn = draw_sample(archive(1, 4), per_month=10, seed=1)
    assert drawn["probability"].tolist() == [1.0] * 4


def test_articles_that_are_irrelevant_or_undated_are_never_drawn():
    table = archive(1, 20)
    table.loc[:9, "relevant"] = 0
    table.loc[10:14, "month"] = ""
    drawn = draw_sample(table, per_month=20, seed=1)
    assert drawn["url"].tolist() == ["u15", "u16", "u17", "u18", "u19"]


def test_every_article_has_the_same_chance():
    times = pd.concat([draw_sample(archive(1, 10), per_month=3, seed=seed) for seed in range(200)])
    counts = times["url"].value_counts()
    assert len(counts) == 10
    assert counts.between(35, 85).all()  # 60 expected, standard deviation 6.5


def test_the_coding_sheet_hides_the_model():
    sheet = coding_sheet(draw_sample(archive().assign(tone=-1), per_month=2, seed=1))
    assert set(sheet["tone"]) == {""}
    assert "p_negative" not in sheet


def test_a_sample_of_one_a_month_is_refused():
    with pytest.raises(DataError, match="two codes"):
        draw_sample(archive(), per_month=1, seed=1)


def coded(**changed: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "week": ["2026-W14"] * 10 + ["2026-W15"] * 4,
            "tone": [-1] * 5 + [0] * 5 + [1] * 4,
            "human_tone": [-1, 0, 0, 0, 1, np.nan, np.nan, np.nan, np.nan, np.nan] + [np.nan] * 4,
            "scope": ["local", "national"] * 7,
        }
    )
    return table.assign(**changed)


def test_shares_rest_on_human_codes_and_not_on_the_model():
    table, notes = prepare_coded(coded(), period="week")
    found = {each.measure: each for each in monthly_shares(table)}
    assert {name: each.value for name, each in found.items()} == pytest.approx(
        {"tone_negative": 0.2, "tone_neutral": 0.6, "tone_positive": 0.2}
    )
    assert {each.period for each in found.values()} == {"2026-W14"}
    assert all(each.place == "agency" and each.n == 5 for each in found.values())
    assert "simple random sample" in notes[0]


def test_a_period_without_codes_has_no_interval_and_says_why():
    table = share_table(prepare_coded(coded(), period="week")[0])
    bare = table[table["period"] == "2026-W15"]
    assert bare["low"].isna().all()
    assert set(bare["method"]) == {UNCORRECTED}
    assert bare["value"].tolist() == [0, 0, 1]
    known = table[table["period"] == "2026-W14"]
    assert known["low"].notna().all()
    assert known["model_count"].tolist() == [5, 5, 0]
    assert known["n_coded"].tolist() == [5, 5, 5]
    assert known["n"].tolist() == [10, 10, 10]


def test_an_article_that_people_call_irrelevant_leaves_the_share():
    human = [np.nan] * 14
    human[:5] = [0, 1, 1, 1, 1]
    tones = [np.nan, 0, 0, 0, 1] + [np.nan] * 9
    table, _ = prepare_coded(coded(human_tone=tones, human_relevant=human), period="week")
    shares = {each.measure: each.value for each in monthly_shares(table)}
    assert shares["tone_neutral"] == pytest.approx(0.75)


def test_local_and_national_outlets_have_shares_of_their_own():
    table, _ = prepare_coded(coded(), period="week")
    found = share_by_scope(table)
    assert [each.place for each in found] == ["local"] * 3 + ["national"] * 3
    assert {each.analysis for each in found} == {"tone by scope"}
    assert any("says nothing of 2026-W15" in warning for warning in found[0].warnings)


def test_the_accuracy_of_the_model_is_an_estimate_too():
    (found,) = model_accuracy(prepare_coded(coded(), period="week")[0], model="lexicon")
    assert found.value == pytest.approx(0.2)
    assert found.low < 0.2 < found.high


def test_codes_that_stand_for_too_few_articles_are_scaled_and_said():
    probability = [1.0] * 5 + [np.nan] * 9  # as if only these five had ever been collected
    table, _ = prepare_coded(coded(probability=probability), period="week")
    found = monthly_shares(table)[0]
    assert found.high > found.value
    assert any("5 of 10 articles" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tone": 5}, "row 2, column tone"),
        ({"human_tone": "bad"}, "row 2, column human_tone: 'bad' is not -1 or 0 or 1"),
        ({"probability": 2.0}, "above 0 and not above 1"),
        ({"human_relevant": 0.0}, "has a human_tone"),
        ({"human_relevant": 1.0}, "has no human_tone"),
        ({"probability": [0.5] + [np.nan] * 13}, "some have none"),
    ],
)
def test_a_coded_table_that_breaks_a_rule_is_refused(changed: dict[str, object], said: str):
    with pytest.raises(DataError, match=said):
        prepare_coded(coded(**changed), period="week")


def test_a_wrong_period_column_is_answered_with_the_columns():
    with pytest.raises(DataError, match="they have week, tone"):
        prepare_coded(coded(), period="month")


def test_monthly_intervals_cover_the_truth_of_a_simulated_archive():
    rng = np.random.default_rng(11)
    hit, seen = 0, 0
    for _ in range(40):
        truth = rng.choice([-1.0, 0.0, 1.0], p=[0.2, 0.7, 0.1], size=40)
        human = np.full(40, np.nan)
        drawn = rng.permutation(40)[:15]
        human[drawn] = truth[drawn]
        table, _ = prepare_coded(
            pd.DataFrame({"period": "2026-03", "tone": -1, "human_tone": human})
        )
        for each, tone in zip(monthly_shares(table), (-1, 0, 1), strict=True):
            hit += each.low - 1e-9 <= (truth == tone).mean() <= each.high + 1e-9
            seen += 1
    assert hit / seen >= 0.95
