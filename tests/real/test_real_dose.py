"""The dose design on the reference panel of 8 places by 12 months, against numbers of R.

panel8x12.csv: R 4.2.2 with clubSandwich 0.6.0, fixest 0.12.2 and summclust (ref_fewclu.out).
"""

from pathlib import Path

import pandas as pd
import pytest

from outcomes.analyses.dose import dose
from outcomes.analyses.panel_table import panel_of_table
from outcomes.pipeline.compare import Columns, compare_columns

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
PANEL = REFDATA / "causal" / "panel8x12.csv"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PANEL.exists(), reason="the folder shared/refdata is not there"),
]


def test_the_slope_on_the_dose_and_its_error_are_those_of_clubsandwich() -> None:
    table = pd.read_csv(PANEL)
    found = dose(panel_of_table(table, "y", unit="nb", time="mo", dose="dose"))
    (beside,) = [each for each in found if "errors of places" in each.term]
    assert found[0].value == pytest.approx(-0.0381534280314, rel=1e-10)
    assert beside.value == pytest.approx(-0.0381534280314, rel=1e-10)
    assert beside.se == pytest.approx(0.0784208423692, rel=1e-10)
    assert beside.p == pytest.approx(0.64526467554, rel=1e-9)
    assert "t(5.53)" in beside.method
    assert found[0].p is not None
    assert found[0].p > 0.3  # as each of the tests beside it in ref_fewclu.out
    assert found[0].low < 0 < found[0].high


def test_the_same_panel_gives_the_published_change_from_file_to_file() -> None:
    columns = Columns(outcome="y", unit="nb", time="mo", treated="treat")
    (row,) = compare_columns(PANEL, "did", columns).to_dict("records")
    assert row["value"] == pytest.approx(-0.644259833333, rel=1e-10)
    assert row["se"] == pytest.approx(0.407150761951, rel=1e-10)  # CR2 of clubSandwich, df 6
