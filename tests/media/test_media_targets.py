"""Which agency is meant, and which places: by name, by town, by the outlet, or unclear."""

import time

import pytest
from marlow_falls_news import SETTINGS

from outcomes.media.gazetteer import Gazetteer, any_of, build_gazetteer, kind_of
from outcomes.media.targets import about_us, find_places, find_targets
from outcomes.settings import Settings

OWN = "Marlow Falls Police Department"
SHERIFF = "Teal County Sheriff's Office"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return build_gazetteer(Settings.model_validate(SETTINGS))


def found(text: str, gazetteer: Gazetteer, *, outlet: str = "", title: str = "") -> dict[str, str]:
    targets = find_targets(text, gazetteer, title=title, outlet=outlet)
    return {target.agency: target.sure for target in targets}


@pytest.mark.parametrize(
    ("text", "agency", "sure"),
    [
        ("The Marlow Falls Police Department hired ten.", OWN, "named"),
        ("The MFPD hired ten.", OWN, "named"),
        ("The MFPD's budget grew.", OWN, "named"),
        ("MARLOW FALLS POLICE DEPARTMENT HIRES TEN", OWN, "named"),
        ("The Eastbank Substation may close.", OWN, "named"),
        ("Marlow Falls police hired ten.", OWN, "town"),
        ("Marlow Falls' police hired ten.", OWN, "town"),
        ("Police in Marlow Falls hired ten.", OWN, "town"),
        ("Former Marlow Falls officers were charged, police said.", OWN, "town"),
        ("In Marlow Falls, Ohio, police wrote reports by hand.", OWN, "town"),
        ("Gary police said so.", "another police agency", "town"),
        ("Gary police found a car in Gary.", "Gary police", "town"),
        ("The Gary Police Department has a boat.", "Gary police", "town"),
        ("The police chief of Gary resigned.", "another police agency", "town"),
        ("The North Marlow Falls Police Department moved.", "North Marlow Falls police", "town"),
        ("The Teal County Sheriff\u2019s Office has a boat.", SHERIFF, "named"),
        ("Deputies in Teal County found her.", SHERIFF, "town"),
        ("Harris County Sheriff's Office has a boat.", "Harris County sheriff", "town"),
        ("A trooper found her.", "Kanota State Police", "town"),
        ("The FBI searched a house.", "FBI", "town"),
        ("Campus police found her.", "Campus police", "town"),
    ],
)
def test_an_agency_is_found_by_its_name_or_town(
    text: str, agency: str, sure: str, gazetteer: Gazetteer
) -> None:
    assert found(text, gazetteer) == {agency: sure}


@pytest.mark.parametrize(
    "text", ["Mr. Mfpd is a police fan.", "XMFPD police sets", "The Mfpd police."]
)
def test_an_abbreviation_counts_in_capitals_and_as_a_whole_word_only(
    text: str, gazetteer: Gazetteer
) -> None:
    assert "named" not in found(text, gazetteer).values()


@pytest.mark.parametrize(
    ("outlet", "text", "agency", "sure"),
    [
        ("Marlow Falls Courier", "Police closed the road.", OWN, "outlet"),
        ("Teal County Ledger", "Police closed the road.", OWN, "outlet"),
        ("Teal County Ledger", "The sheriff closed the road.", SHERIFF, "outlet"),
        ("Eastbank Voice", "Officers responded.", OWN, "outlet"),
        ("Birch County Times", "Police closed the road.", "Ridgeton Police Department", "outlet"),
        ("National Wire Desk", "Police closed the road.", "unclear", "unclear"),
        ("Some Other Paper", "Police closed the road.", "unclear", "unclear"),
        ("Marlow Falls Courier", "Police closed a road in Millrow.", OWN, "town"),
        ("National Wire Desk", "In Marlow Falls, police closed the road.", OWN, "town"),
        ("National Wire Desk", "Police closed a road in Dallas.", "Dallas police", "town"),
        ("Marlow Falls Courier", "A man died in Lima, police said.", "unclear", "unclear"),
        ("Marlow Falls Courier", "LIMA, Ohio (NWD) - A man died. Police closed the road.",
         "Lima police", "town"),
        ("Marlow Falls Courier", "A man died in Ridgeton, police said.",
         "Ridgeton Police Department", "town"),
        ("Marlow Falls Courier", "Ridgeton police found a car. It was stolen, police said.",
         "Ridgeton Police Department", "town"),
    ],
)  # fmt: skip
def test_the_police_are_whose_town_the_article_names_else_those_of_the_outlet(
    outlet: str, text: str, agency: str, sure: str, gazetteer: Gazetteer
) -> None:
    assert found(text, gazetteer, outlet=outlet) == {agency: sure}


def test_where_somebody_comes_from_does_not_say_whose_police_it_is(gazetteer: Gazetteer) -> None:
    text = "Gary police arrested a man from Marlow Falls. Police said the Marlow Falls man ran."
    assert found(text, gazetteer, outlet="National Wire Desk") == {"another police agency": "town"}


def test_a_town_in_the_name_of_an_outlet_is_not_the_town(gazetteer: Gazetteer) -> None:
    text = "Police declined to speak to the Marlow Falls Courier."
    assert found(text, gazetteer, outlet="National Wire Desk") == {"unclear": "unclear"}


def test_an_article_may_be_about_several_agencies_and_ours_comes_first(
    gazetteer: Gazetteer,
) -> None:
    text = "FBI agents came. The FBI left. Marlow Falls police said nothing."
    targets = find_targets(text, gazetteer)
    assert [(each.agency, each.own, len(each.sentences)) for each in targets] == [
        (OWN, True, 1),
        ("FBI", False, 2),
    ]
    assert targets[0].sentences[0].text == "Marlow Falls police said nothing."


@pytest.mark.parametrize(
    "text",
    [
        "The boy told Smith police were on their way.",
        "The man who died was John Smith, Jr., police said.",
        "The neighbor of John Smith, Tuesday, police in the yard.",
        "She called Smith officers responded.",
        "He told Smith troopers came.",
    ],
)
def test_no_person_is_written_into_the_results(text: str, gazetteer: Gazetteer) -> None:
    assert "Smith" not in " ".join(found(text, gazetteer))


def test_about_us_is_one_zero_or_unclear(gazetteer: Gazetteer) -> None:
    def ask(text: str) -> int | None:
        return about_us(find_targets(text, gazetteer))

    assert ask("Marlow Falls police came.") == 1
    assert ask("Gary police came.") == 0
    assert ask("Police came.") is None
    assert ask("Rain came.") == 0


def test_a_study_that_lists_no_agencies_still_knows_its_own() -> None:
    settings = {name: part for name, part in SETTINGS.items() if name != "agencies"}
    bare = build_gazetteer(Settings.model_validate(settings))
    assert bare.own.towns == ("Marlow Falls",)
    assert found("Marlow Falls police came.", bare) == {OWN: "town"}
    assert found("Police came.", bare, outlet="Marlow Falls Courier") == {OWN: "outlet"}
    assert found("Police came.", bare, outlet="Teal County Ledger") == {"unclear": "unclear"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A fire on Ferry St. burned out.", ("eastbank",)),
        ("A fire at 128 Ferry Street burned out.", ("eastbank",)),
        ("Eastbank High School won.", ("eastbank",)),
        ("From Millrow to EASTBANK.", ("eastbank", "millrow")),
        ("Northgates are gates.", ()),
        ("A fire on Beacon Street in Ridgeton burned out.", ()),
        ("Gary police closed Beacon Street. Harbor Hill slept.", ("harbor-hill",)),
        ("She told the Eastbank Voice.", ()),
    ],
)
def test_places_of_the_study_are_found(
    text: str, codes: tuple[str, ...], gazetteer: Gazetteer
) -> None:
    assert find_places(text, gazetteer) == codes


def test_a_curly_apostrophe_in_study_toml_is_an_apostrophe() -> None:
    agency = {"name": "Teal County Sheriff\u2019s Office", "short": ["O\u2019Hare Unit"]}
    bodies = build_gazetteer(
        Settings.model_validate({**SETTINGS, "agencies": [{**agency, "own": True}]})
    )
    for text in ("The O'Hare Unit came.", "The Teal County Sheriff's Office came."):
        assert found(text, bodies) == {agency["name"]: "named"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Gary Police Department", "police"),
        ("Lake County Sheriff's Office", "sheriff"),
        ("Indiana State Police", "state"),
        ("Teal State College Police", "other"),
        ("FBI", "other"),
    ],
)
def test_the_kind_of_an_agency_is_told_by_its_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_the_longest_name_wins() -> None:
    match = any_of(["Main", "Main Street"]).search("on Main Street")
    assert match is not None
    assert match[0] == "Main Street"


def test_a_hostile_text_is_read_in_time(gazetteer: Gazetteer) -> None:
    started = time.process_time()
    for piece in ("A.", "A-", "Aa ", "in A", "County Aa ", "to police ", "A'"):
        find_targets(f"Police. {piece * (20_000 // len(piece))}", gazetteer, outlet="x")
    assert time.process_time() - started < 8
