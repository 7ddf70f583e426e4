"""The robots.txt of 137 real sites, most of them newspapers and stations."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from protego import Protego

from outcomes.media.fetch import Fetched
from outcomes.media.robots import TOKEN, Robots, decide, read_robots

FILES = (
    Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds" / "robots" / "test_data"
)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILES.exists(), reason="the folder of reference data is absent"),
]
NOW = datetime(2026, 4, 1, tzinfo=UTC)
BLOX = "/search/?f=rss&t=article&c=news&l=50&s=start_time&sd=desc"  # how many papers offer a feed


def real_robots() -> dict[str, Robots]:
    found = {}
    for path in sorted(FILES.iterdir()):
        fetched = Fetched(
            status=200, headers={}, body=path.read_bytes(), url="", hops=(), seconds=0, reason=""
        )
        found[path.name.removesuffix("_443")] = read_robots(fetched, now=NOW)
    return found


def test_every_real_file_leads_to_a_decision_that_names_its_rule():
    sites = real_robots()
    assert len(sites) == 137
    for host, robots in sites.items():
        rules = Protego.parse(robots.text)
        lines = robots.text.splitlines()
        for path in (
            "/",
            "/rss.xml",
            "/feed/",
            "/news/rss/police",
            BLOX,
            "/arc/outboundfeeds/rss/",
        ):
            url = f"https://{host}{path}"
            found = decide(robots, url)
            assert found.allowed is rules.can_fetch(url, TOKEN)
            assert bool(found.line) is not found.allowed
            if found.line:
                assert found.rule == lines[found.line - 1].strip()
                assert found.rule.lower().startswith("disallow")
                alone = Protego.parse("\n".join(["User-agent: *", found.rule]))
                assert not alone.can_fetch(url, TOKEN)


def test_the_feeds_of_one_common_system_are_forbidden_by_its_own_papers():
    forbidden = {
        host: found
        for host, robots in real_robots().items()
        if not (found := decide(robots, f"https://{host}{BLOX}")).allowed
    }
    assert len(forbidden) == 53
    nola = forbidden["www.nola.com"]
    assert (nola.rule, nola.line) == ("Disallow: /search/?", 11)
    assert "/search" in forbidden["www.chicagotribune.com"].rule
