"""Weigh and estimate from 1,000,000 respondents with this package and its peers, in one run.

Run: .venv/bin/python benchmarks/survey_design_speed.py, which says "skipped" for a peer that is
not there (svy, weightipy, Rscript with survey). An environment of their own can run this file:
PYTHONPATH=src ENVIRONMENT/bin/python benchmarks/survey_design_speed.py
"""

import gc
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.stats.raking import Margin, rake
from outcomes.stats.survey_design import survey_design
from outcomes.stats.survey_mean import mean_statistic

ROUNDS = 3
GROUPS = {"sex": 2, "age": 6, "race": 5, "tenure": 3, "education": 4, "hood": 50}
SAME = 1e-6  # by how much a peer's answer may differ, of its size


def people(rows: int) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Draw respondents in 100 strata and 5,000 clusters, and the margins of their population."""
    rng = np.random.default_rng(1)
    cluster = rng.integers(0, 5000, rows)
    table = pd.DataFrame({"stratum": cluster // 50, "cluster": cluster})
    table["weight"] = rng.uniform(0.5, 3, rows)
    table["y"] = rng.normal(3, 1, rows) + 0.2 * rng.normal(size=5000)[cluster]
    margins = {}
    for name, count in GROUPS.items():
        words = [f"{name}{number:02}" for number in range(count)]
        drawn = rng.dirichlet(np.full(count, 30.0))
        known = drawn * rng.uniform(0.8, 1.25, count)
        table[name] = pd.Series(np.array(words)[rng.choice(count, rows, p=drawn)], dtype="str")
        margins[name] = dict(zip(words, known / known.sum() * rows, strict=True))
    return table, margins


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Give the best wall and processor time of a few rounds, and what came out."""
    walls, cpus, found = [], [], None
    for _ in range(ROUNDS):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus), found


def placed(table: pd.DataFrame, margins: dict[str, dict[str, float]]) -> list[Margin]:
    found = []
    for name, sizes in margins.items():
        codes, words = pd.factorize(table[name])
        totals = np.array([sizes[word] for word in words])
        found.append(Margin(name=name, codes=codes, labels=tuple(words), totals=totals))
    return found


def plain_pandas(table: pd.DataFrame, margins: dict[str, dict[str, float]]) -> np.ndarray:
    """Rake as most people write it: map, group, multiply, until the margins hold."""
    weight = table["weight"].copy()
    for _ in range(200):
        worst = 0.0
        for name, sizes in margins.items():
            reached = weight.groupby(table[name]).sum()
            factor = pd.Series(sizes) / reached
            weight = weight * table[name].map(factor).astype(float)
            worst = max(worst, float((factor - 1).abs().max()))
        if worst < 1e-8:
            break
    return weight.to_numpy()


def pandas_mean(table: pd.DataFrame) -> tuple[float, float]:
    total = table["weight"].sum()
    value = float((table["weight"] * table["y"]).sum() / total)
    scores = table["weight"] * (table["y"] - value) / total
    sums = scores.groupby([table["stratum"], table["cluster"]]).sum()
    by = sums.groupby(level=0)
    size = by.size()
    return value, float(np.sqrt((by.var(ddof=1) * size).sum()))


def weightipy_rake(table: pd.DataFrame, margins: dict[str, dict[str, float]]) -> np.ndarray:
    """Rake with weightipy, which knows no starting weights: compared in time only."""
    import weightipy

    rows = len(table)
    percent = {
        name: {word: 100 * size / rows for word, size in sizes.items()}
        for name, sizes in margins.items()
    }
    scheme = weightipy.scheme_from_dict(percent)
    weighted = weightipy.weight_dataframe(table[list(margins)].copy(), scheme, "found")
    return weighted["found"].to_numpy()


R_SCRIPT = """
suppressMessages({library(survey)})
d <- read.csv("people.csv", stringsAsFactors=TRUE); m <- read.csv("margins.csv")
t0 <- proc.time(); g <- svydesign(id=~cluster, strata=~stratum, weights=~weight, data=d)
t1 <- proc.time(); e <- svymean(~y, g); t2 <- proc.time()
forms <- lapply(unique(m$column), function(n) as.formula(paste("~", n)))
pops <- lapply(unique(m$column), function(n) {
  p <- m[m$column == n, c("value", "total")]; names(p) <- c(n, "Freq"); p })
r <- rake(g, forms, pops, control=list(maxit=200, epsilon=1e-6, verbose=FALSE)); t3 <- proc.time()
cat((t1-t0)[["elapsed"]], (t2-t1)[["elapsed"]], (t3-t2)[["elapsed"]], coef(e), SE(e),
    sum(weights(r)*d$y)/sum(weights(r)))
"""


def r_survey(table: pd.DataFrame, margins: dict[str, dict[str, float]]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        table.to_csv(Path(folder) / "people.csv", index=False)
        rows = [(name, word, size) for name, each in margins.items() for word, size in each.items()]
        known = pd.DataFrame(rows, columns=["column", "value", "total"])
        known.to_csv(Path(folder) / "margins.csv", index=False)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=True
        )
    return [float(word) for word in done.stdout.split()]


def say(work: str, who: str, wall: float, cpu: float, note: str = "") -> None:
    print(f"| {work} | {who} | {wall:.4f} | {cpu:.4f} | {note} |")
    sys.stdout.flush()


def same(ours: float, theirs: float) -> str:
    return "same" if abs(ours - theirs) <= SAME * abs(ours) else f"differs: {theirs!r}"


def raking_rows(table: pd.DataFrame, margins: dict[str, dict[str, float]]) -> None:
    weights, y = table["weight"].to_numpy(), table["y"].to_numpy()
    wall, cpu, mine = timed(lambda: rake(weights, placed(table, margins)))
    mean = float(mine @ y / mine.sum())
    say("rake, 6 margins", "outcomes", wall, cpu)
    wall, cpu, theirs = timed(lambda: plain_pandas(table, margins))
    say("rake, 6 margins", "plain pandas", wall, cpu, same(mean, float(theirs @ y / theirs.sum())))
    if find_spec("weightipy"):
        wall, cpu, _ = timed(lambda: weightipy_rake(table, margins))
        say("rake, 6 margins", "weightipy", wall, cpu, "no starting weights")
    else:
        print("| rake, 6 margins | weightipy | skipped | | |")
    if find_spec("svy"):
        import polars
        import svy

        frame = polars.from_pandas(table)
        design = svy.Design(stratum="stratum", psu="cluster", wgt="weight")
        wall, cpu, raked = timed(
            lambda: svy.Sample(frame, design).weighting.rake(
                controls=margins, tol=1e-8, max_iter=200
            )
        )
        found = raked.estimation.mean("y").to_polars().to_dicts()[0]
        say("rake, 6 margins", "svy", wall, cpu, same(mean, found["est"]))
    else:
        print("| rake, 6 margins | svy | skipped | | |")


def mean_rows(table: pd.DataFrame) -> None:
    y = table["y"].to_numpy()

    def cold() -> object:
        design = survey_design(
            table["weight"], strata=table["stratum"], clusters=[table["cluster"]]
        )
        return mean_statistic(y, design, term="y")

    wall, cpu, found = timed(cold)
    say("design and mean, 5,000 clusters", "outcomes", wall, cpu)
    made = survey_design(table["weight"], strata=table["stratum"], clusters=[table["cluster"]])
    wall, cpu, _ = timed(lambda: mean_statistic(y, made, term="y"))
    say("mean alone", "outcomes", wall, cpu)
    wall, cpu, theirs = timed(lambda: pandas_mean(table))
    say("design and mean, 5,000 clusters", "plain pandas", wall, cpu, same(found.se, theirs[1]))
    if not find_spec("svy"):
        print("| design and mean, 5,000 clusters | svy | skipped | | |")
        return
    import polars
    import svy

    frame = polars.from_pandas(table)
    design = svy.Design(stratum="stratum", psu="cluster", wgt="weight")
    wall, cpu, theirs = timed(lambda: svy.Sample(frame, design).estimation.mean("y"))
    row = theirs.to_polars().to_dicts()[0]
    say("design and mean, 5,000 clusters", "svy", wall, cpu, same(found.se, row["se"]))
    sample = svy.Sample(frame, design)
    sample.estimation.mean("y")
    wall, cpu, _ = timed(lambda: sample.estimation.mean("y"))
    say("mean alone", "svy (asked before)", wall, cpu)


def main() -> None:
    """Print the table in Markdown."""
    table, margins = people(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    print(f"{len(table)} rows\n\n| work | who | wall, s | processor, s | note |")
    print("|---|---|---|---|---|")
    raking_rows(table, margins)
    mean_rows(table)
    if shutil.which("Rscript"):
        made, mean, raked, *_ = r_survey(table, margins)
        say("rake, 6 margins", "R survey", raked, raked, "one round")
        say("design and mean, 5,000 clusters", "R survey", made + mean, made + mean, "one round")
        say("mean alone", "R survey", mean, mean, "one round")
    else:
        print("| all | R survey | skipped | | |")


if __name__ == "__main__":
    main()
