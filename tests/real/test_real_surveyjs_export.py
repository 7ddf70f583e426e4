"""The same answers give the same questions here and in a real SurveyJS (survey-core, in Node)."""

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from outcomes.errors import DataError
from outcomes.surveys.exchange.surveyjs_out import matrix_groups, to_surveyjs
from outcomes.surveys.exchange.xlsform import added_rows
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "tests" / "oracle"
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))
WALKS_OF_EACH_SHIPPED = 20
OWN_FORMS, WALKS_OF_EACH_OWN = 60, 7
STAGES = 5  # looked at after each: 2,700 answer paths in all


class SurveyJS:
    """One Node process with survey-core in it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", "walk.mjs"],
            cwd=ORACLE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def load(self, form: Mapping[str, Any]) -> list[str]:
        """Load a form; gives the faults that SurveyJS finds in it."""
        return self.ask({"form": form})["errors"]

    def walk(self, stages: list[list[list[Any]]]) -> list[dict[str, Any]]:
        """Fill the form; gives after each stage what is shown, the data, and what is not valid."""
        found = self.ask({"stages": stages})
        assert "errors" not in found, found
        return found["stages"]

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def surveyjs() -> Iterator[SurveyJS]:
    missing = None
    if not shutil.which("node"):
        missing = "Node is not installed"
    elif not (ORACLE / "node_modules" / "survey-core").is_dir():
        missing = "tests/oracle/node_modules is missing: say make oracle"
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing}, and CI must compare with SurveyJS")
    if missing:
        pytest.skip(missing)
    process = SurveyJS()
    yield process
    process.close()


def answer_to(instrument: Instrument, name: str, *, rng: random.Random) -> Any:
    """Make up an answer to an item, now and then an empty or an unlikely one."""
    item = next(item for item in instrument.items if item.name == name)
    if rng.random() < 0.1:
        return None
    if item.choice_list:
        codes = [choice.name for choice in instrument.choices[item.choice_list]]
        if item.many:
            return rng.sample(codes, rng.randint(1, min(3, len(codes))))
        return rng.choice(codes)
    return rng.choice(WRITTEN[item.type])


WRITTEN: dict[str, list[Any]] = {
    "integer": [-9, -1, 0, 1, 2, 3, 5, 17, 18, 60, 400],
    "decimal": [-2.5, -0.5, 0, 0.25, 1, 2.5, 99.75],
    "date": ["1956-02-29", "1999-12-31", "2025-03-01", "2026-01-01", "2031-07-04"],
    "text": ["a", "b", "12", "some words", "x' y", "Z"],
}


def in_logic(instrument: Instrument) -> set[str]:
    """List the items that a condition asks about, or that have one."""
    found: set[str] = set()
    for owner in (*instrument.items, *instrument.groups.values()):
        text = " ".join(
            getattr(owner, part, "") for part in ("relevant", "constraint", "calculation")
        )
        found |= set(re.findall(r"\$\{(.+?)\}", text))
        if text.strip():
            found.add(getattr(owner, "name", ""))
    return found


def stages_of(instrument: Instrument, rng: random.Random) -> list[list[list[Any]]]:
    """Answer the items in their order, then change some answers, in any order, again and again."""
    logic = in_logic(instrument)
    asked = [item.name for item in instrument.items if item.asked]
    first = [name for name in asked if rng.random() < (0.85 if name in logic else 0.1)]
    changes = [rng.choices(asked, k=rng.randint(1, 4)) for _ in range(STAGES - 1)]
    rows = {item.name: item.group for item in instrument.items}
    matrices = matrix_groups(instrument)
    return [
        [
            [
                [rows[name], name] if rows[name] in matrices else name,
                answer_to(instrument, name, rng=rng),
            ]
            for name in names
        ]
        for names in (first, *changes)
    ]


def flat(instrument: Instrument, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take the rows of a matrix out of it."""
    names = {item.name for item in instrument.items if item.asked}
    found: dict[str, Any] = {}
    for name, value in data.items():
        if name in matrix_groups(instrument):
            found |= value
        elif name in names:
            found[name] = value
    return found


def compare(surveyjs: SurveyJS, instrument: Instrument, stages: list[list[list[Any]]]) -> set[int]:
    """Fill the form in both and compare after each stage; gives how many items were shown."""
    told = f"{instrument.model_dump_json(exclude_defaults=True)}\n{stages}"
    return {
        compare_once(instrument, theirs, told=f"{told}\n{theirs['data']}")
        for theirs in surveyjs.walk(stages)
    }


def compare_once(instrument: Instrument, theirs: Mapping[str, Any], *, told: str) -> int:
    """Hold what SurveyJS shows, works out and finds wrong against what we do."""
    from outcomes.surveys.flow import state

    answers = flat(instrument, theirs["data"])
    ours = state(instrument, answers)
    kinds = {item.name: item.type for item in instrument.items}
    shown = [name for name, item in ours.items.items() if item.shown and kinds[name] != "calculate"]
    assert sorted(name for name in theirs["shown"] if name in kinds) == sorted(shown), told
    for name in (name for name, kind in kinds.items() if kind == "calculate"):
        mine, other = ours.calculated.get(name, ""), str(theirs["data"].get(name, ""))
        same = mine == other or (mine and other and abs(float(mine) - float(other)) < 1e-9)
        assert same, f"{name}: {mine!r} here, {other!r} in SurveyJS\n{told}"
    assert {name for name in theirs["invalid"] if name in kinds} == set(ours.invalid), told
    return len(shown)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_instrument_loads_in_surveyjs_and_shows_the_same_questions(
    surveyjs: SurveyJS, path: Path
) -> None:
    instrument = read_instrument(path)
    assert surveyjs.load(to_surveyjs(instrument)) == []
    rng = random.Random(path.stem)
    for _ in range(WALKS_OF_EACH_SHIPPED):
        assert compare(surveyjs, instrument, stages_of(instrument, rng)) != {0}


@pytest.mark.parametrize("occasion", ["pre", "post", "follow-up"])
def test_only_the_items_of_an_occasion_are_shown(surveyjs: SurveyJS, occasion: Any) -> None:
    from outcomes.surveys.flow import state

    instrument = read_instrument(ROOT / "surveys" / "academy.yaml")
    assert surveyjs.load(to_surveyjs(instrument, occasion=occasion)) == []
    ours = state(instrument, {}, occasion=occasion)
    theirs = surveyjs.walk([[]])[0]["shown"]
    added = set(added_rows(instrument).values())
    if instrument.code:
        added |= {element.name for element in instrument.code.elements}
    assert set(theirs) - added == {name for name, item in ours.items.items() if item.shown}


@pytest.mark.parametrize("seed", range(OWN_FORMS))
def test_a_form_full_of_logic_shows_the_same_questions(surveyjs: SurveyJS, seed: int) -> None:
    rng = random.Random(seed)
    instrument = form_full_of_logic(rng)
    assert surveyjs.load(to_surveyjs(instrument)) == []
    for _ in range(WALKS_OF_EACH_OWN):
        compare(surveyjs, instrument, stages_of(instrument, rng))


def form_full_of_logic(rng: random.Random) -> Instrument:
    """Make a form at random whose items ask about those before them, in nested groups."""
    groups: dict[str, Any] = {}
    items: list[dict[str, Any]] = []
    for number in range(rng.randint(6, 16)):
        if rng.random() < 0.3:
            around = rng.choice(["", *groups][-2:]) if groups else ""
            name = f"g{number}"
            groups[name] = {"label::en": f"Group {number}", "group": around}
            if items and rng.random() < 0.7:
                groups[name]["relevant"] = truth(rng, items)
        last = list(groups)[-1] if groups and rng.random() < 0.7 else ""
        items.append(one_item(rng, number, items=items, group=last))
    return Instrument.model_validate(
        {
            **{"id": "logic", "version": "1", "title::en": "Logic", "languages": ["en"]},
            **{"population": "other", "licence": "MIT", "notice::en": "A form made at random."},
            "source": {"construct": "none", "items": "none"},
            "choices": CHOICES,
            "groups": groups,
            "items": in_order(items, groups),
        }
    )


CHOICES = {
    "scale": [{"name": code, "label::en": f"Level {code}"} for code in (1, 2, 3, 4, 5, -9)],
    "words": [{"name": code, "label::en": code} for code in ("yes", "no", "0", "05")],
    "many": [{"name": code, "label::en": code} for code in ("a", "ab", "1", "10", "none")],
}
TYPES = (
    *("select_one scale", "select_one words", "select_multiple many", "integer", "decimal"),
    *("date", "text", "note", "calculate"),
)


def one_item(
    rng: random.Random, number: int, *, items: list[dict[str, Any]], group: str
) -> dict[str, Any]:
    kind = rng.choices(TYPES, weights=(4, 3, 3, 3, 2, 2, 1, 1, 2))[0]
    if kind == "calculate" and not items:
        kind = "integer"
    item: dict[str, Any] = {"name": f"q{number}", "type": kind, "group": group}
    if kind == "calculate":
        item["calculation"] = rng.choice(
            [
                number_of(rng, items, depth=2),
                f"if({truth(rng, items)}, 'low', 'high')",
                f"if({truth(rng, items)}, {number_of(rng, items, depth=1)}, '')",
            ]
        )
    else:
        item["label::en"] = f"Question {number}"
    if items and rng.random() < 0.6:
        item["relevant"] = truth(rng, items)
    if kind in {"integer", "decimal"} and rng.random() < 0.5:
        item["constraint"] = rng.choice([". >= 0 and . < 100", "not(. = 18)", ". > 0 or . = -9"])
    return item


def in_order(items: list[dict[str, Any]], groups: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put the items of a group beside each other, as a form needs; they may then ask ahead."""

    def chain(item: Mapping[str, Any]) -> list[str]:
        found, name = [], item["group"]
        while name:
            found.insert(0, name)
            name = groups[name]["group"]
        return found

    first: dict[tuple[str, ...], int] = {}
    for at, item in enumerate(items):
        steps = chain(item)
        for depth in range(len(steps)):
            first.setdefault(tuple(steps[: depth + 1]), at)

    def place(at: int) -> list[int]:
        steps = chain(items[at])
        return [*(first[tuple(steps[: depth + 1])] for depth in range(len(steps))), at]

    return [items[at] for at in sorted(range(len(items)), key=place)]


def truth(rng: random.Random, items: list[dict[str, Any]], *, depth: int = 2) -> str:
    """Make a condition about earlier items at random."""
    if depth and rng.random() < 0.5:
        parts = [truth(rng, items, depth=depth - 1) for _ in range(rng.randint(2, 3))]
        mixed = "".join(
            f" {rng.choice(['and', 'or'])} {part}" if at else part for at, part in enumerate(parts)
        )
        return rng.choice([mixed, f"({mixed})", f"not({mixed})"])
    return rng.choice(about(rng, rng.choice(items), items=items))


def about(rng: random.Random, item: Mapping[str, Any], *, items: list[dict[str, Any]]) -> list[str]:
    """List conditions about one item, its operator and its values taken at random."""
    name, kind = f"${{{item['name']}}}", item["type"]
    sign = rng.choice(["=", "!=", "<", "<=", ">", ">="])
    if kind == "note":
        return ["true()", "false()", "1 = 1"]
    if rng.random() < 0.15 and kind != "calculate":
        return [f"{name} = ''", f"{name} != ''", f"boolean({name})", name]
    if kind == "calculate" and item["calculation"].endswith("'high')"):
        return [f"{name} = 'low'", f"{name} != 'high'", f"{name} = ''"]
    code = rng.choice(["a", "ab", "1", "10", "none"])
    word = rng.choice(["'yes'", "'no'", "'0'", "0", "'05'"])
    day = rng.choice(["date('1999-12-31')", "date('2026-01-01')", "today()"])
    count = f"count-selected({name}) {sign} {rng.randint(0, 3)}"
    by_kind = {
        "select_multiple many": [f"selected({name}, '{code}')", count],
        "select_one words": [f"{name} = {word}", f"{name} != {word}", f"selected({name}, 'yes')"],
        "date": [f"{name} {sign} {day}", f"today() - {name} > 365"],
        "text": [f"{name} = '12'", f"string-length({name}) {sign} 2"],
    }
    return by_kind.get(kind) or [f"{name} {sign} {number_of(rng, items, depth=1)}"]


def number_of(rng: random.Random, items: list[dict[str, Any]], *, depth: int) -> str:
    """Make a number at random: a plain one, an answer, or something worked out."""
    named = [
        f"${{{item['name']}}}"
        for item in items
        if item["type"] in {"integer", "decimal", "select_one scale"}
    ]
    if not named or rng.random() < 0.3:
        return rng.choice(["0", "1", "2.5", "18", "-9", "3"])
    if not depth or rng.random() < 0.4:
        return rng.choice(named)
    one, two = (number_of(rng, items, depth=depth - 1) for _ in range(2))
    return rng.choice(
        [
            *(f"{one} + {two}", f"({one} - {two}) * 2", f"{one} div 4", f"{one} mod 3", f"-{one}"),
            *(f"int({one} div 3)", f"round({one} div 2)", f"if({one} > 2, {two}, 1)"),
            *(f"coalesce({one}, {two})", f"max({rng.choice(named)}, 2)", f"number({one})"),
        ]
    )


def test_an_instrument_may_be_refused_but_never_loses_a_condition(surveyjs: SurveyJS) -> None:
    instrument = form_full_of_logic(random.Random(5))
    item = instrument.items[0].model_copy(update={"relevant": "once(today())"})
    with pytest.raises(DataError, match="relevant"):
        to_surveyjs(instrument.model_copy(update={"items": (item, *instrument.items[1:])}))
