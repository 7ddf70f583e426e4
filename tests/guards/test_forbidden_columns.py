import re

import pytest
from labelled_headers import (
    AGENCIES_ALLOWED,
    AGENCIES_FORBIDDEN,
    ALLOWED,
    FORBIDDEN,
    FOUND_ALLOWED,
    FOUND_FORBIDDEN,
    SECOND_ALLOWED,
    SECOND_FORBIDDEN,
    TRIED_ALLOWED,
    TRIED_FORBIDDEN,
    listed,
)

from outcomes.errors import FileError
from outcomes.guards.forbidden import (
    forbidden_columns,
    forbidden_rules,
    red_line,
    require_none_forbidden,
    words_of,
)


def share_found(text):
    names = listed(text)
    return len(forbidden_columns(names)) / len(names)


def test_of_the_labelled_names_every_forbidden_one_is_found_and_no_other():
    assert len(listed(ALLOWED)) >= 150
    assert len(listed(FORBIDDEN)) >= 150
    assert [found.column for found in forbidden_columns(listed(ALLOWED))] == []
    found = {found.column for found in forbidden_columns(listed(FORBIDDEN))}
    assert set(listed(FORBIDDEN)) - found == set()


def test_of_the_names_that_others_wrote_most_are_found_and_no_harmless_one():
    assert share_found(FOUND_FORBIDDEN) >= 0.85
    assert share_found(TRIED_FORBIDDEN) >= 0.9
    harmless = [*listed(FOUND_ALLOWED), *listed(TRIED_ALLOWED)]
    assert [found.column for found in forbidden_columns(harmless)] == []


def test_of_ordinary_exports_few_columns_are_refused_and_most_forbidden_ones_are_found():
    assert share_found(AGENCIES_ALLOWED) <= 0.03
    assert share_found(AGENCIES_FORBIDDEN) >= 0.95
    assert share_found(SECOND_ALLOWED) <= 0.03
    assert share_found(SECOND_FORBIDDEN) >= 0.8


@pytest.mark.parametrize("name", ["Name/Agency", "Name & School", "Name - Unit", "Nombre y calle"])
def test_a_name_beside_something_else_is_a_person_who_signed_in(name):
    (found,) = forbidden_columns([name])
    assert found.kind == "identity"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("suspectName", "enforcement"),
        ("Field Interview #", "enforcement"),
        ("SOSPECHOSO", "enforcement"),
        ("relig_affil", "religion"),
        ("Religión", "religion"),
        ("Afiliación política", "politics"),
        ("attitude toward police", "opinion"),
        ("known associates", "enforcement or association"),
        ("DOB", "identity"),
        ("fecha de nacimiento", "identity"),
        ("lastname", "identity"),
        ("LICENSEPLATE", "identity"),
        ("estatus migratorio", "immigration"),
    ],
)
def test_spellings_and_joined_words_are_known(name, kind):
    (found,) = forbidden_columns([name])
    assert found.kind in kind.split(" or ")
    assert found.sign


@pytest.mark.parametrize(
    "name",
    [
        "bus stop",
        "Suspected language barrier",
        "Church Partners",
        "religious_partners",
        "address the concerns",
        "place",
        "Event Name",
        "photo taken",
        "stop time",
        "Name of Organization",
    ],
)
def test_a_decoy_passes(name):
    assert forbidden_columns([name]) == ()


def test_arrests_are_a_number_among_counts_and_a_record_elsewhere():
    assert forbidden_columns(["arrests", "stops"], counts=True) == ()
    assert [found.kind for found in forbidden_columns(["arrests", "stops"])] == ["enforcement"] * 2
    assert forbidden_columns(["religion", "first name"], counts=True) != ()


def test_a_refusal_names_the_column_the_reason_the_red_line_and_the_way_out(tmp_path):
    with pytest.raises(FileError) as refused:
        require_none_forbidden(tmp_path / "walks.csv", ["place", "Suspect Name", "minutes", "DOB"])
    told = str(refused.value)
    assert "column 'Suspect Name'" in told
    assert "28 CFR 23.20" in told
    assert "D19" in told
    assert '--without "Suspect Name" --without DOB' in told
    assert "Nothing was stored" in told


def test_a_column_that_is_left_out_is_not_looked_at(tmp_path):
    path = tmp_path / "walks.csv"
    require_none_forbidden(path, ["place", "DOB"], without=["DOB"], cells={"place": ["east"]})
    with pytest.raises(FileError, match="religions in 2 of 2"):
        require_none_forbidden(path, ["place"], cells={"sort": ["Catholic", "Muslim"]})
    require_none_forbidden(path, ["place"], cells={"sort": ["Catholic"]}, without=["sort"])


def test_every_kind_says_what_it_looks_like_and_why_it_is_never_kept():
    rules = forbidden_rules()
    told = {line.code for line in rules.kinds}
    assert {rule.kind for rule in (*rules.rules, *rules.words)} == told
    for line in rules.kinds:
        assert red_line(line.code).looks
        assert re.search(r"\b[AD]\d+\b", line.why)


def test_a_name_of_any_length_costs_little_and_a_strange_one_harms_nothing():
    assert words_of("x" * 100_000) == ("x" * 200,)
    assert forbidden_columns(["", "   ", "#", "\x00", "名前", "a" * 5000]) == ()
