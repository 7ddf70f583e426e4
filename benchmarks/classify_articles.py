"""Time the tone of 1,000 generated articles of 400 words, by its parts, against two peers.

Run: .venv/bin/python benchmarks/classify_articles.py [--model FOLDER] [--articles N]. Seconds are
of the processor, all threads together, of one run; ratios to the peers in the same run count. The
articles are sentences of the invented ones in data/tone, one word in each changed so that hardly
any comes twice: nearly all of them speak of the police, the most work that an article can be.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from outcomes.media.lexicon import VaderArticle
from outcomes.media.relevance import split_sentences
from outcomes.media.tone_models.chosen_sentences import read_article
from outcomes.media.tone_models.model_folder import read_model_folder, shipped_folder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_models.target_reader import TargetReader
from outcomes.media.tone_models.target_tokens import mark_targets, open_tokenizer

ROOT = Path(__file__).resolve().parents[1]
WORDS = 400
FIRST_TOKENS = 128
Articles = tuple[list[str], list[str]]  # titles, texts


def generated(count: int) -> Articles:
    """Titles and texts of about 400 words."""
    draw = random.Random(1)
    lines = (ROOT / "data" / "tone" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    invented = [json.loads(line) for line in lines]
    cut = [[one.text for one in split_sentences(each["text"])] for each in invented]
    words = sorted({word for one in cut for text in one for word in text.split() if word.islower()})
    titles, texts = [], []
    for _ in range(count):
        first = draw.randrange(len(invented))
        sentences: list[str] = []
        at = first
        while sum(len(text.split()) for text in sentences) < WORDS:
            sentences += [_varied(text, words=words, draw=draw) for text in cut[at]]
            at = draw.randrange(len(invented))
        titles.append(_varied(invented[first]["title"], words=words, draw=draw))
        texts.append(" ".join(" ".join(sentences).split()[:WORDS]) + ".")
    return titles, texts


def _varied(text: str, *, words: Sequence[str], draw: random.Random) -> str:
    parts = text.split(" ")
    parts[draw.randrange(len(parts))] = draw.choice(words)
    return " ".join(parts)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


def memory() -> float:
    """Most memory held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def first_tokens(folder: Any, texts: Sequence[str]) -> Callable[[], None]:
    """The same encoder as one would run it without choosing: the beginning of each article."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder.encoder), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = open_tokenizer(folder.tokenizer)
    tokenizer.enable_truncation(FIRST_TOKENS)
    tokenizer.enable_padding(length=FIRST_TOKENS)

    def run() -> None:
        for at in range(0, len(texts), 8):
            rows = tokenizer.encode_batch(list(texts[at : at + 8]))
            ids = np.array([row.ids for row in rows], dtype=np.int64)
            mask = np.array([row.attention_mask for row in rows], dtype=np.int64)
            target = np.zeros(ids.shape, dtype=np.float32)
            target[:, 1:4] = 1
            session.run(None, {"ids": ids, "mask": mask, "target": target})

    return run


def parts(folder: Any, articles: Articles) -> dict[str, float]:
    """Seconds of each part, run by itself, and what was scored."""
    titles, texts = articles
    choosing, read = timed(
        lambda: [read_article(title, text) for title, text in zip(titles, texts, strict=True)]
    )
    chosen = [sentence for article in read for sentence in article.chosen]
    spans = [[getattr(one, name) for one in chosen] for name in ("text", "start", "end")]
    tokenizer = open_tokenizer(folder.tokenizer)
    tokenizing, marked = timed(
        lambda: mark_targets(*spans, tokenizer=tokenizer, longest=folder.longest)
    )
    encoder = TargetEncoder(folder)
    encoder.load()
    both, _ = timed(lambda: encoder.probabilities(*spans))
    return {
        "choosing the sentences": choosing,
        "tokenizing": tokenizing,
        "scoring": both - tokenizing,
        "sentences an article": len(chosen) / len(titles),
        "tokens an article": sum(len(one.ids) for one in marked) / len(titles),
        "share of sentences that come once": len(set(marked)) / max(1, len(marked)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shipped = shipped_folder()
    tiny = ROOT / "tests" / "media" / "tiny_tone_model"
    given = shipped if (shipped / "model.json").exists() else tiny
    parser.add_argument("--model", type=Path, default=given, help="a model folder")
    parser.add_argument("--articles", type=int, default=1000)
    asked = parser.parse_args()
    folder = read_model_folder(asked.model)
    articles = generated(asked.articles)
    titles, texts = articles
    thousands = asked.articles / 1000
    before = memory()
    reader = TargetReader(folder)
    loading, _ = timed(lambda: reader.classify(titles[:2], texts[:2]))
    whole, _ = timed(lambda: reader.classify(titles, texts))
    print(f"{folder.title}: {asked.articles} articles of {WORDS} words")
    print(f"memory: {memory():.0f} MB at most, {before:.0f} MB before the model was loaded")
    print("| work | CPU-seconds a 1,000 articles |\n|---|---|")
    print(f"| title and text to tone | {whole / thousands:.2f} |")
    for name, value in parts(folder, articles).items():
        counted = "article" in name or "share" in name
        print(f"| {name} | {value if counted else value / thousands:.2f} |")
    print(f"| loading, once | {loading:.2f} |")
    zeros, ends = [0] * len(texts), [len(text) for text in texts]
    vader, _ = timed(lambda: VaderArticle().classify_targets(texts, zeros, ends))
    print(f"| NLTK VADER, whole articles | {vader / thousands:.2f} |")
    plain, _ = timed(first_tokens(folder, texts))
    print(f"| plain onnxruntime, first {FIRST_TOKENS} tokens | {plain / thousands:.2f} |")


if __name__ == "__main__":
    main()
