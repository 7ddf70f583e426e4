"""The registry of 14,080 US outlets, and the table of owners beside it."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.media.feed_lists import complete_address, tidy_feeds
from outcomes.media.outlet_owners import read_owners
from outcomes.media.outlet_registry import outlets_of, read_registry
from outcomes.media.outlet_suggestions import suggest_outlets
from outcomes.pipeline.source_suggestions import suggest
from outcomes.settings import Outlet

FILES = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds" / "outlets"
REGISTRY = FILES / "usa_2016_2024_pu5e.json.gz"
OWNERS = FILES / "local_news_dataset_2018.csv.gz"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILES.exists(), reason="the folder of reference data is absent"),
]


@pytest.fixture(scope="module")
def registry():
    return read_registry(REGISTRY)


def test_every_outlet_is_read(registry):
    assert (len(registry.outlets), registry.broken) == (14_080, 0)
    assert sum(bool(each.county) for each in registry.outlets) == 13_972
    assert sum(bool(each.feeds) for each in registry.outlets) == 4_702
    assert sum(len(each.feeds) for each in registry.outlets) == 8_265
    assert registry.kinds() == ["newspaper", "radio", "broadcast", "tv"]
    assert len({each.state for each in registry.outlets}) == 51


def test_of_its_addresses_those_of_comments_and_of_no_feed_are_told(registry):
    """The 1,892 that are named comments, and those of a front page beside its outlet's feeds."""
    left = Counter()
    kept = 0
    for each in registry.outlets:
        found = tidy_feeds(each.feeds, site=each.site)
        left.update(found.left_out)
        kept += len(found.feeds)
        for url in each.feeds:
            address = complete_address(url, site=each.site)
            assert address.startswith("http") or url == ""
            if "comments" in address.lower() and "commented" not in address.lower():
                assert address not in {feed.url for feed in found.feeds}
    assert kept + left.total() == 8_265
    assert left["comments"] == 2_352
    assert left["no-address"] == 25


def test_all_of_it_could_be_pasted_into_a_study(registry):
    """No name, zone or address of the registry breaks a rule of study.toml, in any state."""
    found = suggest_outlets(registry.outlets, owners=read_owners(OWNERS))
    assert len({each.name for each in found}) == len(found)
    feeds = [feed.url for each in found for feed in each.feeds]
    assert len(set(feeds)) == len(feeds)
    for each in found:
        Outlet.model_validate(
            {
                "name": each.name,
                "scope": "local",
                "site": each.site,
                "county": each.county,
                "time_zone": each.time_zone,
                "feeds": [{"url": feed.url} for feed in each.feeds],
            }
        )


def test_milwaukee_as_a_person_reads_it():
    found = suggest(REGISTRY, counties=["55079"], owners=OWNERS)
    outlets = {each.name: each for each in found.outlets}
    assert len(outlets) == 34  # of 35 entries: WTMJ is listed with two sites
    assert [feed.url for feed in outlets["BizTimes"].feeds] == ["https://www.biztimes.com/feed/"]
    assert outlets["BizTimes"].left_out == {"comments": 2}  # one of them of its front page
    assert {each.time_zone for each in found.outlets} == {"America/Chicago"}
    blocks = tomllib.loads(found.toml())["outlets"]
    assert len(blocks) == sum(bool(each.feeds) for each in found.outlets) == 9
    assert all(block["county"] == "55079" and not block["panel"] for block in blocks)


def test_taylor_county_as_a_person_reads_it(registry):
    found = {each.name: each for each in suggest_outlets(outlets_of(registry, counties=["48441"]))}
    assert len(found) == 16
    assert found["KACU 89.7 FM"].feeds[0].url == "http://kacu.org/rss.xml"
    assert found["Abilene Reporter News"].feeds == ()
    assert found["KBCY 89.7 FM"].left_out == {"comments": 2}
    assert {each.time_zone for each in found.values()} == {""}  # Texas has two


def test_owners_of_stations_are_found(registry):
    taylor = outlets_of(registry, counties=["48441"])
    found = {each.name: each.owner for each in suggest_outlets(taylor, owners=read_owners(OWNERS))}
    assert (found["KRBC"], found["KTXS"]) == ("Nexstar", "Bluestone Television")


def test_a_county_that_is_not_in_it_is_answered_with_the_nearest(registry):
    with pytest.raises(FileError, match="nearest code that it knows is 55079, Milwaukee County"):
        outlets_of(registry, counties=["55080"])
    with pytest.raises(FileError, match="06037 is Los Angeles County, California"):
        outlets_of(registry, counties=["6037"])
    assert len(outlets_of(registry, counties=["none"], state="HI")) == 46
