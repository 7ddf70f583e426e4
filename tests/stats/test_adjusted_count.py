"""Adjusted counts: equal to the textbook and to QuaPy, and refused where nothing is known."""

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.adjusted_count import adjusted_count, rogan_gladen_share

CODES = np.repeat([0, 1, 2], [10, 8, 6])
LABELS = np.repeat([0, 1, 2, 0, 1, 2, 0, 1, 2], [7, 2, 1, 2, 5, 1, 1, 1, 4])


def shares_of(labelled: list[float], **more: object) -> tuple[Estimate, ...]:
    labels = np.repeat(np.arange(len(labelled)), np.round(100 * np.array(labelled)).astype(int))
    given: dict[str, object] = {"coded_labels": LABELS, "codes": CODES, "classes": 3, "seed": 1}
    return adjusted_count(labels, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labelled", "shares"),
    [  # quapy 0.2.3: ACC.solve_adjustment, solver "minimize", method "inversion"
        ([0.50, 0.30, 0.20], [0.58620714, 0.24827472, 0.16551814]),
        ([0.20, 0.60, 0.20], [0.0, 0.88980964, 0.11019036]),
        ([0.70, 0.10, 0.20], [0.90108706, 0.0, 0.09891294]),
        ([0.15, 0.75, 0.10], [0.0, 1.0, 0.0]),
        ([0.62, 0.36, 0.02], [0.73424844, 0.26575156, 0.0]),
    ],
)
def test_three_classes_are_adjusted_as_quapy_does(labelled: list[float], shares: list[float]):
    found = shares_of(labelled)
    assert [part.value for part in found] == pytest.approx(
        shares, abs=6e-5
    )  # its search stops there


def test_two_classes_are_adjusted_by_rogan_and_gladens_formula():
    """0.9 of 10 and 0.8 of 10 are told right; 44 of 100 bear the label: (.44 + .8 - 1) / .7."""
    codes, told = np.repeat([1, 0], 10), np.r_[[1] * 9, 0, [0] * 8, 1, 1]
    labels = np.repeat([1, 0], [44, 56])
    found = adjusted_count(labels, coded_labels=told, codes=codes, classes=2, seed=1)
    closed = rogan_gladen_share((44, 100), sensitivity=(9, 10), specificity=(8, 10))
    assert closed.value == pytest.approx(0.24 / 0.7)
    assert found[1].value == pytest.approx(closed.value)


def test_rogan_and_gladens_variance_is_worked_out_by_hand():
    found = rogan_gladen_share((44, 100), sensitivity=(9, 10), specificity=(8, 10))
    share = 0.24 / 0.7
    by_hand = (0.44 * 0.56 / 100 + share**2 * 0.09 / 10 + (1 - share) ** 2 * 0.16 / 10) / 0.49
    assert found.se == pytest.approx(np.sqrt(by_hand))
    assert found.high - found.value == pytest.approx(1.959964 * found.se, rel=1e-6)


def test_an_apparent_share_below_the_false_labels_is_cut_off_at_none():
    found = rogan_gladen_share((10, 100), sensitivity=(9, 10), specificity=(8, 10))
    assert found.value == found.low == 0


def test_a_perfect_classifier_is_counted():
    found = adjusted_count([0, 1, 1, 2], coded_labels=CODES, codes=CODES, classes=3, seed=1)
    assert [part.value for part in found] == pytest.approx([0.25, 0.5, 0.25])


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly_the_same():
    first, again, other = (shares_of([0.5, 0.3, 0.2], seed=seed)[0] for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert (first.low, first.high) == pytest.approx((other.low, other.high), abs=0.05)


def test_codes_that_stand_for_many_weigh_more():
    """Labels of class 0 were coded twice as often as others: weights undo that."""
    often = LABELS == 0
    twice = np.r_[np.arange(len(CODES)), np.flatnonzero(often)]
    weight = np.where(LABELS[twice] == 0, 0.5, 1.0)
    plain = shares_of([0.5, 0.3, 0.2])
    undone = shares_of(
        [0.5, 0.3, 0.2], coded_labels=LABELS[twice], codes=CODES[twice], weight=weight
    )
    ignored = shares_of([0.5, 0.3, 0.2], coded_labels=LABELS[twice], codes=CODES[twice])
    assert [part.value for part in undone] == pytest.approx([part.value for part in plain])
    assert ignored[0].value != pytest.approx(plain[0].value, abs=0.05)
    middle = [(one[0].low + one[0].high) / 2 for one in (undone, ignored)]
    assert abs(middle[0] - undone[0].value) < abs(middle[1] - undone[0].value)
    assert middle[0] != pytest.approx(middle[1], abs=0.03)


def test_a_class_of_one_code_is_not_lost_where_the_bootstrap_misses_it():
    """One draw in three misses it; then it would be held for what is labelled as nothing."""
    codes, told = np.repeat([0, 1], [200, 1]), np.repeat([0, 1], [160, 41])
    labels = np.repeat([0, 1], [400, 600])
    found = adjusted_count(labels, coded_labels=told, codes=codes, classes=2, seed=1)
    assert found[1].value == pytest.approx(0.5)
    assert found[1].low > 0.42


def test_intervals_hold_the_true_share_about_as_often_as_they_say():
    """The labels are right 7 times of 10; 200 codes at other shares than the period's."""
    rng, confusion = np.random.default_rng(5), np.full((3, 3), 0.15) + 0.55 * np.eye(3)
    true, reps, held = np.array([0.6, 0.3, 0.1]), 50, np.zeros(3)
    for _ in range(reps):
        codes = rng.choice(3, 200, p=[0.8, 0.1, 0.1])
        told = (rng.random(200)[:, None] > confusion[codes].cumsum(axis=1)[:, :-1]).sum(axis=1)
        labels = rng.choice(3, 400, p=true @ confusion)
        found = adjusted_count(labels, coded_labels=told, codes=codes, classes=3, seed=1)
        held += [part.low <= share <= part.high for part, share in zip(found, true, strict=True)]
    assert (held / reps > 0.85).all()
    assert held.mean() / reps > 0.92


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": np.where(CODES == 2, 1, CODES)}, "nobody coded an item of class 2"),
        ({"codes": CODES[1:]}, "equally long"),
        ({"weight": np.zeros(len(CODES))}, "positive weights"),
        ({"codes": np.where(CODES == 2, 3, CODES)}, "codes must be whole numbers from 0 to 2"),
        ({"classes": 9}, "2 to 8 classes"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(change: dict[str, object], message: str):
    with pytest.raises(DataError, match=message):
        shares_of([0.5, 0.3, 0.2], **change)


def test_a_label_that_tells_nothing_is_refused():
    with pytest.raises(DataError, match="tells nothing"):
        rogan_gladen_share((44, 100), sensitivity=(5, 10), specificity=(5, 10))
    with pytest.raises(DataError, match="between 0 and its total"):
        rogan_gladen_share((101, 100), sensitivity=(5, 10), specificity=(9, 10))
