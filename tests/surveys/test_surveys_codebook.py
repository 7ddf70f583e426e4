from pathlib import Path

import pytest
from lxml import etree

from outcomes.errors import DataError
from outcomes.measures import find
from outcomes.pipeline.instrument_pages import write_codebook
from outcomes.surveys.codebook import CodeMeaning, codebook_html, codebook_rows, scale_rows
from outcomes.surveys.instrument import Instrument, answer_names, content_hash
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))

TEXT = """\
id: book
version: 3
title::en: Short
title::es: Corta
languages: [en, es]
population: personnel
rank_groups: [Officers, Supervisors]
source: {construct: trust, literature: ["Tyler (2006)"], items: own items}
licence: CC BY 4.0
notice::en: Your choice.
notice::es: Usted decide.
choices:
  agree:
    - {name: 1, label::en: Disagree, label::es: En desacuerdo}
    - {name: 5, label::en: Agree, label::es: De acuerdo}
    - {name: -9, label::en: Prefer not to say, label::es: Prefiero no decir}
missing: [-9, -8]
items:
  - {name: fair, type: select_one agree, label::en: Fair, label::es: Justo, waves: [pre, post]}
  - {name: lie, type: select_one agree, label::en: They lie, label::es: Mienten, waves: [pre, post]}
  - name: age
    type: integer
    label::en: Age
    label::es: Edad
    relevant: "${fair} = '5'"
    constraint: ". < 120"
    constraint_message::en: Below 120.
    constraint_message::es: Menos de 120.
    privacy: describes the person
    required: true
  - {name: double, type: calculate, calculation: "${age} * 2"}
scales:
  trust: {label: Trust, measure: trust, items: [fair, lie], reversed: [lie], min_answered: 2}
  own: {label: Own, items: [fair]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Instrument:
    path = tmp_path / "book.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_instrument(path)


def test_a_row_says_everything_about_an_item(book) -> None:
    fair, lie, age, double = codebook_rows(book, "es")
    assert (fair.name, fair.number, fair.text, fair.occasions) == (
        "fair",
        1,
        "Justo",
        ("pre", "post"),
    )
    assert fair.codes == (
        CodeMeaning(code="1", label="En desacuerdo", missing=False),
        CodeMeaning(code="5", label="De acuerdo", missing=False),
        CodeMeaning(code="-9", label="Prefiero no decir", missing=True),
        CodeMeaning(code="-8", label="", missing=True),
    )
    assert fair.scales == ("trust", "own")
    assert (lie.scales, lie.reversed_in) == (("trust",), ("trust",))
    assert (age.privacy, age.required, age.codes) == ("describes the person", True, ())
    assert (age.relevant, age.constraint) == ("${fair} = '5'", ". < 120")
    assert (double.number, double.calculation) == (0, "${age} * 2")


def test_a_row_says_everything_about_a_scale(book) -> None:
    trust, own = scale_rows(book)
    assert (trust.items, trust.reversed, trust.needed) == (("fair", "lie"), ("lie",), 2)
    assert (trust.low, trust.high) == (1, 5)
    assert (trust.measure, trust.direction, trust.requirement) == ("trust", "higher better", "B5")
    assert (own.measure, own.direction, own.requirement, own.needed) == ("", "", "", 1)


def test_a_language_that_the_instrument_lacks_is_refused(book) -> None:
    with pytest.raises(DataError, match=r"book has no language 'fr'\. Allowed: en, es"):
        codebook_rows(book, "fr")


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_the_codebook_of_a_shipped_instrument_knows_the_same_codes_as_the_import(shipped) -> None:
    instrument = read_instrument(shipped)
    for language in instrument.languages:
        for row, item in zip(codebook_rows(instrument, language), instrument.items, strict=True):
            if item.choice_list and not item.many:
                told = [code.code for code in row.codes]
                assert sorted(told) == sorted(answer_names(instrument, item))
    for scale in scale_rows(instrument):
        if scale.measure:
            assert scale.requirement == find(scale.measure).requirement
    page = etree.fromstring(codebook_html(instrument), etree.HTMLParser(recover=True))
    assert page.xpath("//tr[starts-with(@id, 'item-')]/@id") == [
        f"item-{item.name}" for item in instrument.items
    ]


def test_the_page_shows_both_languages_and_where_the_instrument_comes_from(book, tmp_path) -> None:
    out = write_codebook(tmp_path / "book.yaml", out=tmp_path / "book.html")
    html = out.read_text(encoding="utf-8")
    for said in (
        "Mienten", "They lie", "Officers, Supervisors", "Tyler (2006)", "CC BY 4.0", "own items",
        "2 of 2 items are answered", "none: scored, not evaluated", "describes the person",
        "pre, post", content_hash(book),
    ):  # fmt: skip
        assert said in html
    assert "<script" not in html
