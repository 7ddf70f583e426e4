"""Which disposition enters which rate: the matrix of R's outcomerate, cell by cell."""

import csv
from pathlib import Path

import pytest

from outcomes.stats.response_rates import DISPOSITIONS, RATES, response_rates

ROOT = Path(__file__).resolve().parents[2]
MATRIX = ROOT.parent / "shared" / "refdata" / "surveys" / "outcomerate" / "fmat.csv"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not MATRIX.exists(), reason="the folder shared/refdata is not there"),
]
E = 0.3


def matrix():
    with MATRIX.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cell_of_the_matrix_is_met() -> None:
    """Of each disposition another number of cases, so that no two can stand for each other."""
    counts = {code: 2**place for place, code in enumerate(DISPOSITIONS)}
    found = {rate.name: rate for rate in response_rates(counts, e=E)}
    rows = matrix()
    assert {row["rate"] for row in rows} == set(RATES)
    assert len(rows) == 36
    for row in rows:
        expected = sum(int(row[code]) * n for code, n in counts.items())
        expected += E * sum(int(row[f"e{code}"]) * counts[code] for code in ("UH", "UO"))
        rate = found[row["rate"]]
        got = rate.numerator if row["side"] == "NUM" else rate.denominator
        assert got == pytest.approx(expected), (row["side"], row["rate"])
