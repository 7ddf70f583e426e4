import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special
from statsmodels.miscmodels.ordinal_model import OrderedModel

from outcomes.errors import DataError
from outcomes.stats.cumulative_link import cumulative_link, sorted_answers
from outcomes.stats.link_functions import LINKS, LinkName, chances
from outcomes.stats.person_quadrature import Model, likelihood

STEADY = settings(deadline=None, derandomize=True, max_examples=8)
BOTH: list[LinkName] = ["logit", "probit"]


def class_of(
    people: int, *, shift: float, seed: int, spread: float = 1.2
) -> tuple[np.ndarray, ...]:
    """Answers from 0 to 3 of people before and after: answers, later, who."""
    rng = np.random.default_rng(seed)
    stands = rng.normal(0, spread, people)
    later = np.repeat([0.0, 1.0], people)
    behind = np.tile(stands, 2) + shift * later + rng.logistic(size=2 * people)
    return np.digitize(behind, [-2.0, 0.0, 2.0]).astype(float), later, np.tile(range(people), 2)


@pytest.mark.parametrize("link", BOTH)
def test_without_people_it_is_the_model_of_statsmodels(link: LinkName) -> None:
    answers, later, _ = class_of(60, shift=0.8, seed=1)
    columns = np.column_stack([later, np.random.default_rng(2).normal(size=120)])
    found = cumulative_link(answers, columns, link=link)
    peer = OrderedModel(answers.astype(int), columns, distr=link).fit(
        method="bfgs", disp=False, gtol=1e-9
    )
    cuts = np.cumsum(np.r_[peer.params[2], np.exp(peer.params[3:])])
    assert found.slopes == pytest.approx(peer.params[:2], rel=1e-5, abs=1e-6)
    assert found.cuts == pytest.approx(cuts, rel=1e-5, abs=1e-6)
    assert found.log_likelihood == pytest.approx(peer.llf, rel=1e-9)
    assert found.se[3:5] == pytest.approx(peer.bse[:2], rel=1e-4)


@pytest.mark.parametrize("link", BOTH)
def test_the_likelihood_is_the_integral_over_where_a_person_stands(link: LinkName) -> None:
    """Two people, integrated by scipy; the quadrature must give the same number."""
    data = sorted_answers([0, 2, 1, 2, 2], [0, 1, 0, 1, 1], people=["a", "a", "b", "b", "b"])
    model = Model(link=LINKS[link], cuts=np.array([-0.7, 0.9]), slopes=np.array([0.4]), spread=1.7)
    below = special.expit if link == "logit" else special.ndtr

    def person(answers: list[int], later: list[int]) -> float:
        ends = np.array([-np.inf, -0.7, 0.9, np.inf])

        def density(at: float) -> float:
            mean = 0.4 * np.array(later) + 1.7 * at
            each = below(ends[np.array(answers) + 1] - mean) - below(ends[answers] - mean)
            return float(np.prod(each) * np.exp(-0.5 * at * at) / np.sqrt(2 * np.pi))

        return float(integrate.quad(density, -10, 10, epsabs=1e-14)[0])

    whole = np.log(person([0, 2], [0, 1])) + np.log(person([1, 2, 2], [0, 1, 1]))
    assert likelihood(data, model, nodes=40).log_likelihood == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("link", BOTH)
def test_the_slopes_of_the_likelihood_are_its_differences(link: LinkName) -> None:
    answers, later, people = class_of(12, shift=0.5, seed=3)
    data = sorted_answers(answers, later, people=people)
    at = np.array([-1.5, 0.1, 1.8, 0.6, 0.9])

    def fit(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        model = Model(
            link=LINKS[link], cuts=numbers[:3], slopes=numbers[3:4], spread=float(numbers[4])
        )
        found = likelihood(data, model, nodes=30)
        return found.log_likelihood, np.r_[found.by_cut, found.by_slope, found.by_spread]

    steps = 1e-5 * np.eye(5)
    differences = [(fit(at + step)[0] - fit(at - step)[0]) / 2e-5 for step in steps]
    assert fit(at)[1] == pytest.approx(np.array(differences), abs=1e-6)


def test_a_planted_shift_and_spread_are_found_again() -> None:
    answers, later, people = class_of(1000, shift=0.8, seed=4, spread=1.5)
    found = cumulative_link(answers, later, people=people)
    assert found.slopes[0] == pytest.approx(0.8, abs=0.24)  # three standard errors
    assert found.spread == pytest.approx(1.5, abs=0.25)
    assert found.cuts == pytest.approx([-2, 0, 2], abs=0.3)


def test_leaving_people_out_draws_the_shift_towards_zero() -> None:
    answers, later, people = class_of(300, shift=1.0, seed=5, spread=2.5)
    with_people = cumulative_link(answers, later, people=people)
    without = cumulative_link(answers, later)
    assert without.slopes[0] < 0.8 * with_people.slopes[0]
    assert without.log_likelihood < with_people.log_likelihood


@STEADY
@given(seed=st.integers(0, 30), times=st.sampled_from([0.5, 3.0]), by=st.integers(-4, 4))
def test_only_the_order_of_answers_counts_and_who_is_who_but_not_their_names(
    seed: int, times: float, by: int
) -> None:
    answers, later, people = class_of(25, shift=0.5, seed=seed)
    order = np.random.default_rng(seed).permutation(answers.size)
    here = cumulative_link(answers, later, people=people)
    there = cumulative_link(
        (np.exp(answers) * times + by)[order], later[order], people=(99 - people)[order]
    )
    assert there.slopes == pytest.approx(here.slopes, abs=1e-5)
    assert there.log_likelihood == pytest.approx(here.log_likelihood, rel=1e-9)


@pytest.mark.parametrize("link", BOTH)
def test_answers_turned_upside_down_turn_the_shift(link: LinkName) -> None:
    answers, later, people = class_of(25, shift=0.7, seed=6)
    here = cumulative_link(answers, later, people=people, link=link)
    there = cumulative_link(-answers, later, people=people, link=link)
    assert there.slopes == pytest.approx(-here.slopes, abs=1e-5)
    assert there.spread == pytest.approx(here.spread, abs=1e-4)


@pytest.mark.parametrize("link", BOTH)
def test_chances_far_out_keep_their_digits(link: LinkName) -> None:
    far = chances(LINKS[link], lower=np.array([6.0]), upper=np.array([7.0]))
    near = chances(LINKS[link], lower=np.array([-7.0]), upper=np.array([-6.0]))
    assert far.log == pytest.approx(near.log, rel=1e-12)
    assert far.by_mean == pytest.approx(-near.by_mean, rel=1e-9)


@pytest.mark.parametrize(
    ("answers", "predictors", "people", "sentence"),
    [
        ([1, 1, 1], [0, 1, 0], None, "all 3 are alike"),
        ([1, 2, np.nan], [0, 1, 0], None, "is not a number"),
        ([1, 2, 3], [0, 1], None, "one row an answer"),
        ([1, 2, 3], [0, 1, 1], [1, 2], "one row an answer"),
        ([1, 1, 1, 1, 2, 2, 2, 2], [0, 0, 0, 0, 1, 1, 1, 1], None, "cannot tell"),
    ],
)
def test_answers_that_cannot_be_told_apart_are_refused(
    answers: list[float], predictors: list[float], people: list[int] | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        cumulative_link(answers, predictors, people=people)


def test_people_who_differ_much_and_hardly_moved_have_a_likeliest_shift_too() -> None:
    """Plain Newton steps leap to and fro over where somebody stands who gave the top answer twice.

    Expected by integrating over 200 fixed places and climbing with scipy.
    """
    before = [5, 2, 1, 2, 3, 5, 3, 1, 2, 4, 5, 4, 5, 1, 5, 1, 3, 2]
    after = [4, 3, 1, 3, 3, 4, 4, 1, 3, 5, 5, 4, 4, 2, 5, 3, 5, 3]
    found = cumulative_link(before + after, np.repeat([0.0, 1.0], 18), people=[*range(18)] * 2)
    assert found.slopes == pytest.approx([1.47], abs=0.005)
    assert found.spread == pytest.approx(4.0, abs=0.05)
    assert found.log_likelihood == pytest.approx(-49.046, abs=0.001)
