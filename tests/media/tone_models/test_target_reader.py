"""The model that reads an article sentence by sentence."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from outcomes.media.lexicon import ArticleTone
from outcomes.media.tone_models.model_folder import read_model_folder
from outcomes.media.tone_models.target_reader import TargetReader

TINY = Path(__file__).parents[1] / "tiny_tone_model"
ARTICLES = [
    ("Officer accused", "The officer was accused on Monday. The fair was open."),
    ("Officers praised", "Neighbors praised the police officers. It rained."),
    ("Man shot, police say", "A man was shot, police said."),
    ("Bake sale", "The bakery sold eighty loaves."),
    ("", "Police closed the road. Officers were praised. An officer was accused."),
]


@pytest.fixture(scope="module")
def reader() -> TargetReader:
    return TargetReader(read_model_folder(TINY))


def read(reader: TargetReader, articles: list[tuple[str, str]]) -> list[ArticleTone]:
    return reader.classify([title for title, _ in articles], [text for _, text in articles])


def test_the_name_holds_the_version(reader: TargetReader):
    assert reader.name == "tiny 1"


def test_blame_credit_and_mere_sources_are_told_apart(reader: TargetReader):
    blamed, praised, source, other, _ = read(reader, ARTICLES)
    assert (blamed.tone, praised.tone, source.tone) == (-1, 1, 0)
    assert (other.relevant, other.tone, other.deciding) == (False, None, ())


def test_probabilities_add_up(reader: TargetReader):
    for verdict in read(reader, ARTICLES):
        if verdict.probabilities is not None:
            assert sum(verdict.probabilities) == pytest.approx(1)


def test_what_decided_stands_first_with_its_leaning(reader: TargetReader):
    verdict = read(reader, ARTICLES)[-1]
    assert len(verdict.deciding) == len(verdict.leanings) == 3
    assert {verdict.deciding[0].text, verdict.deciding[1].text} == {
        "Officers were praised.",
        "An officer was accused.",
    }
    for sentence, leaning in zip(verdict.deciding, verdict.leanings, strict=True):
        if "accused" in sentence.text:
            assert np.argmax(leaning) == 0
        if "praised" in sentence.text:
            assert np.argmax(leaning) == 2


def test_at_most_three_sentences_are_said_to_have_decided(reader: TargetReader):
    text = "The officer was accused. " * 8
    (verdict,) = read(reader, [("", text)])
    assert len(verdict.deciding) == 3


def test_police_as_a_mere_source_are_shown_as_neutral(reader: TargetReader):
    verdict = read(reader, ARTICLES)[2]
    assert verdict.deciding[0].text == "Man shot, police say"
    assert set(verdict.leanings) == {(0.0, 1.0, 0.0)}


def test_an_article_is_read_the_same_alone_and_among_others(reader: TargetReader):
    together = read(reader, ARTICLES * 3)
    alone = [read(reader, [article])[0] for article in ARTICLES]
    assert together == alone * 3


def test_nothing_to_read_gives_nothing(reader: TargetReader):
    assert reader.classify([], []) == []
    assert reader.classify(["Bake sale"], [""])[0].relevant is False


def test_a_target_is_read_where_it_stands(reader: TargetReader):
    text = "Neighbors praised the officers."
    found = reader.classify_targets([text], [18], [30])
    assert found.shape == (1, 3)
    assert found[0].argmax() == 2


def test_a_reader_can_be_sent_to_another_process(reader: TargetReader):
    read(reader, ARTICLES)
    copy = pickle.loads(pickle.dumps(reader))
    assert read(copy, ARTICLES) == read(reader, ARTICLES)
