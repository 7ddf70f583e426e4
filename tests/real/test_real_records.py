"""Records on a file that nobody on this project wrote."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.pipeline.records import count_measures
from outcomes.study import open_study

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFDATA.exists(), reason="the folder shared/refdata is not there"),
]


def test_the_chicago_complaint_panel_is_read_in_with_its_totals(tmp_path) -> None:
    # Wood, Tyler, Papachristos 2020; Roth and Sant'Anna 2023: 7,785 officers, 72 months, and 48
    # cohorts by the month of their training, which stand for places here. Period 1 is 2011-01.
    panel = pd.read_csv(REFDATA / "domain" / "staggered_pj_officer_month.csv.gz")
    assert len(panel) == 560_520
    cohorts = panel.groupby(["first_trained", "period"], as_index=False)["complaints"].sum()
    months = pd.period_range("2011-01", periods=72, freq="M").astype(str)
    counts = pd.DataFrame(
        {
            "place": "cohort-" + cohorts["first_trained"].astype(str),
            "month": months.to_numpy()[cohorts["period"] - 1],
            "measure": "complaints",
            "value": cohorts["complaints"],
        }
    )
    counts.to_csv(tmp_path / "complaints.csv", index=False)
    places = "\n".join(
        f'[[places]]\ncode = "{code}"\nname = "{code}"\nrole = "focus"\nstart = 2012-01-01\n'
        for code in counts["place"].unique()
    )
    about = '[study]\nname = "x"\nagency = "y"\nfirst = 2011-01-01\nlast = 2016-12-31\n'
    (tmp_path / "study.toml").write_text(about + places, encoding="utf-8")
    words = ["records", "import", str(tmp_path / "complaints.csv"), "--study", str(tmp_path)]
    found = CliRunner().invoke(cli, words)
    assert found.output == (
        "complaints.csv: 3456 rows read, 3456 stored, 0 already known, 0 refused.\n"
        "Joined to places and months: 3456 matched, 0 unmatched, 0 duplicated (stored before), "
        "0 dropped (refused).\n"
    )
    measures = count_measures(open_study(tmp_path))
    assert measures["value"].sum() == panel["complaints"].sum() == 21_478
    assert measures["place"].nunique() == 48
    assert measures["period"].nunique() == 72
    by_period = panel.groupby("period")["complaints"].sum().to_numpy()
    assert measures.groupby("period")["value"].sum().tolist() == by_period.tolist()
