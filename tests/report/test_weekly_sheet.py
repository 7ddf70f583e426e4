"""What the weekly review sheet shows, and the questions that it asks."""

import re
from dataclasses import replace

import pytest

from outcomes.report.weekly import sheet_content, sheet_fragment, sheet_html
from outcomes.report.weekly_facts import (
    Conduct,
    IncidentRow,
    PlaceSums,
    PlaceWeeks,
    Planned,
    RankRow,
    TypeRow,
    Week,
    WeekBar,
)
from outcomes.report.weekly_words import DONE_RIGHT, RIGHT_THING, WHO_ANSWERS, questions, stands_out


def kind(name: str = "Squad walk", **more: object) -> TypeRow:
    about = {
        "place": "Eastbank",
        "code": name.lower(),
        "coordinator": "a sergeant",
        "asked": "3 a week",
        "required": 3,
        "done": 3,
        "counted": 3,
    }
    return TypeRow(name=name, **(about | more))  # type: ignore[arg-type]


def bars(*met: int, required: int = 10) -> tuple[WeekBar, ...]:
    return tuple(
        WeekBar(label=f"W{32 + at}", required=required, met=done, walks=done, reached=9, due=True)
        for at, done in enumerate(met)
    )


def week(**more: object) -> Week:
    about = {
        "label": "2025-W36",
        "days": "Monday, September 1 to Sunday, September 7, 2025",
        "until": "",
        "study": "Walks",
        "agency": "Marlow Falls Police Department",
        "generated": "",
        "version": "1.0",
        "made": "September 8, 2025",
        "places": ("Eastbank",),
        "rows": (kind(),),
        "ranks": (RankRow(name="Officers", walks=3, times=6),),
        "sums": (
            PlaceSums(place="Eastbank", walks=3, minutes=1095, police=9, partners=0, reached=20),
        ),
    }
    return Week(**(about | more))  # type: ignore[arg-type]


def asked(week: Week, question: str) -> str:
    return " ".join(dict(questions(week))[question])


def test_it_says_that_it_counts_outputs_and_not_whether_anything_changed() -> None:
    text = sheet_html(week())
    assert "Outputs only." in text
    assert "does not tell whether anything changed" in text
    assert "Outcomes, such as trust or tips, are in the evaluation report." in text


def test_no_percentage_stands_on_it_and_no_color_says_good_or_bad() -> None:
    text = sheet_html(week(weeks=(PlaceWeeks(place="Eastbank", weeks=bars(1, 1, 1, 1, 9)),)))
    body = text.partition("</style>")[2]
    assert "%" not in body
    assert not re.search(r"\b(good|bad|green|red|best|worst|rank(ed|ing))\b", body)


def test_walks_that_did_not_count_are_asked_about_with_their_reason() -> None:
    row = kind(done=3, counted=1, why="2 too short (25, 22 of 30 minutes)")
    told = asked(week(rows=(row,)), DONE_RIGHT)
    assert told == (
        "Squad walk in Eastbank, 2 of 3 did not count: 2 too short (25, 22 of 30 minutes). Ask why."
    )


def test_a_type_of_which_nothing_was_done_is_asked_of_whoever_leads_it() -> None:
    rows = (kind(done=0, counted=0), kind("Officer walk"))
    assert "Squad walk, which a sergeant leads: none in Eastbank. Who plans it" in asked(
        week(rows=rows), WHO_ANSWERS
    )


def test_a_week_without_any_walk_is_not_said_to_be_whole() -> None:
    bare = (kind(done=0, counted=0), kind("Officer walk", done=0, counted=0))
    told = asked(week(rows=bare), DONE_RIGHT)
    assert told == "Of what is missing, nothing was logged at all: see the next question."
    ahead = asked(week(rows=tuple(replace(each, open_still=True) for each in bare)), DONE_RIGHT)
    assert ahead == "Nothing is logged yet of what is still due. Is it planned?"
    assert asked(week(), DONE_RIGHT).startswith("Everything that was due is in the log.")


def test_a_week_that_is_not_over_asks_what_is_planned_and_not_what_went_wrong() -> None:
    row = kind(done=1, counted=1, open_still=True)
    told = asked(week(rows=(row,), until="Tuesday, September 2"), DONE_RIGHT)
    assert told == "Squad walk in Eastbank: 1 of 3 so far. Are the rest planned?"


def test_incidents_plans_and_conduct_are_asked_about() -> None:
    late = IncidentRow(place="Eastbank", at="Mon", told="shooting, 40.0 hours after", state="late")
    fresh = replace(late, state="still open")
    told = asked(
        week(
            incidents=(late, replace(late, state="in time"), fresh),
            planned=Planned(planned=4, done=3, ahead=0, missed=("Squad walk, Eastbank, Tue",)),
            conduct=(Conduct(words="People were listened to", no=1, told=3),),
        ),
        DONE_RIGHT,
    )
    assert "1 of 2 incidents had no walk in time that counts" in told
    assert "People were listened to: not so on 1 of 3 walks" in told
    assert "1 of 4 planned walks are not in the log" in told


def test_the_approach_is_questioned_only_after_weeks_of_done_work() -> None:
    done = week(weeks=(PlaceWeeks(place="Eastbank", weeks=bars(10, 9, 10, 10, 10)),))
    assert "ask whether walks are the right approach" in asked(done, RIGHT_THING)
    undone = week(weeks=(PlaceWeeks(place="Eastbank", weeks=bars(10, 3, 10, 10, 10)),))
    assert "right approach" not in asked(undone, RIGHT_THING)
    assert "Eastbank (4 of 5 weeks)" in asked(undone, RIGHT_THING)
    new = week(weeks=(PlaceWeeks(place="Eastbank", weeks=bars(10, 10)),))
    assert "Too few weeks" in asked(new, RIGHT_THING)


def test_a_leap_is_told_with_counts_and_a_wobble_is_not() -> None:
    place = PlaceWeeks(place="Eastbank", weeks=bars(1, 1, 1, 1, 12), usual=1.0, change=4.9)
    assert stands_out(week(weeks=(place,))) == [
        "More walks in Eastbank than in the 4 weeks before: 12, against 1 a week. Chance alone "
        "rarely does that; ask what was different."
    ]
    assert stands_out(week(weeks=(replace(place, change=-3.5),)))[0].startswith("Fewer walks")
    assert stands_out(week(weeks=(replace(place, change=2.9),))) == []
    assert stands_out(week(weeks=(replace(place, change=None),))) == []


@pytest.mark.parametrize(
    ("counted", "done", "kinds"),
    [(3, 3, "met met met"), (1, 2, "met other open"), (0, 0, "open open open"), (5, 6, "met " * 3)],
)
def test_the_bar_has_a_box_for_each_walk_that_was_asked_for(
    counted: int, done: int, kinds: str
) -> None:
    ((row,),) = [
        group["rows"]
        for group in sheet_content(week(rows=(kind(counted=counted, done=done),)))["groups"]
    ]
    assert [each["kind"] for each in row["bar"]] == kinds.split()
    assert row["told"] == f"{min(counted, 3)} of 3"


def test_many_walks_are_one_bar_that_fills_its_width() -> None:
    content = sheet_content(week(rows=(kind(required=40, counted=10, done=20),)))
    pieces = content["groups"][0]["rows"][0]["bar"]
    assert [(each["kind"], each["x"], each["w"]) for each in pieces] == [
        ("met", 0, 25), ("other", 25, 25), ("open", 50, 50),
    ]  # fmt: skip


def test_with_many_places_types_are_added_up_and_no_place_is_ordered_by_its_number() -> None:
    names = tuple(f"Place {letter}" for letter in "FEDCBA")
    rows = tuple(replace(kind(), place=name, counted=at % 4) for at, name in enumerate(names))
    content = sheet_content(week(places=names, rows=rows))
    (group,) = content["groups"]
    assert group["name"] == "All 6 places together"
    assert group["rows"][0]["told"] == "7 of 18"
    assert group["rows"][0]["why"] == "all of them in 1 of 6 places"
    sums = tuple(replace(week().sums[0], place=name) for name in names)
    shown = sheet_content(week(places=names, sums=sums))["sums"]["rows"]
    assert [row[0] for row in shown] == [*names, "Together"]


def test_a_withheld_cell_hides_also_the_sum_over_places() -> None:
    names = tuple(f"Place {number}" for number in range(6))
    rows = [replace(kind(), place=name) for name in names]
    rows[2] = replace(rows[2], withheld=True, done=0, counted=0)
    content = sheet_content(week(places=names, rows=tuple(rows), floor=10))
    assert content["groups"][0]["rows"][0]["told"] == "\u2013"


def test_what_staff_wrote_is_shown_as_text_and_never_run() -> None:
    text = sheet_html(week(notes=("<script>alert(1)</script> & more",), agency="A <b> & C"))
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text
    assert "A &lt;b&gt; &amp; C" in text


def test_the_part_of_a_page_starts_at_the_heading_it_is_told_and_has_no_style_of_its_own() -> None:
    part = sheet_fragment(week(), level=2)
    assert "<h2>Weekly review: week 36 of 2025</h2>" in part
    assert "<h3>Done against what was asked for</h3>" in part
    assert "style=" not in part
    assert "<style" not in part


def test_numbers_of_thousands_are_easy_to_read() -> None:
    assert "1,095" in sheet_html(week())
