"""Which article a sighting is: guid, then page, then title and day."""

from dataclasses import replace

import pytest

from outcomes.media.identity import Known, Match, match_sightings, names_of, page_name
from outcomes.media.sightings import Sighting

NOTHING = Known(articles={}, pages={}, titles={})


def sighting(number: int = 1, **changed: object) -> Sighting:
    made = Sighting(
        outlet="Courier",
        url=f"https://courier.example/{number}",
        guid=f"guid {number}",
        title=f"Police said so, part {number}",
        summary="The police said so.",
        text_from="feed",
        published="2026-03-31T14:05:00+00:00",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def known(*stored: Sighting) -> Known:
    """What the store would know after it kept these, each as an article of its own."""
    articles: dict[object, tuple[str, ...]] = {}
    pages, titles = {}, {}
    for number, (each, names) in enumerate(zip(stored, names_of(stored), strict=True)):
        for name in names.every():
            articles[name] = (*articles.get(name, ()), f"article {number}")
        pages[f"article {number}"] = {names.page.digest}
        titles[f"article {number}"] = {each.title}
    return Known(articles=articles, pages=pages, titles=titles)  # type: ignore[arg-type]


def found(*document: Sighting, among: Known = NOTHING) -> list[str]:
    """The article of each sighting: that of a known one, or the place of its first sighting."""
    return [
        match.article or f"new {match.first}"
        for match in match_sightings(names_of(document), among)
    ]


def test_sightings_that_share_nothing_are_articles_of_their_own():
    assert found(sighting(1), sighting(2)) == ["new 0", "new 1"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"url": "https://courier.example/moved"}, id="another address"),
        pytest.param({"guid": "another"}, id="another guid"),
        pytest.param({"title": "A headline that was edited"}, id="another headline"),
        pytest.param({"guid": "", "url": "https://courier.example/moved"}, id="only its title"),
        pytest.param({"guid": "", "title": ""}, id="only its address"),
        pytest.param({"url": "", "title": "Edited"}, id="only its guid"),
        pytest.param({"outlet": "Ledger"}, id="the page in another outlet's feed"),
        pytest.param(
            {"guid": "", "title": "", "url": "http://m.courier.example/1/amp?utm_source=x#top"},
            id="its page for phones",
        ),
    ],
)
def test_an_article_is_known_by_any_of_its_names(changed: dict[str, object]):
    again = replace(sighting(1), **changed)  # type: ignore[arg-type]
    assert found(again, among=known(sighting(1), sighting(2))) == ["article 0"]


def test_another_page_under_another_headline_is_another_article_although_its_guid_is_known():
    other = sighting(3, guid="guid 1")
    assert found(other, among=known(sighting(1))) == ["new 0"]


def test_ten_entries_with_one_guid_are_ten_articles_also_when_they_come_again():
    ten = [sighting(number, guid="same") for number in range(10)]
    assert found(*ten) == [f"new {place}" for place in range(10)]
    assert found(*ten, among=known(*ten)) == [f"article {place}" for place in range(10)]
    assert found(ten[4], among=known(*ten)) == ["article 4"]


def test_a_guid_that_many_have_tells_nothing_even_of_the_same_title():
    blotters = [sighting(number, guid="same", title="Police blotter") for number in range(2)]
    third = sighting(3, guid="same", title="Police blotter")
    assert found(third, among=known(*blotters)) == ["new 0"]


def test_a_guid_is_that_of_one_outlet():
    other = sighting(5, guid="guid 1", outlet="Ledger")
    assert found(other, among=known(sighting(1))) == ["new 0"]


def test_a_guid_decides_before_a_page():
    mixed = sighting(1, url="https://courier.example/2")
    assert found(mixed, among=known(sighting(1), sighting(2))) == ["article 0"]


def test_a_page_that_stands_twice_in_a_document_is_one_article():
    again = sighting(1, guid="another", url="http://www.courier.example/1/")
    assert found(sighting(1), sighting(2), again) == ["new 0", "new 1", "new 0"]


def test_a_title_of_a_day_does_not_join_what_stands_side_by_side():
    title = "Police blotter for the last day of March"
    one, two = sighting(1, title=title), sighting(2, title=title)
    assert found(one, two) == ["new 0", "new 1"]
    assert found(one, two, among=known(one)) == ["article 0", "new 1"]
    moved = [
        replace(each, guid="", url=f"https://new.example/{place}")
        for place, each in enumerate((one, two))
    ]
    assert found(*moved, among=known(one)) == ["new 0", "new 1"]
    assert found(moved[0], among=known(one, two)) == ["new 0"]


def test_an_article_that_the_document_holds_is_not_another_one_of_its_former_title():
    stored = sighting(1)
    edited = sighting(1, title="A headline that was edited")
    other = sighting(2, guid="", title=stored.title)
    assert found(edited, other, among=known(stored)) == ["article 0", "new 1"]
    assert found(other, edited, among=known(stored)) == ["new 0", "article 0"]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Police blotter"},
        {"published": ""},
        {"published": "2026-04-01T09:00:00+00:00"},
        {"outlet": "Ledger"},
    ],
)
def test_a_title_tells_little_that_is_short_or_of_another_day_or_outlet(
    changed: dict[str, object],
):
    first = sighting(1, **({"title": "Police blotter"} if "title" in changed else {}))
    other = replace(first, guid="", url="https://courier.example/new", **changed)  # type: ignore[arg-type]
    assert found(other, among=known(first)) == ["new 0"]


def test_capitals_and_spaces_do_not_make_another_title():
    again = sighting(1, guid="", url="https://new.example/1", title="POLICE said  so, part 1 ")
    assert found(again, among=known(sighting(1))) == ["article 0"]


def test_an_article_without_an_address_is_called_after_its_record_number():
    record = sighting(1, url="", guid="0FA3")
    (names,) = names_of([record])
    assert names.url.startswith("urn:outcomes:")
    assert names_of([replace(record, title="Edited")])[0].url == names.url
    assert names_of([replace(record, guid="0FA4")])[0].url != names.url
    assert names_of([replace(record, outlet="Ledger")])[0].url != names.url


@pytest.mark.parametrize("url", ["", "https://courier.example/", "http://www.courier.example"])
def test_without_a_record_number_outlet_title_and_day_name_it(url: str):
    bare = sighting(1, url=url, guid="")
    (names,) = names_of([bare])
    assert names.url.startswith("urn:outcomes:")
    assert names_of([replace(bare, summary="Edited")])[0].url == names.url
    assert names_of([replace(bare, published="2026-04-01")])[0].url != names.url


def test_two_items_of_one_day_that_only_their_texts_tell_apart_stay_two():
    items = [
        sighting(1, url="", guid="", title="Police blotter", text=f"Item {number}.")
        for number in range(2)
    ]
    assert found(*items) == ["new 0", "new 1"]
    assert found(*items, among=known(*items)) == ["article 0", "article 1"]
    assert found(items[0], items[0]) == ["new 0", "new 0"]


def test_one_record_number_for_all_does_not_make_them_one():
    items = [
        sighting(number, url="", guid="0", title=f"Obituary of somebody, {number}")
        for number in range(3)
    ]
    assert found(*items) == ["new 0", "new 1", "new 2"]
    assert found(*items, among=known(*items)) == ["article 0", "article 1", "article 2"]


def test_an_address_that_is_none_of_the_web_names_itself():
    document = [sighting(number, url=f"nexis:{number}", guid="", title="") for number in (1, 2)]
    assert [names.url for names in names_of(document)] == ["nexis:1", "nexis:2"]
    assert found(*document, among=known(document[1])) == ["new 0", "article 0"]
    assert page_name("http://[") != page_name("http://]")


def test_a_new_article_of_which_a_later_sighting_is_known_by_title_is_that_one():
    """The first sighting in the document gives its page, and the title of it is known."""
    stored = sighting(1)
    moved = sighting(1, guid="", url="https://new.example/1")
    assert match_sightings(names_of([sighting(7), moved, moved]), known(stored)) == [
        Match(article="", first=0),
        Match(article="article 0", first=1, by_title=True),
        Match(article="article 0", first=1, by_title=True),
    ]
