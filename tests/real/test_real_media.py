"""Real feeds, real articles and real labelled sentences."""

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import f1_score

from outcomes.errors import DataError
from outcomes.media.classify import classify, classify_targets
from outcomes.media.feeds import parse_feed

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
FEEDS, MEDIA = REFDATA / "feeds", REFDATA / "media"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFDATA.exists(), reason="the folder of reference data is absent"),
]
FIXTURES = FEEDS / "rss_fetcher" / "fetcher" / "test" / "fixtures"


@pytest.mark.parametrize(
    ("path", "entries", "dated"),
    [
        (FIXTURES / "real-cnn.rss", 69, 52),
        (FIXTURES / "real-korean-times.rss", 195, 195),  # in GMT+9, which feedparser cannot read
        (FEEDS / "reader" / "tests" / "data" / "full.atom", 5, 2),
        (FEEDS / "reader" / "tests" / "data" / "full.json", 2, 2),
    ],
)
def test_real_feeds_are_read_whole(path: Path, entries: int, dated: int):
    found = parse_feed(path.read_bytes())
    assert len(found) == entries
    assert sum(entry.published != "" for entry in found) == dated
    assert all(entry.title or entry.summary or entry.id for entry in found)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("ok10", 10), ("bare_amp", 10), ("cp1252_as_latin1", 10), ("ctrl_char", 10),
        ("html_tail_after", 10), ("leading_ws_bom", 10), ("nul_byte", 10),
        ("php_warning_before", 10), ("truncated_mid", 7), ("utf16", 10), ("redos_lt", 11),
    ],
)  # fmt: skip
def test_a_broken_feed_is_read_as_far_as_it_can_be(name: str, entries: int):
    assert len(parse_feed((FEEDS / "faults" / name).read_bytes())) == entries


@pytest.mark.parametrize(
    "name",
    ["attr_flood", "billion_laughs", "deep_nest_100k", "empty", "html_200", "json_error",
     "quadratic_blowup", "redos_doctype", "xxe_file", "xxe_http"],
)  # fmt: skip
def test_a_hostile_file_or_no_feed_is_refused_at_once(name: str):
    with pytest.raises(DataError):
        parse_feed((FEEDS / "faults" / name).read_bytes())


def real_articles() -> pd.DataFrame:
    truth = json.loads((FEEDS / "extraction_benchmark" / "ground-truth.json").read_text("utf-8"))
    rows = [{"id": key, "title": "", "text": page["articleBody"]} for key, page in truth.items()]
    for path in sorted((FEEDS / "fundus_us").glob("*.json")):
        for version, page in json.loads(path.read_text("utf-8")).items():
            sections = page.get("body", {}).get("sections", [])
            text = "\n".join(line for section in sections for line in section["paragraphs"])
            rows.append(
                {"id": f"{path.stem}-{version}", "title": page.get("title", ""), "text": text}
            )
    return pd.DataFrame(rows)


def test_real_articles_that_mention_police_are_found():
    articles = real_articles()
    found = classify(articles)
    mentions = (articles["title"] + "\n" + articles["text"]).str.count(r"\b[Pp]olice\b")
    assert len(articles) > 100
    assert (found.loc[mentions >= 2, "relevant"] == 1).all()
    assert int((mentions >= 2).sum()) >= 5
    assert found["relevant"].mean() < 0.5


def newsmtsc(name: str) -> pd.DataFrame:
    rows = []
    for line in (MEDIA / name).read_text("utf-8").splitlines():
        sentence = json.loads(line)
        for number, target in enumerate(sentence["targets"]):
            rows.append(
                {
                    "id": f"{sentence['primary_gid']}-{number}",
                    "text": sentence["sentence_normalized"],
                    "from": target["from"],
                    "to": target["to"],
                    "human": {2: -1, 4: 0, 6: 1}[int(target["polarity"])],
                }
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", ["newsmtsc_rw_dev.jsonl", "newsmtsc_mt_dev.jsonl"])
def test_the_baselines_score_on_real_targets_as_research_found(name: str):
    # VADER on NewsMTSC: macro-F1 about .51 on whole sentences, .52 to .53 on a window of 8 words
    lines = newsmtsc(name)
    scores = {
        model: f1_score(
            lines["human"], classify_targets(lines, model=model)["tone"], average="macro"
        )
        for model in ("lexicon", "vader-article")
    }
    assert 0.42 < scores["vader-article"] < 0.60
    assert 0.38 < scores["lexicon"] < 0.65
