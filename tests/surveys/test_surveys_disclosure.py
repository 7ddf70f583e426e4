"""The words of a disclosure block: what is told, what is withheld, what is named as missing."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outcomes.settings import About, Wave
from outcomes.surveys.disclosed_points import counted, points
from outcomes.surveys.disclosure import TITLES, Disclosure, as_json, as_text, gap, parts
from outcomes.surveys.dispositions import Fieldwork
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.wave_record import OnRecord, Precision, Weights

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
ABOUT = About(name="Walks", agency="Police", first=date(2025, 1, 1), last=date(2025, 12, 31))
WAVE = Wave(
    label="spring-pre", instrument="academy", group="spring", occasion="pre", entry="code card",
    opens=date(2025, 2, 3), closes=date(2025, 2, 7),
)  # fmt: skip
CARDS = Fieldwork(
    counts={"I": 30, "P": 0, "R": 2, "NC": 8, "O": 0}, printed=40, issued=40, without_card=0,
    erased=0,
)  # fmt: skip
FOUND = OnRecord(
    about=ABOUT, wave=WAVE, floor=10, places=(), text="abc", state="frozen",
    instrument=read_instrument(SURVEYS / "academy.yaml"), started=32, finished=30, withdrawn=0,
    corrected=1, ways={"web": 27, "paper": 3}, languages={"en": 30}, files=(), people=30,
    days=("2025-02-03", "2025-02-06"), imported=0, unscored="", weights=None, cards=CARDS,
    precision=(Precision(label="Trust", n=30, half_width=0.25, low=1, high=5),),
)  # fmt: skip


def told(**changes) -> list[str]:
    """Point by point, all sentences in one line."""
    return [" ".join((*stated, *gaps)) for stated, gaps in points(replace(FOUND, **changes))]


def gaps(**changes) -> str:
    return " ".join(line for _, own in points(replace(FOUND, **changes)) for line in own)


def test_there_are_eleven_points_each_with_something_to_say() -> None:
    assert len(TITLES) == len(told()) == 11
    assert all(told())


def test_what_the_study_does_not_know_is_named_with_the_line_to_write() -> None:
    missing = gaps()
    for key in ("sponsor", "conducted_by"):
        assert f'Write {key} = "…" in study.toml under [study].' in missing
    for key in ("population", "sampling"):
        assert f'Write {key} = "…" in study.toml under [[waves]], label = "spring-pre".' in missing
    assert "weighting" not in missing


def test_what_is_stated_is_no_gap() -> None:
    about = ABOUT.model_copy(update={"sponsor": "the city", "conducted_by": "a university"})
    wave = WAVE.model_copy(update={"population": "the 40 people", "sampling": "All were asked"})
    assert gaps(about=about, wave=wave) == ""
    lines = told(about=about, wave=wave)
    assert "paid for by the city" in lines[1]
    assert "Meant to answer: the 40 people." in lines[3]
    assert "All were asked." in lines[4]


def test_small_counts_of_ways_are_withheld_with_those_that_would_betray_them() -> None:
    assert counted({"web": 27, "paper": 3}, floor=10) == {"web": "", "paper": ""}
    assert counted({"web": 27, "paper": 13}, floor=10) == {"web": " (27)", "paper": " (13)"}
    assert "(3)" not in told()[5]
    assert "(27)" not in told()[5]


def test_the_response_rate_is_told_for_cards_and_refused_for_open_links() -> None:
    assert "Response rate (AAPOR RR1): 75 %, 30 finished forms of 40 cards." in told()[7]
    wave = WAVE.model_copy(update={"entry": "open link"})
    lines = told(cards=None, wave=wave)
    assert "There is no response rate" in lines[7]
    assert "no margin of sampling error" in lines[7]
    assert "people chose themselves" in lines[4]
    assert "answer more than once" in lines[10]
    few = Fieldwork(
        counts={**CARDS.counts, "I": 4}, printed=40, issued=40, without_card=0, erased=0
    )
    assert "withheld: it rests on fewer than 10 people" in told(cards=few)[7]


def test_the_rate_with_partial_forms_is_told_only_where_they_are_many() -> None:
    assert "RR2" not in told()[7]
    many = Fieldwork(
        counts={**CARDS.counts, "P": 10}, printed=50, issued=50, without_card=0, erased=0
    )
    assert "RR2): 80 %" in told(cards=many)[7]


def test_precision_stands_beside_each_mean_and_few_are_not_told() -> None:
    assert (
        "mean score of 30 people, 95 % interval of plus or minus 0.25 points (1 to 5)" in told()[7]
    )
    few = replace(FOUND.precision[0], n=4)
    assert "Trust: fewer than 10 people have a score." in told(precision=(few,))[7]
    alike = replace(FOUND.precision[0], half_width=float("nan"))
    assert "no interval can be worked out" in told(precision=(alike,))[7]


def test_a_question_of_yes_or_no_has_a_share_and_no_mean_score() -> None:
    victims = replace(FOUND.precision[0], label="Victims", low=0, high=1, half_width=0.042)
    line = told(precision=(victims,))[7]
    assert (
        "Victims: share of 30 people, 95 % interval of plus or minus 4 percentage points." in line
    )
    alike = replace(victims, half_width=float("nan"))
    assert "Victims: share of 30 people; all answered alike" in told(precision=(alike,))[7]


def test_no_difference_between_two_numbers_tells_of_few_people() -> None:
    scales = (FOUND.precision[0], replace(FOUND.precision[0], label="Support", n=29))
    line = told(precision=scales)[7]
    assert "Answers of at least 29 people." in line
    assert "Trust: mean score of at least 29 people" in line


def test_weights_are_told_and_how_they_were_made_is_asked_for() -> None:
    weights = Weights(lowest=0.5, highest=2.25, design_effect=1.21)
    assert "from 0.50 to 2.25" in told(weights=weights)[8]
    assert 'Write weighting = "…"' in gaps(weights=weights)
    wave = WAVE.model_copy(update={"weighting": "Raked to the census of 2020"})
    assert "How they were made: Raked to the census of 2020." in told(weights=weights, wave=wave)[8]


def test_a_wave_that_nobody_answered_says_so() -> None:
    none = {"started": 0, "finished": 0, "people": 0, "ways": {}, "languages": {}, "days": None}
    assert told(**none, precision=())[7] == "Nobody has answered yet."
    assert "not collected yet" in told(people=0, precision=())[7]


@pytest.mark.parametrize("form", [as_text, as_json])
def test_a_block_holds_every_point_in_order(form) -> None:
    block = Disclosure(
        study="Walks", agency="Police", wave="spring-pre", generated="Made up.", made="2025-03-01",
        program="outcomes 0.1", parts=parts(points(FOUND)), questions=({"name": "trust_1"},),
    )  # fmt: skip
    text = form([block])
    places = [text.index(title) for title in TITLES]
    assert places == sorted(places)
    assert "Made up." in text
    assert len(block.lines()) == 11
    if form is as_json:
        (wave,) = json.loads(text)["waves"]
        assert wave["questions"] == [{"name": "trust_1"}]
        assert [point["number"] for point in wave["points"]] == list(range(1, 12))


def test_a_gap_names_its_place_in_study_toml() -> None:
    assert gap("sponsor", what="who paid") == (
        'Not stated: who paid. Write sponsor = "…" in study.toml under [study].'
    )


def test_it_says_whether_all_some_or_none_of_the_people_are_asked_again() -> None:
    said = {
        who: " ".join(told(wave=WAVE.model_copy(update={"respondents": who})))
        for who in ("same people", "some again", "new sample")
    }
    assert "The same people are asked on each occasion" in said["same people"]
    assert "Some of the people are asked on each occasion" in said["some again"]
    assert "Other people may answer on each occasion" in said["new sample"]
