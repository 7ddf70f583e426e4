"""How often the drift check of the tone series errs, and what it finds: made-up months of news.

Run: .venv/bin/python benchmarks/tone_drift.py --reps 200 --years 40. Months are dealt from the
invented articles in data/tone and those of the example study, each in several versions that lack a
part of their sentences. "wander": the mix of topics changes from month to month, as news does.
"""

import argparse
import json
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from outcomes.media.classify import find_model
from outcomes.media.model_drift import DriftArticles, MonthDrift, model_drift
from outcomes.media.story_kind import TOPICS, StoryKinds, story_kinds

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ROOT = Path(__file__).parents[1]
VERSIONS, KEPT = 5, 0.75  # of each article, and of its sentences
WANDER = 0.5  # by how much the odds of a topic change from month to month, in log-odds
LOCAL = "Courier"
PLANTED = (  # what changes, and in which part of the month's articles
    *("nothing", "style 0.15", "style 0.3", "courts 0.25", "courts 0.4", "protests 0.25"),
    *("cut 0.1", "cut 0.25", "cut 1", "wrong 0.2", "wrong 0.4"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Versions of articles, and what is known of them; n rows."""

    titles: list[str]
    texts: list[str]
    tone: Floats  # what coders say
    chances: Floats
    kinds: StoryKinds

    def of(self, rows: np.ndarray) -> "Pool":
        return Pool(
            titles=[self.titles[row] for row in rows],
            texts=[self.texts[row] for row in rows],
            tone=self.tone[rows],
            chances=self.chances[rows],
            kinds=self.kinds.of(rows),
        )


def read_pool(model: str) -> Pool:
    rng = np.random.default_rng(1)
    rows: list[tuple[str, str, int]] = []
    for line in (ROOT / "data" / "tone" / "articles.jsonl").read_text("utf-8").splitlines():
        each = json.loads(line)
        if each["first"]["relevant"]:
            rows.append((each["title"], each["text"], each["first"]["tone"]))
    shipped = ROOT / "src" / "outcomes" / "simulate" / "articles.jsonl"
    for line in shipped.read_text("utf-8").splitlines():
        each = json.loads(line)
        if each["relevant"]:
            rows.append((each["title"], each["text"], each["tone"]))
    versions = [(title, thinned(text, rng), tone) for title, text, tone in rows * VERSIONS]
    titles, texts, tones = (list(each) for each in zip(*versions, strict=True))
    return scored(titles, texts, tones, model)


def scored(titles: list[str], texts: list[str], tone: list[int], model: str) -> Pool:
    said = find_model(model).classify(titles, texts)
    known = np.array([each.probabilities is not None for each in said])
    rows = np.flatnonzero(known)
    titles, texts = [titles[row] for row in rows], [texts[row] for row in rows]
    return Pool(
        titles=titles,
        texts=texts,
        tone=np.array(tone, dtype=float)[rows],
        chances=np.array([said[row].probabilities for row in rows], dtype=float),
        kinds=story_kinds(titles, texts),
    )


def thinned(text: str, rng: np.random.Generator) -> str:
    """Leave out a part of the sentences, but not the first."""
    lines = []
    for line in text.split("\n"):
        parts = re.split(r"(?<=[.!?])\s+", line)
        lines.append(" ".join(p for at, p in enumerate(parts) if at == 0 or rng.random() < KEPT))
    return "\n".join(lines)


def other_style(text: str) -> str:
    """Write as another outlet would: short paragraphs, no quotations, a dateline in capitals."""
    parts = re.split(r"(?<=[.!?])\s+", re.sub(r"[\"\u201c\u201d]", "", text))
    return "LOWER QUINBY (KVPR) - " + "\n\n".join(
        re.sub(r",? (?:said|says|according to)\b[^.]*", "", p) for p in parts
    )


def rewritten(pool: Pool, how: str, model: str) -> Pool:
    texts = [other_style(text) if how == "style" else text[:200] for text in pool.texts]
    return scored(pool.titles, texts, [int(tone) for tone in pool.tone], model)


def month_rows(pool: Pool, size: int, *, wander: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a month; its topics are more or less frequent than on average."""
    tilt = rng.normal(0, wander, len(TOPICS))
    scale = pool.kinds.topics / np.maximum(pool.kinds.topics.std(axis=0), 1e-9)
    main = scale.argmax(axis=1)
    chance = np.exp(tilt[main])
    return rng.choice(len(pool.texts), size, p=chance / chance.sum())


def table_of(parts: list[tuple[str, Pool, int]], *, rng: np.random.Generator) -> DriftArticles:
    """Lay out months, of which so many articles are coded at random."""
    month = np.concatenate([[name] * len(pool.texts) for name, pool, _ in parts])
    chances = np.vstack([pool.chances for _, pool, _ in parts])
    weight, right = np.full(len(month), np.nan), np.full(len(month), np.nan)
    tone = np.concatenate([pool.tone for _, pool, _ in parts])
    for name, _, codes in parts:
        rows = np.flatnonzero(month == name)
        drawn = rng.choice(rows, min(codes, len(rows)), replace=False)
        weight[drawn] = len(rows) / max(len(drawn), 1)
        right[drawn] = (chances[drawn].argmax(axis=1) - 1 == tone[drawn]).astype(float)
    return DriftArticles(
        month=month,
        outlet=np.full(len(month), LOCAL),
        chances=chances,
        compared=np.ones(len(month), dtype=bool),
        weight=weight,
        right=right,
        kinds=StoryKinds(
            style=np.vstack([pool.kinds.style for _, pool, _ in parts]),
            topics=np.vstack([pool.kinds.topics for _, pool, _ in parts]),
            words=np.vstack([pool.kinds.words for _, pool, _ in parts]),
        ),
        text=np.ones(len(month), dtype=bool),
    )


def planted(pool: Pool, others: dict[str, Pool], name: str, *, size: int, wander: float,
            rng: np.random.Generator) -> Pool:  # fmt: skip
    """Make a month in which something has changed, in so large a part of the articles."""
    what, _, share = name.partition(" ")
    part = round(size * float(share or 1))
    usual = pool.of(month_rows(pool, size - part if what in others or what in TOPICS else size,
                               wander=wander, rng=rng))  # fmt: skip
    if what in others:
        new = others[what].of(rng.choice(len(others[what].texts), part))
    elif what in TOPICS:
        at = list(TOPICS).index(what)
        level = pool.kinds.topics[:, at]
        new = pool.of(rng.choice(np.flatnonzero(level >= np.quantile(level, 0.85)), part))
    elif what == "wrong":  # so many of the tones that were right are wrong now
        flip = rng.random(size) < float(share)
        model = usual.chances.argmax(axis=1) - 1
        return replace(usual, tone=np.where(flip & (model == usual.tone), 9, usual.tone))
    else:
        return usual
    return joined(usual, new)


def joined(one: Pool, other: Pool) -> Pool:
    return Pool(
        titles=one.titles + other.titles,
        texts=one.texts + other.texts,
        tone=np.r_[one.tone, other.tone],
        chances=np.vstack([one.chances, other.chances]),
        kinds=StoryKinds(
            style=np.vstack([one.kinds.style, other.kinds.style]),
            topics=np.vstack([one.kinds.topics, other.kinds.topics]),
            words=np.vstack([one.kinds.words, other.kinds.words]),
        ),
    )


def power(pool: Pool, others: dict[str, Pool], name: str, *, args: argparse.Namespace,
          wander: float) -> dict[str, float]:  # fmt: skip
    """Say how often a planted month is found, after so many ordinary ones."""
    rng, told = np.random.default_rng(7), {"any": 0, "confidence": 0, "kind": 0, "agreement": 0}
    months = [f"2025-{number:02d}" for number in range(1, args.before + 2)]
    for _ in range(args.reps):
        parts = [
            (m, pool.of(month_rows(pool, args.articles, wander=wander, rng=rng)), args.codes)
            for m in months[:-1]
        ]
        last = planted(pool, others, name, size=args.articles, wander=wander, rng=rng)
        table = table_of([*parts, (months[-1], last, args.codes)], rng=rng)
        judged = months if args.gate else months[-1:]
        found: MonthDrift = model_drift(table, months=judged)[-1]
        told["any"] += bool(found.found)
        for each in found.found:
            told[each] += 1
    return {key: value / args.reps for key, value in told.items()}


def alarms(pool: Pool, *, years: int, args: argparse.Namespace, wander: float) -> float:
    """Say how many alarms five years of ordinary months give."""
    rng, many = np.random.default_rng(11), 0
    for _ in range(max(years // 5, 1)):
        months = [f"{2020 + n // 12}-{1 + n % 12:02d}" for n in range(60)]
        parts = [
            (m, pool.of(month_rows(pool, args.articles, wander=wander, rng=rng)), args.codes)
            for m in months
        ]
        findings = model_drift(table_of(parts, rng=rng), months=months)
        many += sum(bool(each.found) for each in findings)
    return many / max(years // 5, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="lexicon")
    parser.add_argument("--reps", type=int, default=100)
    parser.add_argument("--years", type=int, default=40)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--codes", type=int, default=25)
    parser.add_argument("--before", type=int, default=4, help="ordinary months before")
    parser.add_argument("--gate", action="store_true", help="judge these months too")
    args = parser.parse_args()
    started = time.process_time()
    pool = read_pool(args.model)
    others = {how: rewritten(pool, how, args.model) for how in ("style", "cut")}
    print(f"{len(pool.texts)} articles, {time.process_time() - started:.0f} CPU-seconds")
    for wander in (0.0, WANDER):
        print(f"wander {wander}")
        if args.years:
            found = alarms(pool, years=args.years, args=args, wander=wander)
            print(f"  alarms in five ordinary years: {found:.2f}", flush=True)
        for name in PLANTED if args.reps else ():
            told = power(pool, others, name, args=args, wander=wander)
            print(f"  {name:14s}", "  ".join(f"{k} {v:.2f}" for k, v in told.items()), flush=True)
    print(f"{time.process_time() - started:.0f} CPU-seconds")


if __name__ == "__main__":
    main()
