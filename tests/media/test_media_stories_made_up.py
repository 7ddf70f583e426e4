"""Copies whose source is known: how many are found, and how much is joined that is no copy."""

import runpy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from outcomes.media.stories import link_stories

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "duplicates.py"
ARTICLES = 5000


@pytest.fixture(scope="module")
def bench() -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARK))


@pytest.fixture(scope="module")
def found(bench: dict[str, Any]) -> dict[str, float]:
    """The account of linking by text alone: without dates and outlets, which only help."""
    made = bench["made_up"](ARTICLES)
    table = pd.DataFrame({"id": range(ARTICLES), "text": made.texts})
    account: dict[str, float] = bench["account"](made, link_stories(table).table["story"].tolist())
    return account


@pytest.mark.parametrize(
    ("kind", "floor"),
    [
        ("byline", 1.0),
        ("local part", 1.0),
        ("cut to 70 %", 1.0),
        ("cut to 50 %", 0.97),  # 0.88 with rensa's 32 bands of four rows
        ("3 % words", 0.97),
    ],
)
def test_copies_that_were_cut_or_added_to_are_found(
    found: dict[str, float], kind: str, floor: float
) -> None:
    assert found[kind] >= floor


def test_items_of_a_blotter_are_not_copies_of_each_other(found: dict[str, float]) -> None:
    """At most 100 of 6,000 are allowed (996 in the prototype), so 5 of these 300."""
    assert found["blotter wrongly merged"] <= 5


def test_no_two_other_articles_are_joined(found: dict[str, float]) -> None:
    assert found["other wrongly merged"] == 0


def test_the_account_sees_wrong_and_missing_links(bench: dict[str, Any]) -> None:
    made = bench["made_up"](200)
    apart, together = (bench["account"](made, list(s)) for s in (range(200), [0] * 200))
    assert apart["byline"] == 0
    assert apart["blotter wrongly merged"] == apart["other wrongly merged"] == 0
    assert together["byline"] == 1
    assert together["blotter wrongly merged"] == 12
    assert together["other wrongly merged"] == 148
