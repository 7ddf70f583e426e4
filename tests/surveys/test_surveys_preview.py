from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from outcomes.errors import DataError
from outcomes.pipeline.instrument_pages import write_preview
from outcomes.surveys.form_layout import occasions_of
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.numbering import question_numbers
from outcomes.surveys.preview import preview_html

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))

TEXT = """\
id: walk
version: 1
title::en: Walks <b>& talks</b>
title::es: Caminatas
languages: [en, es]
population: residents
source: {construct: contact, items: own items}
licence: MIT
notice::en: Your choice.
notice::es: Usted decide.
choices:
  yn: [{name: 1, label::en: "Yes", label::es: Sí}, {name: 0, label::en: "No", label::es: "No"}]
groups:
  first: {label::en: First page, label::es: Primera página}
  rows: {label::en: Rows, label::es: Filas, appearance: matrix, group: first}
items:
  - name: met
    type: select_one yn
    label::en: Met?
    label::es: ¿Habló?
    hint::en: Ever
    hint::es: Alguna vez
    group: first
    required: true
  - {name: a, type: select_one yn, label::en: Fair, label::es: Justo, group: rows}
  - {name: b, type: select_one yn, label::en: Kind, label::es: Amable, group: rows}
  - name: age
    type: integer
    label::en: Age
    label::es: Edad
    relevant: "${met} = '1'"
    constraint: ". < 120"
    constraint_message::en: Below 120.
    constraint_message::es: Menos de 120.
  - {name: where, type: select_multiple yn, label::en: Where, label::es: Dónde}
"""


@pytest.fixture
def walk(tmp_path: Path) -> Instrument:
    path = tmp_path / "walk.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_instrument(path)


def tree(html: str) -> etree._Element:
    return etree.fromstring(html, etree.HTMLParser(recover=True))


def text_of(element: etree._Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_shows_each_question_in_each_language_and_occasion(
    shipped,
) -> None:
    instrument = read_instrument(shipped)
    page = tree(preview_html(instrument))
    forms = page.xpath("//section[@class='form']")
    occasions = occasions_of(instrument) or (None,)
    assert len(forms) == len(instrument.languages) * len(occasions)
    wanted = sum(len(question_numbers(instrument, each)) for each in occasions)
    shown = page.xpath("//*[starts-with(@id, 'q-form-')]")
    assert len(shown) == wanted * len(instrument.languages)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_every_input_has_a_label_and_every_group_of_choices_a_legend(shipped) -> None:
    page = tree(preview_html(read_instrument(shipped)))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    for field in page.xpath("//input | //textarea"):
        inside = field.xpath("ancestor::label")
        assert inside or page.xpath("//label[@for=$id]", id=field.get("id"))
    for group in page.xpath("//fieldset"):
        assert text_of(group.xpath("./legend")[0])
    for described in page.xpath("//@aria-describedby"):
        assert described in names


def test_headings_go_down_one_level_at_a_time(walk) -> None:
    page = tree(preview_html(walk))
    levels = [int(each.tag[1]) for each in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(now <= before + 1 for before, now in pairwise(levels))


def test_the_page_needs_no_script_and_no_other_file(walk) -> None:
    html = preview_html(walk)
    assert "<script" not in html
    assert "http" not in html
    assert not tree(html).xpath("//link | //img | //iframe")


def test_words_of_the_instrument_are_shown_and_never_run(walk) -> None:
    html = preview_html(walk)
    assert "Walks &lt;b&gt;&amp; talks&lt;/b&gt;" in html
    assert "<b>&" not in html


def test_conditions_hints_and_refusals_stand_beside_their_question(walk) -> None:
    spanish = tree(preview_html(walk)).xpath("//section[@lang='es']")[0]
    age = text_of(spanish.xpath(".//*[contains(@id, '-age') and starts-with(@id, 'q-')]")[0])
    assert "4. Edad" in age
    assert "Solo si respondió “Sí” a la pregunta 1." in age
    assert "Menos de 120." in age
    assert "hace falta una respuesta" in text_of(spanish)
    assert "Alguna vez" in text_of(spanish)


def test_each_row_of_a_matrix_is_a_group_of_radio_buttons_of_its_own(walk) -> None:
    page = tree(preview_html(walk))
    rows = page.xpath("//section[@lang='en']//fieldset[@class='row']")
    assert [text_of(row.xpath("./legend")[0]) for row in rows] == ["2. Fair", "3. Kind"]
    for row in rows:
        assert len(set(row.xpath(".//input[@type='radio']/@name"))) == 1
    names = page.xpath("//fieldset[.//input]//input/@name")
    assert len(set(names)) == 2 * 4  # languages, questions with choices


def test_a_preview_says_what_it_is_and_is_written_whole(walk, tmp_path) -> None:
    out = write_preview(tmp_path / "walk.yaml", out=tmp_path / "pages" / "walk.html")
    said = text_of(tree(out.read_text(encoding="utf-8")).xpath("//header")[0])
    assert "Preview of" in said
    assert "walk, version 1" in said
    assert "nothing that you enter is sent or kept" in said


def test_the_path_of_somebody_shows_only_what_that_person_is_asked():
    instrument = read_instrument(ROOT / "surveys" / "neighborhood.yaml")
    asked = preview_html(instrument, answers={"victim_1": "1"})
    spared = preview_html(instrument, answers={"victim_1": "0"})
    times = instrument_label(instrument, "victim_times")
    assert times in asked
    assert times not in spared
    assert "who answers victim_1 = 0" in spared


def test_a_path_with_an_unknown_question_is_refused():
    instrument = read_instrument(ROOT / "surveys" / "neighborhood.yaml")
    with pytest.raises(DataError, match="Did you mean 'victim_1'"):
        preview_html(instrument, answers={"victim": "1"})


def instrument_label(instrument, name):
    return next(item.label["en"] for item in instrument.items if item.name == name)
