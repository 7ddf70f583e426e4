"""The drug market intervention in Seattle, told again to all digits that its authors print.

Robbins & Davenport (2021), Journal of Statistical Software 97(2), and their package microsynth.
"""

from pathlib import Path

import pandas as pd
import pytest

from outcomes.analyses.panel_table import panel_of_table
from outcomes.analyses.small_areas import small_areas

BLOCKS = (
    Path(__file__).resolve().parents[3] / "shared/refdata/domain/seattledmi_block_quarter.csv.gz"
)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BLOCKS.exists(), reason="shared/refdata/domain is not there"),
]
RESIDENTS = [
    *("TotalPop", "BLACK", "HISPANIC", "Males_1521", "HOUSEHOLDS"),
    *("FAMILYHOUS", "FEMALE_HOU", "RENTER_HOU", "VACANT_HOU"),
]


def test_all_crime_is_told_as_by_its_authors():
    table = pd.read_csv(BLOCKS)
    named = {"unit": "ID", "time": "time", "treated": "Intervention"}
    panel = panel_of_table(table, "any_crime", **named)
    residents = table.groupby(table["ID"].astype(str))[RESIDENTS].first()
    lead, _, *each = small_areas(panel, match=residents, placebos=99)
    assert [round(one.value, 3) for one in each] == [-33.059, -74.351, -45.450, -64.892]
    assert round(lead.value, 3) == -54.438
    assert 0.01 <= lead.p <= 0.06  # theirs, of other draws: .020


def test_four_crimes_matched_together_fall_by_the_published_shares():
    table = pd.read_csv(BLOCKS)
    crimes = ["i_felony", "i_misdemea", "i_drugs", "any_crime"]
    fixed = table.groupby("ID")[RESIDENTS].first()
    for crime in crimes:
        grid = table[table["time"] <= 12].pivot(index="ID", columns="time", values=crime)
        fixed = fixed.join(grid.add_prefix(crime))
    fixed.index = fixed.index.astype(str)
    shares = []
    for crime in crimes:
        panel = panel_of_table(table, crime, unit="ID", time="time", treated="Intervention")
        shares.append(small_areas(panel, match=fixed, placebos=19, level=0.9)[1].value)
    assert [round(100 * (share - 1), 1) for share in shares] == [-32.6, -37.3, -15.8, -20.1]
