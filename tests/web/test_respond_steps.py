"""The pure parts: how a form is cut into pages, and what a posted page says."""

from typing import Any

import pytest

from outcomes.surveys.instrument import Instrument
from outcomes.web.forms import Form
from outcomes.web.respond.form_reading import as_json, from_json, read_page
from outcomes.web.respond.steps import Body, form_steps


def instrument(*items: dict[str, Any], **more: Any) -> Instrument:
    content: dict[str, Any] = {
        "id": "short", "version": 1, "title::en": "Short", "languages": ["en"],
        "population": "residents", "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT", "notice::en": "Your choice.",
        "choices": {"yn": [{"name": 1, "label::en": "Yes"}, {"name": 0, "label::en": "No"}]},
        "items": [{"type": "text", "label::en": "x", **item} for item in items],
    }  # fmt: skip
    return Instrument.model_validate(content | more)


def fields(*pairs: tuple[str, str]) -> Form:
    return Form(pairs)


def test_a_group_and_an_item_of_one_name_are_stored_apart() -> None:
    made = instrument({"name": "a", "group": "b"}, {"name": "b"}, groups={"b": {"label::en": "B"}})
    parts = [step.part for step in form_steps(made, None)]
    assert len(set(parts)) == len(parts) == 2
    assert all(len(part) <= 80 for part in parts)


def test_pages_of_other_occasions_are_no_pages() -> None:
    made = instrument({"name": "a", "waves": ["post"], "group": "g"}, {"name": "b"},
                      groups={"g": {"label::en": "G"}})  # fmt: skip
    assert [step.part for step in form_steps(made, "pre")] == ["page/b"]


def test_signs_that_nobody_types_are_left_out_and_lines_are_kept() -> None:
    made = instrument({"name": "a"})
    [step] = form_steps(made, None)
    sent = fields(("asked", "a"), ("a.a", " one\r\ntwo\x07\x1b[31m \ud800"))
    assert read_page(made, step, fields=sent).answers == {"a": "one\ntwo[31m"}


def test_a_mark_of_prefer_not_to_answer_wins_over_what_was_typed() -> None:
    made = instrument({"name": "a", "required": True})
    [step] = form_steps(made, None)
    body = read_page(made, step, fields=fields(("asked", "a"), ("a.a", "x"), ("skip", "a")))
    assert body == Body(answers={"a": ""}, skipped=("a",))


def test_an_item_that_was_not_on_the_page_says_nothing() -> None:
    made = instrument({"name": "a"}, {"name": "b"})
    [step] = form_steps(made, None)
    assert read_page(made, step, fields=fields(("asked", "b"), ("a.a", "x"))).answers == {"b": ""}


def test_a_stored_page_reads_back_as_it_was() -> None:
    body = Body(answers={"b": 'ü\n"', "a": ""}, skipped=("a",), code={"x": "0f"})
    assert from_json(as_json(body)) == body


@pytest.mark.parametrize("text", ["", "[]", "no", "null"])
def test_what_is_no_page_says_nothing(text: str) -> None:
    assert from_json(text) == Body()
