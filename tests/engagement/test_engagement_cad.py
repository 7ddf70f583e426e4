import pytest

from outcomes.engagement.cad import COLUMNS, suggest_map


def suggested(name):
    return suggest_map([name])["suggestion"].iloc[0]


@pytest.mark.parametrize(
    "name",
    [
        *("WALKING BEAT", "DAILY WALKING BEAT L", "-ASSIGNED DUTY - FOOT BEAT", "Walk and Talk"),
        *("community walk", "COMMUNITY WAL", "Comm Wlk", "COMUNITY WALK", "Park, Walk & Talk"),
        *("FT PATROL", "FOOT PATR", "Captain's walk", "OFFICER WALK", "post-incident walk"),
    ],
)
def test_walks_are_found_in_the_spellings_that_people_use(name):
    assert suggested(name) == "walk"


@pytest.mark.parametrize(
    "name",
    ["COMMUNITY MEETING", "Neighborhood mtg", "COMM ENGAGEMENT", "SCHOOL VISIT", "cmty outreach"],
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
    table = suggest_map(["WALKING BEAT", "FOOT PURSUIT", "WALKING BEAT"])
    assert tuple(table.columns) == COLUMNS
    assert table["call_type"].tolist() == ["WALKING BEAT", "FOOT PURSUIT"]
    assert table["why"].tolist() == ["'walking' and 'beat'", "'pursuit' speaks of a pursuit"]


def test_letter_case_and_punctuation_change_nothing():
    for name in ("Walk and Talk", "FOOT PURSUIT", "Community meeting"):
        other = f"--{name.upper().replace(' ', ' - ')}"
        assert suggested(name) == suggested(other)
