from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.surveys.faults import faults
from outcomes.surveys.instrument import content_hash, scored_items
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("academy", "neighborhood")

TEXT = """\
id: short
version: 1
title::en: A short survey
title::es: Una encuesta corta
languages: [en, es]
population: residents
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
notice::es: Participar es voluntario.
choices:
  agree:
    - {name: 1, label::en: Disagree, label::es: En desacuerdo}
    - {name: 2, label::en: Neither, label::es: Ninguno}
    - {name: 3, label::en: Agree, label::es: De acuerdo}
    - {name: -9, label::en: Prefer not to say, label::es: Prefiero no decir}
  wide:
    - {name: 1, label::en: Never, label::es: Nunca}
    - {name: 7, label::en: Always, label::es: Siempre}
  word:
    - {name: low, label::en: Low, label::es: Bajo}
missing: [-9]
items:
  - {name: trust_1, type: select_one agree, label::en: They are fair, label::es: Son justos}
  - {name: trust_2, type: select_one agree, label::en: They lie, label::es: Mienten}
  - {name: often, type: select_one wide, label::en: How often, label::es: Cada cuando}
  - {name: level, type: select_one word, label::en: How high, label::es: Que tan alto}
  - {name: age, type: integer, label::en: Your age, label::es: Su edad}
scales:
  trust:
    label: Trust
    measure: trust
    items: [trust_1, trust_2]
    reversed: [trust_2]
"""


@pytest.fixture
def write(tmp_path: Path):
    def write_text(text: str = TEXT) -> Path:
        path = tmp_path / "short.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def test_a_sound_instrument_is_read_with_its_languages_and_scales(write) -> None:
    instrument = read_instrument(write())
    assert instrument.items[0].label == {"en": "They are fair", "es": "Son justos"}
    assert instrument.choices["agree"][0].name == "1"
    assert instrument.missing == ("-9",)
    assert instrument.score_range("trust") == (1, 3)
    assert instrument.scales["trust"].needed == 1
    assert scored_items(instrument) == ("trust_1", "trust_2")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (
            "label::en: They are fair, label::es: Son justos",
            "label::en: They are fair",
            r"item trust_1, label: no Spanish text; languages are en, es\. "
            r"Add label::es or remove es from languages",
        ),
        (
            "type: select_one agree, label::en: They lie",
            "type: select_one agre, label::en: They lie",
            r"item trust_2, type: there is no list of choices called 'agre'\. .*'agree'",
        ),
        (
            "items: [trust_1, trust_2]",
            "items: [trust_1, trust_3, trust_2]",
            r"scale trust: there is no item called 'trust_3'\. Did you mean 'trust_",
        ),
        (
            "reversed: [trust_2]",
            "reversed: [often]",
            r"scale trust, reversed: 'often' is not an item of this scale\. Allowed: trust_1",
        ),
        (
            "items: [trust_1, trust_2]",
            "items: [trust_1, trust_2, often]",
            r"scale trust: its items have different ranges of answers: 1 to 3 \(trust_1\), "
            r"1 to 7 \(often\)",
        ),
        (
            "items: [trust_1, trust_2]",
            "items: [trust_1, trust_2, level]",
            r"scale trust, item level: the choice 'low' of word is not a whole number",
        ),
        (
            "items: [trust_1, trust_2]",
            "items: [trust_1, trust_2, age]",
            r"scale trust, item age: an item of type integer cannot be scored",
        ),
        ("name: age,", "name: level,", r"item level: the name stands 2 times"),
        (
            "{name: 2, label::en: Neither",
            "{name: 3, label::en: Neither",
            r"choices agree: the choice 3 stands 2 times",
        ),
        (
            "reversed: [trust_2]",
            "min_answered: 3\n    reversed: [trust_2]",
            r"min_answered: 3 items must be answered, but the scale has 2",
        ),
        ("type: integer", "type: number", r"line 28, items\.type: 'number' is not a type of item"),
        ("name: age,", "name: place,", r"'place' is a column that every answers file may have"),
        ("  trust:\n", "  weight:\n", r"scale weight: the name is that of a column"),
        ("measure: trust", "measure: walk_minutes", r"walk_minutes is an output, but an outcome"),
        ("measure: trust", "measure: complaints", r"complaints belongs to the stream records"),
        ("population: residents", "populatoin: residents", r"Did you mean 'population'\?"),
        ("label::en: Never", "label: Never", r"'label' does not say its language\. Write label::"),
        ("label::en: Never", "label::en: Yes", r"YAML reads an unquoted yes or no as true"),
        ("version: 1", "version: 1.10", r"number with decimals\. Put quotes around it"),
    ],
)
def test_a_fault_is_named_with_its_place_and_its_mend(write, was, becomes, said) -> None:
    assert TEXT.count(was) == 1
    with pytest.raises(FileError, match=said):
        read_instrument(write(TEXT.replace(was, becomes)))


def test_the_first_of_many_faults_counts_the_others(write) -> None:
    text = TEXT.replace(", label::es: Son justos", "").replace(", label::es: Mienten", "")
    with pytest.raises(FileError, match=r"There are 1 more faults"):
        read_instrument(write(text))


def test_two_scales_may_not_give_one_measure(write) -> None:
    second = "  again: {label: Again, measure: trust, items: [trust_1]}\n"
    with pytest.raises(FileError, match=r"scale again, measure: trust is measured by the scale"):
        read_instrument(write(TEXT + second))


def test_the_content_hash_sees_words_but_not_comments_or_order(write) -> None:
    plain = content_hash(read_instrument(write()))
    remarked = "# a remark\n" + TEXT.replace("version: 1\n", "").replace(
        "licence: MIT\n", "licence: MIT\nversion: '1'\n"
    )
    assert content_hash(read_instrument(write(remarked))) == plain
    reworded = TEXT.replace("They lie", "They often lie")
    assert content_hash(read_instrument(write(reworded))) != plain
    reverted = TEXT.replace("reversed: [trust_2]", "reversed: []")
    assert content_hash(read_instrument(write(reverted))) != plain


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_instruments_are_sound(name) -> None:
    instrument = read_instrument(ROOT / "surveys" / f"{name}.yaml")
    assert instrument.id == name
    assert not faults(instrument)
    assert instrument.missing == ("-9",)
    for choices in instrument.choices.values():
        assert (choices[-1].name, choices[-1].label["en"]) == ("-9", "Prefer not to say")
    assert set(scored_items(instrument)) <= {item.name for item in instrument.items}


def test_the_academy_instrument_measures_b5_with_reversed_items() -> None:
    scales = read_instrument(ROOT / "surveys" / "academy.yaml").scales
    assert list(scales) == ["trust", "support", "understanding"]
    assert all(len(scale.items) == 5 and scale.reversed for scale in scales.values())


def test_the_neighborhood_instrument_measures_e1_d9_and_e8() -> None:
    instrument = read_instrument(ROOT / "surveys" / "neighborhood.yaml")
    assert {scale.measure: len(scale.items) for scale in instrument.scales.values()} == {
        "view_of_walks": 3,
        "view_of_department": 3,
        "worry_about_crime": 3,
        "feeling_safe": 3,
        "cooperation": 3,
        "crime_reporting": 3,
        "victimization_reported": 1,
    }
    assert instrument.score_range("victimization_reported") == (0, 1)
    assert instrument.score_range("feeling_safe") == (1, 5)


def _syllables(word: str) -> int:
    """Count the groups of vowels, a silent e at the end not among them."""
    letters = word.lower().strip(".,?!'\"")
    groups = sum(
        letter in "aeiouy" and (at == 0 or letters[at - 1] not in "aeiouy")
        for at, letter in enumerate(letters)
    )
    silent = letters.endswith("e") and not letters.endswith("le") and groups > 1
    return max(groups - silent, 1)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_instruments_read_at_grade_8_or_below(name) -> None:
    # Flesch-Kincaid grade: Kincaid and others (1975), Research Branch Report 8-75.
    instrument = read_instrument(ROOT / "surveys" / f"{name}.yaml")
    texts = [instrument.notice["en"], *(item.label["en"] for item in instrument.items)]
    sentences = sum(max(sum(text.count(mark) for mark in ".?!"), 1) for text in texts)
    words = " ".join(texts).split()
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    assert grade <= 8
