"""Instruments as XLSForm, XForm and SurveyJS, without the other tools."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from outcomes.errors import DataError, FileError
from outcomes.pipeline.instrument_export import export_instrument
from outcomes.surveys.exchange.expression_tree import Number, Operation, expression_tree
from outcomes.surveys.exchange.surveyjs_out import matrix_groups, to_surveyjs
from outcomes.surveys.exchange.xform import to_xform
from outcomes.surveys.exchange.xlsform import added_rows, to_sheets
from outcomes.surveys.exchange.xlsform_file import outcomes_rows, xlsform_workbook
from outcomes.surveys.exchange.xlsform_in import read_xlsform
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))


def instrument(**changes: Any) -> Instrument:
    """A small instrument with something of everything."""
    return Instrument.model_validate(
        {
            "id": "short",
            "version": "2",
            "title": {"en": "A short survey", "es": "Una encuesta corta"},
            "languages": ["en", "es"],
            "population": "personnel",
            "rank_groups": ["officers", "civilians"],
            "source": {"construct": "trust", "items": "own items"},
            "licence": "MIT",
            "notice": {"en": "Your choice.\nThanks & bye", "es": "Usted decide."},
            "thanks": {"en": "Thank you.", "es": "Gracias."},
            "code": {
                "intro": {"en": "Make your code.", "es": "Haga su clave."},
                "elements": [
                    {"name": "letter", "kind": "letter", "label": {"en": "One", "es": "Una"}},
                    {
                        **{"name": "month", "kind": "number", "low": 1, "high": 12},
                        "label": {"en": "Month", "es": "Mes"},
                    },
                ],
            },
            "choices": {
                "agree": [
                    {"name": code, "label": {"en": f"en {code}", "es": f"es {code}"}}
                    for code in (1, 2, 3, -9)
                ]
            },
            "missing": [-9],
            "groups": {
                "grid": {"label": {"en": "Grid", "es": "Tabla"}, "appearance": "matrix"},
                "more": {"label": {"en": "More", "es": "Más"}, "relevant": "${age} >= 18"},
            },
            "items": [
                item(
                    *("age", "integer"),
                    constraint=". > 0 and . < 120",
                    constraint_message={"en": "Check this.", "es": "Revise esto."},
                    required=True,
                ),
                item("trust_1", "select_one agree", group="grid"),
                item("trust_2", "select_one agree", group="grid"),
                item("why", "text", group="more", appearance="multiline", privacy="free text"),
                item("both", "select_multiple agree", group="more", waves=["post"]),
                {"name": "old", "type": "calculate", "calculation": "if(${age} > 64, 1, 0)"},
                item("bye", "note", relevant="${old} = 1"),
            ],
            "scales": {"trust": {"label": "Trust", "items": ["trust_1", "trust_2"]}},
            **changes,
        }
    )


def item(name: str, kind: str, **more: Any) -> dict[str, Any]:
    label = {"en": f"{name} in English", "es": f"{name} en español"}
    return {"name": name, "type": kind, "label": label, **more}


def asking(relevant: str, *, constraint: str = "") -> Instrument:
    """An instrument whose last item has this condition."""
    last = item("last", "text", relevant=relevant, constraint=constraint)
    items = [
        item("age", "integer"),
        item("one", "select_one agree"),
        item("many", "select_multiple agree"),
        item("day", "date"),
        item("words", "text"),
        item("told", "note"),
        last,
    ]
    return instrument(items=items, groups={}, scales={})


def shown_if(form: dict[str, Any]) -> str:
    return form["pages"][-1]["elements"][-1]["visibleIf"]


def rows(content: bytes, sheet: str) -> list[dict[str, str]]:
    cells = list(load_workbook(io.BytesIO(content))[sheet].values)
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_instrument_converts_in_pyxform_and_keeps_every_text(
    path: Path, tmp_path: Path
) -> None:
    shipped = read_instrument(path)
    out = export_instrument(path, "xlsform", out=tmp_path / "form.xlsx")
    xform = convert(xlsform=str(out), validate=False).xform
    assert etree.canonicalize(xform) == etree.canonicalize(to_xform(shipped))
    words = " ".join("".join(etree.fromstring(xform.encode()).itertext()).split())
    texts = [shipped.notice, shipped.thanks, *(each.label for each in shipped.items)]
    texts += [choice.label for listed in shipped.choices.values() for choice in listed]
    for said in (text for each in texts for text in each.values()):
        assert " ".join(said.split()) in words


def test_the_workbook_orders_its_columns_as_a_person_reads_them() -> None:
    survey = load_workbook(io.BytesIO(xlsform_workbook(instrument())))["survey"]
    assert [cell.value for cell in survey[1]] == [
        *("type", "name", "label::en", "label::es", "required", "relevant"),
        *("constraint", "constraint_message::en", "constraint_message::es"),
        *("calculation", "appearance"),
    ]


def test_what_xlsform_cannot_say_stands_on_a_sheet_of_its_own() -> None:
    kept = {
        row["key"]: json.loads(row["value"])
        for row in rows(xlsform_workbook(instrument()), "outcomes")
    }
    assert kept["layout"] == 1
    assert kept["title"]["es"] == "Una encuesta corta"
    assert kept["scales.trust"] == {"label": "Trust", "items": ["trust_1", "trust_2"]}
    assert kept["items.both.waves"] == ["post"]
    assert kept["items.why.privacy"] == "free text"
    assert (kept["rows.notice"], kept["rows.code"]) == ("notice_text", "self_code")
    assert kept["code"]["elements"][1]["high"] == 12
    assert kept["source"] == {"construct": "trust", "items": "own items"}
    assert {"population", "rank_groups", "licence", "missing", "languages"} <= set(kept)


def test_our_own_import_reads_the_same_instrument_again(tmp_path: Path) -> None:
    path = tmp_path / "short.xlsx"
    path.write_bytes(xlsform_workbook(instrument()))
    assert read_xlsform(path).instrument == instrument()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_instrument_comes_back_from_its_workbook_unchanged(
    path: Path, tmp_path: Path
) -> None:
    out = export_instrument(path, "xlsform", out=tmp_path)
    again = read_xlsform(out).instrument
    assert again is not None
    assert content_hash(again) == content_hash(read_instrument(path))


def test_a_text_that_begins_with_an_equals_sign_stays_a_text() -> None:
    short = instrument(notice={"en": "=1+1", "es": "=SUM(A1)"})
    found = rows(xlsform_workbook(short), "survey")[0]
    assert (found["label::en"], found["label::es"]) == ("=1+1", "=SUM(A1)")


@pytest.mark.parametrize(
    ("text", "said"), [("x" * 40_000, "40000 characters"), ("a\x07b", "control character")]
)
def test_a_text_that_excel_cannot_hold_is_refused(text: str, said: str) -> None:
    with pytest.raises(DataError, match=f"sheet survey, row 2, column label::en: .*{said}"):
        xlsform_workbook(instrument(notice={"en": text, "es": "x"}))


def test_the_self_made_code_is_asked_in_xlsform_too() -> None:
    survey = to_sheets(instrument())["survey"]
    by_name = {row["name"]: row for row in survey if not row["type"].startswith("end")}
    assert by_name["letter"]["constraint"] == "regex(., '^[A-Za-z]$')"
    assert by_name["month"]["constraint"] == ". <= 12 and . >= 1"
    assert survey[-1] == {
        **{"type": "note", "name": "thanks_text"},
        **{"label::en": "Thank you.", "label::es": "Gracias."},
    }


def test_an_added_row_takes_no_name_of_an_item() -> None:
    taken = instrument(items=[item("notice_text", "text")], groups={}, scales={})
    assert added_rows(taken)["notice"] == "notice_text_n"
    assert {"key": "rows.notice", "value": '"notice_text_n"'} in outcomes_rows(taken)


def test_surveyjs_gets_pages_a_matrix_and_both_languages() -> None:
    form = to_surveyjs(instrument())
    assert form["title"] == {"default": "A short survey", "es": "Una encuesta corta"}
    assert form["clearInvisibleValues"] == "onHiddenContainer"
    assert [page["name"] for page in form["pages"]] == [
        *("page_notice", "page_age", "page_grid", "more", "page_bye")
    ]
    notice, code = form["pages"][0]["elements"]
    assert notice["html"]["default"] == "Your choice.<br>Thanks &amp; bye"
    assert [each["name"] for each in code["elements"]] == ["letter", "month"]
    grid = form["pages"][2]["elements"][0]
    assert (grid["type"], [row["value"] for row in grid["rows"]]) == (
        "matrix",
        ["trust_1", "trust_2"],
    )
    assert form["pages"][3]["visibleIf"] == "{age} >= 18"
    assert form["calculatedValues"] == [
        {"name": "old", "expression": "iif({age} > 64, 1, 0)", "includeIntoResult": True}
    ]
    assert form["completedHtml"] == {"default": "Thank you.", "es": "Gracias."}


def test_a_constraint_lets_an_empty_answer_and_a_missing_code_pass() -> None:
    age = to_surveyjs(instrument())["pages"][1]["elements"][0]
    assert age["isRequired"] is True
    assert age["validators"][1]["expression"] == (
        "{age} empty or {age} = '-9' or (({age} > 0) and ({age} < 120))"
    )


def test_a_pattern_becomes_a_regex_validator_for_the_whole_answer() -> None:
    form = to_surveyjs(asking("", constraint="regex(., '[a-z]+') and string-length(.) < 5"))
    pattern, rest = form["pages"][-1]["elements"][-1]["validators"]
    assert pattern == {"type": "regex", "regex": "^(?:[a-z]+|\\-9)$"}
    assert "{#last.length}" in rest["expression"]


def test_only_plain_rows_that_share_their_choices_become_a_matrix() -> None:
    grid = {"grid": {"appearance": "matrix"}}
    one = item("a", "select_one agree", group="grid")
    for other in (
        item("b", "select_one agree", group="grid", relevant="${a} = 1"),
        item("b", "select_one agree", group="grid", required=True),
        item("b", "integer", group="grid"),
    ):
        mixed = instrument(items=[one, other], groups=grid, scales={})
        assert matrix_groups(mixed) == frozenset()
        assert [each["name"] for each in to_surveyjs(mixed)["pages"][1]["elements"]] == ["a", "b"]


def test_items_of_another_occasion_are_kept_but_never_shown() -> None:
    more = to_surveyjs(instrument(), occasion="pre")["pages"][3]["elements"]
    assert [each.get("visible", True) for each in more] == [True, False]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("${one} = '1'", "{#one} = '1'"),
        ("${one} > 1 or ${one} = -9", "({one} > 1 or {one} = -9)"),
        ("not(selected(${many}, '2'))", "!({#many} contains '2')"),
        ("${words} != ''", "!({words} empty)"),
        ("${age} + 1 > 5", "({age} notempty and ({age} + 1) > 5)"),
        ("${age} = ${one}", "{age} = {one}"),
        ("${day} >= date('2026-01-01')", "{#day} >= '2026-01-01'"),
        ("${age} > 1 and ${age} < 3 or ${one} = 2", "(({age} > 1 and {age} < 3) or {one} = 2)"),
    ],
)
def test_a_condition_is_said_in_the_words_of_surveyjs(expression: str, said: str) -> None:
    assert shown_if(to_surveyjs(asking(expression))) in {said, said[1:-1]}


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("pulldata('a', 'b')", "SurveyJS has nothing like pulldata"),
        ("${many} = '1'", "several choices at once"),
        ("${words} = 'Yes'", "capital and small letters"),
        ("${words} > 3", "counts a text"),
        ("${age} div ${one} > 2", "where the right side of div is 0"),
        ("${day} > '2026-01-01'", "compares a date with a text"),
        ("${told} = 1", "is no item with an answer"),
        ("${nobody} = 1", "is no item with an answer"),
        ("../age = 1", "a path into the form's XML"),
        ("${age} >", "ends too early"),
        ("${age} >> 1", "cannot stand there"),
        ("date('soon') = ${day}", "no date such as"),
        ("selected(${age}, '1')", "an item without choices"),
        ("selected(${many}, ${one})", "no fixed text"),
        ("${age} = 1 #", "is not understood"),
    ],
)
def test_what_surveyjs_cannot_say_is_refused_with_item_and_expression(
    expression: str, why: str
) -> None:
    with pytest.raises(DataError, match=f"short: item last, relevant: .*{why}"):
        to_surveyjs(asking(expression))


def test_calculations_that_need_each_other_in_a_circle_are_refused() -> None:
    circle = [
        {"name": "a", "type": "calculate", "calculation": "${b} + 1"},
        {"name": "b", "type": "calculate", "calculation": "${a} + 1"},
    ]
    with pytest.raises(DataError, match="item a, calculation"):
        to_surveyjs(instrument(items=circle, groups={}, scales={}))


def test_names_that_surveyjs_takes_for_the_same_are_refused() -> None:
    twins = [item("Age", "integer"), item("age", "integer")]
    with pytest.raises(DataError, match="takes the names Age and age for the same"):
        to_surveyjs(instrument(items=twins, groups={}, scales={}))


def test_operators_bind_as_in_xpath() -> None:
    # XPath 1.0, section 3.4 and 3.5: * before +, + before =, = before and, and before or
    tree = expression_tree("1 or 2 and 3 = 4 + 5 * 6")
    signs = []
    while isinstance(tree, Operation):
        signs.append(tree.sign)
        tree = tree.right
    assert signs == ["or", "and", "=", "+", "*"]
    assert tree == Number(value="6")


def test_a_bottomless_expression_is_refused_and_not_a_crash() -> None:
    with pytest.raises(DataError, match="brackets in brackets"):
        expression_tree("(" * 5000 + "1" + ")" * 5000)


@pytest.mark.parametrize(
    ("to", "start"),
    [("xlsform", b"PK"), ("xform", b"<?xml"), ("surveyjs", b"{"), ("paper", b"%PDF")],
)
def test_an_export_is_named_after_the_instrument_and_leaves_nothing_else(
    tmp_path: Path, to: str, start: bytes
) -> None:
    out = export_instrument(ROOT / "surveys" / "event_slip.yaml", to, out=tmp_path)
    assert out.name.startswith("event_slip-")
    assert out.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [out]


def test_an_export_that_is_refused_leaves_the_old_file_alone(tmp_path: Path) -> None:
    old = tmp_path / "form.json"
    old.write_text("old", encoding="utf-8")
    source = (ROOT / "surveys" / "event_slip.yaml").read_text(encoding="utf-8")
    name = read_instrument(ROOT / "surveys" / "event_slip.yaml").items[0].name
    changed = tmp_path / "slip.yaml"
    line = f"  - name: {name}\n"
    assert source.count(line) == 1
    changed.write_text(
        source.replace(line, f"{line}    relevant: regex('a', 'b')\n"), encoding="utf-8"
    )
    with pytest.raises(DataError, match=f"item {name}, relevant"):
        export_instrument(changed, "surveyjs", out=old)
    assert old.read_text(encoding="utf-8") == "old"


def test_wrong_wishes_are_answered_with_what_can_be_had(tmp_path: Path) -> None:
    slip = ROOT / "surveys" / "event_slip.yaml"
    with pytest.raises(DataError, match="Allowed: xlsform, xform, surveyjs, paper"):
        export_instrument(slip, "word", out=tmp_path)
    with pytest.raises(DataError, match="has no language 'xx'"):
        export_instrument(slip, "paper", out=tmp_path, language="xx")
    with pytest.raises(DataError, match="xlsform holds every occasion"):
        export_instrument(slip, "xlsform", out=tmp_path, occasion="pre")
    (tmp_path / "none").write_text("a file, no folder")
    with pytest.raises(FileError, match="cannot be written"):
        export_instrument(slip, "xform", out=tmp_path / "none" / "form.xml")
