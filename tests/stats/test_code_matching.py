"""Matching codes of two occasions: every step against brute force, the whole against its bars."""

from itertools import combinations, permutations

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.simulate.codes import CODES, coded_class
from outcomes.stats import candidate_pairs as searched
from outcomes.stats.agreement_weight import Codes
from outcomes.stats.assignment import one_to_one
from outcomes.stats.candidate_pairs import candidate_pairs, least_shared
from outcomes.stats.code_matching import RULES, CodeMatches, match_codes
from outcomes.stats.link_probability import link_probability


def codes(before, after, *, blocks=None) -> Codes:
    before, after = np.array(before, dtype=int), np.array(after, dtype=int)
    left, right = blocks or (np.zeros(len(before), int), np.zeros(len(after), int))
    return Codes(
        before=before, after=after, block_before=np.array(left), block_after=np.array(right)
    )


def linked(found: CodeMatches, *, least: float = 0.9) -> dict[int, int]:
    taken = found.chosen & (found.probability >= least)
    return dict(
        zip(found.pairs.before[taken].tolist(), found.pairs.after[taken].tolist(), strict=True)
    )


def strangers(people: int, *, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 20, (people, 7))


def test_all_pairs_that_share_enough_are_found_and_no_others() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.integers(-1, 3, (40, 6)), rng.integers(-1, 3, (30, 6))
    block = (rng.integers(0, 2, 40), rng.integers(0, 2, 30))
    shared = ((before[:, None] == after[None]) & (before[:, None] >= 0)).sum(axis=2)
    expected = np.argwhere((shared >= 4) & (block[0][:, None] == block[1][None]))
    found = np.column_stack(candidate_pairs(before, after, least=4, block=block))
    assert found.tolist() == expected.tolist()


def test_a_code_that_tells_nobody_apart_is_refused_before_it_fills_the_memory(monkeypatch) -> None:
    monkeypatch.setattr(searched, "MOST_PAIRS", 1000)
    same = np.zeros((50, 3), dtype=int)
    block = (np.zeros(50, int), np.zeros(50, int))
    with pytest.raises(DataError, match=r"tells nobody apart\. Part the records into blocks"):
        candidate_pairs(same, same, least=2, block=block)


@pytest.mark.parametrize(("elements", "least"), [(1, 1), (2, 1), (5, 3), (7, 4), (12, 8), (20, 18)])
def test_how_many_elements_must_be_shared_grows_with_the_code(elements: int, least: int) -> None:
    assert least_shared(elements) == least


def by_counting(odds: np.ndarray) -> np.ndarray:
    """Weigh all ways to pair rows with columns, one to one, by listing them."""
    rows, columns = odds.shape
    total, held = 0.0, np.zeros_like(odds)
    for size in range(min(rows, columns) + 1):
        for left in combinations(range(rows), size):
            for right in permutations(range(columns), size):
                weight = np.prod([odds[i, j] for i, j in zip(left, right, strict=True)])
                total += weight
                for i, j in zip(left, right, strict=True):
                    held[i, j] += weight
    return held / total


def by_messages(odds: np.ndarray) -> np.ndarray:
    before, after = np.nonzero(odds)
    probability, _ = link_probability(odds[before, after], (before, after), sizes=odds.shape)
    found = np.zeros_like(odds)
    found[before, after] = probability
    return found


def test_the_probability_is_exact_where_pairs_form_no_ring() -> None:
    chain = np.array([[30.0, 2.0, 0, 0], [0, 5.0, 0.002, 0], [0, 0, 9.0, 0.5]])
    assert by_messages(chain) == pytest.approx(by_counting(chain), abs=2e-5)


def test_the_probability_is_close_where_pairs_form_rings() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        odds = np.exp(rng.normal(-1, 3, (4, 4)))
        assert np.abs(by_messages(odds) - by_counting(odds)).max() < 0.08


def test_many_faint_pairs_take_what_they_weigh_together() -> None:
    odds = np.full((1, 400), 0.005)
    odds[0, 0] = 2.0
    assert by_messages(odds)[0, 0] == pytest.approx(2 / (1 + 2 + 399 * 0.005), rel=1e-3)


def test_the_assignment_is_the_best_of_all() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        worth = rng.random((5, 5)) * (rng.random((5, 5)) < 0.6)
        before, after = np.nonzero(worth)
        chosen = one_to_one(worth[before, after], (before, after), sizes=(5, 5))
        assert len(set(before[chosen])) == len(set(after[chosen])) == chosen.size
        clipped = np.where(worth >= 0.05, worth, 0)
        best = max(clipped[range(5), list(order)].sum() for order in permutations(range(5)))
        assert worth[before[chosen], after[chosen]].sum() == pytest.approx(best)


def test_equal_codes_are_linked_and_named_exact() -> None:
    people = strangers(12)
    order = np.random.default_rng(1).permutation(12)
    found = match_codes(codes(people, people[order]))
    assert linked(found) == {int(old): new for new, old in enumerate(order)}
    assert set(found.rule[found.chosen]) == {RULES.index("exact")}


def test_one_slip_is_one_off_and_two_slips_are_weighed() -> None:
    people = strangers(12)
    again = people.copy()
    again[3, 2] = 25
    again[5, :2] = 25
    found = match_codes(codes(people, again))
    rules = dict(zip(found.pairs.before.tolist(), found.rule.tolist(), strict=True))
    assert (rules[3], rules[5]) == (RULES.index("one-off"), RULES.index("weights"))
    assert linked(found, least=0.8) == {i: i for i in range(12)}


def test_two_people_with_the_same_code_are_not_guessed() -> None:
    people = strangers(12)
    people[1] = people[0]
    found = match_codes(codes(people, np.delete(people, 1, axis=0)))
    assert not {0, 1} & set(linked(found, least=0.55))
    assert len(linked(found)) == 10


def test_two_people_with_nearly_the_same_code_are_told_apart_by_the_rest() -> None:
    people = strangers(12)
    people[1] = people[0]
    people[1, 6] = 19 if people[0, 6] != 19 else 18
    assert linked(match_codes(codes(people, people))) == {i: i for i in range(12)}


def test_a_missing_element_does_not_speak_against_a_pair_as_a_difference_does() -> None:
    people = strangers(12)
    gap, slip = people.copy(), people.copy()
    gap[:2, :2], slip[:2, :2] = -1, 30
    with_gap, with_slip = match_codes(codes(people, gap)), match_codes(codes(people, slip))

    def doubt(found: CodeMatches) -> float:
        return float(1 - found.probability[found.chosen & (found.pairs.before < 2)].max())

    assert doubt(with_gap) < doubt(with_slip) / 2


def test_rare_answers_weigh_more_than_common_ones() -> None:
    people = strangers(30)
    people[:, 0] = 0
    people[:2, 0] = (1, 0)  # the first has a rare answer, the second the usual one
    again = people.copy()
    again[:2, 4:] = 30
    found = match_codes(codes(people, again))
    doubt = dict(zip(found.pairs.before.tolist(), 1 - found.probability, strict=True))
    assert doubt[0] < doubt[1] / 4


def test_nobody_is_linked_across_blocks() -> None:
    people = strangers(6)
    found = match_codes(codes(people, people, blocks=([0] * 6, [1] * 6)))
    assert found.pairs.before.size == 0


def test_an_equal_card_links_without_any_code() -> None:
    none = np.empty((3, 0), dtype=int)
    found = match_codes(codes(none, none), cards=(np.array([4, 7, -1]), np.array([7, 4, -1])))
    assert linked(found) == {0: 1, 1: 0}
    assert found.probability == pytest.approx([0.995, 0.995])


def test_a_card_that_two_people_hold_links_neither_but_their_codes_do() -> None:
    people = strangers(8)
    cards = (np.array([5, 5, *range(10, 16)]), np.array([5, -1, *range(10, 16)]))
    found = match_codes(codes(people, people), cards=cards)
    rules = {int(b): RULES[r] for b, r in zip(found.pairs.before, found.rule, strict=True)}
    assert linked(found) == {i: i for i in range(8)}
    assert (rules[0], rules[1], rules[2]) == ("exact", "exact", "card")


def test_swapped_cards_are_seen_by_the_codes() -> None:
    people = strangers(10)
    cards = np.arange(10)
    swapped = cards.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    found = match_codes(codes(people, people), cards=(cards, swapped))
    assert linked(found) == {i: i for i in range(10)}


def test_what_a_person_decided_is_honoured() -> None:
    people = strangers(6)
    two = (np.array([0]), np.array([1]))
    found = match_codes(codes(people, people), same=two, different=(np.array([3]), np.array([3])))
    assert linked(found) == {0: 1, 2: 2, 4: 4, 5: 5}
    with pytest.raises(DataError, match="as same and as different"):
        match_codes(codes(people, people), same=two, different=two)
    with pytest.raises(DataError, match="same person as two others"):
        match_codes(codes(people, people), same=(np.array([0, 0]), np.array([1, 2])))


def test_the_order_of_the_rows_does_not_matter() -> None:
    people = coded_class(CODES["D7"], 60, rng=np.random.default_rng(2))
    order = np.random.default_rng(4).permutation(60)
    straight = match_codes(codes(people.before, people.after))
    mixed = match_codes(codes(people.before[order], people.after))
    assert {order[b]: a for b, a in linked(mixed).items()} == linked(straight)


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        ((np.zeros((2, 3)), np.zeros((2, 4))), "the same code elements"),
        ((np.zeros((2, 3)), np.zeros(2)), "the same code elements"),
    ],
)
def test_codes_that_do_not_fit_together_are_refused(sides, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        match_codes(codes(*sides))
    with pytest.raises(DataError, match="one block and one card a record"):
        match_codes(codes(np.zeros((2, 1)), np.zeros((2, 1)), blocks=([0], [0, 0])))


def tried(code: str, people: int, *, classes: int) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Link generated classes; give correct and false shares, and how sure each pair was."""
    rng = np.random.default_rng(1989)
    returned, sure, right = 0, [], []
    for _ in range(classes):
        one = coded_class(CODES[code], people, rng=rng)
        found = match_codes(codes(one.before, one.after))
        returned += int((one.truth >= 0).sum())
        sure.append(found.probability[found.chosen])
        correct = one.truth[found.pairs.after] == found.pairs.before
        right.append(correct[found.chosen])
    probability, correct = np.concatenate(sure), np.concatenate(right)
    made = probability >= 0.97
    return correct[made].sum() / returned, 1 - correct[made].mean(), probability, correct


@pytest.mark.parametrize("code", ["A7", "D7"])
@pytest.mark.parametrize(
    ("people", "classes", "least", "most"),
    [(25, 150, 0.91, 0.001), (200, 20, 0.86, 0.003), (1000, 4, 0.82, 0.005)],
)
def test_generated_classes_are_linked_above_the_bars(
    code: str, people: int, classes: int, least: float, most: float
) -> None:
    """Bars of the plan; measured with many classes in benchmarks/link_codes.py."""
    correct, false, _, _ = tried(code, people, classes=classes)
    assert correct >= least
    assert false <= most + 0.001  # so few classes leave about 0.05 points of chance


def test_the_probabilities_mean_what_they_say() -> None:
    _, _, probability, correct = tried("D7", 200, classes=60)
    for low, high in ((0.5, 0.8), (0.8, 0.95), (0.95, 0.99), (0.99, 1.01)):
        chosen = (probability >= low) & (probability < high)
        stated, true = probability[chosen].mean(), correct[chosen].mean()
        error = np.sqrt(stated * (1 - stated) / chosen.sum())
        assert abs(stated - true) < 3.3 * error + 0.01, (low, stated, true)
