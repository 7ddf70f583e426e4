import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.calibration import calibration
from outcomes.stats.post_stratification import crossed, post_stratify
from outcomes.stats.raking import Margin, margins_met, rake, raking
from outcomes.stats.survey_design import calibrated, survey_design
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.trimming import trim_weights

RNG = np.random.default_rng(4)
ROWS = 400
START = RNG.uniform(0.5, 4, ROWS)


def margin(name: str, *totals: float, codes: np.ndarray | None = None) -> Margin:
    rng = np.random.default_rng(len(name))
    drawn = rng.integers(0, len(totals), ROWS) if codes is None else codes
    labels = tuple(f"{name}{at}" for at in range(len(totals)))
    return Margin(name=name, codes=drawn, labels=labels, totals=np.array(totals, dtype=float))


SEX = margin("sex", 510, 490)
AGE = margin("ages", 300, 200, 250, 250)
PLACE = margin("place", *[100] * 10)
ALL = (SEX, AGE, PLACE)


def test_a_table_raked_by_hand_is_raked_the_same() -> None:
    # 2 x 2: rows to (60, 40), columns to (50, 50); one of each cell, so that the answer is the
    # product of the margins
    both = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    margins = [
        Margin(name="a", codes=both[0], labels=("x", "y"), totals=np.array([60.0, 40.0])),
        Margin(name="b", codes=both[1], labels=("x", "y"), totals=np.array([50.0, 50.0])),
    ]
    assert rake(np.ones(4), margins) == pytest.approx([30, 30, 20, 20])


def test_raked_weights_meet_every_margin() -> None:
    found = rake(START, ALL)
    assert max(margins_met(found, ALL).values()) < 1e-9
    assert found.sum() == pytest.approx(1000)
    assert (found > 0).all()


def test_raking_twice_is_raking_once() -> None:
    once = rake(START, ALL)
    assert rake(once, ALL) == pytest.approx(once, rel=1e-9)


def test_the_scale_of_the_weights_and_the_order_of_rows_and_margins_do_not_matter() -> None:
    found = rake(START, ALL)
    assert rake(100 * START, ALL[::-1]) == pytest.approx(found, rel=1e-8)
    order = np.random.default_rng(5).permutation(ROWS)
    turned = [
        Margin(name=each.name, codes=each.codes[order], labels=each.labels, totals=each.totals)
        for each in ALL
    ]
    assert rake(START[order], turned) == pytest.approx(found[order], rel=1e-12)


def test_rows_of_weight_0_stay_out() -> None:
    start = np.where(np.arange(ROWS) < 50, 0.0, START)
    found = rake(start, ALL)
    assert (found[:50] == 0).all()
    assert max(margins_met(found, ALL).values()) < 1e-9


def test_many_sparse_margins_are_raked_on_the_cells_that_somebody_is_in() -> None:
    rng = np.random.default_rng(6)
    wide = [margin(f"m{at}", *rng.dirichlet(np.full(12, 20.0)) * 1000) for at in range(6)]
    wide = [
        Margin(
            name=each.name,
            codes=rng.integers(0, 12, ROWS),
            labels=each.labels,
            totals=each.totals,
        )
        for each in wide
    ]
    assert raking(wide).cells <= ROWS  # not 12 ** 6
    assert max(margins_met(rake(START, wide), wide).values()) < 1e-9


def test_post_stratification_gives_every_cell_its_size() -> None:
    sizes = np.arange(1, 9).reshape(2, 4) * 10.0
    found = post_stratify(START, crossed([SEX, AGE], sizes))
    reached = np.zeros((2, 4))
    np.add.at(reached, (SEX.codes, AGE.codes), found)
    assert reached == pytest.approx(sizes)


def test_a_margin_that_explains_an_answer_takes_its_error_away() -> None:
    design = survey_design(START)
    answers = AGE.codes.astype(float)
    before = mean_statistic(answers, design, term="age")
    after = mean_statistic(answers, calibrated(design, raking([AGE])), term="age")
    assert before.se > 0.01
    assert after.se == 0
    assert after.value == pytest.approx((200 + 500 + 750) / 1000)


def test_the_standard_error_after_raking_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(9)
    size = 20_000
    kinds, ages = rng.integers(0, 2, size), rng.integers(0, 3, size)
    chance = rng.uniform(1, 3, size) * (1 + kinds)
    trust = 2 + kinds + 0.5 * ages + rng.normal(0, 1, size)
    known = [np.bincount(codes).astype(float) for codes in (kinds, ages)]
    covered = 0
    for _ in range(300):
        drawn = rng.choice(size, 200, p=chance / chance.sum())
        margins = [
            Margin(name=name, codes=codes[drawn], labels=("0", "1", "2")[: len(n)], totals=n)
            for name, codes, n in zip(("kind", "age"), (kinds, ages), known, strict=True)
        ]
        design = calibrated(survey_design(1 / chance[drawn]), raking(margins))
        found = mean_statistic(trust[drawn], design, term="trust")
        covered += abs(found.value - trust.mean()) <= found.reach(0.95)
    assert 0.92 <= covered / 300 <= 0.98


NOBODY = margin("sex", 500, 490, 10, codes=SEX.codes)
CLASH = margin("tenure", 500, 400)
SPLIT = (
    margin("left", 900, 100, codes=np.arange(ROWS) % 2),
    margin("right", 100, 900, codes=np.arange(ROWS) % 2),
)


@pytest.mark.parametrize(
    ("margins", "said"),
    [
        ([], "there is no margin to rake to"),
        ([NOBODY], "nobody in the sample has sex=sex2, for which the margin says 10"),
        ([SEX, CLASH], "sex adds up to 1000 people, tenure to 900"),
        (SPLIT, r"cannot all be met: after 1000 rounds left=left\d still differs from its total"),
        ([margin("sex", 510, -1)], "every total must be a number, 0 or more"),
        ([margin("sex", 0, 0)], "all totals are 0"),
        ([margin("sex", 1, 1, codes=SEX.codes - 1)], "a row stands in no group"),
    ],
)
def test_margins_that_cannot_be_met_are_refused(margins, said) -> None:
    with pytest.raises(DataError, match=said):
        rake(START, margins)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.zeros(ROWS), "all weights are 0"),
        (-START, "every weight must be a number, 0 or more"),
        (START[:3], "3 weights but 400 rows"),
        (np.where(SEX.codes == 0, 0, START), "nobody in the sample has sex=sex0"),
    ],
)
def test_weights_that_cannot_be_raked_are_refused(weights, said) -> None:
    with pytest.raises(DataError, match=said):
        rake(weights, [SEX])


def test_a_sample_is_calibrated_once() -> None:
    made = calibrated(survey_design(START), raking([SEX]))
    with pytest.raises(DataError, match="name all known totals at once"):
        calibrated(made, raking([AGE]))


def variables() -> tuple[np.ndarray, list[float]]:
    return np.column_stack([np.ones(ROWS), AGE.codes]), [1000.0, 1450.0]


@pytest.mark.parametrize("how", [{}, {"distance": "raking"}, {"bounds": (0.1, 9.0)},
                                 {"distance": "logit", "bounds": (0.1, 9.0)}])  # fmt: skip
def test_calibrated_weights_meet_the_totals_within_their_bounds(how) -> None:
    columns, totals = variables()
    found = calibration(columns, totals, names=["people", "age"], **how).reweight(START)
    assert columns.T @ found == pytest.approx(totals)
    low, high = how.get("bounds", (0, np.inf))
    assert ((found / START >= low) & (found / START <= high)).all()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"bounds": (0.99, 1.01)}, "cannot all be met with factors of 0.99 to 1.01: age"),
        ({"distance": "logit"}, "needs bounds"),
        ({"bounds": (2.0, 3.0)}, "must hold 1 between them"),
        ({"distance": "raking", "bounds": (0.5, 2.0)}, "takes no bounds"),
        ({"names": ["people"]}, "one column, one total and one name"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(how, said) -> None:
    columns, totals = variables()
    with pytest.raises(DataError, match=said):
        calibration(columns, totals, **{"names": ["people", "age"], **how}).reweight(START)


@pytest.mark.parametrize("limits", [(0.5, 3.0), (1.5, 4.0), (2.2, 2.4)])
def test_trimmed_weights_lie_within_the_limits_and_keep_their_sum(limits) -> None:
    low, high = limits
    found = trim_weights(START, low=low, high=high)
    assert found.sum() == pytest.approx(START.sum())
    assert found.min() >= low - 1e-12
    assert found.max() <= high + 1e-12


def test_weights_within_the_limits_are_left_as_they_are() -> None:
    assert (trim_weights(START, low=0, high=5) == START).all()


def test_limits_that_no_weights_with_the_same_mean_can_keep_are_refused() -> None:
    with pytest.raises(DataError, match="must hold their mean"):
        trim_weights(START, low=3, high=5)
