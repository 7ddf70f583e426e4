import random
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.surveys.expressions import compile_form, read_xform
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.odk_functions import FUNCTIONS, REFUSED, SPECIAL
from outcomes.surveys.odk_values import Value, number, text, written_moment
from outcomes.surveys.xpath import Expression, bind_expression
from outcomes.surveys.xpath_parser import ExpressionRefused
from outcomes.surveys.xpath_scope import Reading

ANSWERS: dict[str, Value] = {
    "age": 42.0,
    "half": 2.5,
    "blank": "",
    "name": "Ana Maria",
    "many": "a b c",
    "day": written_moment("2024-03-15") or "",
    "noday": "",
    "one": "5",
    "g/x": 1.0,
    "g/y": 2.0,
    "me": "",
}
VALUES = {f"/data/{name}": value for name, value in ANSWERS.items()}
GROUPS = frozenset({"/data", "/data/g"})

# Each result is JavaRosa's own (the engine of ODK Collect), from the ODK Validate that pyxform
# 4.5.0 carries: XPathParseTool.parseXPath(...).eval(...) in a form with these answers, in UTC.
JAVAROSA = [
    ("/data/age + 1", "43"),
    ("/data/age div 5", "8.4"),
    ("/data/age div 0", "Infinity"),
    ("/data/blank + 1", "NaN"),
    ("/data/blank = ''", "true"),
    ("/data/blank != 3", "true"),
    ("/data/blank < 3", "false"),
    ("/data/blank >= 0", "false"),
    ("not(/data/blank < 3)", "true"),
    ("/data/one = 5", "true"),
    ("/data/one = '5'", "true"),
    ("/data/name = 5", "false"),
    ("/data/age = '42'", "true"),
    ("/data/age = '42.0'", "true"),
    ("7 mod 3", "1"),
    ("-7 mod 3", "-1"),
    ("5.5 mod 2", "1.5"),
    ("2 + 3 * 4", "14"),
    ("(2 + 3) * 4", "20"),
    ("10 - 2 - 3", "5"),
    ("1 = 1 and 2 = 3", "false"),
    ("0 or /data/blank", "false"),
    ("/data/name and true()", "true"),
    ("true() = 'x'", "true"),
    ("true() + 1", "2"),
    ("if(/data/age > 18, 'adult', 'child')", "adult"),
    ("if(/data/blank, 1, 2)", "2"),
    ("coalesce(/data/blank, 'none')", "none"),
    ("coalesce(/data/age, 'none')", "42"),
    ("selected(/data/many, 'b')", "true"),
    ("selected(/data/many, 'd')", "false"),
    ("selected(/data/blank, 'a')", "false"),
    ("selected('ab c', 'b')", "false"),
    ("count-selected(/data/many)", "3"),
    ("count-selected('')", "0"),
    ("selected-at(/data/many, 0)", "a"),
    ("selected-at(/data/many, 2)", "c"),
    ("selected-at(/data/many, 3)", ""),
    ("selected-at(/data/many, -1)", ""),
    ("regex(/data/name, '[A-Za-z ]+')", "true"),
    ("regex('abc', 'b')", "false"),
    ("regex('555-1234', '[0-9]{3}-[0-9]{4}')", "true"),
    ("contains(/data/name, 'Mar')", "true"),
    ("starts-with(/data/name, 'Ana')", "true"),
    ("ends-with(/data/name, 'ria')", "true"),
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', -2)", "lo"),
    ("substr('hello', 3, 1)", ""),
    ("substr('hello', 2)", "llo"),
    ("substring-before('a-b-c', '-')", "a"),
    ("substring-after('a-b-c', '-')", "b-c"),
    ("substring-before('abc', 'x')", ""),
    ("string-length(/data/name)", "9"),
    ("string-length(/data/blank)", "0"),
    ("normalize-space('  a   b ')", "a b"),
    ("translate('bar', 'abc', 'ABC')", "BAr"),
    ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
    ("concat('a', 1, true())", "a1true"),
    ("join(', ', 'a', 'b', 'c')", "a, b, c"),
    ("string(2.5)", "2.5"),
    ("string(3.0)", "3"),
    ("string(0.1 + 0.2)", "0.30000000000000004"),
    ("string(100000)", "100000"),
    ("number('12')", "12"),
    ("number('1,5')", "1.5"),
    ("number('abc')", "NaN"),
    ("number('')", "NaN"),
    ("number('1e3')", "NaN"),
    ("number(true())", "1"),
    ("int(2.9)", "2"),
    ("int(-2.9)", "-2"),
    ("int('7.5')", "7"),
    ("round(2.5)", "3"),
    ("round(-2.5)", "-2"),
    ("round(1.25, 1)", "1.3"),
    ("round(1234.5, -2)", "1200"),
    ("round(2.449, 1)", "2.4"),
    ("abs(-3)", "3"),
    ("pow(2, 10)", "1024"),
    ("pow(2, 0.5)", "1.4142135623730951"),
    ("sqrt(9)", "3"),
    ("log10(1000)", "3"),
    ("exp(0)", "1"),
    ("exp10(2)", "100"),
    ("pi()", "3.141592653589793"),
    ("min(3, 1, 2)", "1"),
    ("max(3, 1, 2)", "3"),
    ("min(/data/age, /data/blank)", "42"),
    ("max(/data/blank, '')", "NaN"),
    ("boolean('false')", "true"),
    ("boolean(0)", "false"),
    ("boolean(/data/noday)", "false"),
    ("boolean-from-string('true')", "true"),
    ("boolean-from-string('1')", "true"),
    ("boolean-from-string('yes')", "false"),
    ("not('')", "true"),
    ("date('2024-03-15') = /data/day", "true"),
    ("/data/day < date('2024-06-01')", "true"),
    ("/data/day + 1", "19798"),
    ("date(/data/day + 7)", "2024-03-22"),
    ("date(19723)", "2024-01-01"),
    ("number(date('1970-01-02'))", "1"),
    ("date('2024-03-15T23:59:00') < date('2024-03-16')", "true"),
    ("/data/noday < date('2024-06-01')", "false"),
    ("/data/noday = ''", "true"),
    ("format-date(/data/day, '%Y-%m-%d')", "2024-03-15"),
    ("format-date(/data/day, '%e/%n/%y')", "15/3/24"),
    ("format-date('', '%Y')", ""),
    ("format-date('2024-03-15', '%d %b %Y')", "15 Mar 2024"),
    ("format-date-time('2024-03-15T09:05:07', '%H:%M:%S %h')", "09:05:07 9"),
    ("decimal-date-time('2024-01-01')", "19723"),
    ("decimal-date-time('1970-01-01T12:00:00')", "0.5"),
    ("decimal-time('2024-01-01T18:00:00')", "0.75"),
    ("checklist(1, 2, true(), true(), false())", "true"),
    ("checklist(-1, 1, true(), true())", "false"),
    ("checklist(2, -1, true(), '', 1)", "true"),
    ("weighted-checklist(3, 5, true(), 2, 1, 2, '', 9)", "true"),
    ("weighted-checklist(1, 2, true(), 3)", "false"),
    ("count-non-empty(/data/blank)", "0"),
    ("count-non-empty(/data/age)", "1"),
    ("count(/data/age)", "1"),
    ("position(..)", "1"),
    ("/data/g/x + /data/g/y", "3"),
    ("../g/x", "1"),
    ("concat(/data/age, '-', /data/half)", "42-2.5"),
]


def bind(source: str) -> Expression:
    return bind_expression(source, here="/data/me", items=frozenset(VALUES), groups=GROUPS)


def worked_out(source: str, stored: str = "") -> str:
    reading = Reading(
        values=dict(VALUES), now=datetime(2025, 4, 14, 9, 30), stored={"/data/me": stored}
    )
    return text(bind(source).work(reading))


@pytest.mark.parametrize(("source", "result"), JAVAROSA)
def test_an_expression_gives_what_javarosa_gives(source, result) -> None:
    assert worked_out(source) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("today()", "2025-04-14"),
        ("format-date-time(now(), '%H:%M')", "09:30"),
        ("today() - date('2025-04-01')", "13"),
        ("once('new')", "new"),
        ("count(/data/g/x)", "1"),
        ("max(-5, -3)", "-3"),  # JavaRosa says 0: it starts from the smallest number above zero
        ("string(12345678.5)", "12345678.5"),  # JavaRosa: 1.23456785E7, which it cannot read back
        ("date(/data/name) = ''", "true"),  # JavaRosa stops the form; a word is simply no date
        ("floor(-2.5)", "-3"),  # XPath 1.0; not in ODK
        ("ceiling(2.1)", "3"),
        ("substring('12345', 1.5, 2.6)", "234"),  # the example of XPath 1.0, section 4.2
        ("substring('12345', 0, 3)", "12"),
        ("selected-at(/data/many, number('x'))", ""),
        ("substr('abc', number('x'), 2)", "ab"),
        ("sqrt(-1)", "NaN"),
        ("log(0)", "-Infinity"),
        ("exp(1000)", "Infinity"),
        ("date(1 div 0) = ''", "true"),
    ],
)
def test_what_is_ours_is_worked_out(source, result) -> None:
    assert worked_out(source) == result


def test_once_keeps_the_value_that_was_stored() -> None:
    assert worked_out("once('new')", stored="old") == "old"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (". >>= 18 and", "two signs of comparison stand together"),
        ("18 < . < 65", r"three values are compared at once. Write two comparisons"),
        (". > 1 AND . < 3", "operators are small letters. Write and"),
        (". == 3", "== is not known. Write one ="),
        (". > 1 && . < 3", "&& is not known. Write and"),
        (". <> 3", "two signs of comparison stand together|this way to say 'not'"),
        (". = \u2018yes\u2019", "curly quotation mark"),
        ("'it''s'", "two texts stand side by side"),
        ("age > 3", r"age stands there without its brackets. Write \$\{age\} for an item"),
        ("/data/agee > 3", r"there is no item at /data/agee. Did you mean 'age'"),
        ("/data/g = 1", "g is a group, which has no answer"),
        ("not(. = 3", "it cannot be read"),
        ("", "it cannot be read"),
        ("+1", r"\+ cannot stand there"),
        ("1e3", "cannot stand there"),
        ("//age", "// cannot stand there"),
        ("/data/age[1]", "picks repeated answers"),
        ("/data/age | /data/half", "cannot stand there"),
        ("$age", "cannot stand there"),
        ("selected(/data/many, 1)", "needs the choice in quotes, got 1. Write '1'"),
        ("coalesce(., 1, 2)", r"coalesce\(\) takes 2 values in its brackets, got 3"),
        ("if(., 1)", r"if\(\) takes 3 values in its brackets, got 2"),
        ("substr(.)", r"takes 2 to 3 values"),
        ("min()", "takes at least 1 values"),
        ("sum(1 + 2)", r"Write \$\{a\} \+ \$\{b\}"),
        ("regex(., '[')", r"the pattern '\[' of regex\(\) cannot be read"),
        ("regex(., /data/name)", "needs its pattern in quotes"),
        (". < '2025-04-14'", r"< needs numbers, not the text '2025-04-14'. .*date\("),
        ("date('14.4.2025')", "'14.4.2025' is not a date"),
        ("format-date(., '%j')", "does not know %j. Write one of: %Y"),
        ("weighted-checklist(1, 2, true())", "needs a weight for each answer"),
        ("count(1)", r"count\(\) counts items"),
        ("random()", r"random\(\) cannot be used: it gives another value each time"),
        ("jr:choice-name(., 'x')", r"jr:choice-name\(\) cannot be used"),
        ("selcted(., 'a')", r"there is no function selcted\(\). Did you mean 'selected'"),
        ("text()", r"there is no function text\(\)"),
        ("(" * 900 + "1" + ")" * 900, "it is nested too deeply"),
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_refused_with_its_mend(source, said) -> None:
    with pytest.raises(ExpressionRefused, match=said):
        bind(source)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_function_that_is_not_supported_is_refused_by_name(name) -> None:
    assert name not in {*FUNCTIONS, *SPECIAL}
    with pytest.raises(ExpressionRefused, match=rf"the function {name}\(\) cannot be used"):
        bind(f"{name}(.)")


WORDS = (
    *("and", "or", "div", "mod", "not", "if", "text", "node", "name", "self", "child", "parent"),
    *("position", "count", "date", "sum", "true", "string", "number", "selected", "today", "last"),
    *("element", "q.1", "a-b"),
)


@pytest.mark.parametrize("name", WORDS)
def test_an_item_may_have_the_name_of_a_function_or_an_operator(name) -> None:
    path = f"/data/{name}"
    found = bind_expression(f" {path}  + 1", here=path, items=frozenset({path}), groups=GROUPS)
    reading = Reading(values={path: 2.0}, now=datetime(2025, 1, 1), stored={})
    assert (found.work(reading), found.reads) == (3.0, frozenset({path}))


def test_an_expression_says_which_items_it_reads_and_what_it_compares_them_with() -> None:
    found = bind("selected(/data/many, 'b') or /data/one = '5' or . > 3")
    assert found.reads == {"/data/many", "/data/one", "/data/me"}
    assert {(one.path, one.written, one.how) for one in found.compared} == {
        ("/data/many", "b", "selected"),
        ("/data/one", "5", "="),
        ("/data/me", "3", "<"),
    }


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_that_is_written_is_read_back(value: float) -> None:
    assert number(text(float(value))) == pytest.approx(value, rel=1e-12, abs=1e-11)


PIECES = (*"()+-*=<'\"/.,1a$[]|", "and", "or", "not(", "selected(", "${")


@given(st.lists(st.sampled_from(PIECES)))
def test_any_text_is_worked_out_or_refused_but_never_breaks(parts) -> None:
    with suppress(ExpressionRefused):
        assert isinstance(worked_out(" ".join(parts)), str)


def instrument(*items: dict[str, object], **more: object) -> Instrument:
    content: dict[str, object] = {
        "id": "short",
        "version": 1,
        "title::en": "A short survey",
        "languages": ["en"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Taking part is your choice.",
        "items": [{"type": "integer", "label::en": "x", **item} for item in items],
    }
    return Instrument.model_validate(content | more)


def test_a_form_is_compiled_once_for_its_content() -> None:
    first, second = (instrument({"name": "age", "relevant": "1 = 1"}) for _ in range(2))
    assert compile_form(first) is compile_form(first) is compile_form(second)
    other = instrument({"name": "age", "relevant": "1 = 2"})
    assert compile_form(other) is not compile_form(first)


def test_items_are_ordered_after_those_they_depend_on() -> None:
    names = [f"c{at}" for at in range(8)]
    rows: list[dict[str, object]] = [
        {"name": name, "type": "calculate", "calculation": f"${{c{at - 1}}} + 1" if at else "1"}
        for at, name in enumerate(names)
    ]
    random.Random(3).shuffle(rows)
    assert list(compile_form(instrument(*rows)).order) == names


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"name": "age", "constraint": ". >>= 18 and"}, "short, age, constraint: two signs"),
        ({"name": "age", "relevant": "${age} > 3"}, "in a circle: age needs age"),
        ({"name": "age", "relevant": "${nobody} > 3"}, "nobody"),
    ],
)
def test_a_form_that_cannot_be_worked_out_is_not_compiled(item, said) -> None:
    with pytest.raises(DataError, match=said):
        compile_form(instrument(item))


def test_entities_of_a_form_from_outside_are_not_followed(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("told")
    form = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        '<h xmlns:x="http://www.w3.org/2002/xforms"><x:instance><data><a>&e;</a></data>'
        '</x:instance><x:bind nodeset="/data/a" relevant="1"/></h>'
    )
    binds = read_xform(form)
    assert (binds.items, binds.groups) == (("/data/a",), ("/data",))
    assert dict(binds.sources) == {("/data/a", "relevant"): "1"}


@pytest.mark.parametrize(("form", "said"), [("<a", "not XML"), ("<a/>", "no instance")])
def test_what_is_no_form_is_refused(form, said) -> None:
    with pytest.raises(DataError, match=said):
        read_xform(form)
