"""What the shipped model says of itself is measured again, and its card says the same."""

import json
from pathlib import Path

import pytest

from outcomes.media.tone_models.model_folder import read_model_folder, shipped_folder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training.article_briefs import briefs
from outcomes.media.tone_training.article_head_fit import fit_article_head
from outcomes.media.tone_training.held_out import tone_figures
from outcomes.media.tone_training.material import read_material, split_by_group

TONE = Path(__file__).parents[3] / "data" / "tone"
CARD = json.loads((shipped_folder() / "model.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def encoder():
    return TargetEncoder(read_model_folder(shipped_folder()))


@pytest.fixture(scope="module")
def held_out():
    rows = read_material(TONE / "sentences.jsonl").rows
    return split_by_group(rows, share=CARD["recipe"]["held_out"])[1]


def test_the_held_out_sentences_are_read_as_well_as_the_model_says(encoder, held_out):
    spans = ([r.text for r in held_out], [r.start for r in held_out], [r.end for r in held_out])
    found = tone_figures(held_out, encoder.probabilities(*spans))
    said = CARD["figures"]["held_out"]["sentences.jsonl"]
    assert found["rows"] == said["rows"]
    assert found["macro_f1"] == pytest.approx(said["macro_f1"], abs=0.004)  # another processor
    assert found["accuracy"] == pytest.approx(said["accuracy"], abs=0.004)


def test_police_who_begin_a_sentence_are_read_for_what_they_did(encoder):
    lines = Path(__file__).with_name("police_begin.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]  # 80, invented, toned before a model read them
    answers = []
    for who in ("Police", "The police", "Millbrook police", "State troopers"):
        texts = [row["text"].format(police=who) for row in rows]
        answers.append(encoder.probabilities(texts, [0] * len(rows), [len(who)] * len(rows)))
    right = answers[0].argmax(axis=1) - 1 == [row["tone"] for row in rows]
    assert len(rows) == 80
    assert right.mean() >= 0.80  # .825; as plain "Police" it was .775
    assert all((each == answers[0]).all() for each in answers)


def test_articles_that_were_kept_out_are_read_as_well_as_the_model_says(encoder, held_out):
    articles = read_material(TONE / "articles.jsonl").articles
    learned = fit_article_head(articles, encoder, briefs=briefs(held_out), seed=0)
    for kind, said in CARD["article"]["cross_validated"].items():
        assert learned.figures[kind]["n"] == said["n"]
        for name in ("accuracy", "macro_f1_weighed", "negative_f1_weighed"):
            assert learned.figures[kind][name] == pytest.approx(said[name], abs=0.02), name


def test_the_card_tells_the_version_and_the_figures_of_the_model():
    card = (shipped_folder() / "card.md").read_text("utf-8")
    assert f"# Model card: {CARD['name']} {CARD['version']}\n" in card
    for said in CARD["figures"]["held_out"].values():
        assert f"{said['macro_f1']:.3f} ({said['macro_f1_low']:.3f}" in card
    assert CARD["blinded"]
    assert "It does not get to read them: where law enforcement is judged, origin" in card
    for said in CARD["article"]["cross_validated"].values():
        assert f"{said['accuracy']:.3f} ({said['accuracy_weighed']:.3f})" in card
