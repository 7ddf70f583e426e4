"""News of one sentence is made of held-out sentences, and the head learns from it."""

import numpy as np
import pytest

from outcomes.media.classify import find_model
from outcomes.media.tone_training.article_briefs import briefs
from outcomes.media.tone_training.article_head_fit import fit_article_head
from outcomes.media.tone_training.material import TargetRow, TonedArticle

ACCUSED = "Police officers in Tern were accused of beating a man."


def _row(text, target, *, tone=-1):
    start = text.index(target)
    end = start + len(target)
    return TargetRow(text=text, start=start, end=end, tone=tone, group="g", source="own")


def test_a_sentence_about_the_police_becomes_an_article_of_its_tone():
    (one,) = briefs([_row(ACCUSED, "Police officers")])
    assert (one.title, one.text, one.tone, one.group) == ("", ACCUSED, -1, "g")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (ACCUSED, "a man"),  # another is judged than the police
        ("The mayor lied to the council about the bridge.", "The mayor"),  # no police
        ("Police lied. The sheriff lied too, a judge said.", "Police"),  # two sentences
    ],
)
def test_what_would_teach_something_else_is_left_out(text, target):
    assert briefs([_row(text, target)]) == []


def test_heads_learn_what_one_sentence_tells_and_say_how_well():
    class Reads:
        def probabilities(self, texts, starts, ends):
            return np.array([[0.7, 0.2, 0.1] if "accused" in t else [0.1, 0.8, 0.1] for t in texts])

    quiet = "Police officers in Tern closed the road number {}."
    long = [
        TonedArticle(
            title="", text=f"{ACCUSED} {'The bridge was shut. ' * 9}", tone=t, group=f"{t} {n}"
        )
        for n in range(12)
        for t in (-1, 0, 1)
    ]
    short = [
        *(TonedArticle(title="", text=ACCUSED, tone=-1, group=f"a{n}") for n in range(30)),
        *(TonedArticle(title="", text=quiet.format(n), tone=0, group=f"q{n}") for n in range(30)),
    ]
    without, learned = (
        fit_article_head(long, Reads()),
        fit_article_head(long, Reads(), briefs=short),
    )
    assert set(without.figures) == {"articles"}
    assert learned.figures["briefs"]["n"] == 60
    assert learned.figures["briefs"]["accuracy"] > 0.95
    assert learned.figures["articles"]["n"] == 36


def test_the_shipped_model_reads_an_accusation_of_one_sentence_as_negative():
    said = (
        "An officer used excessive force, according to a lawsuit against the police.",
        "A jury found that a Marlow officer beat a man without cause and awarded damages.",
    )
    found = find_model("tone-small").classify(["Title 1"] * 2, list(said))
    assert [each.tone for each in found] == [-1, -1]
