import pytest

from outcomes.engagement.cad import COLUMNS, KnownCodes, suggest_map

TYPES = {
    "officer": "Officer walk",
    "captain": "Captain walk",
    "post_incident": "Post-incident walk",
    "unit": "Community policing unit walk",
}


def suggested(name, known=None):
    return suggest_map([name], *([known] if known else []))["suggestion"].iloc[0]


@pytest.mark.parametrize(
    "name",
    [
        *("WALKING BEAT", "DAILY WALKING BEAT L", "-ASSIGNED DUTY - FOOT BEAT", "Walk and Talk"),
        *("community walk", "COMMUNITY WAL", "Comm Wlk", "COMUNITY WALK", "Park, Walk & Talk"),
        *("FT PATROL", "FOOT PATR", "Captain's walk", "OFFICER WALK", "post-incident walk"),
        *("FOOTPATROL", "FTPTRL", "10-77 FOOT PATROL", "WALK", "WALKING BT"),
    ],
)
def test_walks_are_found_in_the_spellings_that_people_use(name):
    assert suggested(name) == "walk"


@pytest.mark.parametrize(
    "name",
    [
        *("COMMUNITY MEETING", "Neighborhood mtg", "COMM ENGAGEMENT", "SCHOOL VISIT"),
        *("cmty outreach", "TOWNHALL", "COFFEE WITH A COP", "COPS ACTIVITY"),
    ],
)
def test_other_engagement_is_told_from_walks(name):
    assert suggested(name) == "community"


@pytest.mark.parametrize(
    "name",
    [
        *("SAFEWALK", "WIC - WALK IN CASE #", "FOOT PURSUIT", "FOOT - ELUDING POLICE"),
        *("BURG - COMM", "JAYWALKING", "SIDEWALK OBSTRUCTION", "STALKING", "BUS WALK THRU"),
        *("SUSPICIOUS PERSON WALKING", "WALKAWAY - GROUP HOME", "CROSSWALK GUARD", "TALKING"),
        *("5 FT FENCE DETAIL", "COMMUNITY TRAFFIC COMPLAINT", "ALARM - COMM", "DIRECTED PATROL"),
        *("COMMUTER TRAIN", "ARSON - COMMUNITY/PUBLIC", "", "12345", "ELEC COMMUNICATE"),
    ],
)
def test_decoys_are_refused(name):
    assert suggested(name) == "not a walk"


def test_every_name_is_answered_once_with_the_words_that_decided():
    table = suggest_map(["FOOT PURSUIT", "WALKING BEAT", "FOOT PURSUIT"])
    assert tuple(table.columns) == COLUMNS
    assert table["call_type"].tolist() == ["WALKING BEAT", "FOOT PURSUIT"]  # walks come first
    assert table["calls"].tolist() == [1, 2]
    assert table["why"].tolist() == [
        "'walking' and 'beat'",
        "'pursuit' speaks of a pursuit or a flight",
    ]
    assert (table["like"][0], table["similarity"][0]) == ("walking beat", 1.0)


def test_a_name_whose_words_do_not_decide_is_left_for_a_person():
    table = suggest_map(["OUT OF CAR, WALKING", "FOOT PURSUIT", "COMMUNITY MEETING"])
    assert dict(zip(table["call_type"], table["means"], strict=True)) == {
        "COMMUNITY MEETING": "community",
        "OUT OF CAR, WALKING": "",
        "FOOT PURSUIT": "not a walk",
    }
    assert "decide it" in table["why"][1]


def test_letter_case_and_punctuation_change_nothing():
    for name in ("Walk and Talk", "FOOT PURSUIT", "Community meeting"):
        other = f"--{name.upper().replace(' ', ' - ')}"
        assert suggested(name) == suggested(other)


def test_a_walk_is_given_its_type_where_the_name_says_exactly_one():
    known = KnownCodes(walk_types=TYPES)
    assert suggested("CAPTAINS WALK", known) == "captain"
    assert suggested("POST INCIDENT WALK", known) == "post_incident"
    assert suggested("COMMUNITY POLICING UNIT WALK", known) == "unit"
    assert suggested("WALKING BEAT", known) == "walk"
    assert suggested("CAPTAIN/OFFICER WALK", known) == "walk"


def test_what_a_person_confirmed_is_not_asked_again_and_decides_other_spellings():
    known = KnownCodes(confirmed={"PROJ SAFE STREETS": "walk", "Beat walk": "not a walk"})
    table = suggest_map(
        ["proj  safe streets", "PROJ SAFE STREE", "PROJ SAFE STREEETS", "BEAT WALK"], known
    )
    assert table["call_type"].tolist() == ["PROJ SAFE STREE", "PROJ SAFE STREEETS"]
    assert table["suggestion"].tolist() == ["walk", "walk"]
    assert "was confirmed as walk" in table["why"][0]


def test_walk_and_talk_differ_by_a_letter_and_are_not_one_spelling():
    known = KnownCodes(confirmed={"KNOCK AND WALK": "walk"})
    assert suggested("KNOCK AND TALK", known) == "not a walk"
