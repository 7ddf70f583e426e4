"""Who and where somebody is does not reach a model of tone; what police did does."""

from itertools import product

import pytest

from outcomes.media.model_checks.swap_templates import fill_templates
from outcomes.media.tone_models.blinding import blind_rows, blinding_digest, who_words
from outcomes.media.tone_models.text_edits import TextEdit, apply_edits

UNLISTED = {  # of contrast_slots.toml
    "precinct detectives", "swarthy", "run-down", "trailer park",
}  # fmt: skip

ONE_OFFICER = {"sw08", "sw16", "sw24", "sw33", "sw44", "sw54"}  # a trooper, a county deputy


def _blind(marked: str) -> str:
    before, rest = marked.split("[", 1)
    target, after = rest.split("]", 1)
    start = len(before)
    texts, starts, ends = blind_rows([before + target + after], [start], [start + len(target)])
    text = texts[0]
    return f"{text[: starts[0]]}[{text[starts[0] : ends[0]]}]{text[ends[0] :]}"


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("[Cobb Hollow police] arrested a Black man.", "[The officers] arrested a man."),
        ("[Police] freed an Asian woman.", "[The officers] freed a woman."),
        (
            "[Police] freed a Kurdish 31-year-old driver.",
            "[The officers] freed a 31-year-old driver.",
        ),
        ("[Police] freed a white elderly driver.", "[The officers] freed an elderly driver."),
        (
            "[State troopers] helped her and her sister.",
            "[The officers] helped her and her sister.",
        ),
        ("[The sheriff's deputies] saw it.", "[The officers] saw it."),
        ("[Two county deputies] saw it.", "[Two officers] saw it."),
        ("A mostly Black neighborhood thanked [police].", "A neighborhood thanked [police]."),
        ("A suburb thanked [tribal police].", "A neighborhood thanked [police]."),
        ("[Officer Ana Ruiz] wept.", "[Officer Alex Miller] wept."),
        ("[Police] held Siobhán O'Dwyer's son.", "[The officers] held Alex Miller's son."),
        (
            "[Police] met José de la Cruz, and Cruz sued.",
            "[The officers] met Alex Miller, and Miller sued.",
        ),
        ("[Black officers] sued the department.", "[Black police] sued the department."),
        ("[Women officers] accused the chief.", "[Women police] accused the chief."),
        ("[Police] told Judge Ana Ruiz of it.", "[The officers] told Judge Alex Miller of it."),
        ("[She] said that state police lied.", "[She] said that police lied."),
        ("[St. Paul police] met J.P. McKay.", "[The officers] met Alex Miller."),
        ("[U.S. marshals] left.", "[The officers] left."),
        ("[Royal Canadian Mounted Police] left.", "[The officers] left."),
        (
            "[The cops] pulled her out and hit her twice.",
            "[The officers] pulled her out and hit her twice.",
        ),
        ("[Racist cops] beat him.", "[Racist police] beat him."),
        ("[Heroic state troopers] left.", "[Heroic police] left."),
    ],
)
def test_who_and_where_is_taken_out(sentence, read):
    assert _blind(sentence) == read


@pytest.mark.parametrize(
    "sentence",
    [
        "[The senator] praised Ana Ruiz, a Black woman.",  # no law enforcement is judged here
        # what differs is the news
        "[The officers] stopped a Black driver and let a white driver go.",
        "[State troopers] accused county deputies of lying.",  # so is which agency it was
        "[The police department] moved to Mill Street near Cedar Rapids.",
        "[The police dog] found the White House on a map.",
        "Police Say [Trooper] Pulled Driver From Burning Truck On Signal Bridge",
        "[The officers] earned the community's trust.",
        "[Secret police] followed the reporter.",
        "[A county deputy] told her first woman chief of it.",  # whose she is can matter
        "[The officers] said so to the Associated Press on Monday.",
        "[The officers] said that the deputy director had left.",
        "Should [police] carry guns?",
        "[Fewer police] patrol at night.",
        "Defund [police], he wrote.",
        "[The officers] met real estate agents and an information officer.",
        "Amnesty International sued [police] over Red Cross cars.",
    ],
)
def test_what_may_matter_stays(sentence):
    assert _blind(sentence) == sentence


@pytest.mark.parametrize(
    "sentence",
    ["[Police] shot a man.", "[The police] shot a man.", "[Millbrook deputies] shot a man."],
)
def test_police_who_begin_a_sentence_are_officers(sentence):
    assert _blind(sentence) == "[The officers] shot a man."
    assert _blind(f"It rained. \u201c{sentence}\u201d").endswith("[The officers] shot a man.\u201d")


@pytest.mark.parametrize(
    "sentence",
    [
        "[Police] log: dog bites man.",
        "[Police]: Man shot on Elm.",
        "[Police] Free Two From Wreck",
        "On Monday [police] shot a man.",
        "Ana and police freed [him].",
    ],
)
def test_police_who_do_not_act_there_stay_police(sentence):
    assert _blind(sentence) == sentence


def test_two_people_stay_two_and_each_keeps_the_stand_in():
    read = _blind("[Sgt. Ned Fulbright] lied, Ann Poole said; Fulbright denied it to Poole.")
    assert read == "[Sgt. Alex Miller] lied, Robin Carter said; Miller denied it to Carter."


def test_two_people_with_one_surname_stay_two():
    read = _blind("[Deputy Tom Brown] told Mary Brown to go; Brown, not Mary Brown, lied.")
    assert read == "[Deputy Alex Miller] told Robin Carter to go; Miller, not Robin Carter, lied."


def test_sentences_that_differ_in_who_alone_become_one():
    read, others = {}, {}
    for each in fill_templates():
        if each.kind == "gender" or each.template in ONE_OFFICER:  # swapped copies teach these
            continue
        texts, starts, ends = blind_rows([each.text], [each.start], [each.end])
        kept = others if each.value in UNLISTED else read
        kept.setdefault((each.template, each.kind), set()).add((texts[0], starts[0], ends[0]))
    assert {pair: found for pair, found in read.items() if len(found) > 1} == {}
    assert sum(not found <= read[pair] for pair, found in others.items()) > 50  # can still fail


@pytest.mark.parametrize(
    "sentence",
    [
        "[County deputies] pulled a Hispanic girl from a poor neighborhood's well.",
        "Ana Ruiz, 40, sued [a state trooper] who took her to Ben Li.",
        "[The Port Albion Metropolitan Police] thanked Mrs. Ruiz and her two daughters.",
    ],
)
def test_what_is_blinded_once_does_not_change_again(sentence):
    once = _blind(sentence)
    assert once != sentence
    assert _blind(once) == once


def test_rows_keep_their_order_and_one_does_not_move_another():
    sentences = ["Tribal police left.", "A Black man left.", "Ana Ruiz met Ben Li and police."]
    spans = [(0, 13), (0, 11), (25, 31)]
    together = blind_rows(sentences, [one for one, _ in spans], [end for _, end in spans])
    alone = [
        blind_rows([text], [start], [end])
        for text, (start, end) in zip(sentences, spans, strict=True)
    ]
    assert together == tuple([one[part][0] for one in alone] for part in range(3))
    assert together[0][1] == sentences[1]


def test_every_listed_word_is_taken_out():
    words = who_words()
    for origin, person in product(words.origins, ("man", "nurse")):
        assert _blind(f"[Police] met the {origin} {person}.") == f"[The officers] met the {person}."
    for kind in words.agency_kinds:
        assert _blind(f"They met [{kind} police].") == "They met [police]."
    for standing, place in product(words.standings, words.places):
        assert (
            _blind(f"[Police] left the {standing} {place}.")
            == "[The officers] left the neighborhood."
        )


def test_the_digest_is_of_the_words():
    assert len(blinding_digest()) == 64


@pytest.mark.parametrize(
    ("edits", "read"),
    [
        ([TextEdit(0, 3, "A")], "A old [cop] ran"),
        ([TextEdit(8, 11, "officer"), TextEdit(12, 15, "sat")], "the old [officer] sat"),
        ([TextEdit(4, 11, "one")], "the [one] ran"),
        ([TextEdit(9, 15, "z")], "the old [cz]"),
    ],
)
def test_edits_move_the_target(edits, read):
    text, start, end = apply_edits("the old cop ran", 8, 11, edits=edits)
    assert f"{text[:start]}[{text[start:end]}]{text[end:]}" == read
