"""Communities and their approach in study.toml (A2 to A4, A13)."""

from datetime import date
from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.settings import read_settings

BROAD = '\n[[communities]]\ncode = "neighbors"\nname = "Neighbors"\napproach = "broad-based"\n'
TAILORED = (
    '\n[[communities]]\ncode = "families"\nname = "Families"\napproach = "tailored"\n'
    'places = ["eastbank"]\ntrend = "cars broken into"\nfirst = 2025-07-01\nlast = 2025-10-31\n'
)


def read(tmp_path: Path, text: str):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_communities_carry_their_approach(tmp_path, example_settings):
    one, other = read(tmp_path, example_settings + BROAD + TAILORED).communities
    assert (one.approach, one.places, one.last) == ("broad-based", (), None)
    assert (other.approach, other.last) == ("tailored", date(2025, 10, 31))


@pytest.mark.parametrize(
    ("text", "old", "new", "sentence"),
    [
        (TAILORED, 'trend = "cars broken into"\n', "", r"tied to a trend and to dates \(A3\)"),
        (TAILORED, "last = 2025-10-31\n", "", "tied to a trend and to dates"),
        (TAILORED, "last = 2025-10-31", "last = 2025-06-30", "must not be before first"),
        (TAILORED, '["eastbank"]', '["estbank"]', "'Families' names an unknown place 'estbank'"),
        (BROAD, "broad-based", "broad", "'broad' is not allowed"),
        (BROAD, 'based"\n', 'based"\nlast = 2025-10-31\n', r"goes on without an end .* \(A2\)"),
        (BROAD + BROAD, "", "", "the community 'neighbors' stands 2 times"),
    ],
)
def test_a_community_that_breaks_a_rule_is_refused(
    tmp_path, example_settings, text, old, new, sentence
):
    with pytest.raises(FileError, match=sentence):
        read(tmp_path, example_settings + text.replace(old, new))
