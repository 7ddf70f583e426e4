"""Change beyond a mix that ran parallel: level, scale and order do not matter."""

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.synthetic_difference import (
    Kind,
    left_out_differences,
    placebo_differences,
    synthetic_difference,
)

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def factors(seed: int, *, places: int = 12, months: int = 24) -> Floats:
    """Places that follow two common courses, each as much as it does, with noise."""
    rng = np.random.default_rng(seed)
    courses = rng.normal(size=(2, months)).cumsum(axis=1)
    noise = rng.normal(0, 0.3, (places, months))
    found = rng.uniform(0, 1, (places, 2)) @ courses + 5 * rng.normal(size=(places, 1))
    return np.asarray(found + noise, dtype=float)


def test_the_plain_difference_is_the_difference_of_differences() -> None:
    table = factors(1)
    found = synthetic_difference(table[:2], table[2:], before=16, kind="plain difference")
    change = table[:, 16:].mean(axis=1) - table[:, :16].mean(axis=1)
    assert found.value == pytest.approx(change[:2].mean() - change[2:].mean())


def test_a_place_and_the_treated_one_are_told_by_the_same_remaining_places() -> None:
    table = factors(3, places=6)
    apart = left_out_differences(table[:1], table[1:], before=16)
    for one in range(1, 6):
        turned = np.vstack([np.delete(table, [0, one], axis=0), table[[0]]])
        assert placebo_differences(turned, before=16)[-1] == pytest.approx(apart[one - 1])


def test_weights_are_shares_and_the_change_is_their_double_difference() -> None:
    table = factors(2)
    found = synthetic_difference(table[:1], table[1:], before=16)
    assert (found.places >= 0).all()
    assert (found.periods >= 0).all()
    assert found.places.sum() == pytest.approx(1)
    assert found.periods.sum() == pytest.approx(1)
    gap = table[0] - found.places @ table[1:]
    assert found.value == pytest.approx(gap[16:].mean() - found.periods @ gap[:16])


def test_a_planted_change_is_found_nearer_than_by_the_plain_difference() -> None:
    missed: dict[Kind, list[float]] = {"synthetic difference": [], "plain difference": []}
    for seed in range(12):
        table = factors(seed)
        table[0, 16:] += 2
        for kind, errors in missed.items():
            value = synthetic_difference(table[:1], table[1:], before=16, kind=kind).value
            errors.append((value - 2) ** 2)
    assert np.mean(missed["synthetic difference"]) < 0.5 * np.mean(missed["plain difference"])


@pytest.mark.parametrize("kind", ["synthetic difference", "synthetic control"])
def test_scale_and_order_do_not_matter_nor_a_level_of_months(kind: Kind) -> None:
    table = factors(3)
    plain = synthetic_difference(table[:2], table[2:], before=16, kind=kind).value
    scaled = synthetic_difference(table[:2] * 60, table[2:] * 60, before=16, kind=kind).value
    turned = synthetic_difference(table[1::-1], table[:1:-1], before=16, kind=kind).value
    assert scaled == pytest.approx(60 * plain)
    assert turned == pytest.approx(plain)
    season = np.sin(np.arange(24))
    assert synthetic_difference(
        table[:2] + season, table[2:] + season, before=16, kind="plain difference"
    ).value == pytest.approx(
        synthetic_difference(table[:2], table[2:], before=16, kind="plain difference").value
    )


def test_the_level_of_the_treated_places_is_of_no_account() -> None:
    table = factors(4)
    plain = synthetic_difference(table[:1], table[1:], before=16).value
    assert synthetic_difference(table[:1] + 100, table[1:], before=16).value == pytest.approx(plain)


def test_places_are_taken_for_treated_in_every_choice_or_in_two_hundred() -> None:
    table = factors(5, places=8)
    alone = placebo_differences(table, before=16)
    assert len(alone) == 8
    own = synthetic_difference(table[2:3], np.delete(table, 2, axis=0), before=16).value
    assert alone[2] == own
    assert len(placebo_differences(table, before=16, many=2, kind="plain difference")) == 28
    many = factors(6, places=40)
    drawn = placebo_differences(many, before=16, many=3, kind="plain difference")
    assert len(drawn) == 200
    assert (drawn == placebo_differences(many, before=16, many=3, kind="plain difference")).all()


def test_what_cannot_be_compared_is_refused() -> None:
    table = factors(7)
    for own, rest, before, words in (
        (table[0], table[1:], 16, "row of periods"),
        (table[:1], table[1:2], 16, "two places"),
        (table[:1], table[1:], 1, "two periods before"),
        (table[:1], table[1:], 24, "one after"),
        (table[:1], table[1:] * np.nan, 16, "not a number"),
    ):
        with pytest.raises(DataError, match=words):
            synthetic_difference(own, rest, before=before)
    with pytest.raises(DataError, match="cannot tell: 3 untreated places"):
        placebo_differences(table[:2], before=16)
