"""Few places: false alarms of ours and of common errors without any change, and speed beside peers.

Run: .venv/bin/python benchmarks/few_clusters.py --reps 4000. Outcomes are simulated: places differ
(sd 1), months that all share (sd 0.5), errors that go together within a place (AR(1), sd 1), 12
months, treatment from month 7 on. A false alarm is p <= .05; its Monte-Carlo error at 4,000 studies
is 0.3 points. Intervals of the t and permutation tests hold a shift exactly when p > .05, so that
coverage is 100 minus false alarms. Peers are timed where they can be imported.
"""

import argparse
import importlib
import importlib.util
import time
from collections.abc import Callable
from math import comb

import numpy as np
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.cluster_design import ClusterDesign, cluster_design
from outcomes.stats.cluster_robust import cluster_errors, clustered_slope
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.inference_choice import choose_inference
from outcomes.stats.path_arrangements import path_arrangements, treatment_paths
from outcomes.stats.path_permutation import path_test
from outcomes.stats.two_way_effects import two_way_effects, two_way_slopes
from outcomes.stats.wild_cluster import wild_cluster_p

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
MONTHS, START, LEVEL = 12, 6, 0.05
CELLS = (
    *((4, 8, together) for together in (0.0, 0.3, 0.6, 0.9)),
    *((k, g, 0.6) for k, g in ((3, 8), (2, 8), (1, 8), (2, 4), (3, 6), (6, 12), (10, 20))),
)
COLUMNS = (
    *("plain", "CR1 normal", "CR1 t(G-1)", "CR2", "CR3", "wild", "collapsed t", "permutation"),
    "after beside before",
)
# at 6 % false alarms or less; CR2 and CR3 where three places or more are treated
HELD = ("CR2", "CR3", "collapsed t", "permutation", "after beside before")
PARTS = ("start", "picked", "power", "waves", "paths", "speed")
LASTING = 1.0  # sd of what places differ by throughout
PICKED = ("by lot", "for what lasts", "for their months before")  # why places are treated


def outcomes(
    rng: np.random.Generator, *, places: int, together: float, reps: int, lasting: float = LASTING
) -> Floats:
    """Outcomes without any change, shape (places, months, reps)."""
    errors = np.empty((places, MONTHS, reps))
    errors[:, 0] = rng.normal(size=(places, reps))
    for month in range(1, MONTHS):
        fresh = rng.normal(size=(places, reps)) * np.sqrt(1 - together**2)
        errors[:, month] = together * errors[:, month - 1] + fresh
    shared = lasting * rng.normal(size=(places, 1, reps)) + 0.5 * rng.normal(size=(1, MONTHS, reps))
    return errors + shared


def design_of(paths: Floats) -> ClusterDesign:
    place, month = (grid.ravel() for grid in np.indices(paths.shape))
    return cluster_design(paths.ravel(), cluster=place, effects=(place, month))


def two_sided(t: Floats, df: float) -> Floats:
    return 2 * stats.t.sf(np.abs(t), df)


def clustered(y: Floats, paths: Floats, *, wild: int) -> dict[str, Floats]:
    """The p of each error, for every study."""
    design, g = design_of(paths), len(paths)
    rows = y.reshape(-1, y.shape[2])
    found = cluster_errors(rows, design)
    left = rows - design.basis @ (design.basis.T @ rows)
    plain = np.sqrt((left**2).sum(axis=0) / (len(rows) - design.parameters))
    plain *= np.linalg.norm(design.weights)
    slope = found.slope[0]
    return {
        "plain": two_sided(slope / plain, len(rows) - design.parameters),
        "CR1 normal": 2 * stats.norm.sf(np.abs(slope / found.cr1_all[0])),
        "CR1 t(G-1)": two_sided(slope / found.cr1[0], g - 1),
        "CR2": two_sided(slope / found.cr2[0], float(found.df[0])),
        "CR3": two_sided(slope / found.cr3[0], g - 1),
        "wild": np.array([wild_cluster_p(rows[:, i], design, draws=999) for i in range(wild)]),
    }


def collapsed(y: Floats, treated: np.ndarray, *, start: int = START) -> dict[str, Floats]:
    """The p of the changes, by t(G-2) and by permutation, for every study at once."""
    change = y[:, start:].mean(axis=1) - y[:, :start].mean(axis=1)
    k, rest = int(treated.sum()), int((~treated).sum())
    own, other = change[treated], change[~treated]
    spread = ((own - own.mean(axis=0)) ** 2).sum(axis=0)
    spread += ((other - other.mean(axis=0)) ** 2).sum(axis=0)
    value = own.mean(axis=0) - other.mean(axis=0)
    se = np.sqrt(spread / (k + rest - 2) * (1 / k + 1 / rest))
    first = collapsed_change(change[:, 0], treated, term="change", unit="points")
    if not np.isclose(first.se, se[0]):
        raise DataError("the vectorised change is not that of collapsed_change")
    if comb(k + rest, k) > 10_000:  # a sample of the ways is enough to see the rate
        ways = np.random.default_rng(0).permuted(np.tile(treated, (1_999, 1)), axis=1)
        ways = np.vstack([treated, ways])
    else:
        ways = treated[path_arrangements(treated).order]
    signs = np.where(ways, 1 / k, -1 / rest)
    p = np.mean(np.abs(signs @ change) >= np.abs(value) * (1 - 1e-9), axis=0)
    return {
        "collapsed t": two_sided(value / se, k + rest - 2),
        "permutation": p,
        "after beside before": beside_before(y, treated, start=start),
    }


def beside_before(y: Floats, treated: np.ndarray, *, start: int) -> Floats:
    """The p of a place's mean after, given its mean before (analysis of covariance), t(G-3)."""
    before, after = y[:, :start].mean(axis=1), y[:, start:].mean(axis=1)
    group = np.column_stack([np.ones(len(y)), treated]).astype(float)
    basis = np.linalg.qr(group)[0]
    x, z = (each - basis @ (basis.T @ each) for each in (before, after))
    slope = (x * z).sum(axis=0) / (x * x).sum(axis=0)
    left = ((z - slope * x) ** 2).sum(axis=0) / (len(y) - 3)
    apart = [each[treated].mean(axis=0) - each[~treated].mean(axis=0) for each in (before, after)]
    length = 1 / treated.sum() + 1 / (~treated).sum() + apart[0] ** 2 / (x * x).sum(axis=0)
    return two_sided((apart[1] - slope * apart[0]) / np.sqrt(left * length), len(y) - 3)


def chosen(treated: int, places: int) -> str:
    try:
        return choose_inference(
            design="did", treated=treated, untreated=places - treated, periods=MONTHS
        ).method
    except DataError:
        return "refused"


def common_start(reps: int, seed: int) -> None:
    """Print false alarms where all treated places start together."""
    print(f"\nCommon start, false alarms in %, {reps} studies a cell (wild: a tenth)\n")
    print("| treated | together | chosen | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 3) + "|")
    for treated, places, together in CELLS:
        rng = np.random.default_rng((seed, treated, places, int(10 * together)))
        y = outcomes(rng, places=places, together=together, reps=reps)
        first = np.where(np.arange(places) < treated, START, -1)
        p = clustered(y, treatment_paths(first, periods=MONTHS), wild=reps // 10)
        p |= collapsed(y, first >= 0)
        rates = [f"{100 * np.mean(p[name] <= LEVEL + 1e-12):.1f}" for name in COLUMNS]
        head = f"| {treated}/{places} | {together} | {chosen(treated, places)} | "
        print(head + " | ".join(rates) + " |", flush=True)


def ranked(y: Floats, lasting: Floats, *, why: str) -> Floats:
    """Order the places of each study, shape (places, months, reps): the first are treated."""
    if why == PICKED[0]:
        return y
    most = lasting[:, 0] if why == PICKED[1] else y[:, :START].mean(axis=1)
    order = np.argsort(-most, axis=0)
    return np.take_along_axis(y, order[:, None], axis=0)


def picked(reps: int, seed: int) -> None:
    """Print false alarms where places are treated because they had most, of one thing or another.

    Chosen for what lasts they stay as they are, and whoever looks for places with the same past
    takes others that had it by chance. Chosen for their months before they fall back.
    """
    print(f"\nTreated because they had most, false alarms in %, {reps} studies a row\n")
    heads = ("treated", "together", "lasting", "picked", *HELD)
    print("| " + " | ".join(heads) + " |")
    print("|---" * len(heads) + "|")
    kinds = [(1.0, why) for why in PICKED] + [(0.0, PICKED[2])]
    cells = [(4, 8, 0.6), (4, 8, 0.9), (2, 8, 0.6), (6, 12, 0.6), (10, 20, 0.6), (2, 20, 0.6)]
    for treated, places, together in cells:
        for size, why in kinds:
            rng = np.random.default_rng((seed, treated, places, int(10 * together)))
            lasting = size * rng.normal(size=(places, 1, reps))
            y = lasting + outcomes(rng, places=places, together=together, reps=reps, lasting=0.0)
            y = ranked(y, lasting, why=why)
            first = np.where(np.arange(places) < treated, START, -1)
            p = clustered(y, treatment_paths(first, periods=MONTHS), wild=1)
            p |= collapsed(y, first >= 0)
            held = [name for name in HELD if treated > 2 or name not in ("CR2", "CR3")]
            shown = " | ".join(
                f"{100 * np.mean(p[name] <= LEVEL + 1e-12):.1f}" if name in held else "-"
                for name in HELD
            )
            print(f"| {treated}/{places} | {together} | {size} | {why} | {shown} |", flush=True)


def power(reps: int, seed: int) -> None:
    """Print how often a true change is found, beside the best that holds its level."""
    print(f"\nPower in %, months together, {reps} studies a row\n")
    heads = ("treated", "together", "lasting", "change in sd", *HELD, "ours / best")
    print("| " + " | ".join(heads) + " |")
    print("|---" * len(heads) + "|")
    start = [(4, 8, 0.6, 1.0, change) for change in (0.5, 1.0, 1.5, 2.0)]
    sides = ((3, 8), (2, 8), (1, 8), (3, 6), (6, 12), (10, 20), (2, 20))
    others = [(k, g, 0.6, 1.0, 1.5) for k, g in sides]
    others += [(4, 8, at, 1.0, 1.0) for at in (0.0, 0.3, 0.9)]
    others += [(4, 8, 0.6, 0.0, 1.0), (6, 12, 0.6, 0.0, 1.0), (10, 20, 0.6, 0.0, 1.0)]
    for treated, places, together, lasting, change in start + others:
        rng = np.random.default_rng((seed, treated, places, int(10 * change), int(10 * together)))
        first = np.where(np.arange(places) < treated, START, -1)
        paths = treatment_paths(first, periods=MONTHS)
        y = outcomes(rng, places=places, together=together, reps=reps, lasting=lasting)
        y += change * paths[:, :, None]
        p = clustered(y, paths, wild=1) | collapsed(y, first >= 0)
        held = [name for name in HELD if treated > 2 or name not in ("CR2", "CR3")]
        rates = {name: 100 * float(np.mean(p[name] <= LEVEL + 1e-12)) for name in held}
        head = f"| {treated}/{places} | {together} | {lasting} | {change} | "
        shown = " | ".join(f"{rates[name]:.1f}" if name in rates else "-" for name in HELD)
        share = rates["collapsed t"] / max(rates.values())
        print(f"{head}{shown} | {share:.2f} |", flush=True)


def waves(reps: int, seed: int) -> None:
    """Print false alarms of two survey waves whose places shift by themselves between them."""
    print(f"\nSurvey of 60 people a place, two waves, false alarms in %, {reps} studies a cell\n")
    names = ("people as independent", "errors of places, normal", "collapsed t", "permutation")
    print("| treated | shift, sd of a person | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 2) + "|")
    for treated, places in ((4, 8), (2, 8), (1, 8), (3, 6), (6, 12), (10, 20), (2, 20)):
        for shift in (0.0, 0.1, 0.2):
            rng = np.random.default_rng((seed, treated, places, int(10 * shift)))
            people = rng.normal(size=(places, 2, reps)) / np.sqrt(60)
            means = (
                people + shift * rng.normal(size=people.shape) + rng.normal(size=(places, 1, reps))
            )
            spread = np.sqrt(2 / 60 * (1 / treated + 1 / (places - treated)))
            first = np.arange(places) < treated
            p = collapsed(means, first, start=1)
            change = means[:, 1] - means[:, 0]
            apart = change[first].mean(axis=0) - change[~first].mean(axis=0)
            left = [
                ((c - c.mean(axis=0)) ** 2).sum(axis=0) for c in (change[first], change[~first])
            ]
            own = np.sqrt(left[0] / treated**2 + left[1] / (places - treated) ** 2)
            found = (
                2 * stats.norm.sf(np.abs(apart) / spread),
                2 * stats.norm.sf(np.abs(apart) / own),
                p["collapsed t"],
                p["permutation"],
            )
            rates = " | ".join(f"{100 * np.mean(each <= LEVEL + 1e-12):.1f}" for each in found)
            print(f"| {treated}/{places} | {shift} | {rates} |", flush=True)


def staggered_paths(rng: np.random.Generator) -> Floats:
    del rng
    return treatment_paths([3, 4, 5, 6, 7, 8, -1, -1], periods=MONTHS)


def all_adopt_paths(rng: np.random.Generator) -> Floats:
    del rng
    return treatment_paths([3, 4, 5, 6, 7, 8], periods=MONTHS)


def walks(rng: np.random.Generator) -> Floats:
    """Minutes that drift as a random walk, cut at 0."""
    return np.maximum(np.cumsum(rng.normal(size=(8, MONTHS)), axis=1) + 3, 0)


def persistent(rng: np.random.Generator) -> Floats:
    """Walks a month: counts around a level of the place that wanders."""
    level = outcomes(rng, places=8, together=0.7, reps=1)[:, :, 0]
    return rng.poisson(np.exp(0.9 + 0.35 * level)).astype(float)


PATHS: tuple[tuple[str, Callable[[np.random.Generator], Floats], float], ...] = (
    ("staggered, 6 of 8 adopt", staggered_paths, 0.6),
    ("staggered, 6 of 6 adopt", all_adopt_paths, 0.6),
    ("dose, persistent counts", persistent, 0.6),
    ("dose, random walks", walks, 0.9),
)


def by_path(reps: int, seed: int) -> None:
    """Print false alarms where starts or doses differ; every study has doses of its own."""
    print(f"\nStaggered starts and doses, false alarms in %, {reps} studies a cell\n")
    names = ("correlation of raw months", *COLUMNS[:6], "path permutation", "interval holds 0")
    print("| design | together | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 2) + "|")
    for number, (name, made, together) in enumerate(PATHS):
        rng = np.random.default_rng((seed, number))
        seen: dict[str, list[float]] = {column: [] for column in names}
        for _ in range(reps):
            paths = made(rng)
            y = outcomes(rng, places=len(paths), together=together, reps=1)
            tested = path_test(y[:, :, 0], paths, draws=1_999)
            seen[names[0]].append(stats.pearsonr(paths.ravel(), y.ravel()).pvalue)
            for column, p in clustered(y, paths, wild=1).items():
                seen[column].append(float(p[0]))
            seen["path permutation"].append(tested.p)
            seen["interval holds 0"].append(float(not tested.low <= 0 <= tested.high))
        rates = [100 * float(np.mean(np.array(seen[n]) <= LEVEL + 1e-12)) for n in names]
        print(
            f"| {name} | {together} | " + " | ".join(f"{r:.1f}" for r in rates) + " |", flush=True
        )


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time of the least disturbed round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def small_set(y: Floats, paths: Floats) -> None:
    """CR1, CR2, CR3 and all 256 signs of the wild bootstrap, from nothing."""
    design = design_of(paths)
    cluster_errors(y.ravel(), design)
    wild_cluster_p(y.ravel(), design)


def timings(seed: int) -> None:
    """Print processor time of ours and of peers that can be imported."""
    rng = np.random.default_rng(seed)
    print("\nProcessor seconds, best of a few rounds\n")
    print("| task | ours | peer | peer's | ratio |")
    print("|---|---|---|---|---|")
    y = outcomes(rng, places=8, together=0.6, reps=1)[:, :, 0]
    paths = treatment_paths([6, 6, 6, 6, -1, -1, -1, -1], periods=MONTHS)
    ours = best(lambda: small_set(y, paths), 60)
    _line("CR1, CR2, CR3 and enumerated wild bootstrap, 8 x 12", ours, _diff_diff(y, paths))
    place, month = np.repeat(np.arange(10_000), 100), np.tile(np.arange(100), 10_000)
    x = rng.normal(size=place.size) + np.sin(month) * (place % 3)
    big = 0.01 * x + rng.normal(size=place.size) + rng.normal(size=10_000)[place]

    def million() -> object:
        fitted = two_way_slopes(big, x, effects=two_way_effects(place, month))
        return clustered_slope(fitted, cluster=place, term="slope", unit="points")

    kept = rng.random(place.size) < 0.8

    def unbalanced() -> object:
        effects = two_way_effects(place[kept], month[kept])
        fitted = two_way_slopes(big[kept], x[kept], effects=effects)
        return clustered_slope(fitted, cluster=place[kept], term="slope", unit="points")

    _line(
        "two-way slope, errors by cluster, 10,000 x 100",
        best(million, 4),
        _pyfixest(big, x, place, month),
    )
    _line(
        "the same with a fifth of the rows missing",
        best(unbalanced, 4),
        _pyfixest(big[kept], x[kept], place[kept], month[kept]),
    )
    cluster = np.repeat(np.arange(20), 1_000)
    w = rng.normal(size=(20_000, 3))
    v = w[:, 0] + rng.normal(size=20_000) + rng.normal(size=20)[cluster]

    def wild() -> object:
        return wild_cluster_p(v, cluster_design(w[:, 0], cluster=cluster, controls=w[:, 1:]))

    _line(
        "wild bootstrap, 9,999 draws, 20,000 rows, 20 clusters",
        best(wild, 4),
        _wildboottest(v, w, cluster),
    )


def _line(task: str, ours: float, peer: tuple[str, float] | None) -> None:
    if peer is None:
        print(f"| {task} | {ours:.5f} | not here | | |", flush=True)
    else:
        print(
            f"| {task} | {ours:.5f} | {peer[0]} | {peer[1]:.5f} | {ours / peer[1]:.2f} |",
            flush=True,
        )


def _there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _diff_diff(y: Floats, paths: Floats) -> tuple[str, float] | None:
    if not (_there("diff_diff") and _there("pandas")):
        return None
    pd, peer = importlib.import_module("pandas"), importlib.import_module("diff_diff")
    place, month = (grid.ravel() for grid in np.indices(y.shape))
    frame = pd.DataFrame(
        {
            "y": y.ravel(),
            "place": place,
            "month": month,
            "treated": (paths.max(axis=1) > 0)[place].astype(int),
            "post": (month >= START).astype(int),
        }
    )

    def fit() -> object:
        return peer.TwoWayFixedEffects(cluster="place", vcov_type="hc2_bm").fit(
            frame, outcome="y", treatment="treated", post="post", unit="place"
        )

    return "diff-diff CR2 alone", best(fit, 20)


def _pyfixest(y: Floats, x: Floats, place: np.ndarray, month: np.ndarray):  # type: ignore[no-untyped-def]
    if not (_there("pyfixest") and _there("pandas")):
        return None
    pd, peer = importlib.import_module("pandas"), importlib.import_module("pyfixest")
    frame = pd.DataFrame({"y": y, "x": x, "place": place, "month": month})

    def fit() -> object:
        return peer.feols("y ~ x | place + month", frame, vcov={"CRV1": "place"})

    fit()  # compiles
    return "pyfixest", best(fit, 3)


def _wildboottest(v: Floats, w: Floats, cluster: np.ndarray) -> tuple[str, float] | None:
    if not (_there("wildboottest") and _there("statsmodels")):
        return None
    api = importlib.import_module("statsmodels.api")
    peer = importlib.import_module("wildboottest.wildboottest")
    pd = importlib.import_module("pandas")
    frame = pd.DataFrame({"y": v, "x": w[:, 0], "a": w[:, 1], "b": w[:, 2]})
    model = api.OLS(frame["y"], api.add_constant(frame[["x", "a", "b"]]))

    def fit() -> object:
        return peer.wildboottest(
            model, param="x", cluster=pd.Series(cluster), B=9_999, seed=1, show=False
        )

    fit()
    return "wildboottest", best(fit, 3)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=4_000)
    parser.add_argument("--path-reps", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=PARTS, action="append")
    told = parser.parse_args()
    only = told.only or PARTS
    if "start" in only:
        common_start(told.reps, told.seed)
    if "picked" in only:
        picked(told.reps, told.seed)
    if "power" in only:
        power(told.reps, told.seed)
    if "waves" in only:
        waves(told.reps, told.seed)
    if "paths" in only:
        by_path(told.path_reps, told.seed)
    if "speed" in only:
        timings(told.seed)


if __name__ == "__main__":
    main()
