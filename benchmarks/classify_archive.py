"""Classify a made-up archive out of one Parquet file: does the work grow linearly to a million?

Run: .venv/bin/python benchmarks/classify_archive.py --articles 1000 10000 100000 1000000. Each
article has about 400 words. A share of them, which is asked for, speaks of the police in nearly
all of its sentences, the others in none, so that the encoder reads that share: a million take
about an hour, and 2 GB of disk. The command runs in a process of its own; seconds are of the
processor, the start of the program included.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from classify_articles import ROOT, WORDS, generated
from engagement_speed import CALL, ran

from outcomes.media.relevance import split_sentences
from outcomes.media.relevance_signs import may_speak_of_police

PART = 10_000  # articles that are made, and written, at a time


def other_sentences() -> list[str]:
    """Sentences of the project's invented articles in which nothing hints at the police."""
    lines = (ROOT / "data" / "tone" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [sentence for line in lines for sentence in split_sentences(json.loads(line)["text"])]
    return sorted({one.text for one in texts if not may_speak_of_police(one.text)})


class Others:
    """Writes articles that do not speak of the police."""

    def __init__(self, *, seed: int) -> None:
        self.draw = random.Random(seed)
        self.sentences = other_sentences()
        words = {word for text in self.sentences for word in text.split() if word.islower()}
        self.words = sorted(word for word in words if not may_speak_of_police(word))

    def article(self) -> tuple[str, str]:
        """A title and a text of about 400 words, one word in each sentence drawn anew."""
        words: list[str] = []
        while len(words) < WORDS:
            sentence = self.draw.choice(self.sentences).split(" ")
            sentence[self.draw.randrange(len(sentence))] = self.draw.choice(self.words)
            words += sentence
        return " ".join(words[:9]), " ".join(words[:WORDS]) + "."


def parts(count: int, *, police: float) -> Iterator[pa.Table]:
    """An archive in parts, the police's articles spread evenly."""
    others = Others(seed=2)
    wanted = round(count * police)
    about = list(zip(*generated(wanted), strict=True)) if wanted else []
    for first in range(0, count, PART):
        rows = []
        for number in range(first, min(first + PART, count)):
            before, after = (n * wanted // count for n in (number, number + 1))
            rows.append(about[before] if after > before else others.article())
        titles, texts = zip(*rows, strict=True)
        ids = [f"a{number}" for number in range(first, first + len(rows))]
        yield pa.table({"id": ids, "title": titles, "text": texts})


def write(path: Path, *, count: int, police: float) -> None:
    """Write the archive to one Parquet file."""
    made = parts(count, police=police)
    table = next(made)
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        for table in made:
            writer.write_table(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--police", type=float, default=0.15, help="share about the police")
    parser.add_argument("--folder", type=Path, help="by default one that is deleted at the end")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        print("| articles | about the police | CPU-seconds | a 1,000 | memory, MB |")
        print("|---|---|---|---|---|", flush=True)
        for count in asked.articles:
            write(folder / "archive.parquet", count=count, police=asked.police)
            command = ["media", "classify", "archive.parquet", "--out", f"out{count}.parquet"]
            took = ran("-c", CALL, *command, "--no-progress", cwd=folder)
            tone = pq.read_table(folder / f"out{count}.parquet").column("relevant")
            found = sum(bool(one) for one in tone.to_pylist())
            each = took.cpu / count * 1000
            line = f"| {count:,} | {found:,} | {took.cpu:.0f} | {each:.2f} | {took.memory:.0f} |"
            print(line, flush=True)


if __name__ == "__main__":
    main()
