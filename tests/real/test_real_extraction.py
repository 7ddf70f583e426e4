"""Real news pages: their text, their dates, and no page that ends the reading of the others."""

import gzip
import json
import random
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcomes.media.extraction import Page, extract_page
from outcomes.media.page_dates import Reading
from outcomes.media.page_flags import NO_ARTICLE

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds"
BENCHMARK, LOCAL, NATIONAL = (
    FEEDS / name for name in ("extraction_benchmark", "police_local_html", "fundus_us")
)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BENCHMARK.exists(), reason="the folder of reference data is absent"),
]
READING = Reading(seen=datetime(2026, 11, 21, tzinfo=UTC), order="MDY")
FILES = sorted(FEEDS.rglob("*.html.gz")) if FEEDS.exists() else []


def read(path: Path, *, url: str = "") -> Page:
    return extract_page(path.read_bytes(), reading=READING, url=url)


def runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def precision_and_recall(found: str, truth: str) -> tuple[float, float]:
    ours, theirs = runs(found), runs(truth)
    shared = sum((ours & theirs).values())
    return shared / max(1, sum(ours.values())), shared / max(1, sum(theirs.values()))


def test_the_text_of_the_benchmark_pages_is_found():
    truth = json.loads((BENCHMARK / "ground-truth.json").read_text("utf-8"))
    pages = {
        key: read(BENCHMARK / "html" / f"{key}.html.gz", url=gold["url"])
        for key, gold in truth.items()
    }
    scores = [precision_and_recall(pages[key].text, truth[key]["articleBody"]) for key in truth]
    precision, recall = (fmean(part) for part in zip(*scores, strict=True))
    assert len(scores) >= 88
    assert 2 * precision * recall / (precision + recall) >= 0.955
    # every one of them is an article to its readers; two are the beginnings of closed ones
    closed = [page.url for page in pages.values() if not page.article]
    assert len(closed) <= 2
    assert all("wsj.com" in url for url in closed)
    assert sum(page.published != "" for page in pages.values()) == len(pages)


def local_pages() -> list[dict]:
    return json.loads((LOCAL / "manifest.json").read_text("utf-8"))["pages"]


def test_the_local_police_pages_give_all_wanted_and_no_unwanted_segments():
    judged = [page for page in local_pages() if page["with_segments"]]
    for page in judged:
        text = read(LOCAL / page["file"], url=page["url"]).text
        assert [part for part in page["with_segments"] if part not in text] == []
        assert [part for part in page["without_segments"] if part in text] == []
    assert len(judged) == 11


def test_the_local_police_pages_are_dated():
    days = {page["file"]: page["date_gold"] for page in local_pages() if page["date_gold"]}
    found = {
        page["file"]: read(LOCAL / page["file"], url=page["url"]).published[:10]
        for page in local_pages()
        if page["date_gold"]
    }
    assert len(days) == 22
    assert sum(found[name] == day for name, day in days.items()) >= 21
    # the page that readers of UTC date a day late: it was evening in Boston
    assert found["whdh.com-Roxbury.html.gz"] == "2023-11-08"


def test_the_local_police_pages_are_articles_and_one_is_a_blotter():
    flags = {
        page["file"]: read(LOCAL / page["file"], url=page["url"]).flags for page in local_pages()
    }
    assert [name for name, each in flags.items() if "blotter" in each] == [
        "heartlandnewsfeed.com-Christian.html.gz"
    ]
    assert sum(bool(NO_ARTICLE.intersection(each)) for each in flags.values()) <= 1


def test_national_pages_are_dated_to_the_minute_and_read_whole():
    dated, scores = 0, []
    for path in sorted(NATIONAL.glob("*.html.gz")):
        versions = json.loads((NATIONAL / f"{path.name.split('_')[0]}.json").read_text("utf-8"))
        page = read(path)
        best = max(
            (f_score(page.text, version), version["publishing_date"])
            for version in versions.values()
        )
        scores.append(best[0])
        dated += same_moment(page.published, best[1])
    assert len(scores) == 28
    assert dated >= 27
    assert fmean(scores) >= 0.94


def f_score(text: str, version: dict) -> float:
    sections = version.get("body", {}).get("sections", [])
    truth = "\n".join(line for section in sections for line in section["paragraphs"])
    precision, recall = precision_and_recall(text, truth)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def same_moment(ours: str, theirs: str) -> bool:
    gold = datetime.fromisoformat(theirs)
    found = datetime.fromisoformat(ours)
    if gold.tzinfo is None or found.tzinfo is None:
        gold, found = gold.replace(tzinfo=None), found.replace(tzinfo=None)
    return gold.replace(second=0, microsecond=0) == found.replace(second=0)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["bytes", "cut", "swap", "repeat"]))
def test_a_page_with_damage_never_fails(seed: int, kind: str):
    chance = random.Random(seed)
    content = bytearray(gzip.decompress(chance.choice(SMALL).read_bytes())[:60_000])
    at, length = chance.randrange(len(content)), chance.randrange(1, 4000)
    if kind == "bytes":
        for _ in range(200):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == "cut":
        del content[at : at + length]
        del content[chance.randrange(len(content) // 2, len(content)) :]
    elif kind == "swap":
        to = chance.randrange(len(content))
        content[at : at + length], content[to : to + length] = (
            content[to : to + length],
            content[at : at + length],
        )
    else:
        content[at:at] = content[at : at + length] * 20
    page = extract_page(bytes(content), reading=READING, url="https://n.example/a")
    assert len(page.flags) == len(page.reasons)
    assert page.published[:10] <= "2026-11-22"
    json.dumps(page.text, ensure_ascii=False).encode("utf-8")


SMALL = sorted(FILES, key=lambda path: path.stat().st_size)[:25]


def test_every_page_and_feed_of_the_reference_data_is_read_without_an_error():
    hostile = [path for path in (FEEDS / "faults").rglob("*") if path.is_file()]
    small = [path for path in hostile if path.stat().st_size < 200_000]
    assert len(FILES) >= 130
    assert len(small) >= 20
    for path in small:  # the pages themselves are read by the tests above
        page = read(path, url="https://n.example/a")
        assert len(page.flags) == len(page.reasons)
