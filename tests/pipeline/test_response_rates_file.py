from pathlib import Path

import pytest

from outcomes.errors import DataError, RowsRefused
from outcomes.pipeline.response_rates import rates_of_file


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    rows = [f"{code},{place},{weight}" for code, place, weight in _ROWS]
    path.write_text("\n".join(["code,place,weight", *rows]) + "\n", encoding="utf-8")
    return path


_ROWS = [("I", "a", 2), ("R", "a", 1), ("UO", "a", 1), ("I", "b", 1), ("NE", "b", 1)]


def test_rates_are_given_for_each_group_with_what_they_rest_on(cases: Path) -> None:
    table, account = rates_of_file(cases, column="code", e="0.5", by="place")
    rr3 = table[(table["rate"] == "RR3") & (table["place"] == "a")].iloc[0]
    assert rr3["value"] == pytest.approx(1 / 2.5)
    assert (rr3["cases"], rr3["e"], rr3["method_of_e"]) == (3, 0.5, "given")
    assert account == []


def test_weights_count_and_e_can_be_estimated(cases: Path) -> None:
    table, _ = rates_of_file(cases, column="code", e="casro", weights="weight")
    assert table.loc[table["rate"] == "RR1", "value"].item() == pytest.approx(3 / 5)
    assert table["e"].unique() == pytest.approx(4 / 5)


def test_without_e_it_is_said_which_rates_are_missing(cases: Path) -> None:
    _, account = rates_of_file(cases, column="code")
    assert "RR3, RR4, REF2, CON2 and LOC2 are left out" in account[0]


def test_an_unknown_code_is_refused_with_its_row(cases: Path) -> None:
    cases.write_text(cases.read_text().replace("UO,", "XX,"), encoding="utf-8")
    with pytest.raises(RowsRefused, match=r"row 4.*XX"):
        rates_of_file(cases, column="code")


def test_a_share_that_is_no_number_is_answered(cases: Path) -> None:
    with pytest.raises(DataError, match="from 0 to 1, or casro"):
        rates_of_file(cases, column="code", e="half")
