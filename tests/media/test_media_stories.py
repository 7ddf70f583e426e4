"""Which articles are one story: the rules about pages, texts, outlets, days and length."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.media.stories import CopyRules, Stories, link_stories, monthly_counts

WORDS = (
    "The council of Marlow Falls voted on Tuesday to hire 12 officers after Chief Dana Ortiz told "
    "members that calls for help rose by 9 percent. Residents who spoke asked for walks on Weaver "
    "Street and for a liaison at Lincoln School. Mayor Lee Chen said that the money, 840 thousand "
    "dollars, comes from a grant, and that hearings will be held in March at the library. Members "
    "Ruth Okafor and Paul Brandt voted no because the grant ends in 2028 and nobody has said who "
    "pays then. The union called the vote a good day for people who work nights."
)
OTHER = (
    "Snow fell on Sunday over all of Harlan County, and the schools of Eastfield and Bright Hill "
    "stay closed until Wednesday. Plows worked through the night on Route 9, where 14 cars slid "
    "off the road near Carver Bridge. Nobody was hurt, said Sheriff Tom Adair, who thanked drivers "
    "that stayed home. The county opened 3 warming rooms, and volunteers of the Grace Church "
    "brought soup to people who live alone."
)
SHORT = (
    "Police closed Weaver Street in Marlow Falls for 2 hours on Friday after a water main broke."
)


def link(*articles: dict[str, object], **rules: float) -> Stories:
    rows = [{"id": f"a{k}", **each} for k, each in enumerate(articles, start=1)]
    return link_stories(pd.DataFrame(rows), CopyRules(**rules))  # type: ignore[arg-type]


def article(
    outlet: str = "Courier", published: str = "2026-03-03", **more: object
) -> dict[str, object]:
    return {"outlet": outlet, "published": published, "text": WORDS, **more}


def stories(found: Stories) -> list[object]:
    return found.table["story"].tolist()


def methods(found: Stories) -> list[str]:
    return found.table["method"].tolist()


def test_the_same_text_in_two_outlets_is_one_story_of_the_earlier_one() -> None:
    found = link(article("Herald", "2026-03-05"), article("Courier", "2026-03-03"))
    assert stories(found) == ["a2", "a2"]
    assert found.table["first_outlet"].tolist() == ["Courier", "Courier"]
    assert methods(found) == ["same text", "first"]
    assert found.table["score"].tolist()[0] == 1
    assert np.isnan(found.table["score"].tolist()[1])


def test_no_article_is_dropped_and_the_order_is_kept() -> None:
    found = link(*[article(f"Outlet {k}") for k in range(5)], article(text=OTHER))
    assert found.table["id"].tolist() == [f"a{k}" for k in range(1, 7)]
    assert found.table["story"].nunique() == 2
    assert methods(found)[-1] == "only"
    assert found.sentences() == ["6 articles tell 2 stories."]


def test_a_moment_of_the_day_comes_before_a_day_without_one() -> None:
    found = link(article("Herald"), article("Courier", "2026-03-03T18:00:00+00:00"))
    assert stories(found) == ["a2", "a2"]


def test_a_copy_that_was_cut_is_linked_with_the_share_that_it_has() -> None:
    words = WORDS.split()
    cut = "By Staff Reports. " + " ".join(words[: len(words) * 7 // 10])
    found = link(article(), article("Herald", text=cut))
    assert stories(found) == ["a1", "a1"]
    assert methods(found) == ["first", "near copy"]
    assert 0.8 < found.table["score"].tolist()[1] < 1


def test_another_event_in_the_same_form_is_another_story() -> None:
    changed = WORDS
    for old, new in (
        ("Marlow", "Keene"),
        ("12", "7"),
        ("Dana Ortiz", "Sam Wu"),
        ("Lee Chen", "Al Fox"),
    ):
        changed = changed.replace(old, new)
    found = link(article(), article("Herald", text=changed))
    assert methods(found) == ["only", "only"]


def test_the_same_text_long_after_is_another_story() -> None:
    days = ("2026-03-01", "2026-03-08", "2026-03-16")
    found = link(*[article(f"Outlet {k}", day) for k, day in enumerate(days)])
    assert stories(found) == ["a1", "a1", "a3"]


def test_a_weekly_text_does_not_chain_into_one_story() -> None:
    days = [f"2026-03-{day:02d}" for day in range(1, 29, 3)]
    found = link(*[article(f"Outlet {k}", day) for k, day in enumerate(days)])
    spans = found.table.assign(day=pd.to_datetime(days)).groupby("story")["day"]
    assert ((spans.max() - spans.min()).dt.days <= 7).all()
    assert found.table["story"].nunique() == 4


def test_edited_copies_do_not_chain_beyond_the_days_either() -> None:
    edits = [WORDS + f" Edition {k}." for k in range(3)]
    days = ("2026-03-01", "2026-03-06", "2026-03-11")
    found = link(*[article(f"Outlet {k}", days[k], text=edits[k]) for k in range(3)])
    assert found.table["story"].nunique() == 2


def test_two_articles_of_one_outlet_and_day_are_not_joined_for_their_text() -> None:
    found = link(article(), article())
    assert methods(found) == ["only", "only"]
    assert found.kept_apart == 1
    assert "kept apart" in found.sentences()[1]


def test_nor_are_they_through_a_third_one_that_both_are_like() -> None:
    found = link(article(), article(), article("Herald"), article("Herald", text=WORDS + " (AP)"))
    table = found.table.assign(outlet=["Courier", "Courier", "Herald", "Herald"])
    assert not table.duplicated(["story", "outlet"]).any()
    assert table["story"].nunique() == 2


def test_one_outlet_may_print_a_copy_on_another_day() -> None:
    assert stories(link(article(), article(published="2026-03-04"))) == ["a1", "a1"]


def test_the_same_page_is_one_story_whatever_the_outlet_day_and_text() -> None:
    found = link(
        article(url="https://www.courier.example/vote?utm_source=feed"),
        article(url="http://m.courier.example/vote/", text=OTHER),
        article(url="http://courier.example/vote/amp", text=SHORT, published="2026-06-01"),
        article("Herald", url="http://herald.example/", text=OTHER + " More soon."),
    )
    assert methods(found) == ["first", "same page", "same page", "near copy"]
    assert stories(found) == ["a1"] * 4


def test_the_front_page_is_the_address_of_no_article() -> None:
    url = "https://courier.example/"
    assert methods(link(article(url=url), article(url=url, text=OTHER))) == ["only", "only"]


@pytest.mark.parametrize("text", [SHORT, " ".join(WORDS.split()[:40])])
def test_short_texts_are_not_joined_with_each_other(text: str) -> None:
    found = link(article(text=text), article("Herald", text=text))
    assert methods(found) == ["only", "only"]
    assert found.short == 2


def test_the_beginning_of_a_longer_article_is_a_copy_though_it_is_short() -> None:
    start = " ".join(WORDS.split()[:40])
    assert stories(link(article(), article("Herald", text=start))) == ["a1", "a1"]
    assert methods(link(article(text=OTHER), article("Herald", text=start))) == ["only", "only"]


def test_a_list_of_several_items_is_a_copy_of_none() -> None:
    words = (WORDS + " " + OTHER).split()
    several = " ".join([OTHER, *np.random.default_rng(2).permutation(words)])
    for seed in range(8):  # so that the search finds the pair at least once
        found = link(article(text=OTHER), article("Herald", text=several), seed=seed)
        assert methods(found) == ["only", "only"]


def test_what_is_unknown_neither_links_nor_parts() -> None:
    found = link({"text": WORDS}, {"text": WORDS}, {"text": OTHER})
    assert stories(found) == ["a1", "a1", "a3"]
    assert found.undated == 3


def test_an_article_without_a_date_is_not_the_first() -> None:
    found = link(article(published=""), article("Herald", "2026-03-09"))
    assert stories(found) == ["a2", "a2"]
    assert found.undated == 1


def test_days_are_cut_in_the_time_zone() -> None:
    late = [
        article(published=moment) for moment in ("2026-03-04T01:00:00Z", "2026-03-03T14:00:00Z")
    ]
    table = pd.DataFrame(late).assign(id=["a1", "a2"])
    assert link_stories(table).table["story"].nunique() == 1  # two days in UTC
    assert link_stories(table, time_zone="America/Chicago").kept_apart == 1


def test_the_order_of_the_file_does_not_matter() -> None:
    articles = [
        article(
            f"Outlet {k % 7}", f"2026-03-{1 + k % 11:02d}", id=f"x{k}", text=f"{text} Part {k % 3}."
        )
        for k, text in enumerate([WORDS, OTHER] * 10)
    ]
    table = pd.DataFrame(articles)
    shuffled = table.sample(frac=1, random_state=4)
    one, two = (link_stories(each).table.set_index("id") for each in (table, shuffled))
    pd.testing.assert_frame_equal(one.sort_index(), two.sort_index())


def test_no_articles_are_no_stories() -> None:
    found = link_stories(pd.DataFrame({"id": [], "text": []}))
    assert found.table.columns.tolist() == ["id", "story", "first_outlet", "method", "score"]
    assert found.table.empty


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "a", "text": "x"}, {"id": "a", "text": "y"}], "'a' stands twice"),
        ([{"id": "", "text": "x"}], "id is empty"),
        ([{"id": "a", "text": "x", "published": "3/31/2026"}], "'3/31/2026' is not a date"),
        ([{"id": "a", "text": "x", "published": "today"}], "'today' is not a date"),
    ],
)
def test_articles_that_cannot_be_used_are_refused(rows: list[dict[str, str]], said: str) -> None:
    with pytest.raises(DataError, match=said):
        link_stories(pd.DataFrame(rows))


@pytest.mark.parametrize(
    "rule",
    [{"days": -1}, {"containment": 0.2}, {"containment": 1.1}, {"fewest_words": 4}, {"seed": -1}],
)
def test_rules_that_make_no_sense_are_refused(rule: dict[str, float]) -> None:
    with pytest.raises(DataError, match="must"):
        CopyRules(**rule)  # type: ignore[arg-type]


def test_a_time_zone_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="'Mars/Base' is not a time zone"):
        link_stories(pd.DataFrame({"id": ["a"], "text": ["x"]}), time_zone="Mars/Base")


def test_each_month_has_both_counts() -> None:
    linked = pd.DataFrame(
        {
            "story": ["a", "a", "a", "b", "c", "d"],
            "month": ["2026-01", "2026-01", "2026-02", "2026-02", "", "2026-02"],
            "relevant": [0, 1, 0, 0, 1, 1],
        }
    )
    counts = monthly_counts(linked).set_index("month")
    assert counts["articles"].to_dict() == {"2026-01": 2, "2026-02": 3}
    assert counts["stories"].to_dict() == {"2026-01": 1, "2026-02": 2}
    assert counts["articles_relevant"].to_dict() == {"2026-01": 1, "2026-02": 1}
    assert counts["stories_relevant"].to_dict() == {"2026-01": 1, "2026-02": 1}
    assert "stories_relevant" not in monthly_counts(linked.drop(columns="relevant"))


@pytest.mark.real
def test_real_pages_about_one_event_are_not_joined() -> None:
    """NBC DFW and CBS both told of one kidnapping in Fort Worth, in their own words."""
    folder = Path(__file__).resolve().parents[3] / "shared/refdata/feeds"
    gold = folder / "extraction_benchmark/ground-truth.json"
    if not gold.exists():
        pytest.skip("../shared/refdata is not here")
    bodies = {k: v["articleBody"] for k, v in json.loads(gold.read_text(encoding="utf-8")).items()}
    pair = [next(k for k in bodies if k.startswith(start)) for start in ("2c46804d", "51d066b0")]
    assert all("kidnap" in bodies[k].lower() for k in pair)
    table = pd.DataFrame({"id": list(bodies), "text": list(bodies.values())})
    found = link_stories(table, CopyRules(containment=0.3)).table
    assert (found["method"] == "only").all()
    page = gzip.decompress((folder / f"extraction_benchmark/html/{pair[0]}.html.gz").read_bytes())
    assert b"kidnap" in page.lower()
