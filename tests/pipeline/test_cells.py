import pandas as pd
import pytest

from outcomes.errors import DataError, FileError
from outcomes.pipeline.cells import check_file


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(
        "place,type,n,rate\na,force,3,0.1\na,courtesy,9,0.4\na,other,12,0.5\nb,force,0,0\n"
        "b,courtesy,7,0.3\n",
        encoding="utf-8",
    )
    return path


def test_a_small_cell_and_the_one_that_would_give_it_away_are_withheld(table, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('count = "n"\nvalues = ["rate"]\ngroups = ["place"]\nsmallest = 5\n')
    result = check_file(table, rules=rules)
    assert list(result["withheld"]) == ["small", "to protect another", "", "", ""]
    assert result["rate"].isna().tolist() == [True, True, False, False, False]
    assert result["n"].isna().tolist() == [True, True, False, False, False]


def test_options_win_over_the_file(table, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('count = "n"\nsmallest = 5\n')
    result = check_file(table, rules=rules, given={"smallest": 3})
    assert set(result["withheld"]) == {""}


def test_every_other_number_is_blanked_where_no_values_are_named(table):
    result = check_file(table, given={"count": "n"})
    assert result.loc[0, ["n", "rate"]].isna().all()
    assert result.loc[0, "place"] == "a"


def test_the_count_column_must_be_named(table):
    with pytest.raises(DataError, match="say which column counts"):
        check_file(table)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'count = "n"\nsmallest = 2\n',
            "line 2, smallest: this should be greater than or equal to 3",
        ),
        ('cuont = "n"\n', "Did you mean 'count'"),
    ],
)
def test_rules_that_break_the_schema_name_the_line(table, tmp_path, text, message):
    rules = tmp_path / "rules.toml"
    rules.write_text(text)
    with pytest.raises(FileError, match=message):
        check_file(table, rules=rules)


def test_a_count_that_is_no_number_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("n,rate\nmany,0.2\n", encoding="utf-8")
    with pytest.raises(DataError, match="every cell needs a count"):
        check_file(path, given={"count": "n"})
    assert pd.read_csv(path).shape == (1, 2)
