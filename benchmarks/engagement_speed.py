"""Time `engagement compliance`, `import-walks` and `check` against pandas.read_csv of the same log.

Run: .venv/bin/python benchmarks/engagement_speed.py --rows 20000 200000 2000000
A made-up log of ten years at 500 places; every number of it is invented. Each command runs in a
process of its own. Seconds are of the processor (all threads, programs' start included), because
those of the clock depend on what else the machine does; pandas is timed without its start.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
FIRST, DAYS = pd.Timestamp("2016-01-01"), 3653
PLACES = [f"beat-{number:03}" for number in range(500)]
# type: who coordinates, usual minutes, share of the log
TYPES = {
    "officer": ("officer", 20, 0.30),
    "squad": ("sergeant", 30, 0.25),
    "shift": ("lieutenant", 30, 0.17),
    "unit": ("unit", 45, 0.12),
    "captain": ("captain", 45, 0.08),
    "district": ("captain", 30, 0.05),
    "post_incident": ("unit", 30, 0.02),
    "ad_hoc": ("other", 15, 0.01),
}
CALL = "from outcomes.cli.main import main; main()"
# the most memory that a process held; what wait4 says is never less than its parent's
PEAK = """
import atexit
def peak():
    lines = open("/proc/self/status").read().splitlines()
    held = next(line for line in lines if line.startswith("VmHWM"))
    open(%r, "w").write(held.split()[1])
atexit.register(peak)
"""
READ = """
import sys, time, pandas
start = time.process_time()
pandas.read_csv(sys.argv[1])
print(time.process_time() - start)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one process took."""

    cpu: float  # seconds
    wall: float  # seconds
    memory: float  # MB at most
    said: str


def ran(*arguments: str, cwd: Path) -> Ran:
    """Run Python with some arguments in a process of its own."""
    start = time.perf_counter()
    peak = cwd / "peak.txt"
    how, code, *rest = arguments
    command = [sys.executable, how, PEAK % str(peak) + code, *rest]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}:\n{said}")
    return Ran(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.perf_counter() - start,
        memory=int(peak.read_text()) / 1024,
        said=said,
    )


def log(rows: int, *, seed: int) -> pd.DataFrame:
    """Make a walk log up, in the order of its starts."""
    rng = np.random.default_rng(seed)
    drawn = rows + rows // 50 + 100  # some would stand twice, and are drawn anew
    types = rng.choice(list(TYPES), drawn, p=[share for _, _, share in TYPES.values()])
    minute = rng.integers(0, DAYS * 24 * 60 // 5, drawn) * 5  # times are written to 5 minutes
    usual = pd.Series(types).map({code: minutes for code, (_, minutes, _) in TYPES.items()})
    table = pd.DataFrame(
        {
            "place": rng.choice(PLACES, drawn),
            "type": types,
            "start": FIRST + pd.to_timedelta(minute, unit="min"),
            "minutes": (usual + 5 * rng.integers(-1, 5, drawn)).to_numpy(),
            "coordinator": pd.Series(types).map({code: who for code, (who, _, _) in TYPES.items()}),
            "officers": rng.integers(1, 4, drawn),
            "sergeants": rng.integers(0, 2, drawn),
            "lieutenants": rng.integers(0, 2, drawn),
            "captains": rng.integers(0, 2, drawn),
            "unit_members": rng.integers(0, 3, drawn),
            "partners": rng.integers(0, 3, drawn),
            "reached": rng.integers(0, 40, drawn),
        }
    )
    table = table.drop_duplicates(["place", "type", "start", "coordinator"]).head(rows)
    table = table.sort_values("start", kind="stable")
    return table.assign(start=table["start"].dt.strftime("%Y-%m-%d %H:%M"))


def incidents(rows: int, *, seed: int) -> pd.DataFrame:
    """Make incidents up that ask for a walk: one for two hundred walks."""
    rng = np.random.default_rng(seed + 1)
    at = FIRST + pd.to_timedelta(rng.integers(0, DAYS * 24 * 60, rows // 200), unit="min")
    found = pd.DataFrame({"place": rng.choice(PLACES, len(at)), "at": at, "kind": "shooting"})
    found = found.drop_duplicates(["place", "at"]).sort_values("at")
    return found.assign(at=found["at"].dt.strftime("%Y-%m-%d %H:%M"))


def study(folder: Path) -> None:
    """Write the two text files that a study needs."""
    last = FIRST + pd.Timedelta(days=DAYS - 1)
    start = FIRST.date()
    about = (
        f'[study]\nname = "Speed"\nagency = "A large agency"\nfirst = {start}\n'
        f'last = {last.date()}\ntime_zone = "America/Chicago"\n'
    )
    for code in PLACES:
        about += f'[[places]]\ncode = "{code}"\nname = "{code}"\nrole = "focus"\nstart = {start}\n'
    (folder / "study.toml").write_text(about, encoding="utf-8")
    rules = (ROOT / "walk_rules.toml").read_text(encoding="utf-8")
    (folder / "walk_rules.toml").write_text(rules, encoding="utf-8")


def measured(rows: int, *, seed: int) -> list[str]:
    """Make a log; check it file to file; import, check and import it again: cells of the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        study(folder)
        log(rows, seed=seed).to_csv(folder / "walks.csv", index=False)
        incidents(rows, seed=seed).to_csv(folder / "incidents.csv", index=False)
        peer = min(float(ran("-c", READ, "walks.csv", cwd=folder).said) for _ in range(2))
        ours = ("-c", CALL, "engagement")
        rules = ("--rules", "walk_rules.toml", "--out", "weeks.csv")
        straight = ran(*ours, "compliance", "walks.csv", *rules, cwd=folder)
        imported = ran(*ours, "import-walks", "walks.csv", cwd=folder)
        ran(*ours, "import-incidents", "incidents.csv", cwd=folder)
        checked = ran(*ours, "check", "--out", "shares.csv", cwd=folder)
        again = ran(*ours, "import-walks", "walks.csv", cwd=folder)
        size = (folder / "data/study.db").stat().st_size / 1e6
    if f"0 stored, {rows} already known" not in again.said:
        raise SystemExit(f"the second import changed something: {again.said}")
    work, stored = imported.cpu + checked.cpu, (imported, checked, again)
    return [
        f"{rows:,}",
        f"{peer:.2f}",
        f"{straight.cpu:.1f} ({straight.wall:.0f})",
        f"{straight.cpu / peer:.1f}",
        *(f"{one.cpu:.1f} ({one.wall:.0f})" for one in (imported, checked)),
        f"{work / peer:.1f}",
        *(f"{max(one.memory for one in some):,.0f}" for some in ([straight], stored)),
        f"{again.cpu:.1f}",
        f"{size:,.0f}",
    ]


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--seed", type=int, default=9)
    asked = parser.parse_args()
    heads = (
        "rows",
        "pandas.read_csv, CPU s",
        "compliance, file to file, CPU s (clock)",
        "/ pandas",
        "import, CPU s (clock)",
        "check, CPU s (clock)",
        "(import + check) / pandas",
        "most memory, file to file, MB",
        "most memory, with the store, MB",
        "the same file again, CPU s",
        "store, MB",
    )
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for rows in asked.rows:
        print(f"| {' | '.join(measured(rows, seed=asked.seed))} |", flush=True)


if __name__ == "__main__":
    main()
