"""SurveyJS forms as instruments, with a report on every part."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import FileError
from outcomes.surveys.exchange.formulas import NotTranslatable
from outcomes.surveys.exchange.mapping import FormImport
from outcomes.surveys.exchange.surveyjs_answers import Answer
from outcomes.surveys.exchange.surveyjs_grammar import surveyjs_tree
from outcomes.surveys.exchange.surveyjs_in import read_surveyjs
from outcomes.surveys.exchange.surveyjs_translation import condition, value
from outcomes.surveys.instrument import Instrument, item_named

ANSWERS = {
    "one": Answer(name="one", kind="one", codes={"a": "a", "B c": "B_c", "1": "1"}),
    "many": Answer(name="many", kind="many", codes={"a": "a", "b": "b"}),
    "yes": Answer(name="yes", kind="yes or no", codes={"true": "yes", "false": "no"}),
    "num": Answer(name="num", kind="number"),
    "day": Answer(name="day", kind="date"),
    "txt": Answer(name="txt", kind="text"),
}


def find(name: str) -> Answer:
    if name not in ANSWERS:
        raise NotTranslatable(f"{{{name}}} is no question of this form")
    return ANSWERS[name]


def read(folder: Path, form: Any, *, keep_going: bool = False) -> FormImport:
    path = folder / "form.json"
    path.write_text(json.dumps(form), encoding="utf-8")
    return read_surveyjs(path, keep_going=keep_going)


def page(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"pages": [{"name": "start", "elements": list(elements)}], **more}


def whole(found: FormImport) -> Instrument:
    assert found.instrument is not None, found.sentences()
    return found.instrument


def said(found: FormImport, fate: str) -> dict[str, str]:
    return {each.part: each.why for each in found.mapping if each.fate == fate}


RADIO = {"type": "radiogroup", "name": "q", "title": "Which?", "choices": ["a", "b"]}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("{one} = 'a'", "${one} = 'a'"),
        ("{one} = 'b C'", "${one} = 'B_c'"),  # survey-core takes B for b
        ("{one}=01 or {one}='1'", ""),  # 01 is no number there
        ("{one} != 1", "${one} != '1'"),
        ("{one} = 'zzz'", "false()"),
        ("{one} contains 'A'", "${one} = 'a'"),
        ("{many} contains 'a'", "selected(${many}, 'a')"),
        ("{many} notcontains 'a'", "not(selected(${many}, 'a'))"),
        ("{many} anyof ['a','b']", "(selected(${many}, 'a') or selected(${many}, 'b'))"),
        ("{many} = 'a'", "false()"),
        ("{many} empty", "${many} = ''"),
        ("{yes}", "${yes} = 'yes'"),
        ("!{yes} and {num} > 3", "not(${yes} = 'yes') and ${num} > 3"),
        ("{yes} <> true", "${yes} != 'yes'"),
        ("{num} = '5'", "${num} = 5"),
        ("{num} + 1 > {num} * 2", "coalesce(${num}, 0) + 1 > coalesce(${num}, 0) * 2"),
        ("{day} > '2024-01-31'", "${day} > date('2024-01-31')"),
        ("{txt} = \"it\\'s\"", "${txt} = \"it's\""),
        (
            "{txt} notempty && ({one} = a || {yes} = false",
            "${txt} != '' and (${one} = 'a' or ${yes} = 'no')",
        ),
        ("iif({yes}, {num}, 0) >= 2", "if(${yes} = 'yes', ${num}, 0) >= 2"),
        (
            "age({day}) >= 18",
            "int((number(format-date(today(), '%Y%m%d')) - "
            "number(format-date(${day}, '%Y%m%d'))) div 10000) >= 18",
        ),
        ("{num} > 1 and {num} < 3 or {yes}", "(${num} > 1 and ${num} < 3) or ${yes} = 'yes'"),
    ],
)  # fmt: skip
def test_conditions_are_said_as_xlsform_says_them(theirs: str, ours: str) -> None:
    if not ours:
        with pytest.raises(NotTranslatable):
            condition(theirs, find)
    else:
        assert condition(theirs, find) == ours


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        ("{gone} = 1", "is no question of this form"),
        ("{one} = 'a' or 'b'", "a value stands where a comparison should stand"),
        ("{one}", "not true or false"),
        ("!{one} = 'a'", "something true or false is compared"),
        ("{one} = 'a", "cannot be read"),
        ("{one} = 'a' and", "should stand"),
        ("{one} = 1, {one} = 2", "nothing may follow"),
        ("dateDiff({day}, today(), 'years') > 3", "dateDiff"),
        ("{many} > 2", "by size"),
        ("{txt} > 'm'", "order of letters"),
        ("(" * 100 + "{yes}" + ")" * 100, "too deeply"),
        ("{yes} and " * 3000 + "{yes}", "longer than"),
    ],
)
def test_what_has_no_counterpart_is_refused_with_the_reason(theirs: str, reason: str) -> None:
    with pytest.raises(NotTranslatable, match=reason):
        condition(theirs, find)


def test_a_formula_gives_a_value() -> None:
    assert value("{num} / 2", find) == "coalesce(${num}, 0) div 2"
    assert value("{num} > 2", find) == "if(${num} > 2, 'yes', 'no')"
    assert value("'x' + {txt}", find) == "concat('x', ${txt})"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("{}()[]'\",!=<>+-*/%^& |anotrem01_.")), max_size=40))
def test_no_expression_breaks_the_parser(text: str) -> None:
    with suppress(NotTranslatable):  # the only way in which it may fail
        surveyjs_tree(text)
        condition(text, find)


def test_pages_and_panels_become_groups_with_their_conditions(tmp_path: Path) -> None:
    panel = {
        "type": "panel",
        "name": "more",
        "title": {"default": "More", "es": "Más"},
        "visibleIf": "{q} = 'a'",
        "elements": [{"type": "comment", "name": "why", "enableIf": "{q} notempty"}],
    }
    form = whole(read(tmp_path, page(RADIO, panel, title="Form")))
    assert form.groups["more"].relevant == "${q} = 'a'"
    assert form.groups["more"].group == "start"
    why = item_named(form, "why")
    assert (why.type, why.appearance, why.relevant) == ("text", "multiline", "${q} != ''")


def test_a_question_of_each_kind_becomes_an_item_or_is_dropped_by_a_rule(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        page(
            RADIO,
            {"type": "tagbox", "name": "tags", "choices": [{"value": 1, "text": "One"}, 2]},
            {"type": "boolean", "name": "sure"},
            {"type": "rating", "name": "rate", "rateMax": 3, "minRateDescription": "bad"},
            {"type": "text", "name": "age", "inputType": "number", "min": 0, "max": 120},
            {"type": "text", "name": "day", "inputType": "date"},
            {"type": "text", "name": "mail", "inputType": "email"},
            {"type": "html", "name": "hello", "html": "<p>Hi <b>you</b></p><script>x()</script>"},
            {"type": "expression", "name": "old", "expression": "{age} > 64"},
            {
                "type": "matrix",
                "name": "grid",
                "rows": ["r1", {"value": "r2", "text": "Row"}],
                "columns": [1, 2],
            },
            {
                "type": "multipletext",
                "name": "names",
                "items": [{"name": "first"}, {"name": "last"}],
            },
            {"type": "signaturepad", "name": "sign"},
            {"type": "ranking", "name": "order", "choices": [1, 2]},
            {"type": "matrixdynamic", "name": "rows", "columns": []},
            {
                "type": "paneldynamic",
                "name": "kids",
                "templateElements": [{"type": "text", "name": "kid"}],
            },
            {"type": "homemade", "name": "own"},
            {"type": "dropdown", "name": "far", "choicesByUrl": {"url": "x"}},
        ),
    )
    form = whole(found)
    types = {item.name: item.type for item in form.items}
    assert types == {
        "q": "select_one q",
        "tags": "select_multiple tags",
        "sure": "select_one yes_no",
        "rate": "select_one rate",
        "age": "decimal",
        "day": "date",
        "mail": "text",
        "hello": "note",
        "old": "calculate",
        "grid_r1": "select_one grid",
        "grid_r2": "select_one grid",
        "names_first": "text",
        "names_last": "text",
    }
    assert item_named(form, "hello").label["en"] == "Hi you"
    assert item_named(form, "age").constraint == ". >= 0 and . <= 120"
    assert item_named(form, "old").calculation == "if(${age} > 64, 'yes', 'no')"
    assert form.groups["grid"].appearance == "matrix"
    assert [choice.label["en"] for choice in form.choices["rate"]] == ["1 bad", "2", "3"]
    dropped = said(found, "dropped by rule")
    for name in ("sign", "order", "rows", "kids", "own", "far"):
        assert f"page 1, question {name}" in dropped
    assert "page 1, question kids, question kid" in dropped


def test_other_none_and_comments_become_choices_and_texts(tmp_path: Path) -> None:
    question = {
        **{"type": "checkbox", "name": "q", "choices": ["a"], "showOtherItem": True},
        **{"showNoneItem": True, "showCommentArea": True, "maxSelectedChoices": 2},
    }
    form = whole(read(tmp_path, page(question)))
    assert [choice.name for choice in form.choices["q"]] == ["a", "none", "other"]
    assert [item.name for item in form.items] == ["q", "q_other", "q_comment"]
    assert form.items[1].relevant == "selected(${q}, 'other')"
    assert "selected(., 'none')" in form.items[0].constraint
    assert "count-selected(.) <= 2" in form.items[0].constraint


def test_validators_become_the_constraint_and_their_text_its_message(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        page(
            {
                "type": "text",
                "name": "zip",
                "validators": [
                    {"type": "regex", "regex": "^[0-9]{5}$", "text": "Five digits"},
                    {"type": "expression", "expression": "{zip} != '00000'"},
                    {"type": "homemade"},
                ],
            }
        ),
    )
    item = whole(found).items[0]
    assert item.constraint == "(regex(., '^[0-9]{5}$')) and (${zip} != '00000')"
    assert item.constraint_message == {"en": "Five digits"}
    assert "page 1, question zip, validator homemade" in said(found, "dropped by rule")


def test_a_question_whose_condition_is_lost_is_an_error_and_never_shown_to_all(
    tmp_path: Path,
) -> None:
    form = page(RADIO, {"type": "text", "name": "t", "visibleIf": "homemade({q}) = 'it'"})
    found = read(tmp_path, form)
    assert found.instrument is None
    assert "homemade" in said(found, "error")["page 1, question t, visibleIf"]
    kept = whole(read(tmp_path, form, keep_going=True))
    assert item_named(kept, "t").relevant == "not-translated(\"homemade({q}) = 'it'\")"


def test_a_trigger_that_ends_the_form_early_is_an_error(tmp_path: Path) -> None:
    found = read(tmp_path, page(RADIO, triggers=[{"type": "complete", "expression": "{q} = 'a'"}]))
    assert found.instrument is None
    assert "visibleIf" in said(found, "error")["trigger 1"]


def test_names_and_values_that_are_not_allowed_are_changed_in_conditions_too(
    tmp_path: Path,
) -> None:
    question = {"type": "radiogroup", "name": "my question", "choices": ["very good", "bad"]}
    shown = {"type": "text", "name": "t", "visibleIf": "{my question} = 'very good'"}
    found = read(tmp_path, page(question, shown))
    assert whole(found).items[1].relevant == "${my_question} = 'very_good'"
    became = {each.part: each.became for each in found.mapping}
    assert became["question my question, name"] == "my_question"


def test_a_question_keeps_its_name_although_a_row_of_a_matrix_would_take_it(tmp_path: Path) -> None:
    grid = {"type": "matrix", "name": "ev", "rows": ["af"], "columns": [0, 1]}
    form = page(
        grid,
        {"type": "text", "name": "ev_af", "inputType": "number", "visibleIf": "{ev.af} = 1"},
        {"type": "comment", "name": "more", "visibleIf": "{ev_af} > 3"},
    )
    instrument = whole(read(tmp_path, form))
    assert [item.name for item in instrument.items] == ["ev_af_2", "ev_af", "more"]
    assert item_named(instrument, "ev_af").relevant == "${ev_af_2} = '1'"
    assert item_named(instrument, "more").relevant == "${ev_af} > 3"


def test_a_form_inside_the_record_of_another_program_is_found(tmp_path: Path) -> None:
    template = {"name": "tmpl", "type": "radiogroup", "title": "?", "choices": ["a"]}
    content = page({"name": "q", "questionTemplateName": "tmpl"}, questionTemplates=[template])
    record = {
        "stableId": "My_Form",
        "version": 3,
        "name": "My form",
        "jsonContent": json.dumps(content),
    }
    form = whole(read(tmp_path, record))
    assert (form.id, form.version, form.title) == ("my_form", "3", {"en": "My form"})
    assert form.items[0].type == "select_one q"


def test_texts_in_two_languages_stay_in_both(tmp_path: Path) -> None:
    both = {"default": "Which?", "es": "¿Cuál?"}
    choices = [{"value": "a", "text": {"default": "A", "es": "La A"}}]
    form = whole(read(tmp_path, page({**RADIO, "title": both, "choices": choices})))
    assert form.languages == ("en", "es")
    assert form.items[0].label == {"en": "Which?", "es": "¿Cuál?"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [("", "not JSON"), ("[1, 2]", "holds no SurveyJS form"), ("{}", "holds no SurveyJS form"),
     ("{\"pages\": ", "line 1"), ("[" * 100_000, "not JSON")],
)  # fmt: skip
def test_what_is_no_form_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text(content)
    with pytest.raises(FileError, match=problem):
        read_surveyjs(tmp_path / "form.json")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=8), st.just("{q}=1")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "name", "title", "choices", "elements", "pages", "rows", "columns", "text",
                 "value", "visibleIf", "validators", "html", "expression", "items", "rateMin",
                 "rateMax", "min", "showOtherItem", "valueTrue", "triggers", "templateElements"]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=25,
)  # fmt: skip
KINDS = st.sampled_from(
    ["radiogroup", "checkbox", "boolean", "rating", "text", "comment", "matrix", "html", "panel",
     "multipletext", "expression", "paneldynamic", "ranking", "dropdown", "imagepicker", "slider"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(parts=st.lists(st.tuples(KINDS, st.dictionaries(
    st.sampled_from(["name", "title", "choices", "rows", "columns", "elements", "items", "html",
                     "visibleIf", "rateMin", "rateMax", "rateStep", "rateValues", "validators",
                     "choicesMin", "choicesMax", "expression", "valueName", "min"]),
    JSON, max_size=6)), max_size=3))  # fmt: skip
def test_no_damaged_form_crashes_the_import(
    parts: list[tuple[str, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    elements = [{**part, "type": kind} for kind, part in parts]
    found = read(tmp_path_factory.mktemp("form"), {"pages": [{"elements": elements}]})
    assert found.instrument or found.count("error")
