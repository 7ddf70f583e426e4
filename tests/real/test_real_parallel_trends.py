"""Bounds by relative magnitude on the event study that HonestDiD ships (MIT)."""

import json
from pathlib import Path

import pytest

from outcomes.stats.parallel_trends_bounds import event_times, relative_magnitude_bounds

FILE = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "causal" / "BCdata.json"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILE.exists(), reason="the reference data are not beside the project"),
]
STEP = 40 * 0.018973 / 999  # of the grid on which honestdid 0.1.1 looks, from -20 to 20 errors


@pytest.mark.parametrize(
    ("most", "low", "high"),
    [
        (0.5, 0.118889, 0.271584),
        (1.0, 0.067231, 0.318684),
        (1.5, 0.013294, 0.369582),
        (2.0, -0.041402, None),  # theirs, .379458, is the end of its grid
    ],
)
def test_the_bounds_are_those_of_honestdid_within_a_step_of_its_grid(most, low, high) -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    times = event_times(data["b"], data["S"], before=4)
    ours = relative_magnitude_bounds(times, most=most)
    assert low - 1.4 * STEP <= ours[0] <= low + 0.4 * STEP  # theirs: points kept, 1,000 draws
    if high is None:
        assert ours[1] > 0.379458
    else:
        assert high - 0.4 * STEP <= ours[1] <= high + 1.4 * STEP


def test_without_a_step_it_is_the_original_interval() -> None:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    times = event_times(data["b"], data["S"], before=4)
    ours = relative_magnitude_bounds(times, most=0)
    assert [round(limit, 6) for limit in ours] == [0.158775, 0.233147]
