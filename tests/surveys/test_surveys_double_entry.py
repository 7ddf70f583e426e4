import pytest

from outcomes.errors import DataError
from outcomes.surveys.double_entry import (
    CARD,
    ELEMENT,
    Discrepancy,
    KeyedForm,
    compare,
    fields_of,
    keyed_answer,
    keyed_as,
    settle,
    sheet_number,
    short_codes,
)
from outcomes.surveys.instrument import Instrument, item_named
from outcomes.surveys.keyed_sheets import Entry, Sheet, SheetName, Stage, require_turn, sheet_of

AGREE = [{"name": str(code), "label::en": f"{code}!"} for code in (1, 2, 3, 4, 5, -9)]
LONG = [{"name": name, "label::en": name} for name in ("never", "sometimes", "always")]
MIXED = [{"name": name, "label::en": name} for name in ("1", "2", "a long one")]
SHEET = SheetName(wave="spring-pre", place="agency", sheet="0001")


def asked(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "label::en": name, **more}


FORM = Instrument.model_validate(
    {
        "id": "short",
        "version": 1,
        "title::en": "A short survey",
        "languages": ["en"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Taking part is your choice.",
        "code": {
            "intro::en": "Make a code.",
            "elements": [
                {"name": "letter", "kind": "letter", "label::en": "A letter"},
                {"name": "month", "kind": "number", "low": 0, "high": 12, "label::en": "A month"},
            ],
        },
        "choices": {"agree": AGREE, "often": LONG, "mixed": MIXED},
        "missing": [-9],
        "items": [
            asked("trust", "select_one agree"),
            asked("hello", "note"),
            asked("after", "select_one agree", waves=["post"]),
            asked("often", "select_one often"),
            asked("which", "select_multiple agree"),
            asked("mixed", "select_one mixed"),
            asked("age", "integer"),
            asked("hours", "decimal"),
            asked("since", "date"),
            asked("why", "text"),
        ],
    }
)


@pytest.mark.parametrize(
    ("item", "typed", "stored"),
    [
        ("trust", " 4 ", "4"),
        ("trust", "-9", "-9"),
        ("trust", "", ""),
        ("often", "3", "always"),
        ("often", "Always", "always"),
        ("often", "-9", "-9"),
        ("which", "3, 1", "1 3"),
        ("which", "1 3 3", "1 3"),
        ("age", "007", "7"),
        ("age", "-9", "-9"),
        ("hours", "2.50", "2.5"),
        ("hours", "100", "100"),
        ("hours", "-0", "0"),
        ("since", "2025-04-14", "2025-04-14"),
        ("why", "  More   walks ", "More walks"),
    ],
)
def test_two_people_who_mean_the_same_have_keyed_the_same(
    item: str, typed: str, stored: str
) -> None:
    keyed = keyed_answer(FORM, item_named(FORM, item), typed)
    assert (keyed.value, keyed.problem) == (stored, "")


@pytest.mark.parametrize(
    ("item", "typed", "says"),
    [
        ("trust", "6", "'6' is no answer here. Type one of 1-5, -9; or leave it empty"),
        ("trust", "1 2", "only one answer can stand here"),
        ("often", "4", "Type one of 1-3, -9"),
        ("mixed", "3", "Type one of 1, 2, a long one, -9"),
        ("which", "1 8", "'8' is no answer here"),
        ("age", "2.5", "whole number"),
        ("hours", "much", "no number"),
        ("since", "14 April", "Type it as 2026-03-31"),
    ],
)
def test_what_no_choice_has_is_refused_with_what_is_allowed(
    item: str, typed: str, says: str
) -> None:
    assert says in keyed_answer(FORM, item_named(FORM, item), typed).problem


def test_long_names_are_numbered_as_printed_unless_a_number_is_a_name() -> None:
    often = short_codes(FORM, item_named(FORM, "often"))
    assert often == {"1": "never", "2": "sometimes", "3": "always", "-9": "-9"}
    assert "a long one" in short_codes(FORM, item_named(FORM, "mixed"))
    assert keyed_as(FORM, item_named(FORM, "often"), "always") == "3"
    assert keyed_as(FORM, item_named(FORM, "which"), "1 3") == "1 3"


def test_a_comparison_names_each_field_that_differs_with_its_printed_number() -> None:
    first = KeyedForm(
        answers={"trust": "4", "age": "7", "why": "More walks"}, code={"letter": "a"}, card="x"
    )
    second = KeyedForm(
        answers={"trust": "5", "often": "never", "age": "7", "why": "more WALKS"},
        code={"letter": "b"},
    )
    assert compare(first, second, FORM, occasion="pre") == [
        Discrepancy(item=CARD, number=0, first="x", second=""),
        Discrepancy(item=f"{ELEMENT}letter", number=0, first="a", second="b"),
        Discrepancy(item="trust", number=1, first="4", second="5"),
        Discrepancy(item="often", number=2, first="", second="never"),
    ]
    assert compare(first, first, FORM) == []
    assert fields_of(FORM, "pre") == 8 + 2 + 1


def test_nothing_is_settled_that_nobody_chose() -> None:
    first = KeyedForm(answers={"trust": "4", "age": "7"})
    second = KeyedForm(answers={"trust": "5", "age": "8"}, card="x")
    apart = compare(first, second, FORM)
    form, still = settle(first, apart, {"trust": "3", CARD: ""})
    assert form == KeyedForm(answers={"trust": "3", "age": "7"})
    assert [each.item for each in still] == ["age"]
    form, still = settle(first, apart, {"trust": "3", CARD: "x", "age": ""})
    assert form == KeyedForm(answers={"trust": "3"}, card="x")
    assert still == ()


def entry(user: str, stage: Stage, **form: object) -> Entry:
    return Entry(
        user=user, stage=stage, form=KeyedForm(**form), language="en", day="2025-02-04"  # type: ignore[arg-type]
    )  # fmt: skip


def sheet(*entries: Entry) -> Sheet:
    return sheet_of(SHEET, entries, instrument=FORM, occasion="pre")


def test_a_sheet_agrees_only_once_two_people_keyed_the_same() -> None:
    ana = entry("ana", "done", answers={"trust": "4"})
    assert sheet(entry("ana", "draft", answers={"trust": "4"})).standing == "started"
    assert sheet(ana, entry("ana", "done", answers={"trust": "4"})).standing == "once"
    assert sheet(ana, entry("ben", "draft", answers={"trust": "4"})).standing == "once"
    assert sheet(ana, entry("ben", "done", answers={"trust": "4"})).standing == "agreed"
    differing = sheet(ana, entry("ben", "done", answers={"trust": "5"}))
    assert differing.standing == "differing"
    settled = sheet(*differing.entries, entry("cleo", "choice", answers={"trust": "5"}))
    assert settled.standing == "agreed"
    assert settled.form.answers == {"trust": "5"}
    assert settled.keyed_apart == 1  # the error rate stays that of the first keying


def test_codes_that_differ_are_keyed_again_by_both() -> None:
    ana = entry("ana", "done", answers={"trust": "4"}, card="right")
    ben = entry("ben", "done", answers={"trust": "4"}, card="wrong")
    one = entry("ana", "codes again", card="right")
    assert sheet(ana, ben, one).standing == "differing"
    both = sheet(ana, ben, one, entry("ben", "codes again", card="right"))
    assert both.standing == "agreed"
    assert both.form == KeyedForm(answers={"trust": "4"}, card="right")
    assert sheet(ana, ben, entry("cleo", "codes again", card="wrong")).standing == "differing"


def test_nobody_keys_a_sheet_twice_and_no_third_person_keys_it() -> None:
    ana, ben = entry("ana", "done"), entry("ben", "done")
    with pytest.raises(DataError, match="Another person must key it"):
        require_turn(sheet(ana), entry("ana", "draft"))
    require_turn(sheet(ana), ben)
    with pytest.raises(DataError, match="keyed twice already"):
        require_turn(sheet(ana, ben), entry("cleo", "done"))
    erased = Entry(user="ana", stage="", form=KeyedForm(), language="", day="2025-02-04")
    with pytest.raises(DataError, match="were erased"):
        require_turn(sheet(erased), ben)


@pytest.mark.parametrize("text", ["", "  ", "a/b", "x" * 21, "../0001", "no 7"])
def test_what_is_printed_on_no_sheet_is_no_sheet_number(text: str) -> None:
    with pytest.raises(DataError, match="no sheet number"):
        sheet_number(text)
    assert sheet_number(" 0007 ") == "0007"
