import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.estimate import untidy
from outcomes.pipeline.compare import DESIGNS, Columns, compare_columns, compare_file


@pytest.fixture
def panel(tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        {"place": f"p{place}", "month": month, "walks": int(place < 3 and month >= 7),
         "tips": 10 + place + 4 * (place < 3 and month >= 7) + rng.normal(0, 0.5)}
        for place in range(8)
        for month in range(1, 13)
    ]  # fmt: skip
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


WAYS = {"outcome": "tips", "unit": "place", "time": "month"}


def test_a_planted_change_is_found_in_a_table_of_ones_own(panel):
    (row,) = compare_file(panel, "did", **WAYS, treated="walks").to_dict("records")
    assert row["low"] < 4 < row["high"]
    assert row["p"] == pytest.approx(1 / 56)
    assert (row["n"], row["dropped"]) == (8, 0)


def test_month_10_follows_month_9(panel, tmp_path):
    table = pd.read_csv(panel)
    text = table.assign(month=[f"m{month:02}" for month in table["month"]])
    text.to_csv(tmp_path / "text.csv", index=False)
    first = compare_file(panel, "did", **WAYS, treated="walks")
    second = compare_file(tmp_path / "text.csv", "did", **WAYS, treated="walks")
    assert first["value"].tolist() == pytest.approx(second["value"].tolist())


def test_a_year_is_named_as_it_was_written(panel):
    for design in ("did", "interrupted"):
        found = compare_file(panel, design, **WAYS, treated="walks").to_dict("records")
        assert not any("7.0" in row["term"] + row["period"] for row in found)


def test_excel_and_parquet_give_the_same_as_csv(panel, tmp_path):
    table = pd.read_csv(panel)
    table.to_excel(tmp_path / "panel.xlsx", index=False)
    table.to_parquet(tmp_path / "panel.parquet", index=False)
    values = [
        compare_file(path, "did", **WAYS, treated="walks")["value"].item()
        for path in (panel, tmp_path / "panel.xlsx", tmp_path / "panel.parquet")
    ]
    assert values[1:] == pytest.approx([values[0]] * 2)


def test_a_start_told_by_a_day_may_be_blank_in_parquet(panel, tmp_path):
    table = pd.read_csv(panel)
    days = pd.to_datetime("2025-" + table["month"].astype(str) + "-01", format="%Y-%m-%d")
    never = ~table["place"].isin(["p0", "p1", "p2"])
    began = pd.Series(pd.Timestamp("2025-07-01"), index=table.index).mask(never)
    table.assign(month=days, began=began).to_parquet(tmp_path / "days.parquet", index=False)
    found = compare_columns(tmp_path / "days.parquet", "did", Columns(**WAYS, start="began"))
    first = compare_file(panel, "did", **WAYS, treated="walks")
    assert found["value"].tolist() == pytest.approx(first["value"].tolist())


def test_times_whose_names_tell_no_order_are_warned_of_and_two_of_them_refused(panel, tmp_path):
    table = pd.read_csv(panel)
    path = tmp_path / "named.csv"

    def named(label, *, design="did"):
        table.assign(month=table["month"].map(label)).to_csv(path, index=False)
        return compare_file(path, design, **WAYS, treated="walks")["warnings"][0]

    assert "in the order of its letters, m01 first and m12 last" in named("m{:02}".format)
    assert "letters" not in named("2025-{:02}".format)
    assert "letters" not in named("2025-{:02}-01".format)
    two = table[table["month"].isin([1, 12])]
    for first, last in (("pre", "post"), ("before", "after"), ("t1", "t2")):
        two.assign(month=two["month"].map({1: first, 12: last})).to_csv(path, index=False)
        with pytest.raises(DataError, match=f"which came first, '({first}|{last})'"):
            compare_file(path, "prepost", **WAYS)
    two.assign(month=two["month"].map({1: "2025", 12: "2026"})).to_csv(path, index=False)
    assert compare_file(path, "prepost", **WAYS)["term"][0] == "tips: 2026 - 2025"


def test_days_of_a_spreadsheet_are_days_though_it_adds_midnight(panel, tmp_path):
    table = pd.read_csv(panel)
    days = pd.to_datetime("2025-" + table["month"].astype(str) + "-01", format="%Y-%m-%d")
    began = pd.Series(pd.Timestamp("2025-07-01"), index=table.index).mask(
        ~table["place"].isin(["p0", "p1", "p2"])
    )
    table.assign(month=days, began=began).to_excel(tmp_path / "days.xlsx", index=False)
    found = compare_columns(tmp_path / "days.xlsx", "did", Columns(**WAYS, start="began"))
    assert found["period"][0] == "2025-01-01 to 2025-12-01"
    assert found["value"][0] == pytest.approx(
        compare_file(panel, "did", **WAYS, treated="walks")["value"][0]
    )


def test_did_needs_to_know_who_was_treated(panel):
    with pytest.raises(DataError, match="did needs --treated"):
        compare_file(panel, "did", **WAYS)


def test_an_unknown_column_is_answered_with_those_there_are(panel):
    with pytest.raises(DataError, match="there is no column 'week'; there are place, month"):
        compare_file(panel, "did", outcome="tips", unit="place", time="week", treated="walks")


@pytest.fixture
def walked(tmp_path):
    """Eight places, two years: starts at different times, minutes walked, counts and people."""
    rng = np.random.default_rng(8)
    rows = []
    for place in range(8):
        first = 8 + place if place < 6 else 0
        for month in range(1, 25):
            on = int(first > 0 and month >= first)
            minutes = 30 * rng.poisson(4)
            calls = rng.poisson(40 * np.exp(0.002 * minutes))
            rows.append((f"p{place}", month, 10 + place + 3 * on + rng.normal(), on, first or "",
                         int(month >= 13 and place < 4), 13 if place < 4 else 0, minutes,
                         minutes * 0.9, calls, 1000, 0.4))  # fmt: skip
    names = "place month tips on first together common minutes seen calls people error"
    path = tmp_path / "walked.csv"
    pd.DataFrame(rows, columns=names.split()).to_csv(path, index=False)
    return path


def asked(path, design, **columns):
    return compare_columns(path, design, Columns(**{**WAYS, **columns}))


def test_every_design_answers_and_its_answer_can_be_read_back(walked):
    given = {
        "prepost": {},
        "did": {"treated": "together"},
        "few-treated": {"treated": "two"},
        "staggered": {"start": "first"},
        "interrupted": {"treated": "together"},
        "dose": {"dose": "minutes"},
    }
    assert {*given, "small-areas"} == set(DESIGNS)  # which needs many places: below
    table = pd.read_csv(walked)
    table["two"] = table["together"] * (table["place"] < "p2")
    table.to_csv(walked, index=False)
    twice = walked.with_name("twice.csv")
    table[table["month"].isin([1, 24])].to_csv(twice, index=False)
    for design, columns in given.items():
        found = untidy(asked(twice if design == "prepost" else walked, design, **columns))
        assert {each.analysis for each in found} == {design.replace("-", " ")}
        assert found[0].low <= found[0].value <= found[0].high


def test_many_small_places_are_weighted_to_match(tmp_path):
    rng = np.random.default_rng(6)
    rows = [
        (f"b{block:03}", month, rng.poisson(6), int(block < 8 and month > 4), 10 + block % 7)
        for block in range(90)
        for month in range(1, 8)
    ]
    path = tmp_path / "blocks.csv"
    table = pd.DataFrame(rows, columns=["place", "month", "calls", "on", "homes"])
    table.to_csv(path, index=False)
    given = {"outcome": "calls", "treated": "on"}
    plain = asked(path, "small-areas", **given)
    matched = asked(path, "small-areas", **given, match=("homes",))
    assert plain["analysis"].unique() == ["small areas"]
    assert plain["value"][0] != matched["value"][0]
    with pytest.raises(DataError, match="no column 'house' to match; there are place"):
        asked(path, "small-areas", **given, match=("house",))
    with pytest.raises(DataError, match="'calls' changes within a place"):
        asked(path, "small-areas", **given, match=("calls",))


def test_a_start_may_be_told_by_0_and_1_or_by_its_time(walked):
    for design, treated, start in (
        ("did", "together", "common"),
        ("staggered", "on", "first"),
        ("interrupted", "together", "common"),
    ):
        one, other = (
            asked(walked, design, **way) for way in ({"treated": treated}, {"start": start})
        )
        assert one["value"].tolist() == pytest.approx(other["value"].tolist())


def test_staggered_starts_are_sent_to_their_own_design(walked):
    with pytest.raises(DataError, match=r"start at 6 different times.*Use --design staggered"):
        asked(walked, "did", treated="on")
    row = asked(walked, "staggered", treated="on").iloc[0]
    assert row["low"] < 3 < row["high"]


def test_the_dose_is_told_by_the_column_and_its_verified_part_stands_beside(walked):
    found = asked(walked, "dose", dose="minutes", verified="seen", lags=(0, 1), se="error")
    assert "1 minutes more" in found.loc[0, "term"]
    assert found["term"].str.contains("verified dose").sum() == 1
    assert "90% of the reported dose is verified" in found.loc[0, "warnings"]
    assert "weighed by their measurement error" in found.loc[0, "method"]
    assert "this is an association" in found.loc[0, "warnings"]
    lot = asked(walked, "dose", dose="minutes", assigned=True)
    assert "association" not in lot.loc[0, "warnings"]


def test_counts_with_people_behind_them_give_ratios(walked):
    row = asked(walked, "dose", outcome="calls", dose="minutes", exposure="people").iloc[0]
    assert row["low"] < np.exp(0.002) < row["high"]
    assert row["unit"].startswith("times as many calls")
    ratio = asked(walked, "did", outcome="calls", treated="together", exposure="people")
    assert ratio.loc[0, "low"] < 1 < ratio.loc[0, "high"]
    assert ratio.loc[0, "n"] == 8
    level = asked(walked, "interrupted", outcome="calls", treated="together", exposure="people")
    assert level.loc[0, "unit"] == "times as many calls"


def test_a_higher_level_gives_wider_limits_in_every_design(walked):
    for design, columns in (
        ("did", {"treated": "together"}),
        ("staggered", {"start": "first"}),
        ("interrupted", {"treated": "together"}),
        ("dose", {"dose": "minutes"}),
    ):
        wide, narrow = (
            asked(walked, design, **columns, level=level).iloc[0] for level in (0.99, 0.9)
        )
        assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


def test_what_a_design_has_no_use_for_is_said_and_not_passed_over(walked):
    found = asked(walked, "did", treated="together", dose="minutes", season=12)
    assert "dose was given, but the design did makes no use of it" in found.loc[0, "warnings"]
    assert "season was given" in found.loc[0, "warnings"]
    assert asked(walked, "did", treated="together").loc[0, "warnings"] == ""


@pytest.mark.parametrize(
    ("design", "columns", "sentence"),
    [
        ("staggered", {}, "staggered needs --start, a column with the time"),
        ("interrupted", {}, "interrupted needs --start, a column with the time"),
        ("dose", {}, "dose needs --dose, a column that says how much"),
        ("dose", {"dose": "walks"}, "there is no column 'walks'"),
        ("dose", {"dose": "minutes", "exposure": "folk"}, "there is no column 'folk'"),
        ("did", {"treated": "on", "start": "first"}, "give --treated or --start, not both"),
        ("didd", {"treated": "on"}, "no design 'didd'. Did you mean 'did'"),
    ],
)
def test_a_question_without_its_columns_is_refused_in_a_sentence(walked, design, columns, sentence):
    with pytest.raises(DataError, match=sentence):
        asked(walked, design, **columns)
