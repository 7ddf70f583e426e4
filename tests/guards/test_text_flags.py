"""Flags in free text: what is found, what is left alone, and why."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.guards.text_flags import flags, suggested


def found(text: str, *, known=()) -> dict[str, str]:
    return {text[flag.start : flag.end]: flag.kind for flag in flags(text, known=known)}


@pytest.mark.parametrize(
    ("text", "piece", "kind"),
    [
        ("Ask Officer Smith about it.", "Officer Smith", "name"),
        ("They know sgt. Lopez well", "sgt. Lopez", "name"),
        ("then mrs. garcia came", "mrs. garcia", "name"),
        ("ask mr lopez", "mr lopez", "name"),
        ("La oficial Pérez me ayudó", "oficial Pérez", "name"),
        ("my name is bob", "my name is bob", "name"),
        ("me llamo ana", "me llamo ana", "name"),
        ("a neighbor, maria, saw it", "maria", "name"),
        ("I told Kowalczyk so", "Kowalczyk", "name"),
        ("John Smith yells a lot", "John Smith", "name"),
        ("Anna\u2019s dog barks", "Anna\u2019s", "name"),
        ("call (555) 123-4567 please", "(555) 123-4567", "phone"),
        ("call 555.123.4567", "555.123.4567", "phone"),
        ("it is 555-1234", "555-1234", "phone"),
        ("write to a.b@example.org now", "a.b@example.org", "e-mail"),
        ("see www.example.org/me", "www.example.org/me", "web"),
        ("I am @walker77 there", "@walker77", "web"),
        ("a gray car, ABC 1234", "ABC 1234", "plate"),
        ("a truck 7XYZ123 parks here", "7XYZ123", "plate"),
        ("license plate is abc1234", "plate is abc1234", "plate"),
        ("la placa 4471", "placa 4471", "plate"),
        ("badge 4471 was rude", "badge 4471", "badge"),
        ("Badge # 88", "Badge # 88", "badge"),
        ("unit 12 drove by", "unit 12", "badge"),
        ("case #24-1187", "case #24-1187", "number"),
        ("my number: 123456789012", "123456789012", "number"),
        ("123-45-6789", "123-45-6789", "number"),
        ("at 12 Oak Street", "12 Oak Street", "address"),
        ("we live at 4500 north main st", "4500 north main st", "address"),
        ("near Maple Court", "Maple Court", "address"),
        ("on 3rd street", "3rd street", "address"),
        ("calle Robles 123", "calle Robles 123", "address"),
        ("apt 4B", "apt 4B", "address"),
        ("corner of Oak and Elm", "corner of Oak and Elm", "address"),
    ],
)
def test_what_may_say_who_somebody_is_is_flagged(text, piece, kind) -> None:
    pieces = found(text)
    assert any(piece in each for each in pieces), pieces
    assert pieces[next(each for each in pieces if piece in each)] == kind


@pytest.mark.parametrize(
    "text",
    [
        "More walks, please. The officers were kind.",
        "On Saturday in June I saw the Police Department at the park.",
        "Two officers came in 2025, about 10 AM, on 9/11.",
        "I'm glad. Thanks! No change. It\u2019s OK.",
        "Hablan con la gente los lunes. Gracias a Dios.",
        "- more lights\n- Fewer cars",
        "the captain asked the coach about the sister city, 200 ms later, as chief concern",
    ],
)
def test_plain_opinions_are_left_alone(text) -> None:
    assert found(text) == {}


def test_the_places_of_the_study_are_no_secret() -> None:
    assert found("More walks in Eastbank please") == {"Eastbank": "name"}
    assert found("More walks in Eastbank please", known=["Eastbank"]) == {}


def test_each_flag_says_why_and_the_draft_puts_a_word_in_its_place() -> None:
    text = "Officer Smith (badge 4471) came to 12 Oak Street."
    marked = flags(text)
    assert [flag.why for flag in marked] == [
        "a name after a title",
        "a number after badge, unit, car or the like",
        "a house number and a street",
    ]
    assert suggested(text, marked) == "[name] ([badge]) came to [address]."


@given(st.text(alphabet="Aa1 .@#-\n\u2019éÉ()", max_size=60) | st.text(max_size=60))
def test_flags_lie_in_the_text_in_order_and_apart(text) -> None:
    marked = flags(text)
    assert all(0 <= flag.start < flag.end <= len(text) for flag in marked)
    assert all(one.end <= two.start for one, two in pairwise(marked))
    draft = suggested(text, marked)
    for flag in marked:
        assert f"[{flag.kind}]" in draft


@pytest.mark.parametrize("piece", ["a", "Aa ", "12 ", "a@", "plate ", "555 ", " ", "Ana, ", "-"])
def test_a_long_text_takes_no_long_time(piece) -> None:
    start = time.process_time()
    flags((piece * 20_000)[:20_000])
    assert time.process_time() - start < 3
