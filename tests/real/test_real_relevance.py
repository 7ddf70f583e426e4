"""Relevance and targets on real pages: which are about law enforcement, and about whose."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from outcomes.media.extraction import extract_page
from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.page_dates import Reading
from outcomes.media.relevance import find_law_enforcement
from outcomes.media.targets import find_targets
from outcomes.settings import Settings

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds"
PAGES = FEEDS / "police_local_html"
READING = Reading(seen=datetime(2026, 11, 21, tzinfo=UTC), order="MDY")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="the folder of reference data is absent"),
]
# Read and judged by the codebook: the others are of weather, a zoo, ballots, a court, probation.
RELEVANT = {
    "1551271741", "1577551432", "1731257347", "abc13.com-Copperfield", "abc7news.com-Napa",
    "bostonherald.com-Brothel-catering", "heartlandnewsfeed.com-Christian",
    "kaieteurnewsonline.com-essequibo", "ktla.com-Tarzana", "mercurynews.com-Fremont",
    "nypost.com-AI-generated", "reporternewspapers.net-Brookhaven", "whdh.com-Roxbury",
    "wivb.com-offenses", "wsvn.com-crash",
}  # fmt: skip


@cache
def pages() -> dict[str, tuple[str, str]]:
    found = {}
    for path in sorted(PAGES.glob("*.html.gz")):
        page = extract_page(path.read_bytes(), reading=READING, url="")
        found[path.name.removesuffix(".html.gz")] = (page.title, page.text)
    return found


def test_local_pages_about_law_enforcement_are_told_from_the_others() -> None:
    found = {name for name, (title, text) in pages().items()
             if find_law_enforcement(text, title=title)}  # fmt: skip
    assert found == RELEVANT


@pytest.mark.parametrize(
    ("page", "agency"),
    [
        ("1731257347", "Aurora police"),
        ("abc13.com-Copperfield", "Harris County sheriff"),
        ("ktla.com-Tarzana", "Los Angeles police"),
        ("whdh.com-Roxbury", "Boston police"),
        ("nypost.com-AI-generated", "Westfield police"),
        ("reporternewspapers.net-Brookhaven", "Brookhaven police"),
    ],
)
def test_the_agency_of_a_real_page_is_named_and_is_not_ours(page: str, agency: str) -> None:
    settings = {"study": {"name": "x", "agency": "Marlow Falls Police Department",
                          "first": "2025-01-01", "last": "2025-12-31"}}  # fmt: skip
    title, text = pages()[page]
    targets = find_targets(text, build_gazetteer(Settings.model_validate(settings)), title=title)
    assert agency in {target.agency for target in targets[:2]}
    assert not any(target.own for target in targets)


def test_of_116_real_articles_one_at_most_is_wrongly_taken_for_one_about_police() -> None:
    truth = json.loads((FEEDS / "extraction_benchmark" / "ground-truth.json").read_text("utf-8"))
    texts = {key[:8]: ("", str(page["articleBody"])) for key, page in truth.items()}
    for path in sorted((FEEDS / "fundus_us").glob("*.json")):
        for version, page in json.loads(path.read_text("utf-8")).items():
            sections = page.get("body", {}).get("sections", [])
            body = "\n".join(line for section in sections for line in section["paragraphs"])
            texts[f"{path.stem}-{version}"] = (str(page.get("title", "")), body)
    found = {key for key, (title, text) in texts.items() if find_law_enforcement(text, title=title)}
    relevant = {  # read and judged by the codebook
        "16c30add", "1f765c48", "2c46804d", "51d066b0", "5a822960", "5caf91b8", "5f9c5ed5",
        "5fa3154e", "624fcd90", "6ebac05f", "7a457a4f", "7de52419", "FoxNews-V1",
        "FreeBeacon-V1", "TheGatewayPundit-V1", "TheIntercept-V1",
    }  # fmt: skip
    assert len(texts) > 100
    assert relevant <= found
    assert len(found - relevant) <= 1  # a video game with troopers
