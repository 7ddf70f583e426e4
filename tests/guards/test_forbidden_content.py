import pytest

from outcomes.guards.forbidden_content import MOST_CELLS, forbidden_content

FORBIDDEN = {
    "names": (["Maria Lopez", "James T. Miller", "Lopez, Maria"], "identity"),
    "phones": (["(414) 555-0187", "414-555-0187", "4145550187", "555-0187"], "identity"),
    "numbers": (["123-45-6789", "321-54-9876"], "identity"),
    "plates": (["ABC-1234", "ABC 123", "7XYZ123"], "identity"),
    "addresses": (["12 Oak Street", "4410 N 12th Ave, Apt 2", "Calle Ocho 12"], "identity"),
    "mail": (["a.b@example.org", "c@example.com"], "identity"),
    "pictures": (["IMG_0012.JPG", "face.png"], "identity"),
    "mixed": (["Maria Lopez", "414-555-0187", "c@example.com", "?"], "identity"),
    "faith": (["Catholic", "muslim", "Católico", ""], "religion"),
    "party": (["Democrat", "REPUBLICAN", "Independent"], "politics"),
    "view": (["anti-police", "hostile", "pro police"], "opinion"),
    "status": (["undocumented", "Green card", "US citizen"], "immigration"),
    "what": (["Field Interview", "traffic_stop", "Suspect"], "enforcement"),
}
ALLOWED = {
    "kind": ["homicide", "shooting", "robbery", "stabbing"],
    "place": ["eastbank", "Northgate", "Harbor Hill"],
    "organisation": ["St. Mary Church", "Martin Luther King School", "Rosa Parks Library"],
    "event": ["Open evening at the library", "National Night Out", "Coffee with a cop"],
    "month": ["2026-01", "2026-02"],
    "counts": ["12", "1405550", "0"],
    "rank": ["officer", "sergeant", "captain"],
    "beat": ["12A", "B4", "311"],
    "case": ["2026001234", "2026001235"],
    "mostly not": ["robbery", "shooting", "homicide", "arrest"],
    "note": ["Two shop owners asked for more light at the corner, and were glad of the walk."],
    "nothing": ["", " ", ""],
}


@pytest.mark.parametrize("name", list(FORBIDDEN))
def test_a_column_of_what_is_never_kept_is_found_by_its_cells(name):
    cells, kind = FORBIDDEN[name]
    found = forbidden_content(name, cells)
    assert found is not None
    assert (found.column, found.kind) == (name, kind)
    assert "cells" in found.sign


@pytest.mark.parametrize("name", list(ALLOWED))
def test_a_column_of_engagement_passes(name):
    assert forbidden_content(name, ALLOWED[name]) is None


def test_numbers_are_no_text_and_missing_cells_say_nothing():
    assert forbidden_content("people", [4145550187, 4145550188, float("nan"), None]) is None


def test_a_long_column_is_looked_at_only_at_its_beginning():
    read = []

    def cells():
        for number in range(1_000_000):
            read.append(number)
            yield "shooting"

    assert forbidden_content("kind", cells()) is None
    assert len(read) <= MOST_CELLS + 1


def test_a_message_never_repeats_a_cell():
    found = forbidden_content("who", ["Maria Lopez", "James Miller"])
    assert found is not None
    assert "Maria" not in found.sign
