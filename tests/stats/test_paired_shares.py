import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from outcomes.errors import DataError
from outcomes.stats.paired_shares import mcnemar, paired_share_change, tango_interval

STEADY = settings(deadline=None, derandomize=True, max_examples=50)


def test_the_approval_ratings_give_the_numbers_of_r() -> None:
    # ?mcnemar.test (Agresti 1990), 1,600 people: exact by binom.test, mid-p by exact2x2
    found = mcnemar(150, 86)
    assert found.exact == pytest.approx(3.71593613957e-05, rel=1e-9)
    assert found.mid_p == pytest.approx(2.89338951762e-05, rel=1e-9)
    assert found.chi_square == pytest.approx(3.09929344105e-05, rel=1e-9)


def test_the_airways_of_21_children_give_the_published_interval() -> None:
    # Bentur et al. (2009), as in Fagerland, Lydersen & Laake (2014), Stat. Med. 33: 2850-2875:
    # 1 and 7 of 21 changed; Tango's interval -0.517 to -0.026. The further digits are those at
    # which the score, its shares found by a search, reaches the normal 97.5 % point
    found = tango_interval(1, 7, n=21, level=0.95)
    assert found == pytest.approx((-0.517, -0.026), abs=5e-4)
    assert found == pytest.approx((-0.51723228, -0.02600303), abs=1e-7)


@STEADY
@given(rose=st.integers(0, 12), fell=st.integers(0, 12), stayed=st.integers(1, 20))
def test_the_score_is_that_of_the_likeliest_shares_under_each_limit(
    rose: int, fell: int, stayed: int
) -> None:
    """The shares fitted to a limit are found by a search here, and by a formula in the code."""
    n = rose + fell + stayed
    reach = stats.norm.ppf(0.975)
    for limit in tango_interval(rose, fell, n=n, level=0.95):
        if abs(limit) > 1 - 1e-6:
            continue

        def misfit(share: float, limit: float = limit) -> float:
            shares = np.array([share + limit, share, 1 - limit - 2 * share])
            counts = np.array([rose, fell, stayed])
            return -float((counts * np.log(np.maximum(shares, 1e-300))).sum())

        bounds = (max(0.0, -limit), (1 - limit) / 2)
        share = optimize.minimize_scalar(
            misfit, bounds=bounds, method="bounded", options={"xatol": 1e-13}
        ).x
        error = np.sqrt((2 * share + limit - limit**2) / n)
        assert abs((rose - fell) / n - limit) / error == pytest.approx(reach, rel=2e-4)


@STEADY
@given(rose=st.integers(0, 40), fell=st.integers(0, 40), stayed=st.integers(0, 40))
def test_up_and_down_are_mirror_images(rose: int, fell: int, stayed: int) -> None:
    n = rose + fell + stayed + 2
    up = paired_share_change(rose, fell, n=n, term="x")
    down = paired_share_change(fell, rose, n=n, term="x")
    assert (down.value, down.low, down.high) == pytest.approx(
        (-up.value, -up.high, -up.low), abs=1e-9
    )
    assert down.p == pytest.approx(up.p)
    assert -1 <= up.low <= up.value <= up.high <= 1
    assert up.low < up.high


def test_the_interval_covers_a_planted_change_and_the_mid_p_holds_its_level() -> None:
    """4,000 classes of 25, 20 % and 10 % moving; 95 % within 93.8 and 96.5 of the time."""
    rng = np.random.default_rng(9)
    moves = rng.multinomial(25, [0.2, 0.1, 0.7], size=4000)
    covered = 0
    for (rose, fell, _), times in zip(*np.unique(moves, axis=0, return_counts=True), strict=True):
        low, high = tango_interval(int(rose), int(fell), n=25, level=0.95)
        covered += int(times) * (low <= 0.1 <= high)
    assert 0.935 <= covered / 4000 <= 0.97
    both = rng.multinomial(25, [0.2, 0.2, 0.6], size=4000)
    unique, times = np.unique(both, axis=0, return_counts=True)
    false = sum(
        int(count) * (mcnemar(int(rose), int(fell)).mid_p < 0.05)
        for (rose, fell, _), count in zip(unique, times, strict=True)
    )
    assert false / 4000 <= 0.06


def test_too_few_movers_are_said_with_the_smallest_p_there_is() -> None:
    found = paired_share_change(4, 0, n=20, term="x")
    assert found.warnings == (
        "only 4 people moved, and an exact test cannot reach 5 %: its smallest p would be 0.12",
    )
    assert paired_share_change(6, 0, n=20, term="x").warnings == ()


def test_nobody_moved_is_an_answer_with_an_interval() -> None:
    found = paired_share_change(0, 0, n=20, term="x")
    assert (found.value, found.p) == (0, 1)
    assert found.low < 0 < found.high


@pytest.mark.parametrize(("rose", "fell", "n"), [(1, 0, 1), (8, 5, 12), (-1, 2, 12)])
def test_counts_that_do_not_fit_are_refused(rose: int, fell: int, n: int) -> None:
    with pytest.raises(DataError):
        paired_share_change(rose, fell, n=n, term="x")
