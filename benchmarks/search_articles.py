"""Search a made-up archive: milliseconds a query, size and making of the index, against LIKE.

Run: .venv/bin/python benchmarks/search_articles.py --articles 1000000 --folder /tmp/archive. It
needs about 6 KB of disk an article there. What is timed is all that a page of the desk waits for:
looking whether the store has anything new, the matches counted by month, 20 results with passages.
An answer is "whole" where all articles were looked through in the time there was, and "ranked"
where the best come first. The peer is SQLite's LIKE on the store's table.
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from outcomes.pipeline.finding import Search, find_articles
from outcomes.pipeline.search_index import index_path, update_index
from outcomes.study import Study, open_study

Took = tuple[float, float, bool, bool]  # ms: by the clock, of this processor; whole; ranked
OUTLETS, MONTHS, VOCABULARY = 60, 120, 60_000
SETTINGS = """[study]
name = "An archive that was made up"
agency = "Marlow Falls Police Department"
first = 2016-01-01
last = 2025-12-31
"""


class Writer:
    """Writes articles in words of which few are common and most are rare, as Zipf found."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        sounds = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en")]
        numbers = self.rng.choice(len(sounds) ** 3, VOCABULARY, replace=False).tolist()
        self.vocabulary = [
            "".join(sounds[n // len(sounds) ** k % len(sounds)] for k in range(1 + n % 3))
            + sounds[n % len(sounds)]
            for n in numbers
        ]
        ranks = 1 / np.arange(3, VOCABULARY + 3)
        self.cumulative = np.cumsum(ranks / ranks.sum())

    def articles(self, count: int) -> list[tuple[str, str]]:
        """Write titles of 9 words, and texts of about 350."""
        lengths = np.maximum(40, self.rng.normal(350, 120, count).astype(int)).tolist()
        drawn = np.searchsorted(self.cumulative, self.rng.random(sum(lengths) + 9 * count))
        words = [self.vocabulary[k] for k in np.minimum(drawn, VOCABULARY - 1).tolist()]
        found, at = [], 0
        for length in lengths:
            title, text = words[at : at + 9], words[at + 9 : at + 9 + length]
            found.append((" ".join(title), " ".join(text)))
            at += 9 + length
        return found


def archive(folder: Path, articles: int, *, seed: int = 3) -> Study:
    """Fill a study with made-up articles of ten years, without its commands, which check more."""
    folder.mkdir(parents=True, exist_ok=True)
    outlets = "".join(
        f'\n[[outlets]]\nname = "Outlet {k}"\nscope = "{"national" if k % 10 == 9 else "local"}"\n'
        for k in range(OUTLETS)
    )
    (folder / "study.toml").write_text(SETTINGS + outlets, encoding="utf-8")
    study = open_study(folder)
    study.store.dispose()
    writer, rng = Writer(seed), np.random.default_rng(seed + 1)
    store = sqlite3.connect(folder / "data/study.db")
    store.execute("PRAGMA synchronous=OFF")
    store.execute("INSERT INTO imports VALUES (1, 'made up', '', '', '', 0, 0, 0, 0)")
    (folder / "results").mkdir(exist_ok=True)
    with (folder / "results/articles.csv").open("w", encoding="utf-8") as labels:
        labels.write("url,relevant,about_us\n")
        for start in range(0, articles, 2_000):
            rows = []
            for number, (title, text) in enumerate(writer.articles(min(2_000, articles - start))):
                url = f"https://outlet.example/{start + number}"
                outlet = min(int(rng.zipf(1.3)) - 1, 10**6) % OUTLETS
                minutes = timedelta(minutes=int(rng.integers(MONTHS * 30 * 24 * 60)))
                at = (datetime(2016, 1, 1) + minutes).isoformat(timespec="minutes") + "+00:00"
                rows.append((url, f"Outlet {outlet}", at, title, text))
                labels.write(f"{url},{int(rng.random() < 0.4)},{int(rng.random() < 0.05)}\n")
            store.executemany(
                "INSERT INTO articles(key, version, content, import_id, url, outlet, published, "
                "title, text) VALUES (?1, 1, ?1, 1, ?1, ?2, ?3, ?4, ?5)",
                rows,
            )
            store.commit()
    store.close()
    return study


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One query of the mix."""

    kind: str
    search: Search
    start: int = 0


def queries(study: Study, count: int, *, seed: int) -> list[Asked]:
    """Mix queries as people ask them, and as they would hurt most."""
    rng, writer = np.random.default_rng(seed), Writer(3)
    with sqlite3.connect(study.root / "data/study.db") as store:
        texts = [row[0] for row in store.execute("SELECT text FROM articles LIMIT 500")]
    store.close()

    def word(low: int, high: int) -> str:
        return writer.vocabulary[int(rng.integers(low, high))]

    def phrase(length: int) -> str:
        words = texts[int(rng.integers(len(texts)))].split()
        at = int(rng.integers(len(words) - length))
        return '"' + " ".join(words[at : at + length]) + '"'

    def months() -> dict[str, str]:
        year = int(rng.integers(2016, 2025))
        return {"first": f"{year}-03", "last": f"{year + 1}-02"}

    outlet = f"Outlet {int(rng.integers(1, 20))}"
    kinds = {
        "the most common word": lambda: Asked(kind="", search=Search(words=word(0, 5))),
        "a common word": lambda: Asked(kind="", search=Search(words=word(20, 300))),
        "a rare word": lambda: Asked(kind="", search=Search(words=word(3_000, 50_000))),
        "two words": lambda: Asked(
            kind="", search=Search(words=f"{word(50, 800)} {word(200, 5000)}")
        ),
        "one of two, not a third": lambda: Asked(
            kind="", search=Search(words=f"{word(100, 900)} OR {word(100, 900)} -{word(5, 50)}")
        ),
        "a phrase of two words": lambda: Asked(kind="", search=Search(words=phrase(2))),
        "a phrase of three words": lambda: Asked(kind="", search=Search(words=phrase(3))),
        "the beginning of a word": lambda: Asked(
            kind="", search=Search(words=word(100, 20_000)[:5] + "*")
        ),
        "a word in an outlet": lambda: Asked(
            kind="", search=Search(words=word(20, 800), outlet=outlet)
        ),
        "a word, local, relevant, a year": lambda: Asked(
            kind="",
            search=Search(words=word(20, 800), scope="local", relevant="yes", **months()),
        ),
        "a word about us, newest first": lambda: Asked(
            kind="", search=Search(words=word(20, 2_000), about_us="yes", newest=True)
        ),
        "page 100 of a common word": lambda: Asked(
            kind="", search=Search(words=word(20, 300)), start=2_000
        ),
        "no words, a year of an outlet": lambda: Asked(
            kind="", search=Search(outlet=outlet, **months())
        ),
    }
    return [
        Asked(kind=kind, search=made.search, start=made.start)
        for kind in kinds
        for _ in range(-(-count // len(kinds)))
        for made in (kinds[kind](),)
    ]


def times(study: Study, asked: list[Asked]) -> dict[str, list[Took]]:
    """Ask each query once, in random order, and say by kind how many ms each took."""
    order = np.random.default_rng(7).permutation(len(asked)).tolist()
    found = defaultdict(list)
    for place in order:
        query = asked[place]
        start, worked = time.perf_counter(), time.process_time()
        hits = find_articles(study, query.search, start=query.start, seconds=0.5).hits
        wall, cpu = time.perf_counter() - start, time.process_time() - worked
        found[query.kind].append((wall * 1_000, cpu * 1_000, hits.complete, hits.ranked))
    return {query.kind: found[query.kind] for query in asked}


def like(study: Study, count: int) -> list[Took]:
    """Ask the store itself for a common word, the newest 20, as one would without an index."""
    writer, found = Writer(3), []
    store = sqlite3.connect(study.root / "data/study.db")
    for number in range(count):
        word = f"% {writer.vocabulary[300 + 700 * number]} %"
        start, worked = time.perf_counter(), time.process_time()
        store.execute(
            "SELECT url FROM articles WHERE text LIKE ? ORDER BY published DESC LIMIT 20", (word,)
        ).fetchall()
        wall, cpu = time.perf_counter() - start, time.process_time() - worked
        found.append((wall * 1_000, cpu * 1_000, True, False))
    store.close()
    return found


def line(name: str, found: list[Took]) -> None:
    wall, cpu, whole, ranked = np.array(found).T
    cells = [*np.percentile(wall, [50, 95]), wall.max(), *np.percentile(cpu, [50, 95]), cpu.max()]
    shares = f"{whole.mean():.0%} | {ranked.mean():.0%}"
    print(f"| {name} | {len(found)} | {' | '.join(f'{cell:.1f}' for cell in cells)} | {shares} |")
    sys.stdout.flush()


def report(study: Study, *, count: int, seed: int) -> None:
    start = time.perf_counter()
    indexed = update_index(study)
    seconds = time.perf_counter() - start
    size, store = index_path(study).stat().st_size, (study.root / "data/study.db").stat().st_size
    made = f"and was made in {seconds:,.0f} s" if indexed.changed else "and was there"
    print(
        f"{indexed.articles:,} articles: the index takes {size / 1e6:,.0f} MB (the store "
        f"{store / 1e6:,.0f} MB) {made}.\n"
    )
    asked = queries(study, count, seed=seed)
    times(study, asked[:: max(1, len(asked) // 20)])  # so that the files are in memory, as usual
    names = "p50, ms | p95, ms | most, ms | CPU p50 | CPU p95 | CPU most | whole | ranked"
    print(f"| query | n | {names} |\n{'|---' * 10}|")
    found = times(study, asked)
    for kind, each in found.items():
        line(kind, each)
    whole = [ms for each in found.values() for ms in each]
    line("all", whole)
    peer = like(study, 3)
    line("SQLite LIKE on the store, a word", peer)
    ours, theirs = (np.median([each[0] for each in some]) for some in (whole, peer))
    print(f"\nours / LIKE, of the medians: {ours / theirs:.5f}")


def main() -> None:
    """Print the tables in Markdown; the archive is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5, help="of the queries")
    parser.add_argument("--folder", type=Path, help="for the archive; by default a temporary one")
    parser.add_argument("--keep", action="store_true", help="leave the archive there")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="archive-"))
    try:
        made = (folder / "data/study.db").exists()
        study = open_study(folder) if made else archive(folder, asked.articles)
        report(study, count=asked.queries, seed=asked.seed)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
