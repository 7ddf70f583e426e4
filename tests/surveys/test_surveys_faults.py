import re
import time

import pytest

from outcomes.surveys.faults import Fault, cautions, faults
from outcomes.surveys.instrument import Instrument

AGREE = [{"name": at, "label::en": f"Level {at}"} for at in (1, 2, 3)]
COLOR = [{"name": name, "label::en": name} for name in ("red", "blue")]
MESSAGE = {"constraint_message::en": "Please check."}
Content = dict[str, object]


def item(name: str, kind: str = "select_one agree", **more: object) -> Content:
    label = {} if kind == "calculate" else {"label::en": "A question"}
    privacy = {"privacy": "free text"} if kind == "text" else {}
    return {"name": name, "type": kind, **label, **privacy, **more}


def instrument(*items: Content, **more: object) -> Instrument:
    content: Content = {
        "id": "short",
        "version": 1,
        "title::en": "A short survey",
        "languages": ["en"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Taking part is your choice.",
        "choices": {"agree": AGREE, "color": COLOR},
        "missing": [-9],
        "items": items,
    }
    return Instrument.model_validate(content | more)


def said(found: list[Fault]) -> list[str]:
    return [f"{fault.place}: {fault.problem}. {fault.mend}" for fault in found]


def element(name: str, kind: str = "letter", **more: object) -> Content:
    return {"name": name, "kind": kind, "label::en": "A part", **more}


SOUND = instrument(
    item("age", "integer", constraint=". > 17 and . < 120", group="you", **MESSAGE),
    item("older", "calculate", calculation="${age} + 1", group="you"),
    item("met", relevant="${older} > 20 or coalesce(${age}, 0) = 0"),
    item("trust_1", group="grid"),
    item("trust_2", group="grid"),
    item("likes", "select_multiple color", relevant="${trust_1} = 3 or ${trust_2} = '-9'"),
    item("why", "text", relevant="selected(${likes}, 'red')"),
    item("end", "note"),
    groups={
        "you": {"label::en": "You"},
        "grid": {"label::en": "How much?", "appearance": "matrix", "relevant": "${met} != ''"},
    },
    scales={"trust": {"label": "Trust", "items": ["trust_1", "trust_2"]}},
    code={
        "intro::en": "Your code",
        "elements": [
            element("a"),
            element("b"),
            element("c"),
            element("d", "number", low=1, high=9),
        ],
    },
)


def test_a_sound_instrument_has_no_fault_and_needs_no_caution() -> None:
    assert said(faults(SOUND)) == []
    assert said(cautions(SOUND)) == []


EXPRESSIONS = [
    ({"relevant": ". >>= 18 and"}, r"item q, relevant: two signs of comparison"),
    ({"relevant": "${agee} > 3"}, r"there is no item called 'agee'. Did you mean 'age'"),
    ({"relevant": "${q} > 3"}, r"item q: whether it is shown, or its value, depends on its own"),
    ({"relevant": ". = 3"}, r"item q: whether it is shown, or its value, depends on its own"),
    ({"relevant": "${last} = 3"}, r"items depend on one another in a circle: "),
    ({"relevant": "'${age}' = '5'"}, r"item q, relevant: \$\{age\} stands in quotes"),
    ({"relevant": "random() > 0.5"}, r"item q, relevant: the function random\(\) cannot be used"),
    ({"relevant": "${likes} > 'red'"}, r"item q, relevant: > needs numbers"),
    (
        {"relevant": "selected(${likes}, 'rde')"},
        r"likes has no choice called 'rde'. Did you mean 'red'",
    ),
    ({"relevant": "selected(${age}, '5')"}, r"selected\(\) is about choices, but age is integer"),
    ({"relevant": "count-selected(${age}) > 1"}, r"count-selected\(\) is about choices"),
    ({"relevant": "${other} = 'yes'"}, r"item q, relevant: other has no choice called 'yes'"),
    ({"relevant": "${other} = 7"}, r"item q, relevant: other has no choice called '7'"),
    ({"constraint": ". = 4", **MESSAGE}, r"item q, constraint: q has no choice called '4'"),
    ({"constraint": ". != 3"}, r"item q, constraint_message: no English text"),
    (MESSAGE, r"item q, constraint_message: there is no constraint that it could explain"),
    ({"calculation": "1 + 1"}, r"item q, calculation: .* cannot be worked out"),
    ({"label::en": "You are ${agee}"}, r"item q, label::en: there is no item called 'agee'"),
    ({"group": "nowhere"}, r"item q, group: there is no group called 'nowhere'"),
    ({"label::es": "Una pregunta"}, r"item q, label: label::es is not in a language"),
]


@pytest.mark.parametrize(("change", "expected"), EXPRESSIONS)
def test_a_faulty_item_is_named_with_the_mend(change, expected) -> None:
    found = instrument(
        item("age", "integer"),
        item("likes", "select_multiple color"),
        item("other"),
        item("q", **change),
        item("last", relevant="${q} = 2"),
    )
    lines = said(faults(found))
    assert any(re.search(expected, line) for line in lines), lines


INSTRUMENTS = [
    ([item("q", "calculate")], {}, r"item q, calculation: .* has no calculation"),
    ([{"name": "q", "type": "note"}], {}, r"item q, label: no English text"),
    ([item("q", "note", required=True)], {}, r"item q, required: nobody answers"),
    ([item("q", "note", constraint=". > 1", **MESSAGE)], {}, r"item q, constraint: nobody answers"),
    (
        [{"name": "q", "type": "text", "label::en": "x"}],
        {},
        r"item q, privacy: people may write names",
    ),
    ([item("q"), item("Q")], {}, r"item Q: the name differs from q in capital letters only"),
    ([item("meta")], {}, r"item meta: the name is one that forms keep for themselves"),
    ([item("q")], {"rank_groups": ["officers"]}, r"rank_groups: residents have no ranks"),
    ([item("q")], {"thanks::es": "Gracias"}, r"thanks: no English text"),
    (
        [item("q", "select_multiple spaced")],
        {"choices": {"spaced": [{"name": "dark red", "label::en": "x"}]}},
        r"choices spaced: the choice 'dark red' has a space in its name",
    ),
    (
        [item("a", waves=["pre"]), item("b")],
        {"scales": {"s": {"label": "S", "items": ["a", "b"]}}},
        r"scale s, item a: it is not asked on the occasion post, but b is",
    ),
    (
        [item("a", "select_multiple agree")],
        {"scales": {"s": {"label": "S", "items": ["a"]}}},
        r"scale s, item a: several choices may be taken",
    ),
]


@pytest.mark.parametrize(("items", "more", "expected"), INSTRUMENTS)
def test_a_faulty_instrument_is_named_with_the_mend(items, more, expected) -> None:
    found = said(faults(instrument(*items, **more)))
    assert any(re.search(expected, line) for line in found), found


GROUPS = [
    (
        [item("a", group="g"), item("b"), item("c", group="g")],
        {"g": {}},
        r"item c, group: the items of g do not stand together: b stands between them",
    ),
    ([item("a")], {"g": {}}, r"group g: no item stands in it"),
    (
        [item("a", group="g")],
        {"g": {"group": "h"}, "h": {"group": "g"}},
        r"group g, group: the group stands inside itself: g in h in g",
    ),
    (
        [item("a", group="g")],
        {"g": {"group": "nowhere"}},
        r"group g, group: there is no group called",
    ),
    ([item("a", group="a")], {"a": {}}, r"group a: item a has the same name"),
    (
        [item("a", group="g"), item("b", "select_one color", group="g")],
        {"g": {"appearance": "matrix"}},
        r"group g, item b: the rows of a grid share one list of choices, here agree, not color",
    ),
    (
        [item("a", "integer", group="g")],
        {"g": {"appearance": "matrix"}},
        r"group g, item a: a grid holds select_one items only",
    ),
    ([item("a", group="g")], {"g": {"relevant": "${a} = 1"}}, r"item a: whether it is shown"),
    ([item("a", group="g")], {"g": {"relevant": "(1"}}, r"group g, relevant: it cannot be read"),
    (
        [item("a"), item("b", relevant="${g} = 1", group="g")],
        {"g": {}},
        r"g is a group, which has no",
    ),
    ([item("a", group="g")], {"g": {"label::es": "Uno"}}, r"group g, label: no English text"),
]


@pytest.mark.parametrize(("items", "groups", "expected"), GROUPS)
def test_a_faulty_group_is_named_with_the_mend(items, groups, expected) -> None:
    found = said(faults(instrument(*items, groups=groups)))
    assert any(re.search(expected, line) for line in found), found


CODES = [
    (element("n", "number"), "code, element n: a number needs its limits. Add low and high"),
    (element("n", "number", low=9, high=1), "low is 9, which is not below high, 1"),
    (element("n", low=1), "code, element n: a letter has no limits"),
    (element("a"), "code, element a: the name stands twice"),
    (element("q"), "code, element q: item q has the same name"),
    (element("n", **{"hint::es": "Una"}), "code, element n, hint: no English text"),
]


@pytest.mark.parametrize(("added", "expected"), CODES)
def test_a_faulty_code_is_named_with_the_mend(added, expected) -> None:
    code = {"intro::en": "Your code", "elements": [element("a"), added]}
    found = said(faults(instrument(item("q"), code=code)))
    assert any(expected in line for line in found), found


def test_a_short_code_an_unused_list_and_a_function_that_odk_lacks_are_cautions() -> None:
    found = instrument(
        item("a", waves=["pre"]),
        item("hello", "note"),
        item("b", relevant="floor(${a}) = 1 or ${hello} = ''"),
        code={"intro::en": "Your code", "elements": [element("letter")]},
    )
    assert not faults(found)
    text = " | ".join(said(cautions(found)))
    for words in (
        "code, elements: a code of 1 parts is shared by many people",
        "choices color: no item uses this list",
        "item b, relevant: ODK Collect does not have the function floor()",
        "item b, relevant: a is asked on pre only, and is empty on other occasions",
        "item b, relevant: hello is a note, which never has an answer",
    ):
        assert words in text


@pytest.mark.parametrize("label", ["You ${ x", "A \x01 that no form may hold"])
def test_what_only_pyxform_refuses_is_said_once_all_else_is_sound(label) -> None:
    content = item("a", **{"label::en": label})
    assert [fault.place for fault in faults(instrument(content))] == ["as XLSForm"]
    worse = said(faults(instrument(content, item("b", group="nowhere"))))
    assert len(worse) == 1
    assert worse[0].startswith("item b, group")


def test_every_circle_is_found() -> None:
    found = faults(
        instrument(
            item("a", relevant="${b} = 1"),
            item("b", relevant="${a} = 1"),
            item("c", "calculate", calculation="${d} + 1"),
            item("d", "calculate", calculation="${c} + 1"),
        )
    )
    assert sum("in a circle" in line for line in said(found)) == 2


def test_a_check_is_fast() -> None:
    items = [item(f"q{at}", relevant=f"${{q{at - 1}}} = 1" if at else "") for at in range(60)]
    large = instrument(*items)
    faults(large)  # what is loaded for the first check is not counted
    start = time.perf_counter()
    assert not faults(large)
    assert time.perf_counter() - start < 2  # 0.05 s on an idle machine; 2 s would be noticed
