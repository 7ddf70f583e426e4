"""Shares of required walks: the sums and reasons of a plain count, by place and by type."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from outcomes.engagement.compliance_shares import compliance_estimates

REASONS = {
    "": {},
    "2 too short (18, 15 of 20 minutes)": {"too short": 2},
    "1 without a sergeant; 2 too short (3, 4 of 20 minutes)": {
        "without a sergeant": 1,
        "too short": 2,
    },
    "3 counted that were logged as another type; 1 outside the border": {"outside the border": 1},
    "shooting, late: 30.0 hours after": {"later after an incident than allowed": 1},
    "1 b; 1 c; 1 d; 1 e": {"b": 1, "c": 1, "d": 1, "e": 1},
}


def weeks(seed: int, *, rows: int = 400) -> pd.DataFrame:
    """Make a table of compliance up: places in order, types in no order."""
    rng = np.random.default_rng(seed)
    done = rng.integers(0, 4, rows)
    table = pd.DataFrame(
        {
            "place": np.sort(rng.choice(["east", "mill", "west"], rows)),
            "type": rng.choice(["unit", "officer", "ad_hoc"], rows),
            "required": rng.integers(0, 4, rows),
            "done": done,
            "counted": np.minimum(done, rng.integers(0, 4, rows)),
            "reasons": pd.Series(rng.choice(list(REASONS), rows), dtype="str"),
        }
    )
    table.loc[table["type"] == "ad_hoc", "required"] = 0
    return table.assign(short=(table["required"] - table["counted"]).clip(lower=0))


@pytest.mark.parametrize("seed", range(5))
def test_sums_and_reasons_are_those_of_a_plain_count(seed: int) -> None:
    table = weeks(seed)
    found = compliance_estimates(table)
    assert [share.place for share in found] == [p for p in ("east", "mill", "west") for _ in "abc"]
    for share in found:
        mine = table[(table["place"] == share.place) & (table["type"] != "ad_hoc")]
        if share.measure != "walks_counted":
            mine = mine[mine["type"] == share.measure.removeprefix("walks_")]
        counted, numbers, dropped = 0, Counter[str](), 0
        for row in mine.itertuples():
            counted += min(row.counted, row.required)
            dropped += row.done - row.counted
            if row.done > row.counted:
                numbers.update(REASONS[row.reasons])
        assert share.n == mine["required"].sum()
        assert share.value == counted / share.n
        assert share.dropped == dropped
        said = ", ".join(f"{number} {text}" for text, number in numbers.most_common(4))
        assert share.warnings == (
            f"{mine['short'].sum()} of {share.n} required walks are missing",
            f"walks that did not count: {said}",
        )


def test_no_weeks_have_no_shares() -> None:
    assert compliance_estimates(weeks(1).head(0)) == []
    assert compliance_estimates(weeks(1), leave_out=["unit", "officer"]) == []
