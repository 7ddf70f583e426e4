"""Which articles are drawn for coding, with which chance, and who codes them."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.media.coding_design import (
    Design,
    allocate,
    design_from_json,
    draw,
    draw_more,
    strata_of,
)
from outcomes.media.coding_shares import Coding, share_out

DRAWS = 100


def corpus(*, months: int = 2, size: int = 100) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    many = months * size
    neutral = rng.uniform(0.3, 1.0, many)
    return pd.DataFrame(
        {
            "url": [f"https://x.example/{k}" for k in range(many)],
            "month": [f"2026-0{1 + k // size}" for k in range(many)],
            "relevant": 1,
            "outlet": rng.choice(["Courier", "Post", "Wire"], many, p=[0.7, 0.25, 0.05]),
            "places": rng.choice(["", "eastbank", "eastbank; northgate"], many),
            "tone": rng.choice([-1, 0, 1], many, p=[0.2, 0.7, 0.1]),
            "p_neutral": neutral,
        }
    )


DESIGNS = [
    Design(kind="random", per_month=12),
    Design(kind="stratified", per_month=12),
    Design(kind="stratified", per_month=12, allocation="equal"),
    Design(kind="stratified", per_month=12, by="place"),
    Design(kind="model-assisted", per_month=12),
]


@pytest.mark.parametrize("design", DESIGNS)
def test_the_codes_stand_for_every_article_once(design: Design) -> None:
    articles = corpus()
    drawn = draw(articles, design)
    assert drawn.items["url"].is_unique
    for _, month in drawn.items.groupby("month"):
        assert len(month) == 12
        assert (1 / month["probability"]).sum() == pytest.approx(100)
    of_stratum = drawn.items.groupby("stratum").size()
    assert (of_stratum >= 2).all()
    assert set(of_stratum.index) == set(strata_of(articles, design)["stratum"])  # none without


@pytest.mark.parametrize("design", DESIGNS)
def test_each_article_is_drawn_as_often_as_its_chance_says(design: Design) -> None:
    articles = corpus(months=1, size=60)
    counts: Counter[str] = Counter()
    chance: dict[str, float] = {}
    for seed in range(DRAWS):
        again = Design(
            kind=design.kind,
            per_month=12,
            by=design.by,
            allocation=design.allocation,
            seed=seed,
        )
        items = draw(articles, again).items
        counts.update(items["url"])
        chance.update(zip(items["url"], items["probability"], strict=True))
    assert len(chance) == 60  # no article has no chance
    seen = np.array([counts[url] / DRAWS for url in chance])
    meant = np.array(list(chance.values()))
    spread = np.sqrt(meant * (1 - meant) / DRAWS)
    assert (np.abs(seen - meant) <= 4.5 * np.maximum(spread, 1e-9)).all()


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_table() -> None:
    articles = corpus()
    first = draw(articles, DESIGNS[4]).items
    again = draw(articles.sample(frac=1, random_state=2), DESIGNS[4]).items
    pd.testing.assert_frame_equal(first, again)


def test_what_the_model_calls_negative_is_drawn_more_often() -> None:
    articles = corpus(size=400)
    items = draw(articles, Design(kind="model-assisted", per_month=60)).items
    chance = items.groupby(items["stratum"].str.split(" ").str[1])["probability"].mean()
    assert chance["negative"] / chance["neutral"] == pytest.approx(3, rel=0.2)
    assert chance["unsure"] / chance["neutral"] == pytest.approx(2, rel=0.2)


def test_small_strata_are_joined_where_the_sample_is_too_small_for_two_of_each() -> None:
    items = draw(corpus(), Design(kind="stratified", per_month=4)).items
    assert set(items["stratum"]) == {
        f"2026-0{month} {cell}" for month in (1, 2) for cell in ("Courier", "others")
    }


@pytest.mark.parametrize("sizes", [(4, 4, 3, 2, 1), (3, 2, 2, 1), (7, 6, 5, 3), (8, 6, 2, 1, 1, 1)])
def test_every_small_outlet_finds_its_way_into_a_stratum(sizes: tuple[int, ...]) -> None:
    outlets = [f"outlet {k}" for k, size in enumerate(sizes) for _ in range(size)]
    articles = corpus(months=1, size=len(outlets)).assign(outlet=outlets)
    items = draw(articles, Design(kind="stratified", per_month=4)).items
    assert float((1 / items["probability"]).sum()) == pytest.approx(len(outlets))
    assert items.groupby("stratum").size().min() >= 2


def test_a_month_with_fewer_articles_is_coded_whole() -> None:
    items = draw(corpus(months=1, size=5), Design(per_month=12)).items
    assert items["probability"].tolist() == [1] * 5


def test_an_enlarged_sample_keeps_what_was_drawn_and_knows_the_new_chances() -> None:
    articles = corpus()
    for design in DESIGNS:
        before = draw(articles, design)
        stored = design_from_json(before.design.as_json())
        after = draw_more(articles, stored, before.items, per_month=20)
        assert set(before.items["url"]) <= set(after.items["url"])
        for _, month in after.items.groupby("month"):
            assert len(month) >= 20
            assert (1 / month["probability"]).sum() == pytest.approx(100)


def test_an_enlarged_sample_is_like_one_drawn_at_once() -> None:
    articles = corpus(months=1, size=20)
    counts: Counter[str] = Counter()
    for seed in range(150):
        before = draw(articles, Design(per_month=4, seed=seed))
        after = draw_more(articles, before.design, before.items, per_month=10)
        counts.update(after.items["url"])
        assert after.items["probability"].unique().tolist() == [0.5]
    assert max(abs(number / 150 - 0.5) for number in counts.values()) < 0.18
    assert len(counts) == 20


def test_new_months_join_a_sample_that_is_enlarged() -> None:
    articles = corpus(months=3)
    before = draw(articles[articles["month"] < "2026-03"], Design(per_month=6))
    after = draw_more(articles, before.design, before.items, per_month=6)
    assert after.items.groupby("month").size().tolist() == [6, 6, 6]


def test_a_sample_is_not_enlarged_where_its_articles_changed() -> None:
    articles = corpus()
    before = draw(articles, Design(per_month=6))
    late = pd.concat([articles, articles.head(1).assign(url="https://x.example/late")])
    with pytest.raises(DataError, match=r"2026-01 are not those .* a new name"):
        draw_more(late, before.design, before.items, per_month=12)
    assisted = draw(articles, DESIGNS[4])
    other = articles.assign(tone=-articles["tone"])
    with pytest.raises(DataError, match="classified in another way"):
        draw_more(other, assisted.design, assisted.items, per_month=20)


@pytest.mark.parametrize(
    ("articles", "design", "said"),
    [
        (corpus(), Design(per_month=1), "two codes a month"),
        (
            corpus().assign(relevant=0),
            Design(per_month=4),
            "no article about law enforcement is dated",
        ),
        (corpus().drop(columns="places"), Design(per_month=4), "lack the column"),
        (corpus(), Design(kind="odd", per_month=4), "no kind of sample"),  # type: ignore[arg-type]
    ],
)
def test_a_draw_that_cannot_be_is_refused(
    articles: pd.DataFrame, design: Design, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        draw(articles, design)


def test_every_stratum_gets_two_and_the_rest_goes_by_weight() -> None:
    sizes = {"a": 90, "b": 8, "c": 1}
    found = allocate(sizes, weights={"a": 90.0, "b": 8.0, "c": 1.0}, total=20)
    assert found == {"a": 17, "b": 2, "c": 1}
    assert allocate(sizes, weights={"a": 1.0, "b": 1.0, "c": 1.0}, total=200) == sizes


URLS = [f"u{k}" for k in range(50)]


def test_articles_are_shared_out_evenly_and_some_are_coded_twice() -> None:
    shares = share_out(URLS, Coding(coders=("a", "b", "c"), double=0.2), seed=(1,), after={})
    people = Counter(share.url for share in shares)
    assert sorted(people.values()) == [1] * 40 + [2] * 10
    by_coder = Counter(share.coder for share in shares)
    assert max(by_coder.values()) - min(by_coder.values()) <= 3
    assert len({(share.url, share.coder) for share in shares}) == len(shares)


def test_everyone_may_code_everything_and_one_coder_codes_nothing_twice() -> None:
    every = share_out(URLS, Coding(coders=("a", "b", "c"), everyone=True), seed=(1,), after={})
    assert Counter(share.url for share in every) == dict.fromkeys(URLS, 3)
    alone = share_out(URLS, Coding(coders=("a",), double=1), seed=(1,), after={})
    assert Counter(share.url for share in alone) == dict.fromkeys(URLS, 1)


def test_each_coder_has_an_own_order() -> None:
    shares = share_out(URLS, Coding(coders=("a", "b"), everyone=True), seed=(1,), after={"b": 7})
    orders = {
        coder: [
            share.url
            for share in sorted(shares, key=lambda each: each.place)
            if share.coder == coder
        ]
        for coder in ("a", "b")
    }
    assert sorted(orders["a"]) == sorted(orders["b"]) == sorted(URLS)
    assert orders["a"] != orders["b"] != URLS
    assert min(share.place for share in shares if share.coder == "b") == 8


@pytest.mark.parametrize(
    ("coding", "said"),
    [
        (Coding(coders=()), "nobody is named"),
        (Coding(coders=("a", "a")), "named twice"),
        (Coding(coders=("adjudicated",)), "cannot be a coder"),
        (Coding(coders=("a", "b"), double=1.5), "from 0 to 1"),
    ],
)
def test_coders_who_cannot_be_told_apart_are_refused(coding: Coding, said: str) -> None:
    with pytest.raises(DataError, match=said):
        share_out(URLS, coding, seed=(1,), after={})
