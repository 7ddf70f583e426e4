"""Find syndicated copies among made-up articles, with this package and rensa: recall, errors, time.

Run: .venv/bin/python benchmarks/duplicates.py --articles 100000. The peer is said to be "skipped"
where it is not installed; an environment of its own can run it:
PYTHONPATH=src ENVIRONMENT/bin/python benchmarks/duplicates.py

Of 100 articles 74 are original, 6 are items of a police blotter (one form, filled in anew for
events that have nothing to do with each other), and 20 are edited copies of originals.
"""

import argparse
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

KINDS = ("byline", "cut to 70 %", "cut to 50 %", "3 % words", "10 % words", "local part")
FIRST = [
    "Ava", "Ben", "Cora", "Dan", "Eva", "Finn", "Gina", "Hank", "Iris", "Jack", "Kim",
    "Leo", "Mona", "Ned", "Olga", "Paul",
]  # fmt: skip
LAST = [
    "Adler", "Boone", "Cole", "Drake", "Engel", "Frost", "Grant", "Hayes", "Irwin",
    "Jones", "Kerr", "Lowe", "Meyer", "Nash",
]  # fmt: skip
STREETS = [
    "Ash", "Birch", "Canal", "Division", "Erie", "Fulton", "Grove", "Harbor", "Iron",
    "Juniper", "King", "Lake",
]  # fmt: skip
OFFENSES = [
    "burglary", "theft from a car", "assault", "trespassing", "a robbery", "shoplifting",
    "a fight", "fraud", "vandalism",
]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """Articles whose copies are known."""

    texts: list[str]
    source: list[int]  # which original each one tells
    kinds: list[str]  # original, blotter, or how a copy was edited


class Writer:
    """Writes articles: common words more often than rare ones, names, numbers, stock sentences."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        sounds = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en")]
        numbers = self.rng.choice(len(sounds) ** 3, 30_000, replace=False).tolist()
        lower = [
            "".join(sounds[n // len(sounds) ** k % len(sounds)] for k in range(1 + n % 3))
            + sounds[n % len(sounds)]
            for n in numbers
        ]
        turn = [w.capitalize() if k % 8 == 7 else w for k, w in enumerate(lower)]
        self.vocabulary = [str(k) if k % 40 == 39 else w for k, w in enumerate(turn)]
        ranks = 1 / np.arange(3, len(self.vocabulary) + 3)
        self.cumulative = np.cumsum(ranks / ranks.sum())
        self.stock = [self.words(18) for _ in range(300)]

    def words(self, count: int) -> list[str]:
        found = np.searchsorted(self.cumulative, self.rng.random(count))
        return [self.vocabulary[k] for k in np.minimum(found, len(self.vocabulary) - 1)]

    def article(self, length: int) -> list[str]:
        words = self.words(length)
        for stop in range(14, length, 15):
            words[stop] += "."
        for place in self.rng.integers(0, length, size=length // 150):
            words[place:place] = self.stock[self.rng.integers(len(self.stock))]
        return words

    def one_of(self, things: list[str]) -> str:
        return things[self.rng.integers(len(things))]

    def name(self) -> str:
        return f"{self.one_of(FIRST)} {self.one_of(LAST)}"

    def blotter(self) -> list[str]:
        rng = self.rng
        done = ["arrested", "given a summons", "released after questions", "booked into jail"]
        noon, way = self.one_of(["a.m.", "p.m."]), self.one_of(["Street", "Avenue"])
        return (
            f"{self.one_of(DAYS)} at {rng.integers(1, 13)}:{rng.integers(0, 60):02d} {noon} "
            f"officers were sent to the {100 * rng.integers(1, 40)} block of "
            f"{self.one_of(STREETS)} {way} after a call about {self.one_of(OFFENSES)}. "
            f"Police said {self.name()}, {rng.integers(18, 70)}, was "
            f"{self.one_of(done)} and may be charged with {self.one_of(OFFENSES)}. Detectives are "
            "still at work on the case and gave no more details. Whoever saw something should call "
            "the desk of the Police Department, or leave a tip without a name at Crime Stoppers. "
            "A charge is not a proof of guilt, and all suspects are innocent until a court has "
            "found otherwise."
        ).split()

    def edited(self, words: list[str], kind: str) -> list[str]:
        """Edit an article as an outlet does that takes it over."""
        share = {"3 % words": 0.03, "10 % words": 0.1}.get(kind)
        if share is not None:
            struck = self.rng.random(len(words)) < share
            new = self.name if share < 0.05 else lambda: self.one_of(FIRST)
            return [new() if hit else word for word, hit in zip(words, struck, strict=True)]
        if kind.startswith("cut"):
            return words[: int(len(words) * (0.7 if "70" in kind else 0.5))]
        if kind == "local part":
            third = len(words) // 3
            return words[:third] + self.article(max(2, len(words) // 5)) + words[third:]
        head = "By Staff Reports | The Valley Herald | Updated 6:40 p.m."
        foot = (
            "Copyright 2026 The Continental Press. It may not be printed or sent on without leave."
        )
        return [*head.split(), *words, *foot.split()]


def made_up(articles: int, *, seed: int = 3) -> MadeUp:
    """Write so many articles, in random order."""
    writer = Writer(seed)
    blotters, copies = round(articles * 0.06), round(articles * 0.2)
    originals = articles - blotters - copies
    lengths = np.maximum(60, writer.rng.normal(380, 150, originals).astype(int))
    words = [writer.article(length) for length in lengths.tolist()]
    words += [writer.blotter() for _ in range(blotters)]
    source = list(range(originals + blotters))
    kinds = ["original"] * originals + ["blotter"] * blotters
    for number in range(copies):
        source.append(int(writer.rng.integers(originals)))
        kinds.append(KINDS[number % len(KINDS)])
        words.append(writer.edited(words[source[-1]], kinds[-1]))
    order = writer.rng.permutation(articles).tolist()
    return MadeUp(
        texts=[" ".join(words[k]) for k in order],
        source=[source[k] for k in order],
        kinds=[kinds[k] for k in order],
    )


def account(made: MadeUp, stories: list[int]) -> dict[str, float]:
    """Count what was found: recall by kind of copy, and what was joined wrongly."""
    home = {
        source: story
        for source, kind, story in zip(made.source, made.kinds, stories, strict=True)
        if kind in {"original", "blotter"}
    }
    hits: dict[str, list[bool]] = defaultdict(list)
    told: dict[int, set[int]] = defaultdict(set)
    for source, kind, story in zip(made.source, made.kinds, stories, strict=True):
        hits[kind].append(story == home[source])
        if kind != "blotter":
            told[story].add(source)
    blotters = Counter(s for s, kind in zip(stories, made.kinds, strict=True) if kind == "blotter")
    wrong = sum(size for story, size in blotters.items() if size > 1 or told.get(story))
    return {
        **{kind: float(np.mean(hits[kind])) for kind in KINDS},
        "blotter wrongly merged": wrong,
        "other wrongly merged": sum(len(sources) for sources in told.values() if len(sources) > 1),
    }


def ours(made: MadeUp) -> list[int]:
    """Link by text alone: no dates, outlets or addresses, which would only help."""
    import pandas as pd

    from outcomes.media.stories import link_stories

    table = pd.DataFrame({"id": range(len(made.texts)), "text": made.texts})
    return link_stories(table).table["story"].tolist()


def rensa(made: MadeUp) -> list[int]:
    """Candidates by rensa's MinHash in 32 bands, containment 0.7, three in four names shared."""
    from rensa import RMinHash, RMinHashLSH

    word, key = re.compile(r"\w+"), re.compile(r"\b(?:[A-Z][a-z]+|\d[\d:,.]*)\b")
    sets = []
    for text in made.texts:
        words = word.findall(text.lower())
        sets.append({" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))})
    signed = RMinHash.from_token_sets([list(each) for each in sets], num_perm=128, seed=42)
    index = RMinHashLSH(threshold=0.2, num_perm=128, num_bands=32)
    parent = list(range(len(sets)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for one, signature in enumerate(signed):
        for other in index.query(signature):
            fewer = min(len(sets[one]), len(sets[other]))
            if len(sets[one] & sets[other]) < 0.7 * fewer:
                continue
            names = [set(key.findall(made.texts[k])) for k in (one, other)]
            if len(names[0] & names[1]) >= 0.75 * max(1, min(map(len, names))):
                parent[root(one)] = root(other)
        index.insert(one, signature)
    return [root(k) for k in range(len(sets))]


def report(name: str, made: MadeUp, link: Callable[[MadeUp], list[int]]) -> None:
    start = time.perf_counter()
    stories = link(made)
    seconds = time.perf_counter() - start
    found = account(made, stories)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cells = [f"{found[kind]:.3f}" for kind in KINDS]
    cells += [f"{found[each]:.0f}" for each in found if each not in KINDS]
    print(f"| {name} | {' | '.join(cells)} | {seconds:.0f} | {memory} |")
    sys.stdout.flush()


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--only", choices=["ours", "rensa"], help="by default both")
    asked = parser.parse_args()
    made = made_up(asked.articles, seed=asked.seed)
    print(f"| method | {' | '.join(KINDS)} | blotter merged | others merged | s | MB |")
    print("|---|" + "---|" * (len(KINDS) + 4))
    for name, link in (("ours", ours), ("rensa", rensa)):
        if asked.only in {None, name}:
            if name == "rensa" and find_spec("rensa") is None:
                print("| rensa | skipped: not installed |")
                continue
            report(name, made, link)


if __name__ == "__main__":
    main()
