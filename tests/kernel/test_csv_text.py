"""The fast writer of CSV writes what pandas writes, whatever the cells hold."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.sheets import csv_text as writer
from outcomes.sheets.csv_text import csv_text

WORDS = st.lists(st.text(alphabet='aé,"\n\r 0;\t東', max_size=4), min_size=1, max_size=6)
NUMBERS = [0.0, -0.0, 1.0, 0.1 + 0.2, 1e22, -1e-7, math.inf, -math.inf, math.nan]


@pytest.fixture(autouse=True, scope="module")
def small_tables_are_big():
    before = writer.WORTH_IT, writer._AT_ONCE
    writer.WORTH_IT, writer._AT_ONCE = 1, 3
    yield
    writer.WORTH_IT, writer._AT_ONCE = before


def by_pandas(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


@settings(max_examples=150, deadline=None)
@given(words=WORDS, seed=st.integers(0, 1000), header=st.text(alphabet='a,"\n', min_size=1))
def test_any_table_is_written_as_pandas_writes_it(words: list[str], seed: int, header: str) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 12))
    text = pd.Series(rng.choice(np.array(words, dtype=object), rows), dtype="str")
    table = pd.DataFrame(
        {
            header: text.where(rng.random(rows) < 0.8),
            "few": text.where(rng.random(rows) < 0.8).astype("category"),
            "whole": rng.integers(-(2**62), 2**62, rows),
            "number": rng.choice(NUMBERS, rows),
        }
    )
    assert csv_text(table) == by_pandas(table)
    assert csv_text(table.iloc[::-1]) == by_pandas(table.iloc[::-1])
    assert csv_text(table[[header]]) == by_pandas(table[[header]])


def test_tables_of_other_things_than_text_and_numbers_are_left_to_pandas() -> None:
    table = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-01-05", None]),
            "yes": [True, False],
            "any": ["a, b", None],
            "few": pd.Categorical([1.5, None]),
            "short": np.array([1, 2], dtype=np.int8),
        }
    )
    for name in table:
        assert csv_text(table[[name, "yes"]]) == by_pandas(table[[name, "yes"]])
    twice = pd.DataFrame([["a", 1], ["b", 2]], columns=["same", "same"])
    assert csv_text(twice) == by_pandas(twice)


def test_a_table_of_plain_words_is_not_left_to_pandas(monkeypatch) -> None:
    table = pd.DataFrame({"place": ["beat 1", "beat, 2"], "done": [1, 2], "share": [0.5, 1.0]})
    expected = by_pandas(table)
    whole = pd.DataFrame.to_csv

    def header_only(self: pd.DataFrame, **options: object) -> object:
        assert self.empty, "the rows were written by pandas"
        return whole(self, **options)

    monkeypatch.setattr(pd.DataFrame, "to_csv", header_only)
    assert csv_text(table) == expected
