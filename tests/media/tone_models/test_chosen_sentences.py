"""Which sentences of an article a model reads, and for which target."""

import pytest

from outcomes.media.relevance import find_law_enforcement
from outcomes.media.tone_models.chosen_sentences import (
    LEAD,
    MOST,
    ROOM,
    ChosenSentence,
    choose_sentences,
    read_article,
)
from outcomes.media.tone_models.police_mentions import best_mention, find_mentions
from outcomes.media.tone_models.telling_words import JUDGING

FILLER = "The bakery on Mill Lane sold eighty loaves before noon on a rainy morning. "


def marked(sentence: ChosenSentence) -> str:
    return sentence.text[sentence.start : sentence.end]


def target(sentence: str) -> str:
    judging = [word.start() for word in JUDGING.finditer(sentence.lower())]
    best = best_mention(find_mentions(sentence), judging=judging)
    return sentence[best.start : best.end]


@pytest.mark.parametrize(
    ("sentence", "mention"),
    [
        ("Orwell police closed the bridge.", "Orwell police"),
        ("On Tuesday Orwell police closed the bridge.", "Orwell police"),
        ("The officer closed the bridge.", "The officer"),
        ("Officer Dana Pruitt was suspended, police said.", "Officer Dana Pruitt"),
        ("A lawsuit accuses the Tern County Sheriff's Office of neglect.", "the Tern County"),
        ("Neighbors praised the deputies, according to police.", "the deputies"),
        ("Residents said the constable had done nothing.", "the constable"),
        ("Detectives thanked the neighbors.", "Detectives"),
        ("The mayor told reporters that troopers had failed the town.", "troopers"),
    ],
)
def test_the_target_is_the_one_that_the_sentence_is_about(sentence: str, mention: str):
    assert target(sentence).startswith(mention)


@pytest.mark.parametrize(
    "sentence",
    [
        "The fire chief praised his crew.",
        "A probation officer testified.",
        "The deputy mayor resigned.",
        "The executive officers were fired.",
        "The bakery was robbed.",
    ],
)
def test_officials_who_are_no_police_are_no_target(sentence: str):
    assert find_mentions(sentence) == ()


def test_the_surname_of_a_named_officer_is_a_target():
    text = "Officer Lena Cardoza came first. Cardoza pulled the boy out of the water."
    chosen = choose_sentences("", text)
    assert [marked(each) for each in chosen] == ["Officer Lena Cardoza", "Cardoza"]


def test_a_sentence_in_which_police_only_speak_is_counted_and_not_read():
    article = read_article(
        "Man shot on Weaver Street, police say",
        "A man was shot on Weaver Street, police said. According to the sheriff, he was 31.",
    )
    assert article.relevant
    assert (article.chosen, article.attributions) == ((), 3)


def test_police_who_judge_themselves_are_read():
    own = '"We failed this family, and I apologize," Police Chief Anna Roe said.'
    (chosen,) = choose_sentences("", own)
    assert marked(chosen) == "Police Chief Anna Roe"
    assert chosen.quoted
    assert chosen.attribution


def test_the_headline_is_read_first_and_told_apart():
    chosen = choose_sentences("Police praised for rescue", "It rained. An officer helped her.")
    assert [each.part for each in chosen] == ["title", "text"]
    assert chosen[0].position == 0
    assert not chosen[0].lead
    assert chosen[1].lead


def test_a_headline_that_names_no_police_stands_before_the_sentences():
    (chosen,) = choose_sentences("Woman, 80, awarded $2M", "A jury blamed two deputies on Monday.")
    assert chosen.text == "Woman, 80, awarded $2M. A jury blamed two deputies on Monday."
    assert marked(chosen) == "two deputies"
    assert chosen.sentence.text == "A jury blamed two deputies on Monday."


def test_a_pronoun_that_can_only_mean_the_officer_is_read_with_the_sentence_before():
    text = "Deputy Cole Barrow stopped on the bridge. He rescued a dog from the river. It barked."
    chosen = choose_sentences("", text)
    assert [each.pronoun for each in chosen] == [False, True]
    assert marked(chosen[1]) == "He"
    assert chosen[1].text == text[: text.index(" It barked")]
    assert chosen[1].sentence.text == "He rescued a dog from the river."


@pytest.mark.parametrize(
    "text",
    [
        "Deputy Cole Barrow arrested a man on the bridge. He rescued a dog from the river.",
        "Deputy Cole Barrow stopped on the bridge. They rescued a dog from the river.",
        "Deputy Cole Barrow stopped on the bridge. He drove a blue car.",
    ],
)
def test_a_pronoun_that_may_mean_another_or_tells_nothing_is_left_alone(text: str):
    assert not any(each.pronoun for each in choose_sentences("", text))


def test_every_chosen_sentence_stands_where_it_says():
    title = "Officers cleared"
    text = (
        "A jury cleared two officers.\nThe police chief, who was hired in May, welcomed it. "
        "Outside, Officer Ray Bonn thanked his lawyers. He cried with pride.\n" + FILLER * 3
    )
    chosen = choose_sentences(title, text)
    assert len(chosen) >= 3
    for each in chosen:
        source = title if each.part == "title" else text
        assert source[each.sentence.start : each.sentence.end] == each.sentence.text
        assert each.sentence.text in each.text
        assert 0 <= each.position <= 1


def test_no_more_is_read_than_there_is_room_for_and_the_telling_ones_stay():
    dull = "Police officers drove along Mill Lane and looked at the shops that were open that day. "
    text = dull * 20 + "A lawsuit accuses an officer of beating and falsely accusing a man."
    chosen = choose_sentences("", text)
    assert 1 < len(chosen) <= MOST
    assert sum(len(each.text) for each in chosen) <= ROOM + 300
    assert marked(chosen[-1]) == "an officer"
    assert [each.sentence.start for each in chosen] == sorted(
        each.sentence.start for each in chosen
    )
    assert len(choose_sentences("", text, most=1)) == 1


def test_how_an_accusation_ended_is_noted():
    text = "A grand jury cleared the police officer.\n" + FILLER * 5 + "A judge heard the deputy."
    first, second = choose_sentences("", text)
    assert (first.cleared, first.lead) == (True, True)
    assert (second.cleared, second.lead) == (False, False)
    assert second.sentence.start > LEAD


def test_an_article_without_police_has_nothing_to_read():
    article = read_article("Bake sale", FILLER)
    assert not article.relevant
    assert article.chosen == ()
    assert read_article("", "").found == ()


def test_an_arrest_alone_makes_an_article_relevant_with_nothing_to_read():
    article = read_article("", "Two teenagers were arrested on Friday after a fire.")
    assert article.relevant
    assert article.chosen == ()


def test_what_speaks_of_police_is_what_find_law_enforcement_finds():
    title, text = "Chief retires", "Chief Ann Lee of the police retires. " + FILLER + "Lee is 60."
    assert read_article(title, text).found == find_law_enforcement(text, title=title)


def test_the_beginning_is_read_before_a_later_sentence_that_judges_as_much() -> None:
    text = "Troopers opened the road to the fair. " + FILLER * 6 + "A man praised the troopers."
    (first,) = choose_sentences("", text, most=1)
    assert first.sentence.start == 0
    assert len(choose_sentences("", text)) == 2
