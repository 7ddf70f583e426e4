"""robots.txt is asked for once a day and site, whoever needs it, and kept to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from outlet_pages import NOW, Site, news_study, web_site

from outcomes.errors import DataError
from outcomes.media.robots import override
from outcomes.pipeline.robots_reading import RobotsReader
from outcomes.settings.news import RobotsOverride
from outcomes.study import Study

RULES = "User-agent: *\nCrawl-delay: 7\nDisallow: /search\n"


@pytest.fixture
def site():
    with web_site() as found:
        yield found


@pytest.fixture
def study(study_folder: Path) -> Study:
    return news_study(study_folder)


def reader(study: Study, *, now=NOW) -> RobotsReader:
    return RobotsReader(study.store, agent="outcomes/test", allow_private=True, now=now)


def test_what_a_site_said_serves_all_its_addresses_and_the_next_run(study: Study, site: Site):
    site.says("/robots.txt", RULES)
    first = reader(study)
    found = first.decide(f"{site.url}/search/?f=rss")
    assert (found.allowed, found.ground, found.line, found.delay) == (False, "forbidden", 3, 7)
    assert first.decide(f"{site.url}/rss").allowed
    later = reader(study, now=NOW + timedelta(hours=23)).decide(f"{site.url}/search/")
    assert later.ground == "forbidden"
    assert site.asked == ["/robots.txt"]


def test_after_a_day_it_is_asked_for_again_and_a_change_counts(study: Study, site: Site):
    site.says("/robots.txt", RULES)
    assert not reader(study).decide(f"{site.url}/search").allowed
    site.says("/robots.txt", "")
    assert reader(study, now=NOW + timedelta(hours=24)).decide(f"{site.url}/search").allowed
    assert site.asked == ["/robots.txt"] * 2


def test_a_site_without_one_forbids_nothing_and_one_that_fails_forbids_all(
    study: Study, site: Site
):
    assert reader(study).decide(f"{site.url}/a").ground == "no-robots"
    site.says("/robots.txt", "", status=500)
    tomorrow = reader(study, now=NOW + timedelta(hours=25))
    assert tomorrow.decide(f"{site.url}/a").ground == "unreadable"
    assert not tomorrow.decide("http://127.0.0.1:1/a").allowed


def test_threads_that_need_the_same_one_ask_once(study: Study, site: Site):
    site.says("/robots.txt", RULES)
    shared = reader(study)
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(shared.decide, [f"{site.url}/{n}" for n in range(64)]))
    assert all(each.allowed for each in found)
    assert site.asked == ["/robots.txt"]


def test_a_persons_decision_is_on_record_as_study_toml_has_it(study: Study, site: Site):
    site.says("/robots.txt", RULES)
    by = {"who": "A. Ruiz", "day": date(2026, 3, 30), "why": "they link it themselves"}
    found = reader(study).decide(f"{site.url}/search", RobotsOverride(**by))
    assert (found.allowed, found.ground, found.override) == (True, "overridden", override(**by))


def test_a_private_machine_is_not_asked_unless_that_is_allowed(study: Study, site: Site):
    strict = RobotsReader(study.store, agent="outcomes/test", now=NOW)
    assert strict.decide(f"{site.url}/a").ground == "unreadable"
    assert site.asked == []


def test_a_moment_without_an_offset_and_a_wrong_address_are_refused(study: Study):
    with pytest.raises(DataError, match="has no offset"):
        reader(study, now=NOW.replace(tzinfo=None))
    with pytest.raises(DataError, match="no http or https address"):
        reader(study).decide("ftp://courier.example/a")
