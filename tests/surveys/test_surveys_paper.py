import re
import shutil
import subprocess
from pathlib import Path

import pytest
import segno

from outcomes.errors import DataError, FileError
from outcomes.pipeline.instrument_pages import print_instrument
from outcomes.surveys.conditions import condition_in_words
from outcomes.surveys.form_layout import Grid, Heading, Question, lay_out, occasions_of
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.numbering import question_numbers
from outcomes.surveys.paper import PageMark, page_mark_text, paper_pdf, read_page_mark
from outcomes.surveys.typesetting import qr_drawing
from outcomes.surveys.wording import language_tag

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))

TEXT = """\
id: talk
version: 2.1a
title::en: About your talk with an officer
title::es: Sobre su conversación con un policía
languages: [en, es]
population: residents
source: {construct: contact, items: own items}
licence: MIT
notice::en: "Taking part is your choice. #strong[not code] $x$"
notice::es: ¿Participar? Usted decide. ¡Gracias!
thanks::en: Put the form into the box.
thanks::es: Ponga la hoja en la caja.
code:
  intro::en: Make your code.
  intro::es: Forme su código.
  elements:
    - {name: mother, kind: letter, label::en: First letter, label::es: Primera letra}
    - {name: month, kind: number, low: 1, high: 12, label::en: Month, label::es: Mes}
choices:
  yn:
    - {name: 1, label::en: "Yes", label::es: Sí}
    - {name: 0, label::en: "No", label::es: "No"}
    - {name: -9, label::en: Prefer not to say, label::es: Prefiero no decir}
  level:
    - {name: 1, label::en: Low, label::es: Bajo}
    - {name: 2, label::en: Middle, label::es: Medio}
    - {name: 3, label::en: High, label::es: Otro}
missing: [-9]
groups:
  grid:
    label::en: How was it?
    label::es: ¿Cómo fue?
    appearance: matrix
    relevant: "${met} = '1'"
items:
  - {name: met, type: select_one yn, label::en: Did you talk, label::es: Habló usted}
  - {name: fair, type: select_one level, label::en: Fair, label::es: Justo, group: grid}
  - {name: kind, type: select_one level, label::en: Kind, label::es: Amable, group: grid}
  - {name: where, type: select_multiple level, label::en: Where, label::es: Dónde}
  - name: age
    type: integer
    label::en: Age
    label::es: Edad
    constraint: ". <= 120"
    constraint_message::en: Up to 120.
    constraint_message::es: Hasta 120.
  - {name: day, type: date, label::en: When, label::es: Cuándo}
  - {name: both, type: calculate, calculation: "${age} + ${fair}"}
  - {name: hello, type: note, label::en: "Nearly done with ${age}", label::es: Ya casi}
  - name: later
    type: text
    label::en: More
    label::es: Más
    waves: [post]
    privacy: free text
    appearance: multiline
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "talk.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def talk(path: Path) -> Instrument:
    return read_instrument(path)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def words(pdf: bytes, folder: Path) -> str:
    """The text of a PDF in one line, as another program reads it."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed on this machine, so no PDF can be read back")
    (folder / "form.pdf").write_bytes(pdf)
    run = ["pdftotext", "-layout", str(folder / "form.pdf"), "-"]
    return " ".join(subprocess.run(run, capture_output=True, check=True).stdout.decode().split())


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_prints_in_every_language_and_in_large_letters(shipped) -> None:
    instrument = read_instrument(shipped)
    for language in instrument.languages:
        for occasion in occasions_of(instrument) or (None,):
            normal = paper_pdf(instrument, language=language, occasion=occasion)
            large = paper_pdf(instrument, language=language, occasion=occasion, large=True)
            assert normal.startswith(b"%PDF-1.")
            assert 1 <= pages(normal) <= 6
            assert pages(normal) <= pages(large) <= 16


def test_a_form_holds_what_was_written_and_nothing_of_it_runs_as_code(talk, tmp_path) -> None:
    read = words(paper_pdf(talk, language="en", occasion="post", serials=["0042"]), tmp_path)
    assert "Taking part is your choice. #strong[not code] $x$" in read
    assert "Questions 2 to 3: only if you answered “Yes” to question 1." in read
    assert "Prefer not to say" in read
    assert "Nearly done with (your answer to question 5)" in read
    assert "talk, version 2.1a, after" in read
    assert "Page 1 of" in read
    assert "Sheet 0042" in read
    assert "both" not in read  # worked out, so not printed


def test_a_spanish_form_is_spanish_throughout(talk, tmp_path) -> None:
    read = words(paper_pdf(talk, language="es", occasion="pre"), tmp_path)
    for said in ("¿Participar? Usted decide. ¡Gracias!", "Sí", "Página 1 de", "Su código", "año"):
        assert said in read
    assert "Preguntas 2 a 3: solo si respondió “Sí” a la pregunta 1." in read
    assert "Más" not in read  # asked afterwards only
    assert not re.search(r"\b(the|Page|Please|version)\b", read)


def test_each_serial_gets_a_whole_form_and_no_two_share_a_sheet(talk) -> None:
    one = pages(paper_pdf(talk, language="en", occasion="pre"))
    three = pages(paper_pdf(talk, language="en", occasion="pre", serials=["1", "2", "3"]))
    assert three == 3 * (one + one % 2)


def test_the_same_form_gives_the_same_bytes(talk) -> None:
    first = paper_pdf(talk, language="en", occasion="pre", serials=["7"])
    assert first == paper_pdf(talk, language="en", occasion="pre", serials=["7"])
    assert first != paper_pdf(talk, language="en", occasion="pre", serials=["8"])


def test_the_pattern_of_a_page_holds_form_version_page_and_serial_and_reads_back() -> None:
    mark = PageMark(
        form="talk",
        version="2/1 á",
        page=3,
        serial="A/7 %",
        language="es",
        occasion="follow-up",
        large=True,
    )
    text = page_mark_text(mark)
    assert text == "OF1/talk/2%2F1%20%C3%A1/3/A%2F7%20%25/es/follow-up/large"
    assert read_page_mark(text) == mark
    drawn = segno.make(text, error="m", micro=False)
    assert drawn.error == "M"
    assert qr_drawing(text).startswith("<svg")
    with pytest.raises(DataError, match="is not the mark of a printed form"):
        read_page_mark("another code")


def test_a_matrix_becomes_a_grid_and_its_rows_are_numbered_questions(talk) -> None:
    layout = lay_out(talk, language="en", occasion="post")
    kinds = [type(block).__name__ for block in layout.blocks]
    assert kinds == [
        "Question", "Heading", "Grid", "Question", "Question", "Question", "Note", "Question",
    ]  # fmt: skip
    grid = next(block for block in layout.blocks if isinstance(block, Grid))
    assert [(row.number, row.name) for row in grid.rows] == [(2, "fair"), (3, "kind")]
    heading = next(block for block in layout.blocks if isinstance(block, Heading))
    assert heading.label == "How was it?"
    age = next(b for b in layout.blocks if isinstance(b, Question) and b.name == "age")
    assert (age.kind, age.digits) == ("integer", 3)
    assert [each.boxes for each in layout.code] == [1, 2]


def test_a_form_of_notes_and_long_lists_prints_too(talk) -> None:
    choices = [{"name": each, "label": {"en": str(each), "es": str(each)}} for each in range(100)]
    content = talk.model_dump(by_alias=True)
    content["choices"]["level"] = choices
    content["groups"]["grid"] |= {"label": {}, "group": "outer"}
    content["groups"]["outer"] = {}
    long = Instrument.model_validate(content)
    assert pages(paper_pdf(long, language="en", occasion="pre")) <= 4
    content["items"] = [item for item in content["items"] if item["type"] == "note"]
    content["scales"] = {}
    notes = Instrument.model_validate(content)
    assert pages(paper_pdf(notes, language="en")) == 1
    with pytest.raises(DataError, match="asks no question on the occasion pre"):
        paper_pdf(notes, language="en", occasion="pre")


def test_numbers_count_only_what_is_asked_on_the_occasion(talk) -> None:
    assert "later" not in question_numbers(talk, "pre")
    assert question_numbers(talk, "post")["later"] == 7
    assert "both" not in question_numbers(talk)


def test_what_is_asked_always_is_asked_on_every_occasion(talk) -> None:
    assert occasions_of(talk) == ("pre", "post", "follow-up")


@pytest.mark.parametrize(
    ("expression", "english", "spanish"),
    [
        (
            "${met} = '1'",
            "Only if you answered “Yes” to question 1.",
            "Solo si respondió “Sí” a la pregunta 1.",
        ),
        (
            "${met} != 1 and ${age} >= 18",
            "Only if you did not answer “Yes” to question 1 and your answer to question 5 is 18 or "
            "more.",
            "Solo si no respondió “Sí” a la pregunta 1 y su respuesta a la pregunta 5 es 18 o más.",
        ),
        (
            "selected(${where}, '1') or selected(${where}, '3')",
            "Only if you marked “Low” or “High” in question 4.",
            "Solo si marcó “Bajo” u “Otro” en la pregunta 4.",
        ),
        (
            "${fair} > 1",
            "Only if you answered “Middle” or “High” to question 2.",
            "Solo si respondió “Medio” u “Otro” a la pregunta 2.",
        ),
        (
            "not(${met} = '1' or ${met} = '0')",
            "Only if you did not answer “Yes” or “No” to question 1.",
            "Solo si no respondió “Sí” ni “No” a la pregunta 1.",
        ),
        (
            "(${met} = 1 or 17 < ${age}) and ${day} != ''",
            "Only if (you answered “Yes” to question 1 or your answer to question 5 is more than "
            "17) and you answered question 6.",
            "Solo si (respondió “Sí” a la pregunta 1 o su respuesta a la pregunta 5 es más de 17) "
            "y respondió a la pregunta 6.",
        ),
        (
            "count-selected(${where}) >= 2",
            "Only if the number of answers you marked in question 4 is 2 or more.",
            "Solo si el número de respuestas que marcó en la pregunta 4 es 2 o más.",
        ),
        (
            "${both} > 3",
            "Depends on your answers to questions 2 and 5.",
            "Depende de sus respuestas a las preguntas 2 y 5.",
        ),
        (
            "regex(${later}, 'x')",
            "Depends on an answer that is not on this form.",
            "Depende de una respuesta que no está en este formulario.",
        ),
        ("not(${age} > 3)", "Depends on your answer to question 5.", None),
        ("${met} = ", "Depends on your answer to question 1.", None),
        ("not(selected(${where}, '2'))", "Only if you did not mark “Middle” in question 4.", None),
        ("${where} = '2'", "Only if you marked only “Middle” in question 4.", None),
        (
            "${met} <= 1",
            None,
            "Solo si respondió “Sí”, “No” o “Prefiero no decir” a la pregunta 1.",
        ),
        ("today() > '2026-01-01'", "Asked only in some cases.", None),
        ("", "", ""),
    ],
)
def test_a_condition_is_said_in_words(talk, expression, english, spanish) -> None:
    for language, said in (("en", english), ("es", spanish)):
        if said is not None:
            assert condition_in_words(talk, expression, language=language, occasion="pre") == said


def test_the_code_of_a_language_is_found_in_its_name() -> None:
    names = {"es": "es", "Español (es)": "es", "es-MX": "es", "Spanish": "es", "Klingon": "und"}
    assert {name: language_tag(name) for name in names} == names


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"language": "fr", "occasion": "pre"}, r"talk has no language 'fr'\. Allowed: en, es"),
        ({"language": "en"}, "Say for which one to print: pre, post, follow-up"),
        ({"language": "en", "occasion": "pre", "serials": ["1", "1"]}, "'1' stands twice"),
        ({"language": "en", "occasion": "pre", "serials": [" "]}, "Use 1 to 20 characters"),
    ],
)
def test_a_form_that_cannot_be_printed_is_refused(talk, asked, said) -> None:
    with pytest.raises(DataError, match=said):
        paper_pdf(talk, **asked)


def test_a_printed_file_is_written_whole_or_not_at_all(path, tmp_path) -> None:
    out = tmp_path / "forms" / "talk.pdf"
    print_instrument(path, out=out, language="es", occasion="pre", sheets=2)
    assert out.read_bytes().startswith(b"%PDF")
    assert [each.name for each in out.parent.iterdir()] == ["talk.pdf"]
    with pytest.raises(DataError, match="5000 numbered forms cannot be printed at once"):
        print_instrument(path, out=tmp_path / "no.pdf", occasion="pre", sheets=5000)
    path.write_text(TEXT.replace("label::es: Cuándo", ""), encoding="utf-8")
    with pytest.raises(FileError):
        print_instrument(path, out=tmp_path / "no.pdf", occasion="pre")
    assert not (tmp_path / "no.pdf").exists()
