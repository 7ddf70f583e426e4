import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.chained_imputation import chained_imputations
from outcomes.stats.rubin_pooling import barnard_rubin_df, pooled_estimate


def answers(n: int, *, seed: int = 1, steps: bool = True) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = 3 + rng.normal(size=(n, 1)) + 0.7 * rng.normal(size=(n, 4))
    return np.clip(np.round(values), 1, 5) if steps else values


def with_gaps(values: np.ndarray, *, seed: int = 2) -> np.ndarray:
    """The higher the first answer, the likelier the last is missing."""
    chance = 1 / (1 + np.exp(3 - values[:, 0]))
    gone = np.random.default_rng(seed).random(len(values)) < chance
    found = values.copy()
    found[gone, 3] = np.nan
    return found


def test_given_answers_stay_and_gaps_get_answers_that_somebody_gave() -> None:
    values = with_gaps(answers(200))
    there = ~np.isnan(values)
    for table in chained_imputations(values, tables=3, rounds=3):
        np.testing.assert_array_equal(table[there], values[there])
        assert set(np.unique(table)) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize("draw", ["pmm", "norm"])
def test_the_pooled_mean_is_right_where_the_mean_of_given_answers_is_not(draw) -> None:
    full = answers(2000, steps=False)
    values = with_gaps(full)
    tables = list(chained_imputations(values, tables=10, rounds=5, draw=draw))
    pooled = pooled_estimate(
        [float(table[:, 3].mean()) for table in tables],
        [float(table[:, 3].std(ddof=1) / np.sqrt(2000)) for table in tables],
        df_complete=1999,
        term="t",
        unit="points",
        n=2000,
    )
    assert abs(np.nanmean(values[:, 3]) - full[:, 3].mean()) > 0.2
    assert pooled.value == pytest.approx(full[:, 3].mean(), abs=0.07)
    assert pooled.se > full[:, 3].std() / np.sqrt(2000)


def test_the_interval_covers_the_mean_of_the_population() -> None:
    covered = 0
    for seed in range(60):
        values = with_gaps(answers(120, seed=seed, steps=False), seed=seed + 100)
        tables = list(chained_imputations(values, tables=5, rounds=3, seed=seed))
        pooled = pooled_estimate(
            [float(table[:, 3].mean()) for table in tables],
            [float(table[:, 3].std(ddof=1) / np.sqrt(120)) for table in tables],
            df_complete=119,
            term="t",
            unit="points",
            n=120,
        )
        covered += pooled.low <= 3 <= pooled.high
    assert covered >= 52


def test_tables_differ_as_much_as_few_answers_leave_open() -> None:
    values = answers(400, steps=False)
    values[20:, 3] = np.nan  # 20 answers cannot tell where the mean of 380 others lies
    drawn = chained_imputations(values, tables=40, rounds=1, draw="norm")
    spread = np.std([float(table[20:, 3].mean()) for table in drawn])
    assert spread > 2.5 * 0.8 / np.sqrt(380)  # what the draws alone, without slopes, would give


def test_the_same_seed_makes_the_same_tables() -> None:
    values = with_gaps(answers(100))
    one, other, third = (
        np.array(list(chained_imputations(values, tables=2, rounds=2, seed=seed)))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, other)
    assert (one != third).any()
    assert (one[0] != one[1]).any()


def test_a_table_without_gaps_stays_as_it_is() -> None:
    values = answers(30)
    for table in chained_imputations(values, tables=2):
        np.testing.assert_array_equal(table, values)


def test_tables_that_agree_pool_to_what_one_of_them_says() -> None:
    found = pooled_estimate([2, 2, 2], [0.5] * 3, df_complete=60, term="t", unit="u", n=61)
    assert (found.value, found.se) == (2, 0.5)
    assert barnard_rubin_df(0, m=3, df_complete=60) == pytest.approx(60 * 61 / 63)


def test_much_missing_information_is_said() -> None:
    found = pooled_estimate([1, 5, 9], [0.5] * 3, df_complete=60, term="t", unit="u", n=61)
    assert "of the information about it is missing" in found.warnings[0]


def test_what_cannot_be_imputed_or_pooled_is_refused() -> None:
    silent, rare = answers(30), answers(30)
    silent[4] = np.nan
    rare[4:, 2] = np.nan
    with pytest.raises(DataError, match="answered no item"):
        next(chained_imputations(silent))
    with pytest.raises(DataError, match="item 3 was answered by 4 respondents, too few"):
        next(chained_imputations(rare))
    with pytest.raises(DataError, match="two tables or more"):
        next(chained_imputations(answers(30), tables=1))
    with pytest.raises(DataError, match="two imputed tables"):
        pooled_estimate([1], [1], df_complete=9, term="t", unit="u", n=10)
    with pytest.raises(DataError, match="no spread"):
        pooled_estimate([1, 1], [0, 0], df_complete=9, term="t", unit="u", n=10)
