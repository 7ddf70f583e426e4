"""How right is the suggestion on names that no agency wrote, half of which nobody looked at?"""

import tomllib
from pathlib import Path

import pytest

from outcomes.engagement.cad import suggest_map
from outcomes.stats.wilson import wilson_interval

NAMES = tomllib.loads(
    Path(__file__).with_name("invented_call_types.toml").read_text(encoding="utf-8")
)


def counts(label, *, half):
    """Found and right, found and wrong, missed: of the first or the second of every two names."""
    names = {name: kind for kind in NAMES for name in NAMES[kind][half::2]}
    table = suggest_map(names)
    found = {row.call_type for row in table.itertuples() if row.suggestion == label}
    right = {name for name, kind in names.items() if kind == label}
    return len(found & right), len(found - right), len(right - found)


def test_the_list_has_330_names_each_once():
    every = [name for kind in NAMES.values() for name in kind]
    assert len(every) == len(set(every)) == 330


# the numbers are what was measured, stated so that a change of the rules shows
@pytest.mark.parametrize(("label", "expected"), [("walk", (36, 0, 4)), ("community", (28, 0, 12))])
def test_names_that_nobody_looked_at_are_found_in_most_cases_and_no_decoy_is_taken(label, expected):
    right, wrong, missed = counts(label, half=1)
    assert (right, wrong, missed) == expected
    precision = wilson_interval(right / (right + wrong), n=right + wrong)
    recall = wilson_interval(right / (right + missed), n=right + missed)
    assert precision[0] > 0.87  # at most one in eight suggestions is wrong
    assert recall == pytest.approx(
        {"walk": (0.769, 0.960), "community": (0.546, 0.819)}[label], abs=0.001
    )


def test_names_that_the_rules_were_mended_on_say_more_than_they_should():
    assert counts("walk", half=0) == (39, 0, 1)
    assert counts("community", half=0) == (33, 0, 7)
