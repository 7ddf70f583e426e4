"""A table on a terminal fits its window, and loses nothing."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.cli.printed_table import MOST_ROWS, laid_out, print_table

REASONS = "91 of 450 required walks are missing; walks that did not count: 22 too short [sic]"
TABLE = pd.DataFrame(
    {
        "place": ["eastbank", "café"],
        "value": [0.797778, np.nan],
        "n": [450, 7],
        "minutes": [12345.678, 20.0],
        "day": pd.to_datetime(["2026-03-31", None]),
        "warnings": [REASONS, None],
    }
)


def test_long_text_is_wrapped_in_its_column_and_numbers_stand_to_the_right() -> None:
    lines = laid_out(TABLE, width=100).splitlines()
    assert lines[0].split() == ["place", "value", "n", "minutes", "day", "warnings"]
    assert lines[1].startswith("eastbank  0.7978  450  12345.7  2026-03-31  91 of 450")
    assert lines[-1].split() == ["café", "7", "20"]
    assert max(map(len, lines)) <= 100
    assert len(lines) > 3


def test_more_columns_than_fit_become_a_list_for_each_row() -> None:
    blocks = laid_out(TABLE, width=50).split("\n\n")
    assert len(blocks) == 2
    assert blocks[0].splitlines()[:3] == [
        "place     eastbank",
        "value     0.7978",
        "n         450",
    ]
    assert blocks[1].splitlines() == ["place    café", "n        7", "minutes  20"]


@given(
    st.lists(st.text(alphabet="ab [/]é", max_size=60), min_size=1, max_size=5),
    st.integers(min_value=20, max_value=120),
)
def test_no_letter_is_lost_and_no_line_is_too_long(texts: list[str], width: int) -> None:
    told = laid_out(pd.DataFrame({"n": range(len(texts)), "text": texts}), width=width)
    shown = "".join(told.split())
    assert all(shown.count(letter) >= "".join(texts).count(letter) for letter in "ab[/]é")
    assert max(map(len, told.splitlines())) <= width


def test_text_of_others_does_not_steer_the_terminal() -> None:
    assert "\x1b" not in laid_out(pd.DataFrame({"title": ["\x1b[2Jgone"]}), width=80)


def test_an_empty_table_shows_its_columns() -> None:
    assert laid_out(TABLE.iloc[:0], width=120).split() == list(TABLE.columns)


def test_a_terminal_gets_what_can_be_read_and_is_told_of_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    print_table(pd.DataFrame({"n": range(MOST_ROWS + 30)}))
    told = capsys.readouterr()
    assert told.out.split() == ["n", *map(str, range(MOST_ROWS))]
    assert told.err == "30 more rows are not shown: --out FILE writes all of them.\n"


def test_what_reads_on_gets_every_row_in_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(TABLE.loc[TABLE.index.repeat(MOST_ROWS)])
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1 + 2 * MOST_ROWS
    assert not told.err
