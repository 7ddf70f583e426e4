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
    assert list(result["withheld"]) == ["withheld", "withheld", "", "", ""]
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


def test_the_floor_is_ten_where_none_is_set_and_floor_is_another_word_for_it(table, tmp_path):
    assert list(check_file(table, given={"count": "n"})["withheld"]) == [
        "small", "small", "", "", "small",
    ]  # fmt: skip
    rules = tmp_path / "rules.toml"
    rules.write_text('count = "n"\nfloor = 4\n')
    assert list(check_file(table, rules=rules)["withheld"]) == ["small", "", "", "", ""]


def test_a_floor_below_three_is_refused_as_an_option_too(table):
    with pytest.raises(DataError, match=r"smallest: .*greater than or equal to 3, got 2"):
        check_file(table, given={"count": "n", "smallest": 2})


def checked(tmp_path, rows, rules):
    for name, text in [("rows.csv", rows), ("rules.toml", 'count = "n"\n' + rules)]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    return check_file(tmp_path / "rows.csv", rules=tmp_path / "rules.toml")


CROSSED = (
    "place,sex,n\na,f,3\na,m,20\na,total,23\nb,f,25\nb,m,18\nb,total,43\n"
    "total,f,28\ntotal,m,38\ntotal,total,66\n"
)


def test_the_margins_of_a_crossed_table_give_no_cell_away(tmp_path):
    result = checked(tmp_path, CROSSED, 'crossed = ["place", "sex"]\n')
    assert result["n"].isna().tolist() == [True, True, False, True, True, *[False] * 4]


def test_several_groupings_with_totals_known_from_elsewhere(tmp_path):
    inner = "\n".join(line for line in CROSSED.splitlines() if "total" not in line) + "\n"
    result = checked(tmp_path, inner, 'margins = [["place"], ["sex"]]\n')
    assert result["withheld"].eq("withheld").all()


def test_a_hierarchy_in_the_rules(tmp_path):
    rows = "unit,n\ncity,60\nnorth,33\nsouth,27\nn1,30\nn2,3\n"
    tree = '[hierarchy]\ncolumn = "unit"\n[hierarchy.parents]\n'
    tree += 'north = "city"\nsouth = "city"\nn1 = "north"\nn2 = "north"\n'
    result = checked(tmp_path, rows, tree)
    assert result["n"].isna().tolist() == [False, False, False, True, True]


def test_complements_and_shares_that_tell_of_few_are_withheld(tmp_path):
    rows = "q,n,of,yes\na,95,100,0.5\nb,50,100,0.02\nc,50,100,0.5\n"
    result = checked(tmp_path, rows, 'complement = "of"\nshares = ["yes"]\n')
    assert result["yes"].isna().tolist() == [True, True, False]


def test_a_sum_that_one_contributor_dominates_is_withheld_with_others(tmp_path):
    rows = "unit,n,minutes,first,second\na,12,521,500,3\nb,15,90,10,9\nc,20,300,20,20\n"
    rule = '[dominance]\namount = "minutes"\nlargest = ["first", "second"]\nn = 2\nk = 85\np = 10\n'
    result = checked(tmp_path, rows, rule)
    assert result["minutes"].isna().tolist() == [True, False, False]


def test_a_cell_that_differs_by_few_from_what_was_published_is_withheld(tmp_path):
    (tmp_path / "spring.csv").write_text("place,n\na,20\nb,40\nc,20\n", encoding="utf-8")
    rules = 'published = ["spring.csv"]\nkey = ["place"]\n'
    result = checked(tmp_path, "place,n,mean\na,21,3.1\nb,60,3.0\nc,20,2.9\nd,15,2.5\n", rules)
    assert result["mean"].isna().tolist() == [True, False, False, False]


def test_a_cell_that_was_published_before_hides_nobody(tmp_path):
    (tmp_path / "spring.csv").write_text("place,n\nb,12\n", encoding="utf-8")
    rows = "all,place,n\nx,a,3\nx,b,12\nx,c,20\nx,d,30\n"
    result = checked(
        tmp_path, rows, 'groups = ["all"]\npublished = ["spring.csv"]\nkey = ["place"]\n'
    )
    assert result["n"].isna().tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ('published = ["rows.csv"]\n', "say which columns name a cell"),
        ('published = ["none.csv"]\nkey = ["place"]\n', "none.csv"),
        ('published = ["rows.csv"]\nkey = ["place"]\n', "a cell stands twice"),
        ('complement = "base"\n', r"lacks the column\(s\) base"),
        ('[dominance]\namount = "n"\nlargest = ["n"]\n', "names no rule"),
        ('[dominance]\namount = "n"\nlargest = ["n"]\np = 10\n', "names too few columns"),
        ('crossed = ["place", "sex"]\ntotal = "all"\n', "no row says 'all'"),
    ],
)
def test_rules_that_do_not_fit_the_table_are_refused_in_a_sentence(tmp_path, rules, message):
    with pytest.raises((DataError, FileError), match=message):
        checked(tmp_path, CROSSED, rules)


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
