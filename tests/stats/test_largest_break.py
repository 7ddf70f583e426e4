import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import ar1_errors
from outcomes.stats.largest_break import largest_break

TIMES = np.arange(1, 37.0)
LINE = np.column_stack([np.ones(36), TIMES])


def series(seed: int, *, phi: float = 0.3) -> np.ndarray:
    drawn = ar1_errors(TIMES, phi=phi, many=1, rng=np.random.default_rng(seed))
    return drawn[:, 0] + 4 + 0.1 * TIMES


def test_a_clear_break_is_found_where_it_is() -> None:
    for at in (8, 19, 30):
        found = largest_break(series(at) + 6.0 * (at <= TIMES), LINE, times=TIMES, phi=0.3)
        assert found.time == at
        assert found.p <= 0.01


def test_the_flow_of_the_nile_breaks_in_1899() -> None:
    # R's data set `Nile`, 1871 to 1970; Cobb (1978), Biometrika 65: 243-251 finds the drop
    # after 1898
    flow = np.fromstring(
        """
            1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799
            958 1140 1100 1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916
            692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821 768 845 864 862 698 845
            744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040
            860 874 848 890 744 749 838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746
            919 718 714 740
            """,
        sep=" ",
    )
    years = 1871 + np.arange(100.0)
    line = np.column_stack([np.ones(100), years - 1900])
    found = largest_break(flow, line, times=years, phi=0.3)
    assert found.time == 1899
    assert found.p <= 0.02


def test_a_series_without_a_break_seldom_shows_one() -> None:
    """20 series of phi 0.3: at most 5 of them below 5 %; 99.9 % of binomial counts are."""
    called = [
        largest_break(series(seed), LINE, times=TIMES, phi=0.3, draws=99).p <= 0.05
        for seed in range(20)
    ]
    assert sum(called) <= 5


def test_scaling_shifting_and_a_trend_change_nothing() -> None:
    values = series(5) + 2.0 * (TIMES >= 15)
    here = largest_break(values, LINE, times=TIMES, phi=0.4, draws=99)
    moved = largest_break(1000 * (values + 7 - 0.5 * TIMES), LINE, times=TIMES, phi=0.4, draws=99)
    assert here == moved


def test_a_short_series_is_refused() -> None:
    with pytest.raises(DataError, match="12 periods or more, got 11"):
        largest_break(series(1)[:11], LINE[:11], times=TIMES[:11], phi=0.2)
