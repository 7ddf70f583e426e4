"""A teacher labels what nobody did: police in the place of others, and police in articles."""

from dataclasses import replace

import pytest

from outcomes.media.tone_training.article_targets import article_targets
from outcomes.media.tone_training.material import Material, TargetRow, TonedArticle
from outcomes.media.tone_training.police_targets import police_targets, police_words
from outcomes.media.tone_training.recipe import read_recipe
from outcomes.media.tone_training.rows_to_teach import rows_to_teach
from outcomes.media.tone_training.training_order import TrainingOrder, part_rows


def row(text, target, tone=-1, group="g"):
    start = text.index(target)
    return TargetRow(
        text=text, start=start, end=start + len(target), tone=tone, group=group, source="mtsc"
    )


def put(text, target):
    """What stands there instead, over many seeds, with the rest of the sentence."""
    made = [police_targets([row(text, target)], most=1, seed=seed)[0] for seed in range(200)]
    assert {each.tone for each in made} == {0}
    return {each.text[each.start : each.end] for each in made}, {
        each.text[: each.start] + "_" + each.text[each.end :] for each in made
    }


BARE, WITH_THE = (set(some) for some in (police_words().bare, police_words().with_the))


def test_police_stand_in_the_place_of_a_target_and_the_rest_stays():
    who, rest = put("Voters blamed Smith for it.", "Smith")
    assert who <= BARE | {f"the {noun}" for noun in WITH_THE}
    assert len(who) > 20
    assert rest == {"Voters blamed _ for it."}


@pytest.mark.parametrize(
    "text", ["Smith lied.", "It ended. Smith lied.", "He said: \u201cSmith lied."]
)
def test_a_sentence_goes_on_beginning_with_a_capital(text):
    who, _ = put(text, "Smith")
    assert all(each[0].isupper() for each in who)
    assert any(each.startswith("The ") for each in who)


@pytest.mark.parametrize("before", ["the ", "The ", "his ", "Boston\u2019s "])
def test_an_article_that_is_there_is_not_doubled(before):
    who, _ = put(f"{before}company lied.", "company")
    assert who <= WITH_THE


def test_a_short_form_of_is_is_no_possessive():
    who, _ = put("And then there\u2019s Smith.", "Smith")
    assert who & BARE


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Senator Smith lied.", "Smith"),
        ("Smith Tower fell.", "Smith"),
        ("pro-Smith votes", "Smith"),
    ],
)
def test_a_part_of_a_name_is_left_alone(text, target):
    assert police_targets([row(text, target)], most=1, seed=0) == []


def test_as_many_rows_as_are_wanted_are_drawn_by_the_seed():
    rows = [row(f"Voters blamed Smith {number} times.", "Smith") for number in range(40)]
    made = police_targets(rows, most=10, seed=3)
    assert len(made) == 10
    assert made == police_targets(rows, most=10, seed=3)
    assert made != police_targets(rows, most=10, seed=4)
    assert len(police_targets(rows, most=99, seed=3)) == 40
    assert police_targets(rows, most=0, seed=3) == []


def test_no_word_brings_an_article_of_its_own():
    assert [
        each for each in BARE | WITH_THE if each.lower().startswith(("the ", "a ", "an "))
    ] == []


ARTICLE = TonedArticle(
    title="Deputies find boy",
    text="Police said officers and deputies searched all night. The weather was cold.",
    tone=1,
    group="story",
)


def test_police_mentions_of_articles_are_targets_and_other_sentences_are_not():
    found = article_targets([ARTICLE], most=9, seed=0)
    assert {each.text[each.start : each.end] for each in found} == {
        "Deputies", "Police", "officers", "deputies",
    }  # fmt: skip
    assert {(each.tone, each.group) for each in found} == {(0, "story")}
    two = article_targets([ARTICLE], most=2, seed=0)
    assert len(two) == 3  # two of the three in the text, and the one in the title
    assert two == article_targets([ARTICLE], most=2, seed=0)
    assert article_targets([ARTICLE], most=0, seed=0) == []


@pytest.fixture
def taught_order(planted, tmp_path):
    recipe = read_recipe("tiny").model_copy(
        update={
            "taught": True, "further_targets": 2, "further_most": 7, "police_targets": 5,
            "article_targets": 2,
        }
    )  # fmt: skip
    public = Material(
        name="mtsc", sha256="", public=True,
        rows=tuple(replace(each, source="mtsc") for each in planted[:180]),
    )  # fmt: skip
    own = Material(name="planted", sha256="", rows=planted[180:], articles=(ARTICLE,))
    return TrainingOrder(
        name="n", version="1", base="", recipe=recipe, recipe_name="r", materials=(public, own),
        out=tmp_path / "out",
    )  # fmt: skip


def test_a_teacher_gets_each_kind_once_and_nothing_that_is_only_judged(taught_order):
    parted = part_rows(taught_order)
    found = rows_to_teach(taught_order, parted)
    further, police, articles = found.values()
    assert (len(further), len(police), len(articles)) == (7, 5, 3)
    assert {each.source for each in police} == {"mtsc"}
    everything = [*further, *police, *articles]
    assert len({(each.text, each.start) for each in everything}) == len(everything)
    assert not {each.text for each in everything} & {each.text for each in parted.held_out}
    headline = replace(parted.held_out[0], text=ARTICLE.title, start=0, end=8)
    judged = replace(parted, held_out=[*parted.held_out, headline])
    assert len(rows_to_teach(taught_order, judged)["police in articles"]) == 2
