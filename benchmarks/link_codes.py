"""Link generated codes with this package and with splink and recordlinkage: recall, false, time.

Run: .venv/bin/python benchmarks/link_codes.py, which says "skipped" for a peer that is not there.
The peers need older libraries than the package; an environment of their own can run this file:
PYTHONPATH=src ENVIRONMENT/bin/python benchmarks/link_codes.py
"""

import argparse
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import find_spec
from math import sqrt

import numpy as np
import pandas as pd

from outcomes.simulate.codes import CODES, CodedClass, coded_class
from outcomes.stats.agreement_weight import Codes
from outcomes.stats.code_matching import match_codes

OURS, PEERS = 0.97, 0.9  # the default of the package; the threshold that the peers' users take
Links = pd.DataFrame  # before, after, probability


def ours(people: CodedClass) -> Links:
    zero = [np.zeros(len(wave), dtype=int) for wave in (people.before, people.after)]
    found = match_codes(
        Codes(
            before=people.before, after=people.after, block_before=zero[0], block_after=zero[1]
        )
    )  # fmt: skip
    return pd.DataFrame(
        {
            "before": found.pairs.before,
            "after": found.pairs.after,
            "probability": found.probability,
        }
    )[found.chosen]


def tables(people: CodedClass) -> list[pd.DataFrame]:
    waves = []
    for wave in (people.before, people.after):
        names = [f"e{number}" for number in range(wave.shape[1])]
        table = pd.DataFrame(wave, columns=names).astype("string")
        waves.append(table.mask(wave == -1))
    return waves


def splink(people: CodedClass) -> Links:
    """All elements exact with term frequencies, EM, single best links: the documented way."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    waves = tables(people)
    names = list(waves[0])
    large = len(waves[0]) > 2000
    api = DuckDBAPI()
    registered = [
        api.register(
            table.reset_index(names="unique_id"), dataset_display_name=side
        )
        for table, side in zip(waves, ("before", "after"), strict=True)
    ]  # fmt: skip
    rules = (
        [block_on("e0", "e1"), block_on("e2", "e5", "e6"), block_on("e0", "e5"),
         block_on("e1", "e5"), block_on("e0", "e6", "e3"), block_on("e1", "e2", "e4")]
        if large
        else ["1=1"]
    )  # fmt: skip
    linker = Linker(
        registered,
        SettingsCreator(
            link_type="link_only",
            comparisons=[
                compare.ExactMatch(name).configure(term_frequency_adjustments=True)
                for name in names
            ],
            blocking_rules_to_generate_predictions=rules,
        ),
        log_level=logging.ERROR,
    )
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*names)], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for some in (("e0", "e1"), ("e5", "e6"), ("e2", "e3", "e4")):
        with suppress(ValueError):  # a small class without a slip: it keeps what it had
            training.estimate_parameters_using_expectation_maximisation(block_on(*some))
    scored = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_using_single_best_links(
        scored,
        duplicate_free_datasets=["before", "after"],
        threshold_match_probability=0.5,
        ties_method="drop",
    ).as_pandas_dataframe()
    sides = [
        clusters[clusters["source_dataset"] == side].set_index("cluster_id")["unique_id"]
        for side in ("before", "after")
    ]
    both = pd.concat(sides, axis=1, keys=["before", "after"], join="inner").astype(int)
    edges = scored.as_pandas_dataframe()
    turned = edges["source_dataset_l"] == "after"
    edges["before"] = edges["unique_id_l"].where(~turned, edges["unique_id_r"]).astype(int)
    edges["after"] = edges["unique_id_r"].where(~turned, edges["unique_id_l"]).astype(int)
    edges = edges.rename(columns={"match_probability": "probability"})
    return both.merge(edges[["before", "after", "probability"]], on=["before", "after"])


def recordlinkage(people: CodedClass) -> Links:
    """Exact comparison of all elements, the ECM classifier, greedy one-to-one linking."""
    import recordlinkage as peer

    waves = tables(people)
    if len(waves[0]) > 2000:
        raise MemoryError("it holds all pairs in memory")
    index = peer.Index()
    index.full()
    compare = peer.Compare()
    for name in waves[0]:
        compare.exact(name, name, label=name)
    features = compare.compute(index.index(*waves), *waves)
    classifier = peer.ECMClassifier(binarize=None)
    classifier.fit(features)
    scores = classifier.prob(features)
    scores = scores[scores >= 0.5].sort_values(ascending=False)
    left: set[int] = set()
    right: set[int] = set()
    rows = []
    for (before, after), probability in scores.items():  # its OneToOneLinking ignores scores
        if before not in left and after not in right:
            left.add(before)
            right.add(after)
            rows.append((before, after, probability))
    found = pd.DataFrame(rows, columns=["before", "after", "probability"])
    return found.astype({"before": int, "after": int})


TOOLS: dict[str, tuple[Callable[[CodedClass], Links], float]] = {
    "outcomes": (ours, OURS),
    "splink": (splink, PEERS),
    "recordlinkage": (recordlinkage, PEERS),
}


def measured(
    tool: str, code: str, people: int, *, repeats: int, seed: int = 1
) -> Iterable[tuple[float, str]]:
    """Give one line for each threshold: recall and false links with their Monte Carlo error."""
    work, usual = TOOLS[tool]
    rng = np.random.default_rng(seed)
    returned, seconds, found = 0, 0.0, []
    for _ in range(repeats):
        generated = coded_class(CODES[code], people, rng=rng)
        returned += int((generated.truth >= 0).sum())
        start = time.perf_counter()
        links = work(generated)
        seconds += time.perf_counter() - start
        right = generated.truth[links["after"].to_numpy()] == links["before"].to_numpy()
        found.append(links.assign(right=right))
    links = pd.concat(found)
    for threshold in sorted({0.9, 0.95, 0.97, 0.99}):
        made = links[links["probability"] >= threshold]
        recall = made["right"].sum() / returned
        false = 1 - made["right"].mean() if len(made) else 0.0
        yield (
            threshold,
            f"| {code} | {people:,} x {repeats} | {tool} "
            f"| {threshold}{' *' if threshold == usual else ''} "
            f"| {recall:.2%} ± {sqrt(recall * (1 - recall) / returned):.2%} "
            f"| {false:.3%} ± {sqrt(false * (1 - false) / max(len(made), 1)):.3%} "
            f"| {seconds / repeats:.3f} |",
        )


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", action="store_true", help="only 10,000 x 10,000")
    parser.add_argument("--quick", action="store_true", help="fewer classes")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    sizes = [(10_000, 1)] if options.large else [(25, 400), (200, 60), (1000, 12), (10_000, 1)]
    print("| code | people | tool | threshold | correct of returned | false of links | seconds |")
    print("|---|---|---|---|---|---|---|")
    for code in ("D7",) if options.large else ("A7", "D7"):
        for people, repeats in sizes:
            for tool in TOOLS:
                if tool != "outcomes" and find_spec(tool) is None:
                    print(f"| {code} | {people:,} | {tool} | skipped: not installed | | | |")
                    continue
                fewer = max(1, repeats // (10 if options.quick or tool == "splink" else 1))
                try:
                    for _, line in measured(tool, code, people, repeats=fewer):
                        print(line)
                except MemoryError as error:
                    print(f"| {code} | {people:,} | {tool} | skipped: {error} | | | |")
                sys.stdout.flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\nPeak memory of this run: {peak:.2f} GB. * is what users of each tool take.")


if __name__ == "__main__":
    main()
