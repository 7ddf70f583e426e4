"""Instruments written as YAML, as a person would write them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.surveys.exchange.yaml_text import to_yaml
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.instrument_file import read_instrument

SHIPPED = sorted((Path(__file__).parents[2] / "surveys").glob("*.yaml"))

WORDS = st.text(
    st.one_of(
        st.sampled_from(list(" \n\t:#-'\"{}[],&*!|>%@`?=~<\\\u00a0\u2028\ufeff\x85\x7f.0123yYnN")),
        st.characters(blacklist_categories=["Cs"]),
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip())
TRICKY = st.sampled_from(
    [
        "yes", "no", "null", "~", "1.0", "1e3", "2026-03-31", "0x1f", "on", "=", "<<", "- a", "# b",
        "a: b", "a #b", "a:", "? x", "'x'", '"x"', "@x", "%x", "[x]", "{x}", "x, y", "...", "---",
        "word " * 40, "one\ntwo", "one\n\n  two", "one\ntwo " + "long " * 30, "${a} = 'x'", "0o7",
        "1_000", "12:30:45", ".inf", "a\tb", "ñandú ¿sí?", "x" * 150,
    ]
)  # fmt: skip
TEXT = st.one_of(WORDS, TRICKY)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).map(lambda name: f"q{name}")
CODE = st.one_of(
    st.integers(-99, 10**12).map(str), TEXT, st.sampled_from(["01", "-0", "+1", "yes"])
)


def texts(languages: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(dict.fromkeys(languages, TEXT))


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    languages = draw(st.sampled_from([["en"], ["en", "es"], ["pt-br", "en"]]))
    lists = draw(st.lists(st.one_of(NAMES, TRICKY), min_size=1, max_size=2, unique=True))
    lists = ["".join(name.split()) for name in lists]
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    words = texts(languages)
    kinds = ["text", "note", "integer", *(f"select_one {name}" for name in lists)]
    items = [
        {
            "name": name,
            "type": draw(st.sampled_from(kinds)),
            "label": draw(words),
            "hint": draw(st.one_of(st.just({}), words)),
            "required": draw(st.booleans()),
            "relevant": draw(st.one_of(st.just(""), TEXT)),
            "constraint": draw(st.one_of(st.just(""), TEXT)),
            "group": draw(st.sampled_from(["", "page_1"])),
            "waves": draw(st.sampled_from([[], ["pre"], ["pre", "post", "follow-up"]])),
            "privacy": draw(st.sampled_from(["answer", "free text"])),
        }
        for name in names
    ]
    choices = st.lists(
        st.fixed_dictionaries({"name": CODE, "label": words}), min_size=1, max_size=4
    )
    scale = {"label": draw(TEXT), "items": names, "reversed": names[:1]}
    element = {
        "name": "c1",
        "label": draw(words),
        "hint": {},
        "kind": "number",
        "low": 1,
        "high": 9,
    }
    return Instrument.model_validate(
        {
            "id": "form",
            "version": draw(CODE),
            "title": draw(words),
            "languages": languages,
            "population": "personnel",
            "rank_groups": draw(st.lists(TEXT, max_size=3)),
            "source": {"construct": draw(TEXT), "literature": [draw(TEXT)], "items": draw(TEXT)},
            "licence": draw(TEXT),
            "notice": draw(words),
            "thanks": draw(st.one_of(st.just({}), words)),
            "code": draw(st.sampled_from([None, {"intro": draw(words), "elements": [element]}])),
            "choices": {name: draw(choices) for name in lists},
            "groups": {
                "page_1": {"label": draw(words), "relevant": draw(TEXT)},
                draw(st.sampled_from(["empty", "label", "title", "items", "missing"])): {},
                draw(st.sampled_from(["more", "hint", "notice", "version"])): {
                    "label": draw(words)
                },
            },
            "items": items,
            "scales": {draw(st.one_of(NAMES, TRICKY, st.just("label"))): scale},
            "missing": draw(st.lists(CODE, max_size=2)),
            "paper": draw(st.sampled_from([{}, {"columns": 2, "points": 16}])),
        }
    )


@settings(max_examples=150, deadline=None)
@given(instruments())
def test_whatever_an_instrument_says_is_read_back_the_same(instrument: Instrument) -> None:
    back = Instrument.model_validate(yaml.safe_load(to_yaml(instrument)))
    assert back == instrument
    assert content_hash(back) == content_hash(instrument)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_instrument_survives(path: Path, tmp_path: Path) -> None:
    instrument = read_instrument(path)
    (tmp_path / path.name).write_text(to_yaml(instrument), encoding="utf-8")
    assert content_hash(read_instrument(tmp_path / path.name)) == content_hash(instrument)


def test_the_text_looks_as_a_person_would_write_it() -> None:
    instrument = Instrument.model_validate(
        yaml.safe_load(
            """
            id: small
            version: 1
            title::en: A small form
            title::es: Un formulario
            languages: [en, es]
            population: residents
            source: {construct: trust, items: own items}
            licence: MIT
            notice::en: "one two three four five six seven eight nine ten eleven
              twelve thirteen fourteen fifteen sixteen"
            notice::es: "Sí: no"
            choices:
              agree:
                - {name: "1", label::en: "Yes", label::es: Claro}
                - {name: "-9", label::en: "No, never", label::es: Nunca}
            missing: ["-9"]
            groups: {walks: {label::en: Walks, label::es: Caminatas}}
            items:
              - {name: a, type: select_one agree, label::en: A, label::es: A}
              - {name: b, type: integer, label::en: B, label::es: B, required: true, group: walks,
                 relevant: "${a} = '1'", constraint: ". > 0"}
            scales: {s: {label: S, items: [a]}}
            """
        )
    )
    assert to_yaml(instrument) == (
        """\
id: small
version: 1
title::en: A small form
title::es: Un formulario
languages: [en, es]
population: residents

source:
  construct: trust
  items: own items

licence: MIT

notice::en: >-
  one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
notice::es: "Sí: no"

choices:
  agree:
    - {name: 1, label::en: "Yes", label::es: Claro}
    - {name: -9, label::en: "No, never", label::es: Nunca}

missing: [-9]

groups:
  walks:
    label::en: Walks
    label::es: Caminatas

items:
  - name: a
    type: select_one agree
    label::en: A
    label::es: A

  - name: b
    type: integer
    label::en: B
    label::es: B
    required: true
    relevant: ${a} = '1'
    constraint: . > 0
    group: walks

scales:
  s:
    label: S
    items: [a]
"""
    )
