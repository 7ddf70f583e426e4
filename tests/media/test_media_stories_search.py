"""The parts of the search for copies: shingles, signatures, candidates, and names and numbers."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.media.name_guard import can_tell, names_and_numbers, same_names
from outcomes.media.near_duplicates import NEIGHBOURS, candidates, minhash, near_duplicates
from outcomes.media.page_key import page_key
from outcomes.media.shingles import Shingles, body_key, shingle_sets, words_of


def sets_of(*sets: set[int]) -> Shingles:
    """Texts that have these numbers for shingles."""
    rng = np.random.default_rng(5)
    number = rng.integers(0, 2**64, size=1 + max(max(each, default=0) for each in sets), dtype="u8")
    values = [np.sort(number[sorted(each)]) if each else number[:0] for each in sets]
    starts = np.cumsum([0, *map(len, values)])
    return Shingles(values=np.concatenate(values), starts=starts)


def test_a_text_is_cut_into_its_runs_of_five_words() -> None:
    found = shingle_sets([words_of("One two, three; four FIVE six."), ["a", "b"], []])
    assert found.sizes.tolist() == [2, 1, 0]


def test_the_shingles_of_a_text_are_the_same_on_every_machine() -> None:
    found = shingle_sets([words_of("Police said so on Friday")])
    assert found.values.tolist() == [618_932_011_197_684_407]


def test_punctuation_capitals_and_curly_quotes_make_no_difference() -> None:
    one = words_of("\u201cDon\u2019t move,\u201d she said \u2014 twice.")
    assert one == words_of("don't move she said twice")
    assert body_key(one) == body_key(words_of("DON'T move! She said: twice"))


def test_words_that_run_together_otherwise_are_another_text() -> None:
    assert body_key(["ab", "c"]) != body_key(["a", "bc"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abc", max_size=1), max_size=40), st.lists(st.text("abc", max_size=1)))
def test_containment_is_the_share_of_the_smaller_set(one: list[str], other: list[str]) -> None:
    runs = [
        {tuple(words[k : k + 5]) for k in range(max(1, len(words) - 4))} if words else set()
        for words in (one, other)
    ]
    found = shingle_sets([one, other])
    assert found.shared(0, 1) == len(runs[0] & runs[1])
    smaller = min(map(len, runs))
    assert found.containment(0, 1) == (len(runs[0] & runs[1]) / smaller if smaller else 0)


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(20, 400),
    share=st.floats(0, 1),
    longer=st.integers(0, 400),
    seed=st.integers(0, 1000),
)
def test_signatures_agree_as_often_as_the_texts_share_shingles(
    size: int, share: float, longer: int, seed: int
) -> None:
    """Within five standard errors of the exact Jaccard similarity, whatever the seed."""
    moved = round(size * (1 - share))
    one, other = set(range(size)), set(range(moved, size + moved + longer))
    exact = len(one & other) / len(one | other)
    signatures = minhash(sets_of(one, other), seed=seed)
    rows = signatures.shape[1]
    agree = float((signatures[0] == signatures[1]).mean())
    assert abs(agree - exact) <= 5 * np.sqrt(exact * (1 - exact) / rows) + 1 / rows


def test_the_mean_over_many_seeds_is_the_exact_similarity() -> None:
    texts = sets_of(set(range(150)), set(range(50, 200)))
    means = [
        float((found[0] == found[1]).mean())
        for found in (minhash(texts, seed=seed) for seed in range(60))
    ]
    assert np.mean(means) == pytest.approx(0.5, abs=0.02)


def test_a_signature_does_not_depend_on_the_other_texts() -> None:
    sets = [set(range(k, k + 900)) for k in range(0, 60_000, 600)]  # more than one chunk
    together = sets_of(*sets)
    alone = Shingles(values=together.of(70), starts=np.array([0, len(together.of(70))]))
    assert (minhash(together)[70] == minhash(alone)[0]).all()


def test_a_text_without_shingles_gets_a_signature_too() -> None:
    found = minhash(sets_of(set(), {1, 2, 3}, set()))
    assert (found[[0, 2]] == np.iinfo(np.uint32).max).all()
    assert (found[1] < np.iinfo(np.uint32).max).all()


def test_texts_that_share_half_of_their_shingles_are_candidates_and_strangers_are_not() -> None:
    sets = [set(range(300 * k, 300 * k + 200)) for k in range(100)]
    sets += [set(range(300 * k + 67, 300 * k + 267)) for k in range(100)]
    one, other = candidates(minhash(sets_of(*sets)))
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    assert {(k, k + 100) for k in range(100)} == pairs


def test_a_crowded_bucket_is_capped() -> None:
    crowd = 400
    one, _ = candidates(np.zeros((crowd, 126), dtype=np.uint32))
    assert len(one) <= crowd * NEIGHBOURS
    assert len(one) < len(list(combinations(range(crowd), 2)))


def test_copies_meet_even_in_a_bucket_that_a_form_filled() -> None:
    """All 510 share one band and no other; the first ten agree in two more rows with the last."""
    signatures = np.random.default_rng(3).integers(0, 2**32, size=(510, 126), dtype=np.uint32)
    signatures[:, :3] = 7
    signatures[500:, 3:5] = signatures[:10, 3:5]
    one, other = candidates(signatures)
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    assert {(k, 500 + k) for k in range(10)} <= pairs


def test_no_texts_have_no_pairs() -> None:
    found = near_duplicates([], shingle_sets([]), thresholds=np.empty(0))
    assert len(found.one) == len(found.other) == len(found.containment) == 0


ITEM = (
    "{day} at {time} p.m. officers were sent to the {number} block of {street} after a call. "
    "Police said {name}, {age}, was arrested. Call the desk of the Police Department or Crime "
    "Stoppers."
)
FIRST = ITEM.format(
    day="Monday", time="7:45", number=1200, street="Canal Street", name="Maria Lopez", age=34
)
SECOND = ITEM.format(
    day="Friday", time="3:12", number=800, street="Fulton Street", name="John Smith", age=51
)


def guard(small: str, large: str) -> bool:
    return same_names(names_and_numbers(small), names_and_numbers(large))


def test_a_form_that_was_filled_in_anew_is_no_copy() -> None:
    assert not guard(FIRST, SECOND)


def test_a_copy_with_a_byline_and_a_footer_is_one() -> None:
    assert guard(FIRST, f"By Staff Reports | The Valley Herald. {FIRST} Copyright 2026.")


def test_a_copy_that_was_cut_is_one() -> None:
    assert guard(FIRST[:120], FIRST)


@pytest.mark.parametrize(
    ("old", "new"), [("Maria Lopez", "Anna Petrov"), ("1200 block of Canal", "90 block of Elm")]
)
def test_two_replaced_names_or_numbers_in_a_short_item_are_too_many(old: str, new: str) -> None:
    changed = FIRST.replace(old, new)
    assert changed != FIRST
    assert not guard(FIRST, changed)


def test_one_corrected_number_among_many_names_is_still_a_copy() -> None:
    assert guard(FIRST.replace("34", "35"), FIRST)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The man told Sgt. Rivera that 3 left.", {"sgt", "rivera", "3"}),
        ("Officers came. Nobody was hurt.", set()),
        ("Maria Lopez spoke. Lopez left.", {"maria", "lopez"}),
        ("On Friday, the FBI came. Monday was calm.", {"friday", "fbi", "monday"}),
        ("La policía detuvo a Ángel Núñez el 4 de mayo.", {"ángel", "núñez", "4"}),
        ("", set()),
    ],
)
def test_names_and_numbers_are_told_by_how_they_are_written(text: str, keys: set[str]) -> None:
    assert names_and_numbers(text).keys >= keys
    assert len(names_and_numbers(text).keys) <= len(keys) + 1


def test_without_names_there_is_nothing_to_tell_by() -> None:
    bare = names_and_numbers("Rain is likely in the evening. It will be windy.")
    assert not can_tell(bare, names_and_numbers(FIRST))
    assert can_tell(names_and_numbers(FIRST), names_and_numbers(SECOND))


@pytest.mark.parametrize(
    "url",
    [
        "http://courier.example/news/a-1",
        "https://www.courier.example/news/a-1/",
        "https://m.courier.example/news/a-1?utm_source=x&fbclid=1#top",
        "https://amp.courier.example/news/a-1/amp/",
        "https://courier.example:443/news/a-1?rssfeed=true",
        " HTTPS://COURIER.example/news/a-1 ",
    ],
)
def test_the_addresses_of_one_page_have_one_key(url: str) -> None:
    assert page_key(url) == "courier.example/news/a-1"


def test_a_parameter_that_names_the_article_stays() -> None:
    keys = {page_key(f"https://courier.example/story?id={k}&utm_medium=rss") for k in (1, 2)}
    assert keys == {"courier.example/story?id=1", "courier.example/story?id=2"}


@pytest.mark.parametrize(
    "url", ["", "a-1", "https://courier.example/", "https://[x", "mailto:a@b", "https://a:b/c"]
)
def test_what_names_no_article_has_no_key(url: str) -> None:
    assert not page_key(url)
