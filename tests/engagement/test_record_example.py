"""The invented records of the worked example keep the rules of their kinds, whatever the seed."""

from datetime import date

import numpy as np
import pytest

from outcomes.engagement.record_kinds import record_kind
from outcomes.engagement.record_reading import read_record_table
from outcomes.simulate.engagement import Setting, engagement_records

SETTING = Setting(
    starts={"east": date(2025, 7, 1), "mill": date(2025, 8, 4)},
    first=date(2025, 1, 1),
    last=date(2025, 12, 31),
    academies={"spring-class": date(2025, 4, 18)},
    outlets=["Marlow Falls Courier", "WTLC News 9"],
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_generated_record_can_be_imported(seed, tmp_path):
    tables = engagement_records(SETTING, rng=np.random.default_rng(seed))
    assert {"event", "contact", "letter", "initiative", "notice", "readiness"} <= set(tables)
    for kind, table in tables.items():
        path = tmp_path / f"{kind}.csv"
        table.to_csv(path, index=False)
        sheet = read_record_table(
            path,
            record_kind(kind),
            places=["east", "mill"],
            known=SETTING.outlets,
            today=date(2026, 1, 1),
        )
        assert sheet.refusals == []
        assert len(sheet.table) == len(table)
        assert sheet.not_read == ()
        assert sheet.table["day"].between("2025-01-01", "2025-12-31").all()


def test_the_same_seed_gives_the_same_records():
    one, two = (engagement_records(SETTING, rng=np.random.default_rng(5)) for _ in range(2))
    assert one.keys() == two.keys()
    assert all(one[kind].equals(two[kind]) for kind in one)


def test_partnerships_are_left_to_the_table_of_counts():
    assert "partnership" not in engagement_records(SETTING, rng=np.random.default_rng(1))


def test_a_study_without_walks_has_no_records_of_them():
    alone = Setting(starts={}, first=SETTING.first, last=SETTING.last, academies={}, outlets=[])
    tables = engagement_records(alone, rng=np.random.default_rng(1))
    assert "event" not in tables
    assert "training" not in tables
